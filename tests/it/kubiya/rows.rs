//! Rows as servers send them, what each status allows, and what refusals say.

use centurion::domain::action::{Action, Offer};
use centurion::domain::error::PlatformError;
use centurion::domain::resource::{Group, Reading, Resource};
use centurion::domain::text::Clean;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::Scene;

const ID: &str = "3f2b6c1e-8d54-4c0a-9a57-0c1d2e3f4a5b";

/// The rows of a first page of that text.
async fn rows(page: impl ToString) -> Vec<Resource> {
    let scene = Scene::new();
    scene.faults(json!([
        {"fault": "body", "path": "/api/v1/executions", "times": 1, "text": page.to_string()},
        {"fault": "body", "path": "/api/v1/executions", "text": "[]"},
    ]));
    scene.pages().await.remove(0).rows
}

async fn row(row: Value) -> Resource {
    rows(json!([row])).await.remove(0)
}

fn fact<'a>(row: &'a Resource, label: &str) -> Option<&'a str> {
    let found = row.facts.iter().find(|(known, _)| *known == label);
    found.map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn the_published_example_with_members_nobody_documents_becomes_a_row() {
    let row = row(json!({
        "id": ID, "organization_id": "acme", "execution_type": "agent",
        "entity_id": "a7d0f3b2-51c9-4e0e-8a55-7f1f5b0c9d21", "entity_name": "release-helper",
        "prompt": "Roll back checkout-api\nto the previous image", "system_prompt": null, "status": "Running",
        "response": null, "error_message": null, "usage": {"prompt_tokens": 812, "completion_tokens": 96},
        "execution_metadata": {"job_name": "nightly", "trigger_type": "cron"}, "runner_name": "prod-queue",
        "user_name": "Dana Levi", "user_email": "dana@acme.test", "user_avatar": null,
        "created_at": "2026-01-10T12:00:00.123456+00:00", "started_at": "2026-01-10T12:00:02.004511+00:00",
        "completed_at": null, "updated_at": "", "participants": [], "last_message_at": null,
        "last_message_preview": null, "unheard_of": {"a": [1, {}]},
    }))
    .await;
    assert_eq!(
        (row.scope.as_str(), row.name.as_str()),
        ("acme", "release-helper")
    );
    assert_eq!(
        (row.status.word.as_str(), row.status.group),
        ("Running", Group::Active)
    );
    assert_eq!(
        row.owner.as_ref().map(Clean::as_str),
        Some("dana@acme.test")
    );
    assert!(row.created.is_some() && row.modified.is_none() && row.scheduled);
    let facts = ["prompt", "tokens used", "started", "completed"].map(|label| fact(&row, label));
    let prompt = "Roll back checkout-api to the previous image";
    assert_eq!(
        facts,
        [
            Some(prompt),
            Some("908"),
            Some("2026-01-10T12:00:02Z"),
            None
        ]
    );
    assert!(row.offers.stop.verb().is_some());
}

#[tokio::test]
async fn l08_one_bad_row_never_hides_the_page() {
    let rows = rows(json!([
        null, 7, "row", [], {},
        {"id": 7, "status": {"a": [1]}, "created_at": 1_767_268_800_000_u64, "usage": 3,
         "execution_metadata": [], "participants": "none", "entity_name": null, "new": {"x": [[]]}},
        {"id": ID, "prompt": "Why?", "status": null},
    ]))
    .await;
    assert_eq!(rows.len(), 7);
    let is_idle = |row: &Resource| !row.key.id.is_sound() && row.offers.stop.verb().is_none();
    assert!(rows[..6].iter().all(is_idle) && rows[6].key.id.is_sound());
    assert_eq!(
        (rows[6].name.as_str(), rows[6].status.group),
        ("Why?", Group::Unknown)
    );
}

#[tokio::test]
async fn l05_ids_that_are_none_are_never_sent_and_long_texts_are_cut_and_cleaned() {
    for id in [
        "",
        "agent-execution-1",
        "3f2b6c1e8d544c0a9a570c1d2e3f4a5b",
        &"a".repeat(10_000),
    ] {
        let row = row(json!({"id": id, "status": "running"})).await;
        let offers = [row.offers.stop, row.offers.resume, row.offers.clean_up];
        assert!(offers.iter().all(|offer| offer.verb().is_none()), "{id}");
        assert_eq!(row.key.id.is_sound(), (1..100).contains(&id.len()));
    }
    let prompt = format!("\u{1b}]0;x\u{7}{}", "y".repeat(100_000));
    let row = row(json!({"id": ID, "prompt": prompt, "error_message": "\n first\nsecond"})).await;
    assert!(row.name.as_str().starts_with("\\u{1b}]0;x\\u{7}"));
    assert!(fact(&row, "prompt").is_some_and(|prompt| prompt.len() < 400));
    assert_eq!(row.message.as_ref().map(Clean::as_str), Some("first"));
}

#[tokio::test]
async fn l07_each_status_offers_what_the_service_takes_and_what_nobody_lists_is_left_to_it() {
    for (status, stop, resume, group) in [
        ("pending", "terminate", "", Group::Active),
        ("RUNNING", "terminate", "", Group::Active),
        ("queued", "", "", Group::Active),
        ("waiting_for_input", "cancel", "", Group::Paused),
        ("Paused", "", "resume", Group::Paused),
        ("completed", "", "", Group::Ended),
        ("cancelled", "", "", Group::Ended),
        ("terminated", "", "", Group::Ended),
        ("interrupted", "", "", Group::Ended),
        ("failed", "", "", Group::Failed),
        ("hibernating", "terminate", "resume", Group::Unknown),
    ] {
        let row = row(json!({"id": ID, "status": status})).await;
        let word = |action| row.offers.to(action).verb().map_or("", |verb| verb.word);
        assert_eq!(
            (word(Action::Stop), word(Action::Resume)),
            (stop, resume),
            "{status}"
        );
        assert_eq!(
            (word(Action::Delete), word(Action::CleanUp)),
            ("", stop),
            "{status}"
        );
        assert_eq!(
            (row.status.group, row.status.word.as_str()),
            (group, status)
        );
        let decides = matches!(row.offers.stop, Offer::ServerDecides(..));
        assert_eq!(decides, status == "hibernating");
    }
}

/// Each status and body, and the code and the words that are to be told of it.
async fn are_told(cases: &[(u16, Value, &str, &str)]) {
    let scene = Scene::new();
    for (status, body, code, message) in cases {
        scene.faults(json!([{"fault": "status", "status": status, "body": body, "headers": {"retry-after": "60"}}]));
        let source = scene.source();
        let error = scene.client.list(&source).next().await.expect("an answer");
        let error = error.expect_err("refused");
        let said = error.said().expect("it spoke");
        assert_eq!(
            said.code.as_ref().map_or("", Clean::as_str),
            *code,
            "{body}"
        );
        assert_eq!(said.message.as_str(), *message, "{body}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn every_shape_of_detail_is_told_in_the_services_words() {
    let unauthorized =
        json!({"error": "Unauthorized", "message": "Expired\u{1b}[2J", "hint": "Renew"});
    let no_slug = "No organization slug found in user data";
    let wrong = json!([
        {"type": "missing", "loc": ["body", "ids", 0], "msg": "Field required", "input": "canary"},
        {"type": "other", "loc": ["body"], "msg": "Wrong", "ctx": {"canary": 1}},
    ]);
    let wrong_words = "body.ids.0: Field required; body: Wrong";
    let (long, cut) = ("x".repeat(5_000), format!("{}…", "x".repeat(4_000)));
    let told = [
        (
            500,
            json!("Failed to list\n[SQL: SELECT]"),
            "",
            "Failed to list [SQL: SELECT]",
        ),
        (
            401,
            unauthorized,
            "Unauthorized",
            "Expired\\u{1b}[2J: Renew",
        ),
        (401, json!({"message": no_slug}), "", no_slug),
        (403, json!("Access denied"), "", "Access denied"),
        (405, json!("Method Not Allowed"), "", "Method Not Allowed"),
        (422, wrong, "missing", wrong_words),
        (500, json!(long), "", &*cut),
    ];
    are_told(
        &told.map(|(status, detail, code, words)| (status, json!({"detail": detail}), code, words)),
    )
    .await;
}

#[tokio::test]
async fn what_gateways_and_frameworks_say_without_a_detail_is_told_too() {
    let limited =
        json!({"error": {"id": "1", "code": "RATE_LIMIT_EXCEEDED", "message": "Too many"}});
    let page = "Service Unavailable: a page, not an API answer; check `url`";
    are_told(&[
        (429, limited, "RATE_LIMIT_EXCEEDED", "Too many"),
        (500, json!({"message": "Broken"}), "", "Broken"),
        (503, json!("<html>busy"), "", page),
    ])
    .await;
}

#[tokio::test]
async fn a_shape_without_words_gives_way_to_the_next_and_nothing_that_was_sent_is_told() {
    are_told(&[
        (400, json!({"detail": [], "message": "x"}), "", "x"),
        (
            400,
            json!({"detail": {"hint": "h"}, "message": "x"}),
            "",
            "x",
        ),
        (
            400,
            json!({"detail": " ", "error": {}, "message": "x"}),
            "",
            "x",
        ),
        (
            422,
            json!({"detail": [{"type": "t", "input": "canary"}], "error": {"code": "C", "message": "x"}}),
            "C",
            "x",
        ),
        (
            422,
            json!({"detail": [{"msg": "No place", "input": "canary"}]}),
            "",
            "No place",
        ),
        (
            422,
            json!({"detail": [{"input": "canary"}]}),
            "",
            "Unprocessable Entity",
        ),
        (400, json!({}), "", "Bad Request"),
        (404, json!({}), "", "Not Found; check `url`"),
        (
            404,
            json!({"detail": "Not Found"}),
            "",
            "Not Found; check `url`",
        ),
    ])
    .await;
}

#[tokio::test]
async fn l06_only_required_members_and_the_older_form_of_a_single_read_are_enough() {
    let scene = Scene::new();
    let rows = scene.willing("running", 1).await;
    let id = rows[0].key.id.raw();
    for one in [json!({"id": id}), json!([{"id": id, "status": "running"}])] {
        scene.faults(json!([{"fault": "body", "method": "GET", "text": one.to_string()}]));
        let read = scene.client.read(&rows[0].key).await;
        assert!(
            matches!(read, Ok(Reading::Found(row)) if row.key == rows[0].key),
            "{one}"
        );
    }
    let two = json!([{"id": id}, {"id": id}]).to_string();
    scene.faults(json!([{"fault": "body", "method": "GET", "text": two}]));
    let read = scene.client.read(&rows[0].key).await;
    assert!(
        matches!(read, Err(PlatformError::Unreadable { .. })),
        "{read:?}"
    );
}

#[tokio::test]
async fn times_without_a_zone_are_utc_and_what_is_before_1970_or_no_time_is_never() {
    let same = [
        "2026-01-10T12:00:00Z",
        "2026-01-10 12:00:00",
        "2026-01-10T14:00:00+02:00",
    ];
    let never = [
        "",
        "soon",
        "1767268800000",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
    ];
    let times = same
        .iter()
        .chain(&never)
        .map(|time| json!(time))
        .chain([json!(1_767_268_800_000_u64)]);
    let page: Value = times.map(|time| json!({"created_at": time})).collect();
    let rows = rows(page).await;
    let read: Vec<Option<String>> = rows
        .iter()
        .map(|row| Some(row.created?.to_string()))
        .collect();
    assert_eq!(
        read[..3],
        [const { "2026-01-10T12:00:00Z" }; 3].map(|time| Some(time.to_owned()))
    );
    assert_eq!(read[3..], [const { None::<String> }; 6]);
}
