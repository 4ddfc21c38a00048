//! Every color, by meaning, and what becomes of it without colors. Panes name a `Tone`; only this file
//! knows what it looks like.
//!
//! Without a known background only the terminal's own 16 colors are used, and never a fixed background or a
//! black or white text. On a known one they are colors of the fixed 256 that stand out from it. A tone
//! never carries meaning alone: a word or a glyph says the same.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};

use crate::app::Background;
use crate::app::facts::Weight;
use crate::app::listing::Health;
use crate::app::trouble::PlatformHealth;
use crate::domain::resource::Group;
use crate::domain::tracking::Tracking;
use crate::ui::glyph;

/// How a screen looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colors: bool,
    unicode: bool,
    background: Option<Background>,
}

/// What stands for the terminal's colors on a dark and on a light background, of the 256: each has a
/// contrast of 4.5 and more.
const PAIR: [(Color, u8, u8); 7] = [
    (Color::DarkGray, 248, 240),
    (Color::Green, 77, 22),
    (Color::Cyan, 80, 24),
    (Color::Magenta, 176, 90),
    (Color::Yellow, 221, 94),
    (Color::Red, 210, 124),
    (Color::LightBlue, 111, 25),
];

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
        Self {
            colors,
            unicode,
            background: None,
        }
    }

    /// With colors that can be read on that background.
    #[must_use]
    pub const fn on(self, background: Option<Background>) -> Self {
        Self { background, ..self }
    }

    /// Whether it has colors at all.
    pub const fn has_colors(self) -> bool {
        self.colors
    }

    /// The color as it is drawn.
    fn drawn(self, color: Color) -> Color {
        let Some((_, dark, light)) = PAIR.into_iter().find(|(own, ..)| *own == color) else {
            return color;
        };
        match self.background {
            None => color,
            Some(Background::Dark) => Color::Indexed(dark),
            Some(Background::Light) => Color::Indexed(light),
        }
    }

    /// Whether nothing but ASCII may leave.
    pub(super) const fn is_ascii(self) -> bool {
        !self.unicode
    }

    pub(super) fn style(self, tone: Tone) -> Style {
        let is_fixed = self.colors && self.background.is_some();
        let (color, modifier) = match tone {
            Tone::Quiet if is_fixed => (Some(Color::DarkGray), Modifier::empty()),
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
            Some(color) => style.fg(self.drawn(color)),
            None => style,
        }
    }

    /// The warning band of protected connections, in the color the configuration names.
    pub(super) fn band(self, color: Option<&str>) -> Style {
        let named = color.and_then(|name| Color::from_str(name).ok());
        let style = self.style(Tone::Badge);
        if self.colors {
            style.fg(self.drawn(named.unwrap_or(Color::Red)))
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

/// Sign, tone and word for how well a source is known.
type Known = (&'static str, Tone, &'static str);

const CONNECTING: Known = (glyph::CONNECTING, Tone::Busy, "connecting");
const LIVE: Known = (glyph::LIVE, Tone::Good, "live");
const STALE: Known = (glyph::STALE, Tone::Warn, "stale");
/// What has never answered, or will not by waiting.
const DOWN: Known = (glyph::DOWN, Tone::Bad, "down");
/// Switched off by the operator.
pub(super) const OFF: Known = (glyph::NONE, Tone::Quiet, "off");

pub(super) const fn of_health(health: &Health) -> Known {
    match health {
        Health::Connecting => CONNECTING,
        Health::Live => LIVE,
        Health::Stale(_) => STALE,
        Health::Down(_) => DOWN,
    }
}

/// The same for a platform, by the worst of its sources.
pub(super) fn of_platform(health: &PlatformHealth) -> Known {
    let (off, all) = health.off;
    match (&health.worst, health.oldest) {
        _ if off == all => OFF,
        (Some(trouble), _) if trouble.is_down => DOWN,
        (Some(_), _) => STALE,
        (None, None) => CONNECTING,
        (None, Some(_)) => LIVE,
    }
}

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
