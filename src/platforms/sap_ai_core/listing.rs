//! Listings page by page, of rows and of resource groups.
//!
//! Pages are cut by offset, so rows may move between them while they are read (section 1): an id comes
//! out once, and a page that shows nothing new ends the listing. A page may be short because the server
//! gives no more at once, so that only `$count` tells the end (L4).

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join;
use futures_util::stream::{self, BoxStream};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Kind, Page, Scope, Source};
use crate::domain::text::Clean;
use crate::platforms::http::{Call, Http, Reply};
use crate::platforms::listing::{Notice, Seen, Stretch, stretch};
use crate::platforms::loose::shortened;
use crate::platforms::sap_ai_core::client::Client;
use crate::platforms::sap_ai_core::meta::PATIENCE;
use crate::platforms::sap_ai_core::wire::{Listing, Row};
use crate::platforms::sap_ai_core::words;

/// Rows of one page: a neighbouring endpoint refuses more (section 8).
pub(super) const PAGE: usize = 1_000;

/// Said where `"*"` came to one group, beside its first source.
const NARROWED: &str =
    "resource groups may not be listed; only `default` is shown, name others in `scopes`";

/// Resource groups of one account, at most: a tenant has 50 (section 6).
const MOST_GROUPS: usize = 1_000;

/// All rows of a source.
pub(super) fn rows<'a>(
    client: &'a Client,
    source: &'a Arc<Source>,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let first = (Some(0), Count::Unneeded, Seen::default());
    let pages = stream::try_unfold(first, move |(next, counted, mut seen)| async move {
        let Some(skip) = next else { return Ok(None) };
        let http = &client.http;
        let ask = |skip, top| part(http, source, None, skip, top);
        let stretch = stretch(skip, PAGE, &ask).await?;
        let (came, end) = (stretch.len(), skip + stretch.len());
        let is_full = came >= PAGE;
        let counting = async {
            match counted {
                Count::Is(_) => counted,
                Count::Failed if came == 0 => client.counts.believe(source, end),
                Count::Unneeded | Count::Failed if !is_full && end > 0 => {
                    client.counts.ask(http, source, end).await
                }
                Count::Unneeded | Count::Failed => Count::Unneeded,
            }
        };
        let capabilities = client.meta.fresh(http, &source.scope);
        let (capabilities, counted) = join(capabilities, counting).await;
        let (goes_on, total) = match counted {
            Count::Is(all) => (all > end, Some(all)),
            Count::Failed => (true, None),
            Count::Unneeded => (is_full, None),
        };
        let mut next = (is_full || goes_on && came > 0).then_some(end);
        let mut notices = stretch.notices();
        if skip == 0 && source.kind == Kind::Execution && client.is_narrowed.load(Relaxed) {
            notices.push(Notice::Odd(NARROWED.to_owned()));
        }
        let changes = capabilities.of(source.kind);
        let rows = stretch.rows.into_iter();
        let rows = rows.map(|row| row.into_resource(source, changes));
        let mut page = seen.page(rows.collect(), &mut next, notices);
        page.total = total;
        Ok(Some((page, (next, counted, seen))))
    });
    pages.boxed()
}

/// `GET` of a row, or of what is below it.
pub(super) async fn get(
    http: &Http,
    key: &Key,
    below: Option<&str>,
    query: &[(&'static str, String)],
) -> Result<Reply, PlatformError> {
    let (scope, kind) = (&key.source.scope, key.source.kind.plural());
    let path = ["lm", kind, key.id.raw()].into_iter().chain(below);
    let mut call = Call::get(path).header("AI-Resource-Group", scope.raw());
    call.query.extend_from_slice(query);
    let reply = http.read(call).await;
    reply.map_err(|error| words::naming_group(error, &scope.shown()))
}

/// One answer: of all rows, or of those in one status.
pub(super) async fn part(
    http: &Http,
    source: &Source,
    status: Option<&str>,
    skip: usize,
    top: usize,
) -> Result<Stretch<Row>, PlatformError> {
    let mut call = Call::get(["lm", source.kind.plural()])
        .query("$top", top)
        .query("$skip", skip)
        .header("AI-Resource-Group", source.scope.raw());
    call.query
        .extend(status.map(|status| ("status", status.to_owned())));
    let listing: Listing = words::answer(&http.read(call).await?)?;
    let rows = listing.resources.0.into_iter();
    let rows: Vec<Row> = rows.map(|row| row.0.unwrap_or_default()).collect();
    let next = (!rows.is_empty()).then_some(skip + rows.len());
    Ok(Stretch::of(rows, next))
}

/// What `$count` says of a source that came in pages which are not full.
#[derive(Clone, Copy)]
enum Count {
    /// Not asked: more comes anyhow, or the source is believed to be whole.
    Unneeded,
    Is(usize),
    /// Nothing, so that only an empty page tells the end.
    Failed,
}

/// When sources were last found whole, and with how many rows. The server's count is asked rarely: while so many
/// rows come again, a whole source is believed for a while (`count` in a listing is only the number of its own
/// rows, section 0).
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<HashMap<Arc<Source>, (Instant, usize)>>);

impl Counts {
    /// A whole source is believed for so long, times the number of sources: all of them together ask once in it.
    const BELIEVED: Duration = Duration::from_secs(300);

    /// The count of a source of which so many rows came.
    async fn ask(&self, http: &Http, source: &Arc<Source>, came: usize) -> Count {
        if self.is_believed(source, came) {
            return Count::Unneeded;
        }
        let call = Call::get(["lm", source.kind.plural(), "$count"])
            .header("AI-Resource-Group", source.scope.raw());
        let reply = timeout(PATIENCE, http.read(call)).await.ok();
        let body = reply.and_then(Result::ok).map(|reply| reply.body);
        let counted = body.and_then(|body| str::from_utf8(&body).ok()?.trim().parse().ok());
        if counted.is_some_and(|counted| counted <= came) {
            self.believe(source, came);
        } else {
            self.whole().remove(source);
        }
        counted.map_or(Count::Failed, Count::Is)
    }

    /// So many rows are all of them.
    fn believe(&self, source: &Arc<Source>, rows: usize) -> Count {
        self.whole().insert(source.clone(), (Instant::now(), rows));
        Count::Unneeded
    }

    fn whole(&self) -> MutexGuard<'_, HashMap<Arc<Source>, (Instant, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_believed(&self, source: &Source, came: usize) -> bool {
        let whole = self.whole();
        let many = u32::try_from(whole.len()).unwrap_or(u32::MAX);
        let last = whole.get(source).filter(|(_, rows)| *rows == came);
        last.is_some_and(|(at, _)| at.elapsed() < Self::BELIEVED.saturating_mul(many))
    }
}

/// The names of the resource groups the account may see (section 6).
pub(super) async fn resource_groups(http: &Http) -> Result<Vec<Scope>, PlatformError> {
    let mut groups: Vec<Scope> = Vec::new();
    let mut skip = 0;
    loop {
        let call = Call::get(["admin", "resourceGroups"])
            .query("$top", PAGE)
            .query("$skip", skip)
            .header("AI-Resource-Group", "default");
        let reply = http.read(call).await?;
        let page = words::answer::<Groups>(&reply)?.resources;
        let (before, received) = (groups.len(), page.len());
        let names = page
            .iter()
            .filter_map(|group| group["resourceGroupId"].as_str());
        for group in names.filter(|name| is_group_name(name)).map(Scope::new) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        skip += received;
        // Every tenant has a group.
        if groups.is_empty() {
            return Err(PlatformError::Unreadable {
                why: Clean::new("it names no resource group"),
                start: shortened(&String::from_utf8_lossy(&reply.body), 200),
            });
        }
        if received < PAGE || groups.len() == before || groups.len() >= MOST_GROUPS {
            return Ok(groups);
        }
    }
}

#[derive(Debug, Deserialize)]
struct Groups {
    resources: Vec<Value>,
}

/// A name that can travel in a header: letters, digits, dots and hyphens (section 6).
fn is_group_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=253).contains(&name.len()) && name.bytes().all(allowed)
}
