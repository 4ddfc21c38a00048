//! What a report tells of requests that left without an answer, and of a batch that another run sent.

use std::sync::Arc;

use centurion::domain::action::{Action, Exclusion};
use centurion::domain::outcome::Outcome;
use centurion::domain::report::{Awaited, Fate, Report, ReportRow, SeenBefore, seen_since};
use centurion::domain::resource::{Group, Reading, Resource};
use centurion::domain::text::{Clean, counted};
use centurion::domain::tracking::Tracking;

use super::{at, rejection, report};
use crate::fixture::{CANCEL, STOP, confirmed, nothing, only, plan, row, sap};

#[test]
fn what_left_without_an_answer_is_unknown_and_what_did_not_leave_is_left_out() {
    let offers = [only(&CANCEL, false), only(&CANCEL, false), nothing()];
    let rows: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .zip(offers)
        .map(|(id, offers)| row(&sap(), id, "RUNNING", Group::Active, offers))
        .collect();
    let mut report = Report::waiting_for(&confirmed(plan(Action::Stop, &rows)));
    report.sent(2);
    let fates = report.rows().iter().map(|row| row.fate() == &Fate::Sent);
    assert_eq!(fates.collect::<Vec<_>>(), [false, true, false]);
    report.close(Exclusion::Cancelled, &Clean::new("over"), at(1));
    let outcomes: Vec<_> = report.rows().iter().map(ReportRow::outcome).collect();
    let (left_out, unknown) = (
        Outcome::LeftOut(Exclusion::Cancelled, Clean::new("over")),
        Outcome::Unknown(Clean::new("over")),
    );
    assert_eq!(outcomes[..2], [Some(&left_out), Some(&unknown)]);
    let tracked = report.rows().iter().map(|row| row.track().is_some());
    assert_eq!(tracked.collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(report.tracked(Tracking::Waiting), 1);
    assert_eq!(report.tracked(Tracking::Moving), 0);
}

#[test]
fn a_batch_of_another_run_goes_on_from_what_was_seen_last() {
    let sent = row(&sap(), "a", "RUNNING", Group::Active, only(&STOP, false));
    let fate = || Fate::Known(Outcome::Scheduled { message: None });
    let row =
        |fate, seen| ReportRow::earlier(sent.clone(), Some(&STOP), Some(1), fate, seen, at(0));
    let seen = SeenBefore::As(Tracking::Slow, Clean::new("STOPPING"));
    let last = row(fate(), seen);
    let track = last.track().expect("it was sent");
    assert_eq!(
        (last.tracking(), track.last_word()),
        (Some(Tracking::Slow), Some(&Clean::new("STOPPING")))
    );
    let sending = row(Fate::Sent, SeenBefore::NothingYet);
    assert_eq!((sending.fate(), sending.tracking()), (&Fate::Sent, None));
    assert!(row(fate(), SeenBefore::NothingYet).is_moving());
    let given_up = row(fate(), SeenBefore::Nothing);
    assert_eq!(
        given_up.shown(),
        Some(Tracking::Waiting),
        "nothing seen yet"
    );
    assert!(!given_up.is_moving(), "nobody looks any more");
}

/// The report of `report`, with two rows scheduled, two rejected and one unknown behind the three left out.
fn answered() -> (Report, Vec<Arc<Resource>>) {
    let (mut report, rows) = report();
    let outcomes = [
        Outcome::Scheduled { message: None },
        Outcome::Scheduled { message: None },
        Outcome::Rejected(rejection()),
        Outcome::Rejected(rejection()),
        Outcome::Unknown(Clean::new("cut")),
    ];
    for (row, outcome) in rows[3..].iter().zip(outcomes) {
        report.settle(&row.key, outcome, at(0));
    }
    (report, rows)
}

#[test]
fn each_outcome_is_counted_under_its_word() {
    let (report, _) = answered();
    let counts = [
        ("scheduled", 2),
        ("rejected", 2),
        ("unknown", 1),
        ("left out", 3),
        ("without an answer yet", 2),
    ];
    assert_eq!(report.totals().named(), counts);
    let awaited = Awaited {
        open: 2,
        moving: 2,
        unseen: 1,
    };
    assert_eq!((report.awaited(), awaited.all()), (awaited, 5));
    let words = "2 sending · 2 still moving · 1 unknown";
    assert_eq!(awaited.words("still moving"), words);
    assert_eq!(Awaited::default().words("moving"), "", "no zeros");
}

#[test]
fn outcomes_tell_of_reads_only_what_they_show() {
    let (mut report, rows) = answered();
    for place in [3, 5] {
        let key = &rows[place].key;
        let stopped = row(&sap(), key.id.raw(), "STOPPED", Group::Ended, nothing());
        report.observe(key, &Reading::Found(stopped), at(3), at(3));
    }
    let shown: Vec<_> = report.rows().iter().map(ReportRow::shown).collect();
    let [reached, moving, waiting] =
        [Tracking::Reached, Tracking::Moving, Tracking::Waiting].map(Some);
    assert_eq!(shown[..3], [None; 3], "left out");
    assert_eq!(shown[3..5], [reached, moving], "scheduled");
    assert_eq!(
        shown[5..7],
        [reached, None],
        "a refused row tells only that it was there already"
    );
    assert_eq!(
        shown[7..],
        [waiting, None, None],
        "unknown, and without an answer"
    );
    let seen = seen_since(report.rows()).map(|(state, count)| format!("{count} {}", state.word()));
    let told = seen.into_iter().filter(|words| !words.starts_with('0'));
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["1 nothing seen yet", "1 moving", "2 reached"]
    );
}

#[test]
fn a_count_is_told_with_its_word_in_singular_or_plural() {
    for (count, words) in [
        (0, "0 rows"),
        (1, "1 row"),
        (2, "2 rows"),
        (1_200, "1 200 rows"),
    ] {
        assert_eq!(counted(count, "row", "rows"), words);
    }
}
