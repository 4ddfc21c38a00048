//! Batches: those sent here, and those of other runs as the journal tells of them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::app::Model;
use crate::app::message::{BatchMessage, BatchNumber, Effect};
use crate::domain::action::Exclusion;
use crate::domain::connection::ConnectionName;
use crate::domain::outcome::Outcome;
use crate::domain::report::{Report, ReportRow};
use crate::domain::resource::{Key, Resource};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};

/// Whose a batch is, and who follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Sent and followed here.
    Own,
    /// Left without an end by an earlier run, and followed here (J2).
    Adopted,
    /// Left without an end, and out of reach from here.
    Unfinished,
    /// Sent or followed by another program over the same journal.
    Elsewhere,
    /// Its end is written.
    Ended,
}

/// A batch and what became of it.
#[derive(Debug)]
pub struct Run {
    /// What became of its rows.
    pub report: Report,
    /// Whose it is.
    pub standing: Standing,
    /// Who confirmed it, as `user@host`.
    pub by: Clean,
    /// When it was sent; of an earlier run, when it was last looked up in the journal.
    pub started: Now,
    /// Its name in the journal, once the intent is on disk.
    pub name: Option<String>,
    /// What is worth a line: ids nobody asked for, fallbacks, lanes that stopped.
    pub notes: Vec<Clean>,
    /// Lanes that wait for a rate limit, and until when.
    pub waiting: Vec<(ConnectionName, Moment)>,
    /// Why the journal cannot be written any more, if so.
    pub trouble: Option<Clean>,
    /// Why rows of an unfinished batch cannot be read back, a line for each connection.
    pub out_of_reach: Vec<Clean>,
    /// Every request ended.
    pub done: bool,
    /// When the last row settled.
    pub settled: Option<Moment>,
}

impl Run {
    /// A batch that is about to be sent here.
    pub fn new(report: Report, by: Clean, started: Now) -> Self {
        Self {
            report,
            standing: Standing::Own,
            by,
            started,
            name: None,
            notes: Vec::new(),
            waiting: Vec::new(),
            trouble: None,
            out_of_reach: Vec::new(),
            done: false,
            settled: None,
        }
    }

    /// Whether its rows are read from here.
    pub fn is_followed(&self) -> bool {
        matches!(self.standing, Standing::Own | Standing::Adopted)
    }

    /// Whether it is followed and has not settled.
    pub fn is_open(&self) -> bool {
        self.is_followed() && self.settled.is_none()
    }

    /// Whether any read could tell more of an unfinished batch.
    fn can_be_read_back(&self) -> bool {
        self.out_of_reach.is_empty() || self.report.rows().iter().any(|row| row.track().is_some())
    }
}

impl Model {
    /// The batches that are followed here, with their numbers.
    pub fn followed(&self) -> impl Iterator<Item = (BatchNumber, &Run)> {
        (1..).zip(&self.runs).filter(|(_, run)| run.is_followed())
    }

    /// Every batch, newest first. One without a name has only just been confirmed.
    pub fn batches(&self) -> Vec<(BatchNumber, &Run)> {
        let mut batches: Vec<_> = (1..).zip(&self.runs).collect();
        batches.sort_by_key(|(number, run)| {
            (run.name.is_some(), Reverse((run.name.as_deref(), *number)))
        });
        batches
    }

    /// Rows that a batch is moving, whoever sent it, each with that batch (J10).
    pub fn on_their_way(&self) -> HashMap<&Key, &Run> {
        let live = self
            .runs
            .iter()
            .filter(|run| run.standing != Standing::Ended);
        let rows = live.flat_map(|run| run.report.rows().iter().map(move |row| (row, run)));
        let moving = rows.filter(|(row, _)| row.is_moving());
        moving.map(|(row, run)| (&row.row.key, run)).collect()
    }
}

/// Takes in what the journal holds of other runs. A batch without an end is gone on with here: its rows
/// are read back, and nothing is ever sent again on the strength of it (J2).
pub(super) fn journal(model: &mut Model, batches: Vec<Run>) {
    let mut fresh = 0;
    for mut run in batches {
        let known = model.runs.iter().position(|known| known.name == run.name);
        let standing = known.map(|place| model.runs[place].standing);
        let is_final = matches!(
            standing,
            Some(Standing::Own | Standing::Adopted | Standing::Ended)
        );
        // One of this run's own, whose name is still on its way from the writer.
        let is_nameless = || model.runs.iter().any(|own| own.name.is_none() && !own.done);
        if is_final || (run.standing == Standing::Elsewhere && is_nameless()) {
            continue;
        }
        let number = known.map_or(model.runs.len(), |place| place) + 1;
        if run.standing == Standing::Unfinished {
            fresh += usize::from(standing != Some(Standing::Unfinished));
            // The world of an earlier demo is gone for good; other servers may come back.
            if run.can_be_read_back() || model.demo {
                run.standing = Standing::Adopted;
                let adopted = run.name.clone().map(|name| Effect::Adopt(number, name));
                model.effects.extend(adopted);
            }
        }
        match known {
            Some(place) => model.runs[place] = run,
            None => model.runs.push(run),
        }
    }
    if fresh > 0 {
        let batches = if fresh == 1 { "batch" } else { "batches" };
        model.warn(format!(
            "{fresh} unfinished {batches}, nothing is sent again: B shows what is known"
        ));
    }
}

/// Takes in what happened to a batch.
pub(super) fn batch(model: &mut Model, number: BatchNumber, message: BatchMessage) {
    let now = model.now.moment;
    let Some(run) = model.runs.get_mut(number - 1) else {
        return;
    };
    match message {
        BatchMessage::Opened(name) => run.name = Some(name),
        BatchMessage::NotJournaled(words) => {
            run.report.close(Exclusion::NotJournaled, &words, now);
            run.trouble = Some(words);
            let queued = run.report.rows().iter().filter(|row| row.verb.is_some());
            let left: Vec<_> = queued.map(|row| row.row.clone()).collect();
            for row in &left {
                mark_again(model, row);
            }
        }
        BatchMessage::JournalFailed(words) => run.trouble = Some(words),
        BatchMessage::Elsewhere => run.standing = Standing::Elsewhere,
        BatchMessage::Sending(request) => run.report.sent(request),
        BatchMessage::Answered(key, answer, at) => run.report.settle(&key, answer.into(), at),
        BatchMessage::LeftOut(key, why, words) => {
            run.report.settle(&key, Outcome::LeftOut(why, words), now);
            let row = run.report.row(&key).map(|row: &ReportRow| row.row.clone());
            if let Some(row) = row {
                mark_again(model, &row);
            }
        }
        BatchMessage::Note(words) => run.notes.push(words),
        BatchMessage::Waiting(connection, seconds) => {
            run.waiting.retain(|(waiting, _)| *waiting != connection);
            run.waiting
                .push((connection, now.after(Duration::from_secs(seconds))));
        }
        BatchMessage::LaneStopped(connection, words) => {
            run.notes
                .push(Clean::new(&format!("{connection} stopped: {words}")));
        }
        BatchMessage::Done => {
            let words = Clean::new("no answer was recorded");
            run.report.close(Exclusion::Cancelled, &words, now);
            run.done = true;
        }
    }
}

/// A row that was not sent after all goes back to the marks, where there is room (`UX.md` 6).
fn mark_again(model: &mut Model, row: &Arc<Resource>) {
    if model.selection.mark(row, model.now.moment).is_err() {
        model.announce("rows that were not sent did not fit into the marks: see the results");
    }
}
