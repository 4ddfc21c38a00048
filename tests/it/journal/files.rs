//! Folders, and what a file may hold (J8, T6).

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;

use centurion::domain::action::Exclusion;
use centurion::domain::outcome::{Outcome, Rejection};
use centurion::domain::text::Clean;
use centurion::journal::{FolderFault, Journal, JournalError, State};
use proptest::prelude::*;

use super::fixture::*;
use crate::properties::is_hidden;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
}

/// What both the warning before and the refusal at the moment of writing say.
fn fault(journal: &Journal) -> FolderFault {
    let fault = |error| match error {
        JournalError::Folder(_, fault) => fault,
        other => panic!("{other:?}"),
    };
    let warned = fault(journal.check().expect_err("unusable"));
    let refused = fault(journal.begin(&batch(), BY, at(0)).expect_err("unusable"));
    assert_eq!(warned, refused);
    refused
}

#[test]
fn j08_folder_and_file_are_made_for_their_owner_alone() {
    let folder = folder();
    let journal = journal_in(&folder);
    assert_eq!(journal.check(), Ok(()));
    assert!(
        !folder.path().join("state").exists(),
        "asking makes nothing"
    );

    let writer = begin(&journal);
    assert_eq!(mode(&file_of(&folder, writer.name())), 0o600);
    assert_eq!(mode(&folder.path().join("state/journal")), 0o700);
    assert_eq!(mode(&folder.path().join("state")), 0o700);
    assert_eq!(journal.check(), Ok(()));
}

#[test]
fn j08_a_symbolic_link_is_refused_with_or_without_a_slash_behind_it() {
    let folder = folder();
    let real = folder.path().join("real");
    fs::create_dir(&real).expect("writable");
    set_mode(&real, 0o700);
    let link = folder.path().join("link");
    symlink(&real, &link).expect("writable");
    assert_eq!(
        fault(&Journal::open(link.clone())),
        FolderFault::SymbolicLink
    );
    assert_eq!(
        fault(&Journal::open(link.join(""))),
        FolderFault::SymbolicLink
    );
    assert_eq!(fs::read_dir(&real).expect("readable").count(), 0);
}

#[test]
fn j08_a_folder_of_another_user_is_refused() {
    let folder = folder();
    let own = folder.path().join("journal");
    fs::create_dir(&own).expect("writable");
    // Only root may give a folder away; for everybody else the root folder is somebody else's.
    let is_root = chown(&own, Some(1), None).is_ok();
    let others = if is_root {
        own.as_path()
    } else {
        Path::new("/")
    };
    assert_eq!(
        fault(&Journal::open(others.to_owned())),
        FolderFault::NotOurs
    );
}

#[test]
fn j08_a_folder_in_which_others_may_write_is_refused() {
    let folder = folder();
    set_mode(folder.path(), 0o770);
    assert_eq!(
        fault(&Journal::open(folder.path().to_owned())),
        FolderFault::OpenToOthers
    );
    set_mode(folder.path(), 0o755);
    assert_eq!(Journal::open(folder.path().to_owned()).check(), Ok(()));
}

#[test]
fn j08_a_file_in_the_place_of_the_folder_is_refused() {
    let folder = folder();
    let file = folder.path().join("journal");
    fs::write(&file, "").expect("writable");
    assert_eq!(fault(&Journal::open(file.clone())), FolderFault::NotAFolder);
    let below = Journal::open(file.join("journal"));
    assert!(below.check().is_err() && below.begin(&batch(), BY, at(0)).is_err());
}

#[test]
fn j08_a_read_only_folder_can_be_read_and_not_written() {
    let folder = folder();
    let journal = journal_in(&folder);
    let name = write_whole(&journal);
    let place = folder.path().join("state/journal");
    set_mode(&place, 0o500);
    if fs::write(place.join("mine"), "").is_ok() {
        return again_without_the_right_of_root();
    }
    let below = Journal::open(place.join("below"));
    let refused = FolderFault::System(Clean::new("Permission denied (os error 13)"));
    assert_eq!([fault(&journal), fault(&below)], [refused.clone(), refused]);
    assert_eq!(
        journal.batch(&name).map(|past| past.state),
        Ok(State::Ended)
    );
    set_mode(&place, 0o700);
}

/// Runs that test in a process that is root without the right to write everywhere; where nothing can take
/// that right away, there is nothing to be seen.
fn again_without_the_right_of_root() {
    const HELD: &str = "CENTURION_TEST_HELD";
    assert!(env::var_os(HELD).is_none(), "no right was taken away");
    let test = "journal::files::j08_a_read_only_folder_can_be_read_and_not_written";
    let own = env::current_exe().expect("it runs");
    let mut again = Command::new("setpriv");
    again.args(["--bounding-set=-dac_override", "--"]).arg(own);
    let Ok(again) = again.args(["--exact", test]).env(HELD, "yes").output() else {
        return;
    };
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.is_empty() || said.contains("1 passed"), "{said}");
}

#[test]
fn j08_a_folder_behind_a_link_that_leads_nowhere_is_refused() {
    let folder = folder();
    let link = folder.path().join("link");
    symlink(folder.path().join("nowhere"), &link).expect("writable");
    let journal = Journal::open(link.join("journal"));
    assert!(matches!(
        journal.check(),
        Err(JournalError::Folder(_, FolderFault::NotAFolder))
    ));
    assert!(journal.begin(&batch(), BY, at(0)).is_err());
}

#[test]
fn j08_a_folder_that_somebody_else_made_meanwhile_is_as_good() {
    let folder = folder();
    // What comes after a folder that is missing seems missing, too, until that one is made.
    let around = folder.path().join("missing/../journal");
    fs::create_dir(folder.path().join("journal")).expect("writable");
    set_mode(&folder.path().join("journal"), 0o700);
    let writer = begin(&Journal::open(around));
    assert!(
        folder
            .path()
            .join("journal")
            .join(format!("{}.jsonl", writer.name()))
            .exists()
    );
}

#[test]
fn j08_without_a_home_directory_the_setting_is_named() {
    let journal = Journal::nowhere();
    assert_eq!(journal.batches(10), Ok(vec![]));
    assert_eq!(journal.check(), Err(JournalError::NoFolder));
    let error = journal
        .begin(&batch(), BY, at(0))
        .expect_err("nowhere to write");
    assert!(error.to_string().contains("CENTURION_JOURNAL"), "{error}");
}

#[test]
fn t06_showing_a_file_in_a_terminal_is_harmless() {
    let hostile = crate::properties::HOSTILE.concat();
    let hostile = hostile.as_str();
    let folder = folder();
    let journal = journal_in(&folder);
    let by = format!("ana{hostile}@acme");
    let batch = batch_named(&[hostile.to_owned()], "why");
    let mut writer = journal.begin(&batch, &by, at(0)).expect("writable");
    writer.note(&Clean::new(hostile), at(1)).expect("writable");
    writer
        .seen(&key(hostile, "x"), &Clean::new(hostile), hostile, at(1))
        .expect("writable");
    let bytes = copy(&file_of(&folder, writer.name()));
    assert!(bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));

    let past = journal.batch(writer.name()).expect("there");
    assert_eq!(past.problems, []);
    let said_by = &past.intent.as_ref().expect("an intent").by;
    let seen = past.rows.iter().find_map(|row| row.seen.as_ref());
    let seen = seen.expect("it was seen");
    let shown = [
        said_by,
        &past.rows[0].name,
        &past.notes[0].1,
        &seen.status,
        &seen.tracking,
    ];
    for text in shown.map(Clean::as_str) {
        assert!(
            text.contains("\\u{202e}") && !text.contains(is_hidden),
            "{text}"
        );
    }
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let text = || any::<String>().prop_map(|text| Clean::new(&text));
    let rejection = (
        prop::option::of(text()),
        text(),
        prop::option::of(text()),
        any::<bool>(),
    );
    prop_oneof![
        prop::option::of(text()).prop_map(|message| Outcome::Scheduled { message }),
        rejection.prop_map(|(code, reason, request_id, later)| {
            Outcome::Rejected(Rejection {
                of_row: false,
                code,
                reason,
                request_id,
                later,
            })
        }),
        text().prop_map(Outcome::Unknown),
        text().prop_map(|words| Outcome::LeftOut(Exclusion::LaneStopped, words)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(
        names in prop::collection::vec(any::<String>(), 1..20),
        answers in prop::collection::vec(outcomes(), 20),
        word in any::<String>(),
    ) {
        let folder = folder();
        let journal = journal_in(&folder);
        let mut writer = journal.begin(&batch_named(&names, "why"), BY, at(0)).expect("writable");
        let keys: Vec<_> = (0..names.len()).map(|n| key("default", &format!("id-{n}"))).collect();
        let status = Clean::new(&word);
        for (key, answer) in keys.iter().zip(&answers) {
            writer.answer(key, answer, at(1)).expect("writable");
            writer.seen(key, &status, "moving", at(2)).expect("writable");
        }
        let past = journal.batch(writer.name()).expect("there");
        prop_assert_eq!(&past.problems, &[]);
        for (n, row) in past.rows.iter().enumerate() {
            prop_assert_eq!(row.key.as_ref(), Some(&keys[n]));
            prop_assert_eq!(&row.name, &Clean::new(&names[n]));
            prop_assert_eq!(row.outcome.as_ref(), Some(&answers[n]));
            prop_assert_eq!(row.seen.as_ref().map(|seen| &seen.status), Some(&status));
        }
    }
}
