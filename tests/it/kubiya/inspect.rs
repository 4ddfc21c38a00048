//! What is told of one execution beyond its listing: its document, and what was said in it.

use centurion::domain::inspection::{Inquiry, Part};
use centurion::domain::resource::{Id, Key, Resource};
use centurion::domain::text::Clean;
use futures_util::StreamExt;
use serde_json::json;

use super::Scene;

const LOGS: Inquiry = Inquiry::Logs { since: None };

async fn part(scene: &Scene, key: &Key, inquiry: Inquiry) -> Part {
    let mut parts: Vec<Part> = scene.client.inspect(key, inquiry).collect().await;
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

fn texts(part: &Part) -> Vec<&str> {
    let lines = part.lines.as_ref().expect("lines");
    lines.iter().map(|line| line.text.as_str()).collect()
}

async fn in_status(scene: &Scene, status: &str) -> std::sync::Arc<Resource> {
    scene.willing(status, 1).await.remove(0)
}

#[tokio::test]
async fn the_detail_is_the_document_as_sent() {
    let scene = Scene::new();
    let row = in_status(&scene, "running").await;
    let raw = part(&scene, &row.key, Inquiry::Detail).await;
    assert_eq!((raw.title, raw.note.as_ref()), ("raw JSON", None));
    let id = format!("  \"id\": \"{}\",", row.key.id.raw());
    assert!(texts(&raw).contains(&id.as_str()), "{raw:#?}");
    assert!(
        texts(&raw).contains(&"  \"user_avatar\": null,"),
        "{raw:#?}"
    );
}

#[tokio::test]
async fn logs_are_the_messages_of_the_session_with_role_and_time() {
    let scene = Scene::new();
    let row = in_status(&scene, "completed").await;
    let said = part(&scene, &row.key, LOGS).await;
    let lines = said.lines.as_ref().expect("lines");
    assert_eq!(said.title, "messages");
    assert!(texts(&said)[0].starts_with("user: ") && lines[0].at.is_some());
    let answer = texts(&said)
        .iter()
        .position(|text| *text == "assistant: Done.")
        .expect("it answered");
    assert!(lines[answer].at >= lines[0].at && lines[answer + 1].at.is_none());
}

#[tokio::test]
async fn an_execution_that_waits_for_input_carries_its_question() {
    let scene = Scene::new();
    let row = in_status(&scene, "waiting_for_input").await;
    let question = row.message.as_ref().expect("a question").as_str();
    assert!(question.ends_with('?'), "{question}");
    let said = part(&scene, &row.key, LOGS).await;
    let asked = format!("assistant: {question}");
    assert_eq!(texts(&said).last(), Some(&asked.as_str()));
    assert!(
        !row.facts.iter().any(|(label, _)| *label == "last message"),
        "it is said once"
    );
}

#[tokio::test]
async fn an_execution_without_a_session_has_said_nothing_yet() {
    let scene = Scene::new();
    let row = in_status(&scene, "pending").await;
    let said = part(&scene, &row.key, LOGS).await;
    assert!(texts(&said).is_empty());
    assert_eq!(
        said.note.as_ref().map(Clean::as_str),
        Some("no session yet")
    );
    scene.faults(json!([{"fault": "status", "status": 404, "body": {"detail": "Not Found"}}]));
    assert!(
        part(&scene, &row.key, LOGS).await.lines.is_err(),
        "a route nobody serves"
    );
}

#[tokio::test]
async fn what_fails_is_told_in_the_services_words_and_the_rest_still_comes() {
    let scene = Scene::new();
    let row = in_status(&scene, "running").await;
    let broken = json!({"detail": "Failed to get session: database away\n[SQL: SELECT]"});
    scene.faults(json!([{"fault": "status", "path": "*/session", "status": 500, "body": broken}]));
    let error = part(&scene, &row.key, LOGS)
        .await
        .lines
        .expect_err("it failed");
    let words = "the server failed: HTTP 500: Failed to get session: database away [SQL: SELECT]";
    assert_eq!(error.to_string(), words);
    assert!(part(&scene, &row.key, Inquiry::Detail).await.lines.is_ok());
    let nobody = Key {
        id: Id::new("00000000-0000-4000-8000-00000000dead"),
        ..row.key.clone()
    };
    let error = part(&scene, &nobody, Inquiry::Detail)
        .await
        .lines
        .expect_err("it is not there");
    assert!(error.to_string().contains("Execution not found"), "{error}");
}

#[tokio::test]
async fn messages_of_any_shape_and_length_become_clean_lines() {
    let scene = Scene::new();
    let row = in_status(&scene, "running").await;
    let session = json!({"messages": [
        {"role": "user", "content": "one\n\u{1b}[2Jtwo", "timestamp": "2026-01-10T12:00:00.5"},
        {"role": null, "content": [{"text": "x"}], "timestamp": 7},
        null,
        {"role": "assistant", "content": "y\n"},
    ]});
    scene.faults(json!([{"fault": "body", "path": "*/session", "text": session.to_string()}]));
    let said = part(&scene, &row.key, LOGS).await;
    let lines = texts(&said);
    assert_eq!(
        lines,
        [
            "user: one",
            "\\u{1b}[2Jtwo",
            r#"?: [{"text":"x"}]"#,
            "?: null",
            "assistant: y"
        ]
    );
    let first = said.lines.as_ref().expect("lines")[0]
        .at
        .map(|at| at.to_string());
    assert_eq!(first.as_deref(), Some("2026-01-10T12:00:00.5Z"));
}

#[tokio::test]
async fn of_a_long_session_the_newest_lines_are_shown_and_one_that_grows_shows_what_is_new() {
    let scene = Scene::new();
    let row = in_status(&scene, "running").await;
    for messages in [1_200, 1_201] {
        let said = |n| json!({"role": "user", "content": n, "timestamp": "2026-01-10T12:00:00"});
        let session = json!({"messages": (0..messages).map(said).collect::<Vec<_>>()});
        scene.faults(json!([{"fault": "body", "path": "*/session", "text": session.to_string()}]));
        let said = part(&scene, &row.key, LOGS).await;
        let last = format!("user: {}", messages - 1);
        let note = format!("{} older lines are not shown", messages - 1_000);
        assert_eq!((texts(&said).len(), texts(&said)[999]), (1_000, &*last));
        assert_eq!(said.note.as_ref().map(Clean::as_str), Some(&*note));
    }
}

#[tokio::test]
async fn a_session_without_its_list_of_messages_is_an_error_and_not_a_silent_one() {
    let scene = Scene::new();
    let row = in_status(&scene, "running").await;
    for text in ["{}", "[]", r#"{"messages":{}}"#] {
        scene.faults(json!([{"fault": "body", "path": "*/session", "text": text}]));
        let lines = part(&scene, &row.key, LOGS).await.lines;
        let error = lines.expect_err(text).to_string();
        assert!(error.contains("it has no list `messages`"), "{error}");
    }
}
