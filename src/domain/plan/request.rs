//! What leaves: operations grouped into the calls that carry them.

use std::sync::Arc;

use crate::domain::action::{Grouping, Verb};
use crate::domain::connection::{ConnectionName, PlatformId};
use crate::domain::plan::Reason;
use crate::domain::resource::{Key, Resource};
use crate::domain::text::Clean;

/// What one row is planned to undergo.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The row.
    pub key: Key,
    /// How.
    pub verb: &'static Verb,
    /// The row as it was last read before sending.
    pub row: Arc<Resource>,
}

impl Operation {
    fn travels_with(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.key.source, &other.key.source);
        self.verb.grouping == other.verb.grouping
            && ours.connection == theirs.connection
            && match self.verb.grouping {
                Grouping::ScopeAndKind => ours.scope == theirs.scope && ours.kind == theirs.kind,
                Grouping::Verb => self.verb == other.verb,
                Grouping::Connection => true,
                Grouping::Single => false,
            }
    }
}

/// One HTTP call of a plan: at most [`LIMIT`](super::LIMIT) operations that may travel together.
///
/// Only [`Plan`](super::Plan) makes requests, so each id in one was confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    number: u32,
    operations: Vec<Operation>,
    reason: Option<Clean>,
}

impl Request {
    /// The fewest requests that carry all operations, in the order of their first ones. A plan holds at
    /// most [`LIMIT`](super::LIMIT) operations, so none is too large.
    pub(super) fn group(
        operations: impl Iterator<Item = Operation>,
        reason: Option<&Reason>,
    ) -> Vec<Self> {
        let mut requests: Vec<Self> = Vec::new();
        for operation in operations {
            let fits = |request: &&mut Self| request.operations[0].travels_with(&operation);
            match requests.iter_mut().find(fits) {
                Some(request) => request.operations.push(operation),
                None => requests.push(Self {
                    number: 0,
                    reason: reason
                        .filter(|_| operation.verb.needs_reason)
                        .map(|reason| reason.words().clone()),
                    operations: vec![operation],
                }),
            }
        }
        for (number, request) in (1..).zip(&mut requests) {
            request.number = number;
        }
        requests
    }

    /// Its number within the batch, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What it carries; never empty, never more than [`LIMIT`](super::LIMIT), no id twice.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Why, in the operator's words, where the platform takes a reason.
    pub fn reason(&self) -> Option<&Clean> {
        self.reason.as_ref()
    }

    /// The connection it leaves through.
    pub fn connection(&self) -> &ConnectionName {
        &self.operations[0].key.source.connection
    }

    /// The platform of that connection.
    pub fn platform(&self) -> PlatformId {
        self.operations[0].key.source.platform
    }

    /// The verb of its first operation; of all of them, unless the platform lets verbs mix.
    pub fn verb(&self) -> &'static Verb {
        self.operations[0].verb
    }
}
