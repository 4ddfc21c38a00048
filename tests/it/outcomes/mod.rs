//! What a report and its tracking promise, for any answers and any reads.

mod streak;
mod told;

use std::sync::Arc;
use std::time::Duration;

use centurion::domain::action::{Action, Exclusion, Verb};
use centurion::domain::outcome::{Answer, ChangeEvent, Outcome, Rejection, Tally};
use centurion::domain::report::Report;
use centurion::domain::resource::{Group, Reading, Resource};
use centurion::domain::text::Clean;
use centurion::domain::time::Moment;
use centurion::domain::tracking::{Basis, Track, Tracking};
use proptest::prelude::*;

use crate::fixture::{DELETE, STOP, confirmed, nothing, only, plan, row, running, sap};

fn at(seconds: u64) -> Moment {
    Moment::new(Duration::from_secs(seconds))
}

fn found(word: &str, group: Group) -> Reading {
    Reading::Found(row(&sap(), "e0", word, group, nothing()))
}

fn rejection() -> Rejection {
    Rejection {
        of_row: false,
        code: None,
        reason: Clean::new("no"),
        request_id: None,
        later: false,
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Scheduled { message: None }),
        Just(Outcome::Rejected(rejection())),
        Just(Outcome::Unknown(Clean::new("cut"))),
        Just(Outcome::LeftOut(
            Exclusion::LaneStopped,
            Clean::new("lane stopped")
        )),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        Just(Reading::Gone),
        Just(found("RUNNING", Group::Active)),
        Just(found("STOPPING", Group::Moving)),
        Just(found("STOPPED", Group::Ended)),
        Just(found("COMPLETED", Group::Ended)),
    ]
}

/// Ten rows, of which the first three are left out in the plan.
fn report() -> (Report, Vec<Arc<Resource>>) {
    let of = |n: u32| {
        let offers = if n < 3 { nothing() } else { only(&STOP, false) };
        row(&sap(), &format!("e{n}"), "RUNNING", Group::Active, offers)
    };
    let rows: Vec<Arc<Resource>> = (0..10).map(of).collect();
    (
        Report::waiting_for(&confirmed(plan(Action::Stop, &rows))),
        rows,
    )
}

/// The moves `RELIABILITY.md` 2 allows, and no others.
fn may_move(basis: Basis, from: Tracking, to: Tracking) -> bool {
    use Tracking::{Diverged, LostSight, Moving, NotApplied, Reached, Reverted, Slow, Waiting};
    if from == to || (from == Reached && to == Reverted) {
        return true;
    }
    match basis {
        Basis::Scheduled => matches!(
            (from, to),
            (
                Moving | Slow | LostSight,
                Reached | Diverged | Slow | Moving | LostSight
            )
        ),
        Basis::Unknown => {
            matches!(
                (from, to),
                (
                    Waiting | Moving | LostSight,
                    Moving | Reached | Diverged | LostSight
                )
            ) || matches!((from, to), (Waiting, NotApplied) | (LostSight, Waiting))
        }
        Basis::Rejected => (from, to) == (Waiting, Reached),
    }
}

proptest! {
    #[test]
    fn outcomes_add_up_to_the_marked_rows_for_any_answers(
        answers in prop::collection::vec((0..10_usize, outcome()), 0..40),
        closes in any::<bool>(),
    ) {
        let (mut report, rows) = report();
        for (index, outcome) in answers {
            report.sent(1);
            report.settle(&rows[index].key, outcome, at(1));
            prop_assert_eq!(report.totals().marked(), 10);
        }
        if closes {
            report.close(Exclusion::Cancelled, &Clean::new("over"), at(2));
            prop_assert_eq!(report.totals().open, 0);
        }
        prop_assert_eq!(report.totals().marked(), 10);
        prop_assert!(report.totals().left_out >= 3, "what was left out in the plan stays left out");
    }

    #[test]
    fn an_outcome_is_set_once_and_never_changed(
        first in outcome(),
        later in prop::collection::vec((outcome(), reading(), 2..400_u64), 0..20),
    ) {
        let (mut report, rows) = report();
        report.settle(&rows[5].key, first.clone(), at(1));
        for (outcome, reading, seconds) in later {
            report.settle(&rows[5].key, outcome, at(seconds));
            report.observe(&rows[5].key, &reading, at(seconds), at(seconds));
            report.tick(at(seconds));
            prop_assert_eq!(report.row(&rows[5].key).and_then(|row| row.outcome()), Some(&first));
        }
    }

    #[test]
    fn tracking_moves_only_as_allowed(
        basis in prop::sample::select(vec![Basis::Scheduled, Basis::Unknown, Basis::Rejected]),
        delete in any::<bool>(),
        events in prop::collection::vec((reading(), 1..90_u64, any::<bool>(), any::<bool>()), 0..30),
    ) {
        let verb: &'static Verb = if delete { &DELETE } else { &STOP };
        let mut track = Track::start(verb, basis, Clean::new("RUNNING"), at(1));
        let mut now = 1;
        for (reading, pause, own, reads) in events {
            now += pause;
            let before = track.state();
            if own {
                track.reading();
            }
            if reads {
                track.observe(&reading, at(now), at(now));
                prop_assert!(may_move(basis, before, track.state()), "{before:?} to {:?}", track.state());
            }
            let before = track.state();
            track.tick(at(now));
            prop_assert!(may_move(basis, before, track.state()), "{before:?} to {:?} by time", track.state());
        }
    }

    #[test]
    fn every_id_of_a_request_gets_exactly_one_answer(
        said in prop::collection::vec((0..14_u32, any::<bool>()), 0..30),
    ) {
        let rows: Vec<_> = (0..10).map(|n| running(&sap(), &format!("e{n}"))).collect();
        let batch = confirmed(plan(Action::Stop, &rows));
        let mut tally = Tally::of(&batch.requests()[0]);
        for (id, yes) in &said {
            let answer = if *yes { Answer::Scheduled { message: None } } else { Answer::Rejected(rejection()) };
            tally.put(&format!("e{id}"), |a, b| a == b, answer);
        }
        let events = tally.finish();
        let answered: Vec<_> = events.iter().filter(|event| matches!(event, ChangeEvent::Answered(..))).collect();
        prop_assert_eq!(answered.len(), 10);
        for (n, event) in answered.iter().enumerate() {
            let id = u32::try_from(n).expect("ten");
            let mut about = said.iter().filter(|(other, _)| *other == id).map(|(_, yes)| *yes).peekable();
            let ChangeEvent::Answered(_, answer) = event else { continue };
            match about.peek().copied() {
                None => prop_assert!(matches!(answer, Answer::Unknown(_)), "R1: not mentioned is unknown"),
                Some(first) if about.any(|yes| yes != first) => {
                    prop_assert!(matches!(answer, Answer::Unknown(_)), "R3: contradiction is unknown");
                }
                Some(true) => prop_assert!(matches!(answer, Answer::Scheduled { .. }), "R4: twice is once"),
                Some(false) => prop_assert!(matches!(answer, Answer::Rejected(_)), "R4: twice is once"),
            }
        }
    }
}

#[test]
fn p5_a_read_from_before_the_answer_proves_nothing() {
    let mut track = Track::start(&STOP, Basis::Scheduled, Clean::new("RUNNING"), at(10));
    track.observe(&found("STOPPED", Group::Ended), at(10), at(11));
    assert_eq!(track.state(), Tracking::Moving);
    track.observe(&found("STOPPED", Group::Ended), at(11), at(12));
    assert_eq!(track.state(), Tracking::Reached);
    assert_eq!(track.reached_after(), Some(Duration::from_secs(2)));
}

#[test]
fn r13_an_older_read_that_comes_late_is_discarded() {
    let mut track = Track::start(&STOP, Basis::Scheduled, Clean::new("RUNNING"), at(1));
    track.observe(&found("STOPPED", Group::Ended), at(9), at(10));
    track.observe(&found("RUNNING", Group::Active), at(5), at(11));
    assert_eq!(track.state(), Tracking::Reached);
}

#[test]
fn r9_accepted_but_unmoved_is_slow_and_watching_goes_on() {
    let mut track = Track::start(&STOP, Basis::Scheduled, Clean::new("RUNNING"), at(1));
    track.observe(&found("RUNNING", Group::Active), at(50), at(50));
    track.tick(at(60));
    assert_eq!(track.state(), Tracking::Moving);
    track.tick(at(61));
    assert_eq!(track.state(), Tracking::Slow);
    track.observe(&found("STOPPED", Group::Ended), at(70), at(70));
    assert_eq!(track.state(), Tracking::Reached);
}

#[test]
fn r10_another_end_state_is_diverged() {
    let mut track = Track::start(&STOP, Basis::Scheduled, Clean::new("RUNNING"), at(1));
    track.observe(&found("COMPLETED", Group::Ended), at(2), at(2));
    assert_eq!(track.state(), Tracking::Diverged);
}

#[test]
fn r11_a_target_that_is_left_again_is_reverted_and_never_flips_silently() {
    let mut track = Track::start(&STOP, Basis::Scheduled, Clean::new("RUNNING"), at(1));
    track.observe(&found("STOPPED", Group::Ended), at(2), at(2));
    track.observe(&found("RUNNING", Group::Active), at(3), at(3));
    assert_eq!(track.state(), Tracking::Reverted);
    assert!(track.reached_after().is_some());
}

#[test]
fn r12_a_delete_is_reached_only_by_not_found() {
    let mut track = Track::start(&DELETE, Basis::Scheduled, Clean::new("STOPPED"), at(1));
    track.observe(&found("STOPPED", Group::Moving), at(2), at(2));
    assert_eq!(track.state(), Tracking::Moving);
    track.observe(&Reading::Gone, at(3), at(3));
    assert_eq!(track.state(), Tracking::Reached);
}

#[test]
fn p6_an_unknown_row_without_a_trace_of_the_change_is_not_applied_only_after_its_last_read_back() {
    let mut track = Track::start(&STOP, Basis::Unknown, Clean::new("RUNNING"), at(0));
    let mut reads = 0;
    while let Some(due) = track.next_read() {
        assert_eq!(track.state(), Tracking::Waiting, "after {reads} reads");
        track.reading();
        reads += 1;
        track.observe(
            &found("RUNNING", Group::Active),
            due.after(Duration::from_millis(1)),
            due,
        );
        track.tick(due);
    }
    assert_eq!(reads, 6);
    assert_eq!(track.state(), Tracking::NotApplied);
    assert_eq!(track.settles_at(), None, "it has settled");
}

#[test]
fn an_unknown_row_says_when_it_settles_until_a_trace_of_the_change_is_seen() {
    let mut track = Track::start(&STOP, Basis::Unknown, Clean::new("RUNNING"), at(0));
    assert_eq!(track.settles_at(), Some(at(122)));
    track.observe(&found("STOPPING", Group::Moving), at(1), at(2));
    assert_eq!(
        (track.state(), track.settles_at()),
        (Tracking::Moving, None)
    );
}

#[test]
fn five_minutes_without_a_read_is_lost_sight_and_the_next_read_finds_it_again() {
    let mut track = Track::start(&STOP, Basis::Unknown, Clean::new("RUNNING"), at(0));
    track.tick(at(300));
    assert_eq!(track.state(), Tracking::LostSight);
    track.observe(&found("STOPPING", Group::Moving), at(301), at(301));
    assert_eq!(track.state(), Tracking::Moving);
}

#[test]
fn n23_a_refused_delete_of_something_gone_is_reached_already() {
    let mut track = Track::start(&DELETE, Basis::Rejected, Clean::new("STOPPED"), at(0));
    track.observe(&found("STOPPED", Group::Ended), at(1), at(1));
    assert_eq!(track.state(), Tracking::Waiting);
    track.observe(&Reading::Gone, at(2), at(2));
    assert_eq!(track.state(), Tracking::Reached);
}

#[test]
fn what_may_be_planned_again_is_what_provably_did_not_happen() {
    let later = |later| {
        Outcome::Rejected(Rejection {
            of_row: false,
            later,
            ..rejection()
        })
    };
    let left_out = |why| Outcome::LeftOut(why, Clean::new("x"));
    for (outcome, again) in [
        (later(true), true),
        (later(false), false),
        (Outcome::Unknown(Clean::new("cut")), false),
        (Outcome::Scheduled { message: None }, false),
        (left_out(Exclusion::LaneStopped), true),
        (left_out(Exclusion::Cancelled), true),
        (left_out(Exclusion::NotConnected), true),
        (left_out(Exclusion::NotJournaled), true),
        (left_out(Exclusion::Gone), false),
    ] {
        let (mut report, rows) = report();
        report.settle(&rows[5].key, outcome.clone(), at(1));
        let row = report.row(&rows[5].key).expect("one of them");
        assert_eq!(row.may_be_retried(), again, "{outcome:?}");
        let moves = matches!(outcome, Outcome::Scheduled { .. } | Outcome::Unknown(_));
        assert_eq!(row.is_moving(), moves, "{outcome:?}");
    }
}

#[test]
fn a_report_counts_what_left_what_moves_and_what_is_due() {
    let (mut report, rows) = report();
    assert_eq!(
        (
            report.totals().open,
            report.totals().marked(),
            report.awaited().all()
        ),
        (7, 10, 7)
    );
    assert!(report.is_sending());
    for row in &rows[3..] {
        report.settle(&row.key, Outcome::Scheduled { message: None }, at(0));
    }
    assert!(!report.is_sending());
    assert!(report.take_due(at(1), |_| true).is_empty());
    assert_eq!(report.take_due(at(2), |_| true).len(), 7);
    assert!(
        report.take_due(at(2), |_| true).is_empty(),
        "a read that was made is not due again"
    );
    assert!(report.take_due(at(20), |_| false).is_empty(), "held back");
    assert_eq!(report.take_due(at(20), |_| true).len(), 7);
    assert!(
        report.take_due(at(20), |_| true).is_empty(),
        "those that were held back leave as one"
    );
    let moved = report.observe(&rows[3].key, &found("STOPPED", Group::Ended), at(3), at(3));
    assert_eq!(moved, Some(Tracking::Reached));
    let awaited = report.awaited();
    assert_eq!((report.tracked(Tracking::Reached), awaited.moving), (1, 6));
    let slow = report.tick(at(60));
    assert_eq!(slow.len(), 6);
    assert!(
        slow.iter()
            .all(|(key, tracking)| *key != rows[3].key && *tracking == Tracking::Slow)
    );
    assert!(report.tick(at(60)).is_empty(), "only what changed is told");
}

#[test]
fn a_remark_on_the_answer_as_a_whole_is_kept() {
    let rows = [running(&sap(), "e1"), running(&sap(), "e2")];
    let batch = confirmed(plan(Action::Stop, &rows));
    let mut tally = Tally::of(&batch.requests()[0]);
    tally.put("e1", |a, b| a == b, Answer::Scheduled { message: None });
    tally.put(
        "e\u{430}",
        |a, b| a == b,
        Answer::Scheduled { message: None },
    );
    tally.note("totals disagree");
    let notes = tally.finish().into_iter().filter_map(|event| match event {
        ChangeEvent::Note(words) => Some(words.to_string()),
        ChangeEvent::Answered(..) | ChangeEvent::Waiting { .. } | ChangeEvent::StopLane(_) => None,
    });
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            "the answer names e\\u{430}, which was not sent",
            "totals disagree"
        ]
    );
}
