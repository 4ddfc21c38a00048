//! Changes that the server refuses, as a whole or for some ids (N18, N22 to N27).

use centurion::domain::action::Exclusion;
use centurion::domain::outcome::Outcome;
use centurion::domain::tracking::Tracking;
use centurion::journal::{Journal, State};
use serde_json::{Value, json};

use super::{AGENTS, SANDBOX, TRAININGS, all_become, is_scheduled, outcome, planned, refusal, run};
use crate::harness::{Dashboard, world};

/// SAP executions of a connection with bulk calls.
const BULK: &str = "in:prod-eu kind:execution scope:default status:RUNNING";

/// Sends a stop (or what `action` stands for), with a fault from the start.
async fn sent(fault: Value, action: char, filter: &str, rows: usize) -> Dashboard {
    let mut dashboard = world().faults(json!([fault])).open().await;
    dashboard.send(action, filter, rows).await;
    dashboard
}

fn ids(dashboard: &Dashboard) -> Vec<String> {
    let rows = run(dashboard).report.rows().iter();
    rows.map(|row| row.row.key.id.raw().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n18_a_request_that_is_refused_as_wrong_is_rejected_in_the_servers_words_and_left_once() {
    for status in [400, 422] {
        let body = json!({"error": {"code": "03021038", "message": "field executions: too odd"}});
        let fault = json!({"method": "PATCH", "fault": "status", "status": status, "body": body});
        let dashboard = sent(fault, 's', BULK, 2).await;
        for id in ids(&dashboard) {
            assert_eq!(refusal(&dashboard, &id), "field executions: too odd");
        }
        assert_eq!(dashboard.changes().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n22_ids_that_are_forbidden_are_rejected_and_the_others_go_on() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 3).await;
    let ids = planned(&dashboard);
    let fault = json!([{"ids": [ids[1]], "fault": "refused"}]);
    dashboard.simulator.set_faults(fault).expect("valid");
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert_eq!(
        refusal(&dashboard, &ids[1]),
        "You do not have sufficient permissions."
    );
    assert!(is_scheduled(&dashboard, &ids[0]) && is_scheduled(&dashboard, &ids[2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n20_after_a_second_401_the_lane_stops_and_what_was_not_sent_is_left_out() {
    let mut dashboard = world().rows(1_600).open().await;
    dashboard.plan('s', SANDBOX, 12).await;
    let planned = planned(&dashboard).len();
    let before = tokens(&dashboard);
    let fault = json!([{"platform": "sap_ai_core", "method": "PATCH", "fault": "unauthorized"}]);
    dashboard.simulator.set_faults(fault).expect("valid");
    dashboard.confirm("").await;
    dashboard.sent().await;
    let totals = run(&dashboard).report.totals();
    assert!(totals.rejected >= 1 && totals.left_out >= 1, "{totals:?}");
    assert_eq!(totals.rejected + totals.left_out, planned);
    assert_eq!(tokens(&dashboard) - before, 1, "one refresh");
    let stopped = |outcome: Option<&Outcome>| {
        matches!(outcome, Some(Outcome::LeftOut(Exclusion::LaneStopped, _)))
    };
    let report = &run(&dashboard).report;
    assert!(report.rows().iter().any(|row| stopped(row.outcome())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_moved_on_by_themselves_stop_no_lane_and_equal_refusals_of_the_account_do() {
    let words = json!({"error": {"code": "01000400", "message": "not today"}});
    let moved = json!([{"fault": "switch", "name": "moves_on_to", "value": "COMPLETED"}]);
    let odd = json!([{"platform": "sap_ai_core", "method": "PATCH", "fault": "status", "status": 400, "body": words}]);
    for (faults, stops) in [(moved, false), (odd, true)] {
        let mut dashboard = world().rows(2_000).open().await;
        dashboard.plan('s', SANDBOX, 20).await;
        dashboard.simulator.set_faults(faults).expect("valid");
        dashboard.confirm("").await;
        dashboard.sent().await;
        let totals = run(&dashboard).report.totals();
        assert_eq!(totals.rejected < 20, stops, "{totals:?}");
        assert_eq!(totals.rejected + totals.left_out, 20);
    }
}

fn tokens(dashboard: &Dashboard) -> usize {
    let requests = dashboard.simulator.requests();
    let tokens = requests
        .iter()
        .filter(|request| request.path == "/oauth/token");
    tokens.count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n23_a_delete_of_what_is_not_found_is_rejected_and_reached_already() {
    let body = json!({"error": {"code": "01010020", "message": "Execution not found"}});
    let fault =
        json!({"method": "DELETE", "fault": "status", "status": 404, "body": body, "act": true});
    let mut dashboard = sent(fault, 'd', "in:sandbox kind:execution status:DEAD", 1).await;
    let id = ids(&dashboard).remove(0);
    assert_eq!(refusal(&dashboard, &id), "Execution not found");
    all_become(&mut dashboard, Tracking::Reached).await;
    assert_eq!(run(&dashboard).report.totals().rejected, 1);
    dashboard.settled().await;
    let journal = Journal::open(dashboard.folder.path().join("journal"));
    let past = loop {
        let past = journal.batches(1).expect("readable").remove(0);
        if past.state == State::Ended {
            break past;
        }
        tokio::task::yield_now().await;
    };
    let seen = past.rows[0]
        .seen
        .as_ref()
        .map(|seen| seen.tracking.as_str());
    assert_eq!(seen, Some("reached"), "the history tells it too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n25_a_conflict_is_rejected_with_its_reason_and_reached_where_the_target_is_read() {
    let body = json!({"error": {"code": "01010076", "message": "being stopped by another"}});
    let fault =
        json!({"method": "PATCH", "fault": "status", "status": 409, "body": body, "act": true});
    let mut dashboard = sent(fault, 's', BULK, 1).await;
    let id = ids(&dashboard).remove(0);
    assert_eq!(refusal(&dashboard, &id), "being stopped by another");
    all_become(&mut dashboard, Tracking::Reached).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n26_too_large_a_request_is_rejected_with_the_advice_to_select_fewer() {
    for status in [413, 414] {
        let fault = json!({"method": "PATCH", "fault": "status", "status": status});
        let dashboard = sent(fault, 's', BULK, 2).await;
        let why = refusal(&dashboard, &ids(&dashboard)[0]).to_owned();
        assert!(why.contains("select fewer"), "{why}");
        assert_eq!(dashboard.changes().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n27_ctrl_c_ends_the_wait_for_a_rate_limit_and_the_other_lanes_never_waited() {
    let fault = json!([{"platform": "run_ai", "method": "POST", "path": "*/batch", "fault": "retry_after", "value": 90}]);
    let mut dashboard = world().faults(fault).open().await;
    dashboard.filter(AGENTS).await;
    dashboard.press("g<space>").await;
    dashboard.plan('s', TRAININGS, 2).await;
    let ids = planned(&dashboard);
    dashboard.confirm("INC-1").await;
    dashboard
        .until("one lane waits and the other is done", |model| {
            let run = &model.runs[0];
            !run.waiting.is_empty() && run.report.totals().open == 2
        })
        .await;
    let screen = dashboard.screen();
    assert!(
        screen.contains("gpu-cluster") && screen.contains("wait"),
        "{screen}"
    );
    dashboard.press("<ctrl-c>").await;
    dashboard.sent().await;
    let limited = ids.iter().filter(|id| {
        matches!(outcome(&dashboard, id), Outcome::Rejected(no) if no.code.as_ref().is_some_and(|code| code.as_str().ends_with("429")))
    });
    assert_eq!(limited.count(), 2);
    let batches = dashboard.changes();
    let batches = batches
        .iter()
        .filter(|request| request.path.ends_with("/workloads/batch"));
    assert_eq!(batches.count(), 1, "it was not sent again");
}
