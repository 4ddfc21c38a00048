//! The frame being drawn: text that is cleaned and cut to its room, boxes, lines with two ends.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::domain::text::{cut, width};
use crate::ui::glyph;
use crate::ui::theme::{Theme, Tone};
use crate::ui::words::{Words, clean};

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

    pub(super) fn theme(&self) -> Theme {
        self.theme
    }

    /// Writes text that fits, or its start with `…`, and says how many columns it took.
    pub(super) fn put(&mut self, at: Rect, text: &str, style: Style) -> u16 {
        let at = at.intersection(self.buffer.area);
        if at.is_empty() {
            return 0;
        }
        let room = usize::from(at.width);
        let text = clean(text);
        let end = if width(&text) <= room {
            self.buffer.set_stringn(at.x, at.y, &*text, room, style)
        } else {
            let text = cut(&text, room);
            self.buffer.set_stringn(at.x, at.y, text, room, style)
        };
        end.0 - at.x
    }

    /// Writes words from the left.
    pub(super) fn line(&mut self, at: Rect, words: &Words) {
        let mut rest = at;
        let last = words.parts().len().saturating_sub(1);
        for (place, (tone, text)) in words.parts().iter().enumerate() {
            // A part that just fits is cut where another one follows it, so that the cut is seen.
            let follows = place < last && usize::from(rest.width) == width(text);
            let style = self.theme.style(*tone);
            let used = if follows {
                self.put(rest, &format!("{text}…"), style)
            } else {
                self.put(rest, text, style)
            };
            rest.x += used;
            rest.width -= used;
            if rest.width == 0 || used < u16::try_from(width(text)).unwrap_or(u16::MAX) {
                return;
            }
        }
    }

    /// Writes words from the left and others up to the right edge; those on the right come first where
    /// there is no room for both.
    pub(super) fn sides(&mut self, at: Rect, left: &Words, right: &Words) {
        let room = usize::from(at.width);
        let taken = right.width().min(room);
        let [taken, used] = [taken, taken + usize::from(taken > 0)]
            .map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
        self.line(span(at, at.width - taken, taken), right);
        self.line(span(at, 0, at.width.saturating_sub(used)), left);
    }

    /// Gives a whole area one style.
    pub(super) fn tint(&mut self, area: Rect, tone: Tone) {
        self.buffer.set_style(area, self.theme.style(tone));
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
        let style = self.theme.style(Tone::Quiet);
        let across = "─".repeat(usize::from(area.width) - 2);
        let (top, bottom) = (row(area, 0), row(area, area.height - 1));
        self.put(top, &format!("┌{across}┐"), style);
        self.put(bottom, &format!("└{across}┘"), style);
        for y in 1..area.height - 1 {
            let line = row(area, y);
            self.put(span(line, 0, 1), "│", style);
            self.put(span(line, area.width - 1, 1), "│", style);
        }
        self.edge(top, &edges.title, &edges.mark);
        self.edge(bottom, &edges.remark, &edges.note);
        inside(area)
    }

    fn edge(&mut self, at: Rect, left: &Words, right: &Words) {
        let pad = |words: &Words| {
            if words.is_empty() {
                Words::new()
            } else {
                Words::new().plain(" ").and(words.clone()).plain(" ")
            }
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
        self.put(at, &format!("├{across}┤"), self.theme.style(Tone::Quiet));
        self.edge(at, &Words::new(), note);
    }

    /// Draws an empty box over the middle of the screen, no larger than it, and returns its inside.
    pub(super) fn popup(&mut self, screen: Rect, size: (usize, usize), edges: &Edges) -> Rect {
        let fit = |wanted: usize, room: u16| u16::try_from(wanted).unwrap_or(u16::MAX).min(room);
        let width = fit(size.0 + 4, screen.width);
        let height = fit(size.1 + 2, screen.height.saturating_sub(2));
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

    /// Draws lines from the top, as many as fit.
    pub(super) fn lines(&mut self, area: Rect, lines: &[Words]) {
        for (y, words) in (0..area.height).zip(lines) {
            self.line(row(area, y), words);
        }
    }

    /// Marks the row under the cursor: the glyph in its first column, the whole line in one style.
    pub(super) fn cursor_row(&mut self, at: Rect) {
        self.cursor_line(at);
        let style = self.theme.style(Tone::Cursor);
        self.put(span(at, 0, 1), glyph::CURSOR, style);
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
            title: Words::new().strong(title),
            ..Self::default()
        }
    }

    /// With a note below.
    pub(super) fn noted(mut self, note: impl AsRef<str>) -> Self {
        self.note = Words::new().quiet(note);
        self
    }
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
