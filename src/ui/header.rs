//! The first line: where one is, whether anything can be changed, how each platform does.

use ratatui::layout::Rect;

use crate::app::trouble::{PlatformHealth, next_try};
use crate::app::{Model, Screen};
use crate::domain::connection::PlatformId;
use crate::domain::plan::LIMIT;
use crate::domain::text::counted;
use crate::domain::time::{long_span, short_span};
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

    /// The first where words are written out, else the second.
    fn either<'a>(self, long: &'a str, short: &'a str) -> &'a str {
        if self < Self::Ages { long } else { short }
    }
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
    let is_short = detail == Detail::Letters;
    let mut start = strong(if is_short { "" } else { " centurion " }).plain(" ");
    if model.demo {
        start = start.say(Tone::Badge, " DEMO ").plain(" ");
    }
    let writable = model.lanes.may_change();
    let protected = model.protected().is_some();
    let band = if protected { " PROD " } else { "" };
    let mut rest = plain(detail.either(if protected { " " } else { "" }, ""));
    if !model.lanes.all().is_empty() {
        rest = rest.quiet(standing(model, writable, detail));
    }
    for health in model.lanes.health() {
        let gap = detail.either("   ", if is_short { " " } else { "  " });
        rest = rest.plain(gap).and(platform(model, &health, detail));
    }
    if model.lanes.held {
        let words = detail.either("refresh held", "held");
        rest = rest.plain("  ").say(Tone::Warn, words);
    }
    (start, band, rest, end(model, detail, columns))
}

fn standing(model: &Model, writable: bool, detail: Detail) -> &'static str {
    match (writable, model.journal_problem.is_some()) {
        (true, false) => detail.either("read-write", "rw"),
        (false, _) => detail.either("read-only", "ro"),
        (true, true) => "nothing can be sent",
    }
}

/// The batches that go on behind this screen, and in narrow lists the number of marks.
fn end(model: &Model, detail: Detail, columns: u16) -> Words {
    let mut end = Words::new();
    let (rows, batches) = model.awaited();
    if batches > 0 && !matches!(model.screen, Screen::Results(_)) {
        let batches = counted(batches, "batch · ", "batches · ");
        let behind = detail.either(&batches, "");
        let chip = format!("{} {behind}{}", glyph::BATCHES, rows.words("moving"));
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
        Detail::Letters => letter(health.platform),
        Detail::Causes | Detail::Words | Detail::Ages => health.platform.label(),
    };
    let (sign, tone, word) = theme::of_platform(health);
    let (off, connections) = health.off;
    let since = health.oldest.map(|oldest| model.now.moment.since(oldest));
    let age = match &health.worst {
        None => since.map(short_span),
        Some(trouble) if trouble.is_down => None,
        Some(_) => since.map(|span| long_span(span).replace(' ', "")),
    };
    let is_partly_off = 0 < off && off < connections;
    let off = is_partly_off.then(|| format!("{off}/{connections} off"));
    let parts = [
        (tone, state(health, detail, word, age.is_some())),
        (Tone::Plain, age.unwrap_or_default()),
        (Tone::Quiet, off.unwrap_or_default()),
    ];
    let mut words = strong(label).plain(" ").say(tone, sign);
    for (tone, text) in parts {
        let gap = if text.is_empty() { "" } else { " " };
        words = words.say(tone, format!("{gap}{text}"));
    }
    match &health.worst {
        Some(trouble) if detail == Detail::Causes => {
            let (cause, next) = (
                trouble.error.short(),
                next_try(trouble.next, model.lanes.held, model.now),
            );
            words.quiet(format!(" ({cause}), {next}"))
        }
        Some(_) | None => words,
    }
}

/// The word for how a platform does, shorter or not at all where there is little room and its sign or age tell.
fn state(health: &PlatformHealth, detail: Detail, word: &str, has_age: bool) -> String {
    let (off, connections) = health.off;
    match health.failing {
        (failing, all) if 0 < failing && failing < all => {
            let part = detail.either(" of ", "/");
            let sources = detail.either(" sources", "");
            format!("{failing}{part}{all}{sources} {word}")
        }
        _ if has_age => detail.either(word, "").to_owned(),
        _ if health.worst.is_none() && off < connections => {
            detail.either(word, glyph::MOVING).to_owned()
        }
        _ => word.to_owned(),
    }
}

/// A platform by one letter, for narrow screens.
pub(super) const fn letter(platform: PlatformId) -> &'static str {
    match platform {
        PlatformId::SapAiCore => "S",
        PlatformId::RunAi => "R",
        PlatformId::Kubiya => "K",
    }
}
