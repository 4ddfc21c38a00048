//! What is on disk before what is sent (J1, J2, J12, P1 to P4).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use centurion::domain::action::Exclusion;
use centurion::domain::outcome::Outcome;
use centurion::domain::text::Clean;
use centurion::journal::{Departure, Journal, JournalError, Past, Planned, Probe, State};

use super::fixture::*;

fn departures(past: &Past) -> Vec<Departure> {
    past.rows.iter().map(|row| row.departure).collect()
}

#[test]
fn p03_intent_and_folder_are_synced_before_anything_may_be_sent() {
    let folder = folder();
    let (probe, heard) = listening();
    let mut writer = begin(&journal_in(&folder).with_probe(probe));
    let steps = [
        "create-batch",
        "write-intent",
        "sync-intent",
        "sync-folder-intent",
        "done-intent",
    ];
    assert_eq!(*heard.lock().expect("whole"), steps);

    heard.lock().expect("whole").clear();
    writer.sending(1, at(1)).expect("writable");
    assert_eq!(
        *heard.lock().expect("whole"),
        ["write-sending", "sync-sending", "done-sending"]
    );
}

#[test]
fn p02_the_intent_names_every_marked_row_with_its_request_or_why_it_is_left_out() {
    let folder = folder();
    let journal = journal_in(&folder);
    let name = write_whole(&journal);
    let past = journal.batch(&name).expect("there");
    let planned = |row: &Planned| match row {
        Planned::Send { request, .. } => format!("request {request}"),
        Planned::LeftOut { reason, .. } => reason.to_string(),
        Planned::NotKnown => "?".to_owned(),
    };
    let rows: Vec<_> = past
        .rows
        .iter()
        .map(|row| (row.id.as_str(), planned(&row.planned)))
        .collect();
    let expected = [
        ("a", "request 1"),
        ("b", "request 1"),
        ("c", "request 2"),
        ("d", "already stopped"),
    ];
    assert_eq!(rows, expected.map(|(id, planned)| (id, planned.to_owned())));
}

#[test]
fn p04_each_row_of_a_finished_batch_has_one_outcome() {
    let folder = folder();
    let journal = journal_in(&folder);
    let name = write_whole(&journal);
    let past = journal.batch(&name).expect("there");
    let outcomes: Vec<_> = past.rows.into_iter().map(|row| row.outcome).collect();
    let left_out = Outcome::LeftOut(Exclusion::AlreadyThere, Clean::new("already stopped"));
    assert_eq!(
        outcomes,
        [scheduled(), scheduled(), scheduled(), left_out].map(Some)
    );
}

#[test]
fn a_batch_is_read_back_as_it_was_written() {
    let folder = folder();
    let journal = journal_in(&folder);
    let name = write_whole(&journal);
    assert_eq!(name, "2026-11-22-0001");

    let past = journal.batch(&name).expect("there");
    assert_eq!(
        (past.state, past.problems.as_slice()),
        (State::Ended, &[][..])
    );
    let intent = past.intent.as_ref().expect("whole");
    assert_eq!((intent.by.as_str(), intent.action.as_str()), (BY, "stop"));
    assert_eq!(intent.reason, Some(Clean::new("INC-4812 cleanup")));
    assert_eq!(
        intent.accounts[0].url.as_str(),
        "https://api.example.com/v2"
    );
    assert_eq!(past.rows[2].key, Some(key("eval", "c")));
    assert_eq!(past.notes, [(at(5), Clean::new("totals disagree"))]);
    let seen = past.rows[0].seen.as_ref().expect("watched");
    assert_eq!(
        (seen.status.as_str(), seen.tracking.as_str(), seen.at),
        ("STOPPED", "reached", at(6))
    );
    assert_eq!(past.took().as_secs(), 60);
}

/// What a process that ends at each step leaves in the file, with the name of the step.
fn remains() -> Vec<(String, Vec<u8>)> {
    let folder = folder();
    let remains = Arc::new(Mutex::new(Vec::new()));
    let (kept, file) = (remains.clone(), file_of(&folder, "2026-11-22-0001"));
    let probe = Probe::new(move |point| {
        kept.lock()
            .expect("no panic meanwhile")
            .push((point.to_string(), copy(&file)));
        Ok(())
    });
    write_whole(&journal_in(&folder).with_probe(probe));
    let remains = remains.lock().expect("no panic meanwhile");
    remains.clone()
}

fn read(bytes: &[u8]) -> Past {
    let folder = folder_with("2026-11-22-0001", bytes);
    journal_in(&folder).batch("2026-11-22-0001").expect("there")
}

#[test]
fn j01_a_process_that_ends_before_the_intent_is_synced_has_sent_nothing() {
    let remains = remains();
    let before = remains
        .iter()
        .take_while(|(point, _)| point != "done-intent");
    let states: Vec<State> = before
        .map(|(_, bytes)| read(bytes))
        .map(|past| {
            assert!(
                past.rows
                    .iter()
                    .all(|row| row.departure == Departure::NotLeft)
            );
            past.state
        })
        .collect();
    // No file yet, an empty one, and a whole intent that is not synced yet (twice).
    assert_eq!(
        states,
        [
            State::NeverBegun,
            State::NeverBegun,
            State::Unfinished,
            State::Unfinished
        ]
    );
}

#[test]
fn j02_wherever_the_process_ends_it_is_known_which_rows_may_have_left() {
    use Departure::{Left, NotLeft};
    for (point, bytes) in remains() {
        let past = read(&bytes);
        let sent = String::from_utf8(bytes)
            .expect("ASCII")
            .matches("\"sending\"")
            .count();
        let expected = match sent {
            0 => [NotLeft; 4],
            1 => [Left, Left, NotLeft, NotLeft],
            _ => [Left, Left, Left, NotLeft],
        };
        if past.intent.is_some() {
            assert_eq!(departures(&past), expected, "at {point}");
        }
        assert_eq!(past.problems, [], "at {point}");
    }
}

#[test]
fn j02_a_batch_without_an_end_is_unfinished_once_its_process_is_gone() {
    let folder = folder();
    let journal = journal_in(&folder);
    let mut writer = begin(&journal);
    writer.sending(1, at(1)).expect("writable");
    drop(writer);
    let past = &journal.batches(10).expect("readable")[0];
    assert_eq!(past.state, State::Unfinished);
    let ids: Vec<_> = past.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "d"]);
}

/// An unfinished batch whose last line is cut off.
fn abandoned(folder: &tempfile::TempDir, journal: &Journal) -> String {
    let mut writer = begin(journal);
    let name = writer.name().to_owned();
    write_on(&mut writer);
    drop(writer);
    let file = file_of(folder, &name);
    let bytes = copy(&file);
    std::fs::write(&file, &bytes[..bytes.len() - 20]).expect("writable");
    name
}

#[test]
fn j02_what_reading_back_shows_is_added_to_an_unfinished_batch() {
    let folder = folder();
    let journal = journal_in(&folder);
    let name = abandoned(&folder, &journal);
    let before = copy(&file_of(&folder, &name));

    let mut writer = journal
        .adopt(&name, "ivo@acme", at(100))
        .expect("unfinished");
    let status = Clean::new("STOPPED");
    writer
        .seen(&key("eval", "c"), &status, "reached", at(101))
        .expect("writable");
    writer.end(at(102)).expect("writable");

    assert!(
        copy(&file_of(&folder, &name)).starts_with(&before),
        "nothing is rewritten"
    );
    let past = journal.batch(&name).expect("there");
    assert_eq!((past.state, past.problems.len()), (State::Ended, 1));
    assert_eq!(
        past.rows[2].seen.as_ref().map(|seen| seen.at),
        Some(at(101))
    );
    assert_eq!(
        past.notes.last(),
        Some(&(at(100), Clean::new("taken over by ivo@acme")))
    );
    assert_eq!(past.rows[3].departure, Departure::NotLeft);
}

#[test]
fn j02_only_an_unfinished_batch_is_taken_over() {
    let folder = folder();
    let journal = journal_in(&folder);
    let ended = write_whole(&journal);
    let live = begin(&journal);
    let adopt = |name: &str| journal.adopt(name, BY, at(100)).err();
    assert_eq!(
        adopt(&ended),
        Some(JournalError::NotUnfinished(Clean::new(&ended)))
    );
    assert_eq!(
        adopt(live.name()),
        Some(JournalError::Live(Clean::new(live.name())))
    );
    assert!(matches!(
        adopt("2026-11-22-0099"),
        Some(JournalError::NoBatch(_))
    ));
}

#[test]
fn j12_lines_keep_their_order_when_the_clock_steps_back() {
    let folder = folder();
    let journal = journal_in(&folder);
    let mut writer = begin(&journal);
    let mut see = |word: &str, seconds| {
        writer
            .seen(&key("eval", "c"), &Clean::new(word), "moving", at(seconds))
            .expect("writable");
    };
    see("STOPPING", 50);
    see("STOPPED", -3_600);
    let name = writer.name().to_owned();
    writer.end(at(-3_500)).expect("writable");

    let past = journal.batch(&name).expect("there");
    assert_eq!(
        past.rows[2].seen.as_ref().map(|seen| seen.status.as_str()),
        Some("STOPPED")
    );
    assert!(past.took().is_zero(), "no negative duration");
}

#[test]
fn j14_a_live_file_is_read_up_to_its_last_whole_line() {
    let folder = folder();
    let journal = journal_in(&folder);
    let mut writer = begin(&journal);
    writer.sending(1, at(1)).expect("writable");
    let mut other = OpenOptions::new()
        .append(true)
        .open(file_of(&folder, writer.name()))
        .expect("there");
    other.write_all(b"{\"v\":1,\"n\":3,\"at").expect("writable");

    let past = journal.batch(writer.name()).expect("there");
    assert_eq!(
        (past.state, past.problems.as_slice()),
        (State::Live, &[][..])
    );
    assert_eq!(
        (past.rows[0].departure, past.rows[2].departure),
        (Departure::Left, Departure::NotLeft)
    );
}
