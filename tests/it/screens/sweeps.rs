//! Promises that hold for every screen at every size.

use centurion::app::keymap::in_place;
use centurion::domain::text::width;

use super::fixture::Scene;
use super::rows::{hostile, rows};
use super::scenes::{self, SCENES};

#[test]
fn every_screen_is_drawn_at_every_size_without_a_panic() {
    for (name, scene) in SCENES {
        let mut scene = scene((120, 35));
        for columns in (1..=130)
            .step_by(13)
            .chain([60, 80, 99, 100, 139, 140, 400])
        {
            for rows in (1..=45).step_by(9).chain([15, 24, 30, 100]) {
                scene.tell(centurion::app::message::Message::Resized(columns, rows));
                let screen = scene.screen();
                assert!(!screen.trim().is_empty(), "{name} at {columns}x{rows}");
            }
        }
    }
}

#[test]
fn below_the_smallest_size_the_marks_are_counted() {
    let screen = scenes::marked((58, 12)).screen();
    let words: Vec<&str> = screen.split_whitespace().collect();
    let said = words.join(" ");
    assert_eq!(
        said,
        "window too small (58×12), need 60×15; 5 rows stay marked"
    );
}

fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn no_cell_holds_a_control_bidi_or_invisible_character() {
    for (name, scene) in SCENES {
        let mut scene = scene((120, 35));
        let first = scene
            .model
            .lanes
            .sources()
            .next()
            .map(|state| state.source.clone());
        if let Some(source) = first {
            let mut listed = rows(&source);
            listed.insert(0, hostile(&source));
            scene.list(&source, listed);
        }
        for key in ["", "\u{202e}", "\u{200b}", "g"] {
            scene.press(key);
            for cell in &scene.buffer().content {
                assert!(
                    !cell.symbol().contains(is_forbidden),
                    "{name}: {:?}",
                    cell.symbol()
                );
            }
        }
    }
}

#[test]
fn columns_stay_aligned_beside_a_hostile_row() {
    for size in [(80, 24), (120, 35), (200, 50)] {
        let mut scene = Scene::listed(size);
        let source = scene.source("prod-eu", "executions");
        let mut listed = rows(&source);
        listed.insert(0, hostile(&source));
        scene.list(&source, listed);
        for line in scene.screen().lines().filter(|line| line.starts_with('│')) {
            assert!(line.ends_with('│'), "{line}");
            assert_eq!(width(line), usize::from(size.0), "{line}");
        }
    }
}

#[test]
fn every_key_of_the_footer_is_bound_in_its_place() {
    for (name, scene) in SCENES {
        for size in [(60, 15), (80, 24), (120, 35)] {
            let scene = scene(size);
            let place = scene.model.place();
            let screen = scene.screen();
            let footer = screen.lines().last().unwrap_or_default().trim();
            let known: Vec<String> = in_place(place)
                .filter(|binding| !binding.label.is_empty())
                .map(|binding| format!("{} {}", binding.keys[0].name(), binding.label))
                .collect();
            for key in footer.split("  ").filter(|key| !key.trim().is_empty()) {
                let key = key.trim();
                assert!(
                    known.iter().any(|known| known == key),
                    "{name}: {key:?} of {known:?}"
                );
            }
        }
    }
}

#[test]
fn help_and_the_ways_out_are_in_every_footer() {
    for (name, scene) in SCENES {
        let scene = scene((60, 15));
        let screen = scene.screen();
        let footer = screen.lines().last().unwrap_or_default();
        for binding in in_place(scene.model.place()) {
            let way_out = ["help", "quit", "back", "back, nothing sent"];
            if way_out.contains(&binding.label) {
                assert!(footer.contains(binding.label), "{name}: {footer}");
            }
        }
    }
}

#[test]
fn ids_stand_whole_in_plan_and_results_at_eighty_columns() {
    for scene in [scenes::plan, scenes::results] {
        // As high as it takes for every row to be in sight at once.
        let scene = scene((80, 100));
        let screen = scene.screen();
        let batch = scene.batch.as_ref();
        let rows = match (&scene.model.screen, batch) {
            (centurion::app::Screen::Plan(confirm), _) => confirm.plan.rows().to_vec(),
            (_, Some(batch)) => batch.rows().to_vec(),
            (_, None) => Vec::new(),
        };
        let sent = rows.iter().filter(|row| row.place.verb().is_some());
        let mut seen = 0;
        for row in sent {
            let id = row.row.key.id.raw();
            assert!(screen.contains(id), "{id} in\n{screen}");
            seen += 1;
        }
        assert!(seen > 5, "the plan has rows");
    }
}

#[test]
fn what_is_typed_to_confirm_is_in_sight_at_the_smallest_size() {
    let screen = scenes::plan((60, 15)).screen();
    assert!(screen.contains("stop 10 prod-eu"), "{screen}");
    assert!(screen.contains("12 marked"), "{screen}");
}

#[test]
fn what_cannot_be_seen_cannot_be_confirmed() {
    let mut scene = scenes::plan((80, 24));
    scene.tell(centurion::app::message::Message::Resized(58, 12));
    scene.press("0 prod-eu<enter>");
    assert!(scene.batch.is_none());
    scene.tell(centurion::app::message::Message::Resized(80, 24));
    scene.press("<enter>");
    assert!(scene.batch.is_some());
}

#[test]
fn without_unicode_every_cell_is_ascii() {
    for (name, scene) in SCENES {
        let screen = scene((80, 24)).themed(true, false).screen();
        assert!(screen.is_ascii(), "{name}\n{screen}");
    }
}

#[test]
fn without_colors_no_cell_has_one() {
    use ratatui::style::Color;
    for (name, scene) in SCENES {
        let scene = scene((120, 35)).themed(false, true);
        for cell in &scene.buffer().content {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
        }
    }
}

#[test]
fn the_demo_is_marked_on_every_screen() {
    for (name, scene) in SCENES {
        for size in [(58, 12), (60, 15), (80, 24), (120, 35)] {
            let mut scene = scene((120, 35));
            scene.model.demo = true;
            scene.tell(centurion::app::message::Message::Resized(size.0, size.1));
            assert!(scene.screen().contains("DEMO"), "{name} at {size:?}");
        }
    }
}

#[test]
fn the_number_of_marks_is_shown_in_the_list_at_every_size() {
    for columns in 60..=200 {
        let screen = scenes::marked((columns, 24)).screen();
        let counted = screen.contains("5 of 100") || screen.contains("5/100");
        assert!(counted, "{columns}\n{screen}");
    }
}

#[test]
fn l4_fewer_rows_than_the_server_counts_is_said_in_numbers() {
    use std::sync::Arc;

    use centurion::app::listing::Listing;
    use centurion::app::message::Message;

    let mut scene = Scene::listed((120, 35));
    let source = scene.source("prod-eu", "executions");
    let wall = jiff::Timestamp::UNIX_EPOCH;
    let mut listing = Listing::new(rows(&source), scene.moment(), scene.moment(), wall);
    let shown = listing.rows().len();
    listing.total = Some(500);
    scene.tell(Message::Listed(source, Ok(Arc::new(listing))));
    let screen = scene.screen();
    assert!(
        screen.contains(&format!("{shown} of 500 shown")),
        "{screen}"
    );
}
