//! The list's screen below the header, divided as the model's own layout says.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::layout::Pane;
use crate::ui::canvas::{Canvas, span, stacked};
use crate::ui::words::{joined, plain, strong};
use crate::ui::{banner, detail, glyph, marks, table, tabs};

/// Borders and heads of the table.
const TABLE_CHROME: u16 = 3;

/// Draws everything between header and footer.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let layout = model.layout();
    let table_height = layout.body + TABLE_CHROME;
    let heights = [
        1,
        layout.banner,
        table_height,
        layout.below,
        layout.notices,
        1,
        u16::from(layout.hint),
    ];
    let [tabs, banner, table, pane, _, marks, hint] = stacked(area, heights);
    tabs::draw(canvas, tabs, model);
    banner::draw(canvas, banner, model);
    table_and_pane(canvas, layout.pane, [table, pane], model);
    marks::draw(canvas, marks, model);
    if layout.hint {
        draw_hint(canvas, hint);
    }
}

/// Draws the table and, where it goes, what is known of the row under the cursor.
fn table_and_pane(canvas: &mut Canvas, pane: Pane, areas: [Rect; 2], model: &Model) {
    let [table, below] = areas;
    let beside = match pane {
        Pane::Right(width) => width.min(table.width),
        Pane::Below(_) | Pane::Line | Pane::None => 0,
    };
    table::draw(canvas, span(table, 0, table.width - beside), model);
    let right = span(table, table.width - beside, beside);
    match pane {
        Pane::Right(_) => detail::beside(canvas, right, model),
        Pane::Below(_) => detail::below(canvas, below, model),
        Pane::Line => detail::line(canvas, below, model),
        Pane::None => {}
    }
}

/// The one line to begin with.
fn draw_hint(canvas: &mut Canvas, area: Rect) {
    let keys = [
        ("s", "status"),
        ("a", "mark all"),
        ("x", "act"),
        ("?", "help"),
    ];
    let keys = keys.map(|(key, does)| strong(key).plain(format!(" {does}")));
    let line = plain(" ").and(joined(keys, glyph::DOT));
    let ends = ["   ! puts this line away", "   ! hides this", ""];
    let room = usize::from(area.width).saturating_sub(line.width());
    let end = ends.into_iter().find(|end| end.len() <= room);
    canvas.line(area, &line.quiet(end.unwrap_or_default()));
}
