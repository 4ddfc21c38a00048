//! The command line, and the two lists that have no key of their own: sources and messages.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::ids::{Ids, Stage};
use crate::app::lanes::{Lane, seconds_until};
use crate::app::listing::SourceState;
use crate::app::palette::Palette;
use crate::domain::text::grouped;
use crate::domain::time::{date_and_time, midnight, short_span, time_of_day};
use crate::ui::canvas::{Canvas, Edges, stacked};
use crate::ui::scroll::Scroll;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, hanging, plain, quiet, say};
use crate::ui::{field, glyph};

/// Columns of the popups' inside, where there is room.
const WIDTH: usize = 100;

/// Draws the line being typed over the commands that fit.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, palette: &Palette) {
    let fitting = palette.fitting().into_iter();
    let mut lines: Vec<Words> = fitting
        .map(|named| {
            let (help, key) = named.says();
            let line = plain("  ").strong(named.name).pad_to(13);
            line.quiet(key).plain(" ").pad_to(18).plain(help)
        })
        .collect();
    let mut cursor = palette.cursor;
    if lines.is_empty() {
        lines.push(say(Tone::Warn, palette.complaint()));
        cursor = lines.len();
    }
    let size = (78, lines.len() + 1);
    let inner = canvas.popup(screen, size, &Edges::titled("command"));
    let [first, below] = stacked(inner, [1, inner.height]);
    let label = say(Tone::Mark, ":");
    field::one_line(canvas, first, &label, &palette.input, &Words::new());
    Scroll::of_lines(lines, cursor).draw(canvas, below);
}

/// Draws the text that ids are picked from, or those of them that are not listed.
pub(super) fn ids(canvas: &mut Canvas, screen: Rect, ids: &Ids) {
    let say_state = match &ids.stage {
        Stage::Typing => plain(match ids.count() {
            0 => "Paste a text of any number of lines, or type ids.".to_owned(),
            count => {
                format!("ids in it: {count}. enter reads every source, then marks their rows.")
            }
        }),
        Stage::Reading(_) => say(Tone::Busy, "reading every source …   esc leaves"),
        Stage::Missing(lines, missing) => {
            let lines = lines.iter().map(|line| plain(format!("  {line}")));
            let edges = Edges::titled(match missing {
                0 => "not all was read".to_owned(),
                count => format!("{count} not found"),
            });
            let edges = edges.noted("esc closes; :messages keeps them");
            return Scroll::of_lines(lines, ids.cursor).popup(canvas, screen, 60, edges);
        }
    };
    let inner = canvas.popup(screen, (78, 2), &Edges::titled("ids"));
    let [first, below] = stacked(inner, [1, 1]);
    field::one_line(
        canvas,
        first,
        &say(Tone::Mark, "ids "),
        &ids.input,
        &Words::new(),
    );
    canvas.line(below, &say_state);
}

/// Draws every source with its state, and how many requests each connection sends a minute.
pub(super) fn sources(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let listed = model.lanes.sources();
    let entries = listed.map(|state| source(model, state, columns));
    let entries = entries.chain(model.lanes.off().map(|lane| vec![off(lane)]));
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

/// A connection that is switched off, and how it is taken up again.
pub(super) fn off(lane: &Lane) -> Words {
    let (sign, tone, word) = theme::OFF;
    let name = &lane.connection.name;
    plain("  ")
        .say(tone, format!("{sign} {word:<10} "))
        .plain(name.as_str())
        .quiet(format!("   :on {name}"))
}

/// A source: state, rows, age, next try, and below it what fails.
pub(super) fn source(model: &Model, state: &SourceState, columns: usize) -> Vec<Words> {
    let (sign, tone, word) = theme::of_health(&state.health);
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
    let others = if rows.is_empty() { 31 } else { 53 };
    let name_columns = columns.saturating_sub(others).max(20);
    let line = plain("  ")
        .say(tone, format!("{sign} {word:<10} "))
        .plain(crate::domain::text::cut(&name, name_columns))
        .pad_to(15 + name_columns)
        .plain(rows)
        .plain("  ")
        .quiet(next);
    let error = state.health.error().map(ToString::to_string);
    let indent = Words::new().pad_to(5);
    let below = hanging(
        indent,
        Tone::Warn,
        &error.unwrap_or_default(),
        columns - 1,
        usize::MAX,
    );
    std::iter::once(line).chain(below).collect()
}

/// Draws what was said in this run, newest first.
pub(super) fn messages(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let columns = usize::from(screen.width.saturating_sub(4)).min(WIDTH);
    let today = midnight(model.now.wall);
    let said = model.said.iter().rev();
    let entries = said.map(|(at, text)| {
        let is_old = *at < today;
        let time = if is_old { date_and_time } else { time_of_day };
        let lead = plain("  ").quiet(time(*at)).plain("  ");
        hanging(lead, Tone::Plain, text, columns - 1, usize::MAX)
    });
    let mut scroll = Scroll::of(entries, cursor);
    if scroll.lines.is_empty() {
        scroll.lines.push(quiet("nothing was said yet"));
    }
    scroll.popup(canvas, screen, columns, Edges::titled("messages"));
}
