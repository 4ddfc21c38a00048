//! Disks that are full, syncs that fail, files that vanish (J6, J7, J11).

use std::fs;
use std::io::{self, ErrorKind, Write as _};

use centurion::domain::text::Clean;
use centurion::journal::{JournalError, Probe, State};

use super::fixture::*;

#[test]
fn j06_without_room_for_the_intent_there_is_no_batch() {
    for point in ["create-batch", "write-intent"] {
        let folder = folder();
        let journal = journal_in(&folder).with_probe(failing(point, ErrorKind::StorageFull));
        let error = journal.begin(&batch(), BY, at(0)).expect_err("no room");
        assert!(error.to_string().contains("no storage space"), "{error}");
        assert_eq!(
            journal.batches(10),
            Ok(vec![]),
            "nothing is left behind at {point}"
        );
    }
}

#[test]
fn j06_without_room_for_a_later_line_nothing_more_is_written_and_what_is_there_stays() {
    let folder = folder();
    let journal = journal_in(&folder);
    let file = file_of(&folder, "2026-11-22-0001");
    // As a full disk does it: the first half of the line still fits.
    let full = Probe::new(move |point| match point.to_string().as_str() {
        "write-answer" => {
            fs::OpenOptions::new()
                .append(true)
                .open(&file)?
                .write_all(b"{\"v\":1,\"n\":3,\"at")?;
            Err(io::Error::from(ErrorKind::StorageFull))
        }
        _ => Ok(()),
    });
    let mut writer = begin(&journal.clone().with_probe(full));
    writer.sending(1, at(1)).expect("room");
    let answer = writer.answer(&key("default", "a"), &scheduled(), at(2));
    assert!(
        matches!(answer, Err(JournalError::NotWritten(..))),
        "{answer:?}"
    );

    // The next request may not leave, although there might be room by now.
    assert!(matches!(
        writer.sending(2, at(3)),
        Err(JournalError::Stopped(_))
    ));
    assert!(matches!(
        writer.note(&Clean::new("x"), at(3)),
        Err(JournalError::Stopped(_))
    ));
    drop(writer);
    let past = journal.batch("2026-11-22-0001").expect("there");
    assert_eq!(
        (past.state, past.problems.len(), past.rows.len()),
        (State::Unfinished, 1, 4)
    );
}

#[test]
fn j07_a_failed_sync_counts_as_not_written_and_is_not_tried_again() {
    for point in ["sync-intent", "sync-folder-intent"] {
        let folder = folder();
        let journal = journal_in(&folder).with_probe(failing(point, ErrorKind::Other));
        assert!(journal.begin(&batch(), BY, at(0)).is_err(), "{point}");
        assert_eq!(journal.batches(10), Ok(vec![]), "{point}");
    }
    let folder = folder();
    let mut writer =
        begin(&journal_in(&folder).with_probe(failing("sync-sending", ErrorKind::Other)));
    assert!(matches!(
        writer.sending(1, at(1)),
        Err(JournalError::NotWritten(..))
    ));
    for _ in 0..2 {
        assert!(matches!(
            writer.sending(1, at(1)),
            Err(JournalError::Stopped(_))
        ));
        assert!(matches!(writer.sync(), Err(JournalError::Stopped(_))));
    }
    let bytes = copy(&file_of(&folder, "2026-11-22-0001"));
    assert_eq!(
        line_ends(&bytes),
        2,
        "the line whose sync failed is the last"
    );
}

#[test]
fn j11_a_removed_file_is_noticed_at_the_next_line() {
    let folder = folder();
    let mut writer = begin(&journal_in(&folder));
    let file = file_of(&folder, writer.name());
    fs::remove_file(&file).expect("there");
    let result = writer.sending(1, at(1));
    assert!(
        matches!(result, Err(JournalError::Displaced(_))),
        "{result:?}"
    );
    assert!(!file.exists(), "it is not made anew");
    assert!(matches!(writer.end(at(2)), Err(JournalError::Stopped(_))));
}

#[test]
fn j11_a_replaced_file_or_folder_is_noticed_at_the_next_line() {
    let folder = folder();
    let mut writer = begin(&journal_in(&folder));
    let file = file_of(&folder, writer.name());
    let copied = file.with_extension("copy");
    fs::copy(&file, &copied).expect("writable");
    fs::rename(&copied, &file).expect("writable");
    let before = copy(&file);
    assert!(matches!(
        writer.sending(1, at(1)),
        Err(JournalError::Displaced(_))
    ));
    assert_eq!(copy(&file), before, "the other file is left alone");

    let mut writer = begin(&journal_in(&folder));
    fs::rename(folder.path().join("state"), folder.path().join("moved")).expect("writable");
    assert!(matches!(
        writer.sending(1, at(1)),
        Err(JournalError::Displaced(_))
    ));

    let mut writer = begin(&journal_in(&folder));
    fs::rename(folder.path().join("state"), folder.path().join("gone")).expect("writable");
    fs::write(folder.path().join("state"), "").expect("writable");
    let blocked = writer.sending(1, at(1));
    assert!(
        matches!(blocked, Err(JournalError::NotWritten(..))),
        "{blocked:?}"
    );
}

#[test]
fn j13_a_file_that_cannot_be_read_is_listed_with_the_reason() {
    let folder = folder();
    let journal = journal_in(&folder);
    write_whole(&journal);
    let journal = journal.with_probe(failing("read-batch", ErrorKind::PermissionDenied));
    let batches = journal.batches(10).expect("the folder can be read");
    assert_eq!(batches[0].state, State::NotRead);
    assert_eq!(
        batches[0].problems[0].to_string(),
        "2026-11-22-0001.jsonl: permission denied"
    );
}
