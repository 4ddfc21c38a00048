//! Parts of an inspection, small enough for a screen.

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Line, Part};
use crate::domain::text::Clean;
use crate::platforms::loose::shortened;

/// Lines of one part that are kept.
pub(super) const MOST_LINES: usize = 1_000;

/// Characters of one line that are kept.
const LONGEST_LINE: usize = 2_000;

/// What came of asking, with what the operator should know of it.
pub(super) fn part(
    title: &'static str,
    lines: Result<Vec<Line>, PlatformError>,
    note: Option<String>,
) -> Part {
    let note = note.map(|note| Clean::new(&note));
    capped(Part { title, lines, note })
}

/// The part without what is past the caps, which its note says.
pub(super) fn capped(part: Part) -> Part {
    let Ok(mut lines) = part.lines else {
        return part;
    };
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    for line in &mut lines {
        line.text = shortened(line.text.as_str(), LONGEST_LINE);
    }
    let cut = (more > 0).then(|| format!("{more} more lines are not shown"));
    let notes = part.note.iter().map(ToString::to_string).chain(cut);
    let notes: Vec<String> = notes.collect();
    Part {
        title: part.title,
        lines: Ok(lines),
        note: (!notes.is_empty()).then(|| Clean::new(&notes.join("; "))),
    }
}
