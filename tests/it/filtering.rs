//! The filter, and what the list says of it.

use centurion::app::keymap::Place;

use crate::screens::fixture::Scene;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 35)];
const SIZE: (u16, u16) = (120, 35);

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
            let told = scene.words();
            assert!(told.contains(complaint), "{size:?}\n{}", scene.screen());
            assert!(
                told.contains("None of 14 rows is shown or can be marked"),
                "{told}"
            );
            assert!(
                !told.contains("0 of 14") && !told.contains("0/14"),
                "{told}"
            );
            assert!(!scene.footer().contains(" enter "), "{}", scene.footer());
            assert!(!told.contains("copy id"), "there is no row: {told}");
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
fn a_field_of_the_filter_takes_several_values_any_of_which_may_hold() {
    let mut scene = Scene::listed(SIZE);
    let mut shown = |typed: &str| {
        scene.press(&format!("/{typed}<enter>"));
        let shown = scene.model.shown_len();
        scene.press("<esc>");
        shown
    };
    let [stopped, pending] = ["status:stopped", "status:pending"].map(&mut shown);
    assert!(stopped > 0 && pending > 0);
    assert_eq!(shown("status:stopped,pending"), stopped + pending);
    assert_eq!(
        shown("status:stopped,"),
        stopped,
        "the next is not typed yet"
    );
    let all = shown("status:a,e,i,o,u");
    assert_eq!(
        shown("!status:stopped,pending status:a,e,i,o,u"),
        all - stopped - pending
    );
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

#[test]
fn marked_rows_alone_stand_in_the_order_of_marking_and_say_so() {
    let mut scene = Scene::listed(SIZE);
    scene.press("G<space>g<space>m");
    let told = scene.words();
    assert!(
        told.contains("sort: as marked") && !told.contains("AGE↑"),
        "{told}"
    );
}
