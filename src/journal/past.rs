//! A batch as its file tells it. Every text is clean, whatever stands in the file.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::action::Exclusion;
use crate::domain::outcome::Outcome;
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::domain::time::age;
use crate::journal::name::Name;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A process, maybe this one, holds its lock.
    Live,
    /// Its end is written.
    Ended,
    /// Its process ended before the batch did: rows may have left, and nobody watched them (J2).
    Unfinished,
    /// The intent is not whole, so nothing was sent (J1).
    NeverBegun,
    /// The file could not be read to its end; [`Past::problems`] says why.
    NotRead,
}

/// One batch of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its name, `2026-11-22-0007`.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// What was confirmed; `None` where that line cannot be read.
    pub intent: Option<PastIntent>,
    /// Its rows in the order of marking; without an intent, those that other lines name.
    pub rows: Vec<PastRow>,
    /// Remarks, in order.
    pub notes: Vec<(Timestamp, Clean)>,
    /// When its last line was written, by the clock of that moment.
    pub last: Option<Timestamp>,
    /// What is wrong with the file; the first hundred things.
    pub problems: Vec<Problem>,
    /// The file holds something that only a newer version understands (J5).
    pub from_newer_version: bool,
    /// The number of the line that would come next.
    pub(super) next: u64,
    /// The last line has no end.
    pub(super) is_torn: bool,
}

impl Past {
    pub(super) fn new(name: Name) -> Self {
        Self {
            name: name.to_string(),
            state: State::NeverBegun,
            intent: None,
            rows: Vec::new(),
            notes: Vec::new(),
            last: None,
            problems: Vec::new(),
            from_newer_version: false,
            next: 1,
            is_torn: false,
        }
    }

    /// From the confirmation to the last line; never negative, whatever the clock did (J12).
    pub fn took(&self) -> Duration {
        let from = self.intent.as_ref().map(|intent| intent.confirmed);
        from.zip(self.last)
            .map_or(Duration::ZERO, |(from, to)| age(to, from))
    }
}

/// What was confirmed; written down as it stands here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastIntent {
    /// Who, as `user@host`.
    pub by: Clean,
    /// The action's word.
    pub action: Clean,
    /// Why, in the operator's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Clean>,
    /// The batch it retries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<Clean>,
    /// When.
    pub confirmed: Timestamp,
    /// The connections it was confirmed with.
    #[serde(rename = "connections")]
    pub accounts: Vec<PastAccount>,
}

/// A connection as a batch was confirmed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastAccount {
    /// Its name.
    #[serde(rename = "name")]
    pub connection: Clean,
    /// The platform's configuration word.
    pub platform: Clean,
    /// Its base URL.
    pub url: Clean,
    /// The account, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Clean>,
}

/// One marked row.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRow {
    /// What it can be read again by; `None` where this version does not know its platform or kind.
    pub key: Option<Key>,
    /// The connection's name.
    pub connection: Clean,
    /// The platform's configuration word.
    pub platform: Clean,
    /// The part of the connection it lives in; empty where the intent cannot be read.
    pub scope: Clean,
    /// The kind's word.
    pub kind: Clean,
    /// Its id, whole.
    pub id: Clean,
    /// Its name; empty where the intent cannot be read.
    pub name: Clean,
    /// Its status before sending; empty where the intent cannot be read.
    pub status: Clean,
    /// What was to become of it.
    pub planned: Planned,
    /// Whether its request left.
    pub departure: Departure,
    /// What became of it; `None` where nothing is written.
    pub outcome: Option<Outcome>,
    /// What was last read of it.
    pub seen: Option<Sight>,
}

impl PastRow {
    /// What became of it by all that is written, once nobody writes on: a request that left without an
    /// answer is unknown, one that did not leave is left out (J2).
    pub fn accounted(&self) -> Outcome {
        let unknown = |words| Outcome::Unknown(Clean::new(words));
        match (&self.outcome, self.departure) {
            (Some(outcome), _) => outcome.clone(),
            (None, Departure::Left) => unknown("the program ended before an answer was written"),
            (None, Departure::Unsure) => {
                unknown("the journal is damaged where it would tell whether it was sent")
            }
            (None, Departure::NotLeft) => {
                let words = Clean::new("the program ended before it was sent");
                Outcome::LeftOut(Exclusion::Cancelled, words)
            }
        }
    }
}

/// What was to become of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Planned {
    /// To be sent.
    Send {
        /// The number of its request, from 1.
        request: u32,
        /// The step's word.
        step: Clean,
        /// The platform's own word.
        verb: Clean,
        /// The status aimed at, in one word.
        target: Clean,
        /// Why it was a guess whether the platform allows it.
        #[serde(skip_serializing_if = "Option::is_none")]
        guess: Option<Clean>,
    },
    /// To be left out.
    #[serde(rename = "left out")]
    LeftOut {
        /// The sort of reason.
        why: Exclusion,
        /// The reason in words.
        reason: Clean,
    },
    /// The intent does not say, because it cannot be read.
    #[serde(skip)]
    NotKnown,
}

/// Whether the request of a row left. What is not written did not leave, since each request is
/// written down before its first byte; unless a line is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It may have reached the server.
    Left,
    /// Nothing of it reached the server.
    NotLeft,
    /// The lines that would tell are damaged, or from a newer version.
    Unsure,
}

/// What a read showed of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its status.
    pub status: Clean,
    /// Its tracking, in one word.
    pub tracking: Clean,
    /// When it was written.
    pub at: Timestamp,
    /// The number of the line.
    pub(super) n: u64,
}

/// Something that is wrong with a file (J4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name in the journal folder.
    pub file: String,
    /// The line, counted from 1; `None` where it is the whole file.
    pub line: Option<u64>,
    /// What is wrong.
    pub words: Clean,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} line {line}: {}", self.file, self.words),
            None => write!(f, "{}: {}", self.file, self.words),
        }
    }
}
