//! What fails, one line each: which source, why, how old its rows are, when it is tried again.

use ratatui::layout::Rect;

use crate::app::trouble::{Trouble, next_try};
use crate::app::{Model, rows};
use crate::domain::time::time_of_day;
use crate::ui::canvas::{Canvas, row};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, say};

/// Draws as many failures as there are lines; the last line says how many more there are.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let troubles = model.lanes.troubles();
    let lines = usize::from(area.height);
    for (y, trouble) in (0..area.height).zip(&troubles) {
        let is_last = usize::from(y) + 1 == lines;
        let more = if is_last {
            troubles.len() - lines.min(troubles.len())
        } else {
            0
        };
        let at = row(area, y);
        let end = end(trouble, more);
        let room = usize::from(at.width).saturating_sub(end.width() + 1);
        let words = [true, false].map(|in_full| line(model, trouble, in_full));
        let fits = words.iter().find(|words| words.width() <= room);
        canvas.sides(at, fits.unwrap_or(&words[1]), &end);
    }
}

fn line(model: &Model, trouble: &Trouble, in_full: bool) -> Words {
    let cause = if in_full {
        trouble.error.to_string()
    } else {
        trouble.error.short()
    };
    let when = next_try(trouble.next, model.lanes.held, model.now);
    let count = rows(trouble.rows);
    let rows = trouble.as_of.map(time_of_day);
    let rows = rows.map_or_else(String::new, |at| format!(" · {count} as of {at}"));
    say(Tone::Warn, " ! ")
        .strong(&trouble.what)
        .plain(format!(": {cause}"))
        .quiet(format!("{rows} · {when}"))
}

/// How many failures have no line, and the key that helps.
fn end(trouble: &Trouble, more: usize) -> Words {
    let mut line = Words::new();
    if more > 0 {
        line = line.say(Tone::Warn, format!("+{more} more   "));
    }
    match trouble.next {
        None => line.strong("L").quiet(" sign in again "),
        Some(_) => line.strong("r").quiet(" now "),
    }
}
