//! The main job from marking to the reached target, on all three platforms.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use centurion::app::Screen;
use centurion::app::keymap::Place;
use centurion::domain::action::Exclusion;
use centurion::domain::connection::PlatformId;
use centurion::domain::outcome::Outcome;
use centurion::domain::report::{Fate, Report};
use centurion::domain::tracking::Tracking;
use centurion::simulator::Recorded;
use serde_json::{Value, json};

use crate::harness::{Dashboard, on, world};

/// Ids that a change request names, wherever its platform puts them.
pub(crate) fn ids(request: &Recorded) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let lists = ["executions", "deployments", "ids", "execution_ids"];
    let members = lists
        .iter()
        .filter_map(|name| request.body.get(name)?.as_array());
    let named: BTreeSet<String> = members
        .flatten()
        .filter_map(|entry| text(entry).or_else(|| text(entry.get("id")?)))
        .collect();
    if !named.is_empty() {
        return named;
    }
    request.path.split('/').map(str::to_owned).collect()
}

/// Every id on the wire was confirmed, and no id went out twice.
pub(crate) fn assert_only_confirmed_ids_left(dashboard: &Dashboard, report: &Report) {
    let confirmed: BTreeSet<&str> = report
        .rows()
        .iter()
        .filter(|row| row.verb.is_some())
        .map(|row| row.row.key.id.raw())
        .collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for request in dashboard.changes() {
        let named = ids(&request);
        let known: Vec<&String> = named
            .iter()
            .filter(|id| confirmed.contains(id.as_str()))
            .collect();
        assert!(
            !known.is_empty(),
            "a change without a confirmed id: {request:?}"
        );
        let bulk = !request.body.is_null() && known.len() == named.len();
        assert!(
            bulk || known.len() == 1,
            "unconfirmed ids left: {request:?}"
        );
        for id in known {
            *seen.entry(id.clone()).or_default() += 1;
        }
    }
    assert!(
        seen.values().all(|&times| times == 1),
        "an id went out twice: {seen:?}"
    );
}

/// Marks the first so many rows that a filter shows.
async fn mark(dashboard: &mut Dashboard, filter: &str, count: usize) {
    dashboard.filter(filter).await;
    dashboard.press("g").await;
    let shown = dashboard.model().shown_len();
    assert!(
        shown >= count,
        "{filter} shows {shown}, {count} wanted:\n{}",
        dashboard.screen()
    );
    for _ in 0..count {
        dashboard.press("<space>").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mixed_batch_leaves_as_one_request_per_sap_group_and_kind_run_ai_action_and_kubiya_connection()
 {
    let mut dashboard = world().open().await;
    mark(
        &mut dashboard,
        "in:prod-eu scope:default kind:execution status:RUNNING",
        2,
    )
    .await;
    mark(
        &mut dashboard,
        "in:prod-eu scope:default kind:execution status:STOPPED",
        2,
    )
    .await;
    mark(
        &mut dashboard,
        "in:prod-eu kind:deployment scope:eval status:RUNNING",
        1,
    )
    .await;
    mark(
        &mut dashboard,
        "in:prod-eu kind:execution scope:eval status:COMPLETED",
        1,
    )
    .await;
    mark(
        &mut dashboard,
        "in:gpu-cluster kind:training status:Running",
        3,
    )
    .await;
    mark(&mut dashboard, "in:agents status:running", 2).await;
    let marked = dashboard.model().selection.len();
    dashboard.press("x").await;
    dashboard.press("c").await;
    dashboard.confirm("weekly clean-up").await;
    dashboard.sent().await;

    let report = &dashboard.model().runs[0].report;
    assert_eq!(report.totals().marked(), marked);
    assert_only_confirmed_ids_left(&dashboard, report);
    let changes = dashboard.changes();
    let of = |platform| {
        changes
            .iter()
            .filter(|request| on(platform, request))
            .collect::<Vec<_>>()
    };
    let sap = of(PlatformId::SapAiCore);
    let bodies: BTreeSet<&str> = sap.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        sap.len(),
        2,
        "one for the executions, one for the deployments: {sap:?}"
    );
    assert_eq!(
        bodies,
        BTreeSet::from(["/v2/lm/deployments", "/v2/lm/executions"])
    );
    let mixed = sap
        .iter()
        .find(|request| request.path.ends_with("executions"))
        .expect("there");
    let targets: BTreeSet<&str> = mixed.body["executions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["targetStatus"].as_str())
        .collect();
    assert_eq!(
        targets,
        BTreeSet::from(["DELETED", "STOPPED"]),
        "stop and delete travel together"
    );
    assert_eq!(of(PlatformId::RunAi).len(), 1);
    let kubiya = of(PlatformId::Kubiya);
    assert_eq!(kubiya.len(), 1);
    assert_eq!(kubiya[0].body["reason"], "weekly clean-up");
    // What a clean-up leaves alone stands in the results with its reason.
    let left_out = report.rows().iter().filter_map(|row| match row.outcome() {
        Some(Outcome::LeftOut(why, words)) => Some((why, words)),
        _ => None,
    });
    assert!(left_out.count() >= 1, "the completed execution is left out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_requests_of_a_batch_are_all_on_their_way_before_the_first_is_answered() {
    let mut dashboard = world().open().await;
    mark(
        &mut dashboard,
        "in:prod-eu scope:default kind:execution status:RUNNING",
        1,
    )
    .await;
    mark(
        &mut dashboard,
        "in:prod-eu scope:eval kind:deployment status:RUNNING",
        1,
    )
    .await;
    mark(
        &mut dashboard,
        "in:gpu-cluster kind:training status:Running",
        1,
    )
    .await;
    mark(&mut dashboard, "in:agents status:running", 1).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_scheduled_is_followed_until_it_arrives() {
    let mut dashboard = world().open().await;
    mark(
        &mut dashboard,
        "in:gpu-cluster kind:training status:Running",
        2,
    )
    .await;
    mark(
        &mut dashboard,
        "in:prod-eu kind:execution status:RUNNING",
        2,
    )
    .await;
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    dashboard.settled().await;
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
    mark(&mut dashboard, "in:gpu-cluster status:Running", 3).await;
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
    mark(
        &mut dashboard,
        "in:gpu-cluster kind:training status:Running",
        2,
    )
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
async fn the_101st_mark_is_never_taken_and_never_dropped_silently() {
    let mut dashboard = world().open().await;
    let everything = "status:RUNNING";
    dashboard.filter(everything).await;
    assert!(
        dashboard.model().shown_len() > 101,
        "{}",
        dashboard.model().shown_len()
    );
    // All matching: a question.
    dashboard.press("a").await;
    assert_eq!(dashboard.model().place(), Place::TooMany);
    assert_eq!(
        dashboard.model().selection.len(),
        0,
        "nothing is marked before the answer"
    );
    dashboard.press("1").await;
    assert_eq!(dashboard.model().selection.len(), 100);
    let hundred: Vec<_> = dashboard
        .model()
        .selection
        .marks()
        .iter()
        .map(|mark| mark.row.key.clone())
        .collect();
    // One more by hand: refused aloud, the cursor stays.
    dashboard.press("G<space>").await;
    assert!(
        dashboard
            .model()
            .notices
            .iter()
            .any(|notice| notice.text.contains("100 of 100"))
    );
    // A range over marked and unmarked rows: a question; esc changes nothing.
    for keys in ["Gvkkv", "a", "i"] {
        dashboard.press(keys).await;
        let asked = dashboard.model().place() == Place::TooMany;
        // An inversion unmarks the hundred and marks the others; it asks only where those are too many.
        if keys == "i" && !asked {
            assert!(dashboard.model().selection.len() <= 100);
            dashboard.press("i").await;
        } else {
            assert!(asked, "{keys} asks first:\n{}", dashboard.screen());
            dashboard.press("<esc>").await;
        }
        let mut now: Vec<_> = dashboard
            .model()
            .selection
            .marks()
            .iter()
            .map(|m| m.row.key.clone())
            .collect();
        let mut then = hundred.clone();
        now.sort();
        then.sort();
        assert_eq!(now, then, "after {keys}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rows_of_a_batch_or_of_its_failures_come_back_only_where_there_is_room() {
    let refuse_all =
        json!([{"platform": "run_ai", "method": "POST", "path": "*/batch", "fault": "refused"}]);
    let mut dashboard = world().faults(refuse_all).open().await;
    mark(&mut dashboard, "in:gpu-cluster status:Running", 2).await;
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert_eq!(dashboard.model().runs[0].report.totals().rejected, 2);
    dashboard.press("<esc>").await;
    // A hundred others, less one: there is room for one of the two.
    dashboard.filter("!in:gpu-cluster").await;
    dashboard.press("a1g<space>").await;
    assert_eq!(dashboard.model().selection.len(), 99);
    for keys in ["R", "BF"] {
        if keys == "R" {
            dashboard.press("R").await;
        } else {
            dashboard.press("B<enter>").await;
            dashboard.press("F").await;
        }
        assert_eq!(
            dashboard.model().place(),
            Place::TooMany,
            "{}",
            dashboard.screen()
        );
        dashboard.press("<esc>").await;
        assert_eq!(dashboard.model().selection.len(), 99);
    }
}

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
        mark(&mut dashboard, rows, 2).await;
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
    assert_only_confirmed_ids_left(&dashboard, report);
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
async fn a_lost_answer_is_unknown_and_the_read_back_settles_it_without_a_second_request() {
    let lost = json!([{"platform": "kubiya", "method": "POST", "path": "*/batch/terminate", "times": 1, "fault": "drop_after"}]);
    let mut dashboard = world().faults(lost).open().await;
    mark(&mut dashboard, "in:agents status:running", 2).await;
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
    assert_only_confirmed_ids_left(&dashboard, report);
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
    mark(&mut dashboard, "in:gpu-cluster status:Running", 1).await;
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
    mark(
        &mut dashboard,
        "in:sandbox kind:execution status:RUNNING",
        1,
    )
    .await;
    mark(&mut dashboard, "in:sandbox kind:execution status:DEAD", 1).await;
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
