//! What is told of one row beyond its listing: document and logs.

use std::sync::Arc;

use centurion::domain::inspection::{Inquiry, Part};
use centurion::domain::resource::{Id, Key, Resource};
use centurion::platforms::{self, Platform};
use centurion::simulator::{Options, Simulator};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Sap, json_answer};
use crate::canned::{self, Say, answer};

async fn inspected(client: &dyn Platform, key: &Key, inquiry: Inquiry) -> Vec<Part> {
    client.inspect(key, inquiry).collect().await
}

fn texts(part: &Part) -> Vec<&str> {
    let lines = part.lines.as_ref().expect("lines");
    lines.iter().map(|line| line.text.as_str()).collect()
}

fn note(part: &Part) -> &str {
    part.note.as_ref().map_or("", |note| note.as_str())
}

/// The simulator with its rows.
struct World {
    client: Arc<dyn Platform>,
    rows: Vec<Resource>,
    _simulator: Simulator,
}

impl World {
    async fn start() -> Self {
        let simulator = Simulator::start(Options::default()).expect("a free port");
        let client = platforms::open(&simulator.connections()[0]).expect("loopback");
        let mut rows = Vec::new();
        for source in client.connection().known_sources().expect("named") {
            let pages: Vec<_> = client.list(&source).collect().await;
            let pages = pages.into_iter().map(|page| page.expect("a page"));
            rows.extend(pages.flat_map(|page| page.rows));
        }
        Self {
            client,
            rows,
            _simulator: simulator,
        }
    }

    fn rows(&self, status: &str) -> impl Iterator<Item = &Resource> {
        let is_so = move |row: &&Resource| row.status.word.as_str() == status;
        self.rows.iter().filter(is_so)
    }

    async fn logs(&self, row: &Resource, since: Option<Timestamp>) -> Part {
        let mut parts = inspected(&*self.client, &row.key, Inquiry::Logs { since }).await;
        assert_eq!(parts.len(), 1);
        parts.swap_remove(0)
    }
}

#[tokio::test]
async fn the_document_is_shown_as_sent_after_the_reasons_of_the_status() {
    let world = World::start().await;
    let is_served = |row: &&Resource| row.key.source.kind.plural() == "deployments";
    let dead = world.rows("DEAD").find(is_served).expect("a dead one");
    let parts = inspected(&*world.client, &dead.key, Inquiry::Detail).await;
    let titles: Vec<_> = parts.iter().map(|part| part.title).collect();
    assert_eq!(titles, ["status details", "raw JSON"]);
    let reason = dead.message.as_ref().expect("why it died").as_str();
    assert!(texts(&parts[0]).iter().any(|line| line.contains(reason)));
    let id = format!("  \"id\": \"{}\",", dead.key.id.raw());
    assert!(texts(&parts[1]).contains(&id.as_str()));
}

#[tokio::test]
async fn logs_of_what_ended_days_ago_are_there_timed_clean_and_in_order() {
    let world = World::start().await;
    let old = Timestamp::now() - SignedDuration::from_hours(48);
    let mut ended = world.rows("COMPLETED");
    let ended = ended.find(|row| row.created.is_some_and(|at| at < old));
    let ended = ended.expect("an old one");
    for since in [ended.created, None] {
        let logs = world.logs(ended, since).await;
        let lines = logs.lines.as_ref().expect("lines");
        assert!(lines.len() > 2 && logs.note.is_none(), "{logs:?}");
        assert!(lines.is_sorted_by_key(|line| line.at));
        assert!(
            lines[1]
                .at
                .is_some_and(|at| at.subsec_nanosecond() % 1_000 != 0)
        );
        assert!(lines[0].text.as_str().starts_with("INFO step 0"));
        assert_eq!(lines[1].text.as_str(), "step 1 done");
        let later = world.logs(ended, lines[2].at).await;
        assert_eq!(texts(&later)[0], "step 2 done");
    }
}

#[tokio::test]
async fn of_long_logs_the_newest_are_shown_with_a_note() {
    let world = World::start().await;
    let old = Timestamp::now() - SignedDuration::from_hours(40);
    let mut running = world.rows("RUNNING");
    let running = running.find(|row| row.created.is_some_and(|at| at < old));
    let running = running.expect("a long one");
    let logs = world.logs(running, running.created).await;
    assert_eq!(texts(&logs).len(), 5_000);
    assert!(note(&logs).starts_with("only the newest 5000 records since 2"));
    let last = logs.lines.as_ref().expect("lines").last().expect("one");
    let age = Timestamp::now().duration_since(last.at.expect("timed"));
    assert!(age < SignedDuration::from_mins(2), "{age:?}");
}

#[tokio::test]
async fn what_was_just_created_has_no_logs_yet_and_is_said_so() {
    let world = World::start().await;
    let created = world.rows("UNKNOWN").next().expect("a new one");
    let logs = world.logs(created, None).await;
    let error = logs.lines.as_ref().expect_err("not found").to_string();
    assert!(error.contains("not found, code 010100"), "{error}");
    assert_eq!(
        note(&logs),
        "one that was just created may not be found for some minutes"
    );
}

fn key(sap: &Sap) -> Key {
    Key {
        source: sap.source(),
        id: Id::new("e001"),
    }
}

async fn logs_said(say: impl Fn() -> Say + Send + Sync + 'static) -> Part {
    let sap = Sap::with_bulk(move |_, _| say()).await;
    let since = Some("2026-05-04T08:14:02Z".parse().expect("a time"));
    let key = key(&sap);
    let mut parts = inspected(&*sap.client, &key, Inquiry::Logs { since }).await;
    let line =
        "GET /v2/lm/executions/e001/logs?%24top=5000&%24order=desc&start=2026-05-04T08%3A14%3A02Z";
    assert_eq!(sap.server.count(line), 1);
    for call in sap.server.heard().iter().filter(|call| call.line == line) {
        assert_eq!(call.header("ai-resource-group"), Some("eval"));
    }
    parts.swap_remove(0)
}

#[tokio::test]
async fn logs_are_read_whatever_their_records_lack_or_add() {
    let records = json!([
        {"timestamp": "2026-05-04T10:16:13.527449310+02:00", "msg": "b1\nb2\n", "pod": "p", "container": "c"},
        {"msg": 7, "timestamp": "soon"},
        null,
        {"timestamp": "2026-05-04T08:16:12Z", "msg": "a\u{202e}\u{0}", "stream": "stderr"},
    ]);
    let logs = logs_said(move || json_answer(200, &json!({"data": {"result": records}}))).await;
    assert_eq!(texts(&logs), ["a\\u{202e}\\u{0}", "b1", "b2"]);
    let at = logs.lines.as_ref().expect("lines")[1].at.expect("timed");
    assert_eq!(at.to_string(), "2026-05-04T08:16:13.52744931Z");
    for body in [
        "{}",
        r#"{"data":null}"#,
        r#"{"data":{"result":null}}"#,
        r#"{"data":{"result":[]}}"#,
    ] {
        let logs = logs_said(move || canned::json(200, body)).await;
        assert_eq!(
            (texts(&logs).len(), note(&logs)),
            (0, "no lines since 2026-05-04T08:14:02Z")
        );
    }
}

#[tokio::test]
async fn each_part_fails_alone_in_the_words_of_the_platform() {
    let denied = logs_said(|| answer(403, "content-type: text/plain", "RBAC: access denied")).await;
    let denied = denied.lines.expect_err("denied").to_string();
    assert_eq!(
        denied,
        "not permitted: RBAC: access denied in resource group eval (HTTP 403)"
    );
    let page = logs_said(|| answer(200, "content-type: text/html", "<html>")).await;
    assert!(page.lines.is_err());
    for body in [r#"{"data":7}"#, r#"{"data":{"result":{}}}"#] {
        let none = logs_said(move || canned::json(200, body)).await;
        assert!(none.lines.is_err(), "no list, and not an empty one: {body}");
    }
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        "GET /v2/lm/executions/e001" => {
            canned::json(400, r#"{"error":{"code":"1","message":"no"}}"#)
        }
        _ => json_answer(200, &json!({"data": {"result": [{"msg": "alive\n"}]}})),
    })
    .await;
    let key = key(&sap);
    let parts = inspected(&*sap.client, &key, Inquiry::Detail).await;
    assert_eq!((parts.len(), parts[0].title), (1, "raw JSON"));
    let error = parts[0].lines.as_ref().expect_err("refused").to_string();
    assert_eq!(error, "refused: HTTP 400: no, code 1");
    // Its creation is not known then, and the platform's own start counts.
    let parts = inspected(&*sap.client, &key, Inquiry::Logs { since: None }).await;
    assert_eq!(texts(&parts[0]), ["alive"]);
    let line = "GET /v2/lm/executions/e001/logs?%24top=5000&%24order=desc";
    assert_eq!(sap.server.count(line), 1);
}
