//! What later reads show of a row that was sent, beside its outcome (`RELIABILITY.md` 2).

use std::time::Duration;

use crate::domain::action::{Goal, Grouping, Step, Verb};
use crate::domain::resource::{Group, Reading, Resource};
use crate::domain::text::Clean;
use crate::domain::time::Moment;

/// Without a successful read for that long a row is out of sight.
const LOST_AFTER: Duration = Duration::from_secs(300);

/// When a scheduled row is read after its answer, in seconds; later the refresh of its source shows it.
const SCHEDULED_READS: [u64; 5] = [2, 6, 14, 30, 60];

/// When an unknown row is read back after its request failed, in seconds. After the last of these
/// reads without a trace of the change, it counts as not applied.
const UNKNOWN_READS: [u64; 6] = [2, 6, 14, 30, 62, 122];

/// The same where one request may take the platform five minutes, as it works row by row (`specs/kubiya.md` 6.3, 7).
/// It is read in pages of a hundred rows, ten times as many as elsewhere, so that fewer reads keep within the
/// requests of a batch (`PERFORMANCE.md` 18).
const SCHEDULED_READS_OF_SLOW: [u64; 3] = [2, 14, 60];
const UNKNOWN_READS_OF_SLOW: [u64; 5] = [2, 14, 62, 122, 302];

/// When a refused row is read, in seconds.
const REFUSED_READ: u64 = 2;

/// What the reads show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tracking {
    /// No read after the answer has come back yet.
    Waiting,
    /// Accepted, or seen to move; not there yet.
    Moving,
    /// No change for as long as the verb allows. Watching goes on.
    Slow,
    /// The target was read back.
    Reached,
    /// The target was read back, and left again.
    Reverted,
    /// Settled in another end state.
    Diverged,
    /// Unknown outcome, and no read shows a trace of the change: it may be planned again.
    NotApplied,
    /// No read has succeeded for 5 minutes.
    LostSight,
}

impl Tracking {
    /// Every state, for tables and tests.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Moving,
        Self::Slow,
        Self::Reached,
        Self::Reverted,
        Self::Diverged,
        Self::NotApplied,
        Self::LostSight,
    ];

    /// The word shown and journaled.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "nothing seen yet",
            Self::Moving => "moving",
            Self::Slow => "slow",
            Self::Reached => "reached",
            Self::Reverted => "reverted",
            Self::Diverged => "diverged",
            Self::NotApplied => "not applied",
            Self::LostSight => "lost sight",
        }
    }

    /// Whether nothing more is expected.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Reached | Self::Reverted | Self::Diverged | Self::NotApplied => true,
            Self::Waiting | Self::Moving | Self::Slow | Self::LostSight => false,
        }
    }
}

/// Which outcome is tracked; it decides what reads may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The server acknowledged the change.
    Scheduled,
    /// There was no usable answer.
    Unknown,
    /// The server refused, perhaps because the row was there already (N23, N25).
    Rejected,
}

/// The watch over one row.
#[derive(Clone, Debug)]
pub struct Track {
    verb: &'static Verb,
    basis: Basis,
    before: Clean,
    since: Moment,
    state: Tracking,
    /// The state that lost sight interrupted.
    seen_state: Tracking,
    last_read: Option<Moment>,
    last_success: Moment,
    last_change: Moment,
    last_word: Option<Clean>,
    reached_after: Option<Duration>,
    reads: usize,
}

impl Track {
    /// Starts watching at the moment of the answer, or of the failure.
    pub fn start(verb: &'static Verb, basis: Basis, before: Clean, since: Moment) -> Self {
        let state = match basis {
            Basis::Scheduled => Tracking::Moving,
            Basis::Unknown | Basis::Rejected => Tracking::Waiting,
        };
        Self {
            verb,
            basis,
            before,
            since,
            state,
            seen_state: state,
            last_read: None,
            last_success: since,
            last_change: since,
            last_word: None,
            reached_after: None,
            reads: 0,
        }
    }

    /// Goes on from what an earlier run saw last.
    pub(super) fn resume(&mut self, state: Tracking, word: Clean) {
        self.state = state;
        self.seen_state = state;
        self.last_word = Some(word);
    }

    /// The status before the change.
    pub fn before(&self) -> &Clean {
        &self.before
    }

    /// What the reads show by now.
    pub fn state(&self) -> Tracking {
        self.state
    }

    /// The status last read; `None` before the first read, and once the row is gone.
    pub fn last_word(&self) -> Option<&Clean> {
        self.last_word.as_ref()
    }

    /// How long after the answer the target was read.
    pub fn reached_after(&self) -> Option<Duration> {
        self.reached_after
    }

    /// How long the status last read has not changed.
    pub fn unchanged_for(&self, now: Moment) -> Duration {
        now.since(self.last_change)
    }

    /// How many of its own reads are made, of how many.
    pub fn reads(&self) -> (usize, usize) {
        (self.reads, self.schedule().len())
    }

    /// When its next own read is due; `None` where the refresh of its source is enough.
    pub fn next_read(&self) -> Option<Moment> {
        if self.state.is_settled() {
            return None;
        }
        let seconds = self.schedule().get(self.reads)?;
        Some(self.since.after(Duration::from_secs(*seconds)))
    }

    /// When it counts as not applied if no read shows a trace by then; `None` where one did, or where
    /// there is an answer. As long as a request may take, a server may carry it out late (N30).
    pub fn settles_at(&self) -> Option<Moment> {
        let is_unseen = self.seen_state == Tracking::Waiting && !self.state.is_settled();
        let last = self
            .schedule()
            .last()
            .filter(|_| self.basis == Basis::Unknown && is_unseen)?;
        Some(self.since.after(Duration::from_secs(*last)))
    }

    /// A read of its own leaves now.
    pub fn reading(&mut self) {
        self.reads += 1;
    }

    const fn schedule(&self) -> &'static [u64] {
        let is_slow = matches!(self.verb.grouping, Grouping::Connection);
        match self.basis {
            Basis::Scheduled if is_slow => &SCHEDULED_READS_OF_SLOW,
            Basis::Scheduled => &SCHEDULED_READS,
            Basis::Unknown if is_slow => &UNKNOWN_READS_OF_SLOW,
            Basis::Unknown => &UNKNOWN_READS,
            Basis::Rejected => &[REFUSED_READ],
        }
    }

    /// Takes in a read that began at `started`. A read from before the answer proves nothing (P5), and
    /// one that began before another that was already taken in is late (R13).
    pub fn observe(&mut self, reading: &Reading, started: Moment, now: Moment) {
        let late = self.last_read.is_some_and(|last| started < last);
        // A refused row is looked at until its own read, to see whether it was there already; what
        // others do to it later is not this batch's doing.
        let own_read = self.since.after(Duration::from_secs(REFUSED_READ));
        let looked_at = self.basis == Basis::Rejected
            && (self.state == Tracking::Reached || self.last_read.is_some_and(|at| at >= own_read));
        if started <= self.since || late || looked_at {
            return;
        }
        let outlives = self.outlives(reading);
        self.last_read = Some(started);
        self.last_success = now;
        let (shown, word) = match reading {
            Reading::Gone => (self.shown_by_absence(), None),
            Reading::Found(row) => (self.shown_by(row), Some(row.status.word.clone())),
        };
        let before = self.last_word.as_ref().unwrap_or(&self.before);
        if word.as_ref() != Some(before) {
            self.last_change = now;
        }
        self.last_word = word;
        if !outlives {
            self.enter(self.allowed(shown), now);
        }
    }

    /// Whether a row that has reached its target goes on to something that does not undo it: what was
    /// stopped is deleted, what was resumed comes to its end.
    fn outlives(&self, reading: &Reading) -> bool {
        let Reading::Found(row) = reading else {
            return self.state == Tracking::Reached;
        };
        let at_target = self.verb.goal.is_reached_by(row.status.word.as_str());
        let undone = match (self.verb.step, row.status.group) {
            (Step::Stop, Group::Active) | (Step::Delete, _) => true,
            // Stopped and suspended are paused too; an execution that waits for an answer runs.
            (Step::Stop | Step::Resume, Group::Paused) => !at_target,
            (Step::Stop, Group::Moving | Group::Ended | Group::Failed | Group::Unknown)
            | (
                Step::Resume,
                Group::Active | Group::Moving | Group::Ended | Group::Failed | Group::Unknown,
            ) => false,
        };
        self.state == Tracking::Reached && !undone
    }

    fn shown_by_absence(&self) -> Tracking {
        match self.verb.goal {
            Goal::Gone => Tracking::Reached,
            Goal::Status(_) => Tracking::Diverged,
        }
    }

    fn shown_by(&self, row: &Resource) -> Tracking {
        let (word, group) = (row.status.word.as_str(), row.status.group);
        let differs = !word.eq_ignore_ascii_case(self.before.as_str());
        // SAP AI Core says where a row is heading before its status moves (`specs/sap-ai-core.md` 3).
        let target = row.target.as_ref();
        let is_heading = target.is_some_and(|target| target.as_str() == self.verb.word);
        // What rows also do by themselves is no trace: they begin to run, wait, end, are paused by others.
        let moves = match self.verb.step {
            Step::Stop | Step::Delete => group == Group::Moving,
            Step::Resume => matches!(group, Group::Moving | Group::Active),
        };
        let over = matches!(group, Group::Ended | Group::Failed);
        if self.verb.goal.is_reached_by(word) {
            Tracking::Reached
        } else if over && self.verb.goal != Goal::Gone && (differs || is_heading) {
            Tracking::Diverged
        } else if is_heading || (differs && moves) {
            Tracking::Moving
        } else {
            Tracking::Waiting
        }
    }

    /// What a read shows, as far as this outcome may move by it.
    fn allowed(&self, shown: Tracking) -> Tracking {
        let current = self.seen_state;
        match (self.basis, current, shown) {
            (_, Tracking::Reverted | Tracking::Diverged | Tracking::NotApplied, _) => current,
            // What does not undo it was passed over.
            (_, Tracking::Reached, _) => Tracking::Reverted,
            (_, _, Tracking::Reached) => Tracking::Reached,
            (Basis::Rejected, _, _)
            | (Basis::Scheduled, Tracking::Slow, Tracking::Moving | Tracking::Waiting)
            | (Basis::Unknown, Tracking::Moving, Tracking::Waiting) => current,
            (Basis::Scheduled, _, Tracking::Waiting) => Tracking::Moving,
            (Basis::Scheduled | Basis::Unknown, _, _) => shown,
        }
    }

    fn enter(&mut self, state: Tracking, now: Moment) {
        if state == Tracking::Reached {
            self.reached_after = Some(now.since(self.since));
        }
        self.seen_state = state;
        self.state = state;
    }

    /// Lets time pass: rows become slow, are lost sight of, or count as not applied.
    pub fn tick(&mut self, now: Moment) {
        if self.state.is_settled() || self.basis == Basis::Rejected {
            return;
        }
        if now.since(self.last_success) >= LOST_AFTER {
            self.state = Tracking::LostSight;
            return;
        }
        let unmoved = now.since(self.last_change) >= self.verb.slow_after;
        if self.basis == Basis::Scheduled && self.state == Tracking::Moving && unmoved {
            self.enter(Tracking::Slow, now);
        }
        let is_final = |due| self.last_read.is_some_and(|started| started >= due);
        if self.reads >= self.schedule().len() && self.settles_at().is_some_and(is_final) {
            self.enter(Tracking::NotApplied, now);
        }
    }
}
