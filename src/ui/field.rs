//! A line of text being typed: the part around the cursor, cleaned, and the terminal's own cursor in it.

use ratatui::layout::{Position, Rect};
use tui_input::Input;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{cut, width};
use crate::ui::canvas::{Canvas, span};
use crate::ui::glyph;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, clean};

/// Draws `▏text▕`. With the focus it shows the part around the cursor, else its start.
pub(super) fn draw(canvas: &mut Canvas, at: Rect, input: &Input, focused: bool) {
    let tone = if focused { Tone::Strong } else { Tone::Quiet };
    let style = canvas.theme().style(tone);
    canvas.put(span(at, 0, 1), glyph::FIELD.0, style);
    let inner = span(at, 1, at.width.saturating_sub(2));
    text(canvas, inner, input, focused);
    canvas.put(span(at, inner.width + 1, 1), glyph::FIELD.1, style);
}

/// Draws a label, the text behind it, and words at the right edge, all in one line that has the focus.
pub(super) fn one_line(canvas: &mut Canvas, at: Rect, label: &Words, input: &Input, end: &Words) {
    let columns = |words: &Words| u16::try_from(words.width()).unwrap_or(u16::MAX);
    // What is typed comes first, but leaves a third of the line.
    let typed = u16::try_from(width(&clean(input.value()))).unwrap_or(u16::MAX);
    let typed = typed
        .saturating_add(2)
        .clamp(12, (at.width / 3 * 2).max(12));
    let right = columns(end).min(
        at.width
            .saturating_sub(columns(label).saturating_add(typed)),
    );
    canvas.line(span(at, at.width - right, right), end);
    let left = columns(label).min(at.width);
    canvas.line(span(at, 0, left), label);
    let middle = at.width.saturating_sub(left + right);
    text(canvas, span(at, left, middle), input, true);
}

fn text(canvas: &mut Canvas, at: Rect, input: &Input, focused: bool) {
    let style = canvas.theme().style(Tone::Plain);
    if !focused {
        canvas.put(at, input.value(), style);
        return;
    }
    let before: String = input.value().chars().take(input.cursor()).collect();
    let before = width(&clean(&before));
    let room = usize::from(at.width);
    let shift = (before + 1).saturating_sub(room);
    let shown = clean(input.value());
    let shown = behind(&shown, shift);
    canvas.put(at, &cut(shown, room), style);
    let column = u16::try_from(before - shift.min(before)).unwrap_or(u16::MAX);
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
