//! The record of requests: what a test in any language asserts on.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Older requests are forgotten, so that a simulator left running does not fill the memory.
const REMEMBERED: usize = 100_000;

/// One request as received. Its headers, and so its token, are not kept.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// When it came, by the wall clock.
    pub time: Timestamp,
    /// `GET`, `PATCH`.
    pub method: String,
    /// The path as sent, percent-encoded.
    pub path: String,
    /// The query as sent, without the question mark; empty where there is none.
    pub query: String,
    /// The body: JSON where it is JSON, else text; null where there is none.
    pub body: Value,
    /// The status it was answered with; null while it is not, and where a fault closed the connection.
    pub status: Option<u16>,
}

impl Recorded {
    pub(super) fn of(parts: &Parts, body: &[u8]) -> Self {
        Self {
            time: Timestamp::now(),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            body: read(body),
            status: None,
        }
    }
}

fn read(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

/// The newest requests, numbered since the start.
#[derive(Debug, Default)]
pub(super) struct Record(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    requests: VecDeque<Recorded>,
    forgotten: usize,
}

impl Record {
    /// Enters a request that was received; the number is for [`Record::answered`].
    pub(super) fn received(&self, request: Recorded) -> usize {
        let mut kept = self.kept();
        if kept.requests.len() == REMEMBERED {
            kept.requests.pop_front();
            kept.forgotten += 1;
        }
        kept.requests.push_back(request);
        kept.forgotten + kept.requests.len() - 1
    }

    pub(super) fn answered(&self, number: usize, status: u16) {
        let mut kept = self.kept();
        let index = number.checked_sub(kept.forgotten);
        if let Some(request) = index.and_then(|index| kept.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(super) fn all(&self) -> Vec<Recorded> {
        self.kept().requests.iter().cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        let kept = self.0.lock();
        kept.expect("nobody panics while holding the record")
    }
}
