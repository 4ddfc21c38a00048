//! One platform fails, the others do the whole job (L10); what a lane keeps of its listings.

use std::collections::BTreeSet;
use std::sync::Arc;

use centurion::app::Model;
use centurion::app::listing::Listing;
use centurion::domain::connection::PlatformId;
use centurion::domain::resource::{Group, Id, Resource};
use centurion::domain::time::Moment;
use centurion::domain::tracking::Tracking;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{nothing, row, sap};
use crate::harness::{Dashboard, world};

/// Rows that can be stopped, of one connection of each platform.
const STOPPABLE: [(PlatformId, &str); 3] = [
    (
        PlatformId::SapAiCore,
        "in:prod-eu scope:default kind:execution status:RUNNING",
    ),
    (
        PlatformId::RunAi,
        "in:gpu-cluster kind:training status:Running",
    ),
    (
        PlatformId::Kubiya,
        "in:agents !in:agents-lab status:running",
    ),
];

/// The others list, plan, send and track to the end while one platform fails.
async fn others_go_on(failing: PlatformId, mut fault: Value) -> Dashboard {
    fault["platform"] = failing.config_word().into();
    let mut dashboard = world().faults(json!([fault])).start();
    dashboard
        .until("the two others are listed", |model| {
            let listed = |id| {
                let sources = model.lanes.sources();
                let mut sources = sources
                    .filter(|state| state.source.platform == id)
                    .peekable();
                sources.peek().is_some() && sources.all(|state| state.listing.is_some())
            };
            PlatformId::ALL
                .into_iter()
                .all(|id| id == failing || listed(id))
        })
        .await;
    dashboard.settle().await;
    for (_, rows) in STOPPABLE.iter().filter(|(id, _)| *id != failing) {
        dashboard.mark(rows, 2).await;
    }
    dashboard.press("xs").await;
    dashboard.confirm("INC-1").await;
    dashboard.sent().await;
    dashboard.settled().await;
    let report = &dashboard.model().runs[0].report;
    let totals = report.totals();
    assert_eq!(totals.scheduled + totals.rejected, 4, "{failing}");
    assert_eq!(report.tracked(Tracking::Reached), totals.scheduled);
    assert!(totals.scheduled > 0);
    dashboard
}

/// Waits until the cause of the failing platform is on the banner.
async fn is_told(dashboard: &mut Dashboard, cause: &str) {
    let what = format!("the cause is known: {cause}");
    dashboard
        .until(&what, |model| {
            let troubles = model.lanes.troubles();
            !troubles.is_empty() && troubles.iter().all(|t| t.error.short() == cause)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_with_one_platform_answering_500_the_others_do_the_whole_job() {
    for failing in PlatformId::ALL {
        let fault = json!({"fault": "status", "status": 500, "headers": {"retry-after": "0"}});
        is_told(&mut others_go_on(failing, fault).await, "HTTP 500").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_with_one_platform_hanging_the_others_do_the_whole_job() {
    for failing in PlatformId::ALL {
        let dashboard = others_go_on(failing, json!({"fault": "stall"})).await;
        let troubles = dashboard.model().lanes.troubles();
        assert!(troubles.is_empty(), "it still waits, and nobody for it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_with_one_platform_refusing_the_credentials_the_others_do_the_whole_job() {
    for failing in PlatformId::ALL {
        let mut dashboard = others_go_on(failing, json!({"fault": "unauthorized"})).await;
        is_told(&mut dashboard, "credentials refused").await;
        let troubles = dashboard.model().lanes.troubles();
        assert!(troubles.iter().all(|trouble| trouble.next.is_none()));
        let requests = dashboard.simulator.requests();
        let tokens = requests
            .iter()
            .filter(|request| request.path.ends_with("/token"));
        let connections = 3;
        assert!(
            tokens.count() <= 2 * connections,
            "one token and one refresh a connection"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failing_connection_is_told_before_another_source_of_one_that_was() {
    let mut dashboard = world().open().await;
    let on = |platform: PlatformId| json!({"platform": platform.config_word(), "method": "GET", "fault": "status", "status": 403});
    let faults = json!([on(PlatformId::SapAiCore), on(PlatformId::Kubiya)]);
    dashboard.simulator.set_faults(faults).expect("valid");
    dashboard.press("r").await;
    let connections = |model: &Model| -> Vec<String> {
        let told = model.lanes.troubles().into_iter();
        let names =
            told.filter_map(|trouble| Some(trouble.what.split(['/', ' ']).next()?.to_owned()));
        names.collect()
    };
    let all = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    dashboard
        .until("sources of both platforms fail", |model| {
            let names = connections(model);
            all(&names).contains("agents") && names.len() > all(&names).len() + 1
        })
        .await;
    let names = connections(dashboard.model());
    let failing = all(&names);
    assert_eq!(all(&names[..failing.len()]), failing, "{names:?}");
}

#[test]
fn l1_of_one_id_on_two_pages_the_row_that_changed_last_is_kept() {
    let at = |word: &str, second: i64| {
        let row = row(&sap(), "e1", word, Group::Active, nothing());
        let modified = Timestamp::from_second(second).ok();
        Arc::new(Resource {
            modified,
            ..Arc::unwrap_or_clone(row)
        })
    };
    let other = || row(&sap(), "e2", "RUNNING", Group::Active, nothing());
    for rows in [
        vec![at("PENDING", 1), other(), at("RUNNING", 2)],
        vec![at("RUNNING", 2), other(), at("PENDING", 1)],
    ] {
        let start = Moment::default();
        let listing = Listing::new(rows, start, start, Timestamp::UNIX_EPOCH);
        assert_eq!(listing.rows().len(), 2);
        let found = listing.find(&Id::new("e1")).expect("listed");
        assert_eq!(found.status.word.as_str(), "RUNNING");
    }
}
