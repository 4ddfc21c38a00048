//! Lists of an inspection, short enough for a screen.

use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Line, Part};
use crate::domain::text::Clean;
use crate::platforms::http;

/// Lines of one list that are kept.
pub(super) const MOST_LINES: usize = 1_000;

/// What came of asking, the oldest first, with what the operator should know of it: also that only the newest lines
/// are kept.
pub(super) fn part(
    title: &'static str,
    mut lines: Result<Vec<Line>, PlatformError>,
    mut note: Option<String>,
) -> Part {
    if let Ok(lines) = &mut lines {
        let older = lines.len().saturating_sub(MOST_LINES);
        lines.drain(..older);
        if older > 0 {
            let before = note.map_or_else(String::new, |note| format!("{note}; "));
            note = Some(format!("{before}{older} older lines are not shown"));
        }
    }
    let note = note.map(|note| Clean::new(&note));
    Part { title, lines, note }
}

/// The list in an answer; null is what Go makes of an empty one. Without it the answer is none, so never an empty
/// list.
pub(super) fn entries(answer: &mut Value, member: &str) -> Result<Vec<Value>, PlatformError> {
    match answer.get_mut(member).map(Value::take) {
        Some(Value::Array(entries)) => Ok(entries),
        Some(Value::Null) => Ok(Vec::new()),
        Some(_) | None => Err(http::unreadable(&format!("it has no list `{member}`"))),
    }
}
