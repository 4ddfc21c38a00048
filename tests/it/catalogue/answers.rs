//! Answers that do not add up (R), as the operator sees them.

use centurion::app::Screen;
use centurion::domain::outcome::Outcome;
use centurion::domain::plan::Request;
use centurion::domain::tracking::Tracking;
use centurion::journal::Journal;
use serde_json::{Value, json};

use super::{
    AGENTS, SANDBOX, TRAININGS, all_become, is_noted, is_scheduled, is_unknown, planned, refusal,
    row, run,
};
use crate::harness::{Dashboard, world};
use crate::wire::ids;

/// Plans a stop of Run:ai workloads, lets a fault strike that is made for their ids, and sends.
async fn stopped(rows: usize, fault: impl Fn(&[String]) -> Value) -> (Dashboard, Vec<String>) {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, rows).await;
    let ids = planned(&dashboard);
    dashboard
        .simulator
        .set_faults(fault(&ids))
        .expect("a valid fault");
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert_eq!(run(&dashboard).report.totals().marked(), rows);
    (dashboard, ids)
}

/// The body of the batch's answer, called JSON.
fn says(body: &Value) -> Value {
    json!([{"method": "POST", "path": "*/batch", "times": 1, "fault": "body", "text": body.to_string()}])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_an_id_the_answer_does_not_mention_is_unknown_and_read_back_and_the_others_are_not() {
    let (mut dashboard, ids) =
        stopped(3, |ids| json!([{"ids": [ids[1]], "fault": "missing"}])).await;
    assert!(is_unknown(&dashboard, &ids[1]));
    assert!(is_scheduled(&dashboard, &ids[0]) && is_scheduled(&dashboard, &ids[2]));
    all_become(&mut dashboard, Tracking::Reached).await;
    assert!(is_unknown(&dashboard, &ids[1]), "the outcome stays");
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_an_id_nobody_sent_changes_no_row_and_is_noted_on_screen_and_on_disk() {
    let (mut dashboard, ids) = stopped(2, |_| json!([{"fault": "extra"}])).await;
    assert!(ids.iter().all(|id| is_scheduled(&dashboard, id)));
    dashboard
        .until("the notes came", |model| model.runs[0].notes.len() == 2)
        .await;
    assert!(is_noted(&dashboard, "gpu-cluster: batch operation "));
    assert!(is_noted(&dashboard, "which was not sent"));
    let journal = Journal::open(dashboard.folder.path().join("journal"));
    let past = journal.batches(1).expect("readable").remove(0);
    for (note, words) in past
        .notes
        .iter()
        .zip(["batch operation ", "which was not sent"])
    {
        assert!(note.1.as_str().contains(words), "{note:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_an_id_both_accepted_and_refused_is_unknown_and_read_back() {
    let (mut dashboard, ids) = stopped(
        2,
        |ids| json!([{"ids": [ids[0]], "fault": "contradictory"}]),
    )
    .await;
    assert!(is_unknown(&dashboard, &ids[0]));
    assert!(
        dashboard.screen().contains("contradictory answer"),
        "{}",
        dashboard.screen()
    );
    all_become(&mut dashboard, Tracking::Reached).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r4_an_id_named_twice_is_counted_once() {
    let (dashboard, ids) = stopped(2, |ids| json!([{"ids": [ids[0]], "fault": "duplicate"}])).await;
    assert!(is_scheduled(&dashboard, &ids[0]));
    assert_eq!(run(&dashboard).report.totals().scheduled, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_counts_that_disagree_with_the_list_are_noted_and_the_list_wins() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', AGENTS, 2).await;
    let ids = planned(&dashboard);
    let said = json!({"total_requested": 9, "total_succeeded": 9, "total_failed": 0, "results": [
        {"execution_id": ids[0], "success": true},
        {"execution_id": ids[1], "success": false, "error": "not yours"},
    ]});
    let fault = json!([{"method": "POST", "path": "*/terminate", "fault": "body", "text": said.to_string()}]);
    dashboard.simulator.set_faults(fault).expect("valid");
    dashboard.confirm("INC-1").await;
    dashboard.sent().await;
    assert!(is_scheduled(&dashboard, &ids[0]));
    assert_eq!(refusal(&dashboard, &ids[1]), "not yours");
    assert!(is_noted(&dashboard, "the answer counts"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_lists_that_are_null_absent_or_no_lists_prove_nothing() {
    for body in [
        json!({"succeeded": null, "failed": null}),
        json!({}),
        json!({"succeeded": {}, "failed": {}}),
    ] {
        let (dashboard, ids) = stopped(2, |_| says(&body)).await;
        assert!(ids.iter().all(|id| is_unknown(&dashboard, id)), "{body}");
        assert_eq!(dashboard.changes().len(), 1, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_a_refusal_without_a_reason_says_so_and_a_monstrous_one_is_cut() {
    let (dashboard, ids) = stopped(2, |ids| {
        says(&json!({"succeeded": [], "failed": [
            {"id": ids[0]},
            {"id": ids[1], "code": 500, "message": "x".repeat(1 << 20)},
        ]}))
    })
    .await;
    assert_eq!(refusal(&dashboard, &ids[0]), "no reason given");
    assert!(refusal(&dashboard, &ids[1]).starts_with("xxx"));
    let screen = dashboard.screen();
    assert!(
        screen.contains(&ids[0]) && screen.contains(&ids[1]),
        "{screen}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r8_a_uuid_in_capitals_is_the_same_and_one_with_a_space_is_none() {
    let (dashboard, ids) = stopped(2, |ids| {
        says(&json!({"succeeded": [ids[0].to_uppercase(), format!(" {}", ids[1])], "failed": []}))
    })
    .await;
    assert!(is_scheduled(&dashboard, &ids[0]));
    assert!(is_unknown(&dashboard, &ids[1]));
    assert!(is_noted(&dashboard, "which was not sent"));
}

#[tokio::test]
async fn r9_accepted_and_unmoved_is_slow_after_a_minute_and_watching_goes_on() {
    let mut dashboard = world().open().await;
    let stuck = json!([{"platform": "run_ai", "fault": "stuck"}]);
    dashboard.simulator.set_faults(stuck).expect("valid");
    dashboard.send('s', TRAININGS, 1).await;
    let id = run(&dashboard).report.rows()[0].row.key.id.raw().to_owned();
    dashboard.pass(50).await;
    assert_eq!(row(&dashboard, &id).tracking(), Some(Tracking::Moving));
    dashboard.pass(15).await;
    assert_eq!(row(&dashboard, &id).tracking(), Some(Tracking::Slow));
    assert!(
        dashboard.screen().contains("slow"),
        "{}",
        dashboard.screen()
    );
    assert_eq!(dashboard.suspend_by_somebody_else(&id).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_p2_p4_whatever_odd_answers_come_only_confirmed_ids_leave_once_and_the_outcomes_add_up()
{
    let odd = json!([
        {"times": 2, "fault": "missing"}, {"times": 2, "fault": "contradictory"},
        {"times": 2, "fault": "duplicate"}, {"times": 1, "fault": "refused"}, {"fault": "extra"},
    ]);
    let mut dashboard = world().open().await;
    dashboard.filter(SANDBOX).await;
    dashboard.press("g<space><space>").await;
    dashboard.filter(AGENTS).await;
    dashboard.press("g<space><space><space>").await;
    dashboard.plan('s', TRAININGS, 3).await;
    dashboard.simulator.set_faults(odd).expect("valid");
    dashboard.confirm("INC-1").await;
    dashboard.sent().await;
    let report = &run(&dashboard).report;
    let totals = report.totals();
    assert_eq!((totals.marked(), totals.open), (8, 0));
    let ids: Vec<String> = dashboard.changes().iter().flat_map(ids).collect();
    for row in report.rows() {
        let left = ids.iter().any(|id| *id == row.row.key.id.raw());
        let left_out = matches!(row.outcome(), Some(Outcome::LeftOut(..)));
        assert_ne!(left, left_out, "{:?}", row.outcome());
    }
}

#[tokio::test]
async fn r12_a_lost_delete_of_a_deployment_that_is_only_listed_yet_is_not_taken_for_done() {
    let switch = |name: &str| json!({"fault": "switch", "name": name, "value": true});
    let lost = json!({"platform": "sap_ai_core", "method": "PATCH", "fault": "drop_before"});
    let faults = json!([switch("still"), switch("new_is_hidden"), lost]);
    let mut dashboard = world().faults(faults).open().await;
    dashboard
        .plan('d', "in:prod-eu kind:deployment status:UNKNOWN", 1)
        .await;
    assert_eq!(planned(&dashboard).len(), 1, "{}", dashboard.screen());
    dashboard.confirm("").await;
    dashboard.sent().await;
    dashboard.pass(200).await;
    let tracking = run(&dashboard).report.rows()[0].tracking();
    assert_eq!(
        tracking,
        Some(Tracking::NotApplied),
        "{}",
        dashboard.screen()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_answers_that_each_lack_one_id_stop_no_lane() {
    let mut dashboard = world().rows(1_600).open().await;
    dashboard
        .mark("in:prod-eu kind:execution status:RUNNING", 12)
        .await;
    dashboard
        .mark("in:prod-eu kind:deployment status:RUNNING", 4)
        .await;
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    let Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("no plan");
    };
    let requests = confirm.plan.requests(None);
    let last = |request: &Request| {
        let operations = request.operations();
        operations[operations.len() - 1].key.id.raw().to_owned()
    };
    let lacking: Vec<String> = requests.iter().map(last).collect();
    let shared = requests.iter().filter(|one| one.operations().len() > 1);
    assert!(shared.count() > 3, "{requests:?}");
    let missing = json!([{"method": "PATCH", "ids": lacking, "fault": "missing"}]);
    dashboard.simulator.set_faults(missing).expect("valid");
    dashboard.confirm("").await;
    dashboard.sent().await;
    let totals = run(&dashboard).report.totals();
    assert_eq!((totals.unknown, totals.left_out), (lacking.len(), 0));
}
