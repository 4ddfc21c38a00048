//! The frame being drawn: text that is cleaned and cut to its room, boxes, lines with two ends.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::domain::text::{cut, width};
use crate::ui::glyph;
use crate::ui::theme::{Theme, Tone};
use crate::ui::words::{Words, clean, plain, quiet, strong};

/// Where panes draw.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
    /// Where the terminal's own cursor goes: into the field that has the focus.
    pub(super) caret: Option<Position>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: Theme) -> Self {
        Self {
            buffer,
            theme,
            caret: None,
        }
    }

    /// Writes text that fits, or its start with `…`, and says how many columns it took.
    pub(super) fn put(&mut self, at: Rect, text: &str, tone: Tone) -> u16 {
        let style = self.theme.style(tone);
        let at = at.intersection(self.buffer.area);
        if at.is_empty() {
            return 0;
        }
        let room = usize::from(at.width);
        let text = cut(&clean(text), room);
        let end = self.buffer.set_stringn(at.x, at.y, text, room, style);
        end.0 - at.x
    }

    /// Writes words from the left.
    pub(super) fn line(&mut self, at: Rect, words: &Words) {
        let mut rest = at;
        let last = words.parts().len().saturating_sub(1);
        for (place, (tone, text)) in words.parts().iter().enumerate() {
            // A part that just fits is cut where another one follows it, so that the cut is seen.
            let follows = place < last && usize::from(rest.width) == width(text);
            let used = if follows {
                self.put(rest, &format!("{text}…"), *tone)
            } else {
                self.put(rest, text, *tone)
            };
            rest.x += used;
            rest.width -= used;
            if rest.width == 0 || used < fit(width(text)) {
                return;
            }
        }
    }

    /// Writes words from the left and others up to the right edge; those on the right come first where
    /// there is no room for both.
    pub(super) fn sides(&mut self, at: Rect, left: &Words, right: &Words) {
        let room = usize::from(at.width);
        let taken = right.width().min(room);
        let [taken, used] = [taken, taken + usize::from(taken > 0)].map(fit);
        self.line(span(at, at.width - taken, taken), right);
        self.line(span(at, 0, at.width.saturating_sub(used)), left);
    }

    /// Gives a whole area one style.
    pub(super) fn tint(&mut self, area: Rect, tone: Tone) {
        self.buffer.set_style(area, self.theme.style(tone));
    }

    /// Writes the warning band of protected connections, in the color the configuration names.
    pub(super) fn band(&mut self, at: Rect, text: &str, color: Option<&str>) {
        self.put(at, text, Tone::Badge);
        self.buffer.set_style(at, self.theme.band(color));
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for position in area.positions() {
            self.buffer[position].reset();
        }
    }

    /// Draws a box with words in its upper and lower edge and returns what is inside.
    pub(super) fn boxed(&mut self, area: Rect, edges: &Edges) -> Rect {
        if area.width < 4 || area.height < 2 {
            return Rect::ZERO;
        }
        let across = "─".repeat(usize::from(area.width) - 2);
        let (top, bottom) = (row(area, 0), row(area, area.height - 1));
        self.put(top, &format!("┌{across}┐"), Tone::Quiet);
        self.put(bottom, &format!("└{across}┘"), Tone::Quiet);
        for y in 1..area.height - 1 {
            let line = row(area, y);
            self.put(span(line, 0, 1), "│", Tone::Quiet);
            self.put(span(line, area.width - 1, 1), "│", Tone::Quiet);
        }
        self.edge(top, &edges.title, &edges.mark);
        self.edge(bottom, &edges.remark, &edges.note);
        inside(area)
    }

    fn edge(&mut self, at: Rect, left: &Words, right: &Words) {
        let pad = |words: &Words| {
            let gap = if words.is_empty() { "" } else { " " };
            plain(gap).and(words.clone()).plain(gap)
        };
        let inner = span(at, 2, at.width.saturating_sub(4));
        self.sides(inner, &pad(left), &pad(right));
    }

    /// Draws a line across the box that `inner` is the inside of, with a note at its right end.
    pub(super) fn rule(&mut self, inner: Rect, y: u16, note: &Words) {
        let across = "─".repeat(usize::from(inner.width));
        let at = Rect {
            x: inner.x.saturating_sub(1),
            y,
            width: inner.width + 2,
            height: 1,
        };
        self.put(at, &format!("├{across}┤"), Tone::Quiet);
        self.edge(at, &Words::new(), note);
    }

    /// Draws an empty box over the middle of the screen, no larger than it, and returns its inside.
    pub(super) fn popup(&mut self, screen: Rect, size: (usize, usize), edges: &Edges) -> Rect {
        let width = fit(size.0 + 4).min(screen.width);
        let height = fit(size.1 + 2).min(screen.height.saturating_sub(2));
        let area = Rect {
            x: screen.x + (screen.width - width) / 2,
            y: screen.y + (screen.height - height) / 2,
            width,
            height,
        };
        self.clear(area);
        self.padded(area, edges)
    }

    /// Draws a box as [`Canvas::boxed`] does; its inside without the columns next to the edges.
    pub(super) fn padded(&mut self, area: Rect, edges: &Edges) -> Rect {
        let inner = self.boxed(area, edges);
        span(inner, 1, inner.width.saturating_sub(2))
    }

    /// Draws a text of so many lines in a box, from `first` on as far as it goes; the edge says which lines
    /// these are. Gives the inside, and the lines shown.
    pub(super) fn page(
        &mut self,
        area: Rect,
        edges: Edges,
        first: usize,
        len: usize,
        line: impl Fn(usize) -> Words,
    ) -> (Rect, Range<usize>) {
        let height = usize::from(area.height.saturating_sub(2));
        let first = first.min(len.saturating_sub(height));
        let shown = first..(first + height).min(len);
        let note = format!("lines {}-{} of {len}", first + 1, shown.end);
        let inner = self.padded(area, &edges.noted(note));
        for (y, place) in (0..inner.height).zip(shown.clone()) {
            self.line(row(inner, y), &line(place));
        }
        (inner, shown)
    }

    /// Draws lines with two ends under the upper edge of a box, a rule below them; gives what is left.
    pub(super) fn headed(&mut self, inner: Rect, head: &[(Words, Words)]) -> Rect {
        let [top, rule, rest] = stacked(inner, [fit(head.len()), 1, inner.height]);
        for (y, (left, right)) in (0..top.height).zip(head) {
            self.sides(row(top, y), left, right);
        }
        self.rule(inner, rule.y, &Words::new());
        rest
    }

    /// Draws lines from the top, as many as fit.
    pub(super) fn lines(&mut self, area: Rect, lines: &[Words]) {
        for (y, words) in (0..area.height).zip(lines) {
            self.line(row(area, y), words);
        }
    }

    /// Marks the row under the cursor: the glyph in its first column, the whole line in one style.
    pub(super) fn cursor_row(&mut self, at: Rect) {
        self.cursor_line(at);
        self.put(span(at, 0, 1), glyph::CURSOR, Tone::Cursor);
    }

    /// A further line of the row under the cursor.
    pub(super) fn cursor_line(&mut self, at: Rect) {
        for position in at.intersection(self.buffer.area).positions() {
            self.buffer[position].fg = ratatui::style::Color::Reset;
        }
        self.tint(at, Tone::Cursor);
    }
}

/// What stands in the edges of a box.
#[derive(Default)]
pub(super) struct Edges {
    /// Above, left.
    pub(super) title: Words,
    /// Above, right.
    pub(super) mark: Words,
    /// Below, left.
    pub(super) remark: Words,
    /// Below, right.
    pub(super) note: Words,
}

impl Edges {
    /// A box with a title alone.
    pub(super) fn titled(title: impl AsRef<str>) -> Self {
        Self {
            title: strong(title),
            ..Self::default()
        }
    }

    /// With a note below.
    pub(super) fn noted(mut self, note: impl AsRef<str>) -> Self {
        self.note = quiet(note);
        self
    }
}

/// Columns or lines as terminals count them.
pub(super) fn fit(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// One line of an area.
pub(super) fn row(area: Rect, y: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(y),
        height: u16::from(y < area.height),
        ..area
    }
}

/// Some columns of an area, as far as it has them.
pub(super) fn span(area: Rect, from: u16, width: u16) -> Rect {
    let from = from.min(area.width);
    Rect {
        x: area.x + from,
        width: width.min(area.width - from),
        ..area
    }
}

/// An area without its outermost cells.
pub(super) fn inside(area: Rect) -> Rect {
    area.inner(ratatui::layout::Margin::new(1, 1))
}

/// Cuts areas of these heights off an area, from the top; what lies beyond it is empty.
pub(super) fn stacked<const N: usize>(area: Rect, heights: [u16; N]) -> [Rect; N] {
    let mut rest = area;
    heights.map(|height| {
        let height = height.min(rest.height);
        let cut = Rect { height, ..rest };
        rest.y += height;
        rest.height -= height;
        cut
    })
}
