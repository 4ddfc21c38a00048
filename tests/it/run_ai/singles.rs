//! One call for each workload, for servers without the batch call; and what shows that they are such.

use std::sync::Mutex;

use super::*;
use crate::catalogue::monsters::monsters;

fn id(number: usize) -> String {
    format!("6f1c0d52-3b7e-4a19-9d2c-{number:012}")
}

fn workload(number: usize, kind: &str, source_api: Option<&str>) -> Value {
    json!({
        "id": id(number), "name": kind, "type": kind, "phase": "Running", "sourceApi": source_api,
        "actionsSupport": { "delete": true, "suspend": true },
    })
}

/// Answers of a server with these workloads, that says this to all else.
async fn events(
    workloads: Vec<Value>,
    action: Action,
    say: impl Fn(&Heard) -> Say + Send + Sync + 'static,
) -> (Vec<ChangeEvent>, Vec<String>) {
    let listing = json!({ "workloads": workloads }).to_string();
    let (server, client) = serving(move |heard| {
        if heard.line.starts_with("GET") {
            canned::json(200, &listing)
        } else {
            say(heard)
        }
    })
    .await;
    let source = client.sources().await.expect("known").remove(0);
    let page = client
        .list(&source)
        .next()
        .await
        .expect("a page")
        .expect("listed");
    let rows: Vec<_> = page.rows.into_iter().map(Arc::new).collect();
    let request = requests_for(&*client, action, &rows).remove(0);
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

#[tokio::test]
async fn each_type_has_the_calls_of_the_table_and_others_have_none() {
    let kinds = [
        "Workspace",
        "TRAINING",
        "Distributed",
        "Inference",
        "DistributedInference",
        "RayJob",
    ];
    let mut all: Vec<Value> = (0..)
        .zip(kinds)
        .map(|(number, kind)| workload(number, kind, None))
        .collect();
    all.push(workload(6, "Training", Some("WorkloadsV2")));
    for (action, tail, method) in [
        (Action::Delete, "", "DELETE"),
        (Action::Stop, "/suspend", "POST"),
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
        let own = |segment: &str, number| {
            format!("{method} /api/v1/workloads/{segment}/{}{tail}", id(number))
        };
        let mut expected = vec![
            "POST /api/v1/workloads/batch".to_owned(),
            own("distributed", 2),
            own("trainings", 1),
            own("workspaces", 0),
        ];
        if action == Action::Delete {
            expected.extend([
                own("inferences", 3),
                own("distributed-inferences", 4),
                format!("DELETE /api/v2/workloads/{}", id(6)),
            ]);
        }
        lines.sort();
        expected.sort();
        assert_eq!(lines, expected);
        let scheduled = answers(&events, |answer| matches!(answer, Answer::Scheduled { .. }));
        let left_out = answers(&events, |answer| matches!(answer, Answer::NotSent(_)));
        assert_eq!(
            (scheduled, scheduled + left_out),
            (expected.len() - 1, 7),
            "{events:#?}"
        );
    }
}

#[tokio::test]
async fn only_an_answer_about_the_call_itself_makes_a_server_one_without_it() {
    let old = "action: value is not one of the allowed values [delete]";
    for (action, status, message, falls_back) in [
        (Action::Stop, 400, old, true),
        (Action::Delete, 400, old, false),
        (Action::Stop, 400, "ids/0 is not a UUID", false),
        (Action::Stop, 400, "Required parameter is missing", false),
        (Action::Stop, 400, "invalid id", false),
        (Action::Stop, 422, "action", false),
        (
            Action::Stop,
            403,
            "You do not have sufficient permissions.",
            false,
        ),
        (Action::Delete, 405, "Method not allowed.", true),
        (Action::Delete, 404, "page not found", true),
        // It may be one of the ids: each is asked for alone, and nothing is remembered.
        (Action::Stop, 404, "Resource id not found.", true),
    ] {
        let say = move |heard: &Heard| {
            if is_batch(heard) {
                refuse(status, message)
            } else {
                canned::json(202, "{}")
            }
        };
        let (_, lines) = events(vec![workload(0, "Training", None)], action, say).await;
        assert_eq!(
            lines.len(),
            1 + usize::from(falls_back),
            "{action:?} {status} {message}"
        );
    }
    let page = |heard: &Heard| {
        if is_batch(heard) {
            canned::json(404, "<html>")
        } else {
            canned::json(202, "{}")
        }
    };
    let (_, lines) = events(vec![workload(0, "Training", None)], Action::Stop, page).await;
    assert_eq!(
        lines.len(),
        1,
        "a page of a gateway says nothing of the server"
    );
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
        "this server has no batch call for suspend: 3 single calls instead",
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
