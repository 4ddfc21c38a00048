//! No more than a hundred marks, and no row dropped in silence.

use std::collections::BTreeSet;

use centurion::app::keymap::Place;
use centurion::domain::resource::Key;
use serde_json::json;

use crate::harness::{Dashboard, world};

/// Everything that runs, which is more than a hundred rows.
const EVERYTHING: &str = "status:RUNNING";

fn marked(dashboard: &Dashboard) -> BTreeSet<Key> {
    let marks = dashboard.model().selection.marks().iter();
    marks.map(|mark| mark.row.key.clone()).collect()
}

fn asks(dashboard: &Dashboard) -> bool {
    dashboard.model().place() == Place::TooMany
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_101st_mark_is_never_taken_and_never_dropped_silently() {
    let mut dashboard = world().open().await;
    dashboard.filter(EVERYTHING).await;
    let shown = dashboard.model().shown_len();
    assert!(shown > 101, "{shown}");
    dashboard.press("a").await;
    assert!(asks(&dashboard), "{}", dashboard.screen());
    assert!(marked(&dashboard).is_empty(), "nothing before the answer");
    dashboard.press("1").await;
    let hundred = marked(&dashboard);
    assert_eq!(hundred.len(), 100);
    // One more by hand: refused aloud, the cursor stays.
    dashboard.press("G<space>").await;
    let mut notices = dashboard.model().notices.iter();
    assert!(notices.any(|notice| notice.text.contains("100 of 100")));
    assert_eq!(marked(&dashboard), hundred);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_and_all_that_match_ask_where_they_hold_too_many_and_esc_changes_nothing() {
    let mut dashboard = world().open().await;
    dashboard.filter(EVERYTHING).await;
    dashboard.press("a1").await;
    let hundred = marked(&dashboard);
    for keys in ["Gvkkv", "a"] {
        dashboard.press(keys).await;
        assert!(asks(&dashboard), "{keys}:\n{}", dashboard.screen());
        dashboard.press("<esc>").await;
        assert_eq!(marked(&dashboard), hundred, "after {keys}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inversion_unmarks_the_hundred_and_asks_only_where_the_others_are_too_many() {
    for (rows, is_too_many) in [(400, false), (1_200, true)] {
        let mut dashboard = world().rows(rows).open().await;
        dashboard.filter(EVERYTHING).await;
        dashboard.press("a1").await;
        let hundred = marked(&dashboard);
        dashboard.press("i").await;
        assert_eq!(asks(&dashboard), is_too_many, "{}", dashboard.screen());
        if !is_too_many {
            let others = marked(&dashboard);
            assert!(!others.is_empty() && others.is_disjoint(&hundred));
        }
        dashboard
            .press(if is_too_many { "<esc>" } else { "i" })
            .await;
        assert_eq!(marked(&dashboard), hundred);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rows_of_a_batch_or_of_its_failures_come_back_only_where_there_is_room() {
    let refuse_all =
        json!([{"platform": "run_ai", "method": "POST", "path": "*/batch", "fault": "refused"}]);
    let mut dashboard = world().faults(refuse_all).open().await;
    dashboard.mark("in:gpu-cluster status:Running", 2).await;
    dashboard.press("xs").await;
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert_eq!(dashboard.model().runs[0].report.totals().rejected, 2);
    dashboard.press("<esc>").await;
    // A hundred others, less one: there is room for one of the two.
    dashboard.filter("!in:gpu-cluster").await;
    dashboard.press("a1g<space>").await;
    assert_eq!(dashboard.model().selection.len(), 99);
    for keys in ["R", "B<enter>F"] {
        dashboard.press(keys).await;
        assert!(asks(&dashboard), "{}", dashboard.screen());
        dashboard.press("<esc>").await;
        assert_eq!(dashboard.model().selection.len(), 99);
    }
}
