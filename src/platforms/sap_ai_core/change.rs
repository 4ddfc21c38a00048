//! Changes on the wire, and what their answers say of each id (sections 5.1 and 5.2).

use serde_json::{Value, json};

use crate::domain::action::{Grouping, Offer, Step};
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection, Tally};
use crate::domain::plan::{Operation, Request};
use crate::domain::text::Clean;
use crate::platforms::http::{self, Call, Reply, Sending, Sent};
use crate::platforms::sap_ai_core::words;

/// The code of a status that does not allow the change.
const WRONG_STATUS: &str = "01010076";

/// The call a request goes out as.
pub(super) fn call(request: &Request) -> Call {
    let source = &request.operations()[0].key.source;
    let call = match request.operations() {
        [operation] if is_single(request) => single(operation),
        operations => bulk(source.kind.plural(), operations),
    };
    call.header("AI-Resource-Group", source.scope.raw())
}

fn is_single(request: &Request) -> bool {
    request.verb().grouping == Grouping::Single
}

fn bulk(kind: &'static str, operations: &[Operation]) -> Call {
    let item = |o: &Operation| json!({"id": o.key.id.raw(), "targetStatus": o.verb.word});
    let items: Vec<Value> = operations.iter().map(item).collect();
    Call::new("PATCH", ["lm", kind]).json("application/merge-patch+json", &json!({ kind: items }))
}

fn single(operation: &Operation) -> Call {
    let path = [
        "lm",
        operation.key.source.kind.plural(),
        operation.key.id.raw(),
    ];
    match operation.verb.step {
        Step::Delete => Call::new("DELETE", path),
        Step::Stop | Step::Resume => {
            let body = json!({"targetStatus": operation.verb.word});
            Call::new("PATCH", path).json("application/json", &body)
        }
    }
}

/// Whether a bulk call was refused for what it is: the capabilities may not be what they were.
pub(super) fn refuses_bulk(request: &Request, sending: &Sending) -> bool {
    let refused = |error| matches!(error, &PlatformError::Refused { .. });
    !is_single(request) && matches!(sending, Sending::Ended(Sent::Refused(error)) if refused(error))
}

/// The events of a step of sending the request.
pub(super) fn events(request: &Request, mut sending: Sending) -> impl Iterator<Item = ChangeEvent> {
    if let Sending::Ended(Sent::Refused(error)) = sending {
        let group = request.operations()[0].key.source.scope.shown();
        sending = Sending::Ended(Sent::Refused(words::naming_group(error, &group)));
    }
    let events = http::events(request, sending, answered);
    let patient = |event| patient(request, event);
    events.into_iter().map(patient)
}

/// What a whole reply says of each id.
pub(super) fn answered(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    let body: Value = words::answer(reply)?;
    let mut tally = Tally::of(request);
    if is_single(request) {
        take(&mut tally, &body);
        return Ok(tally.finish());
    }
    let kind = request.operations()[0].key.source.kind.plural();
    match body.get(kind).and_then(Value::as_array) {
        Some(items) => items.iter().for_each(|item| take(&mut tally, item)),
        None => tally.note(&format!("the answer has no list of {kind}")),
    }
    Ok(tally.finish())
}

/// Takes one item: an id with a message or an error. With both it contradicts itself, with neither
/// it proves nothing.
fn take(tally: &mut Tally, item: &Value) {
    let Some(id) = item.get("id").and_then(Value::as_str) else {
        tally.note("the answer has an item without an id");
        return;
    };
    // SAP's ids are case-sensitive (section 9).
    let mut put = |answer| tally.put(id, |ours, theirs| ours == theirs, answer);
    let error = item.get("error").filter(|error| !error.is_null());
    let message = item.get("message").and_then(Value::as_str);
    if let Some(error) = error {
        let said = words::said(0, error);
        put(Answer::Rejected(Rejection {
            later: false,
            of_row: false,
            code: said.code,
            reason: said.message,
            request_id: said.request_id,
        }));
    }
    if let Some(message) = message {
        put(Answer::Scheduled {
            message: Some(Clean::new(message)),
        });
    }
    if error.is_none() && message.is_none() {
        put(Answer::Unknown(Clean::new(
            "the answer neither confirms nor refuses this id",
        )));
    }
}

/// A status that does not allow the change is about the row, in whatever answer it is said. Asking again later may
/// help where the rules allowed it: the row was in transition. A guess was wrong, and stays so.
fn patient(request: &Request, event: ChangeEvent) -> ChangeEvent {
    let ChangeEvent::Answered(key, Answer::Rejected(mut no)) = event else {
        return event;
    };
    if no
        .code
        .as_ref()
        .is_some_and(|code| code.as_str() == WRONG_STATUS)
    {
        let is_sure = |o: &Operation| matches!(o.row.offers.step(o.verb.step), Offer::Yes(_));
        let mut operations = request.operations().iter();
        no.of_row = true;
        no.later = operations.any(|o| o.key == key && is_sure(o));
    }
    ChangeEvent::Answered(key, Answer::Rejected(no))
}
