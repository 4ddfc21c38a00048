//! What a walk through the pages of a listing remembers, whatever the platform.
//!
//! No platform lists a snapshot: rows move between pages while these are read.

use std::collections::{HashMap, HashSet};

use crate::domain::error::PlatformError;
use crate::domain::resource::{Id, Page, Resource};
use crate::domain::text::Clean;

/// Rows of one source that are read at most (`UX.md` 4).
const MOST: usize = 100_000;

/// Pages of one source that are read at most, however few rows a server puts into one (L3).
const MOST_PAGES: usize = 1_000;

/// Said where a server does not go on (L3).
pub(super) const REPEATS: &str = "list incomplete: the server repeats a page";

/// What one stretch of a listing held.
#[derive(Debug)]
pub(super) struct Stretch<T> {
    pub(super) rows: Vec<T>,
    /// It was too large for one answer and came in parts.
    pub(super) halved: bool,
    /// Rows that are too large for an answer of their own.
    pub(super) too_large: usize,
}

impl<T> Stretch<T> {
    /// Reads that many rows from `skip` on; what is larger than an answer may be is read again in halves.
    pub(super) async fn read<F>(
        skip: usize,
        limit: usize,
        part: impl Fn(usize, usize) -> F,
    ) -> Result<Self, PlatformError>
    where
        F: Future<Output = Result<Vec<T>, PlatformError>>,
    {
        let mut stretch = Self {
            rows: Vec::new(),
            halved: false,
            too_large: 0,
        };
        let mut waiting = vec![(skip, limit)];
        while let Some((skip, limit)) = waiting.pop() {
            match part(skip, limit).await {
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

    /// How many rows of the server it covers.
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.too_large
    }

    /// What is to be said of it.
    pub(super) fn notices(&self) -> Vec<String> {
        let said = || format!("rows too large to be read: {}", self.too_large);
        (self.too_large > 0).then(said).into_iter().collect()
    }
}

/// The ids that were listed so far, and on how many pages.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<Id>,
    pages: usize,
}

impl Seen {
    /// The page of these rows. `next` is where the server goes on; it becomes `None` where the walk has to
    /// end before the server does.
    pub(super) fn page(
        &mut self,
        rows: Vec<Resource>,
        next: &mut Option<usize>,
        mut notices: Vec<String>,
    ) -> Page {
        let (rows, repeated) = self.fresh(rows);
        if next.is_some() && rows.is_empty() && repeated > 0 {
            *next = None;
            notices.push(REPEATS.to_owned());
        } else if repeated > 0 {
            notices.push(match repeated {
                1 => "1 row came twice and is shown once".to_owned(),
                _ => format!("{repeated} rows came twice and are shown once"),
            });
        }
        if next.is_some_and(|next| next >= MOST) {
            *next = None;
            notices.push("list incomplete: only the first 100,000 rows are read".to_owned());
        }
        self.pages += 1;
        if self.pages >= MOST_PAGES && next.take().is_some() {
            notices.push("list incomplete: only the first 1,000 pages are read".to_owned());
        }
        Page {
            rows,
            total: None,
            notice: (!notices.is_empty()).then(|| Clean::new(&notices.join("; "))),
        }
    }

    /// The rows with new ids, or none, and how many were left out. Of two in one page the one that changed
    /// last is kept (L1); what was handed on before stays as it was.
    fn fresh(&mut self, rows: Vec<Resource>) -> (Vec<Resource>, usize) {
        let mut fresh: Vec<Resource> = Vec::with_capacity(rows.len());
        let mut places: HashMap<Id, usize> = HashMap::new();
        let mut repeated = 0;
        for row in rows {
            let id = &row.key.id;
            if id.raw().is_empty() {
                fresh.push(row);
            } else if self.ids.insert(id.clone()) {
                places.insert(id.clone(), fresh.len());
                fresh.push(row);
            } else {
                repeated += 1;
                let earlier = places.get(id).map(|&place| &mut fresh[place]);
                if let Some(earlier) = earlier.filter(|earlier| row.modified > earlier.modified) {
                    *earlier = row;
                }
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
