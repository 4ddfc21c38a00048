//! What the list promises: of counts that are not known, of rows that leave, of names that are typed.

use std::sync::Arc;
use std::time::Duration;

use centurion::app::listing::Listing;
use centurion::app::message::Message;
use centurion::app::palette::NAMED;
use centurion::domain::error::PlatformError;
use centurion::domain::resource::{Group, Resource, Status};
use centurion::domain::text::Clean;

use super::fixture::Scene;
use super::rows::rows;
use super::scenes;
use crate::harness::world;

const SIZE: (u16, u16) = (120, 35);

fn timeout() -> PlatformError {
    PlatformError::TimedOut {
        host: "acme.run.example".to_owned(),
        limit: Duration::from_secs(30),
    }
}

#[test]
fn a_number_that_no_platform_said_is_not_shown_as_zero() {
    let mut scene = Scene::starting(SIZE);
    assert!(
        scene.screen().contains("2 Deployments –"),
        "{}",
        scene.screen()
    );
    scene.list_all();
    assert!(scene.screen().contains("2 Deployments 2 "));
    let run_ai = scene.source("run-ai", "workloads");
    scene.list(&run_ai, Vec::new());
    assert!(
        scene.screen().contains("3 Workloads 0 "),
        "a zero that was read"
    );

    let mut scene = Scene::starting(SIZE);
    scene.list_again("prod-eu");
    let run_ai = scene.source("run-ai", "workloads");
    scene.fail(&run_ai, timeout());
    let screen = scene.screen();
    for words in [
        "3 Workloads –",
        "[0 All 7*]",
        "1 Executions 5*",
        "2 Deployments 2 ",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

#[test]
fn a_platform_is_down_only_when_all_of_it_is() {
    let mut scene = Scene::listed((200, 40));
    let deployments = scene.source("prod-eu", "deployments");
    let why = Clean::new("the certificate is of another host");
    scene.fail(&deployments, PlatformError::Trust { why });
    let header = |scene: &Scene| scene.screen().lines().next().unwrap_or_default().to_owned();
    assert!(
        header(&scene).contains("SAP ✗ 1 of 4 sources down (TLS)"),
        "{}",
        header(&scene)
    );
    scene.tell(Message::Resized(80, 24));
    assert!(
        header(&scene).contains("SAP ✗ 1/4 down"),
        "{}",
        header(&scene)
    );
    let run_ai = scene.source("run-ai", "workloads");
    scene.fail(&run_ai, timeout());
    scene.tell(Message::Resized(200, 40));
    assert!(
        header(&scene).contains("RUN:AI ◐ stale 3s"),
        "{}",
        header(&scene)
    );
}

#[test]
fn an_unknown_command_is_told_with_the_one_that_may_have_been_meant() {
    let mut scene = Scene::listed(SIZE);
    scene.press(":sorces<enter>");
    let screen = scene.screen();
    assert!(
        screen.contains("no such command: `sorces`; did you mean `sources`?"),
        "{screen}"
    );
    scene.press("xyz");
    let screen = scene.screen();
    assert!(
        screen.contains("no such command") && !screen.contains("did you mean"),
        "{screen}"
    );
}

#[test]
fn a_word_can_be_taken_out_of_its_group() {
    let mut scene = Scene::listed(SIZE);
    let shown = |scene: &Scene, word: &str| {
        let rows = (0..scene.model.shown_len()).filter_map(|place| scene.model.shown(place));
        rows.filter(|row| row.status.word.as_str() == word).count()
    };
    assert!(shown(&scene, "RUNNING") > 0 && shown(&scene, "PENDING") > 0);
    // Active, then its words in their order: PENDING first.
    scene.press("s<down><space><enter>");
    assert_eq!(shown(&scene, "PENDING"), 0, "{}", scene.screen());
    assert!(shown(&scene, "RUNNING") > 0, "{}", scene.screen());
    scene.press("s<space><space><down><enter>");
    assert_eq!(
        shown(&scene, "RUNNING"),
        0,
        "off and on again is the whole group or none of it"
    );
}

#[test]
fn ids_of_a_ticket_are_marked_after_a_fresh_read_and_the_others_are_named() {
    let mut scene = scenes::ids(SIZE);
    assert!(
        scene.screen().contains("ids in it: 3"),
        "{}",
        scene.screen()
    );
    scene.press("<enter>");
    assert!(
        scene.model.selection.is_empty(),
        "nothing is marked by an old reading"
    );
    scene.list_all();
    let marked: Vec<&str> = scene
        .model
        .selection
        .marks()
        .iter()
        .map(|mark| mark.row.key.id.raw())
        .collect();
    assert_eq!(
        marked,
        ["e3f1a9c2b7d44f01", "7c1e0f52-5b0c-4f0e-9d0a-2c51c0aa9a02"]
    );
    let screen = scene.screen();
    assert!(screen.contains("1 not found"), "{screen}");
    assert!(
        screen.contains("00000000-1111-4222-8333-444444444444"),
        "{screen}"
    );
    assert!(!screen.contains("INC-4812"), "{screen}");
    scene.press("<enter>");
    assert!(!scene.screen().contains("not found"));
}

#[test]
fn ids_that_were_all_found_are_not_told_as_missing_where_a_source_was_not_read() {
    let mut scene = Scene::listed(SIZE);
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    let failing = scene.source("kubiya", "executions");
    for source in scene
        .sources()
        .into_iter()
        .filter(|source| *source != failing)
    {
        let rows = rows(&source);
        scene.list(&source, rows);
    }
    scene.fail(&failing, scenes::list::timeout());
    let screen = scene.screen();
    assert_eq!(scene.model.selection.len(), 1, "{screen}");
    assert!(screen.contains("not all was read"), "{screen}");
    assert!(
        screen.contains("could not be read") && !screen.contains("not found"),
        "{screen}"
    );
}

/// Asks for the rows of a text.
fn ask_for(scene: &mut Scene, text: &str) {
    scene.press(":ids<enter>");
    scene.tell(Message::Paste(text.to_owned()));
    scene.press("<enter>");
}

fn is_reading(scene: &Scene) -> bool {
    scene.screen().contains("reading every source")
}

#[test]
fn ids_wait_for_a_connection_whose_sources_are_not_known_yet() {
    let mut scene = Scene::undiscovered(SIZE);
    scene.list_all();
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    scene.list_all();
    assert!(is_reading(&scene), "{}", scene.screen());
    let known = Scene::starting(SIZE);
    let sources = known
        .model
        .lanes
        .sources()
        .map(|state| state.source.clone());
    let own: Vec<_> = sources
        .filter(|source| source.connection.as_str() == "prod-eu")
        .collect();
    let name = own[0].connection.clone();
    scene.tell(Message::Sources(name, Ok(own)));
    assert!(is_reading(&scene), "{}", scene.screen());
    scene.list_all();
    assert_eq!(scene.model.selection.len(), 1, "{}", scene.screen());
}

#[test]
fn ids_name_a_connection_whose_sources_could_not_be_asked_for() {
    let mut scene = Scene::undiscovered(SIZE);
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    scene.list_all();
    let name = scene.model.lanes.all()[0].connection.name.clone();
    scene.tell(Message::Sources(name, Err(timeout())));
    let screen = scene.screen();
    assert!(
        screen.contains("prod-eu resource groups could not be read"),
        "{screen}"
    );
}

#[test]
fn ids_are_not_answered_by_a_read_that_began_before_they_were_asked_for() {
    let mut scene = Scene::starting(SIZE);
    scene.wait(1);
    let began = scene.moment();
    scene.wait(1);
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    let sources = scene.model.lanes.sources();
    let sources: Vec<_> = sources.map(|state| state.source.clone()).collect();
    for source in sources {
        let (moment, wall) = (scene.moment(), scene.model.now.wall);
        let old = Listing::new(rows(&source), began, moment, wall);
        scene.tell(Message::Listed(source.clone(), Ok(Arc::new(old))));
        let state = scene.model.lanes.source(&source).expect("known");
        assert_eq!(state.reading, Some(moment), "it is read again");
    }
    assert!(is_reading(&scene) && scene.model.selection.is_empty());
    scene.list_all();
    assert_eq!(scene.model.selection.len(), 1, "{}", scene.screen());
}

#[test]
fn ids_go_on_without_a_source_that_does_not_answer_and_name_it() {
    let mut scene = Scene::listed(SIZE);
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    scene.list_again("prod-eu");
    scene.list_again("run-ai");
    scene.wait(29);
    assert!(is_reading(&scene), "{}", scene.screen());
    scene.wait(1);
    assert_eq!(scene.model.selection.len(), 1);
    let screen = scene.screen();
    assert!(
        screen.contains("kubiya executions did not answer"),
        "{screen}"
    );
    scene.press("<esc>");
    ask_for(&mut scene, "e3f1a9c2b7d44f01");
    scene.press("<esc>");
    assert!(!is_reading(&scene), "esc leaves at any time");
}

#[test]
fn r8_a_uuid_in_capitals_is_found_by_its_value_and_marked_once() {
    let mut scene = Scene::listed(SIZE);
    let id = "7c1e0f52-5b0c-4f0e-9d0a-2c51c0aa9a02";
    ask_for(&mut scene, &format!("{} {id}", id.to_uppercase()));
    scene.list_all();
    let screen = scene.screen();
    assert!(screen.contains("1 row found"), "{screen}");
    assert_eq!(scene.model.selection.len(), 1);
}

#[test]
fn what_is_cut_of_a_long_paste_is_said() {
    let mut scene = Scene::listed(SIZE);
    scene.press(":ids<enter>");
    scene.tell(Message::Text(Ok(format!("{}\n", "x".repeat(100_000)))));
    assert!(!scene.screen().contains("only the first"));
    scene.tell(Message::Text(Ok("e3f1a9c2b7d44f01".to_owned())));
    let screen = scene.screen();
    assert!(
        screen.contains("only the first 100000 characters are read"),
        "{screen}"
    );
}

#[test]
fn ids_are_taken_from_a_file_and_a_missing_one_is_told() {
    let mut scene = Scene::listed(SIZE);
    scene.press(":ids<space>tickets.txt<enter>");
    assert_eq!(scene.taken_out, ["reads tickets.txt"]);
    scene.tell(Message::Text(Err(
        "tickets.txt cannot be read: no such file".to_owned(),
    )));
    assert!(scene.screen().contains("tickets.txt cannot be read"));
    scene.tell(Message::Text(Ok("e3f1a9c2b7d44f01\n".to_owned())));
    scene.press("<enter>");
    scene.list_all();
    assert_eq!(scene.model.selection.len(), 1);
}

#[test]
fn the_rows_that_are_gone_can_be_dropped_from_the_marks() {
    let mut scene = scenes::marked(SIZE);
    let before = scene.model.selection.len();
    let key = scene.model.selection.marks()[0].row.key.clone();
    let started = scene.moment();
    scene.tell(Message::Read(
        key,
        started,
        Ok(centurion::domain::resource::Reading::Gone),
    ));
    scene.press(":drop<enter>");
    assert_eq!(scene.model.selection.len(), before - 1);
    assert!(scene.screen().contains("1 row dropped from the marks"));
}

/// The first execution, ended.
fn ended(scene: &Scene) -> Vec<Arc<Resource>> {
    let mut rows = rows(&scene.source("prod-eu", "executions"));
    let mut row = Resource::clone(&rows[0]);
    row.status = Status {
        word: Clean::new("COMPLETED"),
        group: Group::Ended,
    };
    rows[0] = Arc::new(row);
    rows
}

#[test]
fn a_row_that_ceases_to_match_stays_until_the_cursor_leaves_it_and_is_not_marked_with_the_rest() {
    let mut scene = Scene::listed(SIZE);
    // What the operator hides is not brought back by a refresh.
    scene.press("G");
    scene.press("/ft-eu<enter>");
    scene.list_all();
    assert!(
        !scene.screen().contains("fraud-scorer "),
        "{}",
        scene.screen()
    );
    scene.press("<down>");
    let name = "llama-ft-eu-0917";
    while scene
        .model
        .cursor_row()
        .is_some_and(|row| row.name.as_str() != name)
    {
        scene.press("k");
    }
    let before = scene.model.shown_len();
    let source = scene.source("prod-eu", "executions");
    let rows = ended(&scene);
    scene.list(&source, rows);
    let screen = scene.screen();
    assert!(
        screen.contains(name) && screen.contains("■ COMPLETED"),
        "{screen}"
    );
    assert_eq!(scene.model.shown_len(), before);
    scene.press("a");
    assert!(
        scene
            .model
            .selection
            .marks()
            .iter()
            .all(|mark| mark.row.name.as_str() != name)
    );
    scene.press("jk");
    assert!(
        !scene.screen().contains("■ COMPLETED"),
        "{}",
        scene.screen()
    );
    assert_eq!(scene.model.shown_len(), before - 1);
}

#[test]
fn notices_cover_no_row() {
    for size in [(60, 15), (80, 24), (120, 35), (200, 60)] {
        let mut scene = Scene::listed(size);
        let source = scene.source("prod-eu", "executions");
        let template = rows(&source)[0].clone();
        let many = (0..90).map(|n| {
            let mut row = Resource::clone(&template);
            row.key.id = centurion::domain::resource::Id::new(&format!("e{n:015x}"));
            Arc::new(row)
        });
        scene.list(&source, many.collect());
        scene.press("G");
        for text in [
            "one thing happened",
            "another thing happened",
            "a third thing happened",
        ] {
            scene.tell(Message::Notice(format!(
                "{text}: {}",
                "and so on ".repeat(30)
            )));
            let screen = scene.screen();
            assert!(screen.contains(text), "{size:?}\n{screen}");
            for line in screen.lines().filter(|line| line.contains("and so on")) {
                assert!(!line.contains("llama-ft"), "{size:?}\n{screen}");
            }
            let cursor = screen.lines().find(|line| line.starts_with("│>"));
            assert!(cursor.is_some(), "the cursor stays in sight\n{screen}");
        }
    }
}

#[test]
fn colors_can_be_chosen_for_the_background_and_follow_what_the_terminal_says() {
    use centurion::app::Background;
    let mut scene = Scene::listed(SIZE);
    for wanted in [Some(Background::Light), Some(Background::Dark), None] {
        scene.press(":theme<enter>");
        assert_eq!(scene.model.background, wanted);
    }
    scene.tell(Message::Background(Background::Light));
    assert_eq!(scene.model.background, Some(Background::Light));
}

#[test]
fn the_demo_can_be_started_from_the_first_screen() {
    let mut scene = Scene::empty(SIZE);
    assert!(scene.screen().contains(" 4 demo "), "{}", scene.screen());
    scene.press("4");
    assert_eq!(scene.taken_out, ["the demo"]);
}

#[test]
fn no_name_of_a_command_begins_another_one() {
    for named in NAMED {
        let begun = NAMED
            .iter()
            .filter(|other| other.name.starts_with(named.name));
        assert_eq!(begun.count(), 1, "{}", named.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_is_too_long_gives_way_and_its_connection_stands_whole() {
    let mut dashboard = world().open().await;
    dashboard.filter("in:prod-eu").await;
    let screen = dashboard.screen();
    let mut rows = screen.lines().filter(|line| line.contains(" · SAP "));
    assert!(rows.clone().count() > 0, "{screen}");
    assert!(rows.all(|row| row.contains("@prod-eu ")), "{screen}");
}
