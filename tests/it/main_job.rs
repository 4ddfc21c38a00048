//! The main job from marking to the reached target, on all three platforms.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use centurion::app::Screen;
use centurion::domain::action::Exclusion;
use centurion::domain::connection::PlatformId;
use centurion::domain::outcome::Outcome;
use centurion::domain::plan::PlanRow;
use centurion::domain::report::{Fate, ReportRow};
use centurion::domain::tracking::Tracking;
use centurion::simulator::Recorded;
use serde_json::json;

use crate::harness::{Dashboard, world};
use crate::wire::{ids, on};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mixed_batch_leaves_as_one_request_per_sap_group_and_kind_run_ai_action_and_kubiya_connection()
 {
    let mut dashboard = world().open().await;
    for (rows, count) in [
        ("in:prod-eu scope:default kind:execution status:RUNNING", 2),
        ("in:prod-eu scope:default kind:execution status:STOPPED", 2),
        ("in:prod-eu kind:deployment scope:eval status:RUNNING", 1),
        ("in:prod-eu kind:execution scope:eval status:COMPLETED", 1),
        ("in:gpu-cluster kind:training status:Running", 3),
        ("in:agents status:running", 2),
    ] {
        dashboard.mark(rows, count).await;
    }
    let marked = dashboard.model().selection.len();
    dashboard.press("xc").await;
    dashboard.confirm("weekly clean-up").await;
    dashboard.sent().await;
    let changes = dashboard.changes();
    let of = |platform| -> Vec<&Recorded> {
        let of = changes.iter().filter(|request| on(platform, request));
        of.collect()
    };
    let mut sap = of(PlatformId::SapAiCore);
    sap.sort_by_key(|request| &request.path);
    let paths: Vec<&str> = sap.iter().map(|request| &*request.path).collect();
    assert_eq!(paths, ["/v2/lm/deployments", "/v2/lm/executions"]);
    let entries = sap[1].body["executions"].as_array().expect("a list").iter();
    let targets: BTreeSet<_> = entries
        .map(|entry| entry["targetStatus"].as_str())
        .collect();
    let both = BTreeSet::from(["DELETED", "STOPPED"].map(Some));
    assert_eq!(targets, both, "stop and delete travel together");
    assert_eq!(of(PlatformId::RunAi).len(), 1);
    let kubiya = of(PlatformId::Kubiya);
    assert_eq!(kubiya.len(), 1);
    assert_eq!(kubiya[0].body["reason"], "weekly clean-up");
    // What a clean-up leaves alone stands in the results with its reason.
    let report = &dashboard.model().runs[0].report;
    assert_eq!(report.totals().marked(), marked);
    let mut outcomes = report.rows().iter().map(ReportRow::outcome);
    let is_left_out = |outcome: Option<&Outcome>| matches!(outcome, Some(Outcome::LeftOut(..)));
    assert!(
        outcomes.any(is_left_out),
        "the completed execution is left out"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_requests_of_a_batch_are_all_on_their_way_before_the_first_is_answered() {
    let mut dashboard = world().open().await;
    for (rows, count) in [
        ("in:prod-eu scope:default kind:execution status:RUNNING", 1),
        ("in:prod-eu scope:eval kind:deployment status:RUNNING", 1),
        ("in:gpu-cluster kind:training status:Running", 1),
        ("in:agents status:running", 1),
    ] {
        dashboard.mark(rows, count).await;
    }
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    let changes =
        ["PATCH", "POST"].map(|method| json!({"method": method, "path": "/*", "fault": "stall"}));
    dashboard
        .simulator
        .set_faults(json!(changes))
        .expect("valid");
    dashboard.confirm("INC-3").await;
    dashboard
        .until("all four have left", |model| {
            let open = model.runs[0].report.rows().iter();
            open.filter(|row| *row.fate() == Fate::Sent).count() == 4
        })
        .await;
    assert_eq!(
        dashboard.model().runs[0].report.totals().open,
        4,
        "none is answered"
    );
    dashboard.simulator.set_faults(json!([])).expect("valid");
    dashboard.sent().await;
    assert_eq!(dashboard.changes().len(), 4);
}

/// Stops so many workloads and executions, and waits until nothing moves any more.
async fn stopped_to_the_end(workloads: usize, executions: usize) -> Dashboard {
    let mut dashboard = world().open().await;
    dashboard
        .mark("in:gpu-cluster kind:training status:Running", workloads)
        .await;
    dashboard
        .mark("in:prod-eu kind:execution status:RUNNING", executions)
        .await;
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    dashboard.settled().await;
    dashboard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_scheduled_is_followed_until_it_arrives() {
    let dashboard = stopped_to_the_end(2, 2).await;
    let report = &dashboard.model().runs[0].report;
    for row in report.rows() {
        match row.outcome().expect("every row has an outcome") {
            Outcome::Scheduled { .. } => assert_eq!(row.tracking(), Some(Tracking::Reached)),
            Outcome::Rejected(no) => assert!(!no.reason.is_empty(), "a refusal has its reason"),
            other @ (Outcome::Unknown(_) | Outcome::LeftOut(..)) => panic!("{other:?}"),
        }
    }
    assert!(report.totals().scheduled > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_before_the_plan_is_confirmed() {
    let mut dashboard = world().open().await;
    dashboard.mark("in:gpu-cluster status:Running", 3).await;
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    dashboard.press("<enter>").await;
    dashboard.press("stop<space>2<enter>").await;
    assert!(
        matches!(dashboard.model().screen, Screen::Plan(_)),
        "{}",
        dashboard.screen()
    );
    dashboard.press("<esc>").await;
    assert_eq!(
        dashboard.model().selection.len(),
        3,
        "leaving a plan keeps the marks"
    );
    assert!(dashboard.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_whose_status_changed_between_mark_and_send_is_left_out_with_the_change() {
    // Slow enough that nothing moves by itself while the test looks.
    let mut dashboard = world().speed(20.0).open().await;
    dashboard
        .mark("in:gpu-cluster kind:training status:Running", 2)
        .await;
    let row = dashboard.model().selection.marks()[0].row.clone();
    dashboard.press("p").await;
    // Somebody else suspends the first one.
    let key = row.key.clone();
    let other = dashboard.suspend_by_somebody_else(key.id.raw()).await;
    assert_eq!(other, 200);
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    let report = &dashboard.model().runs[0].report;
    let outcome = report
        .row(&key)
        .and_then(|row| row.outcome())
        .expect("an outcome");
    let Outcome::LeftOut(why, words) = outcome else {
        panic!("it was sent: {outcome:?}")
    };
    assert_eq!(*why, Exclusion::Changed);
    assert!(words.as_str().contains("Running when planned"), "{words}");
    let ours = dashboard.changes().into_iter().skip(1);
    assert!(
        ours.flat_map(|request| ids(&request))
            .all(|id| id != key.id.raw())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_unknown_and_the_read_back_settles_it_without_a_second_request() {
    let lost = json!([{"platform": "kubiya", "method": "POST", "path": "*/batch/terminate", "times": 1, "fault": "drop_after"}]);
    let mut dashboard = world().faults(lost).open().await;
    dashboard.mark("in:agents status:running", 2).await;
    dashboard.press("xs").await;
    dashboard.confirm("INC-2").await;
    dashboard.sent().await;
    assert_eq!(dashboard.model().runs[0].report.totals().unknown, 2);
    dashboard.settled().await;
    let report = &dashboard.model().runs[0].report;
    assert_eq!(report.totals().unknown, 2, "the outcome stays what it was");
    assert_eq!(
        report.tracked(Tracking::Reached) + report.tracked(Tracking::NotApplied),
        2
    );
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds = times.split_whitespace().next();
    Duration::from_nanos(
        nanoseconds
            .and_then(|word| word.parse().ok())
            .expect("a number"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_applied_while_a_server_stalls_with_ten_thousand_rows_on_screen() {
    let mut dashboard = world().rows(10_000).open().await;
    // In processor time: what else this machine does at the time is not measured (L9).
    let frames = (0..9).map(|_| {
        let begun = processor_time();
        assert!(!dashboard.screen().is_empty());
        processor_time().saturating_sub(begun)
    });
    let best = frames.min().expect("nine frames");
    assert!(best < Duration::from_millis(50), "{best:?}");
    dashboard
        .simulator
        .set_faults(json!([{"fault": "stall"}]))
        .expect("valid");
    dashboard.press("r").await;
    let before = dashboard.simulator.requests().len();
    for _ in 0..100 {
        dashboard.press("j<space>").await;
    }
    assert_eq!(
        dashboard.model().selection.len(),
        100,
        "200 keys are applied"
    );
    let stalled = dashboard
        .model()
        .lanes
        .sources()
        .filter(|state| state.reading.is_some())
        .count();
    assert!(
        stalled > 0 && dashboard.simulator.requests().len() >= before,
        "and the stall was never released"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_journal_nothing_is_sent() {
    let mut dashboard = world().open().await;
    std::fs::write(
        dashboard.folder.path().join("journal"),
        "a file where the folder should be",
    )
    .expect("writable");
    dashboard.mark("in:gpu-cluster status:Running", 1).await;
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert!(dashboard.changes().is_empty());
    let report = &dashboard.model().runs[0].report;
    assert!(matches!(
        report.rows()[0].outcome(),
        Some(Outcome::LeftOut(Exclusion::NotJournaled, _))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_bulk_sends_one_request_a_row() {
    let mut dashboard = world().open().await;
    dashboard
        .mark("in:sandbox kind:execution status:RUNNING", 1)
        .await;
    dashboard
        .mark("in:sandbox kind:execution status:DEAD", 1)
        .await;
    dashboard.press("xc").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    let changes = dashboard.changes();
    let methods: BTreeSet<&str> = changes
        .iter()
        .map(|request| request.method.as_str())
        .collect();
    assert_eq!(
        (changes.len(), methods),
        (2, BTreeSet::from(["DELETE", "PATCH"])),
        "{changes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_typed_right_behind_a_filter_act_on_the_rows_it_shows() {
    let mut dashboard = world().open().await;
    dashboard.type_ahead("/kind:training<space>status:Running<enter><space><space>j<space>");
    dashboard.settle().await;
    let shown: Vec<_> = (0..4)
        .filter_map(|index| dashboard.model().shown(index).map(|row| row.key.clone()))
        .collect();
    let marks = dashboard.model().selection.marks();
    let marked: Vec<_> = marks.iter().map(|mark| mark.row.key.clone()).collect();
    assert_eq!(
        marked,
        [shown[0].clone(), shown[1].clone(), shown[3].clone()]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_only_suspended_is_resumed_from_the_results_and_never_called_ready_to_delete() {
    let mut dashboard = stopped_to_the_end(2, 3).await;
    let of = |dashboard: &Dashboard, platform| {
        let rows = dashboard.model().runs[0].report.rows().iter();
        let rows = rows.filter(|row| row.tracking() == Some(Tracking::Reached));
        rows.filter(|row| row.row.platform() == platform).count()
    };
    let (stopped, suspended) = (
        of(&dashboard, PlatformId::SapAiCore),
        of(&dashboard, PlatformId::RunAi),
    );
    assert!(stopped > 0 && suspended > 0, "{}", dashboard.screen());
    let screen = dashboard.screen();
    for words in [
        format!("D plan delete for the {stopped} now stopped"),
        format!("u plan resume for the {suspended} now suspended"),
    ] {
        assert!(screen.contains(&words), "{words}\n{screen}");
    }
    dashboard.press("D").await;
    dashboard.plan_is_read().await;
    assert_eq!(dashboard.phrase(), format!("delete {stopped} prod-eu"));
    let Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("a plan")
    };
    let is_sap = |row: &PlanRow| row.row.platform() == PlatformId::SapAiCore;
    assert!(confirm.plan.rows().iter().all(is_sap));
}

#[tokio::test]
async fn what_was_read_before_a_listing_stalls_is_planned_and_only_the_rest_is_left_out() {
    let mut dashboard = world().rows(3_000).alone("agents").open().await;
    dashboard.press("p").await;
    // Kubiya lists the newest first: nine rows of its first page, and one of its last.
    dashboard.mark("status:running", 9).await;
    dashboard.press("G<space>").await;
    let first_page = json!({"method": "GET", "path": "*/executions", "times": 1, "fault": "header", "name": "x-first", "value": "yes"});
    let others = json!({"method": "GET", "path": "*/executions", "fault": "stall"});
    let faults = json!([first_page, others]);
    dashboard.simulator.set_faults(faults).expect("valid");
    let simulator = Arc::clone(&dashboard.simulator);
    let pages = move || simulator.requests().len();
    let before = pages();
    dashboard.press("xs").await;
    // Which is asked for once the first has been told.
    dashboard
        .until("the second page is asked for", |_| pages() == before + 2)
        .await;
    dashboard.pass_unanswered(7).await;
    dashboard.plan_is_read().await;
    let Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("no plan:\n{}", dashboard.screen());
    };
    let counts = confirm.plan.counts();
    let screen = dashboard.screen();
    assert_eq!((counts.send, counts.left_out), (9, 1), "{screen}");
}
