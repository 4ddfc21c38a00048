//! The batch call: what goes out, and what its answer says of each id. `specs/run-ai.md` 5 and the client's page.

use serde::Deserialize;
use serde_json::json;

use crate::domain::action::Step;
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection, Tally};
use crate::domain::plan::Request;
use crate::domain::text::Clean;
use crate::platforms::http::{Call, Reply};
use crate::platforms::loose::{Loose, loose_objects, same_uuid};
use crate::platforms::run_ai::wire::Code;

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

/// What a whole reply to a batch call says of each id.
pub(super) fn answered(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    // Nothing but an object: a list would be read by position.
    let answer = reply.json::<Loose<BatchAnswer>>()?.0;
    Ok(answer.unwrap_or_default().events(request))
}

/// Section 5.2. A list that is absent, null or no list is no evidence for anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BatchAnswer {
    id: Loose<Clean>,
    succeeded: Loose<Vec<String>>,
    failed: Loose<Vec<Failure>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    id: Loose<String>,
    code: Loose<Code>,
    message: Loose<Clean>,
}

loose_objects!(BatchAnswer, Failure);

impl BatchAnswer {
    /// The answer for each id of the request, and the id of the operation: no call looks it up, support asks for it.
    fn events(self, request: &Request) -> Vec<ChangeEvent> {
        let mut tally = Tally::of(request);
        if let Some(id) = &self.id.0 {
            tally.note(&format!("batch operation {id}"));
        }
        for id in self.succeeded.0.unwrap_or_default() {
            tally.put(&id, same_uuid, Answer::Scheduled { message: None });
        }
        for failure in self.failed.0.unwrap_or_default() {
            let Some(id) = &failure.id.0 else {
                tally.note("the answer has a failure without an id");
                continue;
            };
            let rejection = failure.rejection(self.id.0.clone());
            tally.put(id, same_uuid, Answer::Rejected(rejection));
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
