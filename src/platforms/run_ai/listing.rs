//! The pages of a listing: `specs/run-ai.md` 2.1.
//!
//! There is no snapshot: rows move between pages while they are read. An id comes out once, and where
//! the listing cannot be complete a notice says so (L1 to L4).

use std::sync::Arc;

use futures_util::future::FutureExt;
use futures_util::stream::BoxStream;
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Page, Resource, Scope, Source};
use crate::platforms::http::{Call, Http};
use crate::platforms::listing::{Lexicon, Notice, Stretch, walk};
use crate::platforms::loose::Loose;
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::wire::{self, Listing, Workload};

/// The most that the platform gives in one page; its default of 50 is the bug of many clients.
pub(super) const PAGE: usize = 500;

/// All rows of a source, on a server with these batch calls.
pub(super) fn pages<'a>(
    http: &'a Http,
    source: &'a Arc<Source>,
    bulk: Bulk,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let mut lexicon = Lexicon::default();
    let ask = move |offset, limit| part(http, source, offset, limit);
    walk(
        PAGE,
        count(http, source).boxed(),
        ask,
        move |stretch, notices| {
            let workloads = workloads(stretch, notices).into_iter();
            let shown =
                workloads.filter(|workload| !workload.is_deleted() && covers(source, workload));
            let row = |workload: Workload| -> Resource {
                let id = workload.id();
                let source = source.clone();
                workload.into_row(Key { source, id }, bulk, &mut lexicon)
            };
            shown.map(row).collect()
        },
    )
}

async fn part(
    http: &Http,
    source: &Source,
    offset: usize,
    limit: usize,
) -> Result<Stretch<Loose<Workload>>, PlatformError> {
    let call = Call::get(["api", "v1", "workloads"])
        .query("offset", offset)
        .query("limit", limit)
        .query("sortBy", "createdAt")
        .query("sortOrder", "asc");
    let listing: Listing = wire::read(http, of_project(call, source)).await?;
    let next = listing.next();
    Ok(Stretch::of(listing.into_rows(), next))
}

/// How many rows there are (section 2.4), where the server says so; of what is picked out here nobody knows.
async fn count(http: &Http, source: &Source) -> Option<usize> {
    if is_picked(source) {
        return None;
    }
    let call = Call::get(["api", "v1", "workloads", "count"]);
    let reply = http.read(of_project(call, source)).await.ok()?;
    let count = reply.json::<Value>().ok()?["count"].as_u64()?;
    usize::try_from(count).ok()
}

fn of_project(call: Call, source: &Source) -> Call {
    match source.scope.raw() {
        Scope::EVERYTHING => call,
        _ if is_picked(source) => call,
        project => call.query("filterBy", format!("projectName=={project}")),
    }
}

/// Whether a project is picked out of everything here: its name has a comma, and no escaping is documented
/// (section 2.3).
fn is_picked(source: &Source) -> bool {
    source.scope.raw().contains(',')
}

fn covers(source: &Source, workload: &Workload) -> bool {
    !is_picked(source) || workload.is_of(source.scope.raw())
}

/// What came, without entries that are no workloads; a page that promises more and has none is the last.
fn workloads(stretch: &mut Stretch<Loose<Workload>>, notices: &mut Vec<Notice>) -> Vec<Workload> {
    let came = stretch.rows.len();
    if came + stretch.too_large == 0 && stretch.next.take().is_some() {
        let why = "the server announced more rows and sent none";
        notices.push(Notice::Incomplete(why.to_owned()));
    }
    let workloads: Vec<Workload> = stretch.rows.drain(..).filter_map(|row| row.0).collect();
    let odd = came - workloads.len();
    if odd > 0 {
        notices.push(Notice::Odd(format!("entries that are no workloads: {odd}")));
    }
    workloads
}
