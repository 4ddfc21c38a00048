//! What an answer to a change means for each id (`specs/kubiya.md` 6.3, 6.5; `RELIABILITY.md` 5).
//!
//! HTTP 200 proves nothing: each id has its own `success`, compared as a UUID, never by position.

use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection, Tally};
use crate::domain::plan::Request;
use crate::domain::resource::Id;
use crate::domain::text::Clean;
use crate::platforms::http::Reply;
use crate::platforms::kubiya::wire::{BatchAnswer, Said};
use crate::platforms::kubiya::words::Told;
use crate::platforms::loose::{Loose, same_uuid};

/// How an error begins that the service did not foresee. For each id it looks at the row, asks the engine and
/// writes the row: such an error may come after the engine was asked, so it proves nothing (P6).
const UNFORESEEN: &str = "Unexpected error:";

/// How the unforeseen go on where the engine was not asked, or said no: the row is as it was, and asking again
/// later may help (6.3).
const UNTOUCHED: [&str; 3] = [
    "Temporal client unavailable",
    "Failed to terminate workflow",
    "(psycopg2.errors.InFailedSqlTransaction)",
];

/// How the errors begin that speak of the row alone: it is gone, or has moved on by itself (6.3, 6.5).
const OF_ROW: [&str; 4] = [
    "Execution not found",
    "Cannot terminate workflow in status:",
    "Execution is not running (status:",
    "Execution is not paused (status:",
];

/// The answers of a batch terminate.
pub(super) fn of_batch(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    let answer = reply.json::<Loose<BatchAnswer>>()?.0.unwrap_or_default();
    let mut tally = Tally::of(request);
    let note = disagreement(&answer);
    for mut result in answer.results.0.unwrap_or_default() {
        match result.execution_id.0.take() {
            Some(id) => put(&mut tally, &id, result),
            None => tally.note("the answer has an entry without an id"),
        }
    }
    if let Some(note) = note {
        tally.note(&note);
    }
    Ok(tally.finish())
}

/// The results show no words of what was scheduled: a warning is worth a note of its own.
fn put(tally: &mut Tally<'_>, id: &str, said: Said) {
    let time = said.terminated_at.0;
    let time = time.map(|time| Clean::new(&format!("terminated at {time}")));
    let message = said.message.0.or(time);
    if let Some(Told(warning)) = said.warning.0 {
        let words = message.as_ref().map_or("a warning", Clean::as_str);
        tally.note(&format!("{}: {words}: {warning}", Id::new(id).shown()));
    }
    let error = said.error.0.map(|Told(error)| error);
    let verdict = verdict(said.success.0, error, message);
    tally.put(id, same_uuid, verdict);
}

/// What one entry says. One that does not say whether it succeeded, or says both, is no evidence (P6).
fn verdict(success: Option<bool>, error: Option<Clean>, message: Option<Clean>) -> Answer {
    match (success, error) {
        (Some(true), None) => Answer::Scheduled { message },
        (Some(true), Some(error)) => {
            let why = format!("contradictory answer: success, and {error}");
            Answer::Unknown(Clean::new(&why))
        }
        (Some(false), error) => refused(error),
        (None, _) => Answer::Unknown(Clean::new("the answer does not say whether it succeeded")),
    }
}

fn refused(error: Option<Clean>) -> Answer {
    let reason = error.unwrap_or_else(|| Clean::new("no reason given"));
    let unforeseen = reason.as_str().strip_prefix(UNFORESEEN).map(str::trim);
    let later = unforeseen.is_some_and(|why| UNTOUCHED.iter().any(|known| why.starts_with(known)));
    if unforeseen.is_some() && !later {
        return Answer::Unknown(reason);
    }
    Answer::Rejected(Rejection {
        of_row: OF_ROW
            .iter()
            .any(|known| reason.as_str().starts_with(known)),
        code: None,
        later,
        reason,
        request_id: None,
    })
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
    let mut answer = reply.json::<Loose<Said>>()?.0.unwrap_or_default();
    let about = answer.execution_id.0.take();
    let asked = || request.operations()[0].key.id.raw().to_owned();
    let mut tally = Tally::of(request);
    put(&mut tally, &about.unwrap_or_else(asked), answer);
    Ok(tally.finish())
}
