//! One row of a plan: where it stands, and what a fresh read makes of it.

use std::sync::Arc;

use crate::domain::action::{Action, Exclusion, Offer, Verb};
use crate::domain::resource::Resource;
use crate::domain::text::Clean;

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
            Offer::No(why, words) => Self::left_out(why, words),
        }
    }

    pub(super) fn left_out(why: Exclusion, words: &str) -> Self {
        let words = Clean::new(words);
        Self::LeftOut { why, words }
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
    /// Where `space` puts it back to, if it may come back: never a place among those left out.
    back: Option<Place>,
    /// The operator put it in although it could not be read again.
    vouched: bool,
}

impl PlanRow {
    pub(super) fn new(action: Action, candidate: Candidate) -> Self {
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

    /// Whether [`Plan::toggle`](super::Plan::toggle) puts the row back in.
    pub fn may_return(&self) -> bool {
        self.back.is_some()
    }

    /// Leaves the row out for good, unless it was already.
    pub(super) fn bar(&mut self, why: Exclusion, words: &str) {
        if self.place.verb().is_some() || self.may_return() {
            self.place = Place::left_out(why, words);
            self.back = None;
        }
    }

    /// It could not be read again. Whoever put it back in after that has vouched for it.
    pub(super) fn not_read(&mut self, words: &str) {
        if self.place.verb().is_some() && !self.vouched {
            self.set_aside(Exclusion::NotReadAgain, words);
        }
    }

    /// Out, or back in where it may return. Says whether it went anywhere.
    pub(super) fn toggle(&mut self) -> bool {
        if self.place.verb().is_some() {
            self.set_aside(Exclusion::ByYou, "left out by you");
            return true;
        }
        let Some(back) = self.back.take() else {
            return false;
        };
        let left = std::mem::replace(&mut self.place, back);
        self.vouched |= matches!(
            left,
            Place::LeftOut {
                why: Exclusion::NotReadAgain,
                ..
            }
        );
        true
    }

    fn set_aside(&mut self, why: Exclusion, words: &str) {
        let before = std::mem::replace(&mut self.place, Place::left_out(why, words));
        self.back = Some(before);
    }

    /// What it would undergo instead: stop and delete stand for each other, where its status allows the other.
    pub fn other_place(&self) -> Option<Place> {
        let other = self.place.verb()?.step.other()?;
        let place = Place::of(self.row.offers.step(other));
        place.verb().is_some().then_some(place)
    }

    /// Moves it to [`PlanRow::other_place`]. Says whether there is one.
    pub(super) fn retarget(&mut self) -> bool {
        let other = self.other_place();
        other.map(|place| self.place = place).is_some()
    }

    /// Takes in what a fresh read found. Only ever moves the row out.
    pub(super) fn observe(&mut self, row: Arc<Resource>) {
        let before = std::mem::replace(&mut self.row, row);
        let Some(change) = self.change() else {
            return;
        };
        let (before, now) = (&before.status.word, &self.row.status.word);
        let words = if before == now {
            change
        } else {
            format!("{before} when planned, {now} now: {change}")
        };
        self.bar(Exclusion::Changed, &words);
    }

    /// Why the row no longer takes what is planned for it; `None` where it does.
    fn change(&self) -> Option<String> {
        let standing = self.back.as_ref().unwrap_or(&self.place);
        let planned = standing.verb()?;
        let guessed = matches!(standing, Place::ServerDecides(..));
        match self.row.offers.step(planned.step) {
            Offer::Yes(verb) if verb == planned => None,
            Offer::ServerDecides(verb, _) if verb == planned && guessed => None,
            Offer::Yes(verb) | Offer::ServerDecides(verb, _)
                if verb != planned && verb.word == planned.word =>
            {
                Some("capabilities changed: plan it again".to_owned())
            }
            Offer::Yes(verb) => Some(format!("would now be sent as {}", verb.word)),
            Offer::ServerDecides(_, words) | Offer::No(_, words) => Some(words.to_owned()),
        }
    }
}
