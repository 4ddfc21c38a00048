//! One call for each workload, for servers without the batch call; and what shows that they are such.

use std::sync::Mutex;

use centurion::domain::inspection::Inquiry;

use super::*;
use crate::catalogue::monsters::monsters;

use Action::{Delete, Stop};
use Grouping::{Single, Verb};

fn id(number: usize) -> String {
    format!("6f1c0d52-3b7e-4a19-9d2c-{number:012}")
}

fn workload(number: usize, kind: &str, source_api: Option<&str>) -> Value {
    json!({
        "id": id(number), "name": kind, "type": kind, "phase": "Running", "sourceApi": source_api,
        "actionsSupport": { "delete": true, "suspend": true },
    })
}

/// A server with these workloads, that says this to all else, and its client.
async fn server_of(
    workloads: Vec<Value>,
    say: impl Fn(&Heard) -> Say + Send + Sync + 'static,
) -> (Canned, Arc<dyn Platform>) {
    let listing = json!({ "workloads": workloads }).to_string();
    serving(move |heard| {
        if heard.line.starts_with("GET") {
            canned::json(200, &listing)
        } else {
            say(heard)
        }
    })
    .await
}

/// What the next plan for its rows would send.
async fn next_requests(client: &dyn Platform, action: Action) -> Vec<Request> {
    let source = client.sources().await.expect("known").remove(0);
    let page = client.list(&source).next().await;
    let rows = page.expect("a page").expect("listed").rows;
    let rows: Vec<_> = rows.into_iter().map(Arc::new).collect();
    requests_for(client, action, &rows)
}

/// Answers of a server with these workloads, that says this to all else.
async fn events(
    workloads: Vec<Value>,
    action: Action,
    say: impl Fn(&Heard) -> Say + Send + Sync + 'static,
) -> (Vec<ChangeEvent>, Vec<String>) {
    let (server, client) = server_of(workloads, say).await;
    let request = next_requests(&*client, action).await.remove(0);
    let events = client.change(&request).collect().await;
    let lines = server.heard().into_iter().map(|heard| heard.line);
    let is_change = |line: &String| !line.starts_with("GET") && !line.ends_with("/token");
    (events, lines.filter(is_change).collect())
}

fn is_batch(heard: &Heard) -> bool {
    heard.line.ends_with("/batch")
}

fn answers(events: &[ChangeEvent], is: fn(&Answer) -> bool) -> usize {
    let own =
        |event: &&ChangeEvent| matches!(event, ChangeEvent::Answered(_, answer) if is(answer));
    events.iter().filter(own).count()
}

/// Each type, and where its own calls are; the number of a workload is its place here.
const SEGMENTS: [(&str, Option<&str>); 6] = [
    ("Workspace", Some("workspaces")),
    ("TRAINING", Some("trainings")),
    ("Distributed", Some("distributed")),
    ("Inference", Some("inferences")),
    ("DistributedInference", Some("distributed-inferences")),
    ("RayJob", None),
];

#[tokio::test]
async fn each_type_has_the_calls_of_the_table_and_others_have_none() {
    let kinds = SEGMENTS.map(|(kind, _)| kind);
    let all = kinds.iter().enumerate();
    let mut all: Vec<Value> = all.map(|(n, kind)| workload(n, kind, None)).collect();
    all.push(workload(6, "Training", Some("WorkloadsV2")));
    for (action, tail, method, with_call) in [
        (Action::Delete, "", "DELETE", 0..5),
        (Action::Stop, "/suspend", "POST", 0..3),
    ] {
        let accept = |heard: &Heard| match is_batch(heard) {
            true => refuse(404, "page not found"),
            // Builds of 2.19 and 2.20 send no body.
            false if heard.line.contains("trainings") => canned::answer(202, "x: y", ""),
            false => canned::json(
                202,
                r#"{"code":202,"message":"Request has been accepted."}"#,
            ),
        };
        let (events, mut lines) = events(all.clone(), action, accept).await;
        let own = |number: usize| {
            let segment = SEGMENTS[number].1.expect("one with calls");
            format!("{method} /api/v1/workloads/{segment}/{}{tail}", id(number))
        };
        let mut expected: Vec<String> = with_call.map(own).collect();
        if action == Action::Delete {
            expected.push(format!("DELETE /api/v2/workloads/{}", id(6)));
        }
        let scheduled = answers(&events, |answer| matches!(answer, Answer::Scheduled { .. }));
        assert_eq!(scheduled, expected.len());
        // The batch named them, so it is the server that said no.
        let refused = answers(
            &events,
            |answer| matches!(answer, Answer::Rejected(no) if no.reason.as_str() == "page not found"),
        );
        assert_eq!(scheduled + refused, 7, "{events:#?}");
        expected.push("POST /api/v1/workloads/batch".to_owned());
        lines.sort();
        expected.sort();
        assert_eq!(lines, expected);
    }
}

/// What becomes of two workloads whose batch is refused so, and how the next plan would send them.
async fn after_refusal(action: Action, status: u16, body: &str) -> (&'static str, Grouping) {
    let body = body.to_owned();
    let all = vec![workload(0, "Training", None), workload(1, "Training", None)];
    let (_server, client) = server_of(all, move |heard| {
        if is_batch(heard) {
            canned::json(status, &body)
        } else {
            canned::json(202, "")
        }
    })
    .await;
    let request = next_requests(&*client, action).await.remove(0);
    let events: Vec<ChangeEvent> = client.change(&request).collect().await;
    let fate = match answers(&events, |answer| matches!(answer, Answer::Rejected(_))) {
        2 => "refused",
        _ => "alone",
    };
    let next = next_requests(&*client, action).await;
    (fate, next[0].verb().grouping)
}

/// A refusal of a batch by its action, status and words; what becomes of its rows, and how the next is sent.
type Refusal = (Action, u16, &'static str, &'static str, Grouping);

const OLD: &str = "action: \"suspend\" is not one of the allowed values";

#[rustfmt::skip]
const REFUSALS: [Refusal; 18] = [
    (Delete, 404, "page not found", "alone", Single),
    (Delete, 404, "No route for /api/v1/workloads/batch", "alone", Single),
    (Delete, 405, "Method not allowed.", "alone", Single),
    // It may be one of the rows: each is asked for alone, and nothing is remembered.
    (Delete, 404, "Workload not found", "alone", Verb),
    (Stop, 404, "Resource id not found.", "alone", Verb),
    (Stop, 404, "Not found", "alone", Verb),
    (Stop, 400, OLD, "alone", Single),
    (Stop, 400, "must be one of: delete; action", "alone", Single),
    (Stop, 400, "suspend is not supported for this workload", "alone", Verb),
    // What 2.19 to 2.21 say, by the only documented example.
    (Stop, 400, "Required parameter is missing", "alone", Verb),
    (Stop, 400, "Bad request.", "alone", Verb),
    (Stop, 400, "Workload not found", "alone", Verb),
    (Delete, 400, "Required parameter is missing", "refused", Verb),
    (Delete, 400, OLD, "refused", Verb),
    (Stop, 400, "ids/0 is not a UUID", "refused", Verb),
    (Stop, 400, "invalid id", "refused", Verb),
    (Stop, 422, "action", "refused", Verb),
    (Stop, 403, "You do not have sufficient permissions.", "refused", Verb),
];

#[tokio::test]
async fn only_words_about_the_call_itself_make_a_server_one_without_it() {
    for (action, status, message, fate, next) in REFUSALS {
        let body = json!({ "code": status, "message": message }).to_string();
        let came = after_refusal(action, status, &body).await;
        assert_eq!(came, (fate, next), "{action:?} {status} {message}");
    }
    // A page of a gateway says nothing of the server.
    let came = after_refusal(Stop, 404, "<html>").await;
    assert_eq!(came, ("refused", Verb));
}

#[tokio::test]
async fn rows_without_a_call_of_their_own_are_rejected_in_the_words_that_refused_the_batch() {
    let all = vec![workload(0, "Training", None), workload(1, "RayJob", None)];
    let (events, lines) = events(all, Action::Stop, |heard| {
        if is_batch(heard) {
            refuse(404, "Workload not found")
        } else {
            canned::json(202, "")
        }
    })
    .await;
    let note = "batch refused: HTTP 404: Workload not found; single calls instead: 1";
    assert!(
        events
            .iter()
            .any(|event| matches!(event, ChangeEvent::Note(words) if words.as_str() == note)),
        "{events:#?}"
    );
    let refused = answers(
        &events,
        |answer| matches!(answer, Answer::Rejected(no) if no.reason.as_str() == "Workload not found" && !no.later),
    );
    assert_eq!((refused, lines.len()), (1, 2), "{events:#?}");
    let all = vec![workload(1, "RayJob", None)];
    let (events, lines) =
        super::singles::events(all, Action::Delete, |_| refuse(404, "Workload not found")).await;
    assert!(
        matches!(
            events.as_slice(),
            [ChangeEvent::Answered(_, Answer::Rejected(_))]
        ),
        "{events:#?}"
    );
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn p7_the_start_of_an_unreadable_answer_ends_before_what_may_be_secret() {
    let row = json!({ "arguments": "canary", "id": id(0), "command": "canary", "environmentVariables": { "K": "canary" } });
    let cut = |text: &str| text[..text.len() - 2].to_owned();
    let whole = json!({ "name": "n", "environmentVariables": { "K": "canary" } }).to_string();
    for body in [
        cut(&json!({ "workloads": [row] }).to_string()),
        cut(&row.to_string()),
        whole,
        json!([row]).to_string(),
    ] {
        let sent = body.clone();
        let (_server, client) = serving(move |_| canned::json(200, &sent)).await;
        let source = client.sources().await.expect("known").remove(0);
        let key = Key {
            source: source.clone(),
            id: Id::new(&id(0)),
        };
        let listed: Vec<_> = client.list(&source).collect().await;
        let read = client.read(&key).await;
        let told: Vec<_> = client.inspect(&key, Inquiry::Detail).collect().await;
        assert!(listed[0].is_err() && read.is_err(), "{body}");
        let shown = format!("{listed:?} {read:?} {told:?}");
        assert!(!shown.contains("canary"), "{shown}");
        for answers_batch in [true, false] {
            let sent = body.clone();
            let rows = vec![workload(0, "Training", None)];
            let (events, _) = events(rows, Action::Delete, move |heard| {
                if is_batch(heard) && !answers_batch {
                    refuse(404, "page not found")
                } else {
                    canned::json(202, &sent)
                }
            })
            .await;
            let shown = format!("{events:?}");
            assert!(
                shown.contains("Unknown") && !shown.contains("canary"),
                "{shown}"
            );
        }
    }
}

/// How many of 30 single calls leave where each is answered so.
async fn sent_of_30(say: fn() -> Say) -> (usize, Vec<ChangeEvent>) {
    let all = (0..30)
        .map(|number| workload(number, "Training", None))
        .collect();
    let say = move |heard: &Heard| {
        if is_batch(heard) {
            refuse(404, "page not found")
        } else {
            say()
        }
    };
    let (events, lines) = events(all, Action::Stop, say).await;
    (lines.len() - 1, events)
}

#[tokio::test]
async fn a_lane_of_single_calls_stops_where_going_on_is_of_no_use() {
    let (sent, events) = sent_of_30(|| Say::Nothing).await;
    assert!(
        (3..=10).contains(&sent),
        "{sent}: three cuts in a row, eight at once"
    );
    assert_eq!(
        answers(&events, |answer| matches!(answer, Answer::Unknown(_))),
        sent
    );
    assert_eq!(
        answers(&events, |answer| matches!(answer, Answer::NotSent(_))),
        30 - sent
    );
    assert!(
        matches!(events.last(), Some(ChangeEvent::StopLane(_))),
        "{events:?}"
    );
    let (sent, events) = sent_of_30(|| refuse(401, "Issuer is not familiar.")).await;
    assert!(
        sent <= 16,
        "{sent}: each of eight at once, and once more with a new token"
    );
    assert!(
        matches!(events.last(), Some(ChangeEvent::StopLane(_))),
        "{events:?}"
    );
    let conflict = || refuse(409, "the workload is already stopped");
    let (sent, events) = sent_of_30(conflict).await;
    let rejected = answers(&events, |answer| matches!(answer, Answer::Rejected(_)));
    assert_eq!(
        (sent, rejected),
        (30, 30),
        "each says a thing of its own row"
    );
    let (sent, _) = sent_of_30(|| refuse(400, "malformed")).await;
    assert!(
        (5..=13).contains(&sent),
        "{sent}: five equal, eight at once"
    );
    let (sent, events) = sent_of_30(|| canned::json(202, "")).await;
    assert_eq!(
        (
            sent,
            answers(&events, |answer| matches!(answer, Answer::Scheduled { .. }))
        ),
        (30, 30)
    );
}

#[tokio::test]
async fn n19_single_calls_that_met_the_end_of_a_token_together_say_so_once() {
    let rows = (0..3).map(|number| workload(number, "Training", None));
    let refused = Mutex::new(HashSet::new());
    let say = move |heard: &Heard| {
        let is_first = || refused.lock().expect("whole").insert(heard.line.clone());
        match is_batch(heard) {
            true => refuse(404, "page not found"),
            false if is_first() => refuse(401, "Token is expired."),
            false => canned::json(202, ""),
        }
    };
    let (events, lines) = events(rows.collect(), Action::Stop, say).await;
    let notes = events.iter().filter_map(|event| match event {
        ChangeEvent::Note(words) => Some(words.as_str()),
        _ => None,
    });
    let expected = [
        "batch refused: HTTP 404: page not found; single calls instead: 3",
        "signed in again: the token had ended",
    ];
    assert_eq!(notes.collect::<Vec<_>>(), expected);
    let scheduled = answers(&events, |answer| matches!(answer, Answer::Scheduled { .. }));
    assert_eq!((scheduled, lines.len()), (3, 1 + 2 * 3));
}

#[tokio::test]
async fn p6_n11_n12_a_2xx_that_accepts_nothing_is_no_acceptance() {
    let foreign = [
        "<html>Sign in</html>",
        r#"{"code":403,"message":"You do not have sufficient permissions."}"#,
        r#"{"code":202,"mess"#,
        "[]",
        "{}",
        r#"{"id":"00000000-0000-4000-8000-0000000000ff"}"#,
        r#"{"code":202,"id":"00000000-0000-4000-8000-0000000000ff"}"#,
    ];
    for body in foreign {
        let rows = vec![workload(0, "Training", None), workload(1, "Training", None)];
        let answer = move |heard: &Heard| {
            if is_batch(heard) {
                refuse(404, "page not found")
            } else {
                canned::answer(200, "content-type: text/plain", body)
            }
        };
        let (events, lines) = events(rows, Action::Stop, answer).await;
        let unknown = answers(&events, |answer| matches!(answer, Answer::Unknown(_)));
        assert_eq!((unknown, lines.len()), (2, 3), "{body}: {events:#?}");
    }
}

#[tokio::test]
async fn n12_n16_n17_a_monstrous_answer_to_a_single_call_leaves_its_row_unknown() {
    for (name, bytes) in monsters() {
        for action in [Action::Stop, Action::Delete] {
            let bytes = bytes.clone();
            let say = move |heard: &Heard| {
                if is_batch(heard) {
                    refuse(404, "page not found")
                } else {
                    canned::answer(202, "content-type: application/json", &bytes)
                }
            };
            let row = workload(0, "Training", None);
            let (events, lines) = events(vec![row], action, say).await;
            let unknown = answers(&events, |answer| matches!(answer, Answer::Unknown(_)));
            assert_eq!((unknown, lines.len()), (1, 2), "{name}: {events:?}");
        }
    }
}
