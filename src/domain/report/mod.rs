//! What became of a batch: one row for each marked row, outcomes that add up, tracking beside them.

mod row;

use jiff::Timestamp;

use crate::domain::action::{Action, Exclusion};
use crate::domain::outcome::{Answer, Outcome};
use crate::domain::plan::{Batch, Place};
use crate::domain::resource::{Key, Reading};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::domain::tracking::{Track, Tracking};

pub use row::{Fate, ReportRow, SeenBefore};

/// How many rows came to what; the four outcomes and `open` add up to the number marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Acknowledged.
    pub scheduled: usize,
    /// Refused.
    pub rejected: usize,
    /// Without a usable answer.
    pub unknown: usize,
    /// Never sent.
    pub left_out: usize,
    /// Queued or sent, without an answer yet.
    pub open: usize,
}

impl Totals {
    /// Those of rows with these outcomes, of which some have none yet.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = Option<&'a Outcome>>) -> Self {
        let mut totals = Self::default();
        for outcome in outcomes {
            *match outcome {
                None => &mut totals.open,
                Some(Outcome::Scheduled { .. }) => &mut totals.scheduled,
                Some(Outcome::Rejected(_)) => &mut totals.rejected,
                Some(Outcome::Unknown(_)) => &mut totals.unknown,
                Some(Outcome::LeftOut(..)) => &mut totals.left_out,
            } += 1;
        }
        totals
    }

    /// All rows.
    pub const fn marked(self) -> usize {
        self.scheduled + self.rejected + self.unknown + self.left_out + self.open
    }

    /// Each count with its word, in the order they are told in.
    pub const fn named(self) -> [(&'static str, usize); 5] {
        [
            ("scheduled", self.scheduled),
            ("rejected", self.rejected),
            ("unknown", self.unknown),
            ("left out", self.left_out),
            ("without an answer yet", self.open),
        ]
    }
}

/// How many rows something is still expected of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Awaited {
    /// Queued or sent, without an answer yet.
    pub open: usize,
    /// Acknowledged or seen to move, and not at an end.
    pub moving: usize,
    /// Of unknown outcome, and no read has shown a trace of the change.
    pub unseen: usize,
}

impl Awaited {
    /// Those among some rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a ReportRow>) -> Self {
        let mut awaited = Self::default();
        for row in rows.into_iter().filter(|row| row.is_moving()) {
            let is_unseen = row
                .track()
                .is_some_and(|track| track.settles_at().is_some());
            *match row.fate {
                Fate::Queued | Fate::Sent => &mut awaited.open,
                Fate::Known(_) if is_unseen => &mut awaited.unseen,
                Fate::Known(_) => &mut awaited.moving,
            } += 1;
        }
        awaited
    }

    /// All of them.
    pub const fn all(self) -> usize {
        self.open + self.moving + self.unseen
    }

    /// `2 sending · 5 moving · 1 unknown`, where `moving` is the word for those that move.
    pub fn words(self, moving: &str) -> String {
        let counts = [
            (self.open, "sending"),
            (self.moving, moving),
            (self.unseen, "unknown"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, word)| format!("{count} {word}"));
        counts.collect::<Vec<_>>().join(" · ")
    }
}

/// How many of the rows show which tracking, in the order it is told in.
pub fn seen_since<'a>(rows: impl IntoIterator<Item = &'a ReportRow>) -> [(Tracking, usize); 8] {
    let shown: Vec<Tracking> = rows.into_iter().filter_map(ReportRow::shown).collect();
    let count = |tracking| shown.iter().filter(|shown| **shown == tracking).count();
    Tracking::ALL.map(|tracking| (tracking, count(tracking)))
}

/// What was confirmed, as far as results tell it.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The action; `None` where a journal names one that this version does not know.
    pub action: Option<Action>,
    /// Why, in the operator's words.
    pub reason: Option<Clean>,
    /// The batch it retries, by its journal name.
    pub follows: Option<Clean>,
    /// When.
    pub confirmed: Timestamp,
}

impl Intent {
    fn of(batch: &Batch) -> Self {
        Self {
            action: Some(batch.action()),
            reason: batch.reason().map(|reason| reason.words().clone()),
            follows: batch.follows().map(Clean::new),
            confirmed: batch.confirmed(),
        }
    }
}

/// A batch and what became of it.
#[derive(Clone, Debug)]
pub struct Report {
    intent: Intent,
    rows: Vec<ReportRow>,
}

impl Report {
    /// A report in which everything that will be sent is queued.
    pub fn waiting_for(batch: &Batch) -> Self {
        let rows = batch.rows().iter().map(|planned| {
            let fate = match &planned.place {
                Place::Send(_) | Place::ServerDecides(..) => Fate::Queued,
                Place::LeftOut { why, words } => Fate::Known(Outcome::LeftOut(*why, words.clone())),
            };
            ReportRow {
                row: planned.row.clone(),
                verb: planned.place.verb(),
                request: batch.request_of(&planned.row.key),
                fate,
                track: None,
            }
        });
        Self {
            intent: Intent::of(batch),
            rows: rows.collect(),
        }
    }

    /// The report of a batch that another run sent.
    pub fn earlier(intent: Intent, rows: Vec<ReportRow>) -> Self {
        Self { intent, rows }
    }

    /// What was confirmed.
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// Every marked row, in the order of marking.
    pub fn rows(&self) -> &[ReportRow] {
        &self.rows
    }

    /// The row of that key.
    pub fn row(&self, key: &Key) -> Option<&ReportRow> {
        self.rows.iter().find(|row| row.row.key == *key)
    }

    fn row_mut(&mut self, key: &Key) -> Option<&mut ReportRow> {
        self.rows.iter_mut().find(|row| row.row.key == *key)
    }

    /// The request has begun to leave.
    pub fn sent(&mut self, request: u32) {
        let queued = |row: &&mut ReportRow| row.fate == Fate::Queued;
        let rows = self.rows.iter_mut().filter(queued);
        for row in rows.filter(|row| row.request == Some(request)) {
            row.fate = Fate::Sent;
        }
    }

    /// Sets the outcome of a row that was sent, once; later answers change nothing (N30).
    pub fn settle(&mut self, key: &Key, outcome: Outcome, now: Moment) {
        if let Some(row) = self.row_mut(key).filter(|row| row.verb.is_some()) {
            row.settle(outcome, now);
        }
    }

    /// Nothing more will be answered: what left is unknown, what did not is left out.
    pub fn close(&mut self, why: Exclusion, words: &Clean, now: Moment) {
        for row in &mut self.rows {
            match row.fate {
                Fate::Queued => row.settle(Outcome::LeftOut(why, words.clone()), now),
                Fate::Sent => row.settle(Outcome::Unknown(words.clone()), now),
                Fate::Known(_) => {}
            }
        }
    }

    /// Takes in a read of one row; says what tracking shows where that changed.
    pub fn observe(
        &mut self,
        key: &Key,
        reading: &Reading,
        started: Moment,
        now: Moment,
    ) -> Option<Tracking> {
        let row = self.row_mut(key)?;
        let track = row.track.as_mut()?;
        let before = track.state();
        track.observe(reading, started, now);
        let after = track.state();
        // A row keeps the key it was confirmed with, however the platform spells it now.
        if let Reading::Found(found) = reading
            && found.key == *key
        {
            row.row = found.clone();
        }
        (before != after).then_some(after)
    }

    /// Lets time pass; returns the rows whose tracking changed by it.
    pub fn tick(&mut self, now: Moment) -> Vec<(Key, Tracking)> {
        let mut changed = Vec::new();
        for row in &mut self.rows {
            let Some(track) = &mut row.track else {
                continue;
            };
            let before = track.state();
            track.tick(now);
            if track.state() != before {
                changed.push((row.row.key.clone(), track.state()));
            }
        }
        changed
    }

    /// The rows whose own read is due and may leave now; counts those reads as made, with the earlier ones that
    /// were held back until then.
    pub fn take_due(&mut self, now: Moment, mut may_leave: impl FnMut(&Key) -> bool) -> Vec<Key> {
        let tracks = self
            .rows
            .iter_mut()
            .filter_map(|row| Some((&row.row.key, row.track.as_mut()?)));
        let is_due = |track: &Track| track.next_read().is_some_and(|at| at <= now);
        let due = tracks.filter(|(key, track)| is_due(track) && may_leave(key));
        due.map(|(key, track)| {
            while is_due(track) {
                track.reading();
            }
            key.clone()
        })
        .collect()
    }

    /// How many rows came to what.
    pub fn totals(&self) -> Totals {
        Totals::of(self.rows.iter().map(ReportRow::outcome))
    }

    /// How many rows show that tracking.
    pub fn tracked(&self, tracking: Tracking) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.tracking() == Some(tracking)).count()
    }

    /// How many rows are still expected to move, or to be seen at all.
    pub fn awaited(&self) -> Awaited {
        Awaited::of(&self.rows)
    }

    /// Whether a request is queued or without its answer.
    pub fn is_sending(&self) -> bool {
        self.totals().open > 0
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Scheduled { message } => Self::Scheduled { message },
            Answer::Rejected(rejection) => Self::Rejected(rejection),
            Answer::Unknown(why) => Self::Unknown(why),
            Answer::NotSent(why) => Self::LeftOut(Exclusion::NotConnected, why),
        }
    }
}
