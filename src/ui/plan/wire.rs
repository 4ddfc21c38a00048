//! The requests of a plan as they would leave, secrets left out.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::demo_mark;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, quiet, wrapped};

/// Draws the lines from the one on that was scrolled to; long ones go on below.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, lines: &[String], first: usize) {
    let edges = Edges {
        mark: demo_mark(model, area),
        note: quiet(format!(
            "line {} of {}",
            (first + 1).min(lines.len()),
            lines.len()
        )),
        ..Edges::titled("requests of this plan, nothing has been sent")
    };
    let inner = canvas.padded(area, &edges);
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
    let tone = if is_call { Tone::Strong } else { Tone::Plain };
    let parts = parts.into_iter();
    parts
        .map(|part| Words::new().pad_to(indent).say(tone, part))
        .collect()
}
