//! One row in full, scrolled.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::detail::Detail;
use crate::domain::action::Action;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::detail::facts;
use crate::ui::words::{Words, wrapped};

/// Columns of the labels.
const LABEL: usize = 17;

/// Draws the page in its box.
pub(in crate::ui) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, detail: &Detail) {
    let columns = usize::from(area.width.saturating_sub(4));
    let lines = lines(model, detail, columns);
    let height = usize::from(area.height.saturating_sub(2));
    let first = detail.offset.min(lines.len().saturating_sub(height));
    let last = (first + height).min(lines.len());
    let edges = Edges {
        title: Words::new().strong("detail"),
        mark: mark(model),
        note: Words::new().quiet(format!("lines {}-{last} of {}", first + 1, lines.len())),
        ..Edges::default()
    };
    let inner = canvas.boxed(area, &edges);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    canvas.lines(inner, &lines[first..]);
}

/// Whether the row is marked, in the edge of the box.
fn mark(model: &Model) -> Words {
    let count = model.selection.len();
    if count == 0 {
        return Words::new();
    }
    Words::new().quiet(format!("{} marked", crate::app::rows(count)))
}

fn lines(model: &Model, detail: &Detail, columns: usize) -> Vec<Words> {
    let row = &detail.row;
    let mut lines = Vec::new();
    for (label, value) in [
        ("name", row.name.as_str()),
        ("id", row.key.id.shown().as_str()),
    ] {
        let label = Words::new().quiet(label);
        lines.extend(entry(label, value, columns, Words::strong));
    }
    for fact in facts::all(model, row) {
        let label = Words::new().quiet(fact.label);
        let tone = fact.tone;
        lines.extend(entry(label, &fact.value, columns, |words, line| {
            words.say(tone, line)
        }));
    }
    lines.extend([Words::new(), Words::new().strong("rules for this row")]);
    for action in Action::ALL {
        let (word, why) = facts::rule(model, row, action, true);
        let label = Words::new().quiet(action.word()).pad_to(10).and(word);
        lines.extend(entry(label, &why, columns, Words::plain));
    }
    lines
}

/// A label, and its value on as many lines as it needs.
fn entry(
    label: Words,
    value: &str,
    columns: usize,
    say: impl Fn(Words, String) -> Words,
) -> Vec<Words> {
    let mut lead = label;
    let mut values = wrapped(value, columns.saturating_sub(LABEL));
    if values.is_empty() {
        values.push(crate::ui::glyph::NONE.to_owned());
    }
    values
        .into_iter()
        .map(|line| say(std::mem::take(&mut lead).pad_to(LABEL), line))
        .collect()
}
