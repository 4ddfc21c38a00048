//! What the network does to reads and changes (N), and how sources that fail look (L).

use std::time::Duration;

use centurion::app::message::Message;
use centurion::domain::tracking::Tracking;
use centurion::simulator::{Options, Simulator};
use serde_json::json;

use super::{AGENTS, SANDBOX, TRAININGS, all_become, is_unknown, planned, run};
use crate::harness::{Dashboard, world};

fn short_errors(dashboard: &Dashboard) -> Vec<String> {
    let troubles = dashboard.model().lanes.troubles();
    troubles
        .iter()
        .map(|trouble| trouble.error.short())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n2_when_nobody_listens_any_more_the_rows_stay_and_the_next_try_is_counted_down() {
    let mut dashboard = world().open().await;
    let rows = dashboard.model().shown_len();
    let other = Simulator::start(Options::default()).expect("a free port");
    drop(std::mem::replace(&mut dashboard.simulator, other.into()));
    dashboard.press("r").await;
    dashboard
        .until("nothing can be reached", |model| {
            let troubles = model.lanes.troubles();
            let timed = troubles.iter().all(|trouble| trouble.next.is_some());
            !troubles.is_empty()
                && timed
                && troubles
                    .iter()
                    .all(|trouble| trouble.error.short() == "cannot connect")
        })
        .await;
    dashboard.settle().await;
    assert_eq!(dashboard.model().shown_len(), rows);
    let screen = dashboard.screen();
    assert!(
        screen.contains("cannot connect") && screen.contains("next try"),
        "{screen}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l4_fewer_rows_of_sap_than_it_counts_is_said_in_numbers() {
    let count = json!([{"path": "/v2/lm/executions/$count", "fault": "body", "text": "500"}]);
    let dashboard = world().faults(count).open().await;
    let screen = dashboard.screen();
    assert!(screen.contains(" of 500 shown"), "{screen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n13_an_empty_body_is_no_evidence_on_any_platform() {
    let mut dashboard = world().open().await;
    dashboard.filter(AGENTS).await;
    dashboard.press("g<space>").await;
    dashboard
        .filter("in:prod-eu kind:execution scope:default status:RUNNING")
        .await;
    dashboard.press("g<space>").await;
    dashboard.plan('s', TRAININGS, 1).await;
    let ids = planned(&dashboard);
    let empty = |method: &str, path: &str| json!({"method": method, "path": path, "times": 1, "fault": "body"});
    let faults = json!([
        empty("PATCH", "*"),
        empty("POST", "*/batch"),
        empty("POST", "*/terminate")
    ]);
    dashboard.simulator.set_faults(faults).expect("valid");
    dashboard.confirm("INC-1").await;
    dashboard.sent().await;
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| is_unknown(&dashboard, id)));
    assert_eq!(dashboard.changes().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n14_a_change_that_is_redirected_is_unknown_and_nothing_reaches_the_other_host() {
    for status in [307, 308] {
        let other = Simulator::start(Options::default()).expect("a free port");
        let headers = json!({"location": format!("{}/api/v1/workloads/batch", other.url())});
        let fault = json!([{"method": "POST", "path": "*/batch", "fault": "status", "status": status, "headers": headers}]);
        let mut dashboard = world().faults(fault).open().await;
        dashboard.send('s', TRAININGS, 1).await;
        assert_eq!(run(&dashboard).report.totals().unknown, 1);
        assert_eq!(dashboard.changes().len(), 1);
        assert!(other.requests().is_empty());
        let host = other.url().trim_start_matches("http://");
        let screen = dashboard.screen();
        assert!(screen.contains(host), "{host} in\n{screen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n28_rows_of_a_source_that_fails_stay_and_are_marked_stale() {
    // No row changes by itself meanwhile.
    let mut dashboard = world().speed(0.001).open().await;
    dashboard.filter("platform:run-ai").await;
    let rows = dashboard.model().shown_len();
    let fault = json!([{"platform": "run_ai", "method": "GET", "fault": "status", "status": 503, "headers": {"retry-after": "0"}}]);
    dashboard.simulator.set_faults(fault).expect("valid");
    dashboard.press("r").await;
    dashboard
        .until("the failure is known", |model| {
            !model.lanes.troubles().is_empty()
        })
        .await;
    dashboard.settle().await;
    assert_eq!(dashboard.model().shown_len(), rows);
    assert_eq!(short_errors(&dashboard), ["HTTP 503"]);
    assert!(
        dashboard.screen().contains("stale"),
        "{}",
        dashboard.screen()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n29_a_5xx_on_a_change_that_was_done_all_the_same_is_unknown_and_read_back_as_reached() {
    let fault = json!([{"method": "POST", "path": "*/batch", "fault": "status", "status": 502, "act": true}]);
    let mut dashboard = world().faults(fault).open().await;
    dashboard.send('s', TRAININGS, 2).await;
    assert_eq!(run(&dashboard).report.totals().unknown, 2);
    all_become(&mut dashboard, Tracking::Reached).await;
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test]
async fn n29_a_5xx_on_a_change_that_was_not_done_is_not_applied_once_its_last_read_shows_nothing() {
    let fault = json!([{"method": "POST", "path": "*/batch", "times": 1, "fault": "status", "status": 503}]);
    let mut dashboard = world().faults(fault).open().await;
    dashboard.send('s', TRAININGS, 2).await;
    let mut seconds = 0;
    while run(&dashboard).report.tracked(Tracking::NotApplied) < 2 {
        assert!(seconds < 300, "{}", dashboard.screen());
        dashboard.pass(1).await;
        seconds += 1;
    }
    let waited = dashboard
        .model()
        .now
        .moment
        .since(run(&dashboard).started.moment);
    assert!(waited >= Duration::from_secs(122), "{waited:?}");
    assert_eq!(
        dashboard.changes().len(),
        1,
        "nothing is sent again by itself"
    );
    dashboard.press("f").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    let again = run(&dashboard);
    assert_eq!(again.report.totals().scheduled, 2);
    assert!(
        again.report.intent().follows.is_some(),
        "it names the first batch"
    );
}

#[tokio::test]
async fn n30_an_answer_after_the_limit_is_ignored_and_the_read_back_tells() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 1).await;
    let late = json!([{"method": "POST", "path": "*/batch", "fault": "delay", "ms": 130_000}]);
    dashboard.simulator.set_faults(late).expect("valid");
    dashboard.confirm("").await;
    dashboard.until("the request has left", |_| true).await;
    dashboard.pass(140).await;
    dashboard.sent().await;
    assert_eq!(run(&dashboard).report.totals().unknown, 1);
    all_become(&mut dashboard, Tracking::Reached).await;
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test]
async fn n4_bytes_that_trickle_for_ever_are_ended_by_a_limit_and_keys_go_on() {
    let mut dashboard = world().open().await;
    let slow = json!([{"platform": "run_ai", "method": "GET", "fault": "slow_bytes", "ms": 1000}]);
    dashboard.simulator.set_faults(slow).expect("valid");
    dashboard.press("r").await;
    dashboard.pass_unanswered(20).await;
    dashboard.press("jj").await;
    assert_eq!(dashboard.model().browse.cursor, 2);
    assert!(
        short_errors(&dashboard).is_empty(),
        "{:?}",
        dashboard.model().lanes.troubles()
    );
    dashboard.pass_unanswered(50).await;
    assert_eq!(short_errors(&dashboard), ["timeout"]);
}

#[tokio::test]
async fn n32_after_an_hour_of_sleep_each_source_is_read_once_and_not_once_a_refresh() {
    let mut dashboard = world().open().await;
    let before = dashboard.simulator.requests().len();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3_600)).await;
    tokio::time::resume();
    dashboard.session.tick();
    dashboard
        .until("every source was read", |model| {
            let mut states = model.lanes.sources();
            states.all(|state| state.reading.is_none())
        })
        .await;
    let sources = dashboard.model().lanes.sources().count();
    let requests = dashboard.simulator.requests().split_off(before);
    let lists = requests
        .iter()
        .filter(|request| !request.path.ends_with("/token"));
    let read = lists.count();
    assert!(read >= sources, "{read} requests for {sources} sources");
    // Kubiya takes several pages, SAP AI Core asks for its capabilities first.
    assert!(read <= 4 * sources, "{read} requests for {sources} sources");
    assert!(
        short_errors(&dashboard).is_empty(),
        "{:?}",
        short_errors(&dashboard)
    );
}

#[tokio::test]
async fn n32_a_plan_that_lay_open_while_the_machine_slept_is_read_once_more_before_it_is_sent() {
    for slept in [0, 3_600] {
        let mut dashboard = world().alone("gpu-cluster").open().await;
        dashboard.press("p").await;
        dashboard.plan('s', TRAININGS, 1).await;
        let phrase = dashboard.phrase().replace(' ', "<space>");
        dashboard.press(&phrase).await;
        // While a machine sleeps only its wall clock goes on.
        let mut now = dashboard.model().now;
        now.wall += Duration::from_secs(slept);
        dashboard.session.handle(Message::Tick(now));
        let before = dashboard.simulator.requests().len();
        dashboard.type_ahead("<enter>");
        dashboard.sent().await;
        let requests = dashboard.simulator.requests().split_off(before);
        let change = requests.iter().position(|request| request.method == "POST");
        assert_eq!(change, Some(usize::from(slept > 0)), "{requests:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l5_a_row_without_an_id_is_listed_and_cannot_be_marked() {
    let row = json!([{"id": "", "entity_name": "nameless", "status": "running"}]);
    let path = "/api/v1/executions";
    let faults = json!([
        {"tenant": "agents", "path": path, "times": 1, "fault": "body", "text": row.to_string()},
        {"tenant": "agents", "path": path, "fault": "body", "text": "[]"},
    ]);
    let mut dashboard = world().faults(faults).open().await;
    dashboard.press("p").await;
    dashboard.filter("in:agents !in:agents-lab").await;
    assert_eq!(dashboard.model().shown_len(), 1, "{}", dashboard.screen());
    dashboard.press("g<space>").await;
    assert!(dashboard.model().selection.is_empty());
    dashboard.press("xs").await;
    assert!(
        !dashboard.screen().contains("to send:"),
        "{}",
        dashboard.screen()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n8_a_connection_that_is_cut_after_the_request_is_unknown_and_nothing_leaves_twice() {
    let fault = json!([{"method": "PATCH", "fault": "drop_before"}]);
    let mut dashboard = world().faults(fault).open().await;
    dashboard.send('s', SANDBOX, 2).await;
    let planned = run(&dashboard).report.totals();
    assert_eq!(planned.unknown, 2);
    assert_eq!(dashboard.changes().len(), 2, "one a row");
}

#[tokio::test]
async fn l4_a_server_that_counts_more_rows_than_came_is_said_in_numbers() {
    let count = json!([{"path": "*/workloads/count", "fault": "body", "text": "{\"count\":500}"}]);
    let dashboard = world().faults(count).alone("gpu-cluster").open().await;
    let rows = dashboard.model().shown_len();
    let screen = dashboard.screen();
    let listed = dashboard.model().lanes.listings()[0].rows().len();
    assert!(rows <= listed && listed < 500, "{listed}");
    let words = format!("{listed} of 500 shown");
    assert!(screen.contains(&words), "{words} in\n{screen}");
}

#[tokio::test]
async fn l3_absence_from_a_listing_that_is_not_whole_says_nothing_of_a_row() {
    let mut dashboard = world().alone("gpu-cluster").open().await;
    dashboard.press("<enter>").await;
    let endless = json!({"workloads": [], "next": 5}).to_string();
    let fault = json!([{"path": "*/workloads", "times": 1, "fault": "body", "text": endless}]);
    dashboard.simulator.set_faults(fault).expect("valid");
    for _ in 0..60 {
        dashboard.pass(1).await;
        if dashboard.model().lanes.listings()[0].rows().is_empty() {
            break;
        }
    }
    let listings = dashboard.model().lanes.listings();
    assert!(listings[0].rows().is_empty(), "the row is not in it");
    let screen = dashboard.screen();
    assert!(!screen.contains("no longer listed"), "{screen}");
}
