//! One call for each workload, where the server has no batch call: `specs/run-ai.md` 6.
//!
//! The calls of a lane stop by themselves after five equal refusals or three transport failures in a
//! row (`RELIABILITY.md` 3); what is already under way still reports.

use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};

use crate::domain::action::Step;
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Rejection};
use crate::domain::plan::{Operation, Request};
use crate::domain::text::Clean;
use crate::platforms::http::{self, Call, Http, Sending, Sent};
use crate::platforms::run_ai::{row, wire};

/// As many as a lane has in flight (`UX.md` 9).
const AT_ONCE: usize = 8;
const EQUAL_REFUSALS: usize = 5;
const TRANSPORT_FAILURES: usize = 3;

/// Where the calls for one workload type live.
#[derive(Debug)]
struct Endpoint {
    /// `type`, in lower case.
    subtype: &'static str,
    segment: &'static str,
    /// Whether `/suspend` and `/resume` exist below it.
    suspends: bool,
}

static ENDPOINTS: [Endpoint; 5] = [
    Endpoint {
        subtype: "workspace",
        segment: "workspaces",
        suspends: true,
    },
    Endpoint {
        subtype: "training",
        segment: "trainings",
        suspends: true,
    },
    Endpoint {
        subtype: "distributed",
        segment: "distributed",
        suspends: true,
    },
    Endpoint {
        subtype: "inference",
        segment: "inferences",
        suspends: false,
    },
    Endpoint {
        subtype: "distributedinference",
        segment: "distributed-inferences",
        suspends: false,
    },
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
    let endpoint = ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.subtype == subtype)?;
    let mut path = vec!["api", "v1", "workloads", endpoint.segment, id];
    match step {
        Step::Delete => {}
        Step::Stop | Step::Resume if !endpoint.suspends => return None,
        Step::Stop => path.push("suspend"),
        Step::Resume => path.push("resume"),
    }
    Some(path)
}

/// The call for one operation, without a body; the error names the type that has none.
pub(super) fn call(operation: &Operation) -> Result<Call, String> {
    let subtype = operation.row.subtype.as_ref().map_or("", Clean::as_str);
    let step = operation.verb.step;
    let method = match step {
        Step::Delete => "DELETE",
        Step::Stop | Step::Resume => "POST",
    };
    path(
        subtype,
        row::source_api(&operation.row),
        operation.key.id.raw(),
        step,
    )
    .map(|path| Call::new(method, path))
    .ok_or_else(|| format!("no single call for type {subtype}"))
}

/// Sends one call for each operation of a request, and stops the lane where going on is of no use.
pub(super) fn send<'a>(http: &'a Http, request: &'a Request) -> BoxStream<'a, ChangeEvent> {
    let lane = Arc::new(Lane::default());
    let verdict = lane.clone();
    stream::iter(request.operations())
        .map(move |operation| one(http, request, operation, lane.clone()))
        .flatten_unordered(AT_ONCE)
        .chain(stream::iter(
            std::iter::from_fn(move || verdict.take()).map(ChangeEvent::StopLane),
        ))
        .boxed()
}

fn one<'a>(
    http: &'a Http,
    request: &'a Request,
    operation: &'a Operation,
    lane: Arc<Lane>,
) -> BoxStream<'a, ChangeEvent> {
    let answered = move |answer| ChangeEvent::Answered(operation.key.clone(), answer);
    let sending = async move {
        if let Some(why) = lane.stopped() {
            return stream::iter([answered(Answer::NotSent(why))]).boxed();
        }
        let call = match call(operation) {
            Ok(call) => call,
            Err(why) => return stream::iter([answered(refused_here(&why))]).boxed(),
        };
        let event = move |sending| match sending {
            Sending::Waiting(seconds) => ChangeEvent::Waiting { seconds },
            Sending::Ended(sent) => {
                let answer = answer(request, operation, &sent);
                lane.observe(&sent, &answer);
                answered(answer)
            }
        };
        http.change(call).map(event).boxed()
    };
    sending.flatten_stream().boxed()
}

fn refused_here(why: &str) -> Answer {
    Answer::Rejected(Rejection {
        code: None,
        reason: Clean::new(why),
        request_id: None,
        later: false,
    })
}

/// What one call's end says of its workload. A 2xx needs no body: old servers send none.
fn answer(request: &Request, operation: &Operation, sent: &Sent) -> Answer {
    if matches!(sent, Sent::Answered(_)) {
        return Answer::Scheduled { message: None };
    }
    let events = http::without_answers(request, sent);
    let own = events.into_iter().find_map(|event| match event {
        ChangeEvent::Answered(key, answer) => (key == operation.key).then_some(answer),
        ChangeEvent::Note(_) | ChangeEvent::Waiting { .. } | ChangeEvent::StopLane(_) => None,
    });
    own.expect("the operation is one of the request's")
}

/// What the calls of a lane have in common: how they fail.
#[derive(Debug, Default)]
struct Lane(Mutex<Streak>);

#[derive(Debug, Default)]
struct Streak {
    failure: Option<Failure>,
    length: usize,
    stopped: Option<Clean>,
}

#[derive(Debug, PartialEq)]
enum Failure {
    Refused(Rejection),
    Transport,
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

    /// Why the lane stopped, once.
    fn take(&self) -> Option<Clean> {
        self.streak().stopped.take()
    }

    fn observe(&self, sent: &Sent, answer: &Answer) {
        match answer {
            Answer::Scheduled { .. } => self.streak().end(),
            Answer::Rejected(rejection) => {
                let limit = if stops_all(sent) { 1 } else { EQUAL_REFUSALS };
                self.streak().lengthen(
                    Failure::Refused(rejection.clone()),
                    limit,
                    &rejection.reason,
                );
            }
            Answer::Unknown(why) | Answer::NotSent(why) => {
                let limit = if stops_all(sent) {
                    1
                } else {
                    TRANSPORT_FAILURES
                };
                self.streak().lengthen(Failure::Transport, limit, why);
            }
        }
    }
}

/// Whether no other call of the lane would fare better: the credentials are refused, or there are too
/// many requests.
fn stops_all(sent: &Sent) -> bool {
    match sent {
        Sent::Refused(error) | Sent::NotSent(error) => {
            matches!(
                error,
                PlatformError::Unauthorized { .. } | PlatformError::RateLimited { .. }
            )
        }
        Sent::Answered(_) | Sent::Lost(_) => false,
    }
}

impl Streak {
    fn end(&mut self) {
        self.failure = None;
    }

    fn lengthen(&mut self, failure: Failure, limit: usize, words: &Clean) {
        let goes_on = self.failure.as_ref() == Some(&failure);
        self.length = if goes_on { self.length + 1 } else { 1 };
        self.failure = Some(failure);
        if self.length >= limit && self.stopped.is_none() {
            self.stopped = Some(Clean::new(&format!("lane stopped: {words}")));
        }
    }
}
