//! No more than a hundred marks, and no row dropped in silence.

use centurion::app::keymap::Place;
use serde_json::json;

use crate::harness::world;

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
