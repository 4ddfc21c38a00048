//! Files that are not as they were written, or not written by this version (J4, J5).

use std::fs;

use centurion::journal::{Departure, Past, State};
use proptest::prelude::*;

use super::fixture::*;

const NAME: &str = "2026-11-22-0001";

/// Reads a file of those bytes, and makes sure that reading changed nothing.
fn read(bytes: &[u8]) -> Past {
    let folder = folder_with(NAME, bytes);
    let past = journal_in(&folder).batch(NAME).expect("there");
    assert_eq!(
        fs::read(file_of(&folder, NAME)).expect("readable"),
        bytes,
        "never rewritten"
    );
    past
}

/// The line with its checksum, by the words of `RELIABILITY.md` 7 alone.
fn sealed(body: &str) -> Vec<u8> {
    format!(
        "{body},\"crc\":\"{:08x}\"}}\n",
        crc32fast::hash(body.as_bytes())
    )
    .into_bytes()
}

fn first_lines(bytes: &[u8], count: usize) -> &[u8] {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let end = ends
        .map(|(at, _)| at + 1)
        .nth(count - 1)
        .expect("so many lines");
    &bytes[..end]
}

fn facts(past: &Past) -> usize {
    let rows = past.rows.iter();
    let of_rows: usize = rows
        .map(|row| usize::from(row.outcome.is_some()) + usize::from(row.seen.is_some()))
        .sum();
    of_rows + past.notes.len() + usize::from(past.intent.is_some())
}

#[test]
fn j04_a_file_cut_anywhere_keeps_its_whole_lines() {
    let whole = whole_file();
    for end in 0..whole.len() {
        let past = read(&whole[..end]);
        let lines = line_ends(&whole[..end]);
        let is_whole = whole[end] == b'\n';
        let rest = end > 0 && whole[end - 1] != b'\n' && !is_whole;
        assert_eq!(past.problems.len(), usize::from(rest), "cut at {end}");
        let expected = match lines + usize::from(is_whole) {
            0 => State::NeverBegun,
            9 => State::Ended,
            _ => State::Unfinished,
        };
        assert_eq!(past.state, expected, "cut at {end}");
    }
}

#[test]
fn j04_a_tail_of_zeros_is_reported_and_the_lines_before_it_are_kept() {
    let whole = whole_file();
    let mut bytes = first_lines(&whole, 2).to_vec();
    bytes.extend([0; 5_000]);
    let past = read(&bytes);
    let problems: Vec<_> = past.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["2026-11-22-0001.jsonl line 3: cut off: the process ended while writing it"]
    );
    assert_eq!(past.rows[0].departure, Departure::Left);
    assert_eq!(past.rows[2].departure, Departure::NotLeft);
}

#[test]
fn j04_a_flipped_bit_anywhere_costs_its_line_only_and_is_never_taken_for_not_sent() {
    let whole = whole_file();
    let all = facts(&read(&whole));
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        let past = read(&bytes);
        let names_its_line = past.problems.iter().all(|problem| problem.line.is_some());
        assert!(!past.problems.is_empty() && names_its_line, "byte {place}");
        // The intent carries one fact itself and one for the row that is left out. A lost line end
        // takes the next line along.
        assert!(facts(&past) + 3 >= all, "byte {place}");
        let sent = past.rows.iter().filter(|row| row.id.as_str() != "d");
        let mut departures = sent.map(|row| row.departure);
        assert!(
            departures.all(|departure| departure != Departure::NotLeft),
            "byte {place}"
        );
    }
}

#[test]
fn j04_a_lost_sending_line_leaves_it_open_whether_the_request_left() {
    let whole = whole_file();
    let mut bytes = first_lines(&whole, 2).to_vec();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    let past = read(&bytes);
    assert_eq!(past.state, State::Unfinished);
    assert_eq!(past.problems[0].line, Some(2));
    let departures: Vec<_> = past.rows.iter().map(|row| row.departure).collect();
    let unsure = Departure::Unsure;
    assert_eq!(departures, [unsure, unsure, unsure, Departure::NotLeft]);

    // Nor does it become known by going on with the file.
    let folder = folder_with(NAME, &bytes);
    let journal = journal_in(&folder);
    drop(journal.adopt(NAME, BY, at(100)).expect("unfinished"));
    assert_eq!(
        journal.batch(NAME).expect("there").rows[0].departure,
        unsure
    );
}

#[test]
fn j04_a_number_that_no_line_carries_stays_lost_whatever_follows() {
    let whole = whole_file();
    let (intent, four) = (first_lines(&whole, 1), first_lines(&whole, 4));
    let answers = &four[first_lines(&whole, 2).len()..];
    let past = read(&[intent, answers].concat());
    assert_eq!((past.state, past.problems.len()), (State::Unfinished, 0));
    assert_eq!(past.rows[2].departure, Departure::Unsure);
}

#[test]
fn j04_without_its_intent_a_file_still_tells_what_was_answered() {
    let whole = whole_file();
    let past = read(&whole[first_lines(&whole, 1).len()..]);
    assert_eq!((past.state, &past.intent), (State::Ended, &None));
    let rows: Vec<_> = past
        .rows
        .iter()
        .map(|row| (row.id.as_str(), row.outcome.clone()))
        .collect();
    assert_eq!(rows, ["a", "b", "c"].map(|id| (id, Some(scheduled()))));
    assert_eq!(past.rows[2].key, Some(key("eval", "c")));
}

#[test]
fn j04_of_two_sights_with_one_number_the_first_counts() {
    let row = r#"{"connection":"c","platform":"kubiya","source":"*","kind":"task","id":"j1"}"#;
    let seen = |word: &str| {
        sealed(&format!(
            r#"{{"v":1,"n":1,"at":"2026-11-22T09:43:32Z","type":"seen","row":{row},"status":"{word}","tracking":"moving""#
        ))
    };
    let past = read(&[seen("first"), seen("second")].concat());
    let sight = past.rows[0].seen.as_ref().expect("watched");
    assert_eq!(sight.status.as_str(), "first");
}

#[test]
fn j04_an_endless_line_is_passed_over() {
    let whole = whole_file();
    let intent = first_lines(&whole, 1);
    let long = vec![b'x'; 3 << 20];
    let rest = &whole[intent.len()..];
    let past = read(&[intent, &long, b"\n", rest].concat());
    assert_eq!(past.problems.len(), 1);
    assert_eq!(
        (past.state, facts(&past)),
        (State::Ended, facts(&read(&whole)))
    );
}

#[test]
fn j04_a_file_of_noise_tells_a_hundred_problems_and_no_more() {
    let past = read(&b"noise\n".repeat(100_000));
    assert_eq!((past.problems.len(), past.state), (100, State::Unfinished));
}

#[test]
fn j05_an_unknown_type_is_kept_and_said_to_be_from_a_newer_version() {
    let whole = whole_file();
    let mut bytes = first_lines(&whole, 1).to_vec();
    bytes.extend(sealed(
        r#"{"v":1,"n":2,"at":"2026-11-22T09:43:32Z","type":"undo","id":"a""#,
    ));
    let past = read(&bytes);
    assert!(past.from_newer_version);
    let words = past.problems[0].to_string();
    assert!(
        words.starts_with("2026-11-22-0001.jsonl line 2: from a newer version: "),
        "{words}"
    );
    assert_eq!(
        past.rows[0].departure,
        Departure::Unsure,
        "undo may have sent something"
    );
}

#[test]
fn j05_whoever_goes_on_counts_on_from_the_number_of_a_newer_line() {
    let undo = sealed(r#"{"v":1,"n":7,"at":"2026-11-22T09:43:32Z","type":"undo""#);
    let folder = folder_with(NAME, &[first_lines(&whole_file(), 1), &undo].concat());
    drop(
        journal_in(&folder)
            .adopt(NAME, BY, at(100))
            .expect("unfinished"),
    );
    let bytes = copy(&file_of(&folder, NAME));
    let last = bytes[first_lines(&bytes, 2).len()..].to_vec();
    let last = String::from_utf8(last).expect("ASCII");
    assert!(last.starts_with(r#"{"v":1,"n":8,"#), "{last}");
}

#[test]
fn j05_an_unknown_field_or_outcome_and_a_newer_number_are_kept_too() {
    let note = r#""n":2,"at":"2026-11-22T09:43:32Z","type":"note","text":"hello""#;
    let row = r#"{"connection":"prod-eu","platform":"sap-ai-core","source":"default","kind":"execution","id":"a"}"#;
    let answer = format!(
        r#""n":2,"at":"2026-11-22T09:43:32Z","type":"answer","row":{row},"outcome":"deferred""#
    );
    let whole = whole_file();
    for body in [
        format!(r#"{{"v":2,{note}"#),
        format!(r#"{{"v":1,{note},"mood":7"#),
        format!(r#"{{"v":1,{answer}"#),
    ] {
        let past = read(&[first_lines(&whole, 1), &sealed(&body)].concat());
        assert!(past.from_newer_version, "{body}");
        assert_eq!(past.rows[0].outcome, None, "{body}");
        assert_eq!(
            past.notes.len(),
            usize::from(body.contains("note")),
            "{body}"
        );
    }
}

#[test]
fn j05_a_row_of_an_unknown_platform_is_shown_but_cannot_be_read_again() {
    let row = r#"{"connection":"c","platform":"fourth","source":"*","kind":"job","id":"j1"}"#;
    let body = format!(
        r#"{{"v":1,"n":1,"at":"2026-11-22T09:43:32Z","type":"answer","row":{row},"outcome":"unknown","reason":"cut""#
    );
    let past = read(&sealed(&body));
    let row = &past.rows[0];
    assert_eq!(
        (row.platform.as_str(), row.kind.as_str(), row.id.as_str()),
        ("fourth", "job", "j1")
    );
    assert_eq!((row.departure, &row.key), (Departure::Left, &None));
}

proptest! {
    #[test]
    fn j04_the_reader_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let past = read(&bytes);
        prop_assert!(past.rows.is_empty() && past.intent.is_none());
    }

    #[test]
    fn j04_the_reader_takes_any_damage(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = whole_file();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(end.index(bytes.len() + 1));
        let past = read(&bytes);
        prop_assert!(past.rows.len() <= 4);
    }
}
