//! The row under the cursor, beside or below the list, or in one line.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::facts::{Fact, failure};
use crate::app::keymap::{Command, Place, name};
use crate::domain::action::Action;
use crate::domain::resource::Resource;
use crate::ui::canvas::{Canvas, Edges, row as line_of, span, stacked};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, hanging, plain, quiet, strong, wrapped};

const STEPS: [Action; 3] = [Action::Stop, Action::Delete, Action::Resume];

/// Columns of a label below the list, and beside it.
const LABEL: usize = 10;
const LABEL_BESIDE: usize = 14;

/// Columns of an action and its answer, before the reason.
const RULE: usize = 13;

/// Draws the pane below the list: facts in two columns, rules at the right.
pub(in crate::ui) fn below(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model, keys()) else {
        return;
    };
    let room = usize::from(inner.height - 1);
    let shares = [inner.width * 2 / 5, inner.width / 2].map(|width| width.max(38));
    let fitting = |width: &u16| rules(model, row, usize::from(*width)).len() <= room;
    let width = shares.into_iter().find(fitting).unwrap_or(shares[1]);
    let half = (inner.width - width - 1) / 2;
    let right = span(inner, inner.width - width, width);
    let head = strong(row.name.as_str())
        .quiet(format!("   {} ", row.kind_word()))
        .plain(row.key.id.shown().as_str());
    canvas.line(line_of(inner, 0), &head);
    let mut rules = rules(model, row, usize::from(width));
    if head.width() + 1 < usize::from(inner.width - width) {
        if rules.len() <= room {
            rules.insert(0, quiet("rules for this row"));
        }
        canvas.lines(right, &rules);
    } else {
        let [_, below] = stacked(right, [1, right.height]);
        canvas.lines(below, &rules);
    }
    let facts = chosen(model, row, usize::from(inner.height - 1) * 2);
    for (place, fact) in (0..).zip(&facts) {
        let line = line_of(inner, 1 + place / 2);
        let words = labelled(fact, LABEL).say(theme::of_weight(fact.weight), &fact.value);
        canvas.line(span(line, place % 2 * half, half - 1), &words);
    }
}

/// What the row answers to each action; the same answer to several stands beside all of them.
fn rules(model: &Model, row: &Resource, columns: usize) -> Vec<Words> {
    let rules = STEPS.map(|action| (action, model.rule(row, action, false)));
    let same = rules.chunk_by(|(_, a), (_, b)| (a.word, &a.why) == (b.word, &b.why));
    let lines = same.flat_map(|same| {
        let heads = same.iter().map(|(action, rule)| {
            let head = strong(action.word()).pad_to(8);
            head.say(theme::of_weight(rule.weight), rule.word)
        });
        let mut heads: Vec<Words> = heads.map(|head| head.pad_to(RULE)).collect();
        let why = wrapped(&same[0].1.why, columns.saturating_sub(RULE));
        heads.resize_with(why.len().max(heads.len()), || Words::new().pad_to(RULE));
        let why = why.into_iter().chain(std::iter::repeat(String::new()));
        let lines = heads.into_iter().zip(why);
        lines.map(|(head, why)| head.quiet(why)).collect::<Vec<_>>()
    });
    lines.collect()
}

/// Draws the pane beside the list: one fact a line, the rules below them.
pub(in crate::ui) fn beside(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some((inner, row)) = opened(canvas, area, model, Words::new()) else {
        return;
    };
    let columns = usize::from(inner.width);
    let mut foot = vec![Words::new(), quiet("rules for this row")];
    foot.extend(rules(model, row, columns));
    foot.extend([Words::new(), keys()]);
    let room = usize::from(inner.height).saturating_sub(foot.len());
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
    lines.extend(foot);
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

/// Draws the box, for a row with a remark in its lower edge; gives its inside, and the row to show.
fn opened<'a>(
    canvas: &mut Canvas,
    area: Rect,
    model: &'a Model,
    remark: Words,
) -> Option<(Rect, &'a Resource)> {
    let key = name(Place::Browse, Command::Pane);
    let row = model.cursor_row();
    let edges = Edges {
        remark: row.map_or_else(Words::new, |_| remark),
        ..Edges::titled("detail").noted(format!("{key}: hide"))
    };
    let inner = canvas.padded(area, &edges);
    if inner.is_empty() {
        return None;
    }
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

fn keys() -> Words {
    let shown = [
        (Command::CopyIds, "copy id"),
        (Command::Logs, "logs"),
        (Command::Detail, "full detail"),
    ];
    let keys = shown.map(|(command, does)| {
        let key = name(Place::Browse, command);
        strong(key).quiet(format!(" {does}"))
    });
    flow(Words::new(), keys.into(), "   ", usize::MAX).remove(0)
}
