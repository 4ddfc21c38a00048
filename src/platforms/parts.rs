//! Lists of an inspection, short enough for a screen.

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Line, Part};
use crate::domain::text::Clean;

/// Lines of one list that are kept.
pub(super) const MOST_LINES: usize = 1_000;

/// What came of asking, with what the operator should know of it: also that there is more than is kept.
pub(super) fn part(
    title: &'static str,
    mut lines: Result<Vec<Line>, PlatformError>,
    mut note: Option<String>,
) -> Part {
    if let Ok(lines) = &mut lines {
        let more = lines.len().saturating_sub(MOST_LINES);
        lines.truncate(MOST_LINES);
        if more > 0 {
            let before = note.map_or_else(String::new, |note| format!("{note}; "));
            note = Some(format!("{before}{more} more lines are not shown"));
        }
    }
    let note = note.map(|note| Clean::new(&note));
    Part { title, lines, note }
}
