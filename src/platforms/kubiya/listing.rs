//! The pages of one source (`specs/kubiya.md` 6.1, paging pitfalls). There is no count of all rows.
//!
//! The service drops rows it cannot serialise after it has counted them, so a short page is not the
//! last one: only an empty page is. `skip` therefore moves by what was asked for, not by what came.

use std::sync::Arc;

use futures_util::future::{self, FutureExt};
use futures_util::stream::BoxStream;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Page, Source};
use crate::platforms::http::{Call, Http};
use crate::platforms::kubiya::rows;
use crate::platforms::kubiya::wire::Row;
use crate::platforms::listing::{Lexicon, Notice, Stretch, walk};
use crate::platforms::loose::Rows;

/// Rows asked for at once: the largest page that is known to be taken (11, point 13).
pub(super) const PAGE: usize = 100;

/// All rows of a source.
pub(super) fn pages<'a>(
    http: &'a Http,
    source: &'a Arc<Source>,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let mut lexicon = Lexicon::default();
    // Rows the page before lacked: dropped by the server if another page follows.
    let mut lacking = 0;
    let ask = move |skip, limit| part(http, skip, limit);
    walk(
        PAGE,
        future::ready(None).boxed(),
        ask,
        move |stretch, notices| {
            if lacking > 0 && stretch.next.is_some() {
                let why = format!("rows the server left out: {lacking}");
                notices.push(Notice::Incomplete(why));
            }
            lacking = PAGE.saturating_sub(stretch.rows.len() + stretch.too_large);
            let rows = stretch.rows.drain(..);
            rows.map(|row| rows::resource(source, row, &mut lexicon))
                .collect()
        },
    )
}

async fn part(http: &Http, skip: usize, limit: usize) -> Result<Stretch<Row>, PlatformError> {
    let call = Call::get(["api", "v1", "executions"])
        .query("skip", skip)
        .query("limit", limit);
    let rows: Rows<Row> = http.read(call).await?.json()?;
    let rows = rows.0.into_iter();
    let rows: Vec<Row> = rows.map(|row| row.0.unwrap_or_default()).collect();
    // An empty half of a page may be a dropped row.
    let is_end = rows.is_empty() && limit == PAGE;
    Ok(Stretch::of(rows, (!is_end).then_some(skip + limit)))
}
