//! What a connection costs its platform: `PERFORMANCE.md` 18.

use centurion::app::keymap::Place;
use centurion::domain::connection::Scopes;
use centurion::domain::resource::Scope;

use crate::harness::{Dashboard, world};

/// One connection of each platform, so many rows over all that it has nearly a thousand, and those that can be
/// stopped.
const CONNECTIONS: [(&str, usize, &str); 3] = [
    ("prod-eu", 3_000, "kind:execution status:RUNNING"),
    ("gpu-cluster", 1_800, "status:Running kind:training"),
    ("agents", 7_000, "status:running"),
];

/// A dashboard on that connection alone; of SAP AI Core on one resource group.
async fn dashboard(name: &'static str, rows: usize) -> Dashboard {
    let one_group = |connection: &mut centurion::domain::connection::Connection| {
        if let Scopes::Named(groups) = &mut connection.scopes {
            *groups = vec![Scope::new("default")];
        }
    };
    let world = world().rows(rows).speed(50.0).adjust(one_group);
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
    for (name, rows, filter) in CONNECTIONS {
        let mut dashboard = dashboard(name, rows).await;
        dashboard.filter(filter).await;
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
