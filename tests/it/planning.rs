//! What menu, detail pane and plan promise before anything is sent.

use crate::harness::world;

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
