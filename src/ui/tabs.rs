//! The second line: tabs with their counts, what is filtered and sorted; or the filter being typed.

use jiff::Timestamp;
use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::lanes::Lane;
use crate::app::listing::{Health, SourceState};
use crate::app::table::{StatusChips, Tab};
use crate::domain::resource::Group;
use crate::domain::text::grouped;
use crate::domain::time::time_of_day;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, joined, quiet, say, strong};
use crate::ui::{field, glyph};

/// Between the parts of the line.
const GAP: &str = "  ";

/// Draws the line.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    if let Some((input, _)) = &model.browse.typing {
        let label = strong(" filter ").say(Tone::Mark, "/");
        let state = match &model.browse.complaint {
            Some(_) => say(Tone::Warn, " ! cannot be read "),
            None => quiet(format!(" {} ", matching(model))),
        };
        field::one_line(canvas, area, &label, input, &state);
        return;
    }
    canvas.line(area, &composed(model, area.width).0);
}

/// The line, and what of the filter found no room in it: that stands in the edge of the table, so that
/// no filter works unseen.
fn composed(model: &Model, columns: u16) -> (Words, Words) {
    let room = usize::from(columns);
    let mut line = tabs(model, columns);
    let mut rest = Vec::new();
    // The table's heads say the sort as well, and the header how old the rows are.
    let parts = [
        (true, filter(model)),
        (true, status(model)),
        (true, hidden(model)),
        (false, sort(model)),
        (false, stale(model)),
    ];
    for (must_be_seen, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
        if line.width() + GAP.len() + part.width() <= room {
            line = line.plain(GAP).and(part);
        } else if must_be_seen {
            rest.push(part);
        }
    }
    (line, joined(rest, glyph::DOT))
}

/// What of the filter the line has no room for.
pub(super) fn left_over(model: &Model, columns: u16) -> Words {
    composed(model, columns).1
}

/// `11 of 412 match`, or the number of rows where nothing is filtered away.
pub(super) fn matching(model: &Model) -> String {
    let (shown, all) = (model.browse.view.rows.len(), of_tab(model));
    if shown == all {
        counted(model, model.browse.query.tab)
    } else {
        format!("{} of {} match", grouped(shown), grouped(all))
    }
}

/// How many rows the open tab has, whatever the filter.
pub(super) fn of_tab(model: &Model) -> usize {
    count(model, model.browse.query.tab)
}

fn count(model: &Model, of: Tab) -> usize {
    let mut counts = Tab::ALL.into_iter().zip(model.browse.view.tabs);
    let count = counts.find(|(tab, _)| *tab == of);
    count.map_or(0, |(_, count)| count)
}

fn tabs(model: &Model, columns: u16) -> Words {
    let mut line = Words::new();
    for (digit, tab) in Tab::ALL.into_iter().enumerate() {
        let letters = if columns < 100 { 4 } else { 12 };
        let text = format!("{digit} {:.letters$} {}", tab.title(), counted(model, tab));
        line = if tab == model.browse.query.tab {
            line.strong(format!("[{text}]"))
        } else {
            line.plain(format!(" {text} "))
        };
    }
    line
}

/// How many rows a tab has: with `*` where some of its sources fail or were never read, and no number
/// where none was: 0 is what a platform said.
fn counted(model: &Model, tab: Tab) -> String {
    let is_of = |lane: &&Lane| {
        lane.connection
            .platform
            .kinds()
            .iter()
            .any(|kind| tab.holds(*kind))
    };
    let lanes: Vec<&Lane> = model.lanes.all().iter().filter(is_of).collect();
    let on = || lanes.iter().filter(|lane| lane.is_on);
    let sources = on().flat_map(|lane| &lane.sources);
    let sources: Vec<&SourceState> = sources
        .filter(|state| tab.holds(state.source.kind))
        .collect();
    let read = sources
        .iter()
        .filter(|state| state.listing.is_some())
        .count();
    let is_known = on().all(|lane| !lane.sources.is_empty());
    let is_empty = sources.is_empty() && is_known && on().count() == lanes.len();
    if read == 0 && !is_empty {
        return glyph::NONE.to_owned();
    }
    let is_live = |state: &&SourceState| matches!(state.health, Health::Live);
    let is_whole = is_known && sources.iter().all(is_live);
    format!(
        "{}{}",
        grouped(count(model, tab)),
        if is_whole { "" } else { "*" }
    )
}

fn status(model: &Model) -> Words {
    let query = &model.browse.query;
    let words = if query.filter.names_status() {
        "by filter".to_owned()
    } else {
        query.chips.title()
    };
    quiet("status: ").plain(words)
}

fn filter(model: &Model) -> Words {
    if model.browse.typed.is_empty() {
        return Words::new();
    }
    say(Tone::Mark, format!("/{}", model.browse.typed))
}

/// `ended 31 · failed 4 hidden`, while *live* is the filter.
fn hidden(model: &Model) -> Words {
    let query = &model.browse.query;
    if query.filter.names_status() || query.chips != StatusChips::default() {
        return Words::new();
    }
    let view = &model.browse.view;
    let counts = [Group::Ended, Group::Failed].map(|group| (group, view.in_group(group)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let words = counts.map(|(group, count)| quiet(format!("{} {}", group.word(), grouped(count))));
    let words = joined(words, glyph::DOT);
    let end = if words.is_empty() { "" } else { " hidden" };
    words.quiet(end)
}

fn sort(model: &Model) -> Words {
    let title = if model.browse.only_marked {
        "as marked".to_owned()
    } else {
        model.browse.query.sort.title()
    };
    quiet("sort: ").plain(title)
}

fn stale(model: &Model) -> Words {
    let oldest: Option<Timestamp> = stale_sources(model)
        .filter_map(|state| state.listing.as_ref().map(|listing| listing.at))
        .min();
    let Some(oldest) = oldest else {
        return Words::new();
    };
    say(Tone::Warn, format!("* as of {:.5}", time_of_day(oldest)))
}

/// Sources that fail while rows of theirs are still shown.
pub(super) fn stale_sources(model: &Model) -> impl Iterator<Item = &SourceState> {
    let sources = model.lanes.sources();
    sources.filter(|state| state.is_stale() && state.listing.is_some())
}
