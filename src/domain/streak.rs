//! When a lane is no longer worth going on with: `RELIABILITY.md` 3.

use crate::domain::outcome::Answer;
use crate::domain::text::Clean;

/// Transport failures in a row that stop a lane.
const FAILURES: usize = 3;

/// Equal refusals in a row of calls for one row each that stop their lane.
const EQUAL_REFUSALS: usize = 5;

/// What the calls of a lane ended in lately.
#[derive(Debug, Default)]
pub struct Streak {
    failures: usize,
    refusals: usize,
    refusal: Option<Clean>,
}

impl Streak {
    /// Takes in what a call ended in, a `single` one where it was for one row. Why the lane stops after it, if it
    /// does. Rows that moved on by themselves are no failure of the lane.
    pub fn stops_after(&mut self, answer: &Answer, single: bool) -> Option<Clean> {
        let before = std::mem::take(self);
        match answer {
            Answer::Scheduled { .. } => None,
            Answer::Rejected(no) if no.of_row => None,
            Answer::Unknown(words) | Answer::NotSent(words) => {
                self.failures = before.failures + 1;
                (self.failures >= FAILURES).then(|| words.clone())
            }
            Answer::Rejected(no) => {
                let same = before.refusal.is_some_and(|last| last == no.reason);
                self.refusals = if same { before.refusals + 1 } else { 1 };
                self.refusal = Some(no.reason.clone());
                let words =
                    || Clean::new(&format!("{EQUAL_REFUSALS} equal refusals: {}", no.reason));
                (single && self.refusals >= EQUAL_REFUSALS).then(words)
            }
        }
    }
}
