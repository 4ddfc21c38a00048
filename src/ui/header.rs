//! The first line: where one is, whether anything can be changed, how each platform does.

use ratatui::layout::Rect;

use crate::app::lanes::{Discovery, PlatformHealth, seconds_until};
use crate::app::listing::Health;
use crate::app::{Model, Screen};
use crate::domain::connection::PlatformId;
use crate::domain::error::PlatformError;
use crate::domain::plan::LIMIT;
use crate::domain::time::{Moment, long_span, short_span};
use crate::ui::canvas::{Canvas, fit, span};
use crate::ui::glyph;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, plain, strong};

/// How much is said, from most to least; the first that fits is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    Causes,
    Words,
    Ages,
    Letters,
}

impl Detail {
    const ALL: [Self; 4] = [Self::Causes, Self::Words, Self::Ages, Self::Letters];
}

/// Draws the header.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let most = usize::from(area.width);
    let fits = |detail: &Detail| {
        let (start, band, rest, end) = pieces(model, *detail, area.width);
        start.width() + band.len() + rest.width() + end.width() < most
    };
    let detail = Detail::ALL.into_iter().find(fits);
    let (start, band, rest, end) = pieces(model, detail.unwrap_or(Detail::Letters), area.width);
    let gap = fit(start.width() + band.len());
    let line = start.pad_to(usize::from(gap)).and(rest);
    canvas.sides(area, &line, &end);
    let width = fit(band.len());
    let at = span(area, gap.saturating_sub(width), width);
    let protected = model.protected();
    canvas.band(
        at,
        band,
        protected.and_then(|connection| connection.color.as_deref()),
    );
}

/// The line in four pieces: name and DEMO, the band of protected connections, the rest, the right end.
fn pieces(model: &Model, detail: Detail, columns: u16) -> (Words, &'static str, Words, Words) {
    let mut start = Words::new();
    if detail < Detail::Letters {
        start = start.strong(" centurion ");
    }
    start = start.plain(" ");
    if model.demo {
        start = start.say(Tone::Badge, " DEMO ").plain(" ");
    }
    let writable = model.lanes.may_change();
    let protected = model.protected().is_some();
    let band = if protected { " PROD " } else { "" };
    let mut rest = Words::new();
    if !model.lanes.all().is_empty() {
        rest = standing(model, writable, protected, detail);
    }
    for health in model.lanes.health() {
        let gap = match detail {
            Detail::Causes | Detail::Words => "   ",
            Detail::Ages => "  ",
            Detail::Letters => " ",
        };
        rest = rest.plain(gap).and(platform(model, &health, detail));
    }
    if model.lanes.held {
        let words = if detail < Detail::Ages {
            "refresh held"
        } else {
            "held"
        };
        rest = rest.plain("  ").say(Tone::Warn, words);
    }
    (start, band, rest, end(model, detail, columns))
}

fn standing(model: &Model, writable: bool, protected: bool, detail: Detail) -> Words {
    let words = match (writable, model.journal_problem.is_some()) {
        (true, false) if detail < Detail::Ages => "read-write",
        (true, false) => "rw",
        (false, _) if detail < Detail::Ages => "read-only",
        (false, _) => "ro",
        (true, true) => "nothing can be sent",
    };
    let gap = if protected && detail < Detail::Ages {
        " "
    } else {
        ""
    };
    plain(gap).quiet(words)
}

/// The batches that go on behind this screen, and in narrow lists the number of marks.
fn end(model: &Model, detail: Detail, columns: u16) -> Words {
    let mut end = Words::new();
    let (rows, batches) = model.moving();
    if rows > 0 && !matches!(model.screen, Screen::Results(_)) {
        let chip = match (detail, batches) {
            (Detail::Ages | Detail::Letters, _) => format!("{} {rows} moving", glyph::BATCHES),
            (Detail::Causes | Detail::Words, 1) => {
                format!("{} 1 batch · {rows} moving", glyph::BATCHES)
            }
            (Detail::Causes | Detail::Words, _) => {
                format!("{} {batches} batches · {rows} moving", glyph::BATCHES)
            }
        };
        end = end.say(Tone::Busy, chip).plain(" ");
    }
    if counts_marks(columns) && matches!(model.screen, Screen::Browse) {
        let count = format!(" {}/{LIMIT} marked ", model.selection.len());
        end = end.say(Tone::Mark, count);
    }
    end
}

/// Whether the number of marks stands in the header; else it stands in the line of marks.
pub(super) const fn counts_marks(columns: u16) -> bool {
    80 <= columns && columns < 100
}

fn platform(model: &Model, health: &PlatformHealth, detail: Detail) -> Words {
    let label = match detail {
        Detail::Causes | Detail::Words | Detail::Ages => health.platform.label(),
        Detail::Letters => letter(health.platform),
    };
    let state = State::of(model, health);
    let mut words = strong(label).plain(" ").say(state.tone, state.sign);
    if detail < Detail::Ages || state.age.is_none() {
        let is_long = detail >= Detail::Ages && state.word == "connecting";
        let word = if is_long { glyph::MOVING } else { state.word };
        words = words.say(state.tone, format!(" {word}"));
    }
    if let Some(age) = state.age {
        words = words.plain(format!(" {age}"));
    }
    if detail == Detail::Causes {
        words = words.quiet(state.cause);
    }
    words
}

/// A platform by one letter, for narrow screens.
pub(super) const fn letter(platform: PlatformId) -> &'static str {
    match platform {
        PlatformId::SapAiCore => "S",
        PlatformId::RunAi => "R",
        PlatformId::Kubiya => "K",
    }
}

/// How a platform does, in the words of `UX.md` 4.
struct State {
    sign: &'static str,
    tone: Tone,
    word: &'static str,
    age: Option<String>,
    cause: String,
}

impl State {
    fn of(model: &Model, health: &PlatformHealth) -> Self {
        let lost = undiscovered(model, health.platform);
        let worst = health.worst.filter(|_| lost.is_none());
        let (sign, tone, word) = if lost.is_some() {
            theme::DOWN
        } else {
            theme::of_health(worst)
        };
        let since = health.oldest.map(|oldest| model.now.moment.since(oldest));
        let age = match worst {
            Some(Health::Live) => since.map(short_span),
            Some(Health::Stale(_)) => since.map(|span| long_span(span).replace(' ', "")),
            None | Some(Health::Connecting | Health::Down(_)) => None,
        };
        let error = worst
            .and_then(Health::error)
            .map(|error| (error, health.next));
        let cause = lost
            .or(error)
            .map(|(error, next)| cause(model, error, next));
        Self {
            sign,
            tone,
            word,
            age,
            cause: cause.unwrap_or_default(),
        }
    }
}

/// The failure of a lane that does not know its sources yet.
fn undiscovered(model: &Model, platform: PlatformId) -> Option<(&PlatformError, Option<Moment>)> {
    let mut lanes = model.lanes.all().iter();
    lanes.find_map(|lane| match &lane.discovery {
        Discovery::Failed(error, next) if lane.connection.platform == platform => {
            Some((error, *next))
        }
        Discovery::Failed(..) | Discovery::Known | Discovery::Unasked | Discovery::Asking => None,
    })
}

fn cause(model: &Model, error: &PlatformError, next: Option<Moment>) -> String {
    let cause = error.short();
    match next.map(|next| seconds_until(next, model.now)) {
        None => format!(" ({cause}), L signs in again"),
        Some(0) => format!(" ({cause}), trying now"),
        Some(seconds) => format!(" ({cause}), retry in {seconds}s"),
    }
}
