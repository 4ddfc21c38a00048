//! The command line, and the two lists that have no key of their own: sources and messages.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::listing::SourceState;
use crate::app::palette::Palette;
use crate::domain::time::{short_span, time_of_day};
use crate::ui::canvas::{Canvas, Edges, stacked};
use crate::ui::scroll::Scroll;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, grouped, hanging, plain, quiet, say};
use crate::ui::{field, glyph};

/// Columns of the popups' inside, where there is room.
const WIDTH: usize = 100;

/// Draws the line being typed over the commands that fit.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, palette: &Palette) {
    let fitting = palette.fitting().into_iter();
    let lines: Vec<Words> = fitting
        .map(|named| {
            let (help, key) = named.says();
            let line = plain("  ").strong(named.name).pad_to(13);
            line.quiet(key).plain(" ").pad_to(18).plain(help)
        })
        .collect();
    let size = (78, lines.len() + 1);
    let inner = canvas.popup(screen, size, &Edges::titled("command"));
    let [first, below] = stacked(inner, [1, inner.height]);
    let label = say(Tone::Mark, ":");
    field::one_line(canvas, first, &label, &palette.input, &Words::new());
    Scroll::of_lines(lines, palette.cursor).draw(canvas, below);
}

/// Draws every source with its state, and how many requests each connection sends a minute.
pub(super) fn sources(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let entries = model
        .lanes
        .sources()
        .map(|state| source(model, state, columns));
    let counts = model.lanes.all().iter().map(|lane| {
        let name = &lane.connection.name;
        let count = model.requests.get(name).copied().unwrap_or(0);
        plain(format!("{name} {count}"))
    });
    let head = plain("  ").quiet("requests a minute: ");
    let counts = flow(head, counts.collect(), glyph::DOT, columns);
    let scroll = Scroll::of(entries, cursor).with_tail(counts);
    scroll.popup(canvas, screen, columns, Edges::titled("sources"));
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
    let line = plain("  ")
        .say(tone, format!("{sign} {word:<10} "))
        .plain(crate::domain::text::cut(&name, name_columns))
        .pad_to(15 + name_columns)
        .plain(rows)
        .plain("  ")
        .quiet(next);
    let error = state.health.error().map(ToString::to_string);
    let indent = Words::new().pad_to(5);
    let error = error.unwrap_or_default();
    let mut lines = hanging(
        indent,
        Tone::Warn,
        &error,
        columns.saturating_sub(1),
        usize::MAX,
    );
    lines.insert(0, line);
    lines
}

/// Draws what was said in this run, newest first.
pub(super) fn messages(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let said = model.said.iter().rev();
    let entries = said.map(|(at, text)| {
        let lead = plain("  ").quiet(time_of_day(*at)).pad_to(12);
        hanging(
            lead,
            Tone::Plain,
            text,
            columns.saturating_sub(1),
            usize::MAX,
        )
    });
    let mut scroll = Scroll::of(entries, cursor);
    if scroll.lines.is_empty() {
        scroll.lines.push(quiet("nothing was said yet"));
    }
    scroll.popup(canvas, screen, columns, Edges::titled("messages"));
}
