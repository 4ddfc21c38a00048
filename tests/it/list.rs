//! What an operator relies on in the list, its popups, commands and notices.

use centurion::app::keymap::{Place, in_place};
use centurion::app::message::Message;
use centurion::app::run::{Run, Standing};
use centurion::domain::export::{OF_LIST, tab_separated};
use centurion::domain::resource::Resource;
use centurion::domain::text::Clean;

use crate::screens::fixture::Scene;
use crate::screens::scenes;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 35)];
const SIZE: (u16, u16) = (120, 35);

/// The screen as one line of words, whatever lines they were broken into.
fn words(scene: &Scene) -> String {
    let screen = scene.screen().replace(['│', '┌', '└'], " ");
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_filter_that_cannot_be_read_is_told_whole_in_place_of_the_rows_and_nothing_is_marked_by_it() {
    for (typed, complaint) in [
        (
            "~[ab",
            "`[ab` is not a regular expression: unclosed character class; without `~` it is plain text",
        ),
        (
            "foo:x",
            "no field `foo:`; there are name, id, status, owner, platform, in, scope, kind, target, \
                   scenario, executable, message; age and gpu are compared, age>2h gpu>4",
        ),
        ("age>x", "`x` is not a span; write age>90s, 30m, 2h or 3d"),
        ("gpu>x", "`x` is not a number of GPUs; write gpu>4 or gpu<1"),
        (
            "owner>x",
            "`owner` cannot be compared; age>2h and gpu>4 can",
        ),
    ] {
        for size in SIZES {
            let mut scene = Scene::listed(size);
            scene.press("<down>");
            let before = scene.screen();
            scene.press(&format!("/{typed}"));
            let told = words(&scene);
            assert!(told.contains(complaint), "{size:?}\n{}", scene.screen());
            assert!(
                told.contains("none of 14 rows is shown or can be marked"),
                "{told}"
            );
            assert!(
                !told.contains("0 of 14") && !told.contains("0/14"),
                "{told}"
            );
            scene.press("<enter>");
            assert_eq!(scene.model.place(), Place::Filter, "enter does not keep it");
            scene.press("ai");
            assert!(scene.model.selection.is_empty());
            scene.press("<esc>");
            assert_eq!(scene.screen(), before, "the rows and the cursor are back");
        }
    }
}

#[test]
fn a_term_that_has_no_value_yet_hides_nothing() {
    let mut scene = Scene::listed(SIZE);
    let all = scene.model.shown_len();
    for typed in ["!", "~", "!~", "owner:", "!owner:"] {
        scene.press(&format!("/{typed}"));
        assert_eq!(scene.model.shown_len(), all, "{typed}");
        scene.press("<esc>");
    }
}

#[test]
fn the_status_chips_say_that_a_status_in_the_filter_overrules_them() {
    let overrules = "`status:` in the filter overrules these";
    for size in SIZES {
        let mut scene = Scene::listed(size);
        scene.press("s");
        assert!(!scene.screen().contains(overrules));
        scene.press("<esc>/status:stopped<enter>s");
        let shown = scene.model.shown_len();
        assert!(
            scene.screen().contains(overrules),
            "{size:?}\n{}",
            scene.screen()
        );
        scene.press("<space>");
        assert_eq!(scene.model.shown_len(), shown);
    }
}

/// The footer.
fn footer(scene: &Scene) -> String {
    let screen = scene.screen();
    screen.lines().last().unwrap_or_default().to_owned()
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
    scene.tell(Message::Journal(vec![unfinished]));
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
    assert!(footer(&scene).contains("enter mark"));
    scene.press("<enter>");
    assert!(!footer(&scene).contains("enter"), "{}", footer(&scene));
    scene.list_all();
    assert_eq!(scene.model.place(), Place::IdsMissing);
    assert!(footer(&scene).contains("enter close"), "{}", footer(&scene));
    scene.press("?<esc>");
    assert_eq!(scene.model.place(), Place::IdsMissing);
    scene.press("<enter>");
    assert_eq!(scene.model.place(), Place::Browse);
}

#[test]
fn the_other_key_of_a_range_turns_it_over_and_says_so_before_anything_is_done() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<space><space>gvj");
    assert!(words(&scene).contains("2 rows v marks them"));
    scene.press("V");
    assert!(
        words(&scene).contains("2 rows V unmarks them"),
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
    let told = words(&scene);
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
        assert!(footer(&scene).contains("? help"), "{}", footer(&scene));
        scene.press("?");
        assert!(scene.screen().contains(&format!("keys: {}", place.title())));
        scene.press("q");
        assert_eq!(scene.model.place(), place);
    }
}

#[test]
fn no_line_of_the_help_is_cut_from_80_columns_on() {
    for (name, scene) in scenes::all() {
        for size in [(80, 60), (120, 60)] {
            let mut scene = scene(size);
            let place = scene.model.place();
            scene.press("?");
            if place == Place::Help || scene.model.place() != Place::Help {
                continue;
            }
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
