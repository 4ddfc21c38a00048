//! Long runs: fault after fault against one dashboard, refresh after refresh of one process.
//!
//! `CENTURION_LONG=1` runs them whole, else a small part; `CENTURION_SEED` says from which seed.

use std::fs;
use std::time::{Duration, Instant};

use centurion::app::{Model, Screen};
use centurion::journal::State;
use centurion::simulator::{Options, Recorded};
use serde_json::{Value, json};

use crate::harness::{Dashboard, world};
use crate::pty::Terminal;
use crate::site::{Site, number, say};

fn is_long() -> bool {
    number("CENTURION_LONG", 0) > 0
}

/// What may happen to any call. Those that lead to another send of a change are for reads.
fn fault_of_a_call(random: &mut fastrand::Rng) -> Value {
    let kinds = [
        json!({"fault": "delay", "ms": 20}),
        json!({"fault": "slow_bytes", "ms": 1}),
        json!({"fault": "drop_before"}),
        json!({"fault": "drop_after"}),
        json!({"fault": "act_late", "ms": 20}),
        json!({"fault": "cut", "at": 11}),
        json!({"fault": "status", "status": 500, "act": true}),
        json!({"fault": "status", "status": 503}),
        json!({"fault": "status", "status": 403, "body": {"message": "no"}}),
        json!({"fault": "status", "status": 409, "body": "in use"}),
        json!({"fault": "header", "name": "content-type", "value": "text/plain"}),
        json!({"fault": "body", "text": "[[[[{}"}),
        json!({"fault": "body", "text": "{\"results\": null, \"resources\": 7}"}),
        json!({"fault": "html"}),
    ];
    random.choice(kinds).expect("some")
}

fn fault_of_a_read(random: &mut fastrand::Rng) -> Value {
    let mut fault = match random.u8(0..6) {
        0 => json!({"fault": "shift_pages"}),
        1 => json!({"fault": "token_expired"}),
        _ => fault_of_a_call(random),
    };
    fault["method"] = "GET".into();
    fault["times"] = random.u32(1..4).into();
    fault
}

fn faults_of_a_change(random: &mut fastrand::Rng) -> Value {
    let of_an_id = [
        "missing",
        "duplicate",
        "contradictory",
        "refused",
        "extra",
        "stuck",
    ];
    if random.bool() {
        let name = random.choice(of_an_id).expect("some");
        return json!([{"fault": name, "times": 1}]);
    }
    let fault = fault_of_a_call(random);
    let on = |(method, path): (&str, &str)| {
        let mut fault = fault.clone();
        fault["method"] = method.into();
        fault["path"] = path.into();
        fault
    };
    [
        ("PATCH", "/v2/*"),
        ("POST", "/api/v1/workloads/*"),
        ("POST", "/api/v1/executions/*"),
    ]
    .map(on)
    .into()
}

fn is_well(model: &Model) -> bool {
    let mut states = model.lanes.sources();
    states.all(|state| state.health.error().is_none() && state.listing.is_some())
}

/// Reads through a fault and after it until every source is well.
async fn read_through(dashboard: &mut Dashboard, fault: Value) {
    dashboard
        .simulator
        .set_faults(json!([fault.clone()]))
        .expect("valid");
    dashboard.press("r").await;
    dashboard.simulator.set_faults(json!([])).expect("valid");
    let mut turns = 0;
    while !is_well(dashboard.model()) {
        turns += 1;
        assert!(turns < 200, "{fault}\n{}", dashboard.screen());
        dashboard.press("r").await;
        let message = dashboard.session.next().await;
        dashboard.session.handle(message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_each_of_a_hundred_random_faults_the_dashboard_is_usable_and_its_counts_are_right() {
    let mut random = fastrand::Rng::with_seed(number("CENTURION_SEED", 1));
    let mut dashboard = world().rows(1_200).open().await;
    let rounds = if is_long() { 100 } else { 10 };
    for round in 0..rounds {
        read_through(&mut dashboard, fault_of_a_read(&mut random)).await;
        let (rows, faults) = (random.usize(1..6), faults_of_a_change(&mut random));
        let connection = random
            .choice(["prod-eu", "gpu-cluster", "agents"])
            .expect("some");
        plan_what_runs(&mut dashboard, connection, rows).await;
        dashboard
            .simulator
            .set_faults(faults.clone())
            .expect("valid");
        dashboard.confirm("INC-1").await;
        dashboard.sent().await;
        dashboard.simulator.set_faults(json!([])).expect("valid");
        let run = dashboard.model().run(round + 1).expect("the newest batch");
        let totals = run.report.totals();
        assert_eq!(
            (totals.marked(), totals.open),
            (rows, 0),
            "{round}: {faults}"
        );
        dashboard.wire.assert_confirmed();
        dashboard.press("<esc>").await;
    }
    say(&format!("{rounds} faults of reads and {rounds} of changes"));
}

/// Plans to stop rows that run on that connection, or on any where it has not so many left; the next ones where none
/// of them can be stopped: because an earlier fault holds them in their status, say.
async fn plan_what_runs(dashboard: &mut Dashboard, connection: &str, rows: usize) {
    for passed in (0..).step_by(rows) {
        for mark in dashboard.model().selection.marks().to_vec() {
            dashboard.session.model.selection.unmark(&mark.row.key);
        }
        let filter = format!("in:{connection} status:running");
        dashboard.filter(&filter).await;
        if dashboard.model().shown_len() < passed + rows {
            dashboard.filter("status:running").await;
        }
        assert!(dashboard.model().shown_len() >= passed + rows);
        dashboard.press("g").await;
        dashboard.press(&"j".repeat(passed)).await;
        dashboard.press(&"<space>".repeat(rows)).await;
        dashboard.press("xs").await;
        dashboard.plan_is_read().await;
        let Screen::Plan(confirm) = &dashboard.model().screen else {
            panic!("no plan:\n{}", dashboard.screen())
        };
        if confirm.plan.counts().sendable() > 0 {
            return;
        }
        dashboard.press("<esc>r").await;
    }
}

/// What a frame costs over few rows and over many: the least of as many frames, taken in turn, so that what else
/// the machine does counts for neither.
fn least_frames(few: &Dashboard, many: &Dashboard) -> [Duration; 2] {
    let frame = |dashboard: &Dashboard| {
        let begun = Instant::now();
        dashboard.screen();
        begun.elapsed()
    };
    let frames = (0..150).map(|_| [frame(few), frame(many)]);
    let least = frames.reduce(|[few, many], [a, b]| [few.min(a), many.min(b)]);
    least.expect("some")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l9_a_frame_over_ten_thousand_rows_costs_no_more_than_three_over_a_thousand() {
    let (mut few, mut many) = (
        world().rows(1_000).open().await,
        world().rows(10_000).open().await,
    );
    few.press("G").await;
    many.press("G").await;
    let [few, many] = least_frames(&few, &many);
    assert!(
        many <= few * 3,
        "{many:?} over ten thousand, {few:?} over a thousand"
    );
}

/// What a process holds.
#[derive(Debug)]
struct Holding {
    kibibytes: usize,
    files: usize,
    threads: usize,
    locks: usize,
}

impl Holding {
    fn of(pid: i32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let field = |name: &str| -> usize {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let word = line.and_then(|line| line.split_whitespace().next());
            word.and_then(|word| word.parse().ok()).expect("a number")
        };
        let locks = fs::read_to_string("/proc/locks").expect("readable");
        let own = format!(" {pid} ");
        Self {
            kibibytes: field("VmRSS:"),
            files: fs::read_dir(format!("/proc/{pid}/fd"))
                .expect("it runs")
                .count(),
            threads: field("Threads:"),
            locks: locks.lines().filter(|line| line.contains(&own)).count(),
        }
    }

    /// Whether nothing has grown since. The short run begins to count before the allocator has its share, so
    /// only the long one holds memory to a tenth more.
    fn is_within(&self, then: &Self) -> bool {
        let percent = if is_long() { 110 } else { 150 };
        self.kibibytes * 100 <= then.kibibytes * percent
            && self.files <= then.files
            && self.threads <= then.threads
            && self.locks <= then.locks
    }
}

/// How often the one source was read from its first row to its last.
fn refreshes(site: &Site) -> usize {
    let requests = site.simulator.requests().into_iter();
    let whole =
        |request: &Recorded| request.path == "/api/v1/workloads" && request.status == Some(200);
    requests.filter(whole).count()
}

/// Refreshes until the one source was read so often. While it is being read the key does nothing, so that one
/// key after another is as fast as the reads are.
fn refresh_until(terminal: &mut Terminal, site: &Site, reads: usize) {
    let patience = Instant::now() + Duration::from_secs(600);
    while refreshes(site) < reads {
        assert!(Instant::now() < patience, "{}", terminal.text());
        for _ in 0..40 {
            terminal.type_text("r");
            terminal.take_for(Duration::from_millis(4));
        }
    }
}

/// Stops a row, or lets one that was stopped go on.
fn one_batch(terminal: &mut Terminal, number: usize) {
    if number.is_multiple_of(2) {
        terminal.plan("s", "status:running", 1);
    } else {
        terminal.plan("u", "status:stopped", 1);
        // Enter alone confirms it, but not right after it opened (T17).
        terminal.take_for(Duration::from_millis(800));
    }
    terminal.type_text("\r");
    terminal.wait(" marked = ");
    terminal.type_text("q");
    terminal.wait("? help  q quit");
}

#[test]
fn ten_thousand_refreshes_and_two_hundred_batches_leave_memory_files_threads_and_locks_as_they_were()
 {
    let share = if is_long() { 1 } else { 20 };
    let (asked, batches) = (10_000 / share, 200 / share);
    let begun = Instant::now();
    // All its rows come in one answer.
    let options = Options {
        rows: 60,
        speed: 100.0,
        ..Options::default()
    };
    let site = Site::with_only(options, "gpu-cluster");
    let mut terminal = site.dashboard().run();
    one_batch(&mut terminal, 0);
    refresh_until(&mut terminal, &site, asked / 10);
    one_batch(&mut terminal, 1);
    let then = Holding::of(terminal.pid());
    for batch in 1..=batches {
        one_batch(&mut terminal, batch + 1);
        refresh_until(
            &mut terminal,
            &site,
            asked / 10 + asked * 9 / 10 * batch / batches,
        );
    }
    let end = Instant::now() + Duration::from_secs(60);
    let all_ended = || {
        let past = site.journal().batches(batches + 2).expect("readable");
        past.len() == batches + 2 && past.iter().all(|past| past.state == State::Ended)
    };
    loop {
        // Idle threads and connections go after some seconds.
        let reads = refreshes(&site);
        refresh_until(&mut terminal, &site, reads + 1);
        let now = Holding::of(terminal.pid());
        if all_ended() && now.is_within(&then) {
            say(&format!(
                "{batches} batches, {reads} refreshes in {:?}: then {then:?}, now {now:?}",
                begun.elapsed()
            ));
            return;
        }
        assert!(Instant::now() < end, "then {then:?}, now {now:?}");
    }
}
