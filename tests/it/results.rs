//! What the results of a batch promise to the one who sent it.

use centurion::app::Screen;
use centurion::app::message::Message;
use centurion::app::run::Standing;
use centurion::domain::tracking::Tracking;
use serde_json::json;

use crate::harness::{Dashboard, world};
use crate::screens::fixture::Scene;
use crate::screens::scenes;

const TRAININGS: &str = "in:gpu-cluster kind:training status:Running";

#[test]
fn a_batch_of_another_program_is_looked_up_while_it_is_on_screen() {
    let mut scene = Scene::listed((120, 35));
    scenes::results::earlier(&mut scene);
    for (place, standing, is_looked_up) in
        [(0, Standing::Ended, false), (1, Standing::Elsewhere, true)]
    {
        scene.press("B");
        let batches = scene.model.runs.len() - 1 - place;
        scene.press(&"<down>".repeat(batches));
        scene.press("<enter>");
        assert!(
            scene.words().contains("last seen target tracking"),
            "{}",
            scene.screen()
        );
        let before = scene.lookups;
        scene.wait(3);
        assert_eq!(scene.lookups > before, is_looked_up, "{standing:?}");
        scene.press("<esc>");
    }
}

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

#[tokio::test]
async fn what_was_resumed_can_be_suspended_from_the_results_and_shows_the_status_it_has_now() {
    let mut dashboard = world().open().await;
    dashboard
        .plan('u', "in:gpu-cluster kind:training status:Stopped", 2)
        .await;
    dashboard.pass(1).await;
    dashboard.press("<enter>").await;
    dashboard.sent().await;
    dashboard.settled().await;
    dashboard
        .until("what runs now is shown", |model| {
            let mut rows = model.runs[0].report.rows().iter();
            rows.all(|row| {
                let track = row
                    .track()
                    .filter(|track| track.state() == Tracking::Reached);
                let word = track.and_then(|track| track.last_word());
                word.is_some_and(|word| word.as_str() == "Running")
            })
        })
        .await;
    let screen = dashboard.screen();
    assert_shows(
        &screen,
        &[
            "Running  active  ✓ reached",
            "s plan suspend for the 2 now resumed",
            "settled ",
        ],
    );
    assert!(!screen.contains("not open"), "{screen}");
    dashboard.press("D").await;
    let words = "no row that this batch stopped is left to be deleted";
    assert_shows(&dashboard.screen(), &[words]);
    dashboard.press("s").await;
    dashboard.plan_is_read().await;
    assert_eq!(dashboard.phrase(), "stop 2");
}

#[test]
fn the_end_of_a_page_is_its_last_line_and_one_key_leads_back_from_it() {
    let row = scenes::named("results_row", (60, 15));
    let mut wire = scenes::named("plan_rows", (80, 24));
    wire.press("c");
    let long = (0..40).map(|n| format!("line {n} of a request"));
    wire.tell(Message::Previewed(long.collect()));
    for mut scene in [row, wire] {
        scene.press("G");
        let end = scene.screen();
        scene.press(&"j".repeat(30));
        assert_eq!(scene.screen(), end, "nothing comes after the end");
        scene.press("k");
        assert_ne!(scene.screen(), end, "{end}");
    }
}
