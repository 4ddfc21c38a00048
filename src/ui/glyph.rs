//! Every glyph, by meaning, and its stand-in where only ASCII may leave.

use ratatui::buffer::Buffer;

use crate::domain::resource::{Group, Status};
use crate::domain::tracking::Tracking;

pub(super) const MARKED: &str = "■";
pub(super) const UNMARKED: &str = "·";
pub(super) const CURSOR: &str = ">";
pub(super) const CHANGED: &str = "~";
pub(super) const ATTENTION: &str = "!";
pub(super) const GONE: &str = "✝";
pub(super) const MOVING: &str = "…";
pub(super) const WILL_MARK: &str = "+";
pub(super) const WILL_UNMARK: &str = "-";
pub(super) const LIVE: &str = "●";
pub(super) const STALE: &str = "◐";
pub(super) const CONNECTING: &str = "○";
pub(super) const DOWN: &str = "✗";
pub(super) const BATCHES: &str = "⟳";
pub(super) const OPEN: &str = "▾";
pub(super) const FOLDED: &str = "▸";
pub(super) const ARROW: &str = "→";
pub(super) const DOT: &str = " · ";
pub(super) const NONE: &str = "–";
pub(super) const FIELD: (&str, &str) = ("▏", "▕");
pub(super) const BAR_DONE: &str = "█";
pub(super) const BAR_OPEN: &str = "▒";
pub(super) const BAR_REST: &str = "░";

/// What stands in for each glyph, and for the few signs in words of the other layers.
const ASCII: &[(&str, &str)] = &[
    ("■", "#"),
    ("·", "."),
    ("✝", "+"),
    ("…", "~"),
    ("●", "*"),
    ("◐", "%"),
    ("○", "o"),
    ("✗", "x"),
    ("✓", "+"),
    ("▶", ">"),
    ("◌", "o"),
    ("‖", "="),
    ("⟳", "@"),
    ("▾", "v"),
    ("▸", ">"),
    ("→", ">"),
    ("←", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("≠", "="),
    ("–", "-"),
    ("—", "-"),
    ("×", "x"),
    ("▏", "["),
    ("▕", "]"),
    ("█", "#"),
    ("▒", "="),
    ("░", "."),
    ("─", "-"),
    ("│", "|"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("├", "+"),
    ("┤", "+"),
];

/// Puts a finished frame into ASCII, cell by cell, so that no text can slip through. What has no
/// stand-in becomes `?`; columns stay where they are.
pub(super) fn into_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().is_ascii() {
            continue;
        }
        let known = ASCII.iter().find(|(glyph, _)| *glyph == cell.symbol());
        cell.set_symbol(known.map_or("?", |(_, ascii)| ascii));
    }
}

/// Words of *active* rows that wait for their turn.
const WAITING: [&str; 4] = ["pending", "queued", "creating", "initializing"];

/// The glyph before a status word.
pub(super) fn of_status(status: &Status) -> &'static str {
    let word = status.word.as_str();
    match status.group {
        Group::Active if WAITING.iter().any(|wait| word.eq_ignore_ascii_case(wait)) => "◌",
        Group::Active => "▶",
        Group::Moving => MOVING,
        Group::Paused => "‖",
        Group::Unknown => "?",
        Group::Ended => "■",
        Group::Failed => DOWN,
    }
}

/// The glyph before what tracking shows.
pub(super) const fn of_tracking(tracking: Tracking) -> &'static str {
    match tracking {
        Tracking::Waiting => "◌",
        Tracking::Moving => MOVING,
        Tracking::Reached => "✓",
        Tracking::Slow | Tracking::Reverted => ATTENTION,
        Tracking::Diverged => "≠",
        Tracking::NotApplied => "○",
        Tracking::LostSight => "?",
    }
}
