//! Simulated time.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// A clock that starts at the present and runs `speed` times as fast.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    origin: Timestamp,
    speed: f64,
}

impl Clock {
    /// Starts it.
    pub(crate) fn start(speed: f64) -> Self {
        Self {
            started: Instant::now(),
            origin: Timestamp::now(),
            speed,
        }
    }

    /// The simulated present.
    pub(crate) fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_secs_f64() * self.speed;
        let passed = SignedDuration::from_secs_f64(passed);
        self.origin.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}
