//! What Run:ai tells of one workload beyond its listing: `specs/run-ai.md` 2.7 and 8.

use futures_util::future::{self, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Line, Part};
use crate::domain::text::Clean;
use crate::platforms::http::{Call, Http};
use crate::platforms::loose::FromJson;
use crate::platforms::parts::{MOST_LINES, part};

/// Entries asked for at once; the documents name no largest page.
const PAGE: usize = 100;

/// Each part as it comes.
pub(super) fn parts<'a>(http: &'a Http, id: &'a str, inquiry: Inquiry) -> BoxStream<'a, Part> {
    match inquiry {
        Inquiry::Detail => {
            let parts = [
                document(http, id).boxed(),
                history(http, id).boxed(),
                pods(http, id).boxed(),
            ];
            stream::iter(parts).buffer_unordered(3).boxed()
        }
        Inquiry::Logs { .. } => events(http, id).into_stream().boxed(),
    }
}

async fn document(http: &Http, id: &str) -> Part {
    let masked = workload(http, id).await.map(masked);
    masked.map_or_else(
        |error| part("raw JSON", Err(error), None),
        |document| Part::raw(&document),
    )
}

async fn workload(http: &Http, id: &str) -> Result<Value, PlatformError> {
    let call = Call::get(["api", "v1", "workloads", id]);
    http.read(call).await?.json()
}

/// The document without what may hold secrets (section 2.5); that it was there is still told.
fn masked(mut document: Value) -> Value {
    for name in ["environmentVariables", "command", "arguments"] {
        match document.get_mut(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(members)) => {
                members.values_mut().for_each(|value| *value = "***".into());
            }
            Some(value) => *value = "***".into(),
        }
    }
    document
}

async fn history(http: &Http, id: &str) -> Part {
    let line = |record: &Value| {
        let (spec, phase) = (&record["spec"], &record["spec"]["phaseUpdate"]);
        let words = match phase["phase"].as_str() {
            Some(word) => with(word, &phase["phaseMessage"]),
            None => event(&spec["event"]),
        };
        at(&record["meta"]["creationTimestamp"], &words)
    };
    listed(http, ["history", "records"], id, line).await
}

async fn pods(http: &Http, id: &str) -> Part {
    let line = |pod: &Value| {
        let places = [
            &pod["name"],
            &pod["k8sPhase"],
            &pod["currentNodePool"],
            &pod["nodeName"],
        ];
        let known = places.iter().filter_map(|place| place.as_str());
        at(&pod["createdAt"], &known.collect::<Vec<_>>().join("  "))
    };
    listed(http, ["pods", "pods"], id, line).await
}

/// There is no call for logs (section 8): what happened, the newest last, and how to get them.
async fn events(http: &Http, id: &str) -> Part {
    let lines = listed(http, ["events", "events"], id, |told| {
        at(&told["createdAt"], &event(told))
    });
    let (mut part, workload) = future::join(lines, workload(http, id)).await;
    if let Ok(lines) = &mut part.lines {
        lines.reverse();
    }
    let note = logs_note(&workload.unwrap_or_default());
    let note = part
        .note
        .map_or_else(|| note.clone(), |cut| format!("{cut}; {note}"));
    Part {
        note: Some(Clean::new(&note)),
        ..part
    }
}

fn logs_note(workload: &Value) -> String {
    let word =
        |name: &str, unknown: &str| workload[name].as_str().map_or(unknown.to_owned(), quoted);
    let (name, project) = (word("name", "NAME"), word("projectName", "PROJECT"));
    format!(
        "Run:ai's API has no logs; the command line has: runai workload logs {name} -p {project}"
    )
}

/// One word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// "Warning Unschedulable: no GPUs".
fn event(event: &Value) -> String {
    let words = ["type", "reason"].map(|name| event[name].as_str().unwrap_or_default());
    with(words.join(" ").trim(), &event["message"])
}

fn with(words: &str, message: &Value) -> String {
    match message.as_str() {
        Some(message) if !message.is_empty() => format!("{words}: {message}"),
        Some(_) | None => words.to_owned(),
    }
}

fn at(time: &Value, words: &str) -> Line {
    Line {
        at: Timestamp::from_json(time.clone()),
        ..Line::plain(words)
    }
}

/// All entries of one of the lists below a workload, named `[path, member]`; a null among them is skipped.
async fn listed(
    http: &Http,
    [title, member]: [&'static str; 2],
    id: &str,
    line: impl Fn(&Value) -> Line,
) -> Part {
    let mut lines = Vec::new();
    let mut offset = 0;
    loop {
        let call = Call::get(["api", "v1", "workloads", id, title])
            .query("offset", offset)
            .query("limit", PAGE);
        let page = match http
            .read(call)
            .await
            .and_then(|reply| reply.json::<Value>())
        {
            Ok(page) => page,
            Err(error) => return part(title, Err(error), None),
        };
        let entries = page[member].as_array().map_or(&[][..], Vec::as_slice);
        lines.extend(entries.iter().filter(|entry| !entry.is_null()).map(&line));
        let next = page["next"]
            .as_u64()
            .and_then(|next| usize::try_from(next).ok());
        let next = next.filter(|next| *next > offset && !entries.is_empty());
        match next {
            Some(next) if lines.len() < MOST_LINES => offset = next,
            Some(_) => return part(title, Ok(lines), Some("there is more".to_owned())),
            None => return part(title, Ok(lines), None),
        }
    }
}
