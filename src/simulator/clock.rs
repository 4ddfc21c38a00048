//! Simulated time.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// A clock that starts at the present and runs `speed` times as fast.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    origin: Timestamp,
    speed: f64,
}

impl Clock {
    /// Starts it.
    pub fn start(speed: f64) -> Self {
        Self {
            started: Instant::now(),
            origin: Timestamp::now(),
            speed,
        }
    }

    /// The simulated present.
    pub fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_secs_f64() * self.speed;
        let passed = SignedDuration::from_secs_f64(passed);
        self.origin.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// How much wall time a simulated span takes.
    pub fn wall(&self, simulated: Duration) -> Duration {
        simulated.div_f64(self.speed)
    }
}
