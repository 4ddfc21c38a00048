//! The first lines of a plan: the counts, how fresh the rows are, and what is easily overlooked.

use std::collections::BTreeMap;

use crate::app::Model;
use crate::app::confirm::{Confirm, Stage};
use crate::app::message::BatchNumber;
use crate::app::rows;
use crate::app::run::Run;
use crate::domain::action::{Action, Step};
use crate::domain::plan::PlanRow;
use crate::domain::time::time_of_day;
use crate::ui::glyph;
use crate::ui::sheet::WIDE;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, plain, quiet, say, strong};

/// The lines, each with what stands at its right end.
pub(super) fn lines(
    model: &Model,
    confirm: &Confirm,
    columns: usize,
    is_tight: bool,
) -> Vec<(Words, Words)> {
    let is_wide = columns >= WIDE;
    let counts = counts(confirm, is_wide, columns).into_iter();
    let mut lines: Vec<_> = counts.map(|line| (line, Words::new())).collect();
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
    let steps = plan
        .steps()
        .map_or_else(String::new, |steps| format!(": {steps}"));
    let mut parts = vec![strong(format!("{} {send}{steps}", counts.sendable()))];
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
    let frozen = time_of_day(confirm.plan.frozen());
    match (&confirm.stage, confirm.checked) {
        (Stage::Reading(keys, _) | Stage::LastLook(keys, _), _) => {
            let (left, all) = (keys.len(), confirm.plan.rows().len());
            say(
                Tone::Busy,
                if is_wide {
                    format!("reading the rows anew: {left} of {all} outstanding ")
                } else {
                    format!("reading {left} of {all} ")
                },
            )
        }
        (Stage::Open, Some(checked)) if is_wide => {
            let checked = time_of_day(checked);
            quiet(format!("frozen {frozen} · preflight {checked} "))
        }
        (Stage::Open, Some(_)) => quiet("preflight ok "),
        (Stage::Open, None) => quiet(format!("frozen {frozen} ")),
    }
}

/// Other people's rows, rows that come back, what is freed, what is retried.
fn warnings(model: &Model, confirm: &Confirm) -> Vec<Words> {
    let sent = || confirm.sent();
    let mut warnings = Vec::new();
    let mut warn = |count: usize, one: &str, several: &str| {
        if count > 0 {
            let words = if count == 1 { one } else { several };
            warnings.push(say(Tone::Warn, format!("{} {words}", rows(count))));
        }
    };
    let others = sent().filter(|row| model.is_of_another(&row.row)).count();
    warn(others, "belongs to another owner", "belong to other owners");
    let back = "started by a schedule, which starts new ones";
    warn(sent().filter(|row| row.row.scheduled).count(), back, back);
    for (run, count) in conflicts(model, sent()) {
        let intent = run.report.intent();
        let action = intent.action.map_or("?", Action::word);
        let (name, time) = (run.title(), time_of_day(intent.confirmed));
        let (rows, by) = (rows(count), &run.by);
        let words = format!("{rows} already in batch {name}: {action} by {by} at {time}");
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
) -> impl Iterator<Item = (&'a Run, usize)> {
    let moving = model.on_their_way();
    let mut found: BTreeMap<BatchNumber, (&Run, usize)> = BTreeMap::new();
    for run in rows.filter_map(|row| moving.get(&row.row.key).copied()) {
        found.entry(run.number).or_insert((run, 0)).1 += 1;
    }
    found.into_values()
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
