//! `kill -9` of the real binary at every named point and at random moments (J1 to J3): each time the wire
//! holds nothing that the journal does not account for.
//!
//! `CENTURION_KILLS` says at how many random moments, `CENTURION_SEED` from which seed.

use std::collections::BTreeMap;
use std::time::Duration;

use centurion::domain::outcome::Outcome;
use centurion::journal::{Departure, Past, Planned, State};
use centurion::simulator::Options;
use serde_json::json;

use crate::main_job::ids;
use crate::pty::Terminal;
use crate::site::{Site, number};

/// Every step of a batch on disk, and at which time it is come to the process stops there.
const POINTS: [(&str, usize); 18] = [
    ("create-batch", 1),
    ("write-intent", 1),
    ("sync-intent", 1),
    ("sync-folder-intent", 1),
    ("done-intent", 1),
    ("write-sending", 1),
    ("sync-sending", 2),
    ("done-sending", 1),
    ("done-sending", 3),
    ("write-answer", 1),
    ("write-answer", 4),
    ("done-answer", 1),
    ("sync-batch", 2),
    ("write-seen", 1),
    ("done-seen", 3),
    ("write-end", 1),
    ("sync-end", 1),
    ("done-end", 1),
];

/// Rows of the batch, over all platforms; some of them leave one by one.
const ROWS: usize = 20;

fn site(seed: u64) -> Site {
    Site::new(Options {
        rows: 160,
        speed: 100.0,
        seed,
        ..Options::default()
    })
}

/// The dashboard with a batch that only waits for the last enter.
fn confirming(site: &Site, drill: &str) -> Terminal {
    let mut terminal = site.dashboard().variable("CENTURION_DRILL", drill).run();
    terminal.plan("s", "status:running", ROWS);
    terminal
}

/// The newest batch, if one was begun.
fn newest(site: &Site) -> Option<Past> {
    site.journal().batches(1).expect("readable").pop()
}

/// Every line that has an end can be read, whatever became of the one after it.
fn assert_whole_lines_are_good(site: &Site, past: &Past, at: &str) {
    let file = site
        .folder
        .path()
        .join("journal")
        .join(format!("{}.jsonl", past.name));
    let bytes = std::fs::read(file).expect("it is there");
    let whole = bytes.split(|&byte| byte == b'\n').count() as u64 - 1;
    for problem in &past.problems {
        assert!(
            problem.line.is_some_and(|line| line > whole),
            "{at}: {problem}"
        );
    }
}

/// What P1 to P4 and J1 to J3 promise of a batch whose process was killed.
fn assert_accounted_for(site: &Site, at: &str) {
    let history = newest(site).map(|past| site.run(&["history", &past.name]));
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    let past = newest(site).filter(|past| past.state != State::NeverBegun);
    let Some(past) = past else {
        assert!(site.changes().is_empty(), "{at}: sent without an intent");
        return;
    };
    assert_whole_lines_are_good(site, &past, at);
    for request in site.changes() {
        let named = ids(&request);
        let rows = past
            .rows
            .iter()
            .filter(|row| named.contains(row.id.as_str()));
        let known: Vec<_> = rows.map(|row| row.id.to_string()).collect();
        assert!(!known.is_empty(), "{at}: not in the intent: {request:?}");
        assert!(request.body.is_null() || known.len() == named.len() || known.len() == 1);
        for id in known {
            *left.entry(id).or_default() += 1;
        }
    }
    let history = history.expect("there is a batch");
    for row in &past.rows {
        let id = row.id.as_str();
        assert!(history.contains(id), "{at}: {id} in\n{history}");
        match left.get(id) {
            None => assert!(
                !matches!(
                    row.outcome,
                    Some(Outcome::Scheduled { .. } | Outcome::Rejected(_))
                ),
                "{at}: {id} never left"
            ),
            Some(times) => {
                assert_eq!(*times, 1, "{at}: {id} left more than once");
                assert_eq!(row.departure, Departure::Left, "{at}: {id}");
                assert!(matches!(row.planned, Planned::Send { .. }), "{at}: {id}");
            }
        }
    }
}

/// The next start names the batch, and sends nothing by itself.
fn assert_start_names_it_and_sends_nothing(site: &Site, at: &str) {
    let Some(past) = newest(site).filter(|past| past.state == State::Unfinished) else {
        return;
    };
    let sent = site.changes().len();
    let mut terminal = site.dashboard().run();
    terminal.wait_until(at, |terminal| {
        String::from_utf8_lossy(&terminal.raw).contains(&past.name)
    });
    terminal.until("every platform is live", |screen| {
        screen.matches('●').count() == 3
    });
    terminal.kill();
    assert_eq!(site.changes().len(), sent, "{at}");
}

#[test]
fn j1_j2_killed_at_any_step_on_disk_the_journal_accounts_for_what_left() {
    for (point, time) in POINTS {
        let (site, at) = (site(1), format!("stop {point} {time}"));
        let mut terminal = confirming(&site, &at);
        terminal.type_text("\r");
        terminal.wait_until_stopped();
        terminal.kill();
        assert_accounted_for(&site, &at);
        if point.ends_with("-intent") && point != "done-intent" || point == "create-batch" {
            assert!(
                site.changes().is_empty(),
                "{at}: before the intent was safe"
            );
        }
        assert_start_names_it_and_sends_nothing(&site, &at);
    }
}

#[test]
fn j2_killed_while_requests_are_out_nothing_is_taken_for_an_answer() {
    let site = site(1);
    let mut terminal = confirming(&site, "");
    let stall = ["PATCH", "POST", "PUT", "DELETE"]
        .map(|method| json!({"method": method, "path": "/*", "fault": "stall"}));
    site.simulator.set_faults(json!(stall)).expect("valid");
    terminal.type_text("\r");
    while site.changes().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    terminal.kill();
    assert_accounted_for(&site, "in flight");
    let past = newest(&site).expect("begun");
    assert!(past.rows.iter().any(|row| row.departure == Departure::Left));
    let none = |row: &centurion::journal::PastRow| {
        !matches!(
            row.outcome,
            Some(Outcome::Scheduled { .. } | Outcome::Unknown(_))
        )
    };
    assert!(past.rows.iter().all(none));
    site.simulator.set_faults(json!([])).expect("valid");
    assert_start_names_it_and_sends_nothing(&site, "in flight");
}

#[test]
fn j3_killed_at_random_moments_the_journal_accounts_for_what_left() {
    let (kills, seed) = (number("CENTURION_KILLS", 12), number("CENTURION_SEED", 1));
    std::thread::scope(|scope| {
        for first in [0, 1] {
            scope.spawn(move || {
                for kill in (first..kills).step_by(2) {
                    kill_once(seed + kill);
                }
            });
        }
    });
}

/// One kill, at a moment that follows from its seed alone.
fn kill_once(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let site = site(1 + seed % 4);
    let mut terminal = confirming(&site, "");
    // Most of a batch is sent in the first tenth of a second, and followed after that.
    let longest = random.choice([60_000, 60_000, 1_000_000]).expect("some");
    let moment = Duration::from_micros(random.u64(0..longest));
    terminal.type_text("\r");
    std::thread::sleep(moment);
    terminal.kill();
    assert_accounted_for(&site, &format!("seed {seed}, {moment:?} after the enter"));
}
