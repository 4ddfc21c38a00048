//! How often a connection asks while nobody does anything (`PERFORMANCE.md`, gate 18).

use std::collections::HashSet;
use std::time::Duration;

use centurion::domain::connection::{Connection, Credentials, Scopes};
use centurion::domain::resource::Scope;
use serde_json::json;

use super::{BULK_ON, json_answer, page_of};
use crate::canned::{self, Canned};
use crate::harness::{Dashboard, world};

/// Requests of an idle minute, at most.
const GATE: usize = 12;

/// A dashboard whose `prod-eu` has that many resource groups on a server with a few rows in each.
async fn dashboard(server: &Canned, groups: usize) -> Dashboard {
    let (base_url, tokens) = (
        server.url("http", "/v2"),
        server.url("http", "/oauth/token"),
    );
    let scopes: Vec<Scope> = (0..groups)
        .map(|n| Scope::new(&format!("group-{n}")))
        .collect();
    let adjust = move |connection: &mut Connection| {
        if let Credentials::Client {
            token_url: Some(url),
            ..
        } = &mut connection.credentials
            && connection.name.as_str() == "prod-eu"
        {
            *url = tokens.clone();
            connection.base_url = base_url.clone();
            connection.scopes = Scopes::Named(scopes.clone());
        }
    };
    world()
        .refresh(Duration::from_secs(10))
        .adjust(adjust)
        .open()
        .await
}

async fn server() -> Canned {
    Canned::start(|heard, _| match heard.line.as_str() {
        "POST /oauth/token" => {
            json_answer(200, &json!({"access_token": "t", "expires_in": 43_199}))
        }
        "GET /v2/lm/meta" => canned::json(200, BULK_ON),
        line if line.ends_with("$count") => canned::json(200, "40"),
        // One source has the most rows, as it is where they are many.
        line => match (
            line.contains("executions"),
            heard.header("ai-resource-group"),
        ) {
            (true, Some("group-0")) => page_of(40, heard, 1_000),
            _ => page_of(30, heard, 1_000),
        },
    })
    .await
}

#[tokio::test]
async fn an_idle_connection_with_one_or_many_resource_groups_asks_twelve_times_a_minute_at_most() {
    for groups in [1, 3, 12] {
        let server = server().await;
        let mut dashboard = dashboard(&server, groups).await;
        let started = server.heard().len();
        for minute in 1..4 {
            let (before, begun) = (server.heard().len(), dashboard.model().now.moment);
            dashboard.pass(60).await;
            // On a busy machine more passes.
            let passed = dashboard.model().now.moment.since(begun).as_secs();
            let most = (GATE * usize::try_from(passed).expect("a minute")).div_ceil(60);
            let asked = server.heard().len() - before;
            assert!(
                asked <= most,
                "{asked} in minute {minute} with {groups} groups"
            );
        }
        let heard = server.heard().split_off(started);
        let listed = heard.iter().filter(|heard| heard.line.contains("top"));
        let sources = listed.map(|heard| {
            (
                heard.header("ai-resource-group").map(str::to_owned),
                heard.line.clone(),
            )
        });
        assert_eq!(
            sources.collect::<HashSet<_>>().len(),
            2 * groups,
            "each has its turn"
        );
        let ages = dashboard
            .model()
            .lanes
            .sources()
            .filter(|state| state.source.connection.as_str() == "prod-eu");
        let now = dashboard.model().now.moment;
        let oldest = ages
            .map(|state| state.listing.as_ref().expect("read").finished)
            .min();
        // The one with the most rows is counted each time, and that takes its turn as well.
        let round = Duration::from_secs(11 * groups as u64 + 6 + 3);
        let age = now.since(oldest.expect("sources"));
        assert!(age <= round, "{age:?} with {groups} groups");
    }
}

#[tokio::test]
async fn a_hundred_rows_are_planned_stopped_and_seen_to_be_with_thirty_requests_at_most() {
    let mut dashboard = world().rows(2_500).open().await;
    dashboard.press("p").await;
    let rows = "in:prod-eu kind:execution scope:default status:RUNNING";
    dashboard.filter(rows).await;
    assert!(
        dashboard.model().shown_len() > 100,
        "{}",
        dashboard.screen()
    );
    dashboard.press("a1").await;
    let begun = dashboard.simulator.requests().len();
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    let settled = |dashboard: &Dashboard| {
        dashboard
            .model()
            .runs
            .iter()
            .all(|run| run.settled.is_some())
    };
    for _ in 0..60 {
        if !settled(&dashboard) {
            dashboard.pass(1).await;
        }
    }
    assert!(settled(&dashboard), "{}", dashboard.screen());
    let all = dashboard.simulator.requests().split_off(begun);
    let lines: Vec<_> = all
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert!((4..=30).contains(&lines.len()), "{lines:#?}");
}
