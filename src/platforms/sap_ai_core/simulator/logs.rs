//! `GET .../{id}/logs` (section 6).

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Listing;
use super::access::InGroup;
use super::failure::Failure;
use super::list::number;
use super::row::Row;
use crate::simulator::member;

const DEFAULT_TOP: usize = 1_000;
const LARGEST_TOP: usize = 5_000;
const HOUR: Duration = Duration::from_secs(3_600);
/// One line each so many nanoseconds: no whole number of seconds, as real ones.
const BETWEEN_LINES: i128 = 20_127_449_310;

pub(super) async fn logs(
    State(listing): State<Listing>,
    place: InGroup,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let now = listing.service.engine.clock.now();
    let asked = Asked::read(query, now);
    let refuse = |name| Failure::invalid(name, &listing.kind.target()).about(&id);
    let asked = asked.map_err(refuse)?;
    let unknown = || Failure::unknown_id(listing.kind).about(&id);
    let lines = place.account.visit(&listing.service, |holdings| {
        let row = holdings.rows(place.part(listing.kind)).find(&id);
        // What was just created is not known to the logs yet (section 8).
        let row = row.filter(|row| row.status != "UNKNOWN");
        let row = row.ok_or_else(unknown)?;
        Ok(asked.lines_of(row, now))
    });
    Ok(Json(json!({ "data": { "result": lines? } })))
}

struct Asked {
    top: usize,
    start: Timestamp,
    end: Timestamp,
    newest_first: bool,
}

impl Asked {
    fn read(query: Option<String>, now: Timestamp) -> Result<Self, &'static str> {
        let query = query.unwrap_or_default().into_bytes();
        let time = |name, default| match member(&query, name) {
            None => Ok(default),
            Some(text) => text.parse::<Timestamp>().map_err(|_| name),
        };
        let newest_first = match member(&query, "$order").as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err("$order"),
        };
        Ok(Self {
            top: number(&query, "$top", DEFAULT_TOP, LARGEST_TOP)?,
            start: time("start", now - HOUR)?,
            end: time("end", now)?,
            newest_first,
        })
    }

    /// The lines that were written in the span: from the start of the work to its end.
    fn lines_of(&self, row: &Row, now: Timestamp) -> Vec<Value> {
        let Some(started) = row.started else {
            return Vec::new();
        };
        let ended = row.completed.unwrap_or(now).min(self.end);
        let nth_at =
            |time: Timestamp| (time.as_nanosecond() - started.as_nanosecond()) / BETWEEN_LINES;
        let (first, last) = (nth_at(self.start).max(0), nth_at(ended));
        let line = |nth| line(row, started, nth);
        if self.newest_first {
            (first..=last).rev().take(self.top).map(line).collect()
        } else {
            (first..=last).take(self.top).map(line).collect()
        }
    }
}

fn line(row: &Row, started: Timestamp, nth: i128) -> Value {
    let at = started.as_nanosecond() + nth * BETWEEN_LINES;
    let at = Timestamp::from_nanosecond(at).unwrap_or(started);
    // Real lines end in a newline, and some bring colors along.
    let text = match nth % 5 {
        0 => format!(
            "\u{1b}[32mINFO\u{1b}[0m step {nth} of {}\n",
            row.configuration.name
        ),
        4 => format!("WARN slow batch at step {nth}\n"),
        _ => format!("step {nth} done\n"),
    };
    json!({
        "timestamp": format!("{}+00:00", at.strftime("%Y-%m-%dT%H:%M:%S.%9f")),
        "container": "main",
        "pod": row.id,
        "stream": if nth % 5 == 4 { "stderr" } else { "stdout" },
        "msg": text,
    })
}
