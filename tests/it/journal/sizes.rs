//! Many batches, large files, long texts (J13, R7).

use std::fs;
use std::os::unix::fs::symlink;

use centurion::domain::outcome::Outcome;
use centurion::domain::text::Clean;
use centurion::journal::{JournalError, State};

use super::fixture::*;

#[test]
fn j13_of_five_thousand_batches_only_those_asked_for_are_opened() {
    let folder = folder_with("2026-11-22-5000", &whole_file());
    for number in 1..5_000 {
        fs::write(file_of(&folder, &format!("2026-11-22-{number:04}")), "").expect("writable");
    }
    let (probe, heard) = listening();
    let batches = journal_in(&folder)
        .with_probe(probe)
        .batches(20)
        .expect("readable");
    assert_eq!(heard.lock().expect("whole").as_slice(), ["read-batch"; 20]);
    assert_eq!(
        (batches[0].name.as_str(), batches[0].state),
        ("2026-11-22-5000", State::Ended)
    );
    assert_eq!(batches[19].name, "2026-11-22-4981");
}

#[test]
fn j02_a_batch_without_an_end_is_found_behind_any_number_of_newer_ones() {
    let whole = whole_file();
    let folder = folder_with("2026-11-22-0001", &whole);
    let end = whole.iter().rev().skip(1).position(|byte| *byte == b'\n');
    let unended = &whole[..whole.len() - 1 - end.expect("several lines")];
    for (name, bytes) in [("0002", unended), ("0003", b""), ("0004", &unended[..9])] {
        fs::write(file_of(&folder, &format!("2026-11-22-{name}")), bytes).expect("writable");
    }
    for number in 5..=60 {
        fs::write(file_of(&folder, &format!("2026-11-22-{number:04}")), &whole).expect("writable");
    }
    let (probe, heard) = listening();
    let journal = journal_in(&folder).with_probe(probe);
    let found = journal.unended(50).expect("readable");
    let found: Vec<_> = found
        .iter()
        .map(|past| (past.name.as_str(), past.state))
        .collect();
    assert_eq!(found, [("2026-11-22-0002", State::Unfinished)]);
    let opened = heard.lock().expect("whole").len();
    assert_eq!(opened, 3, "those without an end are read, no other");
    assert_eq!(
        journal.unended(59),
        Ok(Vec::new()),
        "it is among the newest"
    );
}

#[test]
fn j13_a_file_of_a_hundred_megabytes_is_passed_over_with_a_note() {
    let folder = folder();
    let journal = journal_in(&folder);
    write_whole(&journal);
    let large = fs::File::create(file_of(&folder, "2026-11-22-0002")).expect("writable");
    large.set_len(100 << 20).expect("sparse");
    let batches = journal.batches(10).expect("readable");
    assert_eq!(
        batches.iter().map(|past| past.state).collect::<Vec<_>>(),
        [State::NotRead, State::Ended]
    );
    let note = batches[0].problems[0].to_string();
    assert_eq!(note, "2026-11-22-0002.jsonl: larger than 16 MiB, not read");
    large.set_len(16 << 20).expect("sparse");
    let largest = journal.batch("2026-11-22-0002").expect("there");
    assert_eq!(largest.state, State::NeverBegun, "it was read");
}

#[test]
fn j13_what_is_no_batch_is_not_opened() {
    let folder = folder_with("2026-11-22-0001", &whole_file());
    let place = |name: &str| file_of(&folder, name);
    fs::create_dir(place("2026-11-22-0002")).expect("writable");
    symlink("/dev/zero", place("2026-11-22-0003")).expect("writable");
    fs::write(place("notes"), "mine").expect("writable");
    let batches = journal_in(&folder).batches(10).expect("readable");
    let states: Vec<_> = batches.iter().map(|past| past.state).collect();
    assert_eq!(states, [State::NotRead, State::NotRead, State::Ended]);
    assert!(matches!(
        journal_in(&folder).batch("../notes"),
        Err(JournalError::NoBatch(_))
    ));
}

#[test]
fn r07_a_reason_of_a_mebibyte_is_kept_cut() {
    let folder = folder();
    let journal = journal_in(&folder);
    let mut writer = begin(&journal);
    let outcome = Outcome::Unknown(Clean::new(&"é".repeat(1 << 19)));
    writer
        .answer(&key("default", "a"), &outcome, at(2))
        .expect("writable");
    let past = journal.batch(writer.name()).expect("there");
    let Some(Outcome::Unknown(reason)) = &past.rows[0].outcome else {
        panic!("{:?}", past.rows[0]);
    };
    assert_eq!(reason.as_str(), "é".repeat(2_048) + "…");
}

#[test]
fn r07_the_longest_batch_fits_into_a_line() {
    let folder = folder();
    let journal = journal_in(&folder);
    let names = vec!["\u{10ffff}".repeat(1 << 12); 100];
    let writer = journal
        .begin(&batch_named(&names, &"🦀".repeat(500)), BY, at(0))
        .expect("it fits");
    let past = journal.batch(writer.name()).expect("there");
    assert_eq!((past.rows.len(), past.problems.len()), (100, 0));
}

#[test]
fn r07_the_longest_line_is_kept_whole_and_a_longer_one_refused() {
    let folder = folder();
    let journal = journal_in(&folder);
    let mut writer = begin(&journal);
    let mut answer = |length| {
        let key = key("default", &"x".repeat(length));
        writer.answer(&key, &scheduled(), at(1))
    };
    let file = file_of(&folder, "2026-11-22-0001");
    let before = copy(&file).len();
    answer(1).expect("writable");
    let without_id = copy(&file).len() - before - 2;
    let longest = (1 << 20) - without_id;
    assert_eq!(answer(longest + 1), Err(JournalError::TooLarge));
    answer(longest).expect("writable");
    let read = || journal.batch("2026-11-22-0001").expect("there");
    assert_eq!((read().rows.len(), read().problems.len()), (6, 0));

    let mut bytes = copy(&file);
    bytes.insert(bytes.len() - 1, b'x');
    fs::write(&file, bytes).expect("writable");
    assert_eq!((read().rows.len(), read().problems.len()), (5, 1));
}
