//! The batches of this and earlier runs, newest first, and the choice of an export.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Place};
use crate::app::run::{Run, Standing};
use crate::domain::time::time_of_day;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::results::{name, standing};
use crate::ui::scroll::Scroll;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, plain, strong};

/// Columns before the counts, where they stand below.
const INDENT: usize = 2;

/// Draws the list over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let batches = model.batches().into_iter();
    let batches: Vec<[Words; 2]> = batches.map(|(number, run)| lines(number, run)).collect();
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
fn lines(number: usize, run: &Run) -> [Words; 2] {
    let totals = run.report.totals();
    let intent = run.report.intent();
    let head = plain("  ")
        .strong(name(run, number))
        .plain(format!("  {}", time_of_day(intent.confirmed)))
        .plain(format!(
            "  {:<9}",
            intent.action.map_or("?", |action| action.word())
        ));
    let head = match (standing(run), run.report.moving()) {
        (Some(words), _) if run.standing == Standing::Ended => head.quiet(words),
        (Some(words), _) => head.say(Tone::Warn, words),
        (None, 0) => head.quiet("settled"),
        (None, moving) => head.say(Tone::Busy, format!("{moving} moving")),
    };
    let mut line = plain(format!("   {} marked", totals.marked()));
    let mut sign = " = ";
    let counts = [
        (totals.scheduled, "scheduled", Tone::Plain),
        (totals.rejected, "rejected", Tone::Bad),
        (totals.unknown, "unknown", Tone::Warn),
        (totals.left_out, "left out", Tone::Quiet),
        (totals.open, "open", Tone::Busy),
    ];
    for (count, word, tone) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        line = line.quiet(sign).say(tone, format!("{count} {word}"));
        sign = " + ";
    }
    [head, line.plain(" ")]
}

/// Draws the question in which form plan or results are saved.
pub(super) fn export(canvas: &mut Canvas, screen: Rect) {
    let lines: Vec<Words> = keymap::in_place(Place::Export)
        .filter(|binding| !binding.label.is_empty())
        .map(|binding| {
            let key = strong(binding.keys[0].name()).pad_to(5);
            key.plain(binding.label).pad_to(16).quiet(binding.help)
        })
        .collect();
    let edges = Edges::titled("export").noted("a new file, for your eyes only");
    let inner = canvas.popup(screen, (52, lines.len()), &edges);
    canvas.lines(inner, &lines);
}
