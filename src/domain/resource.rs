//! What is listed: sources, keys and resources with their status.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::action::Offers;
use crate::domain::connection::{ConnectionName, PlatformId};
use crate::domain::text::{Clean, is_sound_id};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A run of SAP AI Core or Kubiya.
    Execution,
    /// A model server of SAP AI Core.
    Deployment,
    /// Anything Run:ai schedules: workspace, training, inference and what else it names.
    Workload,
}

impl Kind {
    /// Every kind, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Execution, Self::Deployment, Self::Workload];

    /// The singular, as shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Execution => "execution",
            Self::Deployment => "deployment",
            Self::Workload => "workload",
        }
    }

    /// The plural, as shown and as SAP AI Core spells it in paths and bodies.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Execution => "executions",
            Self::Deployment => "deployments",
            Self::Workload => "workloads",
        }
    }
}

/// The name of a part of a connection: SAP resource group, Run:ai project, Kubiya organisation.
///
/// As the scope of a [`Source`], `*` means that one listing covers all parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(Arc<str>);

impl Scope {
    /// The scope of a source that lists every part of its connection at once.
    pub const EVERYTHING: &'static str = "*";

    /// The scope of that name, byte for byte as the platform spells it.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name as the platform spells it; not safe to draw.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The name, safe to draw.
    pub fn shown(&self) -> Clean {
        Clean::new(&self.0)
    }
}

/// One listing that is refreshed on its own and fails alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The connection it is read through.
    pub connection: ConnectionName,
    /// The platform of that connection.
    pub platform: PlatformId,
    /// The part of the connection it covers.
    pub scope: Scope,
    /// The kind of its rows.
    pub kind: Kind,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, connection) = (self.kind.plural(), &self.connection);
        match self.scope.raw() {
            Scope::EVERYTHING => write!(f, "{connection} {kind}"),
            _ => write!(f, "{connection}/{} {kind}", self.scope.shown()),
        }
    }
}

/// A resource's id: opaque, compared as the platform compares it.
///
/// An id that is empty, longer than 128 bytes or not printable ASCII is not sound: its row is
/// listed but can never be marked, so it never reaches a request (L5, T5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Arc<str>);

impl Id {
    /// The id as the platform sent it.
    pub fn new(raw: &str) -> Self {
        Self(raw.into())
    }

    /// The id for the wire. Safe to draw as well where [`Id::is_sound`] holds.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The id, safe to draw, whole: what is not printable ASCII is escaped, so that no two ids look
    /// alike (T5).
    pub fn shown(&self) -> Clean {
        let is_plain = |c: &char| (' '..='~').contains(c);
        let letters = self.0.chars().map(|c| match Some(c).filter(is_plain) {
            Some(c) => c.to_string(),
            None => c.escape_unicode().to_string(),
        });
        Clean::new(&letters.collect::<String>())
    }

    /// Whether the id may be marked and sent.
    pub fn is_sound(&self) -> bool {
        is_sound_id(&self.0)
    }
}

/// What a row is recognised by, across refreshes, sorts and filters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Where the row is listed.
    pub source: Arc<Source>,
    /// Which row of that source.
    pub id: Id,
}

/// What statuses are grouped by for filtering (`UX.md`, Words, second table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Doing its work or about to.
    Active,
    /// On its way to another status because somebody asked.
    Moving,
    /// Held; may go on.
    Paused,
    /// A word no page lists, or the platform's own "unknown".
    Unknown,
    /// Over, as intended.
    Ended,
    /// Over, by an error.
    Failed,
}

impl Group {
    /// Every group, in the order of the status chips.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::Moving,
        Self::Paused,
        Self::Unknown,
        Self::Ended,
        Self::Failed,
    ];

    /// The group's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Moving => "moving",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }

    /// Whether the group belongs to *live*, the filter at the start.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Ended | Self::Failed)
    }
}

/// The platform's own word for a row's state, and the group it is filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// As sent, cleaned.
    pub word: Clean,
    /// By the platform's table; a word no page lists is [`Group::Unknown`].
    pub group: Group,
}

/// One row: what a listing or a read by id said of one execution, deployment or workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// What it is recognised by.
    pub key: Key,
    /// The part of the connection it lives in: the resource group, the project, the organisation.
    pub scope: Clean,
    /// `configurationName`, `name` or `entity_name`; the id where the platform has none.
    pub name: Clean,
    /// Run:ai's `type` in lower case; elsewhere the kind is all there is.
    pub subtype: Option<Clean>,
    /// What it does now.
    pub status: Status,
    /// What the platform drives it towards, where it says so (SAP `targetStatus`).
    pub target: Option<Clean>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// Who submitted it; `None` where the platform has no such thing.
    pub owner: Option<Clean>,
    /// The platform's own words on why it is in this status.
    pub message: Option<Clean>,
    /// GPUs it holds now, where the platform says so.
    pub gpus: Option<f64>,
    /// The platform says that something is wrong with it although it runs (`!`).
    pub attention: bool,
    /// Started by a schedule, which will start another.
    pub scheduled: bool,
    /// What each action would do to it now.
    pub offers: Offers,
    /// The remaining fields, for the detail: label and value.
    pub facts: Box<[(&'static str, Clean)]>,
}

impl Resource {
    /// The platform it lives on.
    pub fn platform(&self) -> PlatformId {
        self.key.source.platform
    }

    /// What the KIND column shows.
    pub fn kind_word(&self) -> &str {
        match &self.subtype {
            Some(subtype) => subtype.as_str(),
            None => self.key.source.kind.word(),
        }
    }
}

/// Some rows of a listing.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The rows, in the server's order.
    pub rows: Vec<Resource>,
    /// How many rows the whole listing has, where the platform says so.
    pub total: Option<usize>,
    /// Whether rows are known to be missing, so that absence from the listing means nothing.
    pub lacks_rows: bool,
    /// What the operator should know of this page: rows dropped, a cursor that repeats (L1 to L4).
    pub notice: Option<Clean>,
}

/// What a read by id found.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// The row as it is now.
    Found(Arc<Resource>),
    /// The platform said, in its own error shape, that there is no such id; or marked it deleted (R12).
    Gone,
}
