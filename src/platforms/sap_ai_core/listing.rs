//! Listings page by page, of rows and of resource groups.
//!
//! Pages are cut by offset, so rows may move between them while they are read (section 1): an id comes
//! out once, and a page that shows nothing new ends the listing.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Page, Scope, Source};
use crate::platforms::http::{Call, Http};
use crate::platforms::listing::Seen;
use crate::platforms::loose::Loose;
use crate::platforms::sap_ai_core::meta::Meta;
use crate::platforms::sap_ai_core::wire::{Listing, Row};

/// Rows of one page: a neighbouring endpoint refuses more (section 8).
pub(super) const PAGE: usize = 1_000;

/// Resource groups of one account, at most: a tenant has 50 (section 6).
const MOST_GROUPS: usize = 1_000;

/// All rows of a source.
pub(super) fn rows<'a>(
    http: &'a Http,
    meta: &'a Meta,
    source: &'a Arc<Source>,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let pages = async move {
        let changes = meta.fresh(http, &source.scope).await.of(source.kind);
        let first = (Some(0), Seen::default());
        stream::try_unfold(first, move |(next, mut seen)| async move {
            let Some(skip) = next else { return Ok(None) };
            let listing = listing(http, source, skip).await?;
            let mut next = Some(skip + listing.len()).filter(|_| listing.len() >= PAGE);
            let row = |row: Loose<Row>| row.0.unwrap_or_default();
            let rows = listing.into_iter().map(row);
            let rows = rows.map(|row| row.into_resource(source, changes));
            let page = seen.page(rows.collect(), &mut next, Vec::new());
            Ok(Some((page, (next, seen))))
        })
    };
    stream::once(pages).flatten().boxed()
}

async fn listing(
    http: &Http,
    source: &Source,
    skip: usize,
) -> Result<Vec<Loose<Row>>, PlatformError> {
    let call = Call::get(["lm", source.kind.plural()])
        .query("$top", PAGE)
        .query("$skip", skip)
        .header("AI-Resource-Group", source.scope.raw());
    let listing: Listing = http.read(call).await?.json()?;
    Ok(listing.resources.0)
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
        let before = groups.len();
        let received = add_groups(&mut groups, &http.read(call).await?.json()?);
        skip += received;
        if received < PAGE || groups.len() == before || groups.len() >= MOST_GROUPS {
            return Ok(groups);
        }
    }
}

/// Adds the groups of an answer that are not there yet. Says how many the answer has.
fn add_groups(groups: &mut Vec<Scope>, body: &Value) -> usize {
    let resources = body["resources"].as_array();
    let resources = resources.map(Vec::as_slice).unwrap_or_default();
    let names = resources.iter();
    let names = names.filter_map(|group| group["resourceGroupId"].as_str());
    for name in names.filter(|name| is_group_name(name)) {
        let group = Scope::new(name);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    resources.len()
}

/// A name that can travel in a header: letters, digits, dots and hyphens (section 6).
fn is_group_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=253).contains(&name.len()) && name.bytes().all(allowed)
}
