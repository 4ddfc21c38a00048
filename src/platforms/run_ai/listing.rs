//! The pages of a listing: `specs/run-ai.md` 2.1.
//!
//! There is no snapshot: rows move between pages while they are read. An id comes out once, and where
//! the listing cannot be complete a notice says so (L1 to L4).

use std::sync::Arc;

use futures_util::stream::BoxStream;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Page, Resource, Scope, Source};
use crate::platforms::http::{Call, Http};
use crate::platforms::listing::{Lexicon, Part, Stretch, walk};
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::wire::{Listing, Workload};

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
    walk(PAGE, ask, move |stretch, notices| {
        let workloads = workloads(stretch, notices).into_iter();
        let shown = workloads.filter(|workload| !workload.is_deleted() && covers(source, workload));
        let row = |workload: Workload| -> Resource {
            let id = workload.id();
            let source = source.clone();
            workload.into_row(Key { source, id }, bulk, &mut lexicon)
        };
        shown.map(row).collect()
    })
}

async fn part(
    http: &Http,
    source: &Source,
    offset: usize,
    limit: usize,
) -> Result<Part<Option<Workload>>, PlatformError> {
    let call = Call::get(["api", "v1", "workloads"])
        .query("offset", offset)
        .query("limit", limit)
        .query("sortBy", "createdAt")
        .query("sortOrder", "asc");
    let listing: Listing = http.read(of_project(call, source)).await?.json()?;
    Ok(Part {
        next: listing.next(),
        rows: listing.into_rows(),
    })
}

fn of_project(call: Call, source: &Source) -> Call {
    match source.scope.raw() {
        Scope::EVERYTHING => call,
        // No escaping is documented (section 2.3): such a project is picked out of everything.
        project if project.contains(',') => call,
        project => call.query("filterBy", format!("projectName=={project}")),
    }
}

fn covers(source: &Source, workload: &Workload) -> bool {
    let scope = source.scope.raw();
    !scope.contains(',') || workload.is_of(scope)
}

/// What came, without entries that are no workloads; a page that promises more and has none is the last.
fn workloads(stretch: &mut Stretch<Option<Workload>>, notices: &mut Vec<String>) -> Vec<Workload> {
    let came = stretch.rows.len();
    if came + stretch.too_large == 0 && stretch.next.take().is_some() {
        notices.push("list incomplete: the server announced more rows and sent none".to_owned());
    }
    let workloads: Vec<Workload> = stretch.rows.drain(..).flatten().collect();
    let odd = came - workloads.len();
    if odd > 0 {
        notices.push(format!("entries that are no workloads: {odd}"));
    }
    workloads
}
