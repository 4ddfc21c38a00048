//! The command line, the footer, and what the list says of its own filter.

use std::time::Duration;

use centurion::app::keymap::{Command, Place, command};
use centurion::app::palette::NAMED;
use centurion::domain::error::PlatformError;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::harness::world;
use crate::screens::fixture::Scene;

const SIZE: (u16, u16) = (120, 35);

fn footer(scene: &Scene) -> String {
    let screen = scene.screen();
    screen.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_footer_shows_only_keys_that_can_act() {
    let mut scene = Scene::starting(SIZE);
    for key in [" space ", " x act", " enter ", " m ", " B "] {
        assert!(!footer(&scene).contains(key), "{key}: {}", footer(&scene));
    }
    scene.list_all();
    assert!(footer(&scene).contains(" x act") && !footer(&scene).contains(" m "));
    scene.press("<space>");
    assert!(footer(&scene).contains(" m only marked"));
    scene.press("<space>mxj");
    // Two Kubiya and SAP rows that run: nothing of them can be deleted or resumed.
    assert!(footer(&scene).contains(" s stop") && !footer(&scene).contains(" d delete"));
    let mut scene = crate::screens::scenes::results(SIZE);
    assert!(footer(&scene).contains(" F re-mark failed"));
    scene.press("F");
    assert!(scene.screen().contains("SELECTED"));
}

#[test]
fn every_status_that_is_filtered_for_is_named() {
    for size in [(80, 24), (120, 35), (200, 60)] {
        let mut scene = Scene::listed(size);
        scene.press("s<space><down><down><down><space><enter>");
        let chips = scene.model.browse.query.chips.clone();
        assert!(
            chips.groups.len() + chips.words.len() > 3,
            "more than a title of three"
        );
        let screen = scene.screen();
        for group in &chips.groups {
            assert!(
                screen.contains(group.word()),
                "{size:?} {}\n{screen}",
                group.word()
            );
        }
    }
}

#[test]
fn a_filter_that_hides_all_asks_whether_a_near_word_was_meant() {
    let mut scene = Scene::listed(SIZE);
    scene.press("/lamma<enter>");
    let screen = scene.screen();
    let count = scene.model.browse.view.meant.clone();
    let (word, count) = count.expect("llama is near");
    assert_eq!(word, "llama");
    assert!(
        screen.contains(&format!("Did you mean `llama` ({count})?")),
        "{screen}"
    );
    scene.press("<esc>/llama<enter>");
    assert_eq!(scene.model.shown_len(), count);
    scene.press("<esc>/zzzzzz<enter>");
    assert!(!scene.screen().contains("Did you mean"));
}

#[test]
fn a_range_stays_on_the_row_it_began_on_and_ends_where_that_row_is_gone() {
    let mut scene = Scene::listed(SIZE);
    scene.press("jjv");
    let anchor = scene.model.cursor_row().expect("a row").key.clone();
    scene.press("jj");
    let kubiya = scene.source("kubiya", "executions");
    scene.list(&kubiya, Vec::new());
    let (first, last) = scene.model.range_span().expect("a range");
    assert_eq!(scene.model.shown(first).expect("a row").key, anchor);
    assert_eq!(last - first, 1, "one of the rows between was Kubiya's");
    scene.list(&anchor.source.clone(), Vec::new());
    assert_eq!(scene.model.range_span(), None);
}

#[test]
fn every_named_command_is_listed_with_its_key_and_runs() {
    let mut scene = Scene::listed((120, 45));
    scene.press(":");
    let screen = scene.screen();
    for named in NAMED {
        assert!(screen.contains(named.name), "{}\n{screen}", named.name);
        let (help, key) = named.says();
        assert!(
            !help.is_empty() && screen.contains(help),
            "{}\n{screen}",
            named.name
        );
        if let Some(letter) = key.chars().next().filter(|_| key.len() == 1) {
            let event = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            assert_eq!(command(Place::Browse, event), Some(named.command));
        }
    }
    for (typed, place) in [
        ("sources", Place::Sources),
        ("mess", Place::Messages),
        ("status", Place::Statuses),
        ("sort", Place::Sort),
        ("help", Place::Help),
        ("logs", Place::Logs),
        ("scope", Place::Filter),
    ] {
        let mut scene = Scene::listed(SIZE);
        scene.press(&format!(":{typed}<enter>"));
        assert_eq!(scene.model.place(), place, "{typed}");
    }
    let mut scene = Scene::listed(SIZE);
    scene.press(":nothing<enter>");
    assert!(scene.screen().contains("no such command"));
    scene.press("<esc>");
    assert_eq!(scene.model.place(), Place::Browse);
    assert!(
        NAMED
            .iter()
            .any(|named| named.name == "q" && named.command == Command::Quit)
    );
}

#[test]
fn the_scope_command_filters_by_the_scope_that_is_typed_next() {
    let mut scene = Scene::listed(SIZE);
    scene.press("/llama<enter>:scope<enter>eval<enter>");
    assert_eq!(scene.model.browse.typed, "llama scope:eval");
    assert_eq!(scene.model.shown_len(), 1);
}

#[test]
fn the_sources_are_shown_with_state_age_whole_error_and_requests_a_minute() {
    let mut scene = Scene::listed(SIZE);
    let kubiya = scene.source("kubiya", "executions");
    let limit = Duration::from_secs(30);
    let host = "control-plane.kubiya.example".to_owned();
    scene.fail(&kubiya, PlatformError::TimedOut { host, limit });
    scene.press(":sources<enter>");
    scene.tell(centurion::app::message::Message::Requests(vec![(
        kubiya.connection.clone(),
        33,
    )]));
    let screen = scene.screen();
    for words in [
        "prod-eu/default executions",
        "live",
        "3s ago",
        "stale",
        "no answer from control-plane.kubiya.example within 30 s",
        "kubiya 33",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

#[tokio::test]
async fn the_requests_of_a_connection_are_counted() {
    let mut dashboard = world().open().await;
    dashboard.press(":sources<enter>").await;
    dashboard
        .until("requests are counted", |model| {
            let counts: Vec<usize> = model.requests.values().copied().collect();
            counts.len() >= 3 && counts.iter().all(|count| *count > 0)
        })
        .await;
    let all: usize = dashboard.model().requests.values().sum();
    assert!(
        all <= dashboard.simulator.requests().len(),
        "no more than arrived"
    );
}

#[test]
fn what_was_said_can_be_read_after_it_went() {
    let mut scene = Scene::listed(SIZE);
    scene.press("R");
    scene.wait(60);
    assert!(!scene.screen().contains("no batch was sent"));
    scene.press(":messages<enter>");
    assert!(scene.screen().contains("no batch was sent from here yet"));
}

#[test]
fn wide_columns_show_ids_whole() {
    let mut scene = Scene::listed((100, 30));
    let id = "02bb61aa-7";
    let whole = |scene: &Scene| {
        let screen = scene.screen();
        let table = screen.lines().find(|line| line.contains(id));
        table.is_some_and(|line| !line.contains('…'))
    };
    assert!(!whole(&scene));
    scene.press("w");
    assert!(whole(&scene), "{}", scene.screen());
}

#[tokio::test]
async fn the_rows_shown_are_saved_as_tab_separated_values() {
    let mut dashboard = world().open().await;
    let rows = dashboard.model().shown_len();
    dashboard.press("e").await;
    let told = format!("{rows} rows saved to ");
    let saved = |notice: &centurion::app::Notice| notice.text.starts_with(&told);
    dashboard
        .until("it is saved", |model| model.notices.iter().any(saved))
        .await;
    let notice = dashboard.model().notices.iter().find(|n| saved(n)).cloned();
    let path = notice.expect("a notice").text.replacen(&told, "", 1);
    let text = std::fs::read_to_string(path).expect("the file that was told");
    assert_eq!(text.lines().count(), 1 + rows);
    let heads = "platform\tconnection\tscope\tkind\tid\tname\tstatus\towner";
    assert_eq!(text.lines().next(), Some(heads), "as exports name them");
    assert!(text.lines().all(|line| line.matches('\t').count() == 7));
}

#[test]
fn a_filter_that_cannot_be_read_is_not_left_by_enter_and_drops_nothing() {
    let mut scene = Scene::listed((120, 35));
    scene.press("/llama<enter>");
    let shown = scene.screen();
    assert!(shown.contains("/llama"), "{shown}");
    scene.press("/age>x<enter>");
    let typing = scene.screen();
    assert!(typing.contains("llama age>x"), "{typing}");
    assert!(typing.contains("is not a span"), "{typing}");
    scene.press("<esc>");
    assert!(!scene.screen().contains("age>x"));
    assert!(scene.screen().contains("/llama"), "the old one is in force");
}
