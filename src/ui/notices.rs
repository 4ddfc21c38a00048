//! Short notices, at the bottom right above the footer: three at most, the newest lowest.

use ratatui::layout::Rect;

use crate::app::layout::NOTICES;
use crate::app::{Model, Screen};
use crate::domain::text::cut;
use crate::ui::canvas::{Canvas, fit};
use crate::ui::theme::Tone;
use crate::ui::words::clean;

/// How many lines they take.
pub(super) fn height(model: &Model) -> u16 {
    fit(model.notices.len().min(NOTICES))
}

/// Draws them, over the pane of the list or where nothing else is.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let older = model.notices.len().saturating_sub(NOTICES);
    let shown = model.notices.iter().skip(older).rev();
    // In the list the line of marks stays in sight: nothing may hide what will be acted on.
    let above = match model.screen {
        Screen::Browse => 2 + u16::from(model.layout().hint),
        Screen::FirstRun | Screen::Plan(_) | Screen::Results(_) | Screen::Detail(_) => 1,
    };
    let lowest = area.bottom().saturating_sub(above + 1);
    for (up, notice) in (0u16..).zip(shown) {
        let is_highest = usize::from(up) + 1 == NOTICES;
        let more = if is_highest && older > 0 {
            format!("+{older}  ")
        } else {
            String::new()
        };
        let room = usize::from(area.width).saturating_sub(12);
        let text = cut(&clean(&notice.text), room);
        let text = format!(" {more}{text} ");
        let width = fit(crate::domain::text::width(&text)).min(area.width);
        let at = Rect {
            x: area.right().saturating_sub(width + 1).max(area.x),
            y: lowest.saturating_sub(up),
            width,
            height: 1,
        };
        canvas.clear(at);
        canvas.put(at, &text, Tone::Badge);
    }
}
