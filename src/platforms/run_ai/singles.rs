//! One call for each workload, where the server has no batch call: `specs/run-ai.md` 6.
//!
//! The calls of a lane stop by themselves after five equal refusals or three transport failures in a
//! row (`RELIABILITY.md` 3); what is already under way still reports.

use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::{FutureExt, ready};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::Value;

use crate::domain::action::Step;
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection};
use crate::domain::plan::{Operation, Request};
use crate::domain::text::Clean;
use crate::platforms::http::{self, Call, Http, Reply, Sending, Sent};
use crate::platforms::run_ai::{row, wire};

/// As many as a lane has in flight (`UX.md` 9).
const AT_ONCE: usize = 8;
const EQUAL_REFUSALS: usize = 5;
const TRANSPORT_FAILURES: usize = 3;

/// `type` in lower case, where its calls live, and whether `/suspend` and `/resume` exist below that.
const ENDPOINTS: [(&str, &str, bool); 5] = [
    ("workspace", "workspaces", true),
    ("training", "trainings", true),
    ("distributed", "distributed", true),
    ("inference", "inferences", false),
    ("distributedinference", "distributed-inferences", false),
];

/// The path of a workload's own call, or `None` where its type has none.
pub(super) fn path<'a>(
    subtype: &str,
    source_api: &str,
    id: &'a str,
    step: Step,
) -> Option<Vec<&'a str>> {
    if source_api == wire::WORKLOADS_V2 {
        return (step == Step::Delete).then(|| vec!["api", "v2", "workloads", id]);
    }
    let known = ENDPOINTS.iter().find(|(word, ..)| *word == subtype);
    let &(_, segment, suspends) = known?;
    let mut path = vec!["api", "v1", "workloads", segment, id];
    match step {
        Step::Delete => {}
        Step::Stop | Step::Resume if !suspends => return None,
        Step::Stop => path.push("suspend"),
        Step::Resume => path.push("resume"),
    }
    Some(path)
}

/// The call for one operation, without a body; `None` where its type has none.
pub(super) fn call(operation: &Operation) -> Option<Call> {
    let subtype = operation.row.subtype.as_ref().map_or("", Clean::as_str);
    let step = operation.verb.step;
    let method = match step {
        Step::Delete => "DELETE",
        Step::Stop | Step::Resume => "POST",
    };
    let (api, id) = (row::source_api(&operation.row), operation.key.id.raw());
    path(subtype, api, id, step).map(|path| Call::new(method, path))
}

/// Sends one call for each operation of a request, and stops the lane where going on is of no use. What has no call
/// of its own is answered with `others`.
pub(super) fn send<'a>(
    http: &'a Http,
    request: &'a Request,
    others: Answer,
) -> BoxStream<'a, ChangeEvent> {
    let lane = Lane::default();
    let end = lane.clone();
    let stopped = async move { stream::iter(end.stopped().map(ChangeEvent::StopLane)) };
    let mut note = None;
    stream::iter(request.operations())
        .map(move |operation| one(http, operation, others.clone(), lane.clone()))
        .flatten_unordered(AT_ONCE)
        // Calls that were under way together may all have met the end of their token.
        .filter(move |event| {
            let is_note = matches!(event, ChangeEvent::Note(_));
            ready(!is_note || note.replace(event.clone()).as_ref() != Some(event))
        })
        .chain(stopped.flatten_stream())
        .boxed()
}

fn one<'a>(
    http: &'a Http,
    operation: &'a Operation,
    otherwise: Answer,
    lane: Lane,
) -> BoxStream<'a, ChangeEvent> {
    let answered = move |answer| ChangeEvent::Answered(operation.key.clone(), answer);
    let sending = async move {
        let Some(call) = call(operation) else {
            return stream::iter([answered(otherwise)]).boxed();
        };
        if let Some(why) = lane.stopped() {
            return stream::iter([answered(Answer::NotSent(why))]).boxed();
        }
        let event = move |sending| match sending {
            Sending::Meanwhile(event) => event,
            Sending::Ended(sent) => {
                let answer = answer(&sent);
                lane.observe(&sent, &answer);
                answered(answer)
            }
        };
        http.change(call).map(event).boxed()
    };
    sending.flatten_stream().boxed()
}

/// A 2xx is an acceptance without a body, as old servers send it, with `{"code":202,…}`, and with a workload.
/// Anything else under a 2xx comes from somebody else, or is half an answer (P6).
fn accepted(reply: &Reply) -> Result<(), PlatformError> {
    if reply.body.trim_ascii().is_empty() {
        return Ok(());
    }
    let body: Value = reply.json()?;
    let is_yes = match body.get("code") {
        Some(code) => matches!(code.as_u64(), Some(200..=299)),
        None => body["id"].is_string(),
    };
    if is_yes {
        return Ok(());
    }
    Err(wire::unreadable("it accepts nothing"))
}

/// What one call's end says of its workload.
fn answer(sent: &Sent) -> Answer {
    match sent {
        Sent::Answered(reply) => match accepted(reply) {
            Ok(()) => Answer::Scheduled { message: None },
            Err(error) => http::answer(&Sent::Lost(wire::discreet(error))),
        },
        Sent::Lost(error) => http::answer(&Sent::Lost(wire::discreet(error.clone()))),
        Sent::Refused(_) | Sent::NotSent(_) => http::answer(sent),
    }
}

/// What the calls of a lane have in common: how they fail.
#[derive(Clone, Debug, Default)]
struct Lane(Arc<Mutex<Streak>>);

/// The last refusal, or `None` after a failure of the transport, how often it came in a row, and why the
/// lane stopped.
#[derive(Debug, Default)]
struct Streak {
    failure: Option<Rejection>,
    length: usize,
    stopped: Option<Clean>,
}

impl Lane {
    fn streak(&self) -> MutexGuard<'_, Streak> {
        self.0
            .lock()
            .expect("nothing panics while it holds the streak")
    }

    fn stopped(&self) -> Option<Clean> {
        self.streak().stopped.clone()
    }

    fn observe(&self, sent: &Sent, answer: &Answer) {
        let mut streak = self.streak();
        let (failure, words, limit) = match answer {
            Answer::Scheduled { .. } => {
                streak.length = 0;
                return;
            }
            Answer::Rejected(no) => (Some(no.clone()), &no.reason, EQUAL_REFUSALS),
            Answer::Unknown(why) | Answer::NotSent(why) => (None, why, TRANSPORT_FAILURES),
        };
        let goes_on = streak.length > 0 && streak.failure == failure;
        streak.length = if goes_on { streak.length + 1 } else { 1 };
        streak.failure = failure;
        let is_over = streak.length >= limit || stops_all(sent);
        if is_over && streak.stopped.is_none() {
            streak.stopped = Some(Clean::new(&format!("lane stopped: {words}")));
        }
    }
}

/// Whether no other call of the lane would fare better: the credentials are refused, or there are too
/// many requests.
fn stops_all(sent: &Sent) -> bool {
    match sent {
        Sent::Refused(error) | Sent::NotSent(error) => matches!(
            error,
            PlatformError::Unauthorized { .. } | PlatformError::RateLimited { .. }
        ),
        Sent::Answered(_) | Sent::Lost(_) => false,
    }
}
