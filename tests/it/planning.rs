//! What menu, detail pane and plan promise before anything is sent.

use crate::harness::world;
use crate::screens::fixture::Scene;
use crate::screens::scenes;

#[test]
fn the_menu_names_the_action_first_and_gives_a_reason_for_each_platform() {
    let mixed = scenes::named("menu", (120, 35)).screen();
    for words in [
        "s  stop           9        1     2    SAP STOPPED · RUN:AI suspend · KUBIYA",
        "SAP: not offered by SAP AI Core",
        "RUN:AI: it is not suspended",
        "KUBIYA: only a paused execution",
    ] {
        assert!(mixed.contains(words), "{words}\n{mixed}");
    }
    let mut scene = Scene::listed((120, 35));
    scene.press("/platform:sap<enter>ax");
    let sap = scene.screen();
    for words in ["s  stop  ", "SAP STOPPED", "d  delete  ", "u  resume  "] {
        assert!(sap.contains(words), "{words}\n{sap}");
    }
    assert!(!sap.contains("s  STOPPED"), "{sap}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reasons_of_a_rows_rules_stand_whole_in_the_pane() {
    let mut dashboard = world().open().await;
    for (rows, reasons) in [
        (
            "in:agents status:running",
            &["Kubiya only removes the record", "leaves the work running"][..],
        ),
        (
            "in:prod-eu status:STOPPING",
            &[
                "in transition: SAP AI Core takes",
                "neither stop nor delete",
            ],
        ),
        (
            "in:prod-eu status:COMPLETED",
            &["documents disagree", "COMPLETED may be deleted"],
        ),
    ] {
        dashboard.filter(rows).await;
        let screen = dashboard.screen();
        for words in reasons {
            assert!(screen.contains(words), "{words}\n{screen}");
        }
    }
}
