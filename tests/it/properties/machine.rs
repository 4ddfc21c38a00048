//! The outcome machine: random batches, answers and read-backs (P1 to P6). Every allowed move of
//! tracking comes about, and no other.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use centurion::domain::action::{Action, Exclusion, Offers};
use centurion::domain::outcome::{Outcome, Rejection};
use centurion::domain::report::{Fate, Report};
use centurion::domain::resource::{Group, Key, Reading, Resource};
use centurion::domain::text::Clean;
use centurion::domain::time::Moment;
use centurion::domain::tracking::{Basis, Tracking};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::config;
use super::moves::{ALLOWED, at, may_move};
use crate::fixture::{CANCEL, STOP, confirmed, nothing, only, plan, row, sap};

/// What becomes of a row, from which answers and reads follow.
#[derive(Clone, Debug)]
struct Life {
    /// 0: left out in the plan; 1: travels alone; else in one request with others of its sort.
    travels: u8,
    outcome: Outcome,
    /// What reads find of it, one after the other, the last for ever.
    statuses: Vec<u8>,
}

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    /// A request leaves and some of its rows are answered.
    Answered(u8),
    /// So many seconds pass, and what is due is read, unless the server is silent.
    Passed(u64, bool),
    /// A read that began so many seconds ago comes in for one row.
    Late(u8, u64),
    /// Sending ends.
    Closed,
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Scheduled { message: None }),
        4 => Just(Outcome::Unknown(Clean::new("cut"))),
        2 => any::<bool>().prop_map(|later| Outcome::Rejected(Rejection { code: None, reason: Clean::new("no"), request_id: None, later, of_row: false })),
        1 => Just(Outcome::LeftOut(Exclusion::LaneStopped, Clean::new("lane stopped"))),
    ]
}

fn life() -> impl Strategy<Value = Life> {
    let statuses = prop_oneof![
        2 => Just(vec![0]),
        2 => Just(vec![0, 1]),
        3 => prop::collection::vec(0..5_u8, 1..5),
        2 => Just(vec![2, 2, 0]),
    ];
    (0..4_u8, outcome(), statuses).prop_map(|(travels, outcome, statuses)| Life {
        travels,
        outcome,
        statuses,
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => any::<u8>().prop_map(Event::Answered),
        8 => (1..40_u64, prop::bool::weighted(0.8)).prop_map(|(seconds, heard)| Event::Passed(seconds, heard)),
        1 => (250..400_u64).prop_map(|seconds| Event::Passed(seconds, false)),
        4 => (any::<u8>(), prop_oneof![3 => Just(0), 1 => 0..100_u64]).prop_map(|(row, ago)| Event::Late(row, ago)),
        1 => Just(Event::Closed),
    ]
}

fn sight(status: u8) -> Option<(&'static str, Group)> {
    match status {
        0 => Some(("RUNNING", Group::Active)),
        1 => Some(("STOPPING", Group::Moving)),
        2 => Some(("STOPPED", Group::Ended)),
        3 => Some(("COMPLETED", Group::Ended)),
        _ => None,
    }
}

type Move = (String, Tracking, Tracking);

/// A report, what is known of it from outside, and the rules it is held to.
struct Scene {
    report: Report,
    lives: Vec<Life>,
    rows: Vec<Arc<Resource>>,
    /// For each row: its outcome, the moment it was set, and how often it was read.
    known: Vec<Option<(Outcome, Moment)>>,
    reads: Vec<usize>,
    now: u64,
    moves: BTreeSet<Move>,
}

impl Scene {
    fn of(lives: Vec<Life>) -> Option<Self> {
        let offers = |life: &Life| -> Offers {
            match life.travels {
                0 => nothing(),
                1 => only(&CANCEL, false),
                _ => only(&STOP, life.travels == 3),
            }
        };
        let rows = lives.iter().enumerate();
        let rows: Vec<_> = rows
            .map(|(n, life)| {
                row(
                    &sap(),
                    &format!("e{n}"),
                    "RUNNING",
                    Group::Active,
                    offers(life),
                )
            })
            .collect();
        let plan = plan(Action::Stop, &rows);
        if plan.counts().sendable() == 0 {
            return None;
        }
        let report = Report::waiting_for(&confirmed(plan));
        let known = report
            .rows()
            .iter()
            .map(|row| Some((row.outcome()?.clone(), at(0))))
            .collect();
        let reads = vec![0; rows.len()];
        Some(Self {
            report,
            lives,
            rows,
            known,
            reads,
            now: 1,
            moves: BTreeSet::new(),
        })
    }

    fn happen(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Answered(which) => self.answered(usize::from(*which)),
            Event::Passed(seconds, heard) => {
                self.now += seconds;
                self.step(|report, now| {
                    report.tick(now);
                })?;
                for key in self.report.take_due(at(self.now), |_| true) {
                    if *heard {
                        self.read(&key, 0)?;
                    }
                }
                self.step(|report, now| {
                    report.tick(now);
                })
            }
            Event::Late(which, ago) => {
                let key = self.rows[usize::from(*which) % self.rows.len()].key.clone();
                self.read(&key, *ago)
            }
            Event::Closed => {
                let over = Clean::new("over");
                for (row, known) in self.report.rows().iter().zip(&mut self.known) {
                    let outcome = match row.fate() {
                        Fate::Queued => Outcome::LeftOut(Exclusion::Cancelled, over.clone()),
                        Fate::Sent => Outcome::Unknown(over.clone()),
                        Fate::Known(_) => continue,
                    };
                    *known = Some((outcome, at(self.now)));
                }
                self.step(|report, now| report.close(Exclusion::Cancelled, &over, now))?;
                prop_assert!(!self.report.is_sending());
                Ok(())
            }
        }
    }

    /// The row of that number and all that travel with it leave; it is answered, a second time as well.
    fn answered(&mut self, which: usize) -> Result<(), TestCaseError> {
        let place = which % self.rows.len();
        let Some(request) = self.report.rows()[place].request else {
            return Ok(());
        };
        let (key, outcome) = (
            self.rows[place].key.clone(),
            self.lives[place].outcome.clone(),
        );
        self.known[place].get_or_insert((outcome.clone(), at(self.now)));
        self.step(|report, now| {
            report.sent(request);
            report.settle(&key, outcome, now);
            report.settle(&key, Outcome::Unknown(Clean::new("again")), now);
        })
    }

    fn read(&mut self, key: &Key, ago: u64) -> Result<(), TestCaseError> {
        let place = self
            .rows
            .iter()
            .position(|row| row.key == *key)
            .expect("one of the rows");
        let statuses = &self.lives[place].statuses;
        let status = statuses[self.reads[place].min(statuses.len() - 1)];
        self.reads[place] += 1;
        let reading = sight(status).map_or(Reading::Gone, |(word, group)| {
            Reading::Found(row(&sap(), key.id.raw(), word, group, nothing()))
        });
        let started = at(self.now.saturating_sub(ago));
        let before = self.report.rows()[place].tracking();
        self.step(|report, now| {
            report.observe(key, &reading, started, now);
        })?;
        let after = self.report.rows()[place].tracking();
        if before != after && after == Some(Tracking::Reached) {
            let since = self.known[place].as_ref().map(|(_, since)| *since);
            prop_assert!(
                since.is_some_and(|since| started > since),
                "P5: a read from before the answer"
            );
            prop_assert_eq!(status, 2, "P5: only the target is reached");
        }
        Ok(())
    }

    /// Something happens to the report, and every rule still holds.
    fn step(&mut self, happen: impl FnOnce(&mut Report, Moment)) -> Result<(), TestCaseError> {
        let before: Vec<_> = self
            .report
            .rows()
            .iter()
            .map(centurion::domain::report::ReportRow::tracking)
            .collect();
        happen(&mut self.report, at(self.now));
        prop_assert_eq!(self.report.totals().marked(), self.rows.len(), "P4");
        for ((row, known), before) in self.report.rows().iter().zip(&self.known).zip(before) {
            prop_assert_eq!(
                row.outcome(),
                known.as_ref().map(|(outcome, _)| outcome),
                "P4, P6: set once, as answered"
            );
            let basis = match row.outcome() {
                Some(Outcome::Scheduled { .. }) => Basis::Scheduled,
                Some(Outcome::Unknown(_)) => Basis::Unknown,
                Some(Outcome::Rejected(_)) => Basis::Rejected,
                Some(Outcome::LeftOut(..)) | None => {
                    prop_assert_eq!(row.tracking(), None, "left out has no tracking");
                    continue;
                }
            };
            let after = row.tracking().expect("what was sent is tracked");
            let Some(before) = before.filter(|before| *before != after) else {
                continue;
            };
            prop_assert!(
                may_move(basis, before, after),
                "{basis:?}: {before:?} to {after:?}"
            );
            self.moves.insert((format!("{basis:?}"), before, after));
        }
        Ok(())
    }
}

/// All moves the rules allow.
fn allowed() -> BTreeSet<Move> {
    let moves = ALLOWED
        .iter()
        .flat_map(|(basis, from, ends)| ends.iter().map(move |end| (basis, from, end)));
    moves
        .map(|(basis, from, end)| (format!("{basis:?}"), *from, *end))
        .collect()
}

#[test]
fn p2_p4_p5_p6_whatever_is_answered_and_read_the_rules_hold_and_every_allowed_move_comes_about() {
    let seen = RefCell::new(BTreeSet::new());
    let lives = prop::collection::vec(life(), 1..8);
    let events = prop::collection::vec(event(), 0..40);
    let config = config();
    // Fewer would not come by every move, and more are no input that anybody reads.
    let cases = config.cases.clamp(2_000, 20_000);
    let source_file = Some(file!());
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        source_file,
        ..config
    });
    let result = runner.run(&(lives, events), |(lives, events)| {
        let Some(mut scene) = Scene::of(lives) else {
            return Ok(());
        };
        for event in &events {
            scene.happen(event)?;
        }
        seen.borrow_mut().append(&mut scene.moves);
        Ok(())
    });
    result.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        seen.into_inner(),
        allowed(),
        "every allowed move, and no other"
    );
}
