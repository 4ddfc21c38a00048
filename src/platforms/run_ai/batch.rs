//! The batch call: what goes out, what its answer says of each id, and how a server without it is
//! recognised. `specs/run-ai.md` 5 and the client's page.

use serde::Deserialize;
use serde_json::json;

use crate::domain::action::Step;
use crate::domain::error::{PlatformError, Refusal};
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

/// What a whole reply to a batch call says of each id.
pub(super) fn answered(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    // Nothing but an object: a list would be read by position.
    let answer = reply.json::<Loose<BatchAnswer>>().map_err(wire::discreet)?;
    let answer = answer.0.unwrap_or_default();
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
    /// The answer for each id of the request.
    fn events(self, request: &Request) -> Vec<ChangeEvent> {
        let mut tally = Tally::of(request);
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

/// What a refused batch call says of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The request was refused for what it is.
    Refused,
    /// The server has no such call; the ids were not looked at. Single calls may go out.
    NoSuchCall {
        /// What to remember, where the answer could not have meant the ids instead.
        learned: Option<Bulk>,
    },
}

/// Section 5.3. Only an answer in the API's own error shape counts: anything else may come from a gateway.
///
/// 404 and 405 mean a server older than 2.19. 400 means 2.19 to 2.21 where suspend or resume was asked,
/// no batch of these two ever worked there, and the words are not about ids. A modern server that
/// refuses a whole batch for an id it does not know might look the same: then the single calls give each
/// id its own answer, and nothing is remembered.
pub(super) fn verdict(error: &PlatformError, step: Step, worked: bool) -> Verdict {
    let Some(said) = error.said().filter(|said| said.own_shape) else {
        return Verdict::Refused;
    };
    let of_ids = speaks_of_ids(said);
    match said.status {
        404 | 405 => Verdict::NoSuchCall {
            learned: (!of_ids && !worked).then_some(Bulk::Absent),
        },
        400 if step != Step::Delete && !worked && !of_ids => Verdict::NoSuchCall {
            learned: Some(Bulk::DeleteOnly),
        },
        _ => Verdict::Refused,
    }
}

/// Whether a refusal is, or may be, about the ids: it names them or "parameters", and not the action.
fn speaks_of_ids(said: &Refusal) -> bool {
    let text = said.message.as_str().to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let names = |all: &[&str], word: &str| all.contains(&word);
    let of_action = words
        .clone()
        .any(|word| names(&["action", "suspend", "resume"], word));
    let of_ids = words.any(|word| {
        names(
            &["id", "ids", "uuid", "uuids", "parameter", "parameters"],
            word,
        )
    });
    of_ids && !of_action
}
