//! `kill -9` of the real binary at every named point and at random moments (J1 to J3): each time the wire
//! holds nothing that the journal does not account for.
//!
//! `CENTURION_KILLS` says at how many random moments, `CENTURION_SEED` from which seed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use centurion::domain::outcome::Outcome;
use centurion::journal::{Departure, Past, Planned, State};
use centurion::simulator::Options;
use serde_json::json;

use crate::pty::Terminal;
use crate::site::{Site, number, say};
use crate::wire::ids;

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

/// The heads of the sections of the results.
const TITLES: [&str; 5] = ["REJECTED", "UNKNOWN", "WITHOUT", "SCHEDULED", "LEFT OUT"];

fn title(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Rejected(_) => "REJECTED",
        Outcome::Unknown(_) => "UNKNOWN",
        Outcome::Scheduled { .. } => "SCHEDULED",
        Outcome::LeftOut(..) => "LEFT OUT",
    }
}

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
    site.assert_confirmed();
    for id in site.changes().iter().flat_map(ids) {
        *left.entry(id).or_default() += 1;
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

/// The next start shows every id of the batch with its outcome once all platforms are live, and sends
/// nothing by itself.
fn assert_start_accounts_for_it(site: &Site, at: &str) {
    let Some(past) = newest(site).filter(|past| past.state != State::NeverBegun) else {
        return;
    };
    let sent = site.changes().len();
    let mut terminal = site.dashboard().size(200, 90).run();
    terminal.until("every platform is live", |screen| {
        screen.matches('●').count() == 3
    });
    open_results(&mut terminal, &past.name);
    let screen = terminal.text();
    for row in &past.rows {
        let place = screen.find(row.id.as_str());
        let above = &screen[..place.unwrap_or_else(|| panic!("{at}: {} in\n{screen}", row.id))];
        let shown = TITLES
            .into_iter()
            .max_by_key(|title| above.rfind(&format!("▾ {title} ")));
        let expected = title(&row.accounted());
        assert_eq!(shown, Some(expected), "{at}: {}\n{screen}", row.id);
    }
    terminal.kill();
    assert_eq!(site.changes().len(), sent, "{at}");
}

/// Opens the results of the newest batch, and everything that is folded away there.
fn open_results(terminal: &mut Terminal, name: &str) {
    // The journal may be read a little later than the first rows.
    while !terminal.text().contains("enter opens its results") {
        terminal.type_text("B");
        terminal.until("B is answered", |screen| {
            screen.contains("enter opens its results") || screen.contains("no batch was sent")
        });
    }
    terminal.wait(name);
    terminal.type_text("\r");
    terminal.wait(&format!("BATCH {name}"));
    let line_with = |screen: &str, mark: &str| screen.lines().position(|line| line.contains(mark));
    while let Some(folded) = line_with(&terminal.text(), "▸") {
        let cursor = line_with(&terminal.text(), "│>").expect("there is a cursor");
        terminal.type_text(if cursor < folded { "j" } else { " " });
        terminal.until("the cursor moves or the head is opened", |screen| {
            line_with(screen, "│>") != Some(cursor) || line_with(screen, "▸") != Some(folded)
        });
    }
}

/// Kills several dashboards at a time: each waits more than it works.
fn several_at_once<T: Send>(all: impl Iterator<Item = T> + Send, kill: impl Fn(T) + Sync) {
    let all = Mutex::new(all);
    let next = || all.lock().expect("whole").next();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(one) = next() {
                    kill(one);
                }
            });
        }
    });
}

#[test]
fn j1_j2_killed_at_any_step_on_disk_the_next_start_accounts_for_every_id() {
    several_at_once(POINTS.into_iter(), |(point, time)| {
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
        assert_start_accounts_for_it(&site, &at);
    });
    say(&format!("killed at {} named points", POINTS.len()));
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
    assert_start_accounts_for_it(&site, "in flight");
}

#[test]
fn j3_killed_at_random_moments_the_next_start_accounts_for_every_id() {
    let (kills, seed) = (number("CENTURION_KILLS", 12), number("CENTURION_SEED", 1));
    let found = Mutex::new(BTreeMap::new());
    several_at_once(seed..seed + kills, |seed| {
        let left = kill_once(seed);
        *found.lock().expect("whole").entry(left).or_insert(0) += 1;
    });
    let found = found.into_inner().expect("whole");
    assert_eq!(found.values().sum::<u64>(), kills);
    say(&format!("{kills} kills from seed {seed} left {found:?}"));
}

/// One kill, at a moment that follows from its seed alone; what it left.
fn kill_once(seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let site = site(1 + seed % 4);
    let mut terminal = confirming(&site, "");
    // Most of a batch is sent in the first tenth of a second, and followed after that.
    let longest = random.choice([60_000, 60_000, 1_000_000]).expect("some");
    let moment = Duration::from_micros(random.u64(0..longest));
    terminal.type_text("\r");
    std::thread::sleep(moment);
    terminal.kill();
    let at = format!("seed {seed}, {moment:?} after the enter");
    assert_accounted_for(&site, &at);
    let left = newest(&site).map(|past| past.state);
    assert_start_accounts_for_it(&site, &at);
    // That start was killed too, while it read rows back.
    assert_accounted_for(&site, &at);
    left.map_or("no file".to_owned(), |state| format!("{state:?}"))
}
