//! The command line, the footer, and what the list says of its own filter.

use std::time::Duration;

use centurion::app::Screen;
use centurion::app::keymap::{Command, Place, command};
use centurion::app::message::{BatchMessage, Message};
use centurion::app::palette::NAMED;
use centurion::app::run::{Run, Standing};
use centurion::domain::error::PlatformError;
use centurion::domain::outcome::Answer;
use centurion::domain::text::Clean;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::harness::{draw, world};
use crate::screens::fixture::Scene;
use crate::screens::scenes;

const SIZE: (u16, u16) = (120, 35);

#[test]
fn the_list_of_batches_opens_once_the_journal_was_read_where_none_was_sent_from_here() {
    let mut scene = Scene::listed(SIZE);
    scene.press("B");
    assert!(
        !scene.words().contains("no batch was sent"),
        "nobody knows yet"
    );
    scenes::results::earlier(&mut scene);
    assert!(
        scene.words().contains("batches of this and earlier runs"),
        "{}",
        scene.screen()
    );
    let mut scene = Scene::listed(SIZE);
    scene.press("B");
    scene.tell(Message::Journal {
        batches: Vec::new(),
        not_read: 0,
    });
    assert!(scene.words().contains("no batch was sent from here yet"));
}

#[test]
fn the_footer_shows_only_keys_that_can_act() {
    let mut scene = Scene::starting(SIZE);
    for key in [" space ", " x act", " enter ", " m ", " B "] {
        assert!(!scene.footer().contains(key), "{key}: {}", scene.footer());
    }
    scene.list_all();
    assert!(scene.footer().contains(" x act") && !scene.footer().contains(" m "));
    scene.press("<space>");
    assert!(scene.footer().contains(" m only marked"));
    scene.press("<space>mxj");
    // Two Kubiya and SAP rows that run: nothing of them can be deleted or resumed.
    assert!(scene.footer().contains(" s stop") && !scene.footer().contains(" d delete"));
    let mut scene = scenes::results(SIZE);
    assert!(scene.footer().contains(" F re-mark failed"));
    scene.press("F");
    assert!(scene.screen().contains("SELECTED"));
    // Of a plan that sends nothing neither the row nor the requests can be acted on.
    let mut scene = scenes::named("plan_of_nothing", SIZE);
    assert!(!scene.footer().contains("enter send"), "{}", scene.footer());
    scene.press("<tab>");
    for key in [" in/out", " target", " hidden", " requests"] {
        assert!(!scene.footer().contains(key), "{key}: {}", scene.footer());
    }
    assert!(scene.footer().contains(" e export"));
}

#[test]
fn a_plan_says_how_many_rows_are_stopped_and_how_many_deleted() {
    for size in [(60, 15), (80, 24), (120, 35)] {
        let scene = scenes::named("plan_clean_up", size);
        let screen = scene.screen();
        let told = screen.matches("10 stop · 2 delete").count();
        assert_eq!(told, 2, "in the head and by the confirm line\n{screen}");
        assert!(scene.phrase().starts_with("clean up 12 "), "{screen}");
        assert!(!scenes::plan(size).screen().contains("10 stop"));
    }
}

#[test]
fn a_plan_says_prod_only_where_it_changes_a_protected_connection() {
    assert!(scenes::plan(SIZE).screen().contains(" PROD "));
    let scene = scenes::named("plan_of_nothing", SIZE);
    assert!(!scene.screen().contains("PROD"), "{}", scene.screen());
    assert!(Scene::listed(SIZE).screen().contains(" PROD "));
}

#[test]
fn what_no_row_of_a_plan_holds_is_said_and_the_cursor_is_on_no_row() {
    let mut scene = scenes::named("plan_find_nothing", SIZE);
    let screen = scene.screen();
    assert!(
        screen.contains("no row of this plan holds no such row"),
        "{screen}"
    );
    assert!(!screen.contains("│>"), "{screen}");
    assert_eq!(scene.model.place(), Place::PlanFind);
    scene.press(&"<backspace>".repeat(20));
    scene.press("llama-chat<enter>");
    assert_eq!(scene.model.place(), Place::PlanRows);
    let screen = scene.screen();
    let cursor = screen.lines().find(|line| line.contains("│>"));
    assert!(
        cursor.is_some_and(|line| line.contains("llama-chat")),
        "{screen}"
    );
}

#[test]
fn notices_cover_no_row_of_plan_or_results() {
    for size in [(80, 24), (120, 35)] {
        for scene in [scenes::plan, scenes::results] {
            let mut scene = scene(size);
            let before = scene.screen();
            for words in ["first", "second", "third"] {
                let notice = format!("the {words} notice");
                scene.tell(Message::Notice(notice));
            }
            let after = scene.screen();
            assert!(after.contains("+2  the third notice"), "{after}");
            let changed = before.lines().zip(after.lines()).filter(|(a, b)| a != b);
            let changed: Vec<_> = changed.map(|(line, _)| line).collect();
            assert!(
                changed.len() == 1 && changed[0].starts_with('└'),
                "{changed:?}\n{after}"
            );
        }
    }
}

#[test]
fn an_export_is_chosen_by_its_letter_or_by_the_cursor() {
    for (keys, ending) in [
        ("j", "json"),
        ("<enter>", "csv"),
        ("<down><down><enter>", "md"),
    ] {
        let mut scene = scenes::results(SIZE);
        scene.press("e");
        assert!(scene.screen().contains("> c   CSV"), "{}", scene.screen());
        scene.press(keys);
        let saved = scene.taken_out.pop().expect("a file");
        assert!(saved.starts_with(ending), "{saved}");
    }
}

/// Batches of the journal whose end is written.
fn ended(scene: &Scene, day: u8) -> Vec<Run> {
    let report = &scene.model.runs[0].report;
    let run = |number: usize| Run {
        standing: Standing::Ended,
        name: Some(format!("2026-11-{day}-{number:04}")),
        done: true,
        ..Run::new(report.clone(), Clean::new("ivo@acme"), scene.model.now)
    };
    (1..=40).map(run).collect()
}

#[test]
fn of_the_batches_that_are_over_only_the_newest_fifty_stay_in_memory_and_open_ones_always() {
    let mut scene = scenes::named("results_sending", SIZE);
    for day in [19, 21, 20] {
        let runs = ended(&scene, day);
        scene.tell(Message::Journal {
            batches: runs,
            not_read: 0,
        });
    }
    assert_eq!(scene.model.runs.len(), 51);
    let names: Vec<_> = scene
        .model
        .runs
        .iter()
        .filter_map(|run| run.name.as_deref())
        .collect();
    assert!(names.contains(&"2026-11-21-0001") && names.contains(&"2026-11-20-0031"));
    assert!(!names.contains(&"2026-11-20-0030"), "{names:?}");
    // Its number stays, however many go.
    let row = scene.model.run(1).expect("the open one").report.rows()[0]
        .row
        .key
        .clone();
    let lost = Answer::Unknown(Clean::new("cut"));
    let at = scene.moment();
    scene.tell(Message::Batch(1, BatchMessage::Answered(row, lost, at)));
    let run = scene.model.run(1).expect("the open one");
    assert_eq!(run.report.totals().unknown, 1);
}

/// A batch of the journal.
fn earlier(scene: &Scene, name: &str, standing: Standing) -> Run {
    let report = scenes::results(SIZE).model.runs.remove(0).report;
    Run {
        standing,
        name: Some(name.to_owned()),
        done: true,
        ..Run::new(report, Clean::new("ivo@acme"), scene.model.now)
    }
}

#[test]
fn the_last_batch_that_is_marked_again_is_never_another_programs() {
    let mut scene = Scene::listed(SIZE);
    let theirs = earlier(&scene, "2026-11-22-0004", Standing::Elsewhere);
    scene.tell(Message::Journal {
        batches: vec![theirs],
        not_read: 0,
    });
    scene.press("R");
    assert!(scene.model.selection.is_empty(), "{}", scene.screen());
    assert!(scene.screen().contains("no batch was sent from here yet"));
}

#[test]
fn enter_opens_the_batch_that_is_highlighted_also_when_newer_ones_came_to_be_known() {
    let mut scene = scenes::results(SIZE);
    scene.press("<esc>B");
    let newer = earlier(&scene, "2026-11-29-0001", Standing::Ended);
    scene.tell(Message::Journal {
        batches: vec![newer],
        not_read: 0,
    });
    scene.press("<enter>");
    let Screen::Results(results) = &scene.model.screen else {
        panic!("{}", scene.screen());
    };
    assert_eq!(results.run, 1);
}

#[test]
fn rows_that_are_marked_again_are_not_told_as_others() {
    let mut scene = scenes::results(SIZE);
    scene.press("FB<enter>F");
    let screen = scene.screen();
    assert!(
        screen.contains("3 marked; 2 others were marked before"),
        "the two left out, and not the three again\n{screen}"
    );
}

#[tokio::test]
async fn a_file_of_ids_is_read_also_where_it_is_not_all_text() {
    let mut dashboard = world().open().await;
    let file = dashboard.folder.path().join("tickets.txt");
    std::fs::write(file, b"caf\xe9 e3f1a9c2b7d44f01").expect("a file");
    dashboard.press(":ids<space>tickets.txt<enter>").await;
    dashboard
        .until("the file was read", |model| {
            draw(model, SIZE).contains("ids in it: 1")
        })
        .await;
}

#[test]
fn what_still_moves_is_told_when_one_leaves_but_not_of_a_demo() {
    let mut scene = scenes::named("results_left", SIZE);
    let line = "batch 2026-11-22-0007: 12 marked = 7 scheduled + 2 rejected + 1 unknown + 2 left out, \
                5 still moving · 1 unknown; see `centurion history 2026-11-22-0007`";
    assert_eq!(scene.model.parting(), [line]);
    scene.model.demo = true;
    assert!(scene.model.parting().is_empty());
    assert!(Scene::listed(SIZE).model.parting().is_empty());
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
    scene.tell(Message::Requests(vec![(kubiya.connection.clone(), 33)]));
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
    let heads = "platform\tconnection\tscope\tkind\tid\tname\tstatus\ttarget\tcreated\tmodified\tgpus\towner";
    assert_eq!(text.lines().next(), Some(heads), "as exports name them");
    assert!(text.lines().all(|line| line.matches('\t').count() == 11));
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

#[test]
fn a_reason_that_looks_like_a_token_is_pointed_out_and_one_with_an_id_is_not() {
    for (reason, is_told) in [
        ("see eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", true),
        ("INC-4812 1f7be0c3-88ad-4f0e-9d0a-2c51c0aa60d1", false),
        ("runaway fine-tunes, INC-4812 cleanup", false),
    ] {
        let mut scene = Scene::listed(SIZE);
        scene.press("axs");
        scene.press(reason);
        let screen = scene.screen();
        assert_eq!(screen.contains("looks like a token"), is_told, "{screen}");
    }
}
