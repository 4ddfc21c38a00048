//! The first lines of a plan: the counts, how fresh the rows are, and what is easily overlooked.

use crate::app::Model;
use crate::app::confirm::{Confirm, Stage};
use crate::app::rows;
use crate::app::run::Run;
use crate::domain::action::Step;
use crate::domain::plan::PlanRow;
use crate::domain::time::time_of_day;
use crate::ui::glyph;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, plain, quiet, say, strong};

/// From here on words stand in full.
const WIDE: usize = 108;

/// The lines, each with what stands at its right end.
pub(super) fn lines(
    model: &Model,
    confirm: &Confirm,
    columns: usize,
    is_tight: bool,
) -> Vec<(Words, Words)> {
    let is_wide = columns >= WIDE;
    let mut lines: Vec<(Words, Words)> = counts(confirm, is_wide, columns)
        .into_iter()
        .map(|line| (line, Words::new()))
        .collect();
    let freshness = freshness(confirm, is_wide);
    match lines.last_mut() {
        Some((left, right)) if left.width() + freshness.width() < columns => *right = freshness,
        Some(_) | None => lines.push((Words::new(), freshness)),
    }
    let warnings = warnings(model, confirm);
    if !warnings.is_empty() {
        let head = say(Tone::Warn, " ! ");
        let mut more = flow(head, warnings, glyph::DOT, columns);
        more.truncate(if is_tight { 1 } else { 2 });
        lines.extend(more.into_iter().map(|line| (line, Words::new())));
    }
    lines
}

fn counts(confirm: &Confirm, is_wide: bool, columns: usize) -> Vec<Words> {
    let plan = &confirm.plan;
    let counts = plan.counts();
    let (verb, send) = if is_wide {
        ("PLAN  ", "will be sent")
    } else {
        ("", "send")
    };
    let head = quiet(format!(" {verb}"))
        .strong(plan.action().word())
        .plain(if is_wide { "     " } else { ": " })
        .plain(format!("{} marked {} ", plan.rows().len(), glyph::ARROW));
    // The number that is typed to confirm: what the server decides on is sent, too.
    let mut parts = vec![strong(format!("{} {send}", counts.sendable()))];
    if counts.server_decides > 0 {
        let words = format!("{} of them: server decides", counts.server_decides);
        parts.push(say(Tone::Warn, words));
    }
    if counts.left_out > 0 {
        parts.push(plain(format!("{} left out", counts.left_out)));
    }
    flow(head, parts, glyph::DOT, columns)
}

/// How far the fresh reads are.
fn freshness(confirm: &Confirm, is_wide: bool) -> Words {
    let all = confirm.plan.rows().len();
    let frozen = time_of_day(confirm.plan.frozen());
    match (&confirm.stage, confirm.checked) {
        (Stage::Reading(keys, _), _) => {
            let (words, end) = reading(is_wide, "reading the rows anew:");
            say(Tone::Busy, format!("{words} {} of {all}{end} ", keys.len()))
        }
        (Stage::LastLook(keys, _), _) => {
            let (words, end) = reading(is_wide, "last look at the rows:");
            say(Tone::Busy, format!("{words} {} of {all}{end} ", keys.len()))
        }
        (Stage::Open, Some(checked)) if is_wide => {
            let checked = time_of_day(checked);
            quiet(format!("frozen {frozen} · preflight {checked} "))
        }
        (Stage::Open, Some(_)) => quiet("preflight ok "),
        (Stage::Open, None) => quiet(format!("frozen {frozen} ")),
    }
}

const fn reading(is_wide: bool, words: &'static str) -> (&'static str, &'static str) {
    if is_wide {
        (words, " outstanding")
    } else {
        ("reading", "")
    }
}

/// Other people's rows, rows that come back, what is freed, what is retried.
fn warnings(model: &Model, confirm: &Confirm) -> Vec<Words> {
    let sent = || confirm.sent();
    let mut warnings = Vec::new();
    let others = sent().filter(|row| model.is_of_another(&row.row)).count();
    if others > 0 {
        let verb = if others == 1 {
            "belongs to another owner"
        } else {
            "belong to other owners"
        };
        let words = format!("{} {verb}", rows(others));
        warnings.push(say(Tone::Warn, words));
    }
    let back = sent().filter(|row| row.row.scheduled).count();
    if back > 0 {
        let words = format!(
            "{} started by a schedule, which starts new ones",
            rows(back)
        );
        warnings.push(say(Tone::Warn, words));
    }
    for (run, count) in conflicts(model, sent()) {
        let intent = run.report.intent();
        let (name, action) = (
            run.name.as_deref().unwrap_or("?"),
            intent.action.map_or("?", |action| action.word()),
        );
        let (time, by) = (time_of_day(intent.confirmed), &run.by);
        let words = format!(
            "{} already in batch {name}: {action} by {by} at {time}",
            rows(count)
        );
        warnings.insert(0, say(Tone::Bad, words));
    }
    let gpus = freed(sent());
    if gpus > 0.0 {
        warnings.push(plain(frees(gpus)));
    }
    warnings
}

/// Batches that are moving rows of the plan, whoever sent them, and how many rows each (J10).
fn conflicts<'a>(
    model: &'a Model,
    rows: impl Iterator<Item = &'a PlanRow>,
) -> Vec<(&'a Run, usize)> {
    let moving = model.on_their_way();
    let mut found: Vec<(&Run, usize)> = Vec::new();
    for run in rows.filter_map(|row| moving.get(&row.row.key).copied()) {
        match found
            .iter_mut()
            .find(|(known, _)| std::ptr::eq(*known, run))
        {
            Some((_, count)) => *count += 1,
            None => found.push((run, 1)),
        }
    }
    found
}

/// How many GPUs become free, in words.
pub(super) fn frees(gpus: f64) -> String {
    format!("frees {gpus} {}", if gpus > 1.0 { "GPUs" } else { "GPU" })
}

/// GPUs that rows give back when they stop.
pub(super) fn freed<'a>(rows: impl Iterator<Item = &'a PlanRow>) -> f64 {
    let ends = |row: &&PlanRow| {
        row.place
            .verb()
            .is_some_and(|verb| matches!(verb.step, Step::Stop | Step::Delete))
    };
    rows.filter(ends).filter_map(|row| row.row.gpus).sum()
}
