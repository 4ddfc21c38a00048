//! From the model to a frame: one file a pane, drawn by [`draw`]. Reads the model, changes nothing, knows
//! no platform and no terminal.
//!
//! All text passes `words` or `canvas`, which clean it; all colors come from [`theme`] and all glyphs
//! from `glyph`, by meaning.

mod banner;
mod batches;
mod browse;
mod canvas;
mod choices;
mod columns;
mod detail;
mod empty;
mod field;
mod first_run;
mod flags;
mod footer;
mod glyph;
mod header;
mod help;
mod marks;
mod menu;
mod notices;
mod palette;
mod plan;
mod quit;
mod results;
mod scroll;
mod sheet;
mod table;
mod tabs;
pub mod theme;
mod words;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::layout::{ROOM_FOR_HEADER, SMALLEST, is_too_small};
use crate::app::{Model, Popup, Screen};
use crate::domain::text::counted;
use crate::ui::canvas::{Canvas, fit, row, stacked};
use crate::ui::theme::{Theme, Tone};
use crate::ui::words::{Words, plain, say};

/// Draws the model. Its cost depends on the size of the frame, not on the number of rows.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), theme.on(model.background));
    if is_too_small((area.width, area.height)) {
        too_small(&mut canvas, area, model);
    } else {
        screen(&mut canvas, area, model);
        popup(&mut canvas, area, model);
        notices::draw(&mut canvas, area, model);
    }
    let caret = canvas.caret;
    if theme.is_ascii() {
        glyph::into_ascii(frame.buffer_mut());
    }
    if let Some(position) = caret {
        frame.set_cursor_position(position);
    }
}

/// What is said where nothing else can be shown.
fn too_small(canvas: &mut Canvas, area: Rect, model: &Model) {
    let marks = counted(model.selection.len(), "row stays", "rows stay");
    let demo = if model.demo { "DEMO: " } else { "" };
    let text = format!(
        "{demo}window too small ({}×{}), need {}×{}; {marks} marked",
        area.width, area.height, SMALLEST.0, SMALLEST.1
    );
    let lines = words::wrapped(&text, usize::from(area.width));
    let top = area.height.saturating_sub(fit(lines.len())) / 2;
    for (y, line) in (top..area.height).zip(lines) {
        let line = plain(line);
        let indent = usize::from(area.width).saturating_sub(line.width()) / 2;
        canvas.line(row(area, y), &Words::new().pad_to(indent).and(line));
    }
}

fn screen(canvas: &mut Canvas, area: Rect, model: &Model) {
    let has_header = match &model.screen {
        Screen::FirstRun | Screen::Browse | Screen::Detail(_) => true,
        Screen::Plan(_) | Screen::Results(_) => area.height >= ROOM_FOR_HEADER,
    };
    let top = u16::from(has_header);
    // The list has its own place for them; on the edge of the box of plan and results there is room for one.
    let notices = match model.screen {
        Screen::Browse | Screen::Plan(_) | Screen::Results(_) => 0,
        Screen::FirstRun | Screen::Detail(_) => notices::height(model),
    };
    let heights = [top, area.height - top - notices - 1, notices, 1];
    let [head, body, _, foot] = stacked(area, heights);
    if has_header {
        header::draw(canvas, head, model);
    }
    match &model.screen {
        Screen::FirstRun => first_run::draw(canvas, body, model),
        Screen::Browse => browse::draw(canvas, body, model),
        Screen::Plan(confirm) => plan::draw(canvas, body, model, confirm),
        Screen::Results(results) => results::draw(canvas, body, model, results),
        Screen::Detail(detail) => detail::page(canvas, body, model, detail),
    }
    footer::draw(canvas, foot, model);
}

/// DEMO for the edge of a box, where there is no header to say so.
fn demo_mark(model: &Model, box_area: Rect) -> Words {
    if model.demo && box_area.y == 0 {
        say(Tone::Badge, " DEMO ")
    } else {
        Words::new()
    }
}

fn popup(canvas: &mut Canvas, area: Rect, model: &Model) {
    match &model.popup {
        None => {}
        Some(Popup::Menu(menu)) => menu::draw(canvas, area, model, menu),
        Some(Popup::Statuses(statuses)) => choices::statuses(canvas, area, model, statuses),
        Some(Popup::Sort(cursor)) => choices::sort(canvas, area, model, *cursor),
        Some(Popup::TooMany(question)) => choices::too_many(canvas, area, model, question),
        Some(Popup::Batches(cursor)) => batches::draw(canvas, area, model, *cursor),
        Some(Popup::Palette(palette)) => palette::draw(canvas, area, palette),
        Some(Popup::Ids(ids)) => palette::ids(canvas, area, ids),
        Some(Popup::Sources(cursor)) => palette::sources(canvas, area, model, *cursor),
        Some(Popup::Messages(cursor)) => palette::messages(canvas, area, model, *cursor),
        Some(Popup::Export(cursor)) => batches::export(canvas, area, *cursor),
        Some(Popup::Help(place, first, _)) => help::draw(canvas, area, *place, *first),
        Some(Popup::Quit) => quit::draw(canvas, area, model),
    }
}
