//! The journal under the whole program (P3, P10, J).

use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use centurion::app::Screen;
use centurion::app::keymap::Place;
use centurion::app::run::Standing;
use centurion::domain::action::Exclusion;
use centurion::domain::outcome::Outcome;
use centurion::journal::{Departure, Journal, Probe, State};
use jiff::Timestamp;
use serde_json::json;

use super::{SANDBOX, TRAININGS, run};
use crate::harness::{Dashboard, world};

/// A disk on which this step fails.
fn failing(point: &'static str, kind: ErrorKind) -> Probe {
    Probe::new(move |at| {
        if at.to_string() == point {
            return Err(Error::from(kind));
        }
        Ok(())
    })
}

fn left_out_without_journal(dashboard: &Dashboard) -> usize {
    let rows = run(dashboard).report.rows().iter();
    rows.filter(|row| {
        matches!(
            row.outcome(),
            Some(Outcome::LeftOut(Exclusion::NotJournaled, _))
        )
    })
    .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_intent_and_sending_are_on_disk_before_the_request_they_name() {
    let steps: Arc<Mutex<Vec<(String, Timestamp)>>> = Arc::default();
    let kept = steps.clone();
    let probe = Probe::new(move |point| {
        let step = (point.to_string(), Timestamp::now());
        kept.lock().expect("whole").push(step);
        Ok(())
    });
    let mut dashboard = world().probe(probe).open().await;
    dashboard.send('s', SANDBOX, 4).await;
    let steps = steps.lock().expect("whole");
    let times = |name: &str| -> Vec<Timestamp> {
        let named = steps.iter().filter(|(step, _)| step == name);
        named.map(|(_, time)| *time).collect()
    };
    let (intent, sending) = (times("done-intent"), times("done-sending"));
    let changes = dashboard.changes();
    assert_eq!((intent.len(), sending.len()), (1, changes.len()));
    assert!(changes.len() >= 2);
    for (nth, change) in changes.iter().enumerate() {
        assert!(intent[0] <= change.time);
        assert!(sending[nth] <= change.time, "request {nth}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p10_two_hundred_keys_are_applied_while_the_disk_holds_the_intent() {
    let (release, held) = mpsc::channel::<()>();
    let (held, reached) = (Mutex::new(held), Arc::new(AtomicBool::new(false)));
    let waits = reached.clone();
    let probe = Probe::new(move |point| {
        if point.to_string() == "sync-intent" {
            waits.store(true, Ordering::Release);
            // Ends too when the test does.
            let _ = held.lock().expect("whole").recv();
        }
        Ok(())
    });
    let mut dashboard = world().probe(probe).open().await;
    dashboard.plan('s', TRAININGS, 1).await;
    dashboard.confirm("").await;
    while !reached.load(Ordering::Acquire) {
        tokio::task::yield_now().await;
    }
    dashboard.press("<esc>").await;
    dashboard.filter("").await;
    dashboard.press("g").await;
    dashboard.press(&"j".repeat(200)).await;
    assert_eq!(dashboard.model().browse.cursor, 200);
    assert!(
        dashboard.changes().is_empty(),
        "nothing leaves before the intent"
    );
    release.send(()).expect("it waits");
    dashboard.sent().await;
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j6_j7_where_the_intent_cannot_be_written_or_synced_nothing_is_sent() {
    for (point, kind) in [
        ("write-intent", ErrorKind::StorageFull),
        ("sync-intent", ErrorKind::Other),
    ] {
        let mut dashboard = world().probe(failing(point, kind)).open().await;
        dashboard.send('s', TRAININGS, 2).await;
        assert!(dashboard.changes().is_empty(), "{point}");
        assert_eq!(left_out_without_journal(&dashboard), 2, "{point}");
        let screen = dashboard.screen();
        assert!(screen.contains("nothing was sent"), "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j6_a_disk_that_fills_up_later_stops_the_sending_and_the_results_stay() {
    let probe = failing("write-answer", ErrorKind::StorageFull);
    let mut dashboard = world().rows(1_600).probe(probe).open().await;
    dashboard.plan('s', SANDBOX, 12).await;
    let planned = super::planned(&dashboard).len();
    dashboard.confirm("").await;
    dashboard.sent().await;
    let sent = dashboard.changes().len();
    assert!((1..planned).contains(&sent), "{sent} of {planned}");
    assert_eq!(left_out_without_journal(&dashboard), planned - sent);
    assert!(matches!(dashboard.model().screen, Screen::Results(_)));
    let screen = dashboard.screen();
    assert!(screen.contains("the journal cannot be written"), "{screen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j6_what_cannot_be_written_of_later_reads_is_said_on_every_screen() {
    for point in ["write-seen", "write-end"] {
        let probe = failing(point, ErrorKind::StorageFull);
        let mut dashboard = world().probe(probe).open().await;
        dashboard.send('s', TRAININGS, 1).await;
        dashboard.press("<esc>").await;
        dashboard
            .until(point, |model| {
                let mut said = model.notices.iter().map(|notice| notice.text.as_str());
                said.any(|text| text.contains("what is seen now is not kept"))
            })
            .await;
        dashboard.press("B<enter>").await;
        let screen = dashboard.screen();
        assert!(screen.contains("what is seen now is not kept"), "{screen}");
        dashboard.press("e").await;
        assert_eq!(dashboard.model().place(), Place::Export, "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j9_two_dashboards_over_one_journal_keep_both_histories() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("journal");
    let mut one = world().journal(journal.clone()).open().await;
    let mut other = world().journal(journal.clone()).open().await;
    let before = json!([{"platform": "run_ai", "fault": "stuck"}]);
    one.simulator.set_faults(before.clone()).expect("valid");
    other.simulator.set_faults(before).expect("valid");
    one.send('s', TRAININGS, 1).await;
    other.send('s', TRAININGS, 2).await;
    let past = Journal::open(journal.clone())
        .batches(10)
        .expect("readable");
    let rows: Vec<usize> = past.iter().map(|past| past.rows.len()).collect();
    assert_eq!(rows, [2, 1], "newest first");
    assert!(past.iter().all(|past| past.state == State::Live));
    assert!(
        past.iter()
            .all(|past| past.rows.iter().all(|row| row.outcome.is_some()))
    );
    let mut third = world().journal(journal).open().await;
    third
        .until("it tells of both", |model| model.runs.len() == 2)
        .await;
    let mut theirs = third.model().runs.iter();
    assert!(theirs.all(|run| run.standing == Standing::Elsewhere));
}

#[tokio::test]
async fn t13_leaving_while_an_answer_is_out_sends_nothing_more_and_the_journal_tells_what_left() {
    let mut dashboard = world().rows(1_600).open().await;
    dashboard.plan('s', SANDBOX, 12).await;
    let planned = super::planned(&dashboard).len();
    let stall = json!([{"platform": "sap_ai_core", "method": "PATCH", "fault": "stall"}]);
    dashboard.simulator.set_faults(stall).expect("valid");
    dashboard.confirm("").await;
    while dashboard.changes().len() < 8 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let Dashboard {
        session,
        simulator,
        folder,
        ..
    } = dashboard;
    tokio::time::pause();
    session.finish().await;
    let changes = simulator.requests();
    let changes = changes
        .iter()
        .filter(|request| request.method == "PATCH")
        .count();
    assert_eq!(changes, 8);
    let past = Journal::open(folder.path().join("journal"))
        .batches(1)
        .expect("readable")
        .remove(0);
    assert_eq!(past.state, State::Unfinished);
    let left = past
        .rows
        .iter()
        .filter(|row| row.departure == Departure::Left);
    assert_eq!((left.count(), past.rows.len()), (8, planned));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_over_five_thousand_old_batches_the_start_opens_the_newest_fifty_and_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("journal");
    std::fs::create_dir(&journal).expect("writable");
    let whole = crate::journal::fixture::whole_file();
    for number in 1..=5_000 {
        let name = format!("2026-11-22-{number:04}.jsonl");
        std::fs::write(journal.join(name), &whole).expect("writable");
    }
    let opened = Arc::new(Mutex::new(0));
    let count = opened.clone();
    let probe = Probe::new(move |point| {
        *count.lock().expect("whole") += usize::from(point.to_string() == "read-batch");
        Ok(())
    });
    let mut dashboard = world().rows(20).journal(journal).probe(probe).start();
    let told = |model: &centurion::app::Model| model.runs.len() == 50;
    dashboard.until("old batches are told of", told).await;
    assert_eq!(*opened.lock().expect("whole"), 50);
}

#[tokio::test]
async fn j13_a_batch_that_cannot_be_read_is_said_at_the_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("journal");
    drop(world().journal(journal.clone()).open().await);
    std::fs::create_dir_all(&journal).expect("a folder");
    let monster = std::fs::File::create(journal.join("2026-11-20-0001.jsonl")).expect("a file");
    monster.set_len(17 << 20).expect("room");
    let mut dashboard = world().journal(journal).open().await;
    dashboard
        .until("it is said", |model| {
            let mut said = model.said.iter();
            said.any(|(_, text)| text.starts_with("1 batch of the journal cannot be read"))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_what_was_seen_of_a_batch_is_on_disk_when_the_program_ends() {
    let points: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = points.clone();
    let probe = Probe::new(move |at| {
        kept.lock().expect("unpoisoned").push(at.to_string());
        Ok(())
    });
    let mut dashboard = world().speed(1.0).probe(probe).open().await;
    dashboard.send('s', TRAININGS, 3).await;
    let is_seen = |point: &String| point == "write-seen";
    dashboard
        .until("something was seen", |_| {
            points.lock().expect("unpoisoned").iter().any(is_seen)
        })
        .await;
    let Dashboard { session, .. } = dashboard;
    session.finish().await;
    let points = points.lock().expect("unpoisoned");
    let seen = points.iter().rposition(is_seen).expect("seen");
    let synced = points[seen..].iter().any(|point| point == "sync-batch");
    assert!(synced, "{:?}", &points[seen..]);
}
