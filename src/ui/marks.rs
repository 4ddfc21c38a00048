//! The line of marks: how many, how many of them are out of sight, and what the range would do.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Command, Place};
use crate::domain::connection::PlatformId;
use crate::domain::plan::LIMIT;
use crate::ui::canvas::Canvas;
use crate::ui::glyph;
use crate::ui::header::counts_marks;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, joined, plain, strong};

/// Draws the line.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let (left, mut right) = match range(model) {
        Some(range) => (range, Words::new()),
        None => (marks(model, area.width), end(model, area.width)),
    };
    if left.width() + right.width() + 2 > usize::from(area.width) {
        right = Words::new();
    }
    canvas.sides(area, &left, &right);
}

fn marks(model: &Model, columns: u16) -> Words {
    let (count, gone) = (model.selection.len(), model.selection.gone());
    let hidden = model.hidden();
    let filter = if columns < 100 { "" } else { " by filter" };
    let mut line = Words::new();
    if !counts_marks(columns) {
        let label = if columns < 80 { " " } else { " SELECTED " };
        line = line
            .strong(label)
            .say(Tone::Mark, format!("{count} of {LIMIT}"));
    }
    if count == 0 {
        let gap = if line.is_empty() { " " } else { "   " };
        return line.quiet(format!("{gap}nothing is marked"));
    }
    let counts = [
        ("visible", "", count - hidden - gone),
        (&format!("hidden{filter}"), "", hidden),
        ("gone", "", gone),
        ("changed", glyph::CHANGED, model.selection.changed()),
    ];
    let counts = counts.into_iter().filter(|(.., number)| *number > 0);
    let counts = counts.map(|(word, sign, number)| plain(format!("{word} {sign}{number}")));
    let gap = if counts_marks(columns) { " " } else { "   " };
    line.plain(gap).and(joined(counts, glyph::DOT))
}

/// The marks by platform, the GPUs they hold, and the key that shows them alone.
fn end(model: &Model, columns: u16) -> Words {
    if model.selection.is_empty() {
        return Words::new();
    }
    let mut line = Words::new();
    if columns >= 100 {
        for platform in PlatformId::ALL {
            let marks = model.selection.marks().iter();
            let count = marks.filter(|mark| mark.row.platform() == platform).count();
            if count > 0 {
                line = line.quiet(platform.label()).plain(format!(" {count}  "));
            }
        }
    }
    let gpus = model.selection.gpus();
    if gpus > 0.0 {
        line = line.quiet("GPUs ").plain(format!("{gpus}  "));
    }
    let name = keymap::name(Place::Browse, Command::OnlyMarked);
    let is_alone = model.browse.only_marked;
    let words = if is_alone { "show all" } else { "only these" };
    line.strong(format!(" {name} ")).quiet(words).plain(" ")
}

fn range(model: &Model) -> Option<Words> {
    let range = model.browse.range.as_ref()?;
    let (first, last) = model.range_span()?;
    let rows = crate::app::rows(last - first + 1);
    let does = if range.marks { "v marks" } else { "V unmarks" };
    let marked = model.selection.len();
    let words = format!("   {does} them · esc leaves it · {marked} of {LIMIT} marked");
    Some(strong(" RANGE ").say(Tone::Mark, rows).plain(words))
}
