//! What is told of one workload beyond its listing: document, history, pods and events.

use std::time::Duration;

use centurion::domain::inspection::{Inquiry, Part};

use super::*;

const ID: &str = "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0";
const LOGS: Inquiry = Inquiry::Logs { since: None };

async fn parts(platform: &dyn Platform, key: &Key, inquiry: Inquiry) -> Vec<Part> {
    let mut parts: Vec<Part> = platform.inspect(key, inquiry).collect().await;
    parts.sort_by_key(|part| part.title);
    parts
}

fn texts(part: &Part) -> Vec<&str> {
    let lines = part.lines.as_ref().expect("lines");
    lines.iter().map(|line| line.text.as_str()).collect()
}

fn note(part: &Part) -> &str {
    part.note.as_ref().map_or("", Clean::as_str)
}

/// The parts a server gives that answers calls by their last segments.
async fn told(inquiry: Inquiry, say: fn(&str, usize) -> Value) -> (Vec<Part>, Vec<String>) {
    let server = Canned::start(move |heard, _| {
        let (path, query) = heard.line.split_once('?').unwrap_or((&heard.line, ""));
        let offset = query
            .split('&')
            .find_map(|member| member.strip_prefix("offset=")?.parse().ok());
        let answer = match path.rsplit('/').next().unwrap_or_default() {
            "token" => json!({ "accessToken": "t", "expiresIn": 60 }),
            last => say(last, offset.unwrap_or(0)),
        };
        let status = answer["code"].as_u64().unwrap_or(200);
        canned::json(
            u16::try_from(status).expect("a status"),
            &answer.to_string(),
        )
    })
    .await;
    let client = client_of(&server, credentials());
    let source = client.sources().await.expect("known").remove(0);
    let key = Key {
        source,
        id: Id::new(ID),
    };
    let parts = parts(&*client, &key, inquiry).await;
    let lines = server.heard().into_iter().map(|heard| heard.line);
    (
        parts,
        lines.filter(|line| line.starts_with("GET")).collect(),
    )
}

#[tokio::test]
async fn the_detail_is_the_document_the_history_and_the_pods() {
    let scene = Scene::of(400);
    let rows = scene.rows().await;
    let running = rows
        .iter()
        .find(|row| row.status.word.as_str() == "Running")
        .expect("one runs");
    let parts = parts(&*scene.platform, &running.key, Inquiry::Detail).await;
    let titles: Vec<&str> = parts.iter().map(|part| part.title).collect();
    assert_eq!(titles, ["history", "pods", "raw JSON"]);
    assert_eq!(texts(&parts[0]), ["Creating", "Running"]);
    let history = parts[0].lines.as_ref().expect("lines");
    assert_eq!(history[0].at, running.created);
    assert!(texts(&parts[1])[0].starts_with(&format!("{}-0  Running", running.name)));
    let raw = texts(&parts[2]);
    assert!(
        raw.contains(&format!("  \"id\": \"{}\",", running.key.id.raw()).as_str()),
        "{raw:#?}"
    );
    assert!(raw.contains(&"    \"WANDB_API_KEY\": \"***\""), "{raw:#?}");
    assert!(raw.contains(&"  \"arguments\": \"***\",") && raw.contains(&"  \"command\": \"***\","));
    assert!(!format!("{parts:?}").contains("not-for-any-screen"));
}

#[tokio::test]
async fn in_place_of_logs_are_events_and_the_command_line_that_has_them() {
    let scene = Scene::of(400);
    let row = scene.rows().await.remove(0);
    let parts = parts(&*scene.platform, &row.key, LOGS).await;
    let [events] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    let word = &row.status.word;
    let last = *texts(events).last().expect("it has a past");
    assert!(
        last.ends_with(&format!("{word}: {} is {word}", row.name)),
        "{last}"
    );
    let command = format!(
        "Run:ai's API has no logs; the command line has: runai workload logs {} -p {}",
        row.name, row.scope
    );
    assert_eq!((events.title, note(events)), ("events", command.as_str()));
    assert!(scene.sent("GET", "/events").len() == 1 && scene.sent("GET", "/logs").is_empty());
}

#[tokio::test]
async fn a_hostile_name_stays_one_word_of_the_command_line() {
    let (parts, _) = told(LOGS, |last, _| match last {
        "events" => json!({ "events": [null, {}, { "type": "Warning", "message": "a\nb\u{1b}[2J", "createdAt": 7 }] }),
        _ => json!({ "id": ID, "name": "it's; rm -rf \u{1b}[2J~\n", "projectName": "$(id)" }),
    })
    .await;
    assert_eq!(texts(&parts[0]), ["Warning: a b\\u{1b}[2J", ""]);
    let command = r"runai workload logs 'it'\''s; rm -rf \u{1b}[2J~ ' -p '$(id)'";
    assert!(note(&parts[0]).ends_with(command), "{}", note(&parts[0]));
}

#[tokio::test]
async fn each_part_fails_alone() {
    let broken = json!({ "code": 503, "message": "Please try again in few minutes." });
    for failing in ["history", "pods", "*"] {
        let scene = Scene::of(100);
        let row = scene.rows().await.remove(0);
        let path = format!("/api/v1/workloads/{}", row.key.id.raw());
        let path = if failing == "*" {
            path
        } else {
            format!("{path}/{failing}")
        };
        scene.faults(json!([{ "path": path, "fault": "status", "status": 503, "body": broken }]));
        let parts = parts(&*scene.platform, &row.key, Inquiry::Detail).await;
        let failed = parts
            .iter()
            .filter_map(|part| Some((part.title, part.lines.as_ref().err()?)));
        let failed: Vec<_> = failed.collect();
        let title = if failing == "*" { "raw JSON" } else { failing };
        assert_eq!((failed.len(), failed[0].0, parts.len()), (1, title, 3));
        assert!(
            failed[0]
                .1
                .to_string()
                .contains("Please try again in few minutes")
        );
    }
    let (parts, _) = told(LOGS, |last, _| match last {
        "events" => json!({ "events": [{ "reason": "Started", "message": "go" }] }),
        _ => json!({ "code": 404, "message": "Resource id not found." }),
    })
    .await;
    assert_eq!(texts(&parts[0]), ["Started: go"]);
    assert!(note(&parts[0]).ends_with("runai workload logs NAME -p PROJECT"));
}

#[tokio::test]
async fn lists_are_read_page_by_page_up_to_a_thousand_entries_and_it_is_said() {
    let (parts, lines) = told(Inquiry::Detail, |last, offset| match last {
        "history" => {
            let record = json!({ "spec": { "event": { "message": "x".repeat(3_000) } } });
            json!({ "records": vec![record; 100], "next": offset + 100 })
        }
        "pods" => json!({ "pods": [{ "name": "a" }], "next": 0 }),
        _ => json!({ "odd": vec![7; 3_000] }),
    })
    .await;
    assert_eq!(
        (texts(&parts[0]).len(), note(&parts[0])),
        (1_000, "there is more; 4000 older lines are not shown")
    );
    assert_eq!(texts(&parts[0])[0].chars().count(), 3_002, "no line is cut");
    assert_eq!(
        (texts(&parts[1]), note(&parts[1])),
        (
            vec!["a"],
            "list incomplete: the server announces more and does not go on"
        )
    );
    assert_eq!(
        (texts(&parts[2]).len(), note(&parts[2])),
        (3_004, ""),
        "a document is told whole"
    );
    assert_eq!(lines.len(), 52, "{lines:#?}");
}

#[tokio::test]
async fn of_a_long_past_the_newest_is_shown() {
    let (parts, _) = told(Inquiry::Detail, |last, offset| match last {
        "history" => {
            let at = |n: usize| Timestamp::UNIX_EPOCH + Duration::from_secs(86_400 + n as u64);
            let record = |n: usize| json!({ "meta": { "creationTimestamp": at(n) }, "spec": { "event": { "reason": n.to_string() } } });
            let records: Vec<Value> = (offset..offset + 100).map(record).collect();
            json!({ "records": records, "next": (offset < 1_500).then_some(offset + 100) })
        }
        "pods" => json!({ "pods": null }),
        _ => json!({}),
    })
    .await;
    let shown = texts(&parts[0]);
    assert_eq!(
        (shown.len(), shown[0], shown[999], note(&parts[0])),
        (1_000, "600", "1599", "600 older lines are not shown")
    );
    assert!(texts(&parts[1]).is_empty(), "null is an empty list");
    let (parts, lines) = told(LOGS, |last, offset| match last {
        "events" => json!({ "events": vec![json!({ "reason": offset.to_string() }); 100], "next": offset + 100 }),
        _ => json!({ "id": ID }),
    })
    .await;
    let shown = texts(&parts[0]);
    assert_eq!((shown.len(), shown[0], shown[999]), (1_000, "900", "0"));
    let events = lines.iter().filter(|line| line.contains("/events"));
    assert!(
        events.clone().count() == 10 && events.clone().all(|line| line.contains("sortOrder=desc"))
    );
}

#[tokio::test]
async fn an_answer_without_its_list_is_an_error_and_never_an_empty_list() {
    let (parts, _) = told(Inquiry::Detail, |last, _| match last {
        "history" => json!({}),
        "pods" => json!({ "pods": { "name": "a" } }),
        _ => json!({ "id": ID }),
    })
    .await;
    for (part, member) in parts.iter().zip(["records", "pods"]) {
        let error = part.lines.as_ref().expect_err("no list").to_string();
        assert!(
            error.contains(&format!("it has no list `{member}`")),
            "{error}"
        );
    }
    let (parts, _) = told(LOGS, |_, _| json!({ "code": 200 })).await;
    assert!(parts[0].lines.is_err() && note(&parts[0]).contains("runai workload logs"));
}
