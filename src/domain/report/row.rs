//! One row of a report: its outcome, set once, and what reads show of it.

use std::sync::Arc;

use crate::domain::action::{Exclusion, Verb};
use crate::domain::outcome::Outcome;
use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::domain::tracking::{Basis, Track, Tracking};

/// How far a row has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its request has not left.
    Queued,
    /// Its request left; no answer yet.
    Sent,
    /// Its outcome, set once.
    Known(Outcome),
}

/// What reads had shown of a row of another run.
#[derive(Clone, Debug)]
pub enum SeenBefore {
    /// Nothing, and nobody looks any more.
    Nothing,
    /// Nothing so far; somebody goes on looking.
    NothingYet,
    /// This, with the status word.
    As(Tracking, Clean),
}

/// One row of a report.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// As last read.
    pub row: Arc<Resource>,
    /// What it was planned to undergo; `None` for rows that were left out in the plan.
    pub verb: Option<&'static Verb>,
    /// The number of the request it travels in.
    pub request: Option<u32>,
    pub(super) fate: Fate,
    pub(super) track: Option<Track>,
}

impl ReportRow {
    /// A row of a batch that another run sent, as far as its journal tells. Reads that begin after `now`
    /// track it on from what was `seen` last.
    pub fn earlier(
        row: Arc<Resource>,
        verb: Option<&'static Verb>,
        request: Option<u32>,
        fate: Fate,
        seen: SeenBefore,
        now: Moment,
    ) -> Self {
        let mut earlier = Self {
            row,
            verb,
            request,
            fate: Fate::Queued,
            track: None,
        };
        match fate {
            Fate::Known(outcome) => earlier.settle(outcome, now),
            Fate::Queued | Fate::Sent => earlier.fate = fate,
        }
        match (&mut earlier.track, seen) {
            (track, SeenBefore::Nothing) => *track = None,
            (Some(track), SeenBefore::As(state, word)) => track.resume(state, word),
            (_, SeenBefore::NothingYet) | (None, SeenBefore::As(..)) => {}
        }
        earlier
    }

    /// How far it has come.
    pub fn fate(&self) -> &Fate {
        &self.fate
    }

    /// Its outcome, once set.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.fate {
            Fate::Known(outcome) => Some(outcome),
            Fate::Queued | Fate::Sent => None,
        }
    }

    /// What reads show of it; `None` where it was left out or has no outcome yet.
    pub fn track(&self) -> Option<&Track> {
        self.track.as_ref()
    }

    /// The status word it was read with last, before the batch or since.
    pub fn last_status(&self) -> &Clean {
        let last = self.track().and_then(Track::last_word);
        last.unwrap_or(&self.row.status.word)
    }

    /// What reads show of it, in a word.
    pub fn tracking(&self) -> Option<Tracking> {
        self.track.as_ref().map(Track::state)
    }

    /// What is shown of a row beside its outcome: of one that was sent, what reads show of it, or that it
    /// was not read; of a refused one only that it was there already. `None` where nothing is awaited.
    pub fn shown(&self) -> Option<Tracking> {
        match self.outcome()? {
            Outcome::Scheduled { .. } | Outcome::Unknown(_) => {
                Some(self.tracking().unwrap_or(Tracking::Waiting))
            }
            Outcome::Rejected(_) => self.tracking().filter(|state| *state != Tracking::Waiting),
            Outcome::LeftOut(..) => None,
        }
    }

    /// Whether it is still expected to move.
    pub fn is_moving(&self) -> bool {
        match &self.fate {
            Fate::Queued | Fate::Sent => true,
            Fate::Known(Outcome::Scheduled { .. } | Outcome::Unknown(_)) => self
                .tracking()
                .is_some_and(|tracking| !tracking.is_settled()),
            Fate::Known(Outcome::Rejected(_) | Outcome::LeftOut(..)) => false,
        }
    }

    /// Whether a new plan may take it up: refused, or not applied. An unknown row only once reads have
    /// shown that nothing happened.
    pub fn may_be_retried(&self) -> bool {
        match &self.fate {
            Fate::Known(Outcome::Rejected(no)) => {
                no.later && self.tracking() != Some(Tracking::Reached)
            }
            Fate::Known(Outcome::Unknown(_)) => self.tracking() == Some(Tracking::NotApplied),
            Fate::Known(Outcome::LeftOut(why, _)) => matches!(
                why,
                Exclusion::LaneStopped
                    | Exclusion::Cancelled
                    | Exclusion::NotConnected
                    | Exclusion::NotJournaled
            ),
            Fate::Known(Outcome::Scheduled { .. }) | Fate::Queued | Fate::Sent => false,
        }
    }

    pub(super) fn settle(&mut self, outcome: Outcome, now: Moment) {
        if matches!(self.fate, Fate::Known(_)) {
            return;
        }
        let basis = match &outcome {
            Outcome::Scheduled { .. } => Some(Basis::Scheduled),
            Outcome::Unknown(_) => Some(Basis::Unknown),
            Outcome::Rejected(_) => Some(Basis::Rejected),
            Outcome::LeftOut(..) => None,
        };
        let before = self.row.status.word.clone();
        self.track = basis
            .zip(self.verb)
            .map(|(basis, verb)| Track::start(verb, basis, before, now));
        self.fate = Fate::Known(outcome);
    }
}
