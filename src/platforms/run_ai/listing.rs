//! Paging through a listing: `specs/run-ai.md` 2.1.
//!
//! There is no snapshot: rows move between pages while they are read. An id comes out once, and where
//! the listing cannot be complete a notice says so (L1 to L4).

use std::sync::Arc;

use crate::domain::resource::{Key, Page, Resource, Scope, Source};
use crate::platforms::http::Call;
use crate::platforms::listing::{Lexicon, REPEATS, Seen};
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::wire::{Listing, Workload};

/// The most that the platform gives in one page; its default of 50 is the bug of many clients.
pub(super) const PAGE_SIZE: usize = 500;

/// Where a listing is.
#[derive(Debug)]
pub(super) struct Cursor {
    source: Arc<Source>,
    bulk: Bulk,
    offset: usize,
    seen: Seen,
    lexicon: Lexicon,
}

impl Cursor {
    /// Before the first page, for rows on a server with these batch calls.
    pub(super) fn start(source: &Arc<Source>, bulk: Bulk) -> Self {
        Self {
            source: source.clone(),
            bulk,
            offset: 0,
            seen: Seen::default(),
            lexicon: Lexicon::default(),
        }
    }

    /// The call for the next page.
    pub(super) fn call(&self) -> Call {
        let call = Call::get(["api", "v1", "workloads"])
            .query("offset", self.offset)
            .query("limit", PAGE_SIZE)
            .query("sortBy", "createdAt")
            .query("sortOrder", "asc");
        match self.source.scope.raw() {
            Scope::EVERYTHING => call,
            // No escaping is documented (section 2.3): such a project is picked out of everything.
            project if project.contains(',') => call,
            project => call.query("filterBy", format!("projectName=={project}")),
        }
    }

    /// Takes in a page, and where to go on, if anywhere.
    pub(super) fn take_in(mut self, listing: Listing) -> (Page, Option<Self>) {
        let mut next = listing.next();
        let entries = listing.into_rows();
        let came = entries.len();
        let (mut rows, mut odd, mut notices) = (Vec::new(), 0, Vec::new());
        for entry in entries {
            match entry {
                None => odd += 1,
                Some(workload) if workload.is_deleted() || !self.covers(&workload) => {}
                Some(workload) => rows.push(self.row(workload)),
            }
        }
        if odd > 0 {
            notices.push(format!("entries that are no workloads: {odd}"));
        }
        if came == 0 && next.take().is_some() {
            notices
                .push("list incomplete: the server announced more rows and sent none".to_owned());
        }
        if next.take_if(|next| *next <= self.offset).is_some() {
            notices.push(REPEATS.to_owned());
        }
        let page = self.seen.page(rows, &mut next, notices);
        (page, next.map(|offset| Self { offset, ..self }))
    }

    fn covers(&self, workload: &Workload) -> bool {
        let scope = self.source.scope.raw();
        !scope.contains(',') || workload.is_of(scope)
    }

    fn row(&mut self, workload: Workload) -> Resource {
        let key = Key {
            source: self.source.clone(),
            id: workload.id(),
        };
        workload.into_row(key, self.bulk, &mut self.lexicon)
    }
}
