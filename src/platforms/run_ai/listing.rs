//! Paging through a listing: `specs/run-ai.md` 2.1.
//!
//! There is no snapshot: rows move between pages while they are read. An id comes out once, and where
//! the listing cannot be complete a notice says so (L1 to L4).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::resource::{Id, Key, Page, Resource, Scope, Source};
use crate::domain::text::Clean;
use crate::platforms::http::Call;
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::row::Words;
use crate::platforms::run_ai::wire::{Listing, Workload};

/// The most that the platform gives in one page; its default of 50 is the bug of many clients.
pub(super) const PAGE_SIZE: usize = 500;

/// More rows of one source are not shown (`UX.md` 4).
const MOST_ROWS: usize = 100_000;

/// Where a listing is.
#[derive(Debug)]
pub(super) struct Cursor {
    source: Arc<Source>,
    bulk: Bulk,
    offset: usize,
    seen: HashSet<Id>,
    words: Words,
}

impl Cursor {
    /// Before the first page, for rows on a server with these batch calls.
    pub(super) fn start(source: &Arc<Source>, bulk: Bulk) -> Self {
        Self {
            source: source.clone(),
            bulk,
            offset: 0,
            seen: HashSet::new(),
            words: Words::default(),
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
        let next = listing.next();
        let entries = listing.into_rows();
        let came = entries.len();
        let mut remarks = Vec::new();
        let rows = self.rows_of(entries, &mut remarks);
        let more = match next {
            None => false,
            Some(_) if came == 0 => {
                remarks.push(
                    "list incomplete: the server announced more rows and sent none".to_owned(),
                );
                false
            }
            Some(next) if next <= self.offset => {
                remarks.push(
                    "list incomplete: the server repeats a page instead of going on".to_owned(),
                );
                false
            }
            Some(_) if self.seen.len() >= MOST_ROWS => {
                remarks.push("list incomplete: only the first 100,000 rows are read".to_owned());
                false
            }
            Some(_) => true,
        };
        let notice = (!remarks.is_empty()).then(|| Clean::new(&remarks.join("; ")));
        let page = Page {
            rows,
            total: None,
            notice,
        };
        self.offset = next.unwrap_or(self.offset);
        (page, more.then_some(self))
    }

    /// The rows that are new.
    fn rows_of(
        &mut self,
        entries: impl Iterator<Item = Option<Workload>>,
        remarks: &mut Vec<String>,
    ) -> Vec<Resource> {
        let mut page = Gathered::default();
        for entry in entries {
            match entry {
                None => page.odd += 1,
                Some(workload) if workload.is_deleted() || !self.covers(&workload) => {}
                Some(workload) => {
                    let row = self.row(workload);
                    page.take(row, &self.seen);
                }
            }
        }
        self.seen.extend(page.places.into_keys());
        remark(
            remarks,
            page.repeated,
            "came twice and is shown once",
            "came twice and are shown once",
        );
        remark(
            remarks,
            page.nameless,
            "without an id is not shown",
            "without an id are not shown",
        );
        remark(remarks, page.odd, "is not a workload", "are not workloads");
        page.rows
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
        workload.into_row(key, self.bulk, &mut self.words)
    }
}

/// The rows of one page, each id once, and what was dropped on the way.
#[derive(Debug, Default)]
struct Gathered {
    rows: Vec<Resource>,
    places: HashMap<Id, usize>,
    repeated: u32,
    nameless: u32,
    odd: u32,
}

impl Gathered {
    /// Of an id that the page has twice, the row that changed last is kept.
    fn take(&mut self, row: Resource, seen: &HashSet<Id>) {
        let place = self.places.get(&row.key.id).copied();
        if place.is_none() && !seen.contains(&row.key.id) {
            self.places.insert(row.key.id.clone(), self.rows.len());
            return self.rows.push(row);
        }
        if row.key.id.raw().is_empty() {
            self.nameless += 1;
            return;
        }
        self.repeated += 1;
        if let Some(place) = place.filter(|place| row.modified > self.rows[*place].modified) {
            self.rows[place] = row;
        }
    }
}

fn remark(remarks: &mut Vec<String>, count: u32, one: &str, many: &str) {
    match count {
        0 => {}
        1 => remarks.push(format!("1 row {one}")),
        _ => remarks.push(format!("{count} rows {many}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::connection::{ConnectionName, PlatformId};
    use crate::domain::resource::Kind;

    fn cursor(scope: &str) -> Cursor {
        let source = Source {
            connection: ConnectionName::new("gpu").expect("a name"),
            platform: PlatformId::RunAi,
            scope: Scope::new(scope),
            kind: Kind::Workload,
        };
        Cursor::start(&Arc::new(source), Bulk::Full)
    }

    fn id(number: usize) -> String {
        format!("00000000-0000-4000-8000-{number:012}")
    }

    fn page(rows: &[Value], next: &Value) -> Listing {
        serde_json::from_value(json!({ "workloads": rows, "next": next })).expect("a listing")
    }

    fn rows(numbers: std::ops::Range<usize>) -> Vec<Value> {
        numbers.map(|number| json!({ "id": id(number) })).collect()
    }

    fn notice(page: &Page) -> &str {
        page.notice.as_ref().map_or("", Clean::as_str)
    }

    fn filter(scope: &str) -> Option<String> {
        let query = cursor(scope).call().query;
        query
            .into_iter()
            .find(|(name, _)| *name == "filterBy")
            .map(|(_, value)| value)
    }

    #[test]
    fn the_next_page_begins_where_the_server_says_and_none_means_the_end() {
        let (first, more) = cursor("*").take_in(page(&rows(0..3), &json!(3)));
        let more = more.expect("there is more");
        assert!(more.call().query.contains(&("offset", "3".to_owned())));
        let (last, end) = more.take_in(page(&rows(3..5), &json!(null)));
        assert_eq!(
            (first.rows.len(), last.rows.len(), end.is_none()),
            (3, 2, true)
        );
        assert_eq!((notice(&first), notice(&last)), ("", ""));
    }

    #[test]
    fn pages_that_shift_bring_no_row_twice_and_say_so() {
        let (_, more) = cursor("*").take_in(page(&rows(0..3), &json!(3)));
        let (page, _) = more
            .expect("there is more")
            .take_in(page(&rows(2..5), &json!(null)));
        assert_eq!(page.rows.len(), 2);
        assert_eq!(notice(&page), "1 row came twice and is shown once");
    }

    #[test]
    fn of_a_row_that_comes_twice_in_a_page_the_newer_is_kept() {
        let row = |phase, at| json!({ "id": id(1), "phase": phase, "updatedAt": at });
        let (old, new) = (
            row("Running", "2026-01-01T00:00:00Z"),
            row("Stopped", "2026-01-02T00:00:00Z"),
        );
        for twice in [[old.clone(), new.clone()], [new, old]] {
            let (page, _) = cursor("*").take_in(page(&twice, &json!(null)));
            assert_eq!(page.rows.len(), 1);
            assert_eq!(page.rows[0].status.word.as_str(), "Stopped");
        }
    }

    #[test]
    fn a_listing_ends_at_an_empty_page_a_repeated_one_and_the_limit() {
        let (page_, end) = cursor("*").take_in(page(&[], &json!(500)));
        assert!(end.is_none() && notice(&page_).starts_with("list incomplete"));
        for stuck in [json!(0), json!(-5)] {
            let (page_, end) = cursor("*").take_in(page(&rows(0..3), &stuck));
            assert!(
                end.is_none() && notice(&page_).starts_with("list incomplete"),
                "{stuck}"
            );
        }
        let (page_, end) = cursor("*").take_in(page(&rows(0..MOST_ROWS), &json!(MOST_ROWS)));
        assert!(end.is_none() && notice(&page_).contains("100,000"));
    }

    #[test]
    fn deleted_rows_and_what_is_no_row_are_left_out() {
        let mut page_of = rows(0..2);
        page_of[0]["deletedAt"] = json!("2026-01-01T00:00:00Z");
        page_of.push(json!("x"));
        let (page, _) = cursor("*").take_in(page(&page_of, &json!(null)));
        assert_eq!(
            (page.rows.len(), notice(&page)),
            (1, "1 row is not a workload")
        );
    }

    #[test]
    fn one_row_without_an_id_is_listed_and_more_are_counted() {
        let (page, _) = cursor("*").take_in(page(
            &[json!({}), json!({}), json!({ "id": "" })],
            &json!(null),
        ));
        assert_eq!(
            (page.rows.len(), notice(&page)),
            (1, "2 rows without an id are not shown")
        );
    }

    #[test]
    fn a_project_is_a_filter_unless_its_name_has_a_comma() {
        assert_eq!(filter("*"), None);
        assert_eq!(filter("team nlp").as_deref(), Some("projectName==team nlp"));
        assert_eq!(filter("a,b"), None);
        let mut of_two = rows(0..2);
        of_two[1]["projectName"] = json!("a,b");
        let (page, _) = cursor("a,b").take_in(page(&of_two, &json!(null)));
        assert_eq!(page.rows.len(), 1);
    }
}
