//! One row of the results in full.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::results::row::{LABEL, lines};
use crate::app::run::Run;
use crate::domain::report::ReportRow;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::demo_mark;
use crate::ui::theme;
use crate::ui::words::quiet;

/// Draws the row in its box, from the line on that was scrolled to.
pub(super) fn draw(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    run: &Run,
    row: &ReportRow,
    first: usize,
) {
    let columns = usize::from(area.width.saturating_sub(4));
    let lines = lines(model.now.moment, run, row, columns);
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("row of the results")
    };
    canvas.page(area, edges, first, lines.len(), |place| {
        let (label, weight, text) = &lines[place];
        let lead = label.map(|label| quiet(label).pad_to(LABEL));
        lead.unwrap_or_default()
            .say(theme::of_weight(*weight), text)
    });
}
