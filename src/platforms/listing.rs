//! How the pages of a listing are walked. SAP AI Core has its own walk, as only its count tells the end; how a page
//! is read and what is kept of it is the same for all.
//!
//! No platform lists a snapshot: rows move between pages while these are read.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::{self, BoxFuture, Either};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use crate::domain::error::PlatformError;
use crate::domain::resource::{Id, Page, Resource};
use crate::domain::text::Clean;

/// Rows of one source that are read at most (`UX.md` 4).
const MOST: usize = 100_000;

/// Pages of one source that are read at most, however few rows a server puts into one (L3).
const MOST_PAGES: usize = 1_000;

/// Rows of one page that may be too large to be read. With more of them it is the server that is odd.
const MOST_TOO_LARGE: usize = 3;

/// How much longer than the first page the count of all rows may take; a listing goes without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is to be said of a page.
#[derive(Debug)]
pub(super) enum Notice {
    /// Rows are missing for this reason, so that absence from the listing means nothing.
    Incomplete(String),
    /// Something odd that costs no row.
    Odd(String),
}

impl Notice {
    /// Said where a server does not go on (L3).
    fn repeats() -> Self {
        Self::Incomplete("the server repeats a page".to_owned())
    }

    fn only_the_first(most: &str) -> Self {
        Self::Incomplete(format!("only the first {most} are read"))
    }

    fn words(&self) -> String {
        match self {
            Self::Incomplete(why) => format!("list incomplete: {why}"),
            Self::Odd(words) => words.clone(),
        }
    }
}

/// A stretch of a listing, in however many answers it came.
#[derive(Debug)]
pub(super) struct Stretch<R> {
    /// Its rows, as the platform sends them.
    pub(super) rows: Vec<R>,
    /// Where the listing goes on; `None` where it is over.
    pub(super) next: Option<usize>,
    /// Rows that are larger than an answer may be, and so left out.
    pub(super) too_large: usize,
}

/// All pages of a listing, each asked for by where it begins and how many rows it may have. `take` makes rows
/// of the table of what came, says what is odd about it, and may end the listing there. `count` is how many rows
/// the platform says there are; it is asked beside the first page (L4).
pub(super) fn walk<'a, R, F>(
    page: usize,
    count: BoxFuture<'a, Option<usize>>,
    ask: impl Fn(usize, usize) -> F + Send + Sync + 'a,
    take: impl FnMut(&mut Stretch<R>, &mut Vec<Notice>) -> Vec<Resource> + Send + 'a,
) -> BoxStream<'a, Result<Page, PlatformError>>
where
    R: Send + 'a,
    F: Future<Output = Result<Stretch<R>, PlatformError>> + Send + 'a,
{
    let first = (Some(0), Seen::default(), count, ask, take);
    let pages = stream::try_unfold(
        first,
        move |(next, mut seen, count, ask, mut take)| async move {
            let Some(from) = next else { return Ok(None) };
            let (mut stretch, total) = beside(stretch(from, page, &ask), count).await?;
            let mut notices = stretch.notices();
            let rows = take(&mut stretch, &mut notices);
            let mut next = stretch.next;
            if next.take_if(|next| *next <= from).is_some() {
                notices.push(Notice::repeats());
            }
            let page = Page {
                total,
                ..seen.page(rows, &mut next, notices)
            };
            let uncounted = future::ready(None).boxed();
            Ok(Some((page, (next, seen, uncounted, ask, take))))
        },
    );
    pages.boxed()
}

/// Waits for a page, and where it came hardly longer for the count beside it.
async fn beside<T, E>(
    page: impl Future<Output = Result<T, E>>,
    count: BoxFuture<'_, Option<usize>>,
) -> Result<(T, Option<usize>), E> {
    match future::select(std::pin::pin!(page), count).await {
        Either::Left((page, count)) => {
            let page = page?;
            let count = tokio::time::timeout(PATIENCE, count).await;
            Ok((page, count.ok().flatten()))
        }
        Either::Right((count, page)) => Ok((page.await?, count)),
    }
}

/// Reads one page. What is larger than an answer may be is asked for again in halves; a row that is so by
/// itself is passed over. A server may give fewer rows than one half asks for: the rest of it comes before the next.
pub(super) async fn stretch<R, F>(
    from: usize,
    rows: usize,
    ask: &impl Fn(usize, usize) -> F,
) -> Result<Stretch<R>, PlatformError>
where
    F: Future<Output = Result<Stretch<R>, PlatformError>>,
{
    let mut stretch = Stretch::of(Vec::new(), None);
    let mut waiting = vec![(from, rows)];
    while let Some((from, rows)) = waiting.pop() {
        match ask(from, rows).await {
            Ok(part) => {
                stretch.rows.extend(part.rows);
                stretch.next = part.next;
                let end = from + rows;
                match part.next {
                    Some(next) if next >= end || waiting.is_empty() => {}
                    Some(next) if next > from => waiting.push((next, end - next)),
                    Some(_) | None => break,
                }
            }
            Err(error) if rows > 1 && is_too_much(&error) => {
                let half = rows / 2;
                waiting.extend([(from + half, rows - half), (from, half)]);
            }
            Err(PlatformError::TooLarge { .. }) if stretch.too_large < MOST_TOO_LARGE => {
                stretch.too_large += 1;
                stretch.next = Some(from + 1);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(stretch)
}

/// Whether fewer rows may do: more came than is read, or the server gives no so many at once.
fn is_too_much(error: &PlatformError) -> bool {
    let said = error.said().is_some_and(|said| said.status == 413);
    said || matches!(error, PlatformError::TooLarge { .. })
}

impl<R> Stretch<R> {
    /// What one answer holds.
    pub(super) fn of(rows: Vec<R>, next: Option<usize>) -> Self {
        Self {
            rows,
            next,
            too_large: 0,
        }
    }

    /// How many rows of the server it covers.
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.too_large
    }

    /// What is to be said of it.
    pub(super) fn notices(&self) -> Vec<Notice> {
        let words = match self.too_large {
            0 => return Vec::new(),
            1 => "1 row is too large to be read".to_owned(),
            rows => format!("{rows} rows are too large to be read"),
        };
        vec![Notice::Incomplete(words)]
    }
}

/// The ids that were listed so far, with when each had changed last, and on how many pages.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashMap<Id, Option<Timestamp>>,
    pages: usize,
}

impl Seen {
    /// The page of these rows. `next` is where the server goes on; it becomes `None` where the walk has to
    /// end before the server does.
    pub(super) fn page(
        &mut self,
        rows: Vec<Resource>,
        next: &mut Option<usize>,
        mut notices: Vec<Notice>,
    ) -> Page {
        let came = rows.len();
        let (rows, repeated) = self.fresh(rows);
        if next.is_some() && repeated > 0 && repeated == came {
            *next = None;
            notices.push(Notice::repeats());
        } else if repeated > 0 {
            notices.push(Notice::Odd(match repeated {
                1 => "1 row came twice and is shown once".to_owned(),
                _ => format!("{repeated} rows came twice and are shown once"),
            }));
        }
        if next.is_some_and(|next| next >= MOST) {
            *next = None;
            notices.push(Notice::only_the_first("100,000 rows"));
        }
        self.pages += 1;
        if self.pages >= MOST_PAGES && next.take().is_some() {
            notices.push(Notice::only_the_first("1,000 pages"));
        }
        let words: Vec<String> = notices.iter().map(Notice::words).collect();
        Page {
            rows,
            total: None,
            lacks_rows: notices
                .iter()
                .any(|notice| matches!(notice, Notice::Incomplete(_))),
            notice: (!words.is_empty()).then(|| Clean::new(&words.join("; "))),
        }
    }

    /// The rows with new ids and those that changed since their id was listed, and how many ids came again: of
    /// one id the newest is kept, here or where the pages are gathered (L1).
    fn fresh(&mut self, rows: Vec<Resource>) -> (Vec<Resource>, usize) {
        let mut fresh: Vec<Resource> = Vec::with_capacity(rows.len());
        let mut places: HashMap<Id, usize> = HashMap::new();
        let mut repeated = 0;
        for row in rows {
            let id = row.key.id.clone();
            let known = self.ids.get(&id).copied();
            let is_nameless = id.raw().is_empty();
            repeated += usize::from(known.is_some() && !is_nameless);
            if known.is_some_and(|known| row.modified <= known) && !is_nameless {
                continue;
            }
            self.ids.insert(id.clone(), row.modified);
            if let Some(&place) = places.get(&id).filter(|_| !is_nameless) {
                fresh[place] = row;
            } else {
                places.insert(id, fresh.len());
                fresh.push(row);
            }
        }
        (fresh, repeated)
    }
}

/// Words that recur from row to row, kept once: 100,000 rows share a few hundred.
#[derive(Debug, Default)]
pub(super) struct Lexicon(HashSet<Clean>);

impl Lexicon {
    /// What does not recur is not worth remembering.
    const MOST: usize = 10_000;

    /// The word, as it was seen first.
    pub(super) fn share(&mut self, word: Clean) -> Clean {
        if let Some(known) = self.0.get(&word) {
            return known.clone();
        }
        if self.0.len() < Self::MOST {
            self.0.insert(word.clone());
        }
        word
    }
}
