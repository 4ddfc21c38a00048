//! The plan: what would be sent, what the server decides, what is left out, and the line that confirms.

mod confirm;
mod groups;
mod list;
mod summary;
mod wire;

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::confirm::Confirm;
use crate::ui::canvas::{Canvas, Edges, fit, stacked};
use crate::ui::demo_mark;

/// Whether every line of a box of that inside counts.
const fn is_tight(inside: Rect) -> bool {
    inside.height < 18
}

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
    let head = summary::lines(model, confirm, columns, is_tight(inner));
    let foot = confirm::pieces(model, confirm, inner);
    let rest = canvas.headed(inner, &head);
    let above = rest.height.saturating_sub(fit(foot.len()));
    let [list, below] = stacked(rest, [above, rest.height]);
    let names_accounts = !confirm::tells_accounts(model, confirm, inner);
    let room = (columns, usize::from(list.height));
    let scroll = list::scroll(model, confirm, room, names_accounts);
    scroll.draw(canvas, list);
    confirm::draw(canvas, below, &foot, &scroll.more(list.height));
}
