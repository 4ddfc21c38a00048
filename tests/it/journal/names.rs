//! What batches are called, and who holds them (J9, J10).

use std::fs;
use std::thread;

use centurion::domain::text::Clean;
use centurion::journal::{JournalError, Probe, Stage, State};

use super::fixture::*;

#[test]
fn j09_instances_that_begin_at_once_never_share_a_file() {
    let folder = folder();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let journal = journal_in(&folder);
            thread::spawn(move || (0..10).map(|_| write_whole(&journal)).collect::<Vec<_>>())
        })
        .collect();
    let names = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("no panic"));
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 40);

    let batches = journal_in(&folder).batches(100).expect("readable");
    assert!(
        batches
            .iter()
            .all(|past| past.state == State::Ended && past.problems.is_empty())
    );
    assert_eq!(batches.len(), 40);
}

#[test]
fn j09_a_live_batch_is_seen_as_live_until_it_ends() {
    let folder = folder();
    let (one, other) = (journal_in(&folder), journal_in(&folder));
    let mut writer = begin(&one);
    let state = || other.batches(10).expect("readable")[0].state;
    assert_eq!(state(), State::Live);
    write_on(&mut writer);
    assert_eq!(state(), State::Live);
    writer.end(at(60)).expect("writable");
    assert_eq!(state(), State::Ended);
}

#[test]
fn j09_a_name_that_was_given_once_is_not_given_again() {
    let folder = folder();
    let journal = journal_in(&folder);
    let names: Vec<String> = (0..3).map(|_| write_whole(&journal)).collect();
    fs::remove_file(file_of(&folder, &names[1])).expect("there");
    assert_eq!(begin(&journal).name(), "2026-11-22-0004");
}

#[test]
fn j09_a_name_that_another_process_takes_first_is_left_to_it() {
    let folder = folder();
    let theirs = file_of(&folder, "2026-11-22-0001");
    let probe = Probe::new(move |point| {
        if point.stage == Stage::Create {
            fs::write(&theirs, "")?;
        }
        Ok(())
    });
    let writer = begin(&journal_in(&folder).with_probe(probe));
    assert_eq!(writer.name(), "2026-11-22-0002");
}

#[test]
fn j09_numbers_begin_anew_each_day() {
    let folder = folder();
    let journal = journal_in(&folder);
    write_whole(&journal);
    let tomorrow = journal.begin(&batch(), BY, at(86_400)).expect("writable");
    assert_eq!(tomorrow.name(), "2026-11-23-0001");
    assert_eq!(begin(&journal).name(), "2026-11-22-0002");
}

#[test]
fn j09_a_batch_has_one_name() {
    let folder = folder_with("2026-11-22-0001", &whole_file());
    fs::write(file_of(&folder, "2026-11-22-0000"), "").expect("writable");
    let journal = journal_in(&folder);
    for name in ["2026-11-22-1", "2026-11-22-00001", "2026-11-22-0000"] {
        let missing = Err(JournalError::NoBatch(Clean::new(name)));
        assert_eq!(journal.batch(name), missing);
    }
    assert_eq!(journal.batches(10).map(|batches| batches.len()), Ok(1));
}

#[test]
fn j10_another_instance_learns_what_a_live_batch_does_to_which_rows() {
    let folder = folder();
    let _writer = begin(&journal_in(&folder));
    let past = &journal_in(&folder).batches(1).expect("readable")[0];
    let intent = past.intent.as_ref().expect("whole");
    assert_eq!((intent.action.as_str(), intent.confirmed), ("stop", at(0)));
    let mut keys = past.rows.iter().filter_map(|row| row.key.as_ref());
    assert!(keys.any(|known| *known == key("eval", "c")));
}
