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
use crate::domain::outcome::{Answer, ChangeEvent};
use crate::domain::plan::{Operation, Request};
use crate::domain::streak::Streak;
use crate::domain::text::Clean;
use crate::platforms::http::{self, Call, Http, Reply, Sending, Sent};
use crate::platforms::loose::same_uuid;
use crate::platforms::run_ai::{row, wire};

/// As many as a lane has in flight (`UX.md` 9).
const AT_ONCE: usize = 8;

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
            let why = Clean::new(&format!("lane stopped ({why})"));
            return stream::iter([answered(Answer::NotSent(why))]).boxed();
        }
        let event = move |sending| match sending {
            Sending::Meanwhile(event) => event,
            Sending::Ended(sent) => {
                let answer = answer(operation, &sent);
                lane.observe(&sent, &answer);
                answered(answer)
            }
        };
        wire::change(http, call).map(event).boxed()
    };
    sending.flatten_stream().boxed()
}

/// A 2xx is an acceptance without a body, as old servers send it, with `{"code":202,…}`, and with the workload.
/// Anything else under a 2xx comes from somebody else, or is half an answer (P6).
fn accepted(operation: &Operation, reply: &Reply) -> Result<(), PlatformError> {
    if reply.body.trim_ascii().is_empty() {
        return Ok(());
    }
    let body: Value = reply.json()?;
    let is_own = |id: &str| same_uuid(operation.key.id.raw(), id);
    match (body["id"].as_str(), body.get("code")) {
        (Some(id), _) if !is_own(id) => Err(http::unreadable("it is about another workload")),
        (_, Some(code)) if matches!(code.as_u64(), Some(200..=299)) => Ok(()),
        (Some(_), None) => Ok(()),
        (_, Some(_)) | (None, None) => Err(http::unreadable("it accepts nothing")),
    }
}

/// What one call's end says of its workload.
fn answer(operation: &Operation, sent: &Sent) -> Answer {
    match sent {
        Sent::Answered(reply) => match accepted(operation, reply) {
            Ok(()) => Answer::Scheduled { message: None },
            Err(error) => http::answer(&Sent::Lost(error)),
        },
        Sent::Lost(_) | Sent::Refused(_) | Sent::NotSent(_) => http::answer(sent),
    }
}

/// What the calls of a lane have in common: how they end.
#[derive(Clone, Debug, Default)]
struct Lane(Arc<Mutex<Ends>>);

/// How calls ended lately, and why the lane stopped.
#[derive(Debug, Default)]
struct Ends {
    streak: Streak,
    stopped: Option<Clean>,
}

impl Lane {
    fn ends(&self) -> MutexGuard<'_, Ends> {
        let ends = self.0.lock();
        ends.expect("nothing panics while it holds them")
    }

    fn stopped(&self) -> Option<Clean> {
        self.ends().stopped.clone()
    }

    fn observe(&self, sent: &Sent, answer: &Answer) {
        let mut ends = self.ends();
        let after = ends.streak.stops_after(answer, true);
        let why = after.or_else(|| http::lane_stop(sent, true));
        ends.stopped = ends.stopped.take().or(why);
    }
}
