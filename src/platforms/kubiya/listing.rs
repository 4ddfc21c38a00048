//! The walk through the pages of one source (`specs/kubiya.md` 6.1, paging pitfalls).
//!
//! The service drops rows it cannot serialise after it has counted them, so a short page is not the
//! last one: only an empty page is. `skip` therefore moves by what was asked for, not by what came.

use std::sync::Arc;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Page, Source};
use crate::platforms::http::{Call, Http};
use crate::platforms::kubiya::rows;
use crate::platforms::kubiya::wire::Row;
use crate::platforms::listing::{Lexicon, Seen, Stretch};
use crate::platforms::loose::Rows;

/// Rows asked for at once: the largest page that is known to be taken (11, point 13).
pub(super) const PAGE: usize = 100;

/// A walk: where it is, and what it has seen.
pub(super) struct Walk<'a> {
    http: &'a Http,
    source: &'a Arc<Source>,
    skip: usize,
    ended: bool,
    seen: Seen,
    /// Rows the page before lacked: dropped by the server if another page follows.
    lacking: usize,
    lexicon: Lexicon,
}

impl<'a> Walk<'a> {
    /// A walk that has not begun.
    pub(super) fn new(http: &'a Http, source: &'a Arc<Source>) -> Self {
        Self {
            http,
            source,
            skip: 0,
            ended: false,
            seen: Seen::default(),
            lacking: 0,
            lexicon: Lexicon::default(),
        }
    }

    /// The next page, and the walk after it; `None` when the listing is over.
    pub(super) async fn step(mut self) -> Option<(Result<Page, PlatformError>, Self)> {
        if self.ended {
            return None;
        }
        let http = self.http;
        let stretch = Stretch::read(self.skip, PAGE, |skip, limit| part(http, skip, limit)).await;
        // An empty part of a halved stretch may be a dropped row.
        let is_end = |stretch: &Stretch<Row>| stretch.rows.is_empty() && !stretch.halved;
        let page = match stretch {
            Err(error) => self.end(Err(error)),
            Ok(stretch) if is_end(&stretch) && self.skip > 0 => return None,
            Ok(stretch) if is_end(&stretch) => self.end(Ok(Page::default())),
            Ok(stretch) => Ok(self.page(stretch)),
        };
        Some((page, self))
    }

    fn end<T>(&mut self, last: T) -> T {
        self.ended = true;
        last
    }

    fn page(&mut self, stretch: Stretch<Row>) -> Page {
        let mut notices = stretch.notices();
        if self.lacking > 0 {
            notices.insert(0, format!("rows the server left out: {}", self.lacking));
        }
        self.lacking = PAGE.saturating_sub(stretch.len());
        let scope = &self.source.scope;
        let rows = stretch.rows.into_iter().filter(|row| row.is_in(scope));
        let rows = rows
            .map(|row| rows::resource(self.source, row, &mut self.lexicon))
            .collect();
        self.skip += PAGE;
        let mut next = Some(self.skip);
        let page = self.seen.page(rows, &mut next, notices);
        self.ended = next.is_none();
        page
    }
}

async fn part(http: &Http, skip: usize, limit: usize) -> Result<Vec<Row>, PlatformError> {
    let call = Call::get(["api", "v1", "executions"])
        .query("skip", skip)
        .query("limit", limit);
    let rows: Rows<Row> = http.read(call).await?.json()?;
    let rows = rows.0.into_iter();
    Ok(rows.map(|row| row.0.unwrap_or_default()).collect())
}
