//! The pages of a listing on their way, and who is told of them before the last has come.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;

use crate::app::listing::Listing;
use crate::app::message::Message;
use crate::domain::error::PlatformError;
use crate::domain::resource::{Id, Key, Page, Reading, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::platforms::Platform;
use crate::runtime::context::{Context, Sender, lock, tell};

/// A listing, or why it failed and the pages that did arrive.
pub(super) type Listed = Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>;

/// How often the screen is told of rows it has no listing of yet.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Who is told of pages as they come.
pub(super) enum Audience<'a> {
    /// Nobody.
    Nobody,
    /// The screen, which has no row of the source yet; and when it was told last.
    Screen(&'a Sender, Moment),
    /// Whoever looks for these rows.
    Seeker(&'a Sender, BTreeMap<&'a Id, &'a Key>),
}

impl<'a> Audience<'a> {
    pub(super) fn seeker(keys: &'a [Key], out: &'a Sender) -> Self {
        Self::Seeker(out, keys.iter().map(|key| (&key.id, key)).collect())
    }

    /// The rows that were looked for and did not come.
    pub(super) fn missing(self) -> Vec<Key> {
        match self {
            Self::Seeker(_, missing) => missing.into_values().cloned().collect(),
            Self::Nobody | Self::Screen(..) => Vec::new(),
        }
    }

    fn has_found_all(&self) -> bool {
        matches!(self, Self::Seeker(_, missing) if missing.is_empty())
    }

    /// Tells of what has come by now; the rows from `from` on are new.
    async fn hear(&mut self, source: &Arc<Source>, gathered: &Gathered, from: usize, now: Moment) {
        match self {
            Self::Screen(out, told) if now.since(*told) >= TOLD_EVERY => {
                *told = now;
                let listing = Arc::new(gathered.clone().listing(now, false));
                tell(out, Message::Arriving(source.clone(), listing)).await;
            }
            Self::Screen(..) | Self::Nobody => {}
            Self::Seeker(out, missing) => {
                for row in &gathered.rows[from..] {
                    if let Some(key) = missing.remove(&row.key.id) {
                        let found = Reading::Found(row.clone());
                        let read = Message::Read(key.clone(), gathered.started, Ok(found));
                        tell(out, read).await;
                    }
                }
            }
        }
    }
}

/// The pages that came.
#[derive(Clone)]
struct Gathered {
    started: Moment,
    rows: Vec<Arc<Resource>>,
    pages: u32,
    total: Option<usize>,
    lacks_rows: bool,
    notices: Vec<Clean>,
}

impl Gathered {
    fn begun(started: Moment) -> Self {
        Self {
            started,
            rows: Vec::new(),
            pages: 0,
            total: None,
            lacks_rows: false,
            notices: Vec::new(),
        }
    }

    fn add(&mut self, page: Page) {
        self.rows.extend(page.rows.into_iter().map(Arc::new));
        self.pages += 1;
        self.total = page.total.or(self.total);
        self.lacks_rows |= page.lacks_rows;
        self.notices.extend(page.notice);
    }

    /// The listing of what came until `now`, where that is all or not.
    fn listing(self, now: Moment, is_all: bool) -> Listing {
        let notice = match self.notices.as_slice() {
            [] => None,
            [first] => Some(first.clone()),
            [first, more @ ..] => Some(Clean::new(&format!("{first} (and {} more)", more.len()))),
        };
        let mut listing = Listing::new(self.rows, self.started, now, Timestamp::now());
        listing.pages = self.pages;
        listing.complete = is_all && !self.lacks_rows;
        listing.total = self.total;
        listing.notice = notice;
        listing
    }
}

impl Context {
    /// Reads the pages of a source: all, or of many only so many as it takes to find the rows that are looked for.
    pub(super) async fn gather(
        &self,
        client: &dyn Platform,
        source: &Arc<Source>,
        audience: &mut Audience<'_>,
    ) -> Listed {
        let before = lock(&self.rows).get(source).copied().unwrap_or(0);
        let mut gathered = Gathered::begun(self.clock.moment());
        let (mut failure, mut is_broken_off) = (None, false);
        let mut pages = client.list(source);
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => {
                    let from = gathered.rows.len();
                    gathered.add(page);
                    let now = self.clock.moment();
                    audience.hear(source, &gathered, from, now).await;
                }
                Err(error) => failure = Some(error),
            }
            let rest = before.saturating_sub(gathered.rows.len());
            is_broken_off = audience.has_found_all() && rest >= client.page_size();
            if is_broken_off {
                break;
            }
        }
        if !is_broken_off {
            lock(&self.rows).insert(source.clone(), gathered.rows.len());
        }
        let is_all = !is_broken_off && failure.is_none();
        let listing = Arc::new(gathered.listing(self.clock.moment(), is_all));
        match failure {
            None => Ok(listing),
            Some(error) => {
                let is_empty = listing.rows().is_empty();
                Err((error, (!is_empty).then_some(listing)))
            }
        }
    }
}
