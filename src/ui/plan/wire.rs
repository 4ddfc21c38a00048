//! The requests of a plan as they would leave, secrets left out.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::demo_mark;
use crate::ui::words::{Words, wrapped};

/// Draws the lines from the one on that was scrolled to; long ones go on below.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, lines: &[String], first: usize) {
    let edges = Edges {
        mark: demo_mark(model, area),
        note: Words::new().quiet(format!(
            "line {} of {}",
            (first + 1).min(lines.len()),
            lines.len()
        )),
        ..Edges::titled("requests of this plan, nothing has been sent")
    };
    let inner = canvas.boxed(area, &edges);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    let columns = usize::from(inner.width);
    let shown = lines.iter().skip(first).take(usize::from(inner.height));
    let shown: Vec<Words> = shown.flat_map(|line| request_line(line, columns)).collect();
    canvas.lines(inner, &shown);
}

/// JSON keeps its indentation; calls stand out.
fn request_line(line: &str, columns: usize) -> Vec<Words> {
    let indent = line.len() - line.trim_start().len();
    let parts = wrapped(line.trim(), columns.saturating_sub(indent));
    if parts.is_empty() {
        return vec![Words::new()];
    }
    let is_call = ["PATCH ", "POST ", "DELETE "]
        .iter()
        .any(|method| line.starts_with(method));
    parts
        .into_iter()
        .map(|part| {
            let words = Words::new().pad_to(indent);
            if is_call {
                words.strong(part)
            } else {
                words.plain(part)
            }
        })
        .collect()
}
