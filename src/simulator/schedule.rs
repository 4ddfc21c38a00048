//! Transitions that are due at a point of simulated time, applied lazily.
//!
//! No simulator runs a timer: a row that was asked to stop is due to be stopped later, and whoever
//! looks at the state first brings it up to date. So tests need no sleep, and nothing moves unseen.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What is due when; what is due at the same instant comes in the order it was scheduled.
#[derive(Debug)]
pub struct Schedule<T> {
    waiting: BTreeMap<(Timestamp, u64), T>,
    scheduled: u64,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            scheduled: 0,
        }
    }
}

impl<T> Schedule<T> {
    /// Schedules `what`.
    pub fn at(&mut self, when: Timestamp, what: T) {
        self.waiting.insert((when, self.scheduled), what);
        self.scheduled += 1;
    }

    /// Takes the earliest that is due at `now`, with the instant it was due at.
    pub fn due(&mut self, now: Timestamp) -> Option<(Timestamp, T)> {
        let next = self.waiting.first_entry()?;
        if next.key().0 > now {
            return None;
        }
        let ((when, _), what) = next.remove_entry();
        Some((when, what))
    }
}
