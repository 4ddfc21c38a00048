//! Batches: those sent here, and those of other runs as the journal tells of them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::app::message::{BatchMessage, BatchNumber, Effect};
use crate::app::{Model, Screen};
use crate::domain::action::Exclusion;
use crate::domain::connection::ConnectionName;
use crate::domain::outcome::Outcome;
use crate::domain::report::{Report, ReportRow};
use crate::domain::resource::{Key, Resource};
use crate::domain::text::{Clean, counted};
use crate::domain::time::{Moment, Now};

/// How many batches that are over stay in memory, and how many of the newest are read of the journal.
pub(crate) const KEPT: usize = 50;

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
    /// Which batch; from 1, given by the model and never to another.
    pub number: BatchNumber,
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
    /// Requests that wait for a rate limit to be sent again.
    pub waiting: Vec<Waiting>,
    /// Why the journal cannot be written any more, if so.
    pub trouble: Option<Clean>,
    /// Why rows of an unfinished batch cannot be read back, a line for each connection.
    pub out_of_reach: Vec<Clean>,
    /// Every request ended.
    pub done: bool,
    /// When the last row settled.
    pub settled: Option<Now>,
}

/// A request that was refused by a rate limit.
#[derive(Debug)]
pub struct Waiting {
    request: u32,
    /// The connection it goes to.
    pub connection: ConnectionName,
    /// When it is sent again.
    pub until: Moment,
}

/// How the journal was looked up last.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// How many of its batches could not be read.
    not_read: usize,
    /// The list of batches opens once it was read.
    pub(super) is_awaited: bool,
}

impl Run {
    /// A batch that is about to be sent here.
    pub fn new(report: Report, by: Clean, started: Now) -> Self {
        Self {
            number: 0,
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

    /// Its name in the journal, once it has one.
    pub(crate) fn title(&self) -> String {
        let number = || format!("no. {}", self.number);
        self.name.clone().unwrap_or_else(number)
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

    /// Whether rows of it stay unread for good unless its connections come back.
    pub(crate) fn is_stuck(&self) -> bool {
        match self.standing {
            Standing::Unfinished => true,
            Standing::Adopted => self.settled.is_some() && !self.out_of_reach.is_empty(),
            Standing::Own | Standing::Elsewhere | Standing::Ended => false,
        }
    }

    /// Whether the row's request waits for the rate limit.
    pub(crate) fn is_held_back(&self, row: &ReportRow) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|waiting| Some(waiting.request) == row.request)
    }

    /// A request waits, perhaps once more.
    fn wait(&mut self, waiting: Waiting) {
        self.waiting
            .retain(|before| before.request != waiting.request);
        self.waiting.push(waiting);
    }

    /// A row has its outcome: its request waits no more.
    fn settle(&mut self, key: &Key, outcome: Outcome, at: Moment) {
        self.report.settle(key, outcome, at);
        let request = self.report.row(key).and_then(|row| row.request);
        let is_over = |waiting: &Waiting| Some(waiting.request) == request;
        self.waiting.retain(|waiting| !is_over(waiting));
    }

    /// Every request ended.
    fn ended(&mut self, now: Moment) {
        let words = Clean::new("no answer was recorded");
        self.report.close(Exclusion::Cancelled, &words, now);
        self.done = true;
    }

    /// Whether nothing more is expected of it.
    fn is_over(&self) -> bool {
        self.standing == Standing::Ended || (self.settled.is_some() && !self.is_stuck())
    }
}

impl Model {
    /// The batch of that number, unless it is over and forgotten.
    pub fn run(&self, number: BatchNumber) -> Option<&Run> {
        self.runs.iter().find(|run| run.number == number)
    }

    fn run_mut(&mut self, number: BatchNumber) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.number == number)
    }

    /// Takes a batch up and numbers it.
    pub(super) fn add_run(&mut self, run: Run) -> BatchNumber {
        self.batches_seen += 1;
        let number = self.batches_seen;
        self.runs.push(Run { number, ..run });
        number
    }

    /// Forgets the oldest of the batches that are over, but not the one on screen: the journal has them.
    pub(super) fn forget_runs(&mut self) {
        let shown = match &self.screen {
            Screen::Results(results) => Some(results.run),
            Screen::FirstRun | Screen::Browse | Screen::Plan(_) | Screen::Detail(_) => None,
        };
        let over = self.runs.iter();
        let over = over.filter(|run| run.is_over() && Some(run.number) != shown);
        let mut over: Vec<_> = over.map(|run| (run.name.clone(), run.number)).collect();
        over.sort_unstable();
        over.truncate(over.len().saturating_sub(KEPT));
        let is_kept = |run: &Run| over.iter().all(|(_, number)| *number != run.number);
        self.runs.retain(is_kept);
    }

    /// The batches that are followed here, with their numbers.
    pub fn followed(&self) -> impl Iterator<Item = (BatchNumber, &Run)> {
        let followed = self.runs.iter().filter(|run| run.is_followed());
        followed.map(|run| (run.number, run))
    }

    /// Every batch, newest first. One without a name has only just been confirmed.
    pub(crate) fn batches(&self) -> Vec<&Run> {
        let mut batches: Vec<&Run> = self.runs.iter().collect();
        batches.sort_by_key(|run| {
            (
                run.name.is_some(),
                Reverse((run.name.as_deref(), run.number)),
            )
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
        if model.demo && !run.out_of_reach.is_empty() {
            let over = "the platforms it went to were simulated and ended with that demo";
            run.out_of_reach = vec![Clean::new(over)];
        }
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
        let is_unfinished = run.standing == Standing::Unfinished;
        fresh += usize::from(is_unfinished && standing != Some(Standing::Unfinished));
        let can_be_read_back = run.can_be_read_back();
        let number = match known {
            Some(place) => {
                let number = model.runs[place].number;
                model.runs[place] = Run { number, ..run };
                number
            }
            None => model.add_run(run),
        };
        // What an earlier demo simulated is gone for good; other servers may come back.
        if is_unfinished && can_be_read_back {
            adopt(model, number, Standing::Adopted);
        } else if is_unfinished && model.demo {
            close(model, number);
        }
    }
    model.forget_runs();
    tell_of(model, fresh);
}

/// Tells of batches without an end that were not known before.
fn tell_of(model: &mut Model, fresh: usize) {
    let what = match fresh {
        0 => return,
        _ if model.demo => {
            let batches = counted(fresh, "batch", "batches");
            format!("{batches} of an earlier demo, which is over")
        }
        _ => {
            let batches = counted(fresh, "unfinished batch", "unfinished batches");
            format!("{batches}, nothing is sent again")
        }
    };
    model.warn(format!("{what}: B shows what is known"));
}

/// Takes in how many batches of the journal cannot be read, and says so once.
pub(super) fn not_read(model: &mut Model, count: usize) {
    if std::mem::replace(&mut model.lookup.not_read, count) < count {
        let files = counted(count, "batch of the journal", "batches of the journal");
        model.warn(format!("{files} cannot be read: see `centurion history`"));
    }
}

fn adopt(model: &mut Model, number: BatchNumber, standing: Standing) {
    let Some(run) = model.run_mut(number) else {
        return;
    };
    let is_held = run.is_followed();
    run.standing = standing;
    let name = run.name.clone().filter(|_| !is_held);
    let adopted = name.map(|name| Effect::Adopt(number, name));
    model.effects.extend(adopted);
}

/// Ends a batch of which rows can no longer be read back. What is known of it stays in the journal.
pub(super) fn close(model: &mut Model, number: BatchNumber) {
    adopt(model, number, Standing::Ended);
    model.effects.push(Effect::Finish(number));
}

/// Takes in what happened to a batch.
pub(super) fn batch(model: &mut Model, number: BatchNumber, message: BatchMessage) {
    let now = model.now.moment;
    let Some(run) = model.run_mut(number) else {
        return;
    };
    match message {
        BatchMessage::Opened(name) => run.name = Some(name),
        BatchMessage::NotJournaled(words) => {
            run.report.close(Exclusion::NotJournaled, &words, now);
            run.trouble = Some(words);
            let queued = run.report.rows().iter().filter(|row| row.verb.is_some());
            let rows: Vec<_> = queued.map(|row| row.row.clone()).collect();
            mark_again(model, rows);
        }
        BatchMessage::JournalFailed(words) => {
            let name = run.name.clone().unwrap_or_default();
            if run.trouble.is_none() {
                run.trouble = Some(words.clone());
                model.warn(format!("batch {name}: {words}"));
            }
        }
        BatchMessage::Elsewhere => run.standing = Standing::Elsewhere,
        BatchMessage::Sending(request) => run.report.sent(request),
        BatchMessage::Answered(key, answer, at) => run.settle(&key, answer.into(), at),
        BatchMessage::LeftOut(key, why, words) => {
            run.settle(&key, Outcome::LeftOut(why, words), now);
            let row = run.report.row(&key).map(|row| row.row.clone());
            mark_again(model, row);
        }
        BatchMessage::Note(words) => run.notes.push(words),
        BatchMessage::Waiting(request, connection, seconds) => run.wait(Waiting {
            request,
            connection,
            until: now.after(Duration::from_secs(seconds)),
        }),
        BatchMessage::LaneStopped(connection, words) => {
            let words = format!("{connection} stopped: {words}");
            run.notes.push(Clean::new(&words));
        }
        BatchMessage::Done => run.ended(now),
    }
}

/// Rows that were not sent after all go back to the marks, where there is room (`UX.md` 6).
fn mark_again(model: &mut Model, rows: impl IntoIterator<Item = Arc<Resource>>) {
    for row in rows {
        if model.selection.mark(&row, model.now.moment).is_err() {
            model.announce("rows that were not sent did not fit into the marks: see the results");
        }
    }
}
