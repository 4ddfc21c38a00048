//! What is told of one row beyond its listing: its document and its logs (sections 2 and 6).

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Line, Part, without_colors};
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::platforms::http::Http;
use crate::platforms::loose::{FromJson, LONGEST_TEXT, Loose, Rows, loose_objects, shortened};
use crate::platforms::parts::part;
use crate::platforms::sap_ai_core::listing::get;
use crate::platforms::sap_ai_core::words;

/// The most lines one answer has (section 6).
const MOST_LINES: usize = 5_000;

pub(super) fn parts<'a>(http: &'a Http, key: &'a Key, inquiry: Inquiry) -> BoxStream<'a, Part> {
    let parts = async move {
        match inquiry {
            Inquiry::Detail => detail(http, key).await,
            Inquiry::Logs { since } => vec![logs(http, key, since).await],
        }
    };
    stream::once(parts).flat_map(stream::iter).boxed()
}

/// The reasons of the status stand in the document alone, and first: they are what is looked for.
async fn detail(http: &Http, key: &Key) -> Vec<Part> {
    let answer = get(http, key, None, &[]).await;
    let document: Value = match answer.and_then(|reply| words::answer(&reply)) {
        Ok(document) => document,
        Err(error) => return vec![failed("raw JSON", error)],
    };
    let details = document["statusDetails"].as_object();
    let details = details.filter(|details| !details.is_empty()).map(|_| Part {
        title: "status details",
        ..Part::raw(&document["statusDetails"])
    });
    details.into_iter().chain([Part::raw(&document)]).collect()
}

fn failed(title: &'static str, error: PlatformError) -> Part {
    let missing = error.said().is_some_and(|said| said.status == 404);
    let note = "one that was just created may not be found for some minutes";
    part(title, Err(error), missing.then(|| note.to_owned()))
}

/// The newest lines, oldest first. Without a start the platform would look back for one hour only.
async fn logs(http: &Http, key: &Key, since: Option<Timestamp>) -> Part {
    let start = match since {
        Some(since) => Some(since),
        None => created(http, key).await,
    };
    let mut query = vec![
        ("$top", MOST_LINES.to_string()),
        ("$order", "desc".to_owned()),
    ];
    query.extend(start.map(|start| ("start", start.to_string())));
    let answer = get(http, key, Some("logs"), &query).await;
    let records: Option<Rows<Record>> = match answer.and_then(|reply| words::answer::<Logs>(&reply))
    {
        Ok(logs) => logs.data.and_then(|data| data.result),
        Err(error) => return failed("logs", error),
    };
    let records = records.map_or_else(Vec::new, |records| records.0);
    let from = start.map_or("an hour ago".to_owned(), |start| start.to_string());
    let note = match records.len() {
        0 => Some(format!("no lines since {from}")),
        MOST_LINES.. => Some(format!("only the newest {MOST_LINES} records since {from}")),
        _ => None,
    };
    let records = records.iter().rev().filter_map(|record| record.0.as_ref());
    let mut lines: Vec<Line> = records.flat_map(Record::lines).collect();
    lines.sort_by_key(|line| line.at);
    Part {
        title: "logs",
        lines: Ok(lines),
        note: note.map(|note| Clean::new(&note)),
    }
}

async fn created(http: &Http, key: &Key) -> Option<Timestamp> {
    let reply = get(http, key, None, &[]).await.ok()?;
    let document: Value = words::answer(&reply).ok()?;
    Timestamp::from_json(document["createdAt"].clone())
}

/// All of it is optional (`RTALogCommonResponse`); a list that is none is no answer.
#[derive(Debug, Deserialize)]
struct Logs {
    data: Option<Data>,
}

#[derive(Debug, Deserialize)]
struct Data {
    result: Option<Rows<Record>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    timestamp: Loose<Timestamp>,
    msg: Loose<String>,
}

loose_objects!(Record);

impl Record {
    /// A message ends in a line break, and may have more of them.
    fn lines(&self) -> impl Iterator<Item = Line> {
        self.msg.text().lines().map(|text| Line {
            at: self.timestamp.0,
            text: shortened(&without_colors(text), LONGEST_TEXT),
        })
    }
}
