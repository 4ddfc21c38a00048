//! Changes, and what their answers mean for each id.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use centurion::domain::action::{Action, Offer, Offers};
use centurion::domain::connection::Credentials;
use centurion::domain::error::PlatformError;
use centurion::domain::outcome::{Answer, ChangeEvent};
use centurion::domain::resource::{Id, Reading, Resource};
use centurion::domain::streak::Streak;
use centurion::domain::text::{Clean, Secret};
use centurion::platforms;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{Scene, connection};
use crate::catalogue::monsters::monsters;

fn answer<'a>(events: &'a [ChangeEvent], row: &Resource) -> &'a Answer {
    let mut answers = events.iter().filter_map(|event| match event {
        ChangeEvent::Answered(key, answer) if *key == row.key => Some(answer),
        _ => None,
    });
    let answer = answers.next().expect("an answer for each id");
    assert!(answers.next().is_none(), "one answer for each id");
    answer
}

fn is_unknown(answer: &Answer) -> bool {
    matches!(answer, Answer::Unknown(_))
}

fn is_scheduled(answer: &Answer) -> bool {
    matches!(answer, Answer::Scheduled { .. })
}

fn reason(answer: &Answer) -> (&str, bool) {
    match answer {
        Answer::Rejected(no) => (no.reason.as_str(), no.later),
        Answer::Scheduled { .. } | Answer::Unknown(_) | Answer::NotSent(_) => ("", false),
    }
}

fn notes(events: &[ChangeEvent]) -> Vec<&str> {
    let words = events.iter().filter_map(|event| match event {
        ChangeEvent::Note(words) => Some(words.as_str()),
        _ => None,
    });
    words.collect()
}

#[tokio::test]
async fn stopping_sends_one_request_and_the_rows_become_cancelled() {
    let scene = Scene::new();
    let mut rows = scene.willing("running", 40).await;
    rows.extend(scene.willing("pending", 10).await);
    let events = scene.change(Action::Stop, &rows).await;
    assert!(rows.iter().all(|row| is_scheduled(answer(&events, row))));
    assert_eq!(scene.posts(), 1);
    for row in &rows {
        assert!(
            scene.reaches(row, "cancelled").await,
            "{}",
            row.key.id.raw()
        );
    }
}

#[tokio::test]
async fn a_change_is_not_seen_at_once() {
    let scene = Scene::at_speed(0.001);
    let rows = scene.willing("running", 1).await;
    scene.change(Action::Stop, &rows).await;
    assert_eq!(scene.status(&rows[0]).await, "running");
    let again = scene.change(Action::Stop, &rows).await;
    assert_eq!(
        reason(answer(&again, &rows[0])),
        ("Cannot terminate workflow in status: cancelled", false)
    );
}

#[tokio::test]
async fn what_is_previewed_is_what_leaves() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    let request = scene.requests_for(Action::Stop, &rows).remove(0);
    let preview = scene.client.preview(&request);
    let _events: Vec<_> = scene.client.change(&request).collect().await;
    let sent = scene.simulator.requests().pop().expect("recorded");
    assert_eq!(
        (sent.method.as_str(), &sent.path),
        (preview.method, &preview.path)
    );
    assert_eq!(
        Some(&sent.body),
        preview.body.as_ref().map(|(_, body)| body)
    );
    let ids: Vec<&str> = rows.iter().map(|row| row.key.id.raw()).collect();
    assert_eq!(
        sent.body,
        json!({"execution_ids": ids, "reason": "INC-4812 cleanup"})
    );
}

#[tokio::test]
async fn each_id_has_its_own_answer_however_the_list_looks() {
    let scene = Scene::new();
    let rows = scene.willing("running", 6).await;
    let id = |place: usize| rows[place].key.id.raw();
    scene.faults(json!([
        {"fault": "missing", "ids": [id(1)]},
        {"fault": "duplicate", "ids": [id(2)]},
        {"fault": "contradictory", "ids": [id(3)]},
        {"fault": "engine_failure", "ids": [id(4)]},
        {"fault": "refused", "ids": [id(5)]},
        {"fault": "extra", "ids": ["00000000-0000-4000-8000-00000000dead"]},
    ]));
    let events = scene.change(Action::Stop, &rows).await;
    let answers: Vec<&Answer> = rows.iter().map(|row| answer(&events, row)).collect();
    assert!(is_scheduled(answers[0]) && is_scheduled(answers[2]));
    assert!(is_unknown(answers[1]) && is_unknown(answers[3]));
    let (why, later) = reason(answers[4]);
    assert!(
        later && why.starts_with("Unexpected error: Failed to terminate workflow"),
        "{why}"
    );
    assert!(reason(answers[5]).1);
    let notes = notes(&events);
    assert!(
        notes
            .iter()
            .any(|note| note.contains("dead, which was not sent")),
        "{notes:?}"
    );
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("the answer counts")),
        "{notes:?}"
    );
}

/// The events of stopping as many running rows as the answer has entries, each about the row at its place.
async fn told(entries: &[Value]) -> (Vec<Arc<Resource>>, Vec<ChangeEvent>) {
    let scene = Scene::new();
    let rows = scene.willing("running", entries.len()).await;
    let mut results = entries.to_vec();
    for (result, row) in results.iter_mut().zip(&rows) {
        result["execution_id"] = row.key.id.raw().into();
    }
    let body = json!({"results": results}).to_string();
    scene.faults(json!([{"fault": "body", "method": "POST", "text": body}]));
    let events = scene.change(Action::Stop, &rows).await;
    (rows, events)
}

#[tokio::test]
async fn p6_an_error_nobody_foresaw_is_a_no_only_where_the_engine_was_not_asked_or_said_no() {
    let unforeseen = |error: &str| format!("Unexpected error: {error}");
    let errors = [
        "Execution not found".to_owned(),
        unforeseen("Temporal client unavailable"),
        unforeseen("Failed to terminate workflow: not now"),
        unforeseen(
            "(psycopg2.errors.InFailedSqlTransaction) current transaction is aborted, x\n[SQL: y]",
        ),
        unforeseen(
            "(psycopg2.OperationalError) server closed the connection\n[SQL: UPDATE executions]",
        ),
        unforeseen(""),
    ];
    let entries = errors
        .iter()
        .map(|error| json!({"success": false, "error": error}));
    let (rows, events) = told(&entries.collect::<Vec<_>>()).await;
    let answers: Vec<&Answer> = rows.iter().map(|row| answer(&events, row)).collect();
    let refused = answers[..4].iter().map(|answer| reason(answer));
    let later: Vec<bool> = refused.map(|(_, later)| later).collect();
    assert_eq!(later, [false, true, true, true]);
    assert!(
        answers[..4]
            .iter()
            .all(|answer| matches!(answer, Answer::Rejected(_)))
    );
    let Answer::Unknown(why) = answers[4] else {
        panic!("{:?}", answers[4])
    };
    assert!(
        why.as_str().contains("server closed the connection"),
        "{why}"
    );
    assert!(is_unknown(answers[5]));
}

#[tokio::test]
async fn p6_an_error_that_is_no_text_is_not_taken_for_none() {
    let (rows, events) = told(&[
        json!({"success": true, "error": {"code": 7}}),
        json!({"success": true, "error": false}),
        json!({"success": false, "error": {"code": 7}}),
        json!({"success": true, "error": " "}),
        json!({"success": false, "error": null}),
    ])
    .await;
    let answers: Vec<&Answer> = rows.iter().map(|row| answer(&events, row)).collect();
    assert!(is_unknown(answers[0]) && is_unknown(answers[1]));
    assert_eq!(reason(answers[2]).0, r#"{"code":7}"#);
    assert!(is_scheduled(answers[3]));
    assert_eq!(reason(answers[4]).0, "no reason given");
}

#[tokio::test]
async fn r8_two_spellings_of_one_uuid_are_one_row_and_leave_once() {
    let scene = Scene::new();
    let id = scene.willing("running", 1).await[0].key.id.raw().to_owned();
    let of = |id: &str| json!({"id": id, "status": "running"});
    let page = json!([of(&id.to_uppercase()), of(&id)]).to_string();
    scene.faults(json!([
        {"fault": "body", "path": "/api/v1/executions", "times": 1, "text": page},
        {"fault": "body", "path": "/api/v1/executions", "text": "[]"},
    ]));
    let rows = scene.rows().await;
    let events = scene.change(Action::Stop, &rows).await;
    assert_eq!(rows.len(), 1);
    assert!(is_scheduled(answer(&events, &rows[0])));
    let sent = scene.simulator.requests().pop().expect("recorded");
    assert_eq!(sent.body["execution_ids"], json!([id]));
}

#[tokio::test]
async fn what_the_engine_refuses_stays_as_it_was_and_the_next_of_the_batch_ends() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    let first = rows[0].key.id.raw();
    scene.faults(json!([{"fault": "engine_failure", "ids": [first]}]));
    let events = scene.change(Action::Stop, &rows).await;
    assert!(reason(answer(&events, &rows[0])).1);
    assert!(is_scheduled(answer(&events, &rows[1])));
    assert!(scene.reaches(&rows[1], "cancelled").await);
    assert_eq!(scene.status(&rows[0]).await, "running");
}

#[tokio::test]
async fn a_batch_without_a_reason_never_leaves() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    let request = scene.plan(Action::Stop, &rows).requests(None).remove(0);
    let events: Vec<_> = scene.client.change(&request).collect().await;
    let why = "not sent: Kubiya needs a reason of 1 to 500 characters";
    for row in &rows {
        assert_eq!(answer(&events, row), &Answer::NotSent(Clean::new(why)));
    }
    assert_eq!(scene.posts(), 0);
}

#[tokio::test]
async fn ids_are_matched_by_value_and_never_by_position() {
    let scene = Scene::new();
    let rows = scene.willing("running", 3).await;
    let body = json!({"total_requested": 3, "results": [
        {"execution_id": rows[1].key.id.raw().to_uppercase(), "success": true},
        {"execution_id": format!(" {}", rows[0].key.id.raw()), "success": true},
        {"execution_id": rows[2].key.id.raw(), "success": "yes"},
        null, 7, {"success": true},
    ]});
    scene.faults(json!([{"fault": "body", "method": "POST", "text": body.to_string()}]));
    let events = scene.change(Action::Stop, &rows).await;
    assert!(is_unknown(answer(&events, &rows[0])));
    assert!(is_scheduled(answer(&events, &rows[1])));
    assert!(is_unknown(answer(&events, &rows[2])));
    assert!(notes(&events).contains(&"the answer has an entry without an id"));
}

#[tokio::test]
async fn answers_without_evidence_leave_every_id_unknown() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"results": null}"#,
        r#"{"results": {}}"#,
        r#"{"results": ["#,
        "<html>",
    ] {
        let scene = Scene::new();
        let rows = scene.willing("running", 2).await;
        scene.faults(json!([{"fault": "body", "method": "POST", "text": text}]));
        let events = scene.change(Action::Stop, &rows).await;
        assert!(
            rows.iter().all(|row| is_unknown(answer(&events, row))),
            "{text}"
        );
        assert_eq!(scene.posts(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_nothing_is_sent_again() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    scene.faults(json!([{"fault": "drop_after", "method": "POST"}]));
    let events = scene.change(Action::Stop, &rows).await;
    assert!(rows.iter().all(|row| is_unknown(answer(&events, row))));
    assert_eq!(scene.posts(), 1);
    assert!(scene.reaches(&rows[0], "cancelled").await);
}

#[tokio::test]
async fn waiting_rows_are_cancelled_one_by_one() {
    let scene = Scene::new();
    let rows = scene.willing("waiting_for_input", 2).await;
    let requests = scene.requests_for(Action::Stop, &rows);
    assert_eq!(requests.len(), 2);
    for (request, row) in requests.iter().zip(&rows) {
        assert!(scene.client.preview(request).path.ends_with("/cancel"));
        let events: Vec<_> = scene.client.change(request).collect().await;
        assert!(is_scheduled(answer(&events, row)));
        assert!(scene.reaches(row, "cancelled").await);
    }
    let Ok(Reading::Found(row)) = scene.client.read(&rows[0].key).await else {
        panic!("not found");
    };
    assert_eq!(
        row.message.as_ref().map(Clean::as_str),
        Some("Cancelled by user")
    );
}

#[tokio::test]
async fn paused_rows_are_resumed() {
    let scene = Scene::new();
    let rows = scene.willing("paused", 1).await;
    let events = scene.change(Action::Resume, &rows).await;
    assert!(is_scheduled(answer(&events, &rows[0])));
    assert!(scene.reaches(&rows[0], "running").await);
}

#[tokio::test]
async fn what_asks_again_as_soon_as_it_is_resumed_has_reached_its_goal() {
    let scene = Scene::new();
    let rows = scene.willing("paused", 1).await;
    let request = scene.requests_for(Action::Resume, &rows).remove(0);
    let events: Vec<_> = scene.client.change(&request).collect().await;
    assert!(is_scheduled(answer(&events, &rows[0])));
    let asks = json!({"id": rows[0].key.id.raw(), "status": "waiting_for_input"}).to_string();
    scene.faults(json!([{"fault": "body", "method": "GET", "text": asks}]));
    let status = scene.status(&rows[0]).await;
    assert!(request.verb().goal.is_reached_by(&status), "{status}");
    assert!(!request.verb().goal.is_reached_by("paused"));
}

#[tokio::test]
async fn a_no_inside_http_200_is_a_no() {
    let scene = Scene::new();
    let waiting = scene.willing("waiting_for_input", 1).await;
    scene.faults(json!([{"fault": "refused", "ids": [waiting[0].key.id.raw()]}]));
    let events = scene.change(Action::Stop, &waiting).await;
    let no = "Execution is not running (status: waiting_for_input)";
    assert_eq!(reason(answer(&events, &waiting[0])), (no, false));
}

#[tokio::test]
async fn rows_that_have_moved_on_by_themselves_do_not_stop_the_lane() {
    let refused = |error: &str| json!({"success": false, "error": error});
    for (error, stops) in [
        ("Execution is not running (status: completed)", false),
        ("Execution is not paused (status: running)", false),
        ("Cannot terminate workflow in status: completed", false),
        ("Execution not found", false),
        ("Access denied", true),
    ] {
        let (rows, events) = told(&vec![refused(error); 6]).await;
        let mut streak = Streak::default();
        let answers = rows.iter().map(|row| answer(&events, row));
        let stopped = answers.filter_map(|answer| streak.stops_after(answer, true));
        assert_eq!(stopped.count() > 0, stops, "{error}");
    }
}

#[tokio::test]
async fn what_is_marked_cancelled_although_the_engine_refused_is_noted_with_its_id() {
    let scene = Scene::new();
    let waiting = scene.willing("waiting_for_input", 1).await;
    scene.faults(json!([{"fault": "engine_failure", "text": "engine away"}]));
    let events = scene.change(Action::Stop, &waiting).await;
    assert!(is_scheduled(answer(&events, &waiting[0])));
    let id = waiting[0].key.id.raw();
    let note = format!("{id}: Execution marked as cancelled: engine away");
    assert_eq!(notes(&events), [note]);
}

#[tokio::test]
async fn an_id_that_would_spoil_the_batch_never_leaves() {
    let scene = Scene::new();
    let mut rows = scene.willing("running", 2).await;
    let Offer::Yes(terminate) = rows[0].offers.stop else {
        panic!("running rows can be stopped");
    };
    let mut odd = Resource::clone(&rows[0]);
    odd.key.id = Id::new("agent-execution-3f2b6c1e");
    odd.offers = Offers::all(Offer::Yes(terminate));
    rows.push(Arc::new(odd));
    let events = scene.change(Action::Stop, &rows).await;
    assert!(
        rows.iter()
            .all(|row| matches!(answer(&events, row), Answer::NotSent(_)))
    );
    assert_eq!(scene.posts(), 0);
}

#[tokio::test]
async fn a_refused_key_stops_the_lane() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    let mut wrong = connection(&scene.simulator, "agents");
    wrong.credentials = Credentials::ApiKey(Secret::new("kby_wrong".to_owned()));
    let client = platforms::open(&wrong).expect("opens");
    let source = scene.source();
    let listed = client.list(&source).next().await;
    assert!(matches!(
        listed,
        Some(Err(PlatformError::Unauthorized { .. }))
    ));
    let request = scene.requests_for(Action::Stop, &rows).remove(0);
    let events: Vec<_> = client.change(&request).collect().await;
    let (why, _) = reason(answer(&events, &rows[0]));
    assert!(
        why.contains("Invalid or expired authentication token"),
        "{why}"
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, ChangeEvent::StopLane(_)))
    );
}

#[tokio::test]
async fn a_request_refused_as_a_whole_is_a_no_for_each_id() {
    let scene = Scene::new();
    let rows = scene.willing("running", 2).await;
    let detail = json!({"detail": [{"type": "too_long", "loc": ["body", "reason"], "msg": "Too long", "input": "canary"}]});
    scene.faults(json!([{"fault": "status", "method": "POST", "status": 422, "body": detail}]));
    let events = scene.change(Action::Stop, &rows).await;
    for row in &rows {
        let (why, _) = reason(answer(&events, row));
        assert!(
            why.contains("body.reason: Too long") && !why.contains("canary"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn n12_n16_n17_a_monstrous_answer_to_a_single_call_leaves_its_row_unknown() {
    let scene = Scene::new();
    for (action, status) in [
        (Action::Stop, "waiting_for_input"),
        (Action::Resume, "paused"),
    ] {
        let rows = scene.willing(status, 1).await;
        for (name, bytes) in monsters() {
            let text = BASE64_STANDARD.encode(bytes);
            scene.faults(json!([{"method": "POST", "fault": "body", "base64": text}]));
            // A change that an earlier monster hid is asked for again: the rows are those of the first listing.
            let before = scene.posts();
            let events = scene.change(action, &rows).await;
            assert!(is_unknown(answer(&events, &rows[0])), "{name}: {events:?}");
            assert_eq!(scene.posts() - before, 1, "{name}");
        }
        scene.faults(json!([]));
    }
}
