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
use crate::platforms::listing::{Lexicon, Seen};
use crate::platforms::loose::Rows;

/// Rows asked for at once: the largest page that is known to be taken (11, point 13).
pub(super) const PAGE: usize = 100;

/// What one stretch of the listing held.
#[derive(Default)]
struct Stretch {
    rows: Vec<Row>,
    /// It was too large for one answer and came in parts.
    halved: bool,
    /// Rows that are too large for an answer of their own.
    too_large: usize,
}

impl Stretch {
    /// Whether the listing ends before it. An empty part of a halved stretch may be a dropped row.
    fn is_end(&self) -> bool {
        self.rows.is_empty() && !self.halved
    }
}

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
        let page = match stretch(self.http, self.skip).await {
            Err(error) => self.end(Err(error)),
            Ok(stretch) if stretch.is_end() && self.skip > 0 => return None,
            Ok(stretch) if stretch.is_end() => self.end(Ok(Page::default())),
            Ok(stretch) => Ok(self.page(stretch)),
        };
        Some((page, self))
    }

    fn end<T>(&mut self, last: T) -> T {
        self.ended = true;
        last
    }

    fn page(&mut self, stretch: Stretch) -> Page {
        let mut notices = Vec::new();
        if self.lacking > 0 {
            notices.push(format!("rows the server left out: {}", self.lacking));
        }
        if stretch.too_large > 0 {
            notices.push(format!("rows too large to be read: {}", stretch.too_large));
        }
        self.lacking = PAGE.saturating_sub(stretch.rows.len() + stretch.too_large);
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

/// Reads the rows from `skip` on; what is larger than an answer may be is read again in halves.
async fn stretch(http: &Http, skip: usize) -> Result<Stretch, PlatformError> {
    let mut stretch = Stretch::default();
    let mut waiting = vec![(skip, PAGE)];
    while let Some((skip, limit)) = waiting.pop() {
        match part(http, skip, limit).await {
            Ok(rows) => stretch.rows.extend(rows),
            Err(PlatformError::TooLarge { .. }) if limit > 1 => {
                stretch.halved = true;
                let half = limit / 2;
                waiting.push((skip + half, limit - half));
                waiting.push((skip, half));
            }
            Err(PlatformError::TooLarge { .. }) => stretch.too_large += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(stretch)
}

async fn part(http: &Http, skip: usize, limit: usize) -> Result<Vec<Row>, PlatformError> {
    let call = Call::get(["api", "v1", "executions"])
        .query("skip", skip)
        .query("limit", limit);
    let rows: Rows<Row> = http.read(call).await?.json()?;
    let rows = rows.0.into_iter();
    Ok(rows.map(|row| row.0.unwrap_or_default()).collect())
}
