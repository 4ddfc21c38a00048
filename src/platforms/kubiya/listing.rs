//! The pages of one source (`specs/kubiya.md` 6.1, paging pitfalls). There is no count of all rows.
//!
//! The service drops rows it cannot serialise after it has counted them, so a short page is not the
//! last one: only an empty page is. `skip` therefore moves by what was asked for, not by what came.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{self, FutureExt};
use futures_util::stream::BoxStream;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Page, Source};
use crate::platforms::http::{Call, Http, Reply};
use crate::platforms::kubiya::rows;
use crate::platforms::kubiya::wire::Row;
use crate::platforms::listing::{Lexicon, Notice, Stretch, walk};
use crate::platforms::loose::Rows;

/// Rows asked for at once: the largest page that is known to be taken (11, point 13).
pub(super) const PAGE: usize = 100;

/// Once the service has limited the rate, pages wait while so many requests left in the last minute: of the 100 that
/// are documented the others are left to changes and to reads of rows (8).
const CALM: usize = 67;

/// As long as the documented limit counts.
const MINUTE: Duration = Duration::from_secs(60);

/// All rows of a source. `is_limited` is set once the service has refused a page for the rate, but the first.
pub(super) fn pages<'a>(
    http: &'a Http,
    is_limited: &'a AtomicBool,
    source: &'a Arc<Source>,
) -> BoxStream<'a, Result<Page, PlatformError>> {
    let mut lexicon = Lexicon::default();
    // Rows the page before lacked: dropped by the server if another page follows.
    let mut lacking = 0;
    let ask = move |skip, limit| part(http, is_limited, skip, limit);
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

async fn part(
    http: &Http,
    is_limited: &AtomicBool,
    skip: usize,
    limit: usize,
) -> Result<Stretch<Row>, PlatformError> {
    let call = Call::get(["api", "v1", "executions"])
        .query("skip", skip)
        .query("limit", limit);
    let rows: Rows<Row> = calmly(http, is_limited, skip, call).await?.json()?;
    let rows = rows.0.into_iter();
    let rows: Vec<Row> = rows.map(|row| row.0.unwrap_or_default()).collect();
    // An empty half of a page may be a dropped row.
    let is_end = rows.is_empty() && limit == PAGE;
    Ok(Stretch::of(rows, (!is_end).then_some(skip + limit)))
}

/// Reads a page. A rate limit in the middle of a listing is waited for once, and kept to from then on: a listing that
/// begins anew would never come further.
async fn calmly(
    http: &Http,
    is_limited: &AtomicBool,
    skip: usize,
    call: Call,
) -> Result<Reply, PlatformError> {
    if is_limited.load(Ordering::Relaxed) {
        http.calm(CALM).await;
    }
    match http.read(call.clone()).await {
        Err(PlatformError::RateLimited { retry_after, .. })
            if skip > 0 && !is_limited.swap(true, Ordering::Relaxed) =>
        {
            tokio::time::sleep(retry_after.unwrap_or(MINUTE).min(MINUTE)).await;
            http.read(call).await
        }
        read => read,
    }
}
