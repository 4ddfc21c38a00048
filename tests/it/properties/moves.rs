//! Tracking, move by move: the table of `RELIABILITY.md` 2 against every state and every reading there is.

use std::sync::Arc;
use std::time::Duration;

use centurion::domain::action::Verb;
use centurion::domain::resource::{Group, Reading};
use centurion::domain::text::Clean;
use centurion::domain::time::Moment;
use centurion::domain::tracking::{Basis, Track, Tracking};

use self::Basis::{Rejected, Scheduled, Unknown};
use self::Tracking::{Diverged, LostSight, Moving, NotApplied, Reached, Reverted, Slow, Waiting};
use crate::fixture::{DELETE, RESUME, STOP, SUSPEND, TERMINATE, nothing, row, sap};

/// From a state, to those it may be left for.
type Moves = (Basis, Tracking, &'static [Tracking]);

/// The moves that are allowed; staying always is.
pub(super) const ALLOWED: &[Moves] = &[
    (Scheduled, Moving, &[Reached, Slow, Diverged, LostSight]),
    (Scheduled, Slow, &[Reached, Diverged, LostSight]),
    (Scheduled, LostSight, &[Moving, Slow, Reached, Diverged]),
    (Scheduled, Reached, &[Reverted]),
    (
        Unknown,
        Waiting,
        &[Moving, Reached, Diverged, NotApplied, LostSight],
    ),
    (Unknown, Moving, &[Reached, Diverged, LostSight]),
    (Unknown, LostSight, &[Waiting, Moving, Reached, Diverged]),
    (Unknown, Reached, &[Reverted]),
    (Rejected, Waiting, &[Reached]),
];

pub(super) fn may_move(basis: Basis, from: Tracking, to: Tracking) -> bool {
    let mut moves = ALLOWED
        .iter()
        .filter(|(of, start, _)| (*of, *start) == (basis, from));
    from == to || moves.any(|(_, _, ends)| ends.contains(&to))
}

pub(super) fn at(seconds: u64) -> Moment {
    Moment::new(Duration::from_secs(seconds))
}

pub(super) fn found(word: &str, group: Group) -> Reading {
    Reading::Found(row(&sap(), "e0", word, group, nothing()))
}

/// What a read may find of a row that was RUNNING and is to be STOPPED.
fn readings() -> [Reading; 5] {
    [
        found("RUNNING", Group::Active),
        found("STOPPING", Group::Moving),
        found("STOPPED", Group::Ended),
        found("COMPLETED", Group::Ended),
        Reading::Gone,
    ]
}

/// A row of that outcome in that state, with the moment its next read may begin.
fn track_in(basis: Basis, state: Tracking) -> (Track, u64) {
    let mut track = Track::start(&STOP, basis, Clean::new("RUNNING"), at(0));
    let [running, stopping, stopped, completed, _] = readings();
    let mut see = |reading: &Reading, seconds| track.observe(reading, at(seconds), at(seconds));
    match state {
        Waiting => {}
        Moving if basis == Scheduled => {}
        Moving => see(&stopping, 1),
        Reached => see(&stopped, 1),
        Diverged => see(&completed, 1),
        Reverted => {
            see(&stopped, 1);
            see(&running, 2);
        }
        Slow => {
            see(&running, 1);
            track.tick(at(60));
        }
        LostSight => track.tick(at(300)),
        NotApplied => {
            while track.next_read().is_some() {
                track.reading();
            }
            track.observe(&running, at(122), at(122));
            track.tick(at(122));
        }
    }
    assert_eq!(track.state(), state, "{basis:?}");
    (track, 301)
}

/// From a state to what each of [`readings`] makes of it: unchanged, moving, target, other end, gone.
const BY_READING: &[(Basis, Tracking, [Tracking; 5])] = &[
    (
        Scheduled,
        Moving,
        [Moving, Moving, Reached, Diverged, Diverged],
    ),
    (Scheduled, Slow, [Slow, Slow, Reached, Diverged, Diverged]),
    (
        Scheduled,
        LostSight,
        [Moving, Moving, Reached, Diverged, Diverged],
    ),
    (
        Scheduled,
        Reached,
        [Reverted, Reached, Reached, Reached, Reached],
    ),
    (Scheduled, Reverted, [Reverted; 5]),
    (Scheduled, Diverged, [Diverged; 5]),
    (
        Unknown,
        Waiting,
        [Waiting, Moving, Reached, Diverged, Diverged],
    ),
    (
        Unknown,
        Moving,
        [Moving, Moving, Reached, Diverged, Diverged],
    ),
    (
        Unknown,
        LostSight,
        [Waiting, Moving, Reached, Diverged, Diverged],
    ),
    (
        Unknown,
        Reached,
        [Reverted, Reached, Reached, Reached, Reached],
    ),
    (Unknown, Reverted, [Reverted; 5]),
    (Unknown, Diverged, [Diverged; 5]),
    (Unknown, NotApplied, [NotApplied; 5]),
    (
        Rejected,
        Waiting,
        [Waiting, Waiting, Reached, Waiting, Waiting],
    ),
    (Rejected, Reached, [Reached; 5]),
];

#[test]
fn every_state_moves_by_every_reading_as_the_table_says_and_the_table_breaks_no_rule() {
    for (basis, state, ends) in BY_READING {
        for (reading, end) in readings().iter().zip(ends) {
            let (mut track, now) = track_in(*basis, *state);
            track.observe(reading, at(now), at(now));
            assert_eq!(track.state(), *end, "{basis:?} {state:?} by {reading:?}");
            assert!(
                may_move(*basis, *state, *end),
                "{basis:?} {state:?} to {end:?}"
            );
        }
    }
}

#[test]
fn every_state_that_is_reached_by_a_rule_is_in_the_table_of_readings() {
    let tabled = |basis, state| {
        BY_READING
            .iter()
            .any(|(of, start, _)| (*of, *start) == (basis, state))
    };
    for (basis, from, ends) in ALLOWED {
        assert!(
            tabled(*basis, *from) && ends.iter().all(|end| tabled(*basis, *end)),
            "{basis:?} {from:?}"
        );
    }
}

#[test]
fn time_alone_moves_only_what_is_not_settled() {
    for (basis, state, _) in BY_READING {
        let (mut track, now) = track_in(*basis, *state);
        track.tick(at(now + 1_000));
        let moves_on = *basis != Rejected && !state.is_settled();
        let end = if moves_on { LostSight } else { *state };
        assert_eq!(track.state(), end, "{basis:?} {state:?}");
    }
}

#[test]
fn lost_sight_comes_at_five_minutes_to_the_second_and_slow_at_the_verbs_own() {
    for (seconds, state) in [(59, Moving), (60, Slow), (299, Slow), (300, LostSight)] {
        let mut track = Track::start(&STOP, Scheduled, Clean::new("RUNNING"), at(0));
        track.tick(at(seconds.min(60)));
        track.tick(at(seconds));
        assert_eq!(track.state(), state, "after {seconds} s");
    }
    let mut track = Track::start(&STOP, Unknown, Clean::new("RUNNING"), at(0));
    track.observe(&found("STOPPING", Group::Moving), at(1), at(1));
    track.tick(at(200));
    assert_eq!(
        track.state(),
        Moving,
        "slow is said of what was acknowledged only"
    );
}

#[test]
fn a_word_that_changes_starts_the_wait_for_slow_anew() {
    let mut track = Track::start(&STOP, Scheduled, Clean::new("RUNNING"), at(0));
    track.observe(&found("STOPPING", Group::Moving), at(50), at(50));
    track.tick(at(109));
    assert_eq!(
        (track.state(), track.unchanged_for(at(109)).as_secs()),
        (Moving, 59)
    );
    track.observe(&found("STOPPING", Group::Moving), at(109), at(109));
    track.tick(at(110));
    assert_eq!(track.state(), Slow);
    assert_eq!(track.last_word(), Some(&Clean::new("STOPPING")));
}

#[test]
fn of_two_reads_that_began_at_once_the_one_that_came_last_counts() {
    let mut track = Track::start(&STOP, Scheduled, Clean::new("RUNNING"), at(0));
    track.observe(&found("RUNNING", Group::Active), at(1), at(2));
    track.observe(&found("STOPPED", Group::Ended), at(1), at(3));
    assert_eq!(track.state(), Reached);
}

#[test]
fn each_state_has_the_word_that_journals_hold() {
    let words = [
        "nothing seen yet",
        "moving",
        "slow",
        "reached",
        "reverted",
        "diverged",
        "not applied",
        "lost sight",
    ];
    assert_eq!(Tracking::ALL.map(Tracking::word), words);
}

#[test]
fn a_sight_that_was_lost_comes_back_to_slow_where_it_was_slow() {
    let (mut track, _) = track_in(Scheduled, Slow);
    track.tick(at(400));
    assert_eq!(track.state(), LostSight);
    track.observe(&found("RUNNING", Group::Active), at(401), at(401));
    assert_eq!(track.state(), Slow);
}

/// What a verb's first read after the answer makes of a row in that status.
fn first_sight(verb: &'static Verb, before: &str, seen: &Reading) -> Tracking {
    let mut track = Track::start(verb, Unknown, Clean::new(before), at(0));
    track.observe(seen, at(1), at(1));
    track.state()
}

#[test]
fn what_counts_as_a_trace_depends_on_what_was_asked() {
    let heading = |word: &str, target: &str| {
        let mut row = Arc::unwrap_or_clone(row(&sap(), "e0", word, Group::Active, nothing()));
        row.target = Some(Clean::new(target));
        Reading::Found(Arc::new(row))
    };
    for (verb, before, seen, state) in [
        (&STOP, "PENDING", found("RUNNING", Group::Active), Waiting),
        (&STOP, "RUNNING", found("STOPPING", Group::Moving), Moving),
        (&STOP, "RUNNING", heading("RUNNING", "STOPPED"), Moving),
        (&STOP, "RUNNING", heading("RUNNING", "COMPLETED"), Waiting),
        (&STOP, "RUNNING", found("DEAD", Group::Failed), Diverged),
        (&STOP, "RUNNING", found("stopped", Group::Ended), Reached),
        (&DELETE, "STOPPED", found("DELETING", Group::Moving), Moving),
        (&DELETE, "STOPPED", heading("STOPPED", "DELETED"), Moving),
        (&DELETE, "STOPPED", Reading::Gone, Reached),
        (&RESUME, "Stopped", found("Pending", Group::Active), Moving),
        (&RESUME, "Stopped", found("Running", Group::Active), Reached),
    ] {
        let shown = first_sight(verb, before, &seen);
        assert_eq!(shown, state, "{} {before} {seen:?}", verb.word);
    }
}

/// What was asked, the status before, and what may be seen without it.
type ByItself = (
    &'static Verb,
    &'static str,
    &'static [(&'static str, Group)],
);

#[test]
fn what_a_row_also_does_by_itself_or_did_before_is_no_trace() {
    #[rustfmt::skip]
    let by_itself: [ByItself; 8] = [
        (&STOP, "RUNNING", &[("QUEER", Group::Unknown)]),
        (&STOP, "DEAD", &[("DEAD", Group::Failed)]),
        (&SUSPEND, "Resuming", &[("Resuming", Group::Moving), ("Running", Group::Active)]),
        (&TERMINATE, "running", &[("waiting_for_input", Group::Paused), ("Running", Group::Unknown)]),
        (&DELETE, "Stopping", &[("Stopping", Group::Moving), ("Stopped", Group::Paused)]),
        (&DELETE, "STOPPED", &[("DEAD", Group::Failed)]),
        (&RESUME, "Stopping", &[("Stopped", Group::Paused)]),
        (&RESUME, "Paused", &[("paused", Group::Paused)]),
    ];
    for (verb, before, seen) in by_itself {
        for &(word, group) in seen {
            let shown = first_sight(verb, before, &found(word, group));
            assert_eq!(shown, Waiting, "{} {before} {word}", verb.word);
        }
    }
}

#[test]
fn only_what_undoes_a_change_reverts_it() {
    let after = |verb, target: &Reading, later: &Reading| {
        let mut track = Track::start(verb, Scheduled, Clean::new("before"), at(0));
        track.observe(target, at(1), at(1));
        track.observe(later, at(2), at(3));
        (
            track.state(),
            track.reached_after().map(|span| span.as_secs()),
        )
    };
    let (running, stopped) = (
        found("Running", Group::Active),
        found("STOPPED", Group::Ended),
    );
    assert_eq!(after(&STOP, &stopped, &running), (Reverted, Some(1)));
    assert_eq!(
        after(&STOP, &stopped, &found("DELETING", Group::Moving)),
        (Reached, Some(1))
    );
    assert_eq!(after(&RESUME, &running, &stopped), (Reached, Some(1)));
    assert_eq!(
        after(&RESUME, &running, &found("Stopped", Group::Paused)),
        (Reverted, Some(1))
    );
    assert_eq!(
        after(&DELETE, &Reading::Gone, &stopped),
        (Reverted, Some(1))
    );
}

#[test]
fn a_row_at_its_target_shows_the_status_it_has_now() {
    let mut track = Track::start(&RESUME, Scheduled, Clean::new("Stopped"), at(0));
    track.observe(&found("Running", Group::Active), at(1), at(1));
    track.observe(&found("Completed", Group::Ended), at(2), at(2));
    assert_eq!(track.state(), Reached);
    assert_eq!(track.last_word(), Some(&Clean::new("Completed")));
}

#[test]
fn each_outcome_is_read_at_its_own_times() {
    let times = |verb, basis| {
        let mut track = Track::start(verb, basis, Clean::new("RUNNING"), at(100));
        let total = track.reads().1;
        let due = std::iter::from_fn(|| {
            let due = track.next_read()?;
            track.reading();
            Some(due.since(at(100)).as_secs())
        });
        let due: Vec<u64> = due.collect();
        assert_eq!((track.reads(), due.len()), ((total, total), total));
        due
    };
    assert_eq!(times(&STOP, Scheduled), [2, 6, 14, 30, 60]);
    assert_eq!(times(&TERMINATE, Scheduled), [2, 14, 60]);
    assert_eq!(times(&STOP, Unknown), [2, 6, 14, 30, 62, 122]);
    assert_eq!(
        times(&TERMINATE, Unknown),
        [2, 14, 62, 122, 302],
        "Kubiya may work on one batch for five minutes"
    );
    assert_eq!(times(&STOP, Rejected), [2]);
    let (settled, _) = track_in(Scheduled, Reached);
    assert_eq!(settled.next_read(), None, "what is settled is not read");
}

#[test]
fn a_refused_row_is_looked_at_until_its_own_read_and_no_longer() {
    let mut track = Track::start(&STOP, Rejected, Clean::new("RUNNING"), at(0));
    track.observe(&found("RUNNING", Group::Active), at(1), at(1));
    track.observe(&found("RUNNING", Group::Active), at(2), at(2));
    track.observe(&found("STOPPED", Group::Ended), at(3), at(3));
    assert_eq!(
        track.state(),
        Waiting,
        "what others do to it later is not this batch's doing"
    );
}

#[test]
fn not_applied_takes_every_read_back_and_one_that_began_at_the_end() {
    let silent = |reads: usize, last: u64| {
        let mut track = Track::start(&STOP, Unknown, Clean::new("RUNNING"), at(0));
        (0..reads).for_each(|_| track.reading());
        track.observe(&found("RUNNING", Group::Active), at(last), at(last));
        track.tick(at(last));
        track.state()
    };
    assert_eq!(
        [silent(6, 122), silent(6, 121), silent(5, 122)],
        [NotApplied, Waiting, Waiting]
    );
}
