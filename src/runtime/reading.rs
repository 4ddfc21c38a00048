//! Listings and fresh reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{join_all, ready};
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::app::message::Message;
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::resource::{Key, Source};
use crate::platforms::Platform;
use crate::runtime::context::{Context, Sender, lock, tell};
use crate::runtime::gathering::Audience;

/// Fresh reads by id of one source; above that its listing is read instead (`UX.md` 8, Preflight).
const READS_BY_ID: usize = 20;

impl Context {
    /// Lists a source.
    pub(super) async fn list(&self, source: Arc<Source>, out: Sender) {
        let listed = match self.client(&source.connection) {
            Ok(client) => {
                let is_known = lock(&self.rows).contains_key(&source);
                let mut audience = if is_known {
                    Audience::Nobody
                } else {
                    Audience::Screen(&out, self.clock.moment())
                };
                self.gather(&*client, &source, &mut audience).await
            }
            Err(error) => Err((error, None)),
        };
        tell(&out, Message::Listed(source, listed)).await;
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
        let mut audience = Audience::seeker(&keys, out);
        let listed = self.gather(client, &source, &mut audience).await;
        let absent = audience.missing();
        match &listed {
            Err((error, _)) => return self.unread(absent, error, out).await,
            Ok(listing) if listing.complete => tell(out, Message::Listed(source, listed)).await,
            Ok(_) => {}
        }
        // Absence from a listing proves nothing: only a read by id does.
        self.read_by_id(client, absent, out).await;
    }
}
