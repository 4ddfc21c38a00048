//! Listings and the state of their sources (`UX.md` 4).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::connection::PlatformId;
use crate::domain::error::PlatformError;
use crate::domain::resource::{Id, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;

/// The longest wait between two tries of a source that fails.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);

/// What one listing of a source found. Immutable and shared: filters and sorts read it off the drawing thread.
#[derive(Debug)]
pub struct Listing {
    rows: Vec<Arc<Resource>>,
    /// Positions in `rows`, ordered by id.
    by_id: Vec<u32>,
    /// When the read began.
    pub started: Moment,
    /// When its last page had arrived.
    pub finished: Moment,
    /// The same on the wall clock, for "as of".
    pub at: Timestamp,
    /// Whether every page arrived. Only then does absence mean anything.
    pub complete: bool,
    /// How many rows the platform says there are.
    pub total: Option<usize>,
    /// What the operator should know of it.
    pub notice: Option<Clean>,
}

impl Listing {
    /// Takes rows in the server's order. Costs a sort: not for the drawing thread.
    pub fn new(rows: Vec<Arc<Resource>>, started: Moment, finished: Moment, at: Timestamp) -> Self {
        let count = u32::try_from(rows.len()).expect("a source is capped at 100,000 rows");
        let mut by_id: Vec<u32> = (0..count).collect();
        by_id.sort_unstable_by_key(|&i| &rows[i as usize].key.id);
        Self {
            rows,
            by_id,
            started,
            finished,
            at,
            complete: true,
            total: None,
            notice: None,
        }
    }

    /// Its rows, in the server's order.
    pub fn rows(&self) -> &[Arc<Resource>] {
        &self.rows
    }

    /// The row of that id.
    pub fn find(&self, id: &Id) -> Option<&Arc<Resource>> {
        let row = |place: &u32| &self.rows[*place as usize];
        let place = self
            .by_id
            .binary_search_by_key(&id, |place| &row(place).key.id);
        place.ok().map(|place| row(&self.by_id[place]))
    }
}

/// How well a source is known.
#[derive(Debug)]
pub enum Health {
    /// No answer yet.
    Connecting,
    /// The last read succeeded.
    Live,
    /// The last read failed in a way that time may mend; the rows are as of the last success.
    Stale(PlatformError),
    /// Never answered, or failed in a way that time alone will not mend.
    Down(PlatformError),
}

impl Health {
    /// What went wrong, if something did.
    pub fn error(&self) -> Option<&PlatformError> {
        match self {
            Self::Stale(error) | Self::Down(error) => Some(error),
            Self::Connecting | Self::Live => None,
        }
    }
}

/// A source, its last listing and when it is read next.
#[derive(Debug)]
pub struct SourceState {
    /// Which source.
    pub source: Arc<Source>,
    /// The last listing that arrived; kept while later ones fail.
    pub listing: Option<Arc<Listing>>,
    /// How well it is known.
    pub health: Health,
    /// When it is read next; `None` where only the operator can mend it.
    pub next: Option<Moment>,
    /// When the read in flight began.
    pub reading: Option<Moment>,
    failures: u32,
}

impl SourceState {
    /// A source that is due at once.
    pub fn new(source: Arc<Source>, now: Moment) -> Self {
        Self {
            source,
            listing: None,
            health: Health::Connecting,
            next: Some(now),
            reading: None,
            failures: 0,
        }
    }

    /// Whether it is to be read now.
    pub fn is_due(&self, now: Moment) -> bool {
        self.reading.is_none() && self.next.is_some_and(|next| next <= now)
    }

    /// Takes in a listing. One that began before the listing at hand is late and changes nothing (R13).
    pub fn succeed(&mut self, listing: Arc<Listing>, refresh: Duration, now: Moment) {
        self.reading = None;
        self.failures = 0;
        self.health = Health::Live;
        self.next = Some(now.after(period(self.source.platform, listing.rows().len(), refresh)));
        let held = self.listing.as_ref();
        if held.is_none_or(|held| held.started <= listing.started) {
            self.listing = Some(listing);
        }
    }

    /// Takes in a failure; `partial` holds the pages that did arrive, and is shown only where nothing
    /// better is at hand.
    pub fn fail(
        &mut self,
        error: PlatformError,
        partial: Option<Arc<Listing>>,
        refresh: Duration,
        now: Moment,
    ) {
        self.reading = None;
        self.failures = self.failures.saturating_add(1);
        if self.listing.is_none() {
            self.listing = partial;
        }
        let wait = back_off(&error, refresh, self.failures, now);
        self.next = (!error.needs_operator()).then(|| now.after(wait));
        let down = error.is_down() || self.listing.is_none();
        self.health = if down {
            Health::Down(error)
        } else {
            Health::Stale(error)
        };
    }

    /// Whether its rows are as of an earlier time than the next refresh should have brought.
    pub fn is_stale(&self) -> bool {
        matches!(self.health, Health::Stale(_) | Health::Down(_))
    }
}

/// Requests that a refresh period pays for, so that a source of up to [`CALM_ROWS`] costs 12 a minute where it is
/// not set (`PERFORMANCE.md` 18).
const PAID: u32 = 2;
const CALM_ROWS: u32 = 1_000;

/// How long to wait between two listings: the refresh period, or longer where one costs more requests, or more
/// than a third of the rate limit that the platform documents (Kubiya: 33 a minute, `specs/kubiya.md` 8).
fn period(platform: PlatformId, rows: usize, refresh: Duration) -> Duration {
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    let calm = refresh * requests(platform, rows.min(CALM_ROWS)) / PAID;
    let allowed = match platform {
        PlatformId::Kubiya => Duration::from_secs(60) * requests(platform, rows) / 33,
        PlatformId::SapAiCore | PlatformId::RunAi => refresh,
    };
    refresh.max(calm).max(allowed)
}

/// What one listing of so many rows costs: its pages, beside them the count of Run:ai, and for Kubiya the empty
/// page after the last.
const fn requests(platform: PlatformId, rows: u32) -> u32 {
    match platform {
        PlatformId::SapAiCore => rows.div_ceil(1_000),
        PlatformId::RunAi => rows.div_ceil(500) + 1,
        PlatformId::Kubiya => rows / 100 + 2,
    }
}

/// Doubles with each failure; the server's own wait wins; up to a quarter is added, different for each
/// moment, so that sources that failed together do not come back together.
fn back_off(error: &PlatformError, refresh: Duration, failures: u32, now: Moment) -> Duration {
    if let PlatformError::RateLimited {
        retry_after: Some(wait),
        ..
    } = error
    {
        return (*wait).min(Duration::from_secs(120));
    }
    let doubled = refresh.saturating_mul(1 << failures.saturating_sub(1).min(6));
    let wait = doubled.min(LONGEST_BACK_OFF);
    let spread = now.since(Moment::default()).subsec_micros() % 250;
    wait + wait.mul_f64(f64::from(spread) / 1000.0)
}
