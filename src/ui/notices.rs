//! Short notices, at the bottom right above the footer, the newest lowest: three at most, and a single one
//! where rows to be read stand above.

use ratatui::layout::Rect;

use crate::app::{Model, Screen};
use crate::domain::text::cut;
use crate::ui::canvas::{Canvas, fit};
use crate::ui::theme::Tone;
use crate::ui::words::clean;

/// Draws them, over whatever is there but rows of plan and results.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let (most, above) = match model.screen {
        // The edge of the box has room for one.
        Screen::Plan(_) | Screen::Results(_) => (1, 1),
        // In the list the line of marks stays in sight: nothing may hide what will be acted on.
        Screen::Browse => (3, 2 + u16::from(model.layout().hint)),
        Screen::FirstRun | Screen::Detail(_) => (3, 1),
    };
    let older = model.notices.len().saturating_sub(most);
    let shown = model.notices.iter().skip(older).rev();
    let lowest = area.bottom().saturating_sub(above + 1);
    for (up, notice) in (0u16..).zip(shown) {
        let is_highest = usize::from(up) + 1 == most;
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
