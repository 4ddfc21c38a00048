//! What a request comes to whose ids got no answers of their own.

use crate::domain::action::Grouping;
use crate::domain::error::{PlatformError, Refusal};
use crate::domain::outcome::{Answer, ChangeEvent, Rejection};
use crate::domain::plan::Request;
use crate::domain::text::Clean;
use crate::platforms::http::{Reply, Sending, Sent};

/// Reads what a whole reply to a request says of each id.
pub type Answers = fn(&Request, &Reply) -> Result<Vec<ChangeEvent>, PlatformError>;

/// The events of a step of sending. A reply that cannot be read was taken all the same: its ids are unknown.
pub fn events(request: &Request, sending: Sending, answers: Answers) -> Vec<ChangeEvent> {
    match sending {
        Sending::Meanwhile(event) => vec![event],
        Sending::Ended(Sent::Answered(reply)) => answers(request, &reply)
            .unwrap_or_else(|unreadable| without_answers(request, &Sent::Lost(unreadable))),
        Sending::Ended(sent) => without_answers(request, &sent),
    }
}

/// The events of a request that ended without answers for its ids: all rejected with the server's words
/// (and the lane stopped on 401, 403 and 429), all unknown, or all not sent. A 403 on a single call
/// speaks of its one row and stops nothing (N22).
pub fn without_answers(request: &Request, sent: &Sent) -> Vec<ChangeEvent> {
    let answer = answer(sent);
    let operations = request.operations().iter();
    let mut events: Vec<ChangeEvent> = operations
        .map(|operation| ChangeEvent::Answered(operation.key.clone(), answer.clone()))
        .collect();
    let single = request.verb().grouping == Grouping::Single;
    events.extend(lane_stop(sent, single).map(ChangeEvent::StopLane));
    events
}

/// What each id is answered with whose request ended so.
pub fn answer(sent: &Sent) -> Answer {
    match sent {
        Sent::Answered(_) => Answer::Unknown(Clean::new("the answer was not understood")),
        Sent::Refused(error) => Answer::Rejected(rejection(error)),
        Sent::Lost(error) => Answer::Unknown(Clean::new(&error.to_string())),
        Sent::NotSent(error) => Answer::NotSent(Clean::new(&error.to_string())),
    }
}

/// A refusal of the whole call, in the server's words.
fn rejection(error: &PlatformError) -> Rejection {
    let said = error.said();
    let status = |said: &Refusal| Clean::new(&format!("HTTP {}", said.status));
    let too_much = "too much for one request, select fewer";
    Rejection {
        code: said.map(|said| said.code.clone().unwrap_or_else(|| status(said))),
        reason: match said {
            None => Clean::new(&error.to_string()),
            Some(said) if said.message.is_empty() => Clean::new("no reason given"),
            Some(said) if matches!(said.status, 413 | 414) => {
                Clean::new(&format!("{too_much}: {}", said.message))
            }
            Some(said) => said.message.clone(),
        },
        request_id: said.and_then(|said| said.request_id.clone()),
        // Neither was about the row: once the limit has passed, or somebody has signed in again, it may be taken.
        later: matches!(
            error,
            PlatformError::RateLimited { .. } | PlatformError::Unauthorized { .. }
        ),
        of_row: said.is_some_and(|said| said.says_gone() || matches!(said.status, 409 | 412)),
    }
}

/// Why no other call of the lane would fare better, if so: the credentials are refused, or there are too many
/// requests.
pub fn lane_stop(sent: &Sent, single: bool) -> Option<Clean> {
    let (Sent::Refused(error) | Sent::NotSent(error)) = sent else {
        return None;
    };
    let of_account = matches!(
        error,
        PlatformError::Unauthorized { .. } | PlatformError::RateLimited { .. }
    );
    let stops = of_account || (matches!(error, PlatformError::Forbidden { .. }) && !single);
    stops.then(|| Clean::new(&error.to_string()))
}
