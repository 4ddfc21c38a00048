//! What the results of a batch promise to the one who sent it.

use centurion::app::Screen;
use serde_json::json;

use crate::harness::{Dashboard, world};

const TRAININGS: &str = "in:gpu-cluster kind:training status:Running";

fn assert_shows(screen: &str, words: &[&str]) {
    for words in words {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

/// Five workloads to be stopped, whose request was lost before it did anything.
async fn lost() -> Dashboard {
    let mut dashboard = world().speed(1.0).open().await;
    dashboard.plan('s', TRAININGS, 5).await;
    let lost = json!([{"method": "POST", "path": "*/batch", "fault": "drop_before"}]);
    dashboard.simulator.set_faults(lost).expect("valid");
    dashboard.confirm("").await;
    dashboard.sent().await;
    dashboard.pass(3).await;
    dashboard
}

#[tokio::test]
async fn unknown_rows_tell_folded_or_not_what_reads_show_and_when_and_why_they_may_be_sent_again() {
    let mut dashboard = lost().await;
    let told = [
        "UNKNOWN 5   5 nothing seen yet · re-reading in ",
        "f takes 5 rows more in 1m",
        "the server may still carry it out",
    ];
    let screen = dashboard.screen();
    assert_shows(&screen, &told);
    let rows = dashboard.model().runs[0].report.rows();
    let ids: Vec<String> = rows
        .iter()
        .map(|row| row.row.key.id.shown().to_string())
        .collect();
    assert!(
        ids.iter().all(|id| screen.contains(id)),
        "each row is in sight: {screen}"
    );
    dashboard.press("<space>").await;
    let folded = dashboard.screen();
    assert!(ids.iter().all(|id| !folded.contains(id)), "{folded}");
    assert_shows(&folded, &told);
    dashboard.press("f").await;
    assert!(
        matches!(dashboard.model().screen, Screen::Results(_)),
        "it is too early"
    );
    dashboard.pass(130).await;
    let screen = dashboard.screen();
    assert_shows(
        &screen,
        &[
            "UNKNOWN 5   5 not applied",
            "f retry what can be retried (5)",
        ],
    );
    assert!(!screen.contains("more in"), "{screen}");
    dashboard.press("f").await;
    dashboard.plan_is_read().await;
    assert_eq!(dashboard.phrase(), "stop 5");
    assert_eq!(dashboard.changes().len(), 1, "nothing is sent by itself");
}

#[tokio::test]
async fn rows_of_which_nothing_is_seen_are_called_unknown_and_never_moving() {
    let mut dashboard = lost().await;
    dashboard.press("<esc>").await;
    assert_shows(&dashboard.screen(), &["1 batch · 5 unknown"]);
    dashboard.press("q").await;
    let screen = dashboard.screen();
    assert_shows(
        &screen,
        &["5 unknown. Quit?", "no read has shown a trace yet"],
    );
    assert!(!screen.contains("moving"), "{screen}");
    dashboard.press("<esc>B").await;
    assert_shows(&dashboard.screen(), &["stop     5 unknown"]);
    dashboard.press("<enter>").await;
    assert_shows(&dashboard.screen(), &["F mark rejected + unknown (5)"]);
    dashboard.press("F").await;
    assert_eq!(dashboard.model().selection.len(), 5);
}
