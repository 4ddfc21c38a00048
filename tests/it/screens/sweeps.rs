//! Promises that hold for every screen at every size.

use std::collections::BTreeSet;

use centurion::app::keymap::in_place;
use centurion::app::message::{BatchMessage, Message};
use centurion::app::{Background, Screen};
use centurion::domain::outcome::Answer;
use centurion::domain::text::width;
use ratatui::style::{Color, Modifier};

use super::fixture::Scene;
use super::rows::{hostile, rows};
use super::scenes;
use crate::properties::HOSTILE;

#[test]
fn every_screen_is_drawn_at_every_size_without_a_panic() {
    for (name, scene) in scenes::all() {
        let mut scene = scene((120, 35));
        for columns in (1..=130)
            .step_by(13)
            .chain([60, 80, 99, 100, 139, 140, 400])
        {
            for rows in (1..=45).step_by(9).chain([15, 24, 30, 100]) {
                scene.tell(Message::Resized(columns, rows));
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

fn assert_tame(name: &str, scene: &Scene) {
    for cell in &scene.buffer().content {
        let symbol = cell.symbol();
        assert!(!symbol.contains(is_forbidden), "{name}: {symbol:?}");
    }
}

#[test]
fn no_cell_of_any_screen_holds_a_control_bidi_or_invisible_character() {
    for (name, scene) in scenes::all() {
        // As high as it takes for each text to be in sight.
        for size in [(120, 35), (120, 250)] {
            let mut scene = scene(size);
            scene.poison(&HOSTILE);
            assert_tame(name, &scene);
            for key in ["j", "G", "\u{202e}", "\u{200b}"] {
                scene.press(key);
                assert_tame(name, &scene);
            }
        }
    }
}

#[test]
fn hostile_texts_are_seen_where_servers_and_operators_put_them() {
    // What the last one becomes, and no fixture says.
    let [text, shown] = ["red\u{1b}[31m\u{202e}", "red\\u{1b}[31m\\u{202e}"];
    let reached = [
        "list",
        "list_filter",
        "detail",
        "logs",
        "palette",
        "ids",
        "messages",
        "export",
        "plan_wire",
        "results_journal",
        "list_in_trouble",
        "statuses",
    ];
    for (name, scene) in scenes::all().filter(|(name, _)| reached.contains(name)) {
        let mut scene = scene((200, 250));
        scene.poison(&[text.to_owned()]);
        let screen = scene.screen();
        assert!(screen.contains(shown), "{name}\n{screen}");
    }
}

#[test]
fn columns_stay_aligned_beside_a_hostile_row() {
    for size in [(80, 24), (120, 35), (200, 50)] {
        let mut scene = Scene::listed(size);
        let source = scene.source("prod-eu", "executions");
        let mut listed = rows(&source);
        listed.extend(HOSTILE.iter().map(|text| hostile(&source, text)));
        scene.list(&source, listed);
        for line in scene.screen().lines().filter(|line| line.starts_with('│')) {
            assert!(line.ends_with('│'), "{line}");
            assert_eq!(width(line), usize::from(size.0), "{line}");
        }
    }
}

#[test]
fn every_key_of_the_footer_is_bound_in_its_place() {
    for (name, scene) in scenes::all() {
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
    for (name, scene) in scenes::all() {
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
fn ids_stand_whole_in_plan_and_results_at_every_width() {
    for columns in (60..=160).step_by(10) {
        // As high as it takes for every row to be in sight at once.
        let size = (columns, 200);
        let (plan, results) = (scenes::plan(size), scenes::results(size));
        let rows = match &plan.model.screen {
            Screen::Plan(confirm) => confirm.plan.rows().to_vec(),
            screen => panic!("{screen:?}"),
        };
        let sent: Vec<_> = rows
            .iter()
            .filter(|row| row.place.verb().is_some())
            .collect();
        assert!(sent.len() > 5, "the plan has rows");
        for screen in [plan.screen(), results.screen()] {
            for row in &sent {
                let id = row.row.key.id.raw();
                assert!(screen.contains(id), "{id} in\n{screen}");
            }
        }
    }
}

/// Where the text begins in the first line that has it, in columns.
fn column_of(screen: &str, line: &str, text: &str) -> Option<usize> {
    let line = screen.lines().find(|shown| shown.contains(line))?;
    line.find(text).map(|at| width(&line[..at]))
}

#[test]
fn the_heads_of_scheduled_rows_stand_above_their_cells_before_anything_was_read_of_them() {
    for columns in [80, 120, 160] {
        let mut scene = scenes::results_sending((columns, 60));
        let (keys, at) = (scenes::sent_keys(&scene), scene.moment());
        for key in &keys {
            let answer = Answer::Scheduled { message: None };
            scene.batch(BatchMessage::Answered(key.clone(), answer, at));
        }
        let screen = scene.screen();
        let row = keys[0].id.raw();
        for (head, cell) in [("now", " – "), ("tracking", "… moving")] {
            let above = column_of(&screen, "SCHEDULED", head);
            let below =
                column_of(&screen, row, cell).map(|at| at + usize::from(cell.starts_with(' ')));
            assert!(
                above.is_some() && above == below,
                "{head}: {above:?} {below:?}\n{screen}"
            );
        }
    }
}

/// The line of heads.
fn heads(scene: &Scene) -> String {
    let screen = scene.screen();
    let heads = screen.lines().find(|line| line.contains(" NAME "));
    heads
        .unwrap_or_else(|| panic!("no heads in\n{screen}"))
        .to_owned()
}

#[test]
fn columns_give_way_in_the_agreed_order_and_name_and_status_never() {
    let order = ["MESSAGE", "GPUS", "OWNER", "TARGET", "KIND", "SCOPE", "AGE"];
    for columns in 60..=400 {
        let mut scene = Scene::listed((columns, 24));
        // No pane beside the table.
        scene.press("<tab>");
        let heads = heads(&scene);
        assert!(
            heads.contains("STATUS") && heads.contains("NAME"),
            "{columns}: {heads}"
        );
        if columns >= 100 {
            let mut kept = order
                .into_iter()
                .skip_while(|column| !heads.contains(column));
            assert!(
                kept.all(|column| heads.contains(column)),
                "{columns}: {heads}"
            );
        }
    }
    let mut scene = Scene::listed((200, 50));
    scene.press("<tab>");
    let screen = scene.screen();
    assert!(
        screen.contains("02bb61aa-77d2-4c11-8a4e-90f1c0aa11fe"),
        "{screen}"
    );
}

#[test]
fn the_cursor_of_every_list_is_always_in_sight() {
    for list in ["s", "o", ":", ":sources<enter>", ":messages<enter>"] {
        for rows in [15, 18, 24, 40] {
            let mut scene = Scene::listed((80, rows));
            for place in 0..30 {
                scene.tell(Message::Notice(format!("notice {place}")));
            }
            scene.press(list);
            for place in 0..40 {
                let screen = scene.screen();
                assert!(
                    screen.contains("│ >"),
                    "{list} at {place} of {rows}\n{screen}"
                );
                scene.press("<down>");
            }
        }
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
    scene.tell(Message::Resized(58, 12));
    scene.press("0 prod-eu<enter>");
    assert!(scene.batch.is_none());
    scene.tell(Message::Resized(80, 24));
    scene.press("<enter>");
    assert!(scene.batch.is_some());
}

#[test]
fn without_unicode_every_cell_is_ascii() {
    for (name, scene) in scenes::all() {
        let usual = scene((80, 24)).screen();
        let screen = scene((80, 24)).themed(true, false).screen();
        assert!(screen.is_ascii(), "{name}\n{screen}");
        let widths = |screen: &str| screen.lines().map(width).collect::<Vec<_>>();
        assert_eq!(widths(&screen), widths(&usual), "{name}: columns stay");
    }
}

#[test]
fn without_colors_no_cell_has_one() {
    for (name, scene) in scenes::all() {
        let scene = scene((120, 35)).themed(false, true);
        for cell in &scene.buffer().content {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
        }
    }
}

/// Red, green and blue of one of the fixed 256 colors.
fn rgb(index: u8) -> [f64; 3] {
    let level = |step: u8| {
        if step == 0 {
            0.0
        } else {
            f64::from(55 + 40 * step)
        }
    };
    let cube = index.wrapping_sub(16);
    match index {
        232.. => [f64::from(8 + 10 * (index - 232)); 3],
        16.. => [cube / 36, cube / 6 % 6, cube % 6].map(level),
        _ => panic!("{index} is one of the terminal's own"),
    }
}

/// The contrast of two colors, from 1 to 21, as WCAG 2 has it.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let linear = |part: f64| match part / 255.0 {
        low @ ..=0.04045 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    };
    let light = |color: [f64; 3]| {
        let [red, green, blue] = color.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

#[test]
fn t8_without_a_known_background_no_color_is_fixed_and_none_black_or_white() {
    use Color::{Cyan, Green, LightBlue, Magenta, Red, Reset, Yellow};
    for (name, scene) in scenes::all() {
        for cell in &scene((120, 35)).buffer().content {
            let own = [Reset, Green, Cyan, Magenta, Yellow, Red, LightBlue];
            assert!(
                own.contains(&cell.fg) && cell.bg == Reset,
                "{name}: {cell:?}"
            );
        }
    }
}

#[test]
fn t8_on_a_known_background_every_text_stands_out_from_it() {
    // Black, and the lightest of the dark themes in use; white, and the darkest of the light ones.
    let dark = (Background::Dark, [[0.0; 3], [40.0, 44.0, 52.0]]);
    let light = (Background::Light, [[255.0; 3], [253.0, 246.0, 227.0]]);
    for (background, shades) in [dark, light] {
        let mut drawn = BTreeSet::new();
        for (name, scene) in scenes::all() {
            let mut scene = scene((120, 35));
            scene.tell(Message::Background(background));
            for cell in &scene.buffer().content {
                assert!(!cell.modifier.contains(Modifier::DIM), "{name}: {cell:?}");
                match (cell.fg, cell.bg) {
                    (Color::Reset, Color::Reset) => {}
                    (Color::Indexed(index), Color::Reset) => {
                        drawn.insert(index);
                    }
                    colors => panic!("{name}: {colors:?}"),
                }
            }
        }
        assert!(drawn.len() >= 6, "every meaning is seen: {drawn:?}");
        for (index, shade) in drawn
            .iter()
            .flat_map(|index| shades.map(|shade| (*index, shade)))
        {
            let contrast = contrast(rgb(index), shade);
            assert!(contrast >= 4.5, "{index} on {shade:?}: {contrast:.1}");
        }
    }
}

#[test]
fn the_demo_is_marked_on_every_screen() {
    for (name, scene) in scenes::all() {
        for size in [(58, 12), (60, 15), (80, 24), (120, 35)] {
            let mut scene = scene((120, 35));
            scene.model.demo = true;
            scene.tell(Message::Resized(size.0, size.1));
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
