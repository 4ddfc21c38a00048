//! What only a raw socket or a certificate does to the whole program (N4 to N10, N32, N33).

use std::sync::Arc;

use centurion::domain::action::Exclusion;
use centurion::domain::connection::PlatformId;
use centurion::domain::outcome::Outcome;
use serde_json::{Value, json};

use super::{TRAININGS, all_become, is_unknown, outcome, planned, run};
use crate::harness::{Dashboard, world};
use crate::tls::{ALWAYS, Authority, Front};
use centurion::domain::tracking::Tracking;

/// Answers that an HTTP library does not make: a chunk without end, a length that is wrong, half a head, noise,
/// and silence after a byte of each.
const BROKEN: [&str; 5] = [
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"succeeded\":[",
    "HTTP/1.1 200 OK\r\ncontent-le",
    "SSH-2.0-OpenSSH_9.9\r\n",
];

fn short_errors(dashboard: &Dashboard) -> Vec<String> {
    let troubles = dashboard.model().lanes.troubles();
    let short = troubles.iter().map(|trouble| trouble.error.short());
    short.collect()
}

fn set(dashboard: &Dashboard, faults: &Value) {
    let set = dashboard.simulator.set_faults(faults.clone());
    set.expect("a valid set of faults");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n10_after_an_answer_that_is_no_whole_http_rows_stay_and_a_change_is_unknown() {
    for odd in BROKEN {
        let mut dashboard = world().open().await;
        dashboard.plan('s', TRAININGS, 2).await;
        let ids = planned(&dashboard);
        let fault = |method: &str| json!([{"platform": "run_ai", "method": method, "path": "*/workloads*", "fault": "raw", "text": odd, "act": true}]);
        set(&dashboard, &fault("POST"));
        dashboard.confirm("").await;
        dashboard.sent().await;
        assert!(ids.iter().all(|id| is_unknown(&dashboard, id)), "{odd}");
        all_become(&mut dashboard, Tracking::Reached).await;
        assert_eq!(dashboard.changes().len(), 1, "{odd}");

        dashboard.press("<esc><esc><esc>").await;
        set(&dashboard, &fault("GET"));
        dashboard.filter("in:gpu-cluster").await;
        let rows = dashboard.model().shown_len();
        dashboard.press("r").await;
        dashboard
            .until("the broken answer is told", |model| {
                !model.lanes.troubles().is_empty()
            })
            .await;
        assert_eq!(short_errors(&dashboard), ["connection cut"], "{odd}");
        assert_eq!(dashboard.model().shown_len(), rows, "{odd}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n9_a_kept_connection_that_is_reset_as_the_change_is_written_is_unknown_and_never_sent_again()
 {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 1).await;
    let first = planned(&dashboard).remove(0);
    // The change after this one goes into the connection that this one leaves behind.
    let closes =
        json!([{"platform": "run_ai", "method": "POST", "times": 1, "fault": "close_kept"}]);
    set(&dashboard, &closes);
    dashboard.confirm("").await;
    dashboard.sent().await;
    dashboard.press("<esc><esc><esc>").await;
    let rest = format!("{TRAININGS} !{first}");
    dashboard.send('s', &rest, 1).await;
    assert_eq!(run(&dashboard).report.totals().unknown, 1);
    assert_eq!(dashboard.changes().len(), 1, "the second never got through");
}

#[tokio::test]
async fn n4_a_body_that_trickles_after_a_whole_head_is_ended_by_the_total_limit() {
    let mut dashboard = world().open().await;
    let slow = json!([{"platform": "run_ai", "method": "GET", "fault": "slow_body", "ms": 1000}]);
    set(&dashboard, &slow);
    dashboard.press("r").await;
    dashboard.pass_unanswered(35).await;
    assert!(short_errors(&dashboard).is_empty(), "bytes keep coming");
    dashboard.pass_unanswered(30).await;
    assert_eq!(short_errors(&dashboard), ["timeout"]);
    let told = dashboard
        .model()
        .lanes
        .troubles()
        .remove(0)
        .error
        .to_string();
    assert!(told.ends_with("within 1m00s"), "{told}");
}

#[tokio::test]
async fn n4_a_change_whose_answer_trickles_is_unknown_at_its_limit() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 1).await;
    let slow = json!([{"method": "POST", "path": "*/batch", "fault": "slow_body", "ms": 2000}]);
    set(&dashboard, &slow);
    dashboard.confirm("").await;
    dashboard.until("the request has left", |_| true).await;
    dashboard.pass(60).await;
    assert_eq!(run(&dashboard).report.totals().open, 1);
    dashboard.pass(65).await;
    dashboard.sent().await;
    assert_eq!(run(&dashboard).report.totals().unknown, 1);
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n5_a_change_to_a_server_whose_certificate_went_bad_is_left_out_and_says_which_fault_it_is()
{
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let host = "127.0.0.1";
    let good = ours.signs(host, ALWAYS, "h2");
    let bad = [
        (
            theirs.signs(host, ALWAYS, "h2"),
            "not from a trusted issuer",
        ),
        (ours.signs(host, (2000, 2001), "h2"), "has expired"),
        (
            ours.signs("other.example", ALWAYS, "h2"),
            "another host name",
        ),
    ];
    for (identity, words) in bad {
        let (mut dashboard, front) = behind(&good, &ours).await;
        dashboard.plan('s', TRAININGS, 1).await;
        let id = planned(&dashboard).remove(0);
        front.show(identity);
        dashboard.confirm("").await;
        dashboard.sent().await;
        let Outcome::LeftOut(why, said) = outcome(&dashboard, &id) else {
            panic!("{words}: it left")
        };
        assert_eq!(*why, Exclusion::NotConnected, "{said}");
        let place = front.address.to_string();
        for part in [words, "`ca_file`", &place] {
            assert!(said.as_str().contains(part), "{part} is not in: {said}");
        }
        assert!(dashboard.changes().is_empty());
    }
}

/// A dashboard whose Run:ai is reached through a front.
async fn behind(identity: &crate::tls::Identity, authority: &Authority) -> (Dashboard, Arc<Front>) {
    let made: Arc<std::sync::OnceLock<Arc<Front>>> = Arc::default();
    let (kept, identity, file) = (Arc::clone(&made), identity.clone(), authority.file());
    let dashboard = world().adjust(move |connection| {
        if connection.platform == PlatformId::RunAi {
            let front = Front::before(connection.base_url.as_str(), identity.clone());
            let url = format!("https://{}", front.address);
            connection.base_url = url.parse().expect("a URL");
            connection.ca_file = Some(file.clone());
            kept.get_or_init(|| Arc::new(front));
        }
    });
    let dashboard = dashboard.open().await;
    (
        dashboard,
        Arc::clone(made.get().expect("there is a Run:ai")),
    )
}

#[tokio::test]
async fn n32_offline_and_back_each_source_is_read_once_and_no_queue_has_built_up() {
    let mut dashboard = world().open().await;
    set(&dashboard, &json!([{"fault": "drop_before"}]));
    dashboard.pass(600).await;
    assert!(!short_errors(&dashboard).is_empty());
    set(&dashboard, &json!([]));
    let before = dashboard.simulator.requests().len();
    dashboard.press("r").await;
    dashboard
        .until("every source is live", |model| {
            let mut states = model.lanes.sources();
            states.all(|state| state.reading.is_none() && state.health.error().is_none())
        })
        .await;
    let sources = dashboard.model().lanes.sources().count();
    let read = dashboard.simulator.requests().len() - before;
    assert!(
        (sources..=4 * sources).contains(&read),
        "{read} for {sources}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n33_with_a_clock_a_day_off_no_age_is_negative() {
    let row = |id: u8, time: &str| {
        json!({"execution_id": format!("00000000-0000-4000-8000-0000000000{id:02}"), "entity_name": "odd",
            "status": "running", "created_at": time})
    };
    let day = jiff::SignedDuration::from_hours(24);
    let now = jiff::Timestamp::now();
    let times = [now + day, now - day].map(|time| time.to_string());
    let rows = json!([row(1, &times[0]), row(2, &times[1])]).to_string();
    let date = "Sun, 22 Nov 2020 09:41:00 GMT";
    let path = "/api/v1/executions";
    let faults = json!([
        {"tenant": "agents", "path": path, "times": 1, "fault": "body", "text": rows, "headers": {"date": date}},
        {"tenant": "agents", "path": path, "fault": "body", "text": "[]"},
    ]);
    let mut dashboard = world().faults(faults).open().await;
    dashboard.press("p").await;
    dashboard.filter("in:agents !in:agents-lab").await;
    assert_eq!(dashboard.model().shown_len(), 2, "{}", dashboard.screen());
    let screen = dashboard.screen();
    let aged = |age: &str| {
        screen
            .lines()
            .filter(|line| line.contains("odd") && line.contains(age))
            .count()
    };
    assert!(aged("0s") + aged("1d") >= 2, "{screen}");
    assert!(
        !screen
            .lines()
            .any(|line| line.contains("odd") && line.contains(" -")),
        "{screen}"
    );
}
