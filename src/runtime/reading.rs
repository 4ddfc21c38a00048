//! Listings and fresh reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{join_all, ready};
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::app::listing::Listing;
use crate::app::message::Message;
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::resource::{Id, Key, Page, Reading, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::platforms::Platform;
use crate::runtime::context::{Context, Sender, lock, tell};

/// Fresh reads by id of one source; above that its listing is read instead (`UX.md` 8, Preflight).
const READS_BY_ID: usize = 20;

type Listed = Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>;

/// Rows that are looked for in the pages of a listing, and who is told of those that were found.
#[derive(Default)]
struct Sought<'a> {
    missing: BTreeMap<&'a Id, &'a Key>,
    out: Option<&'a Sender>,
}

impl<'a> Sought<'a> {
    fn of(keys: &'a [Key], out: &'a Sender) -> Self {
        Self {
            missing: keys.iter().map(|key| (&key.id, key)).collect(),
            out: Some(out),
        }
    }

    fn is_found(&self) -> bool {
        self.out.is_some() && self.missing.is_empty()
    }

    /// Tells of the rows that a page shows, without waiting for the pages behind it.
    async fn look_at(&mut self, rows: &[Arc<Resource>], started: Moment) {
        let Some(out) = self.out else { return };
        for row in rows {
            if let Some(key) = self.missing.remove(&row.key.id) {
                let found = Reading::Found(row.clone());
                tell(out, Message::Read(key.clone(), started, Ok(found))).await;
            }
        }
    }
}

/// The pages of a listing, as far as they came.
#[derive(Default)]
struct Gathered {
    rows: Vec<Arc<Resource>>,
    pages: u32,
    total: Option<usize>,
    lacks_rows: bool,
    notices: Vec<Clean>,
}

impl Gathered {
    /// Adds a page; gives its rows.
    fn add(&mut self, page: Page) -> &[Arc<Resource>] {
        let from = self.rows.len();
        self.rows.extend(page.rows.into_iter().map(Arc::new));
        self.pages += 1;
        self.total = page.total.or(self.total);
        self.lacks_rows |= page.lacks_rows;
        self.notices.extend(page.notice);
        &self.rows[from..]
    }

    fn listing(self, started: Moment, finished: Moment) -> Listing {
        let notice = match self.notices.as_slice() {
            [] => None,
            [first] => Some(first.clone()),
            [first, more @ ..] => Some(Clean::new(&format!("{first} (and {} more)", more.len()))),
        };
        let mut listing = Listing::new(self.rows, started, finished, Timestamp::now());
        listing.pages = self.pages;
        listing.complete = !self.lacks_rows;
        listing.total = self.total;
        listing.notice = notice;
        listing
    }
}

impl Context {
    /// Lists a source.
    pub(super) async fn list(&self, source: Arc<Source>, out: Sender) {
        let listed = match self.client(&source.connection) {
            Ok(client) => self.gather(&*client, &source, &mut Sought::default()).await,
            Err(error) => Err((error, None)),
        };
        tell(&out, Message::Listed(source, listed)).await;
    }

    /// Reads the pages of a source: all, or of many only so many as it takes to find the rows that are looked for.
    /// After an error, the pages that did arrive come with it.
    async fn gather(
        &self,
        client: &dyn Platform,
        source: &Arc<Source>,
        sought: &mut Sought<'_>,
    ) -> Listed {
        let started = self.clock.moment();
        let before = lock(&self.rows).get(source).copied().unwrap_or(0);
        let mut gathered = Gathered::default();
        let (mut failure, mut is_broken_off) = (None, false);
        let mut pages = client.list(source);
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => sought.look_at(gathered.add(page), started).await,
                Err(error) => failure = Some(error),
            }
            is_broken_off = sought.is_found() && gathered.rows.len() + client.page_size() <= before;
            if is_broken_off {
                break;
            }
        }
        if !is_broken_off {
            lock(&self.rows).insert(source.clone(), gathered.rows.len());
        }
        let mut listing = gathered.listing(started, self.clock.moment());
        listing.complete &= !is_broken_off && failure.is_none();
        let some = !listing.rows().is_empty();
        let listing = Arc::new(listing);
        match failure {
            None => Ok(listing),
            Some(error) => Err((error, some.then_some(listing))),
        }
    }

    /// Reads rows anew: each source by ids or by its listing, whichever takes fewer requests, all at once.
    pub(super) async fn read(&self, keys: Vec<Key>, out: Sender) {
        let mut by_source: BTreeMap<Arc<Source>, Vec<Key>> = BTreeMap::new();
        for key in keys {
            by_source.entry(key.source.clone()).or_default().push(key);
        }
        let read = |(source, keys)| self.read_source(source, keys, &out).boxed();
        join_all(by_source.into_iter().map(read)).await;
    }

    async fn read_source(&self, source: Arc<Source>, keys: Vec<Key>, out: &Sender) {
        let client = match self.client(&source.connection) {
            Ok(client) => client,
            Err(error) => return self.unread(keys, &error, out).await,
        };
        let listed = lock(&self.rows).get(&source).copied().unwrap_or(0);
        let pages = listed / client.page_size() + 1;
        if keys.len() <= pages.min(READS_BY_ID) {
            self.read_by_id(&*client, keys, out).await;
        } else {
            self.read_by_listing(&*client, source, keys, out).await;
        }
    }

    /// Asks what a platform tells of a row. The inquiry before is given up: its page was left.
    pub(super) async fn inspect(&self, key: &Key, inquiry: Inquiry, number: u64, out: Sender) {
        let mine = CancellationToken::new();
        {
            let mut latest = lock(&self.inquiry);
            if latest.0 > number {
                return;
            }
            std::mem::replace(&mut *latest, (number, mine.clone()))
                .1
                .cancel();
        }
        let client = self.client(&key.source.connection);
        let parts = match &client {
            Ok(client) => client.inspect(key, inquiry),
            Err(error) => stream::once(ready(Part {
                title: "connection",
                lines: Err(error.clone()),
                note: None,
            }))
            .boxed(),
        };
        let mut parts = parts.take_until(mine.clone().cancelled_owned()).boxed();
        while let Some(part) = parts.next().await {
            tell(&out, Message::Told(number, Some(part))).await;
        }
        if !mine.is_cancelled() {
            tell(&out, Message::Told(number, None)).await;
        }
    }

    /// Reads rows by id, whatever their number.
    pub(super) async fn look_for(&self, keys: Vec<Key>, out: Sender) {
        let out = &out;
        let look = |key: Key| async move {
            match self.client(&key.source.connection) {
                Ok(client) => self.read_by_id(&*client, vec![key], out).await,
                Err(error) => self.unread(vec![key], &error, out).await,
            }
        };
        join_all(keys.into_iter().map(look)).await;
    }

    /// Tells that none of them could be read.
    async fn unread(&self, keys: Vec<Key>, error: &PlatformError, out: &Sender) {
        let started = self.clock.moment();
        for key in keys {
            tell(out, Message::Read(key, started, Err(error.clone()))).await;
        }
    }

    async fn read_by_id(&self, client: &dyn Platform, keys: Vec<Key>, out: &Sender) {
        let read = |key: Key| async move {
            let started = self.clock.moment();
            let reading = client.read(&key).await;
            tell(out, Message::Read(key, started, reading)).await;
        };
        join_all(keys.into_iter().map(read)).await;
    }

    async fn read_by_listing(
        &self,
        client: &dyn Platform,
        source: Arc<Source>,
        keys: Vec<Key>,
        out: &Sender,
    ) {
        let mut sought = Sought::of(&keys, out);
        let listed = self.gather(client, &source, &mut sought).await;
        let absent: Vec<Key> = sought.missing.into_values().cloned().collect();
        match &listed {
            Err((error, _)) => return self.unread(absent, error, out).await,
            Ok(listing) if listing.complete => tell(out, Message::Listed(source, listed)).await,
            Ok(_) => {}
        }
        // Absence from a listing proves nothing: only a read by id does.
        self.read_by_id(client, absent, out).await;
    }
}
