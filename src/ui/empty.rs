//! What stands in the table where no row does (`UX.md` 10).

use ratatui::layout::Rect;

use crate::app::{Model, rows};
use crate::domain::text::{counted, grouped};
use crate::domain::time::{Moment, long_span};
use crate::ui::canvas::{Canvas, span, stacked};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, clean, hanging, plain, quiet, say, strong};
use crate::ui::{palette, tabs};

/// Draws the words, indented and a line below the edge.
pub(super) fn draw(canvas: &mut Canvas, inner: Rect, model: &Model) {
    let top = u16::from(inner.height > 4);
    let [_, rest] = stacked(inner, [top, inner.height]);
    let area = span(rest, 2, inner.width);
    canvas.lines(area, &lines(model, usize::from(area.width)));
}

fn lines(model: &Model, columns: usize) -> Vec<Words> {
    if let Some(complaint) = &model.browse.complaint {
        return unreadable(model, complaint, columns);
    }
    if model.browse.only_marked {
        return vec![plain("nothing is marked")];
    }
    if tabs::of_tab(model) > 0 {
        return nothing_matches(model, columns);
    }
    let mut sources = model.lanes.sources();
    let answered = sources.any(|state| state.listing.is_some());
    if answered {
        nothing_here(model, columns)
    } else {
        waiting(model, columns)
    }
}

/// Why the filter being typed cannot be read, whole, and that the rows are there all the same.
fn unreadable(model: &Model, complaint: &str, columns: usize) -> Vec<Words> {
    let head = say(Tone::Warn, "! ");
    let mut lines = hanging(head, Tone::Warn, complaint, columns, usize::MAX);
    let all = rows(tabs::of_tab(model));
    let text = format!(
        "None of {all} is shown or can be marked until the filter can be read; enter does not keep it."
    );
    lines.extend(hanging(
        plain("  "),
        Tone::Plain,
        &text,
        columns,
        usize::MAX,
    ));
    lines.push(
        plain("  ")
            .strong("esc")
            .quiet(" goes back to the filter before"),
    );
    lines
}

fn nothing_matches(model: &Model, columns: usize) -> Vec<Words> {
    let all = grouped(tabs::of_tab(model));
    let typed = clean(&model.browse.typed);
    let status = model.browse.query.chips.title();
    let filter = match (typed.is_empty(), model.browse.query.filter.names_status()) {
        (true, _) => format!("status: {status}"),
        (false, true) => format!("/{typed}"),
        (false, false) => format!("/{typed}  status: {status}"),
    };
    let mut text = format!("0 of {all} match   {filter}");
    if let Some((word, count)) = &model.browse.view.meant {
        text = format!("{text}. Did you mean `{word}` ({})?", grouped(*count));
    }
    let mut lines = hanging(Words::new(), Tone::Plain, &text, columns, usize::MAX);
    let mut keys = Words::new();
    if !typed.is_empty() {
        keys = keys.strong("esc").quiet(" clears the filter   ");
    }
    lines.push(keys.strong("s").quiet(" chooses statuses"));
    lines
}

fn nothing_here(model: &Model, columns: usize) -> Vec<Words> {
    let sources = model.lanes.sources();
    let (names, read): (Vec<String>, Vec<Moment>) = sources
        .filter_map(|state| Some((state.source.to_string(), state.listing.as_ref()?.finished)))
        .unzip();
    let others = match names.len() - 1 {
        0 => String::new(),
        more => format!(" and {}", counted(more, "other source", "other sources")),
    };
    let oldest = read.into_iter().min().unwrap_or_default();
    let age = long_span(model.now.moment.since(oldest));
    let text = format!("Nothing here in {}{others}. Read {age} ago.", names[0]);
    let mut lines = hanging(Words::new(), Tone::Plain, &text, columns, usize::MAX);
    lines.push(strong("r").quiet(" reads again"));
    lines
}

/// Each source before its first answer, with all of its error and what helps: the banner may have no room.
fn waiting(model: &Model, columns: usize) -> Vec<Words> {
    let sources = model.lanes.sources();
    let mut lines: Vec<Words> = sources
        .flat_map(|state| palette::source(model, state, columns))
        .collect();
    lines.extend(model.lanes.off().map(palette::off));
    if lines.is_empty() {
        lines.push(quiet("asking what there is to list"));
    }
    lines
}
