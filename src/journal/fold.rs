//! Puts the lines of one file together into a [`Past`].
//!
//! Numbers tell what is missing: a damaged line whose number the next good line carries was never whole
//! (a torn write that another process went on from); a number that no line carries was lost.

use jiff::Timestamp;

use crate::domain::outcome::Outcome;
use crate::domain::resource::Id;
use crate::domain::text::Clean;
use crate::journal::key::RowKey;
use crate::journal::line::{Line, Opened};
use crate::journal::name::Name;
use crate::journal::past::{Departure, Past, PastRow, Planned, Problem, Sight, State};
use crate::journal::reader::Segment;
use crate::journal::record::{Answer, Intent, Record, Seen};

/// So many problems of a file are told; a file of noise has millions.
const PROBLEMS: usize = 100;

/// What the lines read so far say.
pub(super) struct Fold {
    past: Past,
    file: String,
    is_live: bool,
    /// One for each row of `past`.
    keys: Vec<RowKey>,
    /// The requests that left.
    sent: Vec<u32>,
    integrity: Integrity,
    end: Option<State>,
}

/// Whether lines are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Integrity {
    /// None.
    Whole,
    /// The last line was damaged; the number of the next one tells whether it counted.
    Open,
    /// Some are, or may be.
    Lost,
}

impl Fold {
    /// The fold of the file of that name; `is_live` while another process may be writing to it.
    pub(super) fn new(name: Name, is_live: bool) -> Self {
        Self {
            past: Past::new(name),
            file: name.file(),
            is_live,
            keys: Vec::new(),
            sent: Vec::new(),
            integrity: Integrity::Whole,
            end: None,
        }
    }

    /// Takes in the next line.
    pub(super) fn take(&mut self, segment: &Segment) {
        self.past.is_torn = !segment.is_ended;
        match Line::open(&segment.bytes) {
            Opened::Own(line) => self.line(segment.number, line),
            Opened::Extended(line) => {
                self.newer(segment.number, "it says more than this version knows");
                self.line(segment.number, line);
            }
            Opened::Foreign(n, why) => {
                self.newer(segment.number, &why);
                self.count(n.unwrap_or(self.past.next));
            }
            Opened::Damaged if segment.is_ended => self.damaged(segment.number),
            Opened::Damaged => self.torn(segment),
        }
    }

    fn problem(&mut self, line: Option<u64>, words: &str) {
        if self.past.problems.len() < PROBLEMS {
            let problem = Problem {
                file: self.file.clone(),
                line,
                words: Clean::new(words),
            };
            self.past.problems.push(problem);
        }
    }

    fn newer(&mut self, number: u64, why: &str) {
        self.problem(Some(number), &format!("from a newer version: {why}"));
        self.past.from_newer_version = true;
    }

    fn damaged(&mut self, number: u64) {
        self.problem(Some(number), "damaged: the checksum does not fit");
        if self.integrity == Integrity::Whole {
            self.integrity = Integrity::Open;
        }
    }

    /// A last line without its end is being written, or was when the process died; or its end was changed.
    fn torn(&mut self, segment: &Segment) {
        let but_last = segment.bytes.split_last().map_or(&[][..], |(_, rest)| rest);
        match Line::open(but_last) {
            Opened::Own(line) | Opened::Extended(line) => {
                self.problem(Some(segment.number), "damaged: the line has no end");
                self.line(segment.number, line);
            }
            Opened::Foreign(..) | Opened::Damaged if self.is_live => {}
            Opened::Foreign(..) | Opened::Damaged => {
                self.problem(
                    Some(segment.number),
                    "cut off: the process ended while writing it",
                );
            }
        }
    }

    /// The file could not be read on.
    pub(super) fn fail(&mut self, why: &str) {
        self.problem(None, why);
        self.integrity = Integrity::Lost;
        self.end = Some(State::NotRead);
    }

    fn count(&mut self, n: u64) {
        if n > self.past.next {
            self.integrity = Integrity::Lost;
        } else if self.integrity == Integrity::Open {
            self.integrity = Integrity::Whole;
        }
        self.past.next = self.past.next.max(n.saturating_add(1));
    }

    fn line(&mut self, number: u64, line: Line) {
        self.count(line.n);
        self.past.last = Some(line.at);
        match line.record {
            Record::Intent(intent) => self.intent(number, *intent),
            Record::Sending { request } => self.sent.push(request),
            Record::Answer(answer) => self.answer(number, answer),
            Record::Seen(seen) => self.seen(line.n, line.at, seen),
            Record::Note { text } => self.past.notes.push((line.at, text)),
            Record::End => self.end = Some(State::Ended),
        }
    }

    fn intent(&mut self, number: u64, intent: Intent) {
        if self.past.intent.is_some() {
            return self.problem(Some(number), "a second intent, ignored");
        }
        self.past.intent = Some(intent.past);
        for marked in intent.rows {
            let row = self.row(&marked.row);
            row.scope = marked.scope;
            row.name = marked.name;
            row.status = marked.status;
            if let Planned::LeftOut { why, reason } = &marked.planned {
                row.outcome = Some(Outcome::LeftOut(*why, reason.clone()));
            }
            row.planned = marked.planned;
        }
    }

    fn answer(&mut self, number: u64, answer: Answer) {
        let outcome = &mut self.row(&answer.row).outcome;
        if outcome.is_some() {
            return self.problem(Some(number), "a second outcome of the same row, ignored");
        }
        *outcome = Some(answer.outcome.into());
    }

    fn seen(&mut self, n: u64, at: Timestamp, seen: Seen) {
        let last = &mut self.row(&seen.row).seen;
        if last.as_ref().is_none_or(|last| last.n < n) {
            let (status, tracking) = (seen.status, seen.tracking);
            *last = Some(Sight {
                status,
                tracking,
                at,
                n,
            });
        }
    }

    /// The row of that key; it is added where no line has named it before.
    fn row(&mut self, key: &RowKey) -> &mut PastRow {
        let known = self.keys.iter().position(|known| known == key);
        let place = known.unwrap_or_else(|| {
            self.keys.push(key.clone());
            self.past.rows.push(unplanned(key));
            self.keys.len() - 1
        });
        &mut self.past.rows[place]
    }

    /// The batch, once all lines are in.
    pub(super) fn finish(mut self) -> Past {
        self.past.state = self.state();
        if self.integrity == Integrity::Open {
            // Whoever goes on must not take the number that may have been lost.
            self.past.next += 1;
        }
        let is_sure = self.integrity == Integrity::Whole && !self.past.from_newer_version;
        for row in &mut self.past.rows {
            row.departure = departure(row, &self.sent, is_sure);
        }
        self.past
    }

    fn state(&self) -> State {
        let has_lines = self.past.next > 1 || self.integrity != Integrity::Whole;
        match self.end {
            Some(state) => state,
            None if self.is_live => State::Live,
            None if has_lines => State::Unfinished,
            None => State::NeverBegun,
        }
    }
}

/// A row of which only the key is known.
fn unplanned(key: &RowKey) -> PastRow {
    PastRow {
        key: key.key(),
        connection: Clean::new(&key.connection),
        platform: Clean::new(&key.platform),
        scope: Clean::new(""),
        kind: Clean::new(&key.kind),
        id: Id::new(&key.id).shown(),
        name: Clean::new(""),
        status: Clean::new(""),
        planned: Planned::NotKnown,
        departure: Departure::Unsure,
        outcome: None,
        seen: None,
    }
}

fn departure(row: &PastRow, sent: &[u32], is_sure: bool) -> Departure {
    match (&row.outcome, &row.planned) {
        (Some(Outcome::LeftOut(..)), _) => Departure::NotLeft,
        (Some(Outcome::Scheduled { .. } | Outcome::Rejected(_) | Outcome::Unknown(_)), _) => {
            Departure::Left
        }
        (None, Planned::Send { request, .. }) if sent.contains(request) => Departure::Left,
        (None, Planned::Send { .. }) if is_sure => Departure::NotLeft,
        (None, Planned::Send { .. } | Planned::LeftOut { .. } | Planned::NotKnown) => {
            Departure::Unsure
        }
    }
}
