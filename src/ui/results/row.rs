//! One row of the results in full: what was asked, what the server said word by word, what was seen since.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::run::Run;
use crate::domain::action::Verb;
use crate::domain::export::Said;
use crate::domain::outcome::Outcome;
use crate::domain::report::{Fate, ReportRow};
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::results::{name, rows};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, hanging, quiet, wrapped};
use crate::ui::{demo_mark, glyph};

/// Columns of the labels.
const LABEL: usize = 14;

/// Draws the row in its box, from the line on that was scrolled to.
pub(super) fn draw(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    run: &Run,
    row: &ReportRow,
    first: usize,
) {
    let lines = lines(model, run, row, usize::from(area.width.saturating_sub(4)));
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("row of the results")
    };
    canvas.page(area, edges, first, lines.len(), |place| {
        lines[place].clone()
    });
}

fn lines(model: &Model, run: &Run, row: &ReportRow, columns: usize) -> Vec<Words> {
    let mut lines: Vec<Words> = Vec::new();
    for (label, tone, value) in facts(run, row) {
        let lead = quiet(label).pad_to(LABEL);
        lines.extend(hanging(lead, tone, &value, columns, usize::MAX));
    }
    if let Some((track, state)) = row.track().zip(row.shown()) {
        let seen = quiet("seen since").pad_to(LABEL).plain(rows::now(track));
        let words = rows::since(model, track, usize::MAX);
        lines.push(seen.plain("   ").say(theme::of_tracking(state), words));
    }
    let meaning = wrapped(meaning(row.fate()), columns).into_iter();
    lines.push(Words::new());
    lines.extend(meaning.map(quiet));
    lines
}

/// What is known of the row, without what is not.
fn facts(run: &Run, row: &ReportRow) -> impl Iterator<Item = (&'static str, Tone, String)> {
    let (said, resource) = (Said::of(row), &row.row);
    let source = &resource.key.source;
    let (platform, connection) = (source.platform, &source.connection);
    let (prefix, scope) = (platform.scope_prefix(), &resource.scope);
    let asked = |verb: &Verb| format!("{} {} {}", verb.word, glyph::ARROW, verb.goal.word());
    let request = |number| format!("{number} of batch {}", name(run));
    let facts = [
        ("id", Tone::Strong, resource.key.id.shown().to_string()),
        ("name", Tone::Strong, resource.name.to_string()),
        (
            "where",
            Tone::Plain,
            format!("{platform} {connection} · {prefix} {scope}"),
        ),
        (
            "asked",
            Tone::Plain,
            row.verb.map(asked).unwrap_or_default(),
        ),
        (
            "request",
            Tone::Plain,
            row.request.map(request).unwrap_or_default(),
        ),
        ("outcome", Tone::Strong, said.outcome.to_owned()),
        ("code", Tone::Bad, said.code),
        ("words", Tone::Plain, said.reason),
        ("request id", Tone::Plain, said.request_id),
    ];
    facts.into_iter().filter(|(_, _, value)| !value.is_empty())
}

/// Our own explanation, beside the server's words and never instead of them.
fn meaning(fate: &Fate) -> &'static str {
    match fate {
        Fate::Queued | Fate::Sent => "There is no answer for this id yet.",
        Fate::Known(Outcome::Scheduled { .. }) => {
            "The server acknowledged this id. Done is what later reads show."
        }
        Fate::Known(Outcome::Rejected(no)) if no.later => {
            "The server refused this id for now. Its words stand above as it sent them, cleaned. \
             Asking again later may help, as a new plan."
        }
        Fate::Known(Outcome::Rejected(_)) => {
            "The server refused this id. Its words stand above as it sent them, cleaned. \
             Asking again as it stands is not expected to help."
        }
        Fate::Known(Outcome::Unknown(_)) => {
            "The request may have arrived and there is no usable answer. Nothing is sent again before \
             reads have shown that it was not applied, and then only as a new plan."
        }
        Fate::Known(Outcome::LeftOut(..)) => "Nothing for this id reached the server.",
    }
}
