//! A list that is longer than its room: which part of it is shown, with the cursor in sight.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::ui::canvas::{Canvas, Edges, fit, row};
use crate::ui::words::{Words, quiet};

/// Lines, and which of them the cursor is on.
#[derive(Default)]
pub(super) struct Scroll {
    pub(super) lines: Vec<Words>,
    pub(super) cursor: Range<usize>,
    /// Lines at the end that the cursor never stands on; they come into sight with the line before them.
    pub(super) tail: usize,
}

impl Scroll {
    /// Entries of one line each.
    pub(super) fn of_lines(lines: impl IntoIterator<Item = Words>, cursor: usize) -> Self {
        Self::of(lines.into_iter().map(|line| vec![line]), cursor)
    }

    /// Entries of several lines each, with the cursor on one of them.
    pub(super) fn of(entries: impl IntoIterator<Item = Vec<Words>>, cursor: usize) -> Self {
        let mut scroll = Self::default();
        for (place, lines) in entries.into_iter().enumerate() {
            scroll.add(lines, place == cursor);
        }
        scroll
    }

    /// Adds lines that the cursor is on, or is not.
    pub(super) fn add(&mut self, lines: impl IntoIterator<Item = Words>, has_cursor: bool) {
        let first = self.lines.len();
        self.lines.extend(lines);
        if has_cursor && self.cursor.is_empty() {
            self.cursor.start = first;
        }
        if has_cursor {
            self.cursor.end = self.lines.len();
        }
    }

    /// With lines at the end that belong to no entry.
    pub(super) fn with_tail(mut self, lines: Vec<Words>) -> Self {
        self.tail = lines.len();
        self.lines.extend(lines);
        self
    }

    /// Draws the lines in a popup, as many as fit, with the cursor in sight.
    pub(super) fn popup(&self, canvas: &mut Canvas, screen: Rect, width: usize, mut edges: Edges) {
        let height = fit(self.lines.len()).min(screen.height.saturating_sub(4));
        edges.mark = self.more(height);
        let inner = canvas.popup(screen, (width, usize::from(height)), &edges);
        self.draw(canvas, inner);
    }

    /// The lines that are shown in a room of that height: the cursor stands in the middle, except near
    /// the ends.
    pub(super) fn window(&self, height: u16) -> Range<usize> {
        let (len, height) = (self.lines.len(), usize::from(height));
        let spare = height.saturating_sub(self.cursor.len());
        let first = self.cursor.start.saturating_sub(spare / 2);
        let last = len.saturating_sub(height);
        let is_at_end = self.tail > 0 && self.cursor.end + self.tail >= len;
        let first = if is_at_end {
            last.min(self.cursor.start)
        } else {
            first.min(last)
        };
        first..(first + height).min(len)
    }

    /// Draws what fits; the cursor's lines stand out.
    pub(super) fn draw(&self, canvas: &mut Canvas, area: Rect) {
        for (y, place) in (0..area.height).zip(self.window(area.height)) {
            let at = row(area, y);
            canvas.line(at, &self.lines[place]);
            if place == self.cursor.start && !self.cursor.is_empty() {
                canvas.cursor_row(at);
            } else if self.cursor.contains(&place) {
                canvas.cursor_line(at);
            }
        }
    }

    /// What the edge says of the lines out of sight.
    pub(super) fn more(&self, height: u16) -> Words {
        let window = self.window(height);
        let below = self.lines.len() - window.end;
        match (window.start, below) {
            (0, 0) => Words::new(),
            (0, below) => quiet(format!("{below} more ↓")),
            (above, 0) => quiet(format!("{above} more ↑")),
            (above, below) => quiet(format!("{above} more ↑ · {below} more ↓")),
        }
    }
}
