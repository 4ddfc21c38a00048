//! What stands before a row: cursor, mark, and the one flag that matters most.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::selection::Mark;
use crate::domain::resource::{Key, Resource};
use crate::ui::canvas::{Canvas, span};
use crate::ui::glyph;
use crate::ui::theme::Tone;

/// What decides about the flags of every row of a frame.
pub(super) struct Flags<'a> {
    /// Rows that a batch of this run is moving.
    moving: Vec<&'a Key>,
    /// The range being marked or unmarked: first row, last row, whether it marks.
    range: Option<(usize, usize, bool)>,
}

impl<'a> Flags<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let rows = model.followed().flat_map(|(_, run)| run.report.rows());
        let moving = rows.filter(|row| row.is_moving());
        let marks = model.browse.range.as_ref().map(|range| range.marks);
        let range = model.range_span().zip(marks);
        Self {
            moving: moving.map(|row| &row.row.key).collect(),
            range: range.map(|((first, last), marks)| (first, last, marks)),
        }
    }

    /// Draws mark and flag into the last two columns of the prefix.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        at: Rect,
        prefix: u16,
        index: usize,
        row: &Resource,
        mark: Option<&Mark>,
    ) {
        let (sign, tone) = self.mark(index, row, mark);
        canvas.put(span(at, prefix - 2, 1), sign, tone);
        let (flag, tone) = self.flag(row, mark);
        canvas.put(span(at, prefix - 1, 1), flag, tone);
    }

    fn mark(&self, index: usize, row: &Resource, mark: Option<&Mark>) -> (&'static str, Tone) {
        let in_range = self
            .range
            .filter(|(first, last, _)| (*first..=*last).contains(&index));
        match (in_range, mark) {
            (Some((_, _, true)), None) => (glyph::WILL_MARK, Tone::Mark),
            (Some((_, _, false)), Some(_)) => (glyph::WILL_UNMARK, Tone::Mark),
            (_, Some(_)) => (glyph::MARKED, Tone::Mark),
            (_, None) if !row.key.id.is_sound() => (" ", Tone::Quiet),
            (_, None) => (glyph::UNMARKED, Tone::Quiet),
        }
    }

    fn flag(&self, row: &Resource, mark: Option<&Mark>) -> (&'static str, Tone) {
        if mark.is_some_and(|mark| mark.gone.is_some()) {
            (glyph::GONE, Tone::Bad)
        } else if mark.is_some_and(|mark| mark.changed.is_some()) {
            (glyph::CHANGED, Tone::Warn)
        } else if row.attention {
            (glyph::ATTENTION, Tone::Warn)
        } else if self.moving.contains(&&row.key) {
            (glyph::MOVING, Tone::Busy)
        } else {
            (" ", Tone::Plain)
        }
    }
}
