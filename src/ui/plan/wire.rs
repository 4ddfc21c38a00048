//! The requests of a plan as they would leave, secrets left out.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::confirm::wire_lines;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::demo_mark;
use crate::ui::theme::Tone;
use crate::ui::words::say;

/// Draws the lines from the one on that was scrolled to; long ones go on below, calls stand out.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, lines: &[String], first: usize) {
    let columns = usize::from(area.width.saturating_sub(4));
    let lines: Vec<String> = wire_lines(lines, columns).collect();
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("requests of this plan, nothing has been sent")
    };
    canvas.page(area, edges, first, lines.len(), |place| {
        let line = &lines[place];
        let mut calls = ["PATCH ", "POST ", "DELETE "].into_iter();
        let is_call = calls.any(|method| line.starts_with(method));
        say(if is_call { Tone::Strong } else { Tone::Plain }, line)
    });
}
