//! What an answer to a change means for each id (`specs/kubiya.md` 6.3, 6.5; `RELIABILITY.md` 5).
//!
//! HTTP 200 proves nothing: each id has its own `success`, compared as a UUID, never by position.

use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection, Tally};
use crate::domain::plan::Request;
use crate::domain::text::Clean;
use crate::platforms::http::Reply;
use crate::platforms::kubiya::wire::{BatchAnswer, Said};
use crate::platforms::loose::{Loose, uuid};

/// How errors begin that are the workflow engine's and not the row's: asking again later may help.
const ENGINE_FAILURES: [&str; 2] = [
    "Unexpected error: Temporal client unavailable",
    "Unexpected error: Failed to terminate workflow",
];

/// Whether two ids are the same UUID; what is no UUID is never the same.
fn is_same(sent: &str, answered: &str) -> bool {
    uuid(sent).is_some_and(|sent| uuid(answered) == Some(sent))
}

/// The answers of a batch terminate.
pub(super) fn of_batch(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    let answer = reply.json::<Loose<BatchAnswer>>()?.0.unwrap_or_default();
    let mut tally = Tally::of(request);
    let note = disagreement(&answer);
    for result in answer.results.0.unwrap_or_default() {
        put(&mut tally, result);
    }
    if let Some(note) = note {
        tally.note(&note);
    }
    Ok(tally.finish())
}

fn put(tally: &mut Tally<'_>, result: Said) {
    let Some(id) = result.execution_id.0 else {
        tally.note("the answer has an entry without an id");
        return;
    };
    let time = result.terminated_at.0;
    let message = time.map(|time| Clean::new(&format!("terminated at {time}")));
    let verdict = verdict(result.success.0, result.error.0, message);
    tally.put(&id, is_same, verdict);
}

/// What one entry says. One that does not say whether it succeeded, or says both, is no evidence (P6).
fn verdict(success: Option<bool>, error: Option<Clean>, message: Option<Clean>) -> Answer {
    match (success, error) {
        (Some(true), None) => Answer::Scheduled { message },
        (Some(true), Some(error)) => {
            let why = format!("contradictory answer: success, and {error}");
            Answer::Unknown(Clean::new(&why))
        }
        (Some(false), error) => Answer::Rejected(rejection(error)),
        (None, _) => Answer::Unknown(Clean::new("the answer does not say whether it succeeded")),
    }
}

fn rejection(error: Option<Clean>) -> Rejection {
    let reason = error.unwrap_or_else(|| Clean::new("no reason given"));
    Rejection {
        of_row: false,
        code: None,
        later: ENGINE_FAILURES
            .iter()
            .any(|start| reason.as_str().starts_with(start)),
        reason,
        request_id: None,
    }
}

/// Where the numbers beside the list are others than it has. The list wins; a difference is worth a note (R5).
fn disagreement(answer: &BatchAnswer) -> Option<String> {
    let results = answer.results.0.as_deref().unwrap_or_default();
    let those = |said| {
        results
            .iter()
            .filter(|result| result.success.0 == Some(said))
            .count()
    };
    let pairs = [
        ("requested", answer.total_requested.0, results.len()),
        ("succeeded", answer.total_succeeded.0, those(true)),
        ("failed", answer.total_failed.0, those(false)),
    ];
    let differing = pairs.iter().filter_map(|(word, told, listed)| {
        let told = told.filter(|told| *told != *listed as u64)?;
        Some(format!("{told} {word}, its list {listed}"))
    });
    let all: Vec<String> = differing.collect();
    (!all.is_empty()).then(|| format!("the answer counts {}", all.join("; ")))
}

/// The answer to a cancel or resume. Where it names no id, it is about the one that was asked for.
pub(super) fn of_single(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    let answer = reply.json::<Loose<Said>>()?.0.unwrap_or_default();
    let asked = request.operations()[0].key.id.raw();
    let id = answer.execution_id.0.as_deref().unwrap_or(asked);
    let message = match (answer.message.0, answer.warning.0) {
        (Some(message), Some(warning)) => Some(Clean::new(&format!("{message}; {warning}"))),
        (message, warning) => message.or(warning),
    };
    let mut tally = Tally::of(request);
    tally.put(
        id,
        is_same,
        verdict(answer.success.0, answer.error.0, message),
    );
    Ok(tally.finish())
}
