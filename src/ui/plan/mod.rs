//! The plan: what would be sent, what the server decides, what is left out, and the line that confirms.

mod confirm;
mod groups;
mod list;
mod summary;
mod wire;

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::confirm::Confirm;
use crate::ui::canvas::{Canvas, Edges, row};
use crate::ui::demo_mark;
use crate::ui::words::Words;

/// Below so many rows of the box every line counts.
const TIGHT: u16 = 18;

/// Draws the plan, or its requests as they would leave.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, confirm: &Confirm) {
    if let Some((lines, first)) = &confirm.wire {
        wire::draw(canvas, area, model, lines, *first);
        return;
    }
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("plan").noted("nothing has been sent")
    };
    let inner = canvas.boxed(area, &edges);
    let columns = usize::from(inner.width);
    let is_tight = inner.height < TIGHT;
    let head = summary::lines(model, confirm, columns, is_tight);
    let foot = confirm::pieces(model, confirm, columns.saturating_sub(2), is_tight);
    let [head_height, foot_height] =
        [head.len(), foot.len()].map(|len| u16::try_from(len).unwrap_or(u16::MAX));

    for (y, (left, right)) in (0..).zip(&head) {
        canvas.sides(row(inner, y), left, right);
    }
    canvas.rule(inner, inner.y + head_height, &Words::new());
    let list = Rect {
        y: inner.y + head_height + 1,
        height: inner.height.saturating_sub(head_height + 1 + foot_height),
        ..inner
    };
    let scroll = list::scroll(model, confirm, columns, usize::from(list.height));
    scroll.draw(canvas, list);
    let foot_area = Rect {
        y: list.bottom(),
        height: inner.bottom().saturating_sub(list.bottom()),
        ..inner
    };
    confirm::draw(canvas, foot_area, &foot, &scroll.more(list.height));
}
