//! What a connection costs its platform: `PERFORMANCE.md` 18.

use std::sync::Arc;
use std::time::Duration;

use centurion::app::keymap::Place;
use centurion::app::lanes::Lanes;
use centurion::app::listing::Listing;
use centurion::domain::connection::{PlatformId, Scopes};
use centurion::domain::error::PlatformError;
use centurion::domain::resource::Scope;
use centurion::domain::time::Moment;
use jiff::Timestamp;

use crate::harness::{Dashboard, world};
use crate::http::connection_to;

/// One connection of each platform, so many rows over all that it has nearly a thousand, and those that can be
/// stopped.
const CONNECTIONS: [(&str, usize, &str); 3] = [
    ("prod-eu", 3_000, "kind:execution status:RUNNING"),
    ("gpu-cluster", 1_800, "status:Running kind:training"),
    ("agents", 7_000, "status:running"),
];

/// A dashboard on that connection alone; of SAP AI Core on one resource group. Its platform is done with a change
/// before the first read after it: how many reads a slower one costs is up to it.
async fn dashboard(name: &'static str, rows: usize) -> Dashboard {
    let one_group = |connection: &mut centurion::domain::connection::Connection| {
        if let Scopes::Named(groups) = &mut connection.scopes {
            *groups = vec![Scope::new("default")];
        }
    };
    let world = world().rows(rows).speed(1_000.0).adjust(one_group);
    let dashboard = world.alone(name).open().await;
    let listed: usize = dashboard
        .model()
        .lanes
        .listings()
        .iter()
        .map(|listing| listing.rows().len())
        .sum();
    assert!((600..=1_000).contains(&listed), "{name}: {listed} rows");
    dashboard
}

fn sent(dashboard: &Dashboard) -> usize {
    dashboard.simulator.requests().len()
}

#[tokio::test]
async fn a_connection_of_a_thousand_rows_costs_at_most_twelve_requests_a_minute() {
    for (name, rows, _) in CONNECTIONS {
        let mut dashboard = dashboard(name, rows).await;
        let before = sent(&dashboard);
        dashboard.pass(120).await;
        let requests = sent(&dashboard) - before;
        assert!(
            (4..=24).contains(&requests),
            "{name}: {requests} in two minutes"
        );
    }
}

#[tokio::test]
async fn a_batch_of_a_hundred_costs_at_most_thirty_requests_from_plan_to_targets_read() {
    let newest_first = CONNECTIONS.map(|connection| (connection, ""));
    // Kubiya lists the newest first: with the oldest marked, no page can be left out.
    let oldest_first = [(CONNECTIONS[2], "O")];
    for ((name, rows, filter), order) in newest_first.into_iter().chain(oldest_first) {
        let mut dashboard = dashboard(name, rows).await;
        dashboard.filter(filter).await;
        dashboard.press(order).await;
        dashboard.press("a").await;
        if dashboard.model().place() == Place::TooMany {
            dashboard.press("1").await;
        }
        assert_eq!(dashboard.model().selection.len(), 100, "{name}");
        let before = sent(&dashboard);
        dashboard.press("xs").await;
        dashboard.confirm("INC-1").await;
        dashboard.sent().await;
        for _ in 0..90 {
            dashboard.pass(1).await;
            if dashboard
                .model()
                .runs
                .last()
                .is_some_and(|run| run.settled.is_some())
            {
                break;
            }
        }
        let run = dashboard.model().runs.last().expect("a batch");
        assert!(run.settled.is_some(), "{name}: {}", dashboard.screen());
        let requests = sent(&dashboard) - before;
        assert!((3..=30).contains(&requests), "{name}: {requests}");
    }
}

/// When the first source of a connection of that platform and so many sources is read again, after each was listed
/// in so many pages or failed.
fn rests(platform: PlatformId, scopes: usize, pages: u32, is_failing: bool) -> Duration {
    let mut connection = connection_to("https://example.com".parse().expect("a URL"));
    connection.platform = platform;
    let scopes = (0..scopes).map(|n| Scope::new(&format!("s{n}")));
    connection.scopes = Scopes::Named(scopes.collect());
    let start = Moment::new(Duration::ZERO);
    let mut lanes = Lanes::new(vec![connection], Duration::from_secs(10), start);
    let sources: Vec<_> = lanes.sources().map(|state| state.source.clone()).collect();
    let mut listing = Listing::new(Vec::new(), start, start, Timestamp::UNIX_EPOCH);
    listing.pages = pages;
    let listing = Arc::new(listing);
    for source in &sources {
        lanes.listed(source, Ok(listing.clone()), start);
    }
    if is_failing {
        let error = PlatformError::TimedOut {
            host: "example.com".to_owned(),
            limit: Duration::from_secs(20),
        };
        lanes.listed(&sources[0], Err((error, None)), start);
    } else {
        lanes.listed(&sources[0], Ok(listing), start);
    }
    let state = lanes.source(&sources[0]).expect("a source");
    state.next.expect("a next read").since(start)
}

#[test]
fn a_round_of_a_connection_takes_so_long_that_its_requests_keep_within_the_gate() {
    let rounds = [
        (PlatformId::SapAiCore, 1, 1, 11_000),
        (PlatformId::SapAiCore, 5, 1, 55_000),
        (PlatformId::RunAi, 1, 2, 16_500),
        (PlatformId::Kubiya, 1, 12, 66_000),
        // All sources of a connection together: 33 requests a minute.
        (PlatformId::Kubiya, 2, 330, 1_200_000),
    ];
    for (platform, scopes, pages, expected) in rounds {
        let rests = rests(platform, scopes, pages, false).as_millis();
        assert_eq!(rests, expected, "{platform} {scopes} {pages}");
    }
}

#[test]
fn a_source_that_fails_is_read_no_more_often_than_one_that_does_not() {
    for platform in PlatformId::ALL {
        let [well, failing] = [false, true].map(|failing| rests(platform, 2, 12, failing));
        assert!(failing >= well, "{platform}: {failing:?} {well:?}");
    }
}
