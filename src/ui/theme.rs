//! Every color, by meaning, and what becomes of it without colors. Panes name a `Tone`; only this file
//! knows what it looks like.
//!
//! Only the terminal's own 16 colors are used, and never a fixed background or a black or white text, so
//! that light and dark terminals both stay readable. A tone never carries meaning alone: a word or a
//! glyph says the same.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};

use crate::app::facts::Weight;
use crate::app::listing::Health;
use crate::domain::resource::Group;
use crate::domain::tracking::Tracking;
use crate::ui::glyph;

/// How a screen looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colors: bool,
    unicode: bool,
}

/// What a piece of text is, for the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// The terminal's own text.
    #[default]
    Plain,
    /// Heads, counts, keys.
    Strong,
    /// Borders, labels, what is out of date.
    Quiet,
    /// Runs, reached, allowed.
    Good,
    /// On its way.
    Busy,
    /// Held, and may go on.
    Held,
    /// Wants a look.
    Warn,
    /// Refused, failed.
    Bad,
    /// What the operator marked or chose.
    Mark,
    /// The row under the cursor.
    Cursor,
    /// A label that must be seen first: DEMO, a notice.
    Badge,
}

impl Theme {
    /// With or without colors; with Unicode glyphs or with ASCII alone, borders and names included.
    pub const fn new(colors: bool, unicode: bool) -> Self {
        Self { colors, unicode }
    }

    /// Whether nothing but ASCII may leave.
    pub(super) const fn is_ascii(self) -> bool {
        !self.unicode
    }

    pub(super) fn style(self, tone: Tone) -> Style {
        let (color, modifier) = match tone {
            Tone::Plain => (None, Modifier::empty()),
            Tone::Strong => (None, Modifier::BOLD),
            Tone::Quiet => (None, Modifier::DIM),
            Tone::Good => (Some(Color::Green), Modifier::empty()),
            Tone::Busy => (Some(Color::Cyan), Modifier::empty()),
            Tone::Held => (Some(Color::Magenta), Modifier::empty()),
            Tone::Warn => (Some(Color::Yellow), Modifier::BOLD),
            Tone::Bad => (Some(Color::Red), Modifier::BOLD),
            Tone::Mark => (Some(Color::LightBlue), Modifier::BOLD),
            Tone::Cursor => (None, Modifier::REVERSED),
            Tone::Badge => (None, Modifier::REVERSED.union(Modifier::BOLD)),
        };
        let style = Style::new().add_modifier(modifier);
        match color.filter(|_| self.colors) {
            Some(color) => style.fg(color),
            None => style,
        }
    }

    /// The warning band of protected connections, in the color the configuration names.
    pub(super) fn band(self, color: Option<&str>) -> Style {
        let named = color.and_then(|name| Color::from_str(name).ok());
        let style = self.style(Tone::Badge);
        if self.colors {
            style.fg(named.unwrap_or(Color::Red))
        } else {
            style
        }
    }
}

/// The tone of a fact or a line of a page.
pub(super) const fn of_weight(weight: Weight) -> Tone {
    match weight {
        Weight::Plain => Tone::Plain,
        Weight::Strong => Tone::Strong,
        Weight::Quiet => Tone::Quiet,
        Weight::Good => Tone::Good,
        Weight::Warn => Tone::Warn,
    }
}

/// Sign, tone and word for how well a source is known; `None` before anything is known of it.
pub(super) const fn of_health(health: Option<&Health>) -> (&'static str, Tone, &'static str) {
    match health {
        None | Some(Health::Connecting) => (glyph::CONNECTING, Tone::Busy, "connecting"),
        Some(Health::Live) => (glyph::LIVE, Tone::Good, "live"),
        Some(Health::Stale(_)) => (glyph::STALE, Tone::Warn, "stale"),
        Some(Health::Down(_)) => DOWN,
    }
}

/// What has never answered, or will not by waiting.
pub(super) const DOWN: (&str, Tone, &str) = (glyph::DOWN, Tone::Bad, "down");

/// The tone of a group of statuses.
pub(super) const fn of_group(group: Group) -> Tone {
    match group {
        Group::Active => Tone::Good,
        Group::Moving => Tone::Busy,
        Group::Paused => Tone::Held,
        Group::Unknown => Tone::Warn,
        Group::Ended => Tone::Quiet,
        Group::Failed => Tone::Bad,
    }
}

/// The tone of what tracking shows.
pub(super) const fn of_tracking(tracking: Tracking) -> Tone {
    match tracking {
        Tracking::Waiting | Tracking::Moving => Tone::Busy,
        Tracking::Reached => Tone::Good,
        Tracking::Slow | Tracking::LostSight | Tracking::NotApplied | Tracking::Diverged => {
            Tone::Warn
        }
        Tracking::Reverted => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONES: [Tone; 11] = [
        Tone::Plain,
        Tone::Strong,
        Tone::Quiet,
        Tone::Good,
        Tone::Busy,
        Tone::Held,
        Tone::Warn,
        Tone::Bad,
        Tone::Mark,
        Tone::Cursor,
        Tone::Badge,
    ];

    #[test]
    fn no_tone_fixes_a_background_or_a_black_or_white_text() {
        let theme = Theme::new(true, true);
        for tone in TONES {
            let style = theme.style(tone);
            assert_eq!(style.bg, None, "{tone:?}");
            assert!(
                !matches!(style.fg, Some(Color::Black | Color::White | Color::Gray)),
                "{tone:?}"
            );
        }
    }
}
