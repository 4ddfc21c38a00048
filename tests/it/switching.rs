//! Connections that are switched off, and on again.

use centurion::app::Model;
use centurion::app::keymap::Place;

use crate::harness::{Dashboard, world};
use crate::screens::fixture::Scene;
use crate::screens::scenes;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 35)];
const SIZE: (u16, u16) = (120, 35);

#[test]
fn a_connection_that_is_off_is_told_as_off_wherever_it_was_told_before() {
    for size in SIZES {
        let mut scene = Scene::listed(size);
        let all = scene.model.shown_len();
        let kubiya = scene.source("kubiya", "executions");
        scene.press(":off kubiya<enter>");
        assert!(scene.screen().contains("– off"), "{}", scene.screen());
        assert!(scene.model.shown_len() < all && !scene.screen().contains("llama cost report"));
        scene.press(":sources<enter>");
        assert!(
            scene.words().contains("– off kubiya :on kubiya"),
            "{}",
            scene.screen()
        );
        // What had left before is not taken in, and proves nothing of its marked rows.
        scene.list(&kubiya, Vec::new());
        scene.press("<esc>:on kubiya<enter>");
        assert_eq!(scene.model.shown_len(), all, "as they were last listed");
        scene.press(":off nobody<enter>");
        let told = scene.words();
        assert!(
            told.contains(":on and :off take a platform or one of prod-eu"),
            "{told}"
        );
        scene.press(":off sap<enter>:off run:ai<enter>:off kubiya<enter>");
        assert!(
            scene.words().contains("– off prod-eu :on prod-eu"),
            "{}",
            scene.screen()
        );
        assert!(
            scene.screen().contains("0 All –"),
            "no zero that nobody said"
        );
    }
}

#[test]
fn a_connection_is_not_switched_off_while_a_batch_is_being_sent_to_it() {
    let mut scene = scenes::named("results_sending", SIZE);
    scene.press("<esc>:off kubiya<enter>");
    let told = scene.words();
    assert!(
        told.contains("kubiya: a batch is being sent to it"),
        "{told}"
    );
    assert!(!told.contains("– off"), "{told}");
}

#[test]
fn rows_of_a_batch_are_not_followed_on_a_connection_that_is_off_and_that_is_said() {
    let mut scene = scenes::named("results", SIZE);
    scene.press("<esc>");
    scene.answer_reads();
    let asks_run_ai = |scene: &mut Scene| {
        scene.reads.clear();
        scene.wait(60);
        let mut reads = scene.reads.iter();
        reads.any(|key| key.source.connection.as_str() == "run-ai")
    };
    scene.press(":off run:ai<enter>");
    let told = scene.words();
    assert!(
        told.contains("off: run-ai; 3 rows that still move are not followed"),
        "{told}"
    );
    assert!(!asks_run_ai(&mut scene));
    scene.press(":on run-ai<enter>");
    assert!(asks_run_ai(&mut scene));
}

/// What Kubiya's part of the simulator received.
fn asked_of_kubiya(dashboard: &Dashboard) -> usize {
    let requests = dashboard.simulator.requests().into_iter();
    let is_kubiya =
        |path: &str| path.starts_with("/api/v1/executions") || path.starts_with("/api/v1/auth");
    requests.filter(|request| is_kubiya(&request.path)).count()
}

/// Waits until Run:ai was read since now.
async fn run_ai_is_read(dashboard: &mut Dashboard) {
    let started = |model: &Model| {
        let mut sources = model.lanes.sources();
        let state = sources.find(|state| state.source.connection.as_str() == "gpu-cluster");
        state.and_then(|state| Some(state.listing.as_ref()?.started))
    };
    let before = started(dashboard.model());
    dashboard.press("r").await;
    dashboard
        .until("Run:ai is read", |model| started(model) > before)
        .await;
    dashboard.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_read_of_a_connection_that_is_off_or_sent_to_it_until_it_is_on_again() {
    let mut dashboard = world().open().await;
    dashboard.press("p").await;
    dashboard.mark("platform:kubiya status:running", 2).await;
    dashboard
        .mark("in:gpu-cluster kind:training status:Running", 1)
        .await;
    run_ai_is_read(&mut dashboard).await;
    dashboard.press("p:off<space>kubiya<enter>").await;
    let before = asked_of_kubiya(&dashboard);
    assert!(before > 0);
    run_ai_is_read(&mut dashboard).await;
    // Its marked rows are still there, and nothing is asked of them.
    dashboard.press("mg<enter>").await;
    assert!(
        dashboard.screen().contains("is switched off"),
        "{}",
        dashboard.screen()
    );
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    let screen = dashboard.screen();
    assert!(screen.contains("3 marked → 1 will be sent"), "{screen}");
    assert!(screen.contains("switched off: `:on "), "{screen}");
    // Not even by hand.
    dashboard.press("<tab>G<space>k<space>").await;
    let screen = dashboard.screen();
    assert!(screen.contains("3 marked → 1 will be sent"), "{screen}");
    while dashboard.model().place() != Place::PlanPhrase {
        dashboard.press("<tab>").await;
    }
    dashboard.confirm("").await;
    dashboard.sent().await;
    assert_eq!(dashboard.changes().len(), 1);
    assert_eq!(asked_of_kubiya(&dashboard), before);
    dashboard.press("<esc>:on<space>kubiya<enter>").await;
    dashboard
        .until("Kubiya is read again", |model| {
            let mut sources = model.lanes.sources();
            sources.any(|state| {
                state.source.connection.as_str() == "agents" && state.reading.is_none()
            })
        })
        .await;
    assert!(asked_of_kubiya(&dashboard) > before);
}
