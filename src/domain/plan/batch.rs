//! What confirming a plan takes, and what it gives.

use jiff::Timestamp;

use crate::domain::action::Action;
use crate::domain::connection::{Connection, ConnectionName, PlatformId};
use crate::domain::plan::{Plan, PlanRow, Request};
use crate::domain::resource::Key;
use crate::domain::text::Clean;

/// A connection as the plan was confirmed with it; a batch keeps it whatever is reconfigured later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The connection's name.
    pub connection: ConnectionName,
    /// Its platform.
    pub platform: PlatformId,
    /// Its host.
    pub host: String,
    /// Its base URL.
    pub url: String,
    /// The account it signs in with, where known.
    pub account: Option<Clean>,
    /// Whether its name is typed to confirm.
    pub protected: bool,
}

impl Account {
    /// What a plan keeps of a connection.
    pub fn of(connection: &Connection) -> Self {
        Self {
            connection: connection.name.clone(),
            platform: connection.platform,
            host: connection.host(),
            url: connection.base_url.to_string(),
            account: connection.credentials.account(),
            protected: connection.protected,
        }
    }
}

/// Why a batch is sent, in the operator's words: 1 to 500 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(Clean);

impl Reason {
    /// The longest reason, in Unicode scalar values (`specs/kubiya.md` 6.3).
    pub const LONGEST: usize = 500;

    /// The reason, or `None` where the text is blank or, cleaned, too long.
    pub fn new(text: &str) -> Option<Self> {
        let clean = Clean::new(text.trim());
        let mut letters = clean.as_str().chars();
        let is_blank = letters.clone().all(|c| c.is_whitespace() || c == '·');
        let is_long = letters.nth(Self::LONGEST).is_some();
        (!is_blank && !is_long).then_some(Self(clean))
    }

    /// The words.
    pub fn words(&self) -> &Clean {
        &self.0
    }
}

/// Why a plan was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotConfirmed {
    /// No row would be sent.
    NothingToSend,
    /// A platform insists on a reason; so many rows wait for it.
    ReasonMissing(usize),
    /// The typed text is not the phrase.
    PhraseDiffers,
}

/// A confirmed plan. What it sends is fixed; rows that were left out stay in it with their reason.
#[derive(Clone, Debug)]
pub struct Batch {
    plan: Plan,
    requests: Vec<Request>,
    reason: Option<Reason>,
    confirmed: Timestamp,
}

impl Plan {
    /// The only way to a [`Batch`]: someone looked at this plan, typed what it asks for and said yes.
    /// Where something is missing the plan comes back with what.
    pub fn confirm(
        self,
        typed: &str,
        reason: Option<Reason>,
        confirmed: Timestamp,
    ) -> Result<Batch, (Box<Self>, NotConfirmed)> {
        if let Some(missing) = self.missing(typed, reason.as_ref()) {
            return Err((Box::new(self), missing));
        }
        Ok(Batch {
            requests: self.requests(reason.as_ref()),
            plan: self,
            reason,
            confirmed,
        })
    }

    /// What [`Plan::confirm`] would ask for.
    pub fn missing(&self, typed: &str, reason: Option<&Reason>) -> Option<NotConfirmed> {
        let waiting = self.needing_reason();
        if self.counts().sendable() == 0 {
            Some(NotConfirmed::NothingToSend)
        } else if waiting > 0 && reason.is_none() {
            Some(NotConfirmed::ReasonMissing(waiting))
        } else if self.phrase().is_some() && !self.accepts(typed) {
            Some(NotConfirmed::PhraseDiffers)
        } else {
            None
        }
    }
}

impl Batch {
    /// What was confirmed.
    pub fn action(&self) -> Action {
        self.plan.action()
    }

    /// Every marked row: those that are sent and those that are left out.
    pub fn rows(&self) -> &[PlanRow] {
        self.plan.rows()
    }

    /// What leaves.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The number of the request that carries the row; `None` where it is left out.
    pub fn request_of(&self, key: &Key) -> Option<u32> {
        let carries = |request: &&Request| request.operations().iter().any(|o| o.key == *key);
        self.requests.iter().find(carries).map(Request::number)
    }

    /// The connections it was confirmed with.
    pub fn accounts(&self) -> &[Account] {
        self.plan.accounts()
    }

    /// Why, in the operator's words.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// When it was confirmed.
    pub fn confirmed(&self) -> Timestamp {
        self.confirmed
    }

    /// The batch it retries, by its journal name.
    pub fn follows(&self) -> Option<&str> {
        self.plan.follows.as_deref()
    }
}
