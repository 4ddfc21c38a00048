//! What an operator relies on in the list, its popups, commands and notices.

use std::collections::HashSet;
use std::sync::Arc;

use centurion::app::Background;
use centurion::app::keymap::{Place, in_place};
use centurion::app::listing::Listing;
use centurion::app::message::Message;
use centurion::app::run::{Run, Standing};
use centurion::domain::error::PlatformError;
use centurion::domain::export::{OF_LIST, tab_separated};
use centurion::domain::resource::{Group, Id, Resource};
use centurion::domain::text::Clean;

use crate::screens::fixture::Scene;
use crate::screens::rows::rows;
use crate::screens::scenes;

const SIZE: (u16, u16) = (120, 35);

#[test]
fn a_row_that_is_being_deleted_says_so_with_or_without_a_column_for_its_target() {
    for (size, shown) in [((80, 24), "→ DELETED"), ((120, 35), "… STOPPED DELETED")] {
        let mut scene = Scene::listed(size);
        let source = scene.source("prod-eu", "deployments");
        let rows = rows(&source).into_iter().map(|row| {
            let mut row = Resource::clone(&row);
            row.target = Some(Clean::new("DELETED"));
            row.status.word = Clean::new("STOPPED");
            row.status.group = Group::Moving;
            Arc::new(row)
        });
        let rows: Vec<_> = rows.collect();
        let most = rows.len();
        scene.list(&source, rows);
        let told = scene.words();
        assert_eq!(told.matches(shown).count(), most, "{told}");
    }
}

#[test]
fn an_inversion_above_the_limit_counts_and_marks_only_rows_whose_id_can_be_sent() {
    let mut scene = Scene::listed(SIZE);
    let source = scene.source("run-ai", "workloads");
    let first = rows(&source).remove(0);
    let numbered = |number: usize| {
        let mut row = Resource::clone(&first);
        let id = if number == 0 {
            String::new()
        } else {
            format!("id-{number:03}")
        };
        row.key.id = Id::new(&id);
        Arc::new(row)
    };
    scene.list(&source, (0..=101).map(numbered).collect());
    scene.press("3i");
    let told = scene.words();
    assert!(told.contains("101 rows to mark"), "{told}");
    assert!(
        told.contains("1 row cannot be marked: the id is not a plain word"),
        "{told}"
    );
    scene.press("1");
    assert_eq!(scene.model.selection.len(), 100);
    assert!(
        scene
            .words()
            .contains("100 marked; 1 row was not marked: no room")
    );
}

#[test]
fn the_menu_names_the_row_it_acts_on_whatever_a_refresh_brings() {
    let mut scene = Scene::listed(SIZE);
    let named = scene.model.shown(0).expect("a row").name.to_string();
    scene.press("x");
    let source = scene.source("run-ai", "workloads");
    let mut newest = Resource::clone(&rows(&source)[0]);
    newest.name = Clean::new("just begun");
    newest.key.id = Id::new("just-begun");
    newest.created = Some(scene.model.now.wall);
    scene.list(&source, vec![Arc::new(newest)]);
    let title = format!("actions on {named}");
    assert!(scene.screen().contains(&title), "{}", scene.screen());
    scene.press("s");
    let screen = scene.screen();
    assert!(
        screen.contains(&named) && !screen.contains("just begun"),
        "{screen}"
    );
}

#[test]
fn the_first_rows_of_a_long_listing_are_shown_before_its_last_and_said_to_be_the_first() {
    let mut scene = Scene::starting(SIZE);
    let source = scene.source("run-ai", "workloads");
    let all = rows(&source);
    let now = scene.model.now;
    let mut first = Listing::new(all[..2].to_vec(), now.moment, now.moment, now.wall);
    first.complete = false;
    scene.tell(Message::Arriving(source.clone(), Arc::new(first)));
    let told = scene.words();
    assert_eq!(scene.model.shown_len(), 2, "{told}");
    assert!(told.contains("3 Workloads 2*"), "{told}");
    assert!(told.contains("first 2 of ?"), "{told}");
    assert!(told.contains("RUN:AI ○ connecting"), "{told}");
    scene.list(&source, all.clone());
    assert!(scene.model.shown_len() > 2 && !scene.words().contains("first 2 of ?"));
    // What comes late changes nothing.
    let late = Listing::new(Vec::new(), now.moment, now.moment, now.wall);
    scene.tell(Message::Arriving(source, Arc::new(late)));
    assert!(scene.model.shown_len() > 2);
}

#[test]
fn what_fails_and_what_answers_again_is_kept_among_the_messages() {
    let mut scene = Scene::listed(SIZE);
    let source = scene.source("run-ai", "workloads");
    scene.fail(&source, scenes::list::timeout());
    scene.fail(&source, scenes::list::timeout());
    scene.list(&source, rows(&source));
    let said: Vec<&str> = scene
        .model
        .said
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    let [failed, back] = said[..] else {
        panic!("once each: {said:?}")
    };
    assert!(
        failed.starts_with("run-ai workloads: no answer from "),
        "{failed}"
    );
    assert!(back.ends_with(" answers again"), "{back}");
}

#[test]
fn n01_when_a_host_is_not_found_any_more_the_rows_stay_with_their_time_and_none_of_them_is_sent() {
    let mut scene = Scene::listed(SIZE);
    let all = scene.model.shown_len();
    let source = scene.source("run-ai", "workloads");
    let host = "acme.run.example:443".to_owned();
    scene.fail(&source, PlatformError::HostNotFound { host });
    let told = scene.words();
    assert_eq!(scene.model.shown_len(), all, "{told}");
    assert!(
        told.contains("host not found") && told.contains("rows as of "),
        "{told}"
    );
    scene.press("3axs");
    let told = scene.words();
    assert!(
        told.contains("its source is down: host not found"),
        "{told}"
    );
    assert!(told.contains("0 will be sent"), "{told}");
}

#[test]
fn without_a_row_to_act_on_the_action_key_says_so_and_opens_nothing() {
    let mut scene = Scene::starting(SIZE);
    scene.press("x");
    let told = scene.words();
    assert!(
        told.contains("no row to act on: none is marked, and none that can be is under the cursor")
    );
    assert_eq!(scene.model.place(), Place::Browse);
}

#[test]
fn a_row_that_is_copied_or_saved_has_its_target_times_and_gpus_and_no_formula() {
    let mut scene = Scene::listed(SIZE);
    let cell = |line: &str, head: &str| {
        let at = OF_LIST.split('\t').position(|known| known == head);
        let mut cells = line.split('\t');
        cells.nth(at.expect("a head")).expect("a cell").to_owned()
    };
    scene.press("/llama-sft-70b<enter>Y");
    let line = scene.taken_out.pop().expect("copied");
    assert_eq!(cell(&line, "gpus"), "8");
    assert!(
        cell(&line, "created").starts_with("2026-11-21T14:"),
        "{line}"
    );
    scene.press("<esc>/llama-serve-b<enter>Y");
    let line = scene.taken_out.pop().expect("copied");
    assert_eq!(
        [cell(&line, "status"), cell(&line, "target")],
        ["PENDING", "RUNNING"]
    );
    let row = scene.model.cursor_row().expect("a row");
    let row = Resource {
        name: Clean::new("=cmd()"),
        ..Resource::clone(row)
    };
    assert_eq!(cell(&tab_separated(&row), "name"), "'=cmd()");
}

#[test]
fn what_is_told_of_one_screen_does_not_stay_on_the_next_but_batches_are_told_on_all() {
    let mut scene = Scene::listed(SIZE);
    let report = scenes::results(SIZE).model.runs.remove(0).report;
    let unfinished = Run {
        standing: Standing::Unfinished,
        name: Some("2026-11-21-0004".to_owned()),
        ..Run::new(report, Clean::new("ivo@acme"), scene.model.now)
    };
    scene.tell(Message::Journal {
        batches: vec![unfinished],
        not_read: 0,
    });
    scene.tell(Message::Notice("12 rows saved to list.tsv".to_owned()));
    scene.press("<down>x");
    assert!(
        scene.screen().contains("saved to"),
        "the list is still there"
    );
    scene.press("s");
    assert!(matches!(
        scene.model.place(),
        Place::PlanPhrase | Place::PlanReason
    ));
    let screen = scene.screen();
    assert!(!screen.contains("saved to"), "{screen}");
    assert!(screen.contains("1 unfinished batch, nothing"), "{screen}");
}

#[test]
fn what_was_copied_is_told_in_ids_and_rows_one_or_several() {
    let mut scene = Scene::listed(SIZE);
    for (keys, told) in [
        ("y", " 1 id copied"),
        ("Y", " 1 row copied"),
        ("<space><space>y", " 2 ids copied"),
        ("Y", " 2 rows copied"),
    ] {
        scene.press(keys);
        assert!(scene.screen().contains(told), "{told}\n{}", scene.screen());
    }
    let mut scene = scenes::results(SIZE);
    scene.press("<down><down><enter>y");
    assert!(
        scene.screen().contains(" 1 id copied"),
        "{}",
        scene.screen()
    );
}

#[test]
fn the_ids_that_were_not_found_offer_no_mark_and_neither_does_the_search_for_them() {
    let mut scene = scenes::ids(SIZE);
    assert!(scene.footer().contains("enter mark"));
    scene.press("<enter>");
    assert!(!scene.footer().contains("enter"), "{}", scene.footer());
    scene.list_all();
    assert_eq!(scene.model.place(), Place::IdsMissing);
    assert!(scene.footer().contains("enter close"), "{}", scene.footer());
    scene.press("?<esc>");
    assert_eq!(scene.model.place(), Place::IdsMissing);
    scene.press("<enter>");
    assert_eq!(scene.model.place(), Place::Browse);
}

#[test]
fn the_other_key_of_a_range_turns_it_over_and_says_so_before_anything_is_done() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<space><space>gvj");
    assert!(scene.words().contains("2 rows v marks them"));
    scene.press("V");
    assert!(
        scene.words().contains("2 rows V unmarks them"),
        "{}",
        scene.screen()
    );
    assert_eq!(scene.model.selection.len(), 2, "nothing was done yet");
    scene.press("V");
    assert_eq!(scene.model.place(), Place::Browse);
    assert_eq!(scene.model.selection.len(), 0);
}

#[test]
fn the_question_above_a_hundred_says_why_and_help_goes_back_to_what_it_was_asked_of() {
    let mut scene = scenes::named("too_many", SIZE);
    assert!(scene.screen().contains("why 100?"));
    scene.press("?");
    let told = scene.words();
    assert!(
        told.contains("a platform takes at most 100 ids in one request"),
        "{told}"
    );
    scene.press("<esc>");
    assert_eq!(scene.model.place(), Place::TooMany);
    scene.press("1");
    assert_eq!(scene.model.selection.len(), 100);
    for (keys, place) in [
        (":sources<enter>", Place::Sources),
        (":messages<enter>", Place::Messages),
        ("s", Place::Statuses),
    ] {
        let mut scene = Scene::listed(SIZE);
        scene.press(keys);
        assert!(scene.footer().contains("? help"), "{}", scene.footer());
        scene.press("?");
        assert!(scene.screen().contains(&format!("keys: {}", place.title())));
        scene.press("q");
        assert_eq!(scene.model.place(), place);
    }
}

#[test]
fn no_line_of_the_help_is_cut_from_80_columns_on() {
    let mut helped = HashSet::new();
    for (name, scene) in scenes::all() {
        for size in [(80, 60), (120, 60)] {
            let mut scene = scene(size);
            let place = scene.model.place();
            scene.press("?");
            if place == Place::Help || scene.model.place() != Place::Help {
                continue;
            }
            helped.insert(place);
            let screen = scene.screen();
            for binding in in_place(place) {
                assert!(
                    screen.contains(binding.help),
                    "{name}: {}\n{screen}",
                    binding.help
                );
            }
        }
    }
    assert_eq!(helped.len(), 12, "{helped:?}");
}

#[test]
fn what_was_said_or_logged_on_another_day_has_its_date() {
    let mut scene = Scene::listed(SIZE);
    scene.press("R");
    scene.wait(86_400);
    scene.press("M:messages<enter>");
    let screen = scene.screen();
    let line = screen
        .lines()
        .find(|line| line.contains("no batch was sent"));
    assert!(
        line.is_some_and(|line| line.contains("2026-11-22 ")),
        "{screen}"
    );
    let mut scene = Scene::listed(SIZE);
    scene.press("l");
    scene.answer(
        "logs",
        &[
            (Some(-86_400), "yesterday".to_owned()),
            (Some(0), "today".to_owned()),
        ],
    );
    let screen = scene.screen();
    let line = |word: &str| {
        screen
            .lines()
            .find(|line| line.contains(word))
            .unwrap_or_default()
    };
    assert!(line("yesterday").contains("2026-11-21 "), "{screen}");
    assert!(!line("today").contains("2026-11-"), "{screen}");
}

/// The heads of the table.
fn heads(scene: &Scene) -> String {
    let screen = scene.screen();
    let heads = screen.lines().find(|line| line.contains(" NAME "));
    heads.unwrap_or_default().to_owned()
}

#[test]
fn the_arrows_lead_to_every_column_that_has_no_room_and_back_and_name_and_status_stay() {
    for columns in [60, 80, 99, 100, 120, 140] {
        let mut scene = Scene::listed((columns, 30));
        let (before, mut seen) = (heads(&scene), String::new());
        for _ in 0..20 {
            seen += &heads(&scene);
            assert!(heads(&scene).contains("STATUS"), "{}", scene.screen());
            scene.press("<right>");
        }
        for column in [
            "ID", "KIND", "SCOPE", "TARGET", "AGE", "GPUS", "OWNER", "MESSAGE",
        ] {
            assert!(seen.contains(column), "{columns}: {column}");
        }
        scene.press(&"<left>".repeat(20));
        assert_eq!(heads(&scene), before, "{columns}");
        if !before.contains("MESSAGE") {
            assert!(scene.screen().contains("→ "), "{}", scene.screen());
            scene.press("<left>");
            assert!(heads(&scene).contains("MESSAGE"), "{}", scene.screen());
        }
    }
}

#[test]
fn colors_are_named_after_the_command_and_an_unknown_name_changes_none() {
    let mut scene = Scene::listed(SIZE);
    for (typed, colors) in [
        ("dark", Some(Background::Dark)),
        ("light", Some(Background::Light)),
        ("blue", Some(Background::Light)),
        ("own", None),
    ] {
        scene.press(&format!(":theme {typed}<enter>"));
        assert_eq!(scene.model.background, colors, "{typed}");
    }
    scene.press(":theme blue<enter>");
    assert!(
        scene
            .screen()
            .contains("no colors `blue`; there are light, dark and own")
    );
}

#[test]
fn the_sample_that_the_first_screen_names_is_read_only_in_each_of_its_connections() {
    let screen = Scene::empty(SIZE).screen();
    assert!(
        screen.contains("writes a sample there, read-only to begin with"),
        "{screen}"
    );
    let sample = include_str!("../../assets/config.toml");
    let count = |text| sample.lines().filter(|line| line.starts_with(text)).count();
    assert_eq!(count("#[[connection]]"), count("#read_only = true"));
    assert!(count("#[[connection]]") > 2);
}
