//! The batch call: what goes out, and what its answer says of each id. `specs/run-ai.md` 5 and the client's page.

use serde::Deserialize;
use serde_json::json;

use crate::domain::action::Step;
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection, Tally};
use crate::domain::plan::Request;
use crate::domain::text::Clean;
use crate::platforms::http::{Call, Reply};
use crate::platforms::loose::{Loose, loose_objects, uuid};
use crate::platforms::run_ai::wire::{self, Code};

/// Which batch calls a server has. There is no version endpoint: it is learned from what it refuses
/// (section 5.3), and taken to be all of them until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    /// All three actions: control plane 2.22 and later.
    Full,
    /// `delete` alone: 2.19 to 2.21.
    DeleteOnly,
    /// None: 2.18.
    Absent,
}

impl Bulk {
    /// Whether that step goes out in batches.
    pub(super) const fn has(self, step: Step) -> bool {
        match self {
            Self::Full => true,
            Self::DeleteOnly => matches!(step, Step::Delete),
            Self::Absent => false,
        }
    }
}

/// The call for a request, and the body it carries.
pub(super) fn call(request: &Request) -> Call {
    let ids: Vec<&str> = request
        .operations()
        .iter()
        .map(|o| o.key.id.raw())
        .collect();
    let body = json!({ "ids": ids, "action": request.verb().word });
    Call::new("POST", ["api", "v1", "workloads", "batch"]).json("application/json", &body)
}

/// A request names a hundred ids at most: what lists more than this is no answer to it.
const MOST_ANSWERS: usize = 10_000;

/// What a whole reply to a batch call says of each id.
pub(super) fn answered(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    // Nothing but an object: a list would be read by position.
    let answer = reply.json::<Loose<BatchAnswer>>().map_err(wire::discreet)?;
    let answer = answer.0.unwrap_or_default();
    if answer.length() > MOST_ANSWERS {
        let why = format!("it lists more than {MOST_ANSWERS} ids");
        return Err(wire::unreadable(&why));
    }
    Ok(answer.events(request))
}

/// Section 5.2. A list that is absent, null or no list is no evidence for anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BatchAnswer {
    id: Loose<Clean>,
    succeeded: Loose<Vec<Code>>,
    failed: Loose<Vec<Failure>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    id: Loose<Code>,
    code: Loose<Code>,
    message: Loose<Clean>,
}

loose_objects!(BatchAnswer, Failure);

impl BatchAnswer {
    fn length(&self) -> usize {
        let succeeded = self.succeeded.0.as_ref().map_or(0, Vec::len);
        succeeded + self.failed.0.as_ref().map_or(0, Vec::len)
    }

    /// The answer for each id of the request, and the id of the operation: no call looks it up, support asks for it.
    fn events(self, request: &Request) -> Vec<ChangeEvent> {
        let mut tally = Tally::of(request);
        if let Some(id) = &self.id.0 {
            tally.note(&format!("batch operation {id}"));
        }
        for Code(id) in self.succeeded.0.unwrap_or_default() {
            tally.put(id.as_str(), is_same, Answer::Scheduled { message: None });
        }
        for failure in self.failed.0.unwrap_or_default() {
            let Some(Code(id)) = &failure.id.0 else {
                tally.note("the answer has a failure without an id");
                continue;
            };
            tally.put(
                id.as_str(),
                is_same,
                Answer::Rejected(failure.rejection(self.id.0.clone())),
            );
        }
        tally.finish()
    }
}

impl Failure {
    /// No list of codes exists; 409 and 429 are taken for what they mean in HTTP.
    fn rejection(&self, batch: Option<Clean>) -> Rejection {
        let code = self.code.0.as_ref().map(|Code(code)| code.clone());
        let reason = self.message.0.clone();
        Rejection {
            of_row: false,
            later: code
                .as_ref()
                .is_some_and(|code| matches!(code.as_str(), "409" | "429")),
            code,
            reason: reason.unwrap_or_else(|| Clean::new("no reason given")),
            request_id: batch,
        }
    }
}

/// Whether two ids are the same UUID: letter case does not count (R8).
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one == other || uuid(one).is_some_and(|one| uuid(other) == Some(one))
}
