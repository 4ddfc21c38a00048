//! Puts the lines of one file together into a [`Past`].
//!
//! Numbers tell what is missing: a damaged line whose number the next good line carries was never whole
//! (a torn write that another process went on from); a number that no line carries was lost.

use crate::domain::outcome::Outcome;
use crate::domain::text::Clean;
use crate::journal::key::RowKey;
use crate::journal::line::{Line, Opened};
use crate::journal::name::Name;
use crate::journal::past::{
    Departure, Past, PastAccount, PastIntent, PastRow, Planned, Problem, Sight, State,
};
use crate::journal::reader::Segment;
use crate::journal::record::{self, Intent, Record, Seen};

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
            Record::Intent(intent) => self.intent(number, &intent),
            Record::Sending { request } => self.sent.push(request),
            Record::Answer(answer) => self.answer(number, &answer),
            Record::Seen(seen) => self.seen(line.n, line.at, &seen),
            Record::Note { text } => self.past.notes.push((line.at, Clean::new(&text))),
            Record::End => self.end = Some(State::Ended),
        }
    }

    fn intent(&mut self, number: u64, intent: &Intent) {
        if self.past.intent.is_some() {
            return self.problem(Some(number), "a second intent, ignored");
        }
        self.past.intent = Some(past_intent(intent));
        for row in &intent.rows {
            let place = self.place(&row.row);
            describe(&mut self.past.rows[place], row);
        }
    }

    fn answer(&mut self, number: u64, answer: &record::Answer) {
        let place = self.place(&answer.row);
        let outcome = &mut self.past.rows[place].outcome;
        if outcome.is_some() {
            return self.problem(Some(number), "a second outcome of the same row, ignored");
        }
        *outcome = Some(answer.outcome.outcome());
    }

    fn seen(&mut self, n: u64, at: jiff::Timestamp, seen: &Seen) {
        let place = self.place(&seen.row);
        let last = &mut self.past.rows[place].seen;
        if last.as_ref().is_none_or(|last| last.n < n) {
            let (status, tracking) = (Clean::new(&seen.status), Clean::new(&seen.tracking));
            *last = Some(Sight {
                status,
                tracking,
                at,
                n,
            });
        }
    }

    /// Where the row of that key is; it is added where no line has named it before.
    fn place(&mut self, key: &RowKey) -> usize {
        if let Some(place) = self.keys.iter().position(|known| known == key) {
            return place;
        }
        self.keys.push(key.clone());
        self.past.rows.push(unplanned(key));
        self.keys.len() - 1
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

fn past_intent(intent: &Intent) -> PastIntent {
    let text = |text: &Option<String>| text.as_deref().map(Clean::new);
    let account = |connection: &record::Connection| PastAccount {
        connection: Clean::new(&connection.name),
        platform: Clean::new(&connection.platform),
        url: Clean::new(&connection.url),
        account: text(&connection.account),
    };
    PastIntent {
        by: Clean::new(&intent.by),
        action: Clean::new(&intent.action),
        reason: text(&intent.reason),
        follows: text(&intent.follows),
        confirmed: intent.confirmed,
        accounts: intent.connections.iter().map(account).collect(),
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
        id: Clean::new(&key.id),
        name: Clean::new(""),
        status: Clean::new(""),
        planned: Planned::NotKnown,
        departure: Departure::Unsure,
        outcome: None,
        seen: None,
    }
}

fn describe(past: &mut PastRow, row: &record::Marked) {
    past.scope = Clean::new(&row.scope);
    past.name = Clean::new(&row.name);
    past.status = Clean::new(&row.status);
    past.planned = planned(&row.planned);
    if let Planned::LeftOut { why, reason } = &past.planned {
        past.outcome = Some(Outcome::LeftOut(*why, reason.clone()));
    }
}

fn planned(written: &record::Planned) -> Planned {
    match written {
        record::Planned::Send {
            request,
            step,
            verb,
            target,
            guess,
        } => Planned::Send {
            request: *request,
            step: Clean::new(step),
            verb: Clean::new(verb),
            target: Clean::new(target),
            guess: guess.as_deref().map(Clean::new),
        },
        record::Planned::LeftOut { why, reason } => Planned::LeftOut {
            why: *why,
            reason: Clean::new(reason),
        },
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
