//! Short notices, at the bottom right above the footer, the newest lowest: three at most, and a single one
//! where rows to be read stand above.

use ratatui::layout::Rect;

use crate::app::layout::NOTICES;
use crate::app::{Model, Screen};
use crate::domain::text::cut;
use crate::ui::canvas::{Canvas, fit};
use crate::ui::theme::Tone;
use crate::ui::words::clean;

/// How many lines they take.
pub(super) fn height(model: &Model) -> u16 {
    fit(model.notices.len().min(most(model)))
}

fn most(model: &Model) -> usize {
    match model.screen {
        Screen::Plan(_) | Screen::Results(_) => 1,
        Screen::FirstRun | Screen::Browse | Screen::Detail(_) => NOTICES,
    }
}

/// Draws them, over the pane of the list or where nothing else is.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let older = model.notices.len().saturating_sub(most(model));
    // In the list the line of marks stays in sight: nothing may hide what will be acted on.
    let above = match model.screen {
        Screen::Browse => 2 + u16::from(model.layout().hint),
        Screen::FirstRun | Screen::Plan(_) | Screen::Results(_) | Screen::Detail(_) => 1,
    };
    let lines = (1..).map(|up| area.bottom().saturating_sub(above + up));
    let shown = model.notices.iter().enumerate().skip(older);
    for ((place, notice), y) in shown.rev().zip(lines) {
        let is_highest = place == older && older > 0;
        let more = if is_highest {
            format!("+{older}  ")
        } else {
            String::new()
        };
        let text = cut(
            &clean(&notice.text),
            usize::from(area.width).saturating_sub(12),
        );
        let text = format!(" {more}{text} ");
        let width = fit(crate::domain::text::width(&text)).min(area.width - 1);
        let at = Rect::new(area.right() - width - 1, y, width, 1);
        canvas.clear(at);
        canvas.put(at, &text, Tone::Badge);
    }
}
