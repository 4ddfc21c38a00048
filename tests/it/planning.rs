//! What menu, detail pane and plan promise before anything is sent.

use std::time::Duration;

use centurion::app::Screen;
use centurion::app::message::Message;

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

#[test]
fn a_paste_on_the_confirm_line_is_refused_there_and_one_into_find_looks_for_it() {
    let mut scene = scenes::plan((120, 35));
    scene.tell(Message::Paste("stop 10".to_owned()));
    let screen = scene.screen();
    assert!(
        screen.contains("! nothing was pasted: what confirms is typed"),
        "{screen}"
    );
    scene.press("<tab>/");
    scene.tell(Message::Paste("llama-chat".to_owned()));
    let screen = scene.screen();
    let mut lines = screen.lines();
    let cursor = lines.find(|line| line.contains("│>"));
    assert!(
        cursor.is_some_and(|line| line.contains("llama-chat")),
        "{screen}"
    );
}

#[test]
fn a_plan_that_sends_nothing_offers_no_other_field() {
    let mut scene = scenes::named("plan_of_nothing", (120, 35));
    let screen = scene.screen();
    assert!(screen.contains("Nothing would be sent"), "{screen}");
    assert!(!screen.contains("next field"), "{screen}");
    scene.press("<tab>e");
    let screen = scene.screen();
    assert!(screen.contains("CSV"), "its rows are at hand: {screen}");
}

#[test]
fn a_reason_given_before_comes_back_with_a_key_and_with_a_retry() {
    let mut scene = scenes::named("results", (120, 35));
    scene.press("f");
    assert!(
        scene
            .words()
            .contains("runaway fine-tunes, INC-4812 cleanup"),
        "{}",
        scene.screen()
    );
    scene.press("<esc><esc><esc>axs");
    scene.answer_reads();
    assert!(
        !scene.words().contains("INC-4812"),
        "a new plan has a reason of its own"
    );
    scene.press("<up>");
    assert!(
        scene
            .words()
            .contains("runaway fine-tunes, INC-4812 cleanup"),
        "{}",
        scene.screen()
    );
}

#[test]
fn n32_what_was_confirmed_before_the_machine_slept_waits_for_another_enter() {
    let mut scene = scenes::named("plan", (120, 35));
    let Screen::Plan(confirm) = &scene.model.screen else {
        panic!("no plan is open")
    };
    let phrase = confirm.plan.phrase().expect("several rows").clone();
    let rest = phrase.strip_prefix("stop 1").expect("it was begun");
    scene.wait(11);
    scene.press(&format!("{rest}<enter>"));
    // While a machine sleeps only its wall clock goes on.
    let mut now = scene.model.now;
    now.moment = now.moment.after(Duration::from_secs(1));
    now.wall += Duration::from_secs(3_600);
    scene.tell(Message::Tick(now));
    scene.answer_reads();
    let told = scene.words();
    assert!(
        told.contains("not sent: the machine slept; press enter again"),
        "{told}"
    );
    scene.wait(1);
    scene.press("<enter>");
    assert!(!scene.reads.is_empty(), "they are read once more");
    scene.answer_reads();
    assert!(
        matches!(scene.model.screen, Screen::Results(_)),
        "{}",
        scene.screen()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c9_the_account_of_each_of_five_connections_is_on_the_confirm_screen() {
    let mut dashboard = world().open().await;
    for connection in ["prod-eu", "sandbox", "gpu-cluster", "agents", "agents-lab"] {
        dashboard
            .mark(&format!("in:{connection} status:running"), 1)
            .await;
    }
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    let Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("no plan is open:\n{}", dashboard.screen())
    };
    let accounts = confirm.plan.accounts();
    assert_eq!(accounts.len(), 5);
    let screen = dashboard.screen();
    for account in accounts {
        let name = account.account.as_ref().map_or("", |name| name.as_str());
        let words = format!("{} ({name}", account.connection);
        assert!(screen.contains(&words), "{words}\n{screen}");
    }
    // Where there is no room for all of them, each stands with its rows.
    let narrow = crate::harness::draw(dashboard.model(), (80, 24));
    assert!(narrow.contains("through "), "{narrow}");
}
