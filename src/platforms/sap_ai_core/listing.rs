//! Listings page by page, of rows and of resource groups, and reads by id.
//!
//! Pages are cut by offset, so rows may move between them while they are read (section 1): an id comes
//! out once, and a page that shows nothing new ends the listing. A page may be short because the server
//! gives no more at once: only one that is shorter than another before it tells the end, else `$count` (L4).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde::Deserialize;
use tokio::time::timeout;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Page, Scope, Source};
use crate::platforms::http::{Call, Http, Reply};
use crate::platforms::listing::{Notice, Seen, Stretch, stretch};
use crate::platforms::loose::{Loose, MOST_ROWS, Rows, loose_objects};
use crate::platforms::sap_ai_core::client::Client;
use crate::platforms::sap_ai_core::meta::PATIENCE;
use crate::platforms::sap_ai_core::wire::{Listing, Row};
use crate::platforms::sap_ai_core::words;

/// Rows of one page: a neighbouring endpoint refuses more (section 8).
pub(super) const PAGE: usize = 1_000;

/// Resource groups of one account, at most: a tenant has 50 (section 6).
const MOST_GROUPS: usize = 1_000;

/// Rows by their ids.
pub(super) type ById = HashMap<String, Row>;

/// How a listing goes on.
enum Next {
    /// With the rows from there on.
    Page(usize),
    /// So many rows came, and may be all: the server is asked how many there are.
    Count(usize),
    /// It is over.
    Nothing,
}

/// All rows of a source. A count that is asked for is a page of its own, so that it counts as a request.
pub(super) fn rows<'a>(
    client: &'a Client,
    source: &'a Arc<Source>,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let first = (Next::Page(0), None, Seen::default());
    let pages = stream::try_unfold(first, move |(next, mut total, mut seen)| async move {
        let skip = match next {
            Next::Nothing => return Ok(None),
            Next::Page(skip) => skip,
            Next::Count(came) => {
                total = count(&client.http, source).await;
                if total.is_some_and(|all| all <= came) {
                    let mut page = seen.page(Vec::new(), &mut None, Vec::new());
                    page.total = total;
                    return Ok(Some((page, (Next::Nothing, total, seen))));
                }
                came
            }
        };
        let ask = |skip, top| client.part(source, None, skip, top);
        let stretch = stretch(skip, PAGE, &ask).await?;
        let capabilities = client.meta.fresh(&client.http, &source.scope).await;
        let (came, end) = (stretch.len(), skip + stretch.len());
        let goes_on = match total {
            Some(all) => all > end,
            None => came >= client.largest.load(Relaxed),
        };
        let mut next = (goes_on && came > 0).then_some(end);
        let mut notices = stretch.notices();
        if skip == 0 {
            notices.extend(client.remark(source).map(Notice::Odd));
        }
        let changes = capabilities.of(source.kind);
        let rows = stretch.rows.into_iter();
        let rows = rows.map(|row| row.into_resource(source, changes));
        let mut page = seen.page(rows.collect(), &mut next, notices);
        page.total = total;
        let next = match next {
            None => Next::Nothing,
            Some(end) if total.is_some() || came >= PAGE => Next::Page(end),
            Some(end) => Next::Count(end),
        };
        Ok(Some((page, (next, total, seen))))
    });
    pages.boxed()
}

/// How many rows there are: the member `count` of a listing is only the number of its own rows (section 0).
async fn count(http: &Http, source: &Source) -> Option<usize> {
    let call = Call::get(["lm", source.kind.plural(), "$count"])
        .header("AI-Resource-Group", source.scope.raw());
    let reply = timeout(PATIENCE, http.read(call)).await.ok()?.ok()?;
    str::from_utf8(&reply.body).ok()?.trim().parse().ok()
}

impl Client {
    /// One answer: of all rows, or of those in one status.
    async fn part(
        &self,
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
        let listing: Listing = words::answer(&self.http.read(call).await?)?;
        let rows = listing.resources.0.into_iter();
        let rows: Vec<Row> = rows.map(|row| row.0.unwrap_or_default()).collect();
        self.largest.fetch_max(rows.len(), Relaxed);
        let next = (!rows.is_empty()).then_some(skip + rows.len());
        Ok(Stretch::of(rows, next))
    }

    /// All rows of a source that are in one status, up to a page that has nothing new.
    pub(super) async fn in_status(
        &self,
        source: &Source,
        status: &str,
    ) -> Result<ById, PlatformError> {
        let mut found = ById::new();
        loop {
            let page = self.part(source, Some(status), found.len(), PAGE).await?;
            let before = found.len();
            let rows = page.rows.into_iter();
            found.extend(rows.map(|row| (row.id().to_owned(), row)));
            if found.len() == before || found.len() >= MOST_ROWS {
                return Ok(found);
            }
        }
    }
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

/// The resource groups the account may see (section 6), up to a page that names no other, and what is to be said of
/// those that are left out.
pub(super) async fn resource_groups(
    http: &Http,
) -> Result<(Vec<Scope>, Vec<String>), PlatformError> {
    let (mut groups, mut unfit, mut seen, mut skip) = (Vec::new(), 0, HashSet::new(), 0);
    loop {
        let call = Call::get(["admin", "resourceGroups"])
            .query("$top", PAGE)
            .query("$skip", skip)
            .header("AI-Resource-Group", "default");
        let reply = http.read(call).await?;
        let page = words::answer::<Groups>(&reply)?.resources.0;
        skip += page.len();
        let before = seen.len();
        for group in page {
            let group = group.0.unwrap_or_default();
            let name = group.resource_group_id.text();
            if !seen.insert(name.to_owned()) {
                continue;
            }
            if is_group_name(name) {
                groups.push(Scope::new(name));
            } else {
                unfit += 1;
            }
        }
        // Every tenant has a group.
        if groups.is_empty() {
            return Err(reply.unreadable("it names no resource group"));
        }
        if seen.len() == before || groups.len() > MOST_GROUPS {
            break;
        }
    }
    let cut = groups.len() > MOST_GROUPS;
    groups.truncate(MOST_GROUPS);
    let cut = cut.then(|| "only the first 1,000 resource groups are read".to_owned());
    let unfit = (unfit > 0).then(|| format!("resource groups without a usable name: {unfit}"));
    Ok((groups, cut.into_iter().chain(unfit).collect()))
}

#[derive(Debug, Deserialize)]
struct Groups {
    resources: Rows<Group>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    resource_group_id: Loose<String>,
}

loose_objects!(Group);

/// A name that can travel in a header: letters, digits, dots and hyphens (section 6).
fn is_group_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=253).contains(&name.len()) && name.bytes().all(allowed)
}
