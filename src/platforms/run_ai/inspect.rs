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
use crate::platforms::parts::{MOST_LINES, entries, part};
use crate::platforms::run_ai::wire::{self, PRIVATE};

/// Entries asked for at once; the documents name no largest page.
const PAGE: usize = 100;

/// Pages of one list that are read at most.
const MOST_PAGES: usize = 50;

/// A list below a workload: its title, which is the end of its path; the member of the answer that it is in; whether
/// it can be had newest first, and so be left where enough was read; what an entry is shown as.
#[derive(Debug)]
struct List(&'static str, &'static str, bool, fn(&Value) -> Line);

const HISTORY: List = List("history", "records", false, record);
const PODS: List = List("pods", "pods", false, pod);
const EVENTS: List = List("events", "events", true, |told| {
    at(&told["createdAt"], &event(told))
});

/// Each part as it comes.
pub(super) fn parts<'a>(http: &'a Http, id: &'a str, inquiry: Inquiry) -> BoxStream<'a, Part> {
    match inquiry {
        Inquiry::Detail => {
            let parts = [
                document(http, id).boxed(),
                list(http, &HISTORY, id).boxed(),
                list(http, &PODS, id).boxed(),
            ];
            stream::iter(parts).buffer_unordered(3).boxed()
        }
        Inquiry::Logs { .. } => events(http, id).into_stream().boxed(),
    }
}

async fn document(http: &Http, id: &str) -> Part {
    match workload(http, id).await {
        Ok(mut document) => {
            mask(&mut document);
            Part::raw(&document)
        }
        Err(error) => part("raw JSON", Err(error), None),
    }
}

async fn workload(http: &Http, id: &str) -> Result<Value, PlatformError> {
    wire::read(http, Call::get(["api", "v1", "workloads", id])).await
}

/// Hides what may hold secrets (section 2.5), wherever it stands; that it was there is still told.
fn mask(document: &mut Value) {
    match document {
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Null => {}
                    _ if !PRIVATE.contains(&name.as_str()) => mask(value),
                    Value::Object(inner) => {
                        inner.values_mut().for_each(|value| *value = "***".into());
                    }
                    _ => *value = "***".into(),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn record(record: &Value) -> Line {
    let (spec, phase) = (&record["spec"], &record["spec"]["phaseUpdate"]);
    let words = match phase["phase"].as_str() {
        Some(word) => with(word, &phase["phaseMessage"]),
        None => event(&spec["event"]),
    };
    at(&record["meta"]["creationTimestamp"], &words)
}

fn pod(pod: &Value) -> Line {
    let places = ["name", "k8sPhase", "currentNodePool", "nodeName"];
    let known = places.iter().filter_map(|place| pod[place].as_str());
    at(&pod["createdAt"], &known.collect::<Vec<_>>().join("  "))
}

/// There is no call for logs (section 8): what happened, and how to get them.
async fn events(http: &Http, id: &str) -> Part {
    let (part, workload) = future::join(list(http, &EVENTS, id), workload(http, id)).await;
    let logs = logs_note(&workload.unwrap_or_default());
    let said = part.note.iter().map(Clean::as_str).chain([logs.as_str()]);
    let note = said.collect::<Vec<_>>().join("; ");
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

/// A list as a part, oldest first; of many entries the newest. Not every list can be had in an order.
async fn list(http: &Http, list: &List, id: &str) -> Part {
    let mut notes = Vec::new();
    let lines = listed(http, list, id, &mut notes).await.map(|mut lines| {
        if list.2 {
            lines.reverse();
        }
        lines.sort_by_key(|line| line.at);
        lines
    });
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    part(list.0, lines, note)
}

/// A line for each entry of a list; a null among them is skipped. Notes what is to be known of the list as a whole.
async fn listed(
    http: &Http,
    &List(title, member, newest_first, line): &List,
    id: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<Line>, PlatformError> {
    let (mut lines, mut offset) = (Vec::new(), 0);
    for _ in 0..MOST_PAGES {
        let call = Call::get(["api", "v1", "workloads", id, title])
            .query("offset", offset)
            .query("limit", PAGE);
        let call = if newest_first {
            call.query("sortOrder", "desc")
        } else {
            call
        };
        let mut page: Value = wire::read(http, call).await?;
        let entries = entries(&mut page, member)?;
        let known = entries.iter().filter(|entry| !entry.is_null());
        lines.extend(known.map(line));
        let next = match &page["next"] {
            Value::Null => return Ok(lines),
            Value::String(text) if text.is_empty() => return Ok(lines),
            next => next.as_u64().and_then(|next| usize::try_from(next).ok()),
        };
        let Some(next) = next.filter(|next| *next > offset && !entries.is_empty()) else {
            let why = "list incomplete: the server announces more and does not go on";
            notes.push(why.to_owned());
            return Ok(lines);
        };
        offset = next;
        if newest_first && lines.len() >= MOST_LINES {
            break;
        }
    }
    notes.push("there is more".to_owned());
    Ok(lines)
}
