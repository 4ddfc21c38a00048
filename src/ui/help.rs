//! The keys of one place, from the one table of keys.

use ratatui::layout::Rect;

use crate::app::keymap::{self, Binding, Place};
use crate::app::layout::help_page;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::glyph;
use crate::ui::words::{Words, joined, plain, quiet, strong};

/// Columns of the keys.
const KEYS: usize = 18;
/// Draws the keys over the screen, from the line on that was scrolled to.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, place: Place, first: usize) {
    let lines: Vec<Words> = keymap::in_place(place).map(line).collect();
    let room = usize::from(help_page(screen.height));
    let height = lines.len().min(room);
    let first = first.min(lines.len() - height);
    let hidden = lines.len() - height - first;
    let mut edges = Edges::titled(format!("keys: {}", place.title()));
    if matches!(place, Place::Browse | Place::Range) {
        edges.remark = legend();
    }
    if hidden > 0 {
        edges.mark = quiet(format!("{hidden} more ↓"));
    }
    let width = lines.iter().map(Words::width).max().unwrap_or(0);
    let width = width.max(edges.remark.width() + 2);
    let inner = canvas.popup(screen, (width, height), &edges);
    canvas.lines(inner, &lines[first..]);
}

fn line(binding: &'static Binding) -> Words {
    let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
    plain(" ")
        .strong(names.join("  "))
        .plain(" ")
        .pad_to(KEYS)
        .plain(binding.help)
}

/// What the signs before a row mean.
fn legend() -> Words {
    let signs = [
        (glyph::MARKED, "marked"),
        (glyph::CHANGED, "changed since"),
        (glyph::ATTENTION, "look"),
        (glyph::GONE, "gone"),
        (glyph::MOVING, "moved by a batch"),
    ];
    let signs = signs.map(|(sign, means)| strong(sign).quiet(format!(" {means}")));
    joined(signs, "  ")
}
