//! How long to wait before the same thing is asked again, and how often that may be.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use backon::ExponentialBuilder;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Sends of one change, and tries of one read, at most (`RELIABILITY.md` 3).
pub(super) const SENDS: u32 = 3;

/// The longest wait a server is granted for a change (N27).
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// A read that would have to wait longer than this is given up instead; its source says when the
/// server wants to be asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How many seconds a change waits for each of its sends where the server names no time that can be used.
const OWN_WAIT: u64 = 5;

/// The pauses between the tries of a read, before jitter.
pub(super) fn pauses() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(SENDS as usize - 1)
}

/// Anything from nothing to `pause`, so that clients which failed together do not return together.
pub(super) fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(fastrand::f64())
}

/// The pause before the next try of a read: the server's wish, else `own` with full jitter; `None`
/// where the server wants more patience than a read has.
pub(super) fn pause(asked: Option<Duration>, own: Duration) -> Option<Duration> {
    match asked {
        Some(asked) => (asked <= LONGEST_PAUSE).then_some(asked),
        None => Some(jittered(own)),
    }
}

/// The wait before a change is sent again, in whole seconds, after so many sends. Up to a quarter is added to our own,
/// so that lanes which were refused together do not return together.
pub(super) fn wait_seconds(asked: Option<Duration>, sends: u32) -> u64 {
    let Some(asked) = asked else {
        let own = OWN_WAIT * u64::from(sends);
        return own + fastrand::u64(0..=own / 4);
    };
    let wait = asked.min(LONGEST_WAIT);
    let begun = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + begun).max(1)
}

/// How long the server asks to wait; `None` where it does not say, or says nothing usable.
///
/// A date is measured against the server's own clock where the answer shows it: ours may be wrong (N33).
pub(super) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let now = date(headers).unwrap_or_else(SystemTime::now);
    parse_wait(headers.get(RETRY_AFTER)?.to_str().ok()?, now)
}

/// How many seconds the clock of whoever answered is ahead of `now`.
pub(super) fn clock_ahead(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).ok();
    match date(headers)?.duration_since(now) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => Some(-seconds(behind.duration())?),
    }
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(text).ok()
}

fn parse_wait(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    date.duration_since(now).ok()
}

/// The retries all reads of a connection share, so that an outage does not multiply its traffic.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    const RETRY: u32 = 10;
    const SUCCESS: u32 = 2;
    const FULL: u32 = 10 * Self::RETRY;

    /// Ten retries; every fifth success earns another.
    pub(super) fn full() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    /// Takes one retry. Says whether there was one.
    pub(super) fn take(&self) -> bool {
        self.change(|left| left.checked_sub(Self::RETRY))
    }

    /// Notes a success.
    pub(super) fn earn(&self) {
        self.change(|left| Some((left + Self::SUCCESS).min(Self::FULL)));
    }

    fn change(&self, step: impl FnMut(u32) -> Option<u32>) -> bool {
        let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
        self.0.fetch_update(set, get, step).is_ok()
    }
}
