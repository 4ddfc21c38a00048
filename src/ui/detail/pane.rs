//! The row under the cursor, beside or below the list, or in one line.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Command, Place};
use crate::domain::action::Action;
use crate::domain::resource::Resource;
use crate::ui::canvas::{Canvas, Edges, row as line_of};
use crate::ui::detail::facts::{self, Fact};
use crate::ui::table::failure;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, wrapped_in};

const STEPS: [Action; 3] = [Action::Stop, Action::Delete, Action::Resume];

/// Columns of a label.
const LABEL: usize = 10;

/// Draws the pane below the list: facts in two columns, rules at the right.
pub(in crate::ui) fn below(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model) else {
        return;
    };
    let rules = (inner.width * 2 / 5).max(38);
    let left = Rect {
        width: inner.width - rules - 1,
        ..inner
    };
    let right = Rect {
        x: left.right() + 1,
        width: rules,
        ..inner
    };
    let head = head(row);
    if head.width() < usize::from(left.width) {
        let title = Words::new().quiet("rules for this row");
        canvas.line(line_of(right, 0), &title);
    }
    canvas.line(line_of(inner, 0), &head);
    in_two_columns(
        canvas,
        left,
        &chosen(model, row, usize::from(inner.height - 1) * 2),
    );
    for (y, action) in (1..).zip(STEPS) {
        canvas.line(line_of(right, y), &rule(model, row, action));
    }
    canvas.line(line_of(right, 4), &keys());
}

/// Draws facts below the head, two in a line.
fn in_two_columns(canvas: &mut Canvas, area: Rect, facts: &[Fact]) {
    let half = Rect {
        width: area.width / 2,
        ..area
    };
    for (place, fact) in (0..).zip(facts) {
        let line = line_of(half, 1 + place / 2);
        let cell = Rect {
            x: area.x + place % 2 * half.width,
            width: half.width.saturating_sub(1),
            ..line
        };
        canvas.line(cell, &labelled(fact));
    }
}

/// Draws the pane beside the list: one fact a line, the rules below them.
pub(in crate::ui) fn beside(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model) else {
        return;
    };
    let columns = usize::from(inner.width);
    let mut rules = vec![Words::new(), Words::new().quiet("rules for this row")];
    for action in STEPS {
        let (word, why) = facts::rule(model, row, action, false);
        let head = action_head(action).and(word);
        rules.extend(hanging(&head, &why, LABEL + 2, columns, 2));
    }
    rules.extend([Words::new(), keys()]);
    let room = usize::from(inner.height).saturating_sub(rules.len());
    let mut lines = vec![
        Words::new().strong(row.name.as_str()),
        Words::new().quiet(row.kind_word()),
        Words::new().plain(row.key.id.shown().as_str()),
        Words::new(),
    ];
    for fact in chosen(model, row, room) {
        let label = Words::new().quiet(fact.label).pad_to(LABEL + 4);
        lines.extend(hanging_toned(&label, &fact, columns));
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
    let mut words = Words::new().plain(" ").strong(row.name.as_str());
    let failure = failure(row);
    if !failure.is_empty() {
        words = words.say(Tone::Warn, format!("  {failure}"));
    }
    for action in STEPS {
        let (word, why) = facts::rule(model, row, action, false);
        words = words.quiet(format!("  {}: ", action.word())).and(word);
        if action == Action::Delete && row.offers.delete.verb().is_none() {
            words = words.quiet(format!(", {why}"));
        }
    }
    let seen = Words::new().quiet(format!("seen {} ", facts::seen(model, row)));
    canvas.sides(area, &words, &seen);
}

/// Draws the box; gives its inside, and the row to show.
fn opened<'a>(canvas: &mut Canvas, area: Rect, model: &'a Model) -> Option<(Rect, &'a Resource)> {
    let key = keymap::in_place(Place::Browse).find(|b| b.command == Command::Pane);
    let name = key
        .map(|binding| binding.keys[0].name())
        .unwrap_or_default();
    let inner = canvas.boxed(
        area,
        &Edges::titled("detail").noted(format!("{name}: hide")),
    );
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    if inner.is_empty() {
        return None;
    }
    let row = model.cursor_row();
    if row.is_none() {
        canvas.line(line_of(inner, 0), &Words::new().quiet("no row"));
    }
    row.map(|row| (inner, &**row))
}

fn head(row: &Resource) -> Words {
    Words::new()
        .strong(row.name.as_str())
        .quiet(format!("   {} ", row.kind_word()))
        .plain(row.key.id.shown().as_str())
}

/// As many facts as there is room for; the times are always among them.
fn chosen(model: &Model, row: &Resource, most: usize) -> Vec<Fact> {
    let times = facts::times(model, row);
    let mut chosen = facts::telling(model, row);
    chosen.truncate(most.saturating_sub(times.len()));
    chosen.extend(times);
    chosen.truncate(most);
    chosen
}

fn labelled(fact: &Fact) -> Words {
    Words::new()
        .quiet(fact.label)
        .plain(" ")
        .pad_to(LABEL)
        .say(fact.tone, &fact.value)
}

fn hanging_toned(label: &Words, fact: &Fact, columns: usize) -> Vec<Words> {
    let lines = wrapped_in(&fact.value, columns.saturating_sub(label.width()), 3);
    let mut lead = label.clone();
    lines
        .into_iter()
        .map(|line| {
            let lead = std::mem::replace(&mut lead, Words::new().pad_to(label.width()));
            lead.say(fact.tone, line)
        })
        .collect()
}

/// Words with a text behind them that goes on below at the same column.
fn hanging(head: &Words, text: &str, column: usize, columns: usize, most: usize) -> Vec<Words> {
    let lines = wrapped_in(text, columns.saturating_sub(column), most);
    let mut lead = head.clone();
    lines
        .into_iter()
        .map(|line| {
            let lead = std::mem::take(&mut lead);
            lead.pad_to(column).quiet(line)
        })
        .collect()
}

fn action_head(action: Action) -> Words {
    Words::new().strong(action.word()).pad_to(8)
}

fn rule(model: &Model, row: &Resource, action: Action) -> Words {
    let (word, why) = facts::rule(model, row, action, false);
    action_head(action).and(word).pad_to(13).quiet(why)
}

fn keys() -> Words {
    let shown = [
        (Command::CopyIds, "copy id"),
        (Command::Detail, "full detail"),
    ];
    let mut words = Words::new();
    for (command, does) in shown {
        let key = keymap::in_place(Place::Browse).find(|binding| binding.command == command);
        let name = key
            .map(|binding| binding.keys[0].name())
            .unwrap_or_default();
        words = words.strong(name).quiet(format!(" {does}   "));
    }
    words
}
