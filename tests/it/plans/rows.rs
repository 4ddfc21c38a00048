//! Where a row stands, and what a fresh read or the operator makes of it.

use centurion::domain::action::{Action, Exclusion, Grouping, Offers, Verb};
use centurion::domain::plan::Place;
use centurion::domain::resource::{Group, Reading};

use crate::fixture::{CANCEL, DELETE, RESUME, STOP, nothing, only, plan, row, running, sap};

#[test]
fn a_hundred_and_first_row_is_left_out_with_its_reason() {
    let rows: Vec<_> = (0..101)
        .map(|n| running(&sap(), &format!("e{n:03}")))
        .collect();
    let plan = plan(Action::Stop, &rows);
    assert_eq!(plan.counts().send, 100);
    assert!(matches!(
        plan.rows()[100].place,
        Place::LeftOut {
            why: Exclusion::OverTheLimit,
            ..
        }
    ));
}

#[test]
fn a_row_that_could_not_be_read_comes_back_by_hand_and_stays() {
    let row = running(&sap(), "e1");
    let mut plan = plan(Action::Stop, std::slice::from_ref(&row));
    plan.not_read(&row.key, "not read since 09:41");
    assert_eq!(plan.counts().sendable(), 0);
    assert!(plan.toggle(&row.key));
    plan.not_read(&row.key, "not read since 09:42");
    assert_eq!(plan.counts().sendable(), 1, "the operator vouched for it");
}

#[test]
fn only_a_row_that_was_put_back_after_a_failed_read_is_vouched_for() {
    let rows = [running(&sap(), "e1")];
    let mut plan = plan(Action::Stop, &rows);
    assert!(plan.toggle(&rows[0].key) && plan.toggle(&rows[0].key));
    plan.not_read(&rows[0].key, "no answer");
    assert_eq!(plan.counts().sendable(), 0);
}

#[test]
fn a_row_that_is_gone_or_whose_source_is_down_cannot_be_put_back() {
    let row = running(&sap(), "e1");
    let mut gone = plan(Action::Stop, std::slice::from_ref(&row));
    gone.observe(&row.key, &Ok(Reading::Gone));
    assert!(!gone.toggle(&row.key));
    let mut down = plan(Action::Stop, std::slice::from_ref(&row));
    down.bar(&row.key, Exclusion::SourceDown, "down");
    assert!(!down.toggle(&row.key));
}

#[test]
fn a_row_is_moved_between_stop_and_delete_where_both_are_offered() {
    let both = Offers {
        delete: only(&DELETE, false).delete,
        ..only(&STOP, false)
    };
    let rows = [
        row(&sap(), "e1", "X", Group::Active, both),
        row(&sap(), "e2", "X", Group::Paused, only(&RESUME, false)),
    ];
    let mut stop = plan(Action::Stop, &rows);
    assert!(stop.retarget(&rows[0].key) && stop.rows()[0].place == Place::Send(&DELETE));
    assert!(stop.retarget(&rows[0].key) && stop.rows()[0].place == Place::Send(&STOP));
    assert!(!stop.retarget(&rows[1].key), "it is left out");
    assert!(!plan(Action::Resume, &rows).retarget(&rows[1].key));
}

/// The words with which a fresh read takes a row out of a plan; none where it stays.
fn read_anew(guess: bool, word: &str, offers: Offers) -> Option<String> {
    let planned = row(&sap(), "e1", "RUNNING", Group::Active, only(&STOP, guess));
    let mut plan = plan(Action::Stop, std::slice::from_ref(&planned));
    let found = row(&sap(), "e1", word, Group::Active, offers);
    plan.observe(&planned.key, &Ok(Reading::Found(found)));
    match plan.rows()[0].place.clone() {
        Place::Send(_) | Place::ServerDecides(..) => None,
        Place::LeftOut { why, words } => {
            assert_eq!(why, Exclusion::Changed);
            assert!(!plan.rows()[0].may_return() && !plan.toggle(&planned.key));
            Some(words.to_string())
        }
    }
}

static STOP_ALONE: Verb = Verb {
    grouping: Grouping::Single,
    ..STOP
};

#[test]
fn a_fresh_read_leaves_out_what_would_no_longer_be_sent_as_planned_and_says_why() {
    assert_eq!(read_anew(false, "PENDING", only(&STOP, false)), None);
    assert_eq!(read_anew(true, "RUNNING", only(&STOP, true)), None);
    assert_eq!(read_anew(true, "RUNNING", only(&STOP, false)), None);
    let left = |guess, word, offers| read_anew(guess, word, offers).expect("left out");
    assert_eq!(left(false, "RUNNING", only(&STOP, true)), "a guess");
    assert_eq!(left(true, "RUNNING", only(&CANCEL, true)), "a guess");
    assert_eq!(
        left(false, "RUNNING", only(&CANCEL, false)),
        "would now be sent as cancel"
    );
    let alone = left(false, "RUNNING", only(&STOP_ALONE, false));
    assert_eq!(alone, "capabilities changed: plan it again");
    assert_eq!(
        left(false, "DEAD", nothing()),
        "RUNNING when planned, DEAD now: not offered"
    );
}

#[test]
fn another_row_in_the_place_of_the_one_asked_for_counts_as_not_read() {
    let rows = [running(&sap(), "e1")];
    let mut plan = plan(Action::Stop, &rows);
    plan.observe(&rows[0].key, &Ok(Reading::Found(running(&sap(), "e2"))));
    let why = &plan.rows()[0].place;
    assert!(
        matches!(
            why,
            Place::LeftOut {
                why: Exclusion::NotReadAgain,
                ..
            }
        ),
        "{why:?}"
    );
    assert!(plan.rows()[0].may_return());
}
