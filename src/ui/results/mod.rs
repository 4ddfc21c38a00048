//! The results of a batch: outcomes that add up to the marked rows, and what reads have shown since.

mod next;
mod rows;
mod summary;

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::results::{Results, Run};
use crate::ui::canvas::{Canvas, Edges, row};
use crate::ui::demo_mark;
use crate::ui::words::Words;

/// Draws the batch in its box.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, results: &Results) {
    let Some(run) = model.runs.get(results.run.wrapping_sub(1)) else {
        return;
    };
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("results").noted(format!("batch {} of {}", results.run, model.runs.len()))
    };
    let inner = canvas.boxed(area, &edges);
    let columns = usize::from(inner.width);
    let head = summary::lines(model, run, results.run, columns);
    let foot = next::lines(model, run, columns);
    let [head_height, foot_height] =
        [head.len(), foot.len()].map(|len| u16::try_from(len).unwrap_or(u16::MAX));
    for (y, (left, right)) in (0..).zip(&head) {
        canvas.sides(row(inner, y), left, right);
    }
    canvas.rule(inner, inner.y + head_height, &Words::new());
    let foot_rule = u16::from(foot_height > 0);
    let list = Rect {
        y: inner.y + head_height + 1,
        height: inner
            .height
            .saturating_sub(head_height + 1 + foot_rule + foot_height),
        ..inner
    };
    let scroll = rows::scroll(model, run, results, columns);
    scroll.draw(canvas, list);
    if foot_rule > 0 {
        canvas.rule(inner, list.bottom(), &scroll.more(list.height));
        let foot_area = Rect {
            y: list.bottom() + 1,
            height: foot_height,
            ..inner
        };
        canvas.lines(foot_area, &foot);
    }
}

/// A batch by its journal name, once it has one.
pub(super) fn name(run: &Run, number: usize) -> String {
    run.name.clone().unwrap_or_else(|| format!("no. {number}"))
}
