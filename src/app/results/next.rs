//! From the results of a batch to the next plan: retry, delete what was stopped, mark what failed.

use std::sync::Arc;

use crate::app::choices::Order;
use crate::app::keymap::Command;
use crate::app::message::BatchNumber;
use crate::app::results::Section;
use crate::app::run::{Run, Standing};
use crate::app::{Model, Screen, browse, confirm};
use crate::domain::action::{Action, Step};
use crate::domain::report::ReportRow;
use crate::domain::resource::Resource;
use crate::domain::text::counted;
use crate::domain::tracking::Tracking;

/// What one key of the results does to some of a batch's rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NextStep {
    /// The key's command.
    pub(crate) command: Command,
    /// What it does, in words; the number of rows stands at `{}`.
    does: &'static str,
    /// Why there is nothing to do, where it takes no row.
    lacks: &'static str,
    /// Whether it takes a row that is listed as that now.
    takes: fn(&ReportRow, &Resource) -> bool,
}

/// Every next step, in the order of the screen.
pub(crate) const STEPS: [NextStep; 5] = [
    NextStep {
        command: Command::Retry,
        does: "retry what can be retried ({})",
        lacks: "no row of this batch can be retried",
        takes: |row, _| may_be_retried(row),
    },
    NextStep {
        command: Command::MarkFailed,
        does: "mark rejected + unknown ({})",
        lacks: "no row of this batch was rejected, or is unknown and not at its target",
        takes: |row, _| has_failed(row),
    },
    NextStep {
        command: Command::DeleteStopped,
        does: "plan delete for the {} now stopped",
        lacks: "no row that this batch stopped is left to be deleted",
        // What is only suspended can go on: whoever wants it deleted marks it for that.
        takes: |row, now| {
            may_follow(row, now, Action::Delete) && !may_follow(row, now, Action::Resume)
        },
    },
    NextStep {
        command: Command::ResumeSuspended,
        does: "plan resume for the {} now suspended",
        lacks: "no row that this batch suspended can be resumed now",
        takes: |row, now| may_follow(row, now, Action::Resume),
    },
    NextStep {
        command: Command::SuspendResumed,
        does: "plan suspend for the {} now resumed",
        lacks: "no row that this batch resumed can be suspended again now",
        takes: brings_back,
    },
];

impl NextStep {
    /// The rows of a batch it would take. Those that another program follows are that program's.
    pub(crate) fn rows<'a>(&self, model: &Model, run: &'a Run) -> Vec<&'a ReportRow> {
        let is_ours = run.standing != Standing::Elsewhere;
        let rows = run.report.rows().iter();
        rows.filter(|row| is_ours && (self.takes)(row, model.newest(&row.row)))
            .collect()
    }

    /// What it would do now; `None` where there is no row for it.
    pub(crate) fn says(&self, model: &Model, run: &Run) -> Option<String> {
        let (count, totals) = (self.rows(model, run).len(), run.report.totals());
        let is_part = count < totals.rejected + totals.unknown;
        let rest = match self.command {
            Command::MarkFailed if is_part => ", the others are at their target",
            _ => "",
        };
        let does = self.does.replace("{}", &count.to_string());
        (count > 0).then(|| does + rest)
    }
}

/// A row without a verb is out of reach: whether it may be sent again cannot be known.
fn may_be_retried(row: &ReportRow) -> bool {
    row.verb.is_some() && row.may_be_retried()
}

/// Whether a row was refused, or its outcome is unknown and no read has shown it at its target.
fn has_failed(row: &ReportRow) -> bool {
    matches!(Section::of(row), Section::Rejected | Section::Unknown)
        && row.tracking() != Some(Tracking::Reached)
}

/// Whether a row was seen stopped and its status `now` allows `next`.
fn may_follow(row: &ReportRow, now: &Resource, next: Action) -> bool {
    row.verb.is_some_and(|verb| verb.step == Step::Stop)
        && row.tracking() == Some(Tracking::Reached)
        && now.offers.to(next).verb().is_some()
}

/// Whether a row was seen resumed, and a stop brings it back to where it was before.
fn brings_back(row: &ReportRow, now: &Resource) -> bool {
    let Some((verb, track)) = row.verb.zip(row.track()) else {
        return false;
    };
    let inverse = now.offers.stop.verb();
    verb.step == Step::Resume
        && track.state() == Tracking::Reached
        && inverse.is_some_and(|stop| stop.goal.is_reached_by(track.before().as_str()))
}

/// Takes the step, where there are rows for it.
pub(super) fn take(model: &mut Model, number: BatchNumber, step: &NextStep) {
    let Some(run) = model.run(number) else {
        return;
    };
    let rows = step.rows(model, run).into_iter();
    let reason = run.report.intent().reason.as_ref();
    let reason = reason.map(ToString::to_string).unwrap_or_default();
    let rows: Vec<Arc<Resource>> = rows.map(|row| model.newest(&row.row).clone()).collect();
    let (action, follows) = match step.command {
        Command::Retry => (run.report.intent().action, run.name.clone()),
        Command::DeleteStopped => (Some(Action::Delete), None),
        Command::ResumeSuspended => (Some(Action::Resume), None),
        Command::SuspendResumed => (Some(Action::Stop), None),
        _ => (None, None),
    };
    if rows.is_empty() {
        model.say(step.lacks);
        return;
    }
    let Some(action) = action else {
        mark(model, rows);
        return;
    };
    let candidates = rows
        .iter()
        .map(|row| model.candidate(row, &row.status.word));
    let candidates = candidates.collect();
    confirm::open_for(model, action, candidates, follows, reason);
}

fn mark(model: &mut Model, rows: Vec<Arc<Resource>>) {
    let marked = rows.len();
    let marks = model.selection.marks().iter();
    let others = marks.filter(|mark| rows.iter().all(|row| row.key != mark.row.key));
    let before = others.count();
    model.screen = Screen::Browse;
    browse::mark_rows(model, rows, Order::Other);
    if before > 0 && model.popup.is_none() {
        model.say(format!(
            "{marked} marked; {}",
            counted(
                before,
                "other was marked before and still is",
                "others were marked before and still are"
            )
        ));
    }
}
