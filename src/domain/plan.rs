//! From marked rows to a confirmed batch: [`Candidate`] → [`Plan`] → [`Batch`].
//!
//! A plan is sealed: by itself it only shrinks. Rows enter again, or change what they undergo, only by
//! the operator's own key while the plan is open. A [`Batch`] exists only by [`Plan::confirm`].

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::action::{Action, Exclusion, Grouping, Offer, Step, Verb};
use crate::domain::connection::{Connection, ConnectionName, PlatformId};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Reading, Resource};
use crate::domain::text::Clean;

/// How many operations a request, and how many rows a batch, holds: the limit all three platforms document.
pub const LIMIT: usize = 100;

/// What one row is planned to undergo.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The row.
    pub key: Key,
    /// How.
    pub verb: &'static Verb,
    /// The row as it was last read before sending.
    pub row: Arc<Resource>,
}

/// One HTTP call of a plan: at most [`LIMIT`] operations that may travel together.
///
/// Only [`Plan`] makes requests, so each id in one was confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    number: u32,
    operations: Vec<Operation>,
    reason: Option<Clean>,
}

impl Request {
    /// Its number within the batch, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What it carries; never empty, never more than [`LIMIT`], no id twice.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Why, in the operator's words, where the platform takes a reason.
    pub fn reason(&self) -> Option<&Clean> {
        self.reason.as_ref()
    }

    /// The connection it leaves through.
    pub fn connection(&self) -> &ConnectionName {
        &self.operations[0].key.source.connection
    }

    /// The platform of that connection.
    pub fn platform(&self) -> PlatformId {
        self.operations[0].key.source.platform
    }

    /// The verb of its first operation; of all of them, unless the platform lets verbs mix.
    pub fn verb(&self) -> &'static Verb {
        self.operations[0].verb
    }
}

/// A marked row on its way into a plan.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// As last read.
    pub row: Arc<Resource>,
    /// Its status when it was marked.
    pub marked_as: Clean,
    /// Why it cannot be part of any plan, whatever its status: gone, source down, read-only.
    pub bar: Option<(Exclusion, Clean)>,
}

/// Where a row of a plan stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Will be sent.
    Send(&'static Verb),
    /// Will be sent; whether it is allowed is a guess, with the reason.
    ServerDecides(&'static Verb, &'static str),
    /// Will not be sent.
    LeftOut {
        /// The sort of reason.
        why: Exclusion,
        /// The reason in words.
        words: Clean,
    },
}

impl Place {
    fn of(offer: Offer) -> Self {
        match offer {
            Offer::Yes(verb) => Self::Send(verb),
            Offer::ServerDecides(verb, guess) => Self::ServerDecides(verb, guess),
            Offer::No(why, words) => Self::LeftOut {
                why,
                words: Clean::new(words),
            },
        }
    }

    /// What would be done, unless the row is left out.
    pub fn verb(&self) -> Option<&'static Verb> {
        match self {
            Self::Send(verb) | Self::ServerDecides(verb, _) => Some(verb),
            Self::LeftOut { .. } => None,
        }
    }
}

/// One row of a plan.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// As last read.
    pub row: Arc<Resource>,
    /// Its status when it was marked.
    pub marked_as: Clean,
    /// What will become of it.
    pub place: Place,
    /// Where `space` puts it back to, if it may come back.
    back: Option<Place>,
    /// The operator put it in although it could not be read again.
    vouched: bool,
}

impl PlanRow {
    fn new(action: Action, candidate: Candidate) -> Self {
        let place = match candidate.bar {
            Some((why, words)) => Place::LeftOut { why, words },
            None => Place::of(candidate.row.offers.to(action)),
        };
        Self {
            row: candidate.row,
            marked_as: candidate.marked_as,
            place,
            back: None,
            vouched: false,
        }
    }

    fn leave_out(&mut self, why: Exclusion, words: &str, may_return: bool) {
        let left = Place::LeftOut {
            why,
            words: Clean::new(words),
        };
        let before = std::mem::replace(&mut self.place, left);
        self.back = may_return.then_some(before);
    }

    /// Whether [`Plan::toggle`] puts the row back in.
    pub fn may_return(&self) -> bool {
        self.back.is_some()
    }

    /// Takes in what a fresh read found. Only ever moves the row out.
    fn observe(&mut self, row: Arc<Resource>) {
        let before = std::mem::replace(&mut self.row, row).status.word.clone();
        let standing = self.back.as_ref().unwrap_or(&self.place);
        let Some(planned) = standing.verb() else {
            return;
        };
        let guessed = matches!(standing, Place::ServerDecides(..));
        let words = match self.row.offers.step(planned.step) {
            Offer::Yes(verb) if verb == planned => return,
            Offer::ServerDecides(verb, _) if verb == planned && guessed => return,
            Offer::Yes(verb) => format!("would now be sent as {}", verb.word),
            Offer::ServerDecides(_, guess) => guess.to_owned(),
            Offer::No(_, words) => words.to_owned(),
        };
        let now = &self.row.status.word;
        let words = if before == *now {
            words
        } else {
            format!("{before} when planned, {now} now: {words}")
        };
        self.leave_out(Exclusion::Changed, &words, false);
    }
}

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

/// A connection as the plan was confirmed with it; a batch keeps it whatever is reconfigured later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The connection's name.
    pub connection: ConnectionName,
    /// Its platform.
    pub platform: PlatformId,
    /// Its host.
    pub host: String,
    /// Its base URL.
    pub url: String,
    /// The account it signs in with, where known.
    pub account: Option<Clean>,
    /// Whether its name is typed to confirm.
    pub protected: bool,
}

impl Account {
    /// What a plan keeps of a connection.
    pub fn of(connection: &Connection) -> Self {
        Self {
            connection: connection.name.clone(),
            platform: connection.platform,
            host: connection.host(),
            url: connection.base_url.to_string(),
            account: connection.credentials.account(),
            protected: connection.protected,
        }
    }
}

/// Why a batch is sent, in the operator's words: 1 to 500 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(Clean);

impl Reason {
    /// The longest reason, in Unicode scalar values (`specs/kubiya.md` 6.3).
    pub const LONGEST: usize = 500;

    /// The reason, or `None` where the text is blank or too long. Cleaning never makes it longer than
    /// the limit: what would is refused.
    pub fn new(text: &str) -> Option<Self> {
        let clean = Clean::new(text.trim());
        let length = clean.as_str().chars().count();
        let blank = clean
            .as_str()
            .chars()
            .all(|c| c.is_whitespace() || c == '·');
        (!blank && length <= Self::LONGEST).then_some(Self(clean))
    }

    /// The words.
    pub fn words(&self) -> &Clean {
        &self.0
    }
}

/// Why a plan was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotConfirmed {
    /// No row would be sent.
    NothingToSend,
    /// A platform insists on a reason; so many rows wait for it.
    ReasonMissing(usize),
    /// The typed text is not the phrase.
    PhraseDiffers,
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
                row.place = Place::LeftOut {
                    why: Exclusion::OverTheLimit,
                    words: Clean::new("a batch holds 100"),
                };
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
            Action::Resume => verb.step == Step::Resume,
            Action::CleanUp => true,
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

    fn verbs(&self) -> impl Iterator<Item = &'static Verb> {
        self.rows.iter().filter_map(|row| row.place.verb())
    }

    /// How many rows wait for a reason.
    pub fn needing_reason(&self) -> usize {
        self.verbs().filter(|verb| verb.needs_reason).count()
    }

    /// Takes in a fresh read of one row. The plan only shrinks by it.
    pub fn observe(&mut self, key: &Key, reading: &Result<Reading, PlatformError>) {
        match reading {
            Ok(Reading::Found(row)) if row.key != *key => {
                self.not_read(key, "another row was read in its place");
            }
            Ok(Reading::Found(row)) => {
                let row = row.clone();
                self.with(key, |planned| planned.observe(row));
            }
            Ok(Reading::Gone) => self.with(key, |planned| {
                if planned.place.verb().is_some() || planned.back.is_some() {
                    planned.leave_out(Exclusion::Gone, "no longer there", false);
                }
            }),
            Err(error) => {
                self.not_read(key, &format!("could not be read again: {}", error.short()));
            }
        }
    }

    /// The row could not be read again: it is left out, and may be put back.
    pub fn not_read(&mut self, key: &Key, words: &str) {
        self.with(key, |planned| {
            if planned.place.verb().is_some() && !planned.vouched {
                planned.leave_out(Exclusion::NotReadAgain, words, true);
            }
        });
    }

    /// The row's source is down, or changes became forbidden: it is left out and stays out.
    pub fn bar(&mut self, key: &Key, why: Exclusion, words: &str) {
        self.with(key, |planned| {
            if planned.place.verb().is_some() || planned.back.is_some() {
                planned.leave_out(why, words, false);
            }
        });
    }

    /// Takes a row out, or back in where that is allowed. Says whether anything changed.
    pub fn toggle(&mut self, key: &Key) -> bool {
        let mut changed = true;
        self.with(key, |planned| {
            if planned.place.verb().is_some() {
                planned.leave_out(Exclusion::ByYou, "left out by you", true);
            } else if let Some(back) = planned.back.take() {
                let unread = |place: &Place| {
                    matches!(
                        place,
                        Place::LeftOut {
                            why: Exclusion::NotReadAgain,
                            ..
                        }
                    )
                };
                planned.vouched |= unread(&planned.place);
                planned.place = back;
            } else {
                changed = false;
            }
        });
        if changed {
            self.phrases.clear();
            self.phrases.extend(self.phrase());
        }
        changed
    }

    /// Moves a row to the next of the steps its status allows, among stop and delete. Says whether
    /// there was another.
    pub fn retarget(&mut self, key: &Key) -> bool {
        if self.action == Action::Resume {
            return false;
        }
        let mut changed = false;
        self.with(key, |planned| {
            let Some(verb) = planned.place.verb() else {
                return;
            };
            let other = match verb.step {
                Step::Stop => planned.row.offers.delete,
                Step::Delete => planned.row.offers.stop,
                Step::Resume => return,
            };
            if other.verb().is_some() {
                planned.place = Place::of(other);
                changed = true;
            }
        });
        if changed {
            self.phrases.clear();
            self.phrases.extend(self.phrase());
        }
        changed
    }

    fn with(&mut self, key: &Key, change: impl FnOnce(&mut PlanRow)) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.row.key == *key) {
            change(row);
            let phrase = self.phrase();
            self.phrases
                .extend(phrase.filter(|phrase| !self.phrases.contains(phrase)));
        }
    }

    /// What must be typed: the action's word, the number of rows that leave, and the names of the
    /// protected connections among them. `None` where enter alone confirms.
    pub fn phrase(&self) -> Option<String> {
        let action = self.action();
        if !action.needs_phrase() {
            return None;
        }
        let mut phrase = format!("{} {}", action.word(), self.counts().sendable());
        for account in self
            .accounts
            .iter()
            .filter(|a| a.protected && self.touches(&a.connection))
        {
            phrase.push(' ');
            phrase.push_str(account.connection.as_str());
        }
        Some(phrase)
    }

    /// Whether the typed text confirms the plan: it is the phrase, or was before the plan shrank by itself.
    pub fn accepts(&self, typed: &str) -> bool {
        self.phrases.iter().any(|phrase| phrase == typed.trim())
    }

    fn touches(&self, connection: &ConnectionName) -> bool {
        let sent = self.rows.iter().filter(|row| row.place.verb().is_some());
        sent.map(|row| &row.row.key.source.connection)
            .any(|name| name == connection)
    }

    /// The requests it would leave as.
    pub fn requests(&self, reason: Option<&Reason>) -> Vec<Request> {
        let mut groups: Vec<Vec<Operation>> = Vec::new();
        for planned in &self.rows {
            let Some(verb) = planned.place.verb() else {
                continue;
            };
            let row = planned.row.clone();
            let operation = Operation {
                key: row.key.clone(),
                verb,
                row,
            };
            let group = groups
                .iter_mut()
                .find(|group| group.len() < LIMIT && travel_together(&group[0], &operation));
            match group {
                Some(group) => group.push(operation),
                None => groups.push(vec![operation]),
            }
        }
        let request = |(number, operations): (u32, Vec<Operation>)| {
            let takes_reason = operations[0].verb.needs_reason;
            let reason = reason
                .filter(|_| takes_reason)
                .map(|reason| reason.words().clone());
            Request {
                number,
                operations,
                reason,
            }
        };
        (1..).zip(groups).map(request).collect()
    }

    /// The only way to a [`Batch`]: someone looked at this plan, typed what it asks for and said yes.
    /// Where something is missing the plan comes back with what.
    pub fn confirm(
        self,
        typed: &str,
        reason: Option<Reason>,
        confirmed: Timestamp,
    ) -> Result<Batch, (Box<Self>, NotConfirmed)> {
        let waiting = self.needing_reason();
        let missing = if self.counts().sendable() == 0 {
            Some(NotConfirmed::NothingToSend)
        } else if waiting > 0 && reason.is_none() {
            Some(NotConfirmed::ReasonMissing(waiting))
        } else if self.action().needs_phrase() && !self.accepts(typed) {
            Some(NotConfirmed::PhraseDiffers)
        } else {
            None
        };
        match missing {
            Some(missing) => Err((Box::new(self), missing)),
            None => Ok(Batch {
                action: self.action(),
                requests: self.requests(reason.as_ref()),
                rows: self.rows,
                accounts: self.accounts,
                reason,
                confirmed,
                follows: self.follows,
            }),
        }
    }
}

fn travel_together(a: &Operation, b: &Operation) -> bool {
    let (x, y) = (&a.key.source, &b.key.source);
    a.verb.grouping == b.verb.grouping
        && x.connection == y.connection
        && match a.verb.grouping {
            Grouping::ScopeAndKind => x.scope == y.scope && x.kind == y.kind,
            Grouping::Verb => a.verb == b.verb,
            Grouping::Connection => true,
            Grouping::Single => false,
        }
}

/// A confirmed plan. What it sends is fixed; rows that were left out stay in it with their reason.
#[derive(Clone, Debug)]
pub struct Batch {
    action: Action,
    rows: Vec<PlanRow>,
    requests: Vec<Request>,
    accounts: Vec<Account>,
    reason: Option<Reason>,
    confirmed: Timestamp,
    follows: Option<String>,
}

impl Batch {
    /// What was confirmed.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Every marked row: those that are sent and those that are left out.
    pub fn rows(&self) -> &[PlanRow] {
        &self.rows
    }

    /// What leaves.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The connections it was confirmed with.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Why, in the operator's words.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// When it was confirmed.
    pub fn confirmed(&self) -> Timestamp {
        self.confirmed
    }

    /// The batch it retries, by its journal name.
    pub fn follows(&self) -> Option<&str> {
        self.follows.as_deref()
    }
}
