//! Listings and the state of their sources (`UX.md` 4).

use std::collections::HashSet;
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
    /// In how many pages it came, the empty last one included.
    pub pages: u32,
    /// Whether every row arrived. Only then does absence mean anything.
    pub complete: bool,
    /// How many rows the platform says there are.
    pub total: Option<usize>,
    /// What the operator should know of it.
    pub notice: Option<Clean>,
}

impl Listing {
    /// Takes rows in the server's order; of one id on several pages the newest (L1). Costs a sort: not for the
    /// drawing thread.
    pub fn new(
        mut rows: Vec<Arc<Resource>>,
        started: Moment,
        finished: Moment,
        at: Timestamp,
    ) -> Self {
        let mut by_id = by_id(&rows);
        let older = older(&rows, &by_id);
        if !older.is_empty() {
            let mut place = 0..;
            rows.retain(|_| !older.contains(&place.next().expect("endless")));
            by_id = self::by_id(&rows);
        }
        Self {
            rows,
            by_id,
            started,
            finished,
            at,
            pages: 1,
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

/// Positions, ordered by id and, of one id, by when the row changed last.
fn by_id(rows: &[Arc<Resource>]) -> Vec<u32> {
    let count = u32::try_from(rows.len()).expect("a source is capped at 100,000 rows");
    let mut by_id: Vec<u32> = (0..count).collect();
    by_id.sort_unstable_by_key(|&i| {
        let row = &rows[i as usize];
        (&row.key.id, row.modified)
    });
    by_id
}

/// Positions of rows of which a newer one is there.
fn older(rows: &[Arc<Resource>], by_id: &[u32]) -> HashSet<u32> {
    let id = |place: u32| &rows[place as usize].key.id;
    let pairs = by_id.windows(2);
    let again = pairs.filter(|pair| id(pair[0]) == id(pair[1]) && !id(pair[0]).raw().is_empty());
    again.map(|pair| pair[0]).collect()
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
    /// When the newest read began that has ended, whatever came of it.
    pub(super) ended: Option<Moment>,
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
            ended: None,
            failures: 0,
        }
    }

    /// Whether it is to be read now.
    pub fn is_due(&self, now: Moment) -> bool {
        self.reading.is_none() && self.next.is_some_and(|next| next <= now)
    }

    /// Takes in a listing. One that began before the listing at hand is late and changes nothing (R13).
    pub(super) fn succeed(&mut self, listing: Arc<Listing>) {
        self.reading = None;
        self.ended = self.ended.max(Some(listing.started));
        self.failures = 0;
        self.health = Health::Live;
        let held = self.listing.as_ref();
        if held.is_none_or(|held| held.started <= listing.started) {
            self.listing = Some(listing);
        }
    }

    /// Takes in a failure; `partial` holds the pages that did arrive, and is shown only where nothing
    /// better is at hand.
    pub(super) fn fail(&mut self, error: PlatformError, partial: Option<Arc<Listing>>) {
        self.ended = self.ended.max(self.reading.take());
        self.failures = self.failures.saturating_add(1);
        if self.listing.is_none() {
            self.listing = partial;
        }
        let down = error.is_down() || self.listing.is_none();
        self.health = if down {
            Health::Down(error)
        } else {
            Health::Stale(error)
        };
    }

    /// Says when it is read next: after its wait in the lane, and no sooner where it fails.
    pub(super) fn rest(&mut self, wait: Duration, refresh: Duration, now: Moment) {
        self.next = match self.health.error() {
            None => Some(now.after(wait)),
            Some(error) if error.needs_operator() => None,
            Some(error) => {
                let back_off = back_off(error, refresh, self.failures, now);
                Some(now.after(back_off.max(wait)))
            }
        };
    }

    /// Whether a read of it has ended.
    pub(super) fn has_answered(&self) -> bool {
        !matches!(self.health, Health::Connecting)
    }

    /// Whether its rows are as of an earlier time than the next refresh should have brought.
    pub fn is_stale(&self) -> bool {
        matches!(self.health, Health::Stale(_) | Health::Down(_))
    }
}

/// The part of a refresh period that a request of a connection takes, so that 12 a minute are kept where it is not
/// set (`PERFORMANCE.md` 18): half of it, and a tenth more for tokens, capabilities and counts.
const SHARE: f64 = 0.55;

/// How long one round of a connection takes, in which each of its sources is listed once: the refresh period, or
/// longer where their requests take more. For that a listing counts as one of 1,000 rows at most, or a large one
/// would hardly ever be read; of Kubiya all are held to a third of the rate limit that it documents (33 a minute,
/// `specs/kubiya.md` 8).
pub(super) fn round(sources: &[SourceState], refresh: Duration) -> Duration {
    let (mut calm, mut allowed) = (0, Duration::ZERO);
    for state in sources {
        let pages = state.listing.as_ref().map_or(1, |listing| listing.pages);
        calm += match state.source.platform {
            PlatformId::SapAiCore => pages.min(2),
            // The count is asked for beside them.
            PlatformId::RunAi => pages.min(2) + 1,
            PlatformId::Kubiya => {
                allowed += Duration::from_secs(60) * pages / 33;
                pages.min(12)
            }
        };
    }
    let paid = refresh.saturating_mul(calm).mul_f64(SHARE);
    refresh.max(paid).max(allowed)
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
