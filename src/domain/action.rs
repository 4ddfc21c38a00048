//! What can be asked of a row, and what the row answers to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the operator chooses in the action menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// End the work, keep the record.
    Stop,
    /// Remove the record.
    Delete,
    /// Let paused work go on.
    Resume,
    /// Stop what runs and delete what ended, each row by its own status.
    CleanUp,
}

impl Action {
    /// Every action, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Stop, Self::Delete, Self::Resume, Self::CleanUp];

    /// The word shown, and typed to confirm.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Delete => "delete",
            Self::Resume => "resume",
            Self::CleanUp => "clean up",
        }
    }

    /// Whether a typed phrase is asked for; what can be taken back by its inverse needs only enter.
    pub const fn needs_phrase(self) -> bool {
        !matches!(self, Self::Resume)
    }
}

/// What one row undergoes. A clean-up is made of stops and deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// See [`Action::Stop`].
    Stop,
    /// See [`Action::Delete`].
    Delete,
    /// See [`Action::Resume`].
    Resume,
}

impl Step {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Delete => "delete",
            Self::Resume => "resume",
        }
    }

    /// What may be done instead: stop and delete stand for each other, resume stands alone.
    pub(super) const fn other(self) -> Option<Self> {
        match self {
            Self::Stop => Some(Self::Delete),
            Self::Delete => Some(Self::Stop),
            Self::Resume => None,
        }
    }
}

/// Which operations may travel in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grouping {
    /// One connection, scope and kind; verbs mixed (SAP AI Core bulk).
    ScopeAndKind,
    /// One connection and verb; scopes mixed (Run:ai batch).
    Verb,
    /// One connection (Kubiya batch terminate).
    Connection,
    /// One row alone: the platform has no bulk call for it.
    Single,
}

/// What must be read back for a change to count as reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Goal {
    /// One of these status words, compared without case.
    Status(&'static [&'static str]),
    /// Not found by id, in the platform's own error shape.
    Gone,
}

impl Goal {
    /// The goal in one word, as plan and results show it; several words together are the active ones.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status([only]) => only,
            Self::Status(_) => "active",
            Self::Gone => "gone",
        }
    }

    /// Whether this status word is the goal.
    pub fn is_reached_by(self, word: &str) -> bool {
        match self {
            Self::Status(words) => words.iter().any(|goal| goal.eq_ignore_ascii_case(word)),
            Self::Gone => false,
        }
    }
}

/// A platform's own way to carry out a step. Each platform keeps its verbs in a static table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verb {
    /// What it does to the row.
    pub step: Step,
    /// The platform's own word: `STOPPED`, `suspend`, `terminate`.
    pub word: &'static str,
    /// What may share its request.
    pub grouping: Grouping,
    /// When it counts as done.
    pub goal: Goal,
    /// Without a change for that long, tracking says *slow*.
    pub slow_after: Duration,
    /// Whether the platform takes, and insists on, a reason.
    pub needs_reason: bool,
    /// What cannot be undone, said in the plan; empty where nothing is lost.
    pub consequence: &'static str,
}

/// Why a row is left out. The journal writes the names down, so they stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusion {
    /// The row is where the action would bring it.
    AlreadyThere,
    /// The row is on its way elsewhere; the platform takes no change meanwhile.
    InTransition,
    /// A running row cannot be deleted.
    StopFirst,
    /// The platform has no such action for this row.
    NotOffered,
    /// The connection is read-only, or the platform refused changes before.
    NoPermission,
    /// No longer there.
    Gone,
    /// The fresh read failed or came too late.
    NotReadAgain,
    /// Its source is down.
    SourceDown,
    /// Its status changed after the plan was made.
    Changed,
    /// More than a batch holds.
    OverTheLimit,
    /// The operator took it out.
    ByYou,
    /// Sending was stopped by the operator before its turn.
    Cancelled,
    /// Its lane stopped before its turn.
    LaneStopped,
    /// Nothing reached the server.
    NotConnected,
    /// The intent could not be written to the journal.
    NotJournaled,
}

/// What a row answers to an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Offer {
    /// The platform's documents say yes.
    Yes(&'static Verb),
    /// The documents are silent or disagree: sent, labelled as a guess, with the reason.
    ServerDecides(&'static Verb, &'static str),
    /// Not sent, with the reason.
    No(Exclusion, &'static str),
}

/// An [`Offer`] before it is known which verb carries it out: what a status says of a step.
#[derive(Clone, Copy, Debug)]
pub enum May {
    /// See [`Offer::Yes`].
    Yes,
    /// See [`Offer::ServerDecides`].
    Guess(&'static str),
    /// See [`Offer::No`].
    No(Exclusion, &'static str),
}

impl May {
    /// The answer where this verb would carry it out.
    pub const fn by(self, verb: &'static Verb) -> Offer {
        match self {
            Self::Yes => Offer::Yes(verb),
            Self::Guess(why) => Offer::ServerDecides(verb, why),
            Self::No(why, words) => Offer::No(why, words),
        }
    }
}

impl Offer {
    /// What would be done, unless nothing.
    pub const fn verb(self) -> Option<&'static Verb> {
        match self {
            Self::Yes(verb) | Self::ServerDecides(verb, _) => Some(verb),
            Self::No(..) => None,
        }
    }
}

/// A row's answer to each [`Action`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offers {
    /// To [`Action::Stop`].
    pub stop: Offer,
    /// To [`Action::Delete`].
    pub delete: Offer,
    /// To [`Action::Resume`].
    pub resume: Offer,
    /// To [`Action::CleanUp`].
    pub clean_up: Offer,
}

impl Offers {
    /// The answer to one action.
    pub const fn to(&self, action: Action) -> Offer {
        match action {
            Action::Stop => self.stop,
            Action::Delete => self.delete,
            Action::Resume => self.resume,
            Action::CleanUp => self.clean_up,
        }
    }

    /// The answer to one step.
    pub const fn step(&self, step: Step) -> Offer {
        match step {
            Step::Stop => self.stop,
            Step::Delete => self.delete,
            Step::Resume => self.resume,
        }
    }

    /// The same answer to every action.
    pub const fn all(offer: Offer) -> Self {
        Self {
            stop: offer,
            delete: offer,
            resume: offer,
            clean_up: offer,
        }
    }
}
