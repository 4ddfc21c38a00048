//! What a platform tells of one row beyond its listing: its document, and what happened in it.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::domain::error::PlatformError;
use crate::domain::text::Clean;

/// What is asked about one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inquiry {
    /// Everything the platform tells of it now: the document as sent, history, parts.
    Detail,
    /// What it wrote, or where the platform has no call for that, what happened to it.
    Logs {
        /// Only lines from then on, where the platform can (SAP AI Core's `start`); else the newest.
        since: Option<Timestamp>,
    },
}

/// One answer to an inquiry. Each fails alone: a missing log does not hide the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is, in a word or two: `raw JSON`, `logs`, `events`, `history`, `pods`, `messages`.
    pub title: &'static str,
    /// What came of asking.
    pub lines: Result<Vec<Line>, PlatformError>,
    /// What the operator should know of it: cut at a limit, or the command line that gets what the platform's
    /// API does not give.
    pub note: Option<Clean>,
}

/// One line of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it happened, where the platform says so.
    pub at: Option<Timestamp>,
    /// What it says.
    pub text: Clean,
}

impl Line {
    /// A line without a time.
    pub fn plain(text: &str) -> Self {
        Self {
            at: None,
            text: Clean::new(text),
        }
    }
}

/// A line of a log without its complete color codes (SGR: `ESC [ digits m`); other controls stay, to be shown.
pub(crate) fn without_colors(line: &str) -> Cow<'_, str> {
    let mut pieces = line.split("\u{1b}[");
    let Some(first) = pieces.next().filter(|first| first.len() < line.len()) else {
        return line.into();
    };
    let mut out = first.to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';' || c == ':');
        match rest.strip_prefix('m') {
            Some(text) => out.push_str(text),
            None => out.extend(["\u{1b}[", piece]),
        }
    }
    out.into()
}

impl Part {
    /// A document as sent, indented, one line each.
    pub fn raw(document: &serde_json::Value) -> Self {
        let text = format!("{document:#}");
        Self {
            title: "raw JSON",
            lines: Ok(text.lines().map(Line::plain).collect()),
            note: None,
        }
    }
}
