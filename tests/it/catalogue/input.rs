//! Keys, pastes and what is on the confirm screen (T, C), without a terminal.

use centurion::app::Screen;
use centurion::app::keymap::Place;
use centurion::app::message::{Effect, Message};
use centurion::domain::connection::{Connection, ReadOnly};
use centurion::domain::outcome::Outcome;
use centurion::domain::resource::Id;
use serde_json::json;

use super::{AGENTS, SANDBOX, TRAININGS, run};
use crate::harness::{Dashboard, world};

fn typed(dashboard: &Dashboard) -> (String, String) {
    match &dashboard.model().screen {
        Screen::Plan(confirm) => (
            confirm.reason.value().to_owned(),
            confirm.phrase.value().to_owned(),
        ),
        _ => panic!("no plan is open:\n{}", dashboard.screen()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t16_the_phrase_cannot_be_pasted() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 2).await;
    let phrase = dashboard.phrase();
    for paste in [
        phrase.clone(),
        format!("{phrase}\r"),
        format!("{phrase}\n\n"),
    ] {
        dashboard.session.handle(Message::Paste(paste));
        assert_eq!(typed(&dashboard).1, "");
        assert!(dashboard.screen().contains("! nothing was pasted"));
        dashboard.press("<enter>").await;
        assert!(matches!(dashboard.model().screen, Screen::Plan(_)));
    }
    assert!(dashboard.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t16_pasted_keys_do_nothing_in_list_menu_and_results() {
    let mut dashboard = world().open().await;
    dashboard.filter(TRAININGS).await;
    for keys in ["", "x", "<esc>"] {
        dashboard.press(keys).await;
        let before = dashboard.screen();
        dashboard
            .session
            .handle(Message::Paste("axs\ry\rq\x1b[A".to_owned()));
        dashboard.settle().await;
        assert_eq!(dashboard.screen(), before);
        assert!(dashboard.model().selection.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t16_ten_megabytes_pasted_into_a_field_become_one_short_clean_line() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', AGENTS, 1).await;
    assert_eq!(dashboard.model().place(), Place::PlanReason);
    let paste = "line\r\n\x1b]52;c;aGk=\x07\u{202e}".repeat(500_000);
    dashboard.session.handle(Message::Paste(paste));
    let (reason, _) = typed(&dashboard);
    assert!(
        reason.starts_with("line  \\u{1b}]52"),
        "{:?}",
        &reason[..40]
    );
    assert!(reason.chars().count() < 20_000);
    assert!(!reason.contains(|c: char| c.is_control() || c == '\u{202e}'));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t17_keys_typed_before_the_plan_was_seen_are_dropped() {
    let mut dashboard = world().open().await;
    dashboard.filter(TRAININGS).await;
    dashboard.press("g<space>").await;
    dashboard.type_ahead("xsstop<space>1<enter><enter>");
    dashboard.settle().await;
    dashboard.plan_is_read().await;
    assert_eq!(typed(&dashboard).1, "");
    assert!(dashboard.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t17_an_enter_held_down_never_confirms() {
    let mut dashboard = world().open().await;
    dashboard
        .filter("in:gpu-cluster kind:training status:Stopped")
        .await;
    dashboard.press("g<space>xu").await;
    assert!(
        matches!(dashboard.model().screen, Screen::Plan(_)),
        "{}",
        dashboard.screen()
    );
    // Repeats of the key that opened the plan: while the rows are read, and after.
    for _ in 0..20 {
        dashboard.press("<enter>").await;
    }
    dashboard.plan_is_read().await;
    for _ in 0..20 {
        dashboard.press("<enter>").await;
    }
    assert!(matches!(dashboard.model().screen, Screen::Plan(_)));
    assert!(dashboard.changes().is_empty());
}

#[tokio::test]
async fn t17_an_enter_right_after_the_plan_opened_does_not_confirm_and_a_later_one_does() {
    let mut dashboard = world().open().await;
    dashboard
        .plan('u', "in:gpu-cluster kind:training status:Stopped", 1)
        .await;
    dashboard.press("<enter>").await;
    assert!(matches!(dashboard.model().screen, Screen::Plan(_)));
    dashboard.pass(1).await;
    dashboard.press("<enter>").await;
    dashboard.sent().await;
    assert_eq!(dashboard.changes().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t14_ctrl_c_closes_what_is_open_before_it_leaves() {
    let mut dashboard = world().open().await;
    for (keys, place) in [
        ("x", Place::Menu),
        ("s", Place::Statuses),
        ("/", Place::Filter),
        ("?", Place::Help),
    ] {
        dashboard.press(keys).await;
        assert_eq!(dashboard.model().place(), place);
        dashboard.press("<ctrl-c>").await;
        assert_eq!(dashboard.model().place(), Place::Browse);
    }
    dashboard.plan('s', TRAININGS, 1).await;
    dashboard.press("<ctrl-c>").await;
    assert_eq!(dashboard.model().place(), Place::Browse);
    assert!(dashboard.changes().is_empty());
    assert!(dashboard.session.take_outside().is_empty(), "still here");
    dashboard.press("<ctrl-c>").await;
    let effects = dashboard.session.take_outside();
    assert!(
        matches!(effects.as_slice(), [Effect::Quit(0)]),
        "{effects:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t14_while_sending_ctrl_c_sends_nothing_more_and_follows_what_has_left() {
    let mut dashboard = world().rows(1_600).open().await;
    dashboard.plan('s', SANDBOX, 12).await;
    let stall = json!([{"platform": "sap_ai_core", "method": "PATCH", "fault": "stall"}]);
    dashboard.simulator.set_faults(stall).expect("valid");
    let planned = super::planned(&dashboard).len();
    dashboard.confirm("").await;
    while dashboard.changes().len() < 8 {
        tokio::task::yield_now().await;
    }
    dashboard.press("<ctrl-c>").await;
    assert!(
        dashboard.session.take_outside().is_empty(),
        "it does not leave"
    );
    dashboard.simulator.set_faults(json!([])).expect("valid");
    dashboard.sent().await;
    let report = &run(&dashboard).report;
    assert_eq!(dashboard.changes().len(), 8);
    assert_eq!(report.totals().left_out, planned - 8);
    let stopped = report.rows().iter().filter(|row| {
        matches!(row.outcome(), Some(Outcome::LeftOut(_, words)) if words.as_str().contains("stopped before its turn"))
    });
    assert_eq!(stopped.count(), planned - 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t20_marks_follow_ids_and_what_the_filter_hides_is_counted_in_the_plan() {
    let mut dashboard = world().open().await;
    dashboard.filter(TRAININGS).await;
    dashboard.press("g<space><space>").await;
    let marks = dashboard.model().selection.marks().iter();
    let marked: Vec<_> = marks.map(|mark| mark.row.key.clone()).collect();
    dashboard.press("Or").await;
    dashboard.settle().await;
    dashboard.filter("in:agents").await;
    let kept = |dashboard: &Dashboard| {
        marked
            .iter()
            .all(|key| dashboard.model().selection.contains(key))
    };
    assert!(kept(&dashboard));
    assert_eq!(dashboard.model().hidden(), 2);
    dashboard.press("xs").await;
    dashboard.plan_is_read().await;
    assert!(
        dashboard.screen().contains("hidden"),
        "{}",
        dashboard.screen()
    );
}

async fn nothing_changes_while_read_only(forbid: ReadOnly, words: &str) {
    let adjust = match forbid {
        ReadOnly::ByRun => |connection: &mut centurion::domain::connection::Connection| {
            connection.read_only = ReadOnly::ByRun;
        },
        ReadOnly::ByFile | ReadOnly::No => {
            |connection: &mut centurion::domain::connection::Connection| {
                connection.read_only = ReadOnly::ByFile;
            }
        }
    };
    let mut dashboard = world().adjust(adjust).open().await;
    for action in ["s", "d", "u", "c"] {
        dashboard.filter("").await;
        dashboard.press("g<space><space><space>x").await;
        assert!(dashboard.screen().contains(words), "{}", dashboard.screen());
        dashboard.press(action).await;
        if let Screen::Plan(confirm) = &dashboard.model().screen {
            assert_eq!(confirm.plan.counts().sendable(), 0);
        }
        dashboard.press("<enter><enter><esc><esc>").await;
    }
    assert!(dashboard.changes().is_empty());
    assert!(dashboard.model().runs.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t23_a_connection_that_the_file_makes_read_only_takes_no_change() {
    nothing_changes_while_read_only(ReadOnly::ByFile, "the connection is read-only").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t23_a_run_that_is_read_only_takes_no_change() {
    nothing_changes_while_read_only(ReadOnly::ByRun, "--read-only").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c9_connection_account_and_host_are_on_the_confirm_screen_and_no_token_crosses() {
    let mut dashboard = world().open().await;
    dashboard.filter("in:agents-lab status:running").await;
    dashboard.press("g<space>").await;
    dashboard.filter(AGENTS).await;
    dashboard.press("g<space>").await;
    dashboard.plan('s', TRAININGS, 1).await;
    dashboard.press("<tab><tab>c").await;
    dashboard
        .until("the requests are shown", |model| {
            model.place() == Place::PlanWire
        })
        .await;
    dashboard.press("<esc>").await;
    let host = dashboard
        .simulator
        .url()
        .trim_start_matches("http://")
        .to_owned();
    let screen = dashboard.screen();
    for words in ["gpu-cluster", "agents-lab", "centurion-ops", host.as_str()] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
    dashboard.press("<tab>").await;
    dashboard.confirm("INC-1").await;
    dashboard.sent().await;
    // Each id is known to its own account only.
    assert_eq!(run(&dashboard).report.totals().rejected, 0);
    assert_eq!(dashboard.changes().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c11_what_is_copied_is_clean_and_holds_no_credential() {
    let mut dashboard = world().open().await;
    dashboard.filter("").await;
    dashboard.press("a1yY").await;
    let ready = serde_json::to_value(dashboard.simulator.ready()).expect("plain data");
    let secrets = [
        &ready["sap_ai_core"]["client_secret"],
        &ready["run_ai"]["client_secret"],
        &ready["kubiya"]["api_key"],
    ];
    let copied = dashboard.session.take_outside();
    assert_eq!(copied.len(), 2);
    for effect in copied {
        let Effect::Copy(text) = effect else {
            panic!("{effect:?}")
        };
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
        for secret in secrets {
            assert!(!text.contains(secret.as_str().expect("text")));
        }
    }
}

#[test]
fn t5_an_id_that_is_not_of_plain_letters_is_never_sound() {
    for id in [
        "",
        "e0\u{430}1",
        "e 01",
        "e\u{200b}01",
        "e01\u{1b}[2K",
        &"e".repeat(129),
    ] {
        assert!(!Id::new(id).is_sound(), "{id:?}");
    }
    assert!(Id::new("e3f1a9c2b7d44f01").is_sound());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t22_the_question_before_too_many_marks_is_answered_by_a_key_of_its_own() {
    let mut dashboard = world().open().await;
    dashboard.filter("status:RUNNING").await;
    dashboard.press("a<enter>").await;
    assert_eq!(dashboard.model().place(), Place::TooMany);
    assert!(dashboard.model().selection.is_empty());
}

#[tokio::test]
async fn c9_a_connection_is_only_ever_exchanged_for_one_with_another_secret() {
    let elsewhere: fn(&mut Connection) = |connection| {
        connection.ca_file = None;
        connection.base_url = "https://nowhere.invalid/".parse().expect("a URL");
    };
    let read_only: fn(&mut Connection) = |connection| {
        connection.ca_file = None;
        connection.read_only = ReadOnly::ByFile;
    };
    for reloaded in [elsewhere, read_only] {
        let closed = world().alone("gpu-cluster").adjust(|connection| {
            connection.ca_file = Some("/nowhere/ca.pem".into());
        });
        let mut dashboard = closed.reloaded(reloaded).open().await;
        let before = dashboard.simulator.requests().len();
        dashboard.press("L").await;
        let words = "gpu-cluster: more than its secret changed; restart to use it";
        dashboard
            .until("it is refused", |model| {
                model.notices.iter().any(|notice| notice.text == words)
            })
            .await;
        dashboard.press("r").await;
        assert_eq!(dashboard.simulator.requests().len(), before);
    }
}
