//! The batches of this and earlier runs, newest first, and the choice of an export.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Command, Place};
use crate::app::message::BatchNumber;
use crate::app::run::{Run, Standing};
use crate::domain::action::Action;
use crate::domain::time::time_of_day;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::results::{outcomes, standing};
use crate::ui::scroll::Scroll;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, plain};

/// Columns before the counts, where they stand below.
const INDENT: usize = 2;

/// Draws the list over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model, on: BatchNumber) {
    let batches = model.batches().into_iter();
    let cursor = batches
        .clone()
        .position(|run| run.number == on)
        .unwrap_or(0);
    let batches: Vec<[Words; 2]> = batches.map(lines).collect();
    let beside = |[head, counts]: &[Words; 2]| head.width() + counts.width();
    let mut width = batches.iter().map(beside).max().unwrap_or(0);
    let is_narrow = width + 4 > usize::from(screen.width);
    if is_narrow {
        let parts = batches.iter().flatten();
        width = parts.map(Words::width).max().unwrap_or(0) + INDENT;
    }
    let entries = batches.into_iter().map(|[head, counts]| {
        if is_narrow {
            vec![head, Words::new().pad_to(INDENT).and(counts)]
        } else {
            vec![head.and(counts)]
        }
    });
    let edges = Edges::titled("batches of this and earlier runs").noted("enter opens its results");
    Scroll::of(entries, cursor).popup(canvas, screen, width.max(52), edges);
}

/// Which batch, and what became of its rows.
fn lines(run: &Run) -> [Words; 2] {
    let intent = run.report.intent();
    let head = plain("  ")
        .strong(run.title())
        .plain(format!("  {}", time_of_day(intent.confirmed)))
        .plain(format!("  {:<9}", intent.action.map_or("?", Action::word)));
    let head = match (standing(run), run.report.awaited()) {
        (Some(words), _) if run.standing == Standing::Ended => head.quiet(words),
        (Some(words), _) => head.say(Tone::Warn, words),
        (None, rows) if rows.all() == 0 => head.quiet("settled"),
        (None, rows) => head.say(Tone::Busy, rows.words("moving")),
    };
    let counts = outcomes(run, usize::MAX).into_iter();
    [head, counts.fold(plain("  "), Words::and).plain(" ")]
}

/// Draws the question in which form plan or results are saved.
pub(super) fn export(canvas: &mut Canvas, screen: Rect, cursor: usize) {
    let forms = keymap::in_place(Place::Export)
        .filter(|binding| matches!(binding.command, Command::ExportAs(_)));
    let lines = forms.map(|binding| {
        let key = plain("  ").strong(binding.keys[0].name()).pad_to(6);
        key.plain(binding.label).pad_to(17).quiet(binding.help)
    });
    let edges = Edges::titled("export").noted("a new file, for your eyes only");
    Scroll::of_lines(lines, cursor).popup(canvas, screen, 54, edges);
}
