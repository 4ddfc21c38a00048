//! A line of text being typed: the part around the cursor, cleaned, and the terminal's own cursor in it.

use ratatui::layout::{Position, Rect};
use tui_input::Input;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{cut, width};
use crate::ui::canvas::{Canvas, fit, span};
use crate::ui::glyph;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, clean};

/// Draws `▏text▕`. With the focus it shows the part around the cursor, else its start.
pub(super) fn draw(canvas: &mut Canvas, at: Rect, input: &Input, focused: bool) {
    let tone = if focused { Tone::Strong } else { Tone::Quiet };
    canvas.put(span(at, 0, 1), glyph::FIELD.0, tone);
    let inner = span(at, 1, at.width.saturating_sub(2));
    text(canvas, inner, input, focused);
    canvas.put(span(at, inner.width + 1, 1), glyph::FIELD.1, tone);
}

/// Draws a label, the text behind it, and words at the right edge, all in one line that has the focus.
pub(super) fn one_line(canvas: &mut Canvas, at: Rect, label: &Words, input: &Input, end: &Words) {
    // What is typed comes first, but leaves a third of the line.
    let typed = fit(width(&clean(input.value())) + 2);
    let typed = typed.clamp(12, (at.width / 3 * 2).max(12));
    let taken = fit(label.width()).saturating_add(typed);
    let right = fit(end.width()).min(at.width.saturating_sub(taken));
    canvas.line(span(at, at.width - right, right), end);
    let left = fit(label.width()).min(at.width);
    canvas.line(span(at, 0, left), label);
    let middle = at.width.saturating_sub(left + right);
    text(canvas, span(at, left, middle), input, true);
}

fn text(canvas: &mut Canvas, at: Rect, input: &Input, focused: bool) {
    if !focused {
        canvas.put(at, input.value(), Tone::Plain);
        return;
    }
    let before: String = input.value().chars().take(input.cursor()).collect();
    let before = width(&clean(&before));
    let room = usize::from(at.width);
    let shift = (before + 1).saturating_sub(room);
    let shown = clean(input.value());
    let shown = behind(&shown, shift);
    canvas.put(at, &cut(shown, room), Tone::Plain);
    let column = fit(before - shift.min(before));
    if at.width > 0 && at.height > 0 {
        canvas.caret = Some(Position::new(at.x + column.min(at.width - 1), at.y));
    }
}

/// The text without its first columns.
fn behind(text: &str, columns: usize) -> &str {
    let mut passed = 0;
    let start = text.grapheme_indices(true).find(|(_, grapheme)| {
        let is_start = passed >= columns;
        passed += width(grapheme);
        is_start
    });
    start.map_or("", |(start, _)| &text[start..])
}
