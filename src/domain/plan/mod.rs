//! From marked rows to a confirmed batch: [`Candidate`] → [`Plan`] → [`Batch`].
//!
//! A plan is sealed: by itself it only shrinks. Rows enter again, or change what they undergo, only by
//! the operator's own key while the plan is open. A [`Batch`] exists only by [`Plan::confirm`].

mod batch;
mod request;
mod row;

use jiff::Timestamp;

pub use self::batch::{Account, Batch, NotConfirmed, Reason};
pub use self::request::{Operation, Request};
pub use self::row::{Candidate, Place, PlanRow};
use crate::domain::action::{Action, Exclusion, Step, Verb};
use crate::domain::connection::ConnectionName;
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Reading};

/// How many operations a request, and how many rows a batch, holds: the limit all three platforms document.
pub const LIMIT: usize = 100;

/// How many rows of a plan stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In [`Place::Send`].
    pub send: usize,
    /// In [`Place::ServerDecides`].
    pub server_decides: usize,
    /// In [`Place::LeftOut`].
    pub left_out: usize,
}

impl Counts {
    /// How many operations would leave: the number in the phrase.
    pub const fn sendable(self) -> usize {
        self.send + self.server_decides
    }
}

/// What an action would do to the marked rows: each in one of three groups.
#[derive(Clone, Debug)]
pub struct Plan {
    action: Action,
    rows: Vec<PlanRow>,
    accounts: Vec<Account>,
    frozen: Timestamp,
    follows: Option<String>,
    /// Every phrase since the operator last changed the plan. The plan only shrinks meanwhile, so each
    /// of them confirms at most what was on screen when it was typed.
    phrases: Vec<String>,
}

impl Plan {
    /// Asks each candidate's row what the action would do to it. A key counts once; what comes after
    /// the first [`LIMIT`] rows is left out, over the limit.
    pub fn propose(
        action: Action,
        candidates: Vec<Candidate>,
        accounts: Vec<Account>,
        frozen: Timestamp,
    ) -> Self {
        let mut rows: Vec<PlanRow> = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            if rows.iter().any(|row| row.row.key == candidate.row.key) {
                continue;
            }
            let mut row = PlanRow::new(action, candidate);
            if rows.len() >= LIMIT {
                row.place = Place::left_out(Exclusion::OverTheLimit, "a batch holds 100");
            }
            rows.push(row);
        }
        let mut plan = Self {
            action,
            rows,
            accounts,
            frozen,
            follows: None,
            phrases: Vec::new(),
        };
        plan.phrases.extend(plan.phrase());
        plan
    }

    /// The plan as a retry that names the batch it follows.
    #[must_use]
    pub fn following(mut self, batch: Option<String>) -> Self {
        self.follows = batch;
        self
    }

    /// The action whose word is typed. Rows moved between stop and delete by [`Plan::retarget`] make a
    /// plan a clean-up, so that the word never says less than what is done.
    pub fn action(&self) -> Action {
        let same = |verb: &Verb| match self.action {
            Action::Stop => verb.step == Step::Stop,
            Action::Delete => verb.step == Step::Delete,
            Action::Resume | Action::CleanUp => true,
        };
        if self.verbs().all(same) {
            self.action
        } else {
            Action::CleanUp
        }
    }

    /// Every row, in the order of marking.
    pub fn rows(&self) -> &[PlanRow] {
        &self.rows
    }

    /// The connections the rows belong to.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// When it was made.
    pub fn frozen(&self) -> Timestamp {
        self.frozen
    }

    /// How many rows stand where; they add up to the number of rows.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            match row.place {
                Place::Send(_) => counts.send += 1,
                Place::ServerDecides(..) => counts.server_decides += 1,
                Place::LeftOut { .. } => counts.left_out += 1,
            }
        }
        counts
    }

    /// The rows that leave, each with how.
    fn sendable(&self) -> impl Iterator<Item = (&PlanRow, &'static Verb)> {
        let rows = self.rows.iter();
        rows.filter_map(|row| Some((row, row.place.verb()?)))
    }

    fn verbs(&self) -> impl Iterator<Item = &'static Verb> {
        self.sendable().map(|(_, verb)| verb)
    }

    /// How many rows each step is taken on, as `8 stop · 3 delete`; `None` where the action's word says it.
    pub fn steps(&self) -> Option<String> {
        let count = |step: Step| match self.verbs().filter(|verb| verb.step == step).count() {
            0 => None,
            count => Some(format!("{count} {}", step.word())),
        };
        let steps = [Step::Stop, Step::Delete, Step::Resume];
        let counts: Vec<String> = steps.into_iter().filter_map(count).collect();
        (self.action() == Action::CleanUp && !counts.is_empty()).then(|| counts.join(" · "))
    }

    /// How many rows wait for a reason.
    pub fn needing_reason(&self) -> usize {
        self.verbs().filter(|verb| verb.needs_reason).count()
    }

    /// The requests it would leave as.
    pub fn requests(&self, reason: Option<&Reason>) -> Vec<Request> {
        let operations = self.sendable().map(|(row, verb)| Operation {
            key: row.row.key.clone(),
            verb,
            row: row.row.clone(),
        });
        Request::group(operations, reason)
    }

    /// Takes in a fresh read of one row. The plan only shrinks by it.
    pub fn observe(&mut self, key: &Key, reading: &Result<Reading, PlatformError>) {
        match reading {
            Ok(Reading::Found(row)) if row.key != *key => {
                self.not_read(key, "another row was read in its place");
            }
            Ok(Reading::Found(row)) => self.shrink(key, |planned| planned.observe(row.clone())),
            Ok(Reading::Gone) => self.bar(key, Exclusion::Gone, "no longer there"),
            Err(error) => {
                self.not_read(key, &format!("could not be read again: {}", error.short()));
            }
        }
    }

    /// The row could not be read again: it is left out, and may be put back.
    pub fn not_read(&mut self, key: &Key, words: &str) {
        self.shrink(key, |planned| planned.not_read(words));
    }

    /// The row's source is down, or changes became forbidden: it is left out and stays out.
    pub fn bar(&mut self, key: &Key, why: Exclusion, words: &str) {
        self.shrink(key, |planned| planned.bar(why, words));
    }

    /// What happens by itself: a phrase that is being typed stays good.
    fn shrink(&mut self, key: &Key, change: impl FnOnce(&mut PlanRow)) {
        if let Some(row) = self.row_mut(key) {
            change(row);
            self.phrases.extend(self.phrase());
            self.phrases.dedup();
        }
    }

    /// Takes a row out, or back in where that is allowed. Says whether anything changed.
    pub fn toggle(&mut self, key: &Key) -> bool {
        self.by_hand(key, PlanRow::toggle)
    }

    /// Moves a row to the next of the steps its status allows, among stop and delete. Says whether
    /// there was another.
    pub fn retarget(&mut self, key: &Key) -> bool {
        self.by_hand(key, PlanRow::retarget)
    }

    /// What the operator changes: only what is asked for from now on confirms it.
    fn by_hand(&mut self, key: &Key, change: fn(&mut PlanRow) -> bool) -> bool {
        let changed = self.row_mut(key).is_some_and(change);
        if changed {
            self.phrases = self.phrase().into_iter().collect();
        }
        changed
    }

    fn row_mut(&mut self, key: &Key) -> Option<&mut PlanRow> {
        self.rows.iter_mut().find(|row| row.row.key == *key)
    }

    /// What must be typed: the action's word, the number of rows that leave, and the names of the
    /// protected connections among them. `None` where enter alone confirms.
    pub fn phrase(&self) -> Option<String> {
        let action = self.action();
        if !action.needs_phrase() {
            return None;
        }
        let mut phrase = format!("{} {}", action.word(), self.counts().sendable());
        let is_sent = |name: &ConnectionName| {
            let mut rows = self.sendable();
            rows.any(|(row, _)| row.row.key.source.connection == *name)
        };
        let protected = self.accounts.iter().filter(|account| account.protected);
        let names = protected.map(|account| &account.connection);
        for name in names.filter(|name| is_sent(name)) {
            phrase.push(' ');
            phrase.push_str(name.as_str());
        }
        Some(phrase)
    }

    /// Whether the typed text confirms the plan: it is the phrase, or was before the plan shrank by itself.
    pub fn accepts(&self, typed: &str) -> bool {
        self.phrases.iter().any(|phrase| phrase == typed.trim())
    }
}
