//! The journal's reader: whatever became of a file, its good lines are kept and nothing that may have
//! left is said not to have (J4, P3).

use std::collections::BTreeSet;
use std::fs;

use centurion::journal::{Departure, Journal, Past};
use proptest::prelude::*;
use proptest::sample::Index;

use super::config;
use crate::journal::fixture::{file_of, folder_with, journal_in, scheduled, whole_file};

const NAME: &str = "2026-11-22-0001";

/// A folder for one file, used again for each input.
struct Desk {
    folder: tempfile::TempDir,
    journal: Journal,
}

impl Desk {
    fn new() -> Self {
        let folder = folder_with(NAME, b"");
        let journal = journal_in(&folder);
        Self { folder, journal }
    }

    fn read(&self, bytes: &[u8]) -> Past {
        fs::write(file_of(&self.folder, NAME), bytes).expect("writable");
        self.journal.batch(NAME).expect("there")
    }
}

thread_local! {
    static DESK: Desk = Desk::new();
}

fn read(bytes: &[u8]) -> Past {
    DESK.with(|desk| desk.read(bytes))
}

/// The rows of a request, and the place of its `sending` line in the whole file.
const REQUESTS: [(usize, &[&str]); 2] = [(1, &["a", "b"]), (4, &["c"])];

/// The rows whose outcome stands in that line of the whole file.
const ANSWERS: [(usize, &str); 3] = [(2, "a"), (3, "b"), (5, "c")];

fn lines(bytes: &[u8]) -> BTreeSet<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// What still stands must be told.
fn check(whole: &[u8], bytes: &[u8], past: &Past) -> Result<(), TestCaseError> {
    let standing = lines(bytes);
    let written: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let stands = |line: usize| standing.contains(written[line]);
    let row = |id: &str| past.rows.iter().find(|row| row.id.as_str() == id);
    prop_assert!(!stands(0) || past.intent.is_some());
    for (line, id) in ANSWERS.into_iter().filter(|(line, _)| stands(*line)) {
        let outcome = row(id).and_then(|row| row.outcome.clone());
        prop_assert_eq!(outcome, Some(scheduled()), "line {}", line);
    }
    for (line, ids) in REQUESTS.into_iter().filter(|(line, _)| stands(*line)) {
        for row in ids.iter().filter_map(|id| row(id)) {
            prop_assert_ne!(row.departure, Departure::NotLeft, "line {}", line);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn j04_any_bytes_are_read_as_no_batch(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let past = read(&bytes);
        prop_assert!(past.rows.is_empty() && past.intent.is_none());
    }

    #[test]
    fn j04_whatever_is_changed_good_lines_are_kept_and_nothing_sent_is_said_not_to_be(
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let whole = whole_file();
        let mut bytes = whole.clone();
        for (place, byte) in changes {
            *place.get_mut(&mut bytes) = byte;
        }
        let past = read(&bytes);
        check(&whole, &bytes, &past)?;
        let sent = past.rows.iter().filter(|row| row.id.as_str() != "d");
        prop_assert!(sent.into_iter().all(|row| row.departure != Departure::NotLeft));
    }

    #[test]
    fn j04_whatever_lines_are_lost_doubled_or_cut_the_others_are_kept(
        order in prop::collection::vec(0..9_usize, 0..12),
        end in any::<Index>(),
    ) {
        let whole = whole_file();
        let written: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let mut bytes: Vec<u8> = order.iter().flat_map(|line| written[*line]).copied().collect();
        let cut = end.index(2 * bytes.len() + 1);
        bytes.truncate(cut);
        check(&whole, &bytes, &read(&bytes))?;
    }
}
