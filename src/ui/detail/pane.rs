//! The row under the cursor, beside or below the list, or in one line.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::facts::{Fact, failure};
use crate::app::keymap::{Command, Place, name};
use crate::domain::action::Action;
use crate::domain::resource::Resource;
use crate::ui::canvas::{Canvas, Edges, row as line_of, span};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, hanging, plain, quiet, strong};

const STEPS: [Action; 3] = [Action::Stop, Action::Delete, Action::Resume];

/// Columns of a label below the list, and beside it.
const LABEL: usize = 10;
const LABEL_BESIDE: usize = 14;

/// Draws the pane below the list: facts in two columns, rules at the right.
pub(in crate::ui) fn below(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model) else {
        return;
    };
    let rules = (inner.width * 2 / 5).max(38);
    let half = (inner.width - rules - 1) / 2;
    let right = span(inner, inner.width - rules, rules);
    let head = strong(row.name.as_str())
        .quiet(format!("   {} ", row.kind_word()))
        .plain(row.key.id.shown().as_str());
    if head.width() + 1 < usize::from(inner.width - rules) {
        let title = quiet("rules for this row");
        canvas.line(line_of(right, 0), &title);
    }
    canvas.line(line_of(inner, 0), &head);
    let facts = chosen(model, row, usize::from(inner.height - 1) * 2);
    for (place, fact) in (0..).zip(&facts) {
        let line = line_of(inner, 1 + place / 2);
        let words = labelled(fact, LABEL).say(theme::of_weight(fact.weight), &fact.value);
        canvas.line(span(line, place % 2 * half, half - 1), &words);
    }
    for (y, action) in (1..).zip(STEPS) {
        let (head, why) = rule(model, row, action);
        canvas.line(line_of(right, y), &head.pad_to(13).quiet(why));
    }
    canvas.line(line_of(right, 4), &keys());
}

/// Draws the pane beside the list: one fact a line, the rules below them.
pub(in crate::ui) fn beside(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model) else {
        return;
    };
    let columns = usize::from(inner.width);
    let mut rules = vec![Words::new(), quiet("rules for this row")];
    for action in STEPS {
        let (head, why) = rule(model, row, action);
        let head = head.pad_to(LABEL + 2);
        rules.extend(hanging(head, Tone::Quiet, &why, columns, 2));
    }
    rules.extend([Words::new(), keys()]);
    let room = usize::from(inner.height).saturating_sub(rules.len());
    let mut lines = vec![
        strong(row.name.as_str()),
        quiet(row.kind_word()),
        plain(row.key.id.shown().as_str()),
        Words::new(),
    ];
    for fact in chosen(model, row, room) {
        let tone = theme::of_weight(fact.weight);
        let lead = labelled(&fact, LABEL_BESIDE);
        lines.extend(hanging(lead, tone, &fact.value, columns, 3));
    }
    lines.truncate(room);
    lines.extend(rules);
    canvas.lines(inner, &lines);
}

/// Draws the status line of narrow screens.
pub(in crate::ui) fn line(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some(row) = model.cursor_row() else {
        return;
    };
    let mut words = plain(" ").strong(row.name.as_str());
    let failure = failure(row);
    if !failure.is_empty() {
        words = words.say(Tone::Warn, format!("  {failure}"));
    }
    for action in STEPS {
        let rule = model.rule(row, action, false);
        words = words
            .quiet(format!("  {}: ", action.word()))
            .say(theme::of_weight(rule.weight), rule.word);
        if action == Action::Delete && row.offers.delete.verb().is_none() {
            words = words.quiet(format!(", {}", rule.why));
        }
    }
    let seen = quiet(format!("seen {} ", model.seen(row)));
    canvas.sides(area, &words, &seen);
}

/// Draws the box; gives its inside, and the row to show.
fn opened<'a>(canvas: &mut Canvas, area: Rect, model: &'a Model) -> Option<(Rect, &'a Resource)> {
    let key = name(Place::Browse, Command::Pane);
    let inner = canvas.padded(area, &Edges::titled("detail").noted(format!("{key}: hide")));
    if inner.is_empty() {
        return None;
    }
    let row = model.cursor_row();
    if row.is_none() {
        canvas.line(line_of(inner, 0), &quiet("no row"));
    }
    row.map(|row| (inner, &**row))
}

/// As many facts as there is room for; the times are always among them.
fn chosen(model: &Model, row: &Resource, most: usize) -> Vec<Fact> {
    let times = model.times(row);
    let mut chosen = model.telling(row);
    chosen.truncate(most.saturating_sub(times.len()));
    chosen.extend(times);
    chosen.truncate(most);
    chosen
}

fn labelled(fact: &Fact, columns: usize) -> Words {
    quiet(fact.label).plain(" ").pad_to(columns)
}

fn rule(model: &Model, row: &Resource, action: Action) -> (Words, String) {
    let rule = model.rule(row, action, false);
    let head = strong(action.word()).pad_to(8);
    (head.say(theme::of_weight(rule.weight), rule.word), rule.why)
}

fn keys() -> Words {
    let shown = [
        (Command::CopyIds, "copy id"),
        (Command::Logs, "logs"),
        (Command::Detail, "full detail"),
    ];
    let mut words = Words::new();
    for (command, does) in shown {
        let key = name(Place::Browse, command);
        words = words.strong(key).quiet(format!(" {does}   "));
    }
    words
}
