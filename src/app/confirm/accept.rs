//! Enter on a plan: what is missing is said in place; else the batch leaves.

use std::collections::HashSet;
use std::sync::Arc;

use crate::app::confirm::{Confirm, FRESH, Focus, PAUSE, Stage};
use crate::app::layout::is_too_small;
use crate::app::message::Effect;
use crate::app::results::Results;
use crate::app::run::Run;
use crate::app::{Model, Screen};
use crate::domain::action::Exclusion;
use crate::domain::outcome::Outcome;
use crate::domain::plan::{Batch, NotConfirmed, Reason};
use crate::domain::report::Report;
use crate::domain::resource::Key;
use crate::domain::text::Clean;

/// Sends the plan, unless something is missing; rows read too long ago are looked at once more first.
pub(super) fn accept(model: &mut Model) {
    let now = model.now.moment;
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    if is_too_small(model.size) {
        return;
    }
    match confirm.focus {
        Focus::Reason => confirm.focus = Focus::Phrase,
        // What no row holds is not left: the cursor would stand on a row that was not looked for.
        Focus::Find if confirm.nothing_found => {}
        Focus::Find => confirm.focus = Focus::Rows,
        Focus::Rows => {}
        Focus::Phrase => {
            let last = confirm.last_enter.replace(now);
            let held_down = last.is_some_and(|last| now.since(last) < PAUSE);
            confirm.complaint = objection(confirm, model.journal_problem.as_deref(), held_down);
            if confirm.complaint.is_none() {
                look_once_more(model);
            }
        }
    }
}

fn look_once_more(model: &mut Model) {
    let now = model.now.moment;
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    let is_old = |key: &Key| {
        let read = confirm.read.get(key);
        read.is_none_or(|read| now.since(*read) > FRESH)
    };
    let sent = confirm.sent().map(|row| row.row.key.clone());
    let old: HashSet<Key> = sent.filter(is_old).collect();
    if old.is_empty() {
        return send(model);
    }
    let keys = old.iter().cloned().collect();
    confirm.stage = Stage::LastLook(old, now);
    model.effects.push(Effect::Read(keys));
}

/// Why the plan cannot be sent as it stands.
fn objection(confirm: &Confirm, journal: Option<&str>, held_down: bool) -> Option<String> {
    if let Some(problem) = journal {
        return Some(problem.to_owned());
    }
    if confirm.is_checking() {
        return Some("the rows are still being read: one moment".to_owned());
    }
    let reason = Reason::new(confirm.reason.value());
    let missing = confirm
        .plan
        .missing(confirm.phrase.value(), reason.as_ref());
    let too_early = || "press enter once more, after a moment".to_owned();
    let is_too_early = held_down && confirm.plan.phrase().is_none();
    let missing = missing.map(|missing| asks_for(confirm, missing));
    missing.or_else(|| is_too_early.then(too_early))
}

fn asks_for(confirm: &Confirm, missing: NotConfirmed) -> String {
    let plan = &confirm.plan;
    let waiting = match missing {
        NotConfirmed::NothingToSend => {
            return "nothing would be sent: every row is left out".to_owned();
        }
        NotConfirmed::PhraseDiffers => {
            return format!("type {} to send", plan.phrase().unwrap_or_default());
        }
        NotConfirmed::ReasonMissing(waiting) => waiting,
    };
    let (length, most) = (
        confirm.reason.value().trim().chars().count(),
        Reason::LONGEST,
    );
    if length > most {
        return format!("the reason has {length} characters; Kubiya takes {most}");
    }
    let wait = if waiting == 1 { "waits" } else { "wait" };
    let (rows, others) = (
        crate::app::rows(waiting),
        plan.counts().sendable() - waiting,
    );
    format!(
        "Kubiya needs a reason; {rows} {wait} for it, {others} can go without (space leaves a row out)"
    )
}

/// Confirms the plan and sends the batch. Where the last look left something missing, the plan stays and says so.
pub(super) fn send(model: &mut Model) {
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    let (plan, reason) = (confirm.plan.clone(), Reason::new(confirm.reason.value()));
    match plan.confirm(confirm.phrase.value(), reason, model.now.wall) {
        Ok(batch) => start(model, Arc::new(batch)),
        Err((_, missing)) => confirm.complaint = Some(asks_for(confirm, missing)),
    }
}

fn start(model: &mut Model, batch: Arc<Batch>) {
    let report = Report::waiting_for(&batch);
    // Rows that were sent live in the batch from now on; rows that were left out stay marked.
    for row in report.rows() {
        let stays =
            matches!(row.outcome(), Some(Outcome::LeftOut(why, _)) if *why != Exclusion::Gone);
        if !stays {
            model.selection.unmark(&row.row.key);
        }
    }
    model.browse.only_marked &= !model.selection.is_empty();
    let by = Clean::new(&format!("{}@{}", model.user, model.host));
    let number = model.add_run(Run::new(report, by, model.now));
    model.screen = Screen::Results(Results::new(number));
    model.effects.push(Effect::Send(number, batch));
}
