//! Batches that another run left, and those that another program is sending (J2, J10).

use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use centurion::app::run::{Run, Standing};
use centurion::domain::connection::{ConnectionName, Credentials};
use centurion::domain::outcome::Outcome;
use centurion::domain::tracking::Tracking;
use centurion::journal::{Journal, Probe, State};
use centurion::simulator::Options;
use serde_json::json;

use super::{SANDBOX, TRAININGS};
use crate::harness::{Dashboard, world};
use crate::site::Site;

/// A disk of which only what was on it at this step survives; nothing leaves any more after it.
fn dies_at(point: &'static str, from: &Path, to: &Path) -> Probe {
    let (from, to) = (from.to_owned(), to.to_owned());
    let is_dead = Arc::new(AtomicBool::new(false));
    Probe::new(move |at| {
        if at.to_string() == point && !is_dead.swap(true, Ordering::AcqRel) {
            copy_files(&from, &to);
        }
        if is_dead.load(Ordering::Acquire) {
            return Err(Error::from(ErrorKind::Other));
        }
        Ok(())
    })
}

fn copy_files(from: &Path, to: &Path) {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(to).expect("a temporary folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a small file");
    }
}

fn only_run(dashboard: &Dashboard) -> &Run {
    let [run] = dashboard.model().runs.as_slice() else {
        panic!("one batch, not {}", dashboard.model().runs.len())
    };
    run
}

/// How many rows came to what: scheduled, unknown, left out.
fn outcomes(run: &Run) -> [usize; 3] {
    let totals = run.report.totals();
    assert_eq!(totals.open, 0, "every row has its outcome");
    [totals.scheduled, totals.unknown, totals.left_out]
}

async fn reopened(folder: &Path, before: Dashboard) -> Dashboard {
    let Dashboard {
        session, simulator, ..
    } = before;
    drop(session);
    let mut dashboard = world()
        .over(simulator)
        .journal(folder.to_owned())
        .open()
        .await;
    let is_found = |model: &centurion::app::Model| !model.runs.is_empty();
    dashboard.until("the journal was read", is_found).await;
    dashboard
}

/// Where the run ends; what is known of the three rows then; what reads show of those that left.
const DEATHS: [(&str, [usize; 3], Option<Tracking>); 5] = [
    ("done-intent", [0, 0, 3], None),
    ("done-sending", [0, 1, 2], Some(Tracking::NotApplied)),
    ("write-answer", [0, 3, 0], Some(Tracking::Reached)),
    ("done-answer", [1, 2, 0], Some(Tracking::Reached)),
    ("write-seen", [3, 0, 0], Some(Tracking::Reached)),
];

#[tokio::test]
async fn j02_wherever_a_run_ends_the_next_start_accounts_for_every_id_and_sends_nothing() {
    for (point, expected, shown) in DEATHS {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [live, left] = ["live", "left"].map(|name| folder.path().join(name));
        let probe = dies_at(point, &live, &left);
        let mut first = world().journal(live).probe(probe).open().await;
        // One request for all three, or one each where some must not have left.
        let filter = if point == "done-sending" {
            SANDBOX
        } else {
            TRAININGS
        };
        first.plan('s', filter, 3).await;
        let ids = super::planned(&first);
        first.confirm("INC-1").await;
        first.sent().await;
        if point == "write-seen" {
            first.settled().await;
        }
        let sent = first.changes().len();
        let mut next = reopened(&left, first).await;
        let run = only_run(&next);
        assert_eq!(run.standing, Standing::Adopted, "{point}");
        assert_eq!(outcomes(run), expected, "{point}");
        next.press("B<enter><tab><tab><tab>").await;
        let shown_ids = |screen: &str| ids.iter().filter(|id| screen.contains(*id)).count();
        next.press("gg").await;
        if expected[2] > 0 {
            next.press("G<space>").await;
        }
        let screen = next.screen();
        assert_eq!(shown_ids(&screen), 3, "{point}\n{screen}");
        assert!(
            screen.contains("unfinished, read back here"),
            "{point}\n{screen}"
        );
        next.pass(if point == "done-sending" { 130 } else { 20 })
            .await;
        next.settled().await;
        let rows = only_run(&next).report.rows().iter();
        let left_rows = rows.filter(|row| !matches!(row.outcome(), Some(Outcome::LeftOut(..))));
        for row in left_rows {
            assert_eq!(row.tracking(), shown, "{point}");
        }
        assert_eq!(next.changes().len(), sent, "{point}: nothing is sent again");
        drop(next.session);
        ended(&left).await;
    }
}

/// Two workloads that were sent and never read back, by a simulator that is gone.
async fn left_behind(folder: &Path) {
    let live = folder.with_file_name("live");
    let probe = dies_at("write-answer", &live, folder);
    let mut first = world().journal(live).probe(probe).open().await;
    first.plan('s', TRAININGS, 2).await;
    first.confirm("").await;
    first.sent().await;
}

#[tokio::test]
async fn j02_a_batch_out_of_reach_is_closed_by_the_operator_and_in_a_demo_by_itself() {
    for demo in [false, true] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let left = folder.path().join("left");
        left_behind(&left).await;
        let world = if demo { world() } else { world().real() };
        let mut next = world.journal(left.clone()).open().await;
        next.until("the journal was read", |model| !model.runs.is_empty())
            .await;
        next.press("B<enter>").await;
        if !demo {
            next.press("C").await;
        }
        assert_eq!(only_run(&next).standing, Standing::Ended);
        let screen = next.screen();
        assert!(screen.contains("closed, not read back"), "{screen}");
        assert_eq!(screen.contains("ended with that demo"), demo, "{screen}");
        assert_eq!(screen.contains("leads to"), !demo, "{screen}");
        drop(next.session);
        ended(&left).await;
    }
}

/// Waits until the newest batch has its end on disk.
async fn ended(folder: &Path) {
    let journal = Journal::open(folder.to_owned());
    let newest = || journal.batches(1).expect("readable").remove(0);
    while newest().state != State::Ended {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let words: Vec<String> = newest()
        .notes
        .iter()
        .map(|(_, words)| words.to_string())
        .collect();
    assert_eq!(
        words.last().map(String::as_str),
        Some("taken over by ana@ops-1")
    );
}

#[tokio::test]
async fn j02_what_was_not_applied_or_not_sent_is_planned_again_only_by_a_new_confirmation() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [live, left] = ["live", "left"].map(|name| folder.path().join(name));
    let probe = dies_at("done-intent", &live, &left);
    let mut first = world().journal(live).probe(probe).open().await;
    first.plan('s', TRAININGS, 2).await;
    first.confirm("").await;
    first.sent().await;
    let mut next = reopened(&left, first).await;
    next.press("B<enter>f").await;
    next.plan_is_read().await;
    assert!(next.changes().is_empty());
    assert_eq!(next.phrase(), "stop 2");
    next.confirm("").await;
    next.sent().await;
    assert_eq!(next.changes().len(), 1);
    let (_, run) = next.model().followed().last().expect("a batch");
    assert!(
        run.report.intent().follows.is_some(),
        "it names the batch it retries"
    );
}

#[tokio::test]
async fn j02_a_batch_whose_connection_is_gone_or_leads_elsewhere_is_shown_with_that_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [live, left] = ["live", "left"].map(|name| folder.path().join(name));
    let probe = dies_at("write-answer", &live, &left);
    let mut first = world().journal(live).probe(probe).open().await;
    first.plan('s', TRAININGS, 2).await;
    let ids = super::planned(&first);
    first.confirm("").await;
    first.sent().await;
    let signed_in_as_another = world().over(first.simulator.clone()).adjust(|connection| {
        if let Credentials::Client { id, .. } = &mut connection.credentials {
            *id = "somebody-else".to_owned();
        }
    });
    let renamed = world().adjust(|connection| {
        let name = format!("new-{}", connection.name);
        connection.name = ConnectionName::new(&name).expect("a good name");
    });
    for (other, reason) in [
        (renamed, "the connection is no longer configured"),
        (
            signed_in_as_another,
            "gpu-cluster signs in as somebody-else now, the batch went through ",
        ),
        // A simulator of its own has an address of its own.
        (world(), "gpu-cluster leads to http://127.0.0.1:"),
    ] {
        let mut next = other.real().journal(left.clone()).open().await;
        next.until("the journal was read", |model| !model.runs.is_empty())
            .await;
        assert_eq!(only_run(&next).standing, Standing::Unfinished);
        next.press("B<enter>").await;
        let screen = next.screen();
        assert!(screen.contains("NOT READ BACK"), "{screen}");
        assert!(screen.contains("2 nothing seen yet"), "{screen}");
        assert!(screen.contains("C close it"), "{screen}");
        assert!(ids.iter().all(|id| screen.contains(id)), "{screen}");
        let words = only_run(&next).out_of_reach[0].to_string();
        assert!(words.contains(reason), "{words}");
        let sent = next.changes().len();
        next.press("f").await;
        assert_eq!(next.changes().len(), sent);
    }
    let past = Journal::open(left).batches(1).expect("readable").remove(0);
    assert_eq!(
        past.state,
        State::Unfinished,
        "another start may reach it again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j10_the_plan_warns_of_rows_that_another_program_is_moving_and_the_operator_decides() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("journal");
    let mut one = world().journal(journal.clone()).open().await;
    let stuck = json!([{"platform": "run_ai", "fault": "stuck"}]);
    one.simulator.set_faults(stuck).expect("valid");
    one.send('s', TRAININGS, 2).await;
    let mut other = world().journal(journal).open().await;
    other.plan('s', TRAININGS, 3).await;
    other
        .until("the other's batch is known", |model| !model.runs.is_empty())
        .await;
    let standing: BTreeMap<_, _> = other
        .model()
        .runs
        .iter()
        .map(|run| (run.name.clone(), run.standing))
        .collect();
    assert_eq!(
        standing.into_values().collect::<Vec<_>>(),
        [Standing::Elsewhere]
    );
    let screen = other.screen();
    assert!(screen.contains("2 rows already in batch"), "{screen}");
    assert!(screen.contains("stop by ana@ops-1 at"), "{screen}");
    other.confirm("").await;
    other.sent().await;
    assert_eq!(other.changes().len(), 1, "the operator decides");
    assert_eq!(one.changes().len(), 1);
}

#[test]
fn j02_left_while_rows_move_the_terminal_says_which_batch_and_how_to_look_it_up() {
    let site = Site::new(Options {
        speed: 1.0,
        ..Options::default()
    });
    let mut terminal = site.dashboard().run();
    terminal.plan("s", "status:running", 1);
    terminal.type_text("\r");
    terminal.wait("1 scheduled");
    terminal.type_text("q");
    terminal.wait("? help  q quit");
    terminal.type_text("q");
    terminal.wait("1 still moving");
    terminal.type_text("\r");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_alternate());
    let name = site.journal().batches(1).expect("readable").remove(0).name;
    let said = terminal.text();
    for words in [
        format!("batch {name}: 1 marked = 1 scheduled, 1 still moving"),
        format!("centurion history {name}"),
    ] {
        assert!(said.contains(&words), "{words}\n{said}");
    }
}
