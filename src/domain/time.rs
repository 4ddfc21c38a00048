//! Two clocks: [`Moment`] orders events and measures spans, the wall clock is only shown.

use std::time::Duration;

use jiff::Timestamp;

/// A point on the program's own monotonic clock: the time since the program started.
///
/// Reads, answers and time limits are compared by moments, never by the wall clock, which may step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// The moment that lies `since_start` after the start of the program.
    pub const fn new(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// How long `self` lies after `earlier`; zero where it lies before.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `span` later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

/// The present on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What is compared.
    pub moment: Moment,
    /// What is shown and journaled.
    pub wall: Timestamp,
}

/// A span in the largest unit that fits, as tables show it: `41s`, `4m`, `19h`, `11d`.
pub fn short_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A span with its two largest units, as sentences show it: `41 s`, `2m14s`, `3h05m`.
pub fn long_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// The age of something at `then` seen at `now`; never negative, whatever the clocks say (N33).
pub fn age(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}

/// When the local day began that `now` is in.
pub fn midnight(now: Timestamp) -> Timestamp {
    let now = now.to_zoned(jiff::tz::TimeZone::system());
    // A day has a start in every zone; where the calendar ends, everything is of another day.
    now.start_of_day()
        .map_or(Timestamp::MAX, |start| start.timestamp())
}

/// The local date and time, for what is not of today: `2026-11-21 09:41:07`.
pub fn date_and_time(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::system())
        .strftime("%F %T")
        .to_string()
}

/// The time of day in the local zone, as sentences show it: `09:41:07`.
pub fn time_of_day(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::system())
        .strftime("%H:%M:%S")
        .to_string()
}
