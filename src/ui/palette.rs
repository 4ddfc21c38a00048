//! The command line, and the two lists that have no key of their own: sources and messages.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::listing::SourceState;
use crate::app::palette::Palette;
use crate::domain::time::{short_span, time_of_day};
use crate::ui::canvas::{Canvas, Edges, stacked};
use crate::ui::choices::list;
use crate::ui::scroll::Scroll;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, grouped, wrapped};
use crate::ui::{field, glyph};

/// Columns of the popups' inside, where there is room.
const WIDTH: usize = 100;

/// Draws the line being typed over the commands that fit.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, palette: &Palette) {
    let fitting = palette.fitting().into_iter();
    let lines: Vec<Words> = fitting
        .map(|named| {
            let (help, key) = named.says();
            let line = Words::new().plain("  ").strong(named.name).pad_to(13);
            line.quiet(key).plain(" ").pad_to(18).plain(help)
        })
        .collect();
    let size = (78, lines.len() + 1);
    let inner = canvas.popup(screen, size, &Edges::titled("command"));
    let [first, below] = stacked(inner, [1, inner.height]);
    let label = Words::new().say(Tone::Mark, ":");
    field::one_line(canvas, first, &label, &palette.input, &Words::new());
    let scroll = Scroll {
        cursor: palette.cursor..palette.cursor + 1,
        tail: 0,
        lines,
    };
    scroll.draw(canvas, below);
}

/// Draws every source with its state, and how many requests each connection sends a minute.
pub(super) fn sources(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let entries = model
        .lanes
        .sources()
        .map(|state| source(model, state, columns));
    let mut scroll = scrolled(entries, cursor);
    let counts = model.lanes.all().iter().map(|lane| {
        let name = &lane.connection.name;
        let count = model.requests.get(name).copied().unwrap_or(0);
        Words::new().plain(format!("{name} {count}"))
    });
    let head = Words::new().plain("  ").quiet("requests a minute: ");
    let counts = flow(head, counts.collect(), glyph::DOT, columns);
    scroll.tail = counts.len();
    scroll.lines.extend(counts);
    list(canvas, screen, columns, &scroll, Edges::titled("sources"));
}

/// An entry of several lines each, with the cursor on one entry.
fn scrolled(entries: impl Iterator<Item = Vec<Words>>, cursor: usize) -> Scroll {
    let mut scroll = Scroll::default();
    for (place, lines) in entries.enumerate() {
        let first = scroll.lines.len();
        scroll.lines.extend(lines);
        if place == cursor {
            scroll.cursor = first..scroll.lines.len();
        }
    }
    scroll
}

fn source(model: &Model, state: &SourceState, columns: usize) -> Vec<Words> {
    let (sign, tone, word) = theme::of_health(Some(&state.health));
    let listing = state.listing.as_ref();
    let rows = listing.map_or_else(String::new, |listing| {
        let age = short_span(model.now.moment.since(listing.finished));
        format!("{:>7} rows  {age:>4} ago", grouped(listing.rows().len()))
    });
    let next = match (state.reading, state.next) {
        _ if model.lanes.held => "held".to_owned(),
        (Some(_), _) => "reading".to_owned(),
        (None, Some(next)) => format!("next in {} s", seconds_until(next, model.now)),
        (None, None) => "waits for you".to_owned(),
    };
    let name = state.source.to_string();
    let name_columns = columns.saturating_sub(53).max(20);
    let line = Words::new()
        .plain("  ")
        .say(tone, format!("{sign} {word:<10} "))
        .plain(crate::domain::text::cut(&name, name_columns))
        .pad_to(15 + name_columns)
        .plain(rows)
        .plain("  ")
        .quiet(next);
    let error = state.health.error().map(ToString::to_string);
    let error = wrapped(&error.unwrap_or_default(), columns.saturating_sub(6));
    let errors = error.into_iter();
    let errors = errors.map(|line| Words::new().pad_to(5).say(Tone::Warn, line));
    [line].into_iter().chain(errors).collect()
}

/// Draws what was said in this run, newest first.
pub(super) fn messages(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let said = model.said.iter().rev();
    let entries = said.map(|(at, text)| {
        let mut lead = Words::new().plain("  ").quiet(time_of_day(*at));
        let lines = wrapped(text, columns.saturating_sub(13)).into_iter();
        lines
            .map(|line| std::mem::take(&mut lead).pad_to(12).plain(line))
            .collect()
    });
    let mut scroll = scrolled(entries, cursor);
    if scroll.lines.is_empty() {
        scroll
            .lines
            .push(Words::new().quiet("nothing was said yet"));
    }
    list(canvas, screen, columns, &scroll, Edges::titled("messages"));
}
