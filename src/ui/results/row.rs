//! One row of the results in full: what was asked, what the server said word by word, what was seen since.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::run::Run;
use crate::domain::export::Said;
use crate::domain::report::ReportRow;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::results::rows;
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
    let (said, resource) = (Said::of(row), &row.row);
    let source = &resource.key.source;
    let verb = row
        .verb
        .map(|verb| format!("{} {} {}", verb.word, glyph::ARROW, verb.goal.word()));
    let request = row
        .request
        .map(|number| format!("{number} of batch {}", run.name.as_deref().unwrap_or("")));
    let place = format!(
        "{} {} · {} {}",
        source.platform,
        source.connection,
        source.platform.scope_prefix(),
        resource.scope
    );
    let facts = [
        ("id", Tone::Strong, resource.key.id.shown().to_string()),
        ("name", Tone::Strong, resource.name.to_string()),
        ("where", Tone::Plain, place),
        ("asked", Tone::Plain, verb.unwrap_or_default()),
        ("request", Tone::Plain, request.unwrap_or_default()),
        ("outcome", Tone::Strong, said.outcome.to_owned()),
        ("code", Tone::Bad, said.code),
        ("words", Tone::Plain, said.reason),
        ("request id", Tone::Plain, said.request_id),
    ];
    let mut lines: Vec<Words> = Vec::new();
    for (label, tone, value) in facts.into_iter().filter(|(_, _, value)| !value.is_empty()) {
        let lead = quiet(label).pad_to(LABEL);
        lines.extend(hanging(lead, tone, &value, columns, usize::MAX));
    }
    if let Some(track) = row.track() {
        let seen = quiet("seen since").pad_to(LABEL);
        let words = rows::since(model, track, usize::MAX);
        lines.push(
            seen.plain(rows::now(track))
                .plain("   ")
                .say(theme::of_tracking(track.state()), words),
        );
    }
    let meaning = wrapped(meaning(said.outcome), columns).into_iter();
    lines.push(Words::new());
    lines.extend(meaning.map(quiet));
    lines
}

/// Our own explanation, beside the server's words and never instead of them.
fn meaning(outcome: &str) -> &'static str {
    match outcome {
        "scheduled" => "The server acknowledged this id. Done is what later reads show.",
        "rejected" => "The server refused this id. Its words stand above as it sent them, cleaned.",
        "unknown" => {
            "The request may have arrived and there is no usable answer. Nothing is sent again before \
             reads have shown that it was not applied, and then only as a new plan."
        }
        "left out" => "Nothing for this id reached the server.",
        _ => "There is no answer for this id yet.",
    }
}
