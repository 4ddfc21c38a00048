//! A list that is longer than its room: which part of it is shown, with the cursor in sight.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::ui::canvas::{Canvas, row};
use crate::ui::words::Words;

/// Lines, and which of them the cursor is on.
#[derive(Default)]
pub(super) struct Scroll {
    pub(super) lines: Vec<Words>,
    pub(super) cursor: Range<usize>,
    /// Lines at the end that the cursor never stands on; they come into sight with the line before them.
    pub(super) tail: usize,
}

impl Scroll {
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
            (0, below) => Words::new().quiet(format!("{below} more ↓")),
            (above, 0) => Words::new().quiet(format!("{above} more ↑")),
            (above, below) => Words::new().quiet(format!("{above} more ↑ · {below} more ↓")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_always_in_sight() {
        for len in 1..30 {
            for cursor in 0..len {
                for height in 1..12 {
                    let scroll = Scroll {
                        lines: vec![Words::new(); len],
                        cursor: cursor..cursor + 1,
                        tail: 0,
                    };
                    let window = scroll.window(height);
                    assert!(window.contains(&cursor), "{cursor} of {len} in {height}");
                    assert!(window.len() == len.min(usize::from(height)));
                }
            }
        }
    }
}
