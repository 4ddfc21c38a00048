//! The batches of this run: what was answered, what was seen since, and what can be done next.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::browse;
use crate::app::keymap::Command;
use crate::app::layout::moved;
use crate::app::listing::Listing;
use crate::app::message::{BatchMessage, BatchNumber, Effect};
use crate::app::{Model, Popup, Screen, confirm};
use crate::domain::action::{Action, Exclusion, Goal, Step};
use crate::domain::connection::ConnectionName;
use crate::domain::outcome::Outcome;
use crate::domain::plan::Candidate;
use crate::domain::report::{Report, ReportRow};
use crate::domain::resource::{Key, Reading, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};
use crate::domain::tracking::Tracking;

/// A batch of this run.
#[derive(Debug)]
pub struct Run {
    /// What became of its rows.
    pub report: Report,
    /// When it was sent.
    pub started: Now,
    /// Its name in the journal, once the intent is on disk.
    pub name: Option<String>,
    /// What is worth a line: ids nobody asked for, fallbacks, lanes that stopped.
    pub notes: Vec<Clean>,
    /// Lanes that wait for a rate limit, and until when.
    pub waiting: Vec<(ConnectionName, Moment)>,
    /// Why the journal cannot be written any more, if so.
    pub trouble: Option<Clean>,
    /// Every request ended.
    pub done: bool,
    /// When the last row settled.
    pub settled: Option<Moment>,
}

impl Run {
    /// A batch that is about to be sent.
    pub fn new(report: Report, started: Now) -> Self {
        Self {
            report,
            started,
            name: None,
            notes: Vec::new(),
            waiting: Vec::new(),
            trouble: None,
            done: false,
            settled: None,
        }
    }
}

/// The groups of the results, in the order of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Refused.
    Rejected,
    /// No usable answer.
    Unknown,
    /// Queued or without an answer yet.
    Open,
    /// Acknowledged.
    Scheduled,
    /// Never sent.
    LeftOut,
}

impl Section {
    /// Every section, in order.
    pub const ALL: [Self; 5] = [
        Self::Rejected,
        Self::Unknown,
        Self::Open,
        Self::Scheduled,
        Self::LeftOut,
    ];

    /// Where a row stands.
    pub fn of(row: &ReportRow) -> Self {
        match row.outcome() {
            None => Self::Open,
            Some(Outcome::Rejected(_)) => Self::Rejected,
            Some(Outcome::Unknown(_)) => Self::Unknown,
            Some(Outcome::Scheduled { .. }) => Self::Scheduled,
            Some(Outcome::LeftOut(..)) => Self::LeftOut,
        }
    }
}

/// A line of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The head of a section, and how many rows it has.
    Head(Section, usize),
    /// A row: its index in the report.
    Row(usize),
}

/// The results on screen.
#[derive(Debug)]
pub struct Results {
    /// Which batch.
    pub run: BatchNumber,
    /// Which line the cursor is on.
    pub cursor: usize,
    /// Sections that show only their head.
    pub folded: BTreeSet<Section>,
}

impl Results {
    /// The results of a batch; what was left out is folded away.
    pub fn new(run: BatchNumber) -> Self {
        Self {
            run,
            cursor: 0,
            folded: [Section::LeftOut].into(),
        }
    }

    /// The lines, section by section; empty sections have none.
    pub fn lines(&self, report: &Report) -> Vec<Line> {
        let mut lines = Vec::new();
        for section in Section::ALL {
            let rows = report.rows().iter().enumerate();
            let rows: Vec<usize> = rows
                .filter(|(_, row)| Section::of(row) == section)
                .map(|(i, _)| i)
                .collect();
            if rows.is_empty() {
                continue;
            }
            lines.push(Line::Head(section, rows.len()));
            if !self.folded.contains(&section) {
                lines.extend(rows.into_iter().map(Line::Row));
            }
        }
        lines
    }

    /// The section the cursor is in.
    pub fn section(&self, report: &Report) -> Option<Section> {
        match self.lines(report).get(self.cursor)? {
            Line::Head(section, _) => Some(*section),
            Line::Row(index) => report.rows().get(*index).map(Section::of),
        }
    }
}

/// Carries out a command of the results.
pub(super) fn obey(model: &mut Model, command: Command) -> Vec<Effect> {
    let Screen::Results(results) = &mut model.screen else {
        return Vec::new();
    };
    let number = results.run;
    let Some(run) = model.runs.get(number - 1) else {
        return Vec::new();
    };
    match command {
        Command::Back | Command::Quit => model.screen = Screen::Browse,
        Command::Retry => return retry(model, number),
        Command::MarkFailed => mark_failed(model, number),
        Command::DeleteStopped => return next_step(model, number, Step::Stop, Action::Delete),
        Command::ResumeSuspended => return next_step(model, number, Step::Stop, Action::Resume),
        Command::CopyIds => return copy_section(model, number),
        Command::Fold => {
            if let Some(section) = results.section(&run.report) {
                let _ = results.folded.remove(&section) || results.folded.insert(section);
                let lines = results.lines(&run.report);
                let head = lines
                    .iter()
                    .position(|line| matches!(line, Line::Head(s, _) if *s == section));
                results.cursor = head.unwrap_or(0);
            }
        }
        Command::NextFocus => {
            let lines = results.lines(&run.report);
            let heads: Vec<usize> = (0..lines.len())
                .filter(|&i| matches!(lines[i], Line::Head(..)))
                .collect();
            let next = heads
                .iter()
                .find(|&&i| i > results.cursor)
                .or(heads.first());
            results.cursor = next.copied().unwrap_or(0);
        }
        other => {
            let len = results.lines(&run.report).len();
            let page = usize::from(model.size.1.saturating_sub(12)).max(1);
            results.cursor = moved(results.cursor, len, page, other).unwrap_or(results.cursor);
        }
    }
    Vec::new()
}

impl Model {
    fn candidate_again(&self, row: &ReportRow) -> Candidate {
        Candidate {
            row: row.row.clone(),
            marked_as: row.row.status.word.clone(),
            bar: self.lanes.bar(&row.row.key),
        }
    }

    /// How many rows of a batch can be planned again.
    pub fn retryable(&self, run: &Run) -> usize {
        run.report
            .rows()
            .iter()
            .filter(|row| row.may_be_retried())
            .count()
    }

    /// How many rows of a batch were seen stopped and now take this action.
    pub fn takes_next(&self, run: &Run, action: Action) -> usize {
        run.report
            .rows()
            .iter()
            .filter(|row| may_follow(row, Step::Stop, action))
            .count()
    }
}

/// Whether a row reached the goal of `done` and its status now allows `next`.
fn may_follow(row: &ReportRow, done: Step, next: Action) -> bool {
    row.verb.is_some_and(|verb| verb.step == done)
        && row.tracking() == Some(Tracking::Reached)
        && row.row.offers.to(next).verb().is_some()
}

fn retry(model: &mut Model, number: BatchNumber) -> Vec<Effect> {
    let run = &model.runs[number - 1];
    let rows = run.report.rows().iter().filter(|row| row.may_be_retried());
    let candidates: Vec<Candidate> = rows.map(|row| model.candidate_again(row)).collect();
    let (action, name) = (run.report.batch().action(), run.name.clone());
    if candidates.is_empty() {
        model.say("nothing of this batch can be retried now");
        return Vec::new();
    }
    confirm::open_for(model, action, candidates, name)
}

fn next_step(model: &mut Model, number: BatchNumber, done: Step, next: Action) -> Vec<Effect> {
    let run = &model.runs[number - 1];
    let rows = run
        .report
        .rows()
        .iter()
        .filter(|row| may_follow(row, done, next));
    let candidates: Vec<Candidate> = rows.map(|row| model.candidate_again(row)).collect();
    if candidates.is_empty() {
        model.say(format!(
            "no row of this batch can be planned for {} now",
            next.word()
        ));
        return Vec::new();
    }
    confirm::open_for(model, next, candidates, None)
}

fn mark_failed(model: &mut Model, number: BatchNumber) {
    let rows = model.runs[number - 1].report.rows().iter();
    let rows: Vec<_> = rows
        .filter(|row| has_failed(row))
        .map(|row| row.row.clone())
        .collect();
    if rows.is_empty() {
        model.say("nothing of this batch was rejected or is unknown");
        return;
    }
    let (marked, before) = (rows.len(), model.selection.len());
    model.screen = Screen::Browse;
    browse::mark_rows(model, rows);
    if before > 0 && model.popup.is_none() {
        model.say(format!(
            "{marked} marked; {before} others were marked before and still are"
        ));
    }
}

/// Whether a row was refused, or its outcome is unknown and no read has shown it at its target.
pub(crate) fn has_failed(row: &ReportRow) -> bool {
    matches!(Section::of(row), Section::Rejected | Section::Unknown)
        && row.tracking() != Some(Tracking::Reached)
}

fn copy_section(model: &mut Model, number: BatchNumber) -> Vec<Effect> {
    let Screen::Results(results) = &model.screen else {
        return Vec::new();
    };
    let report = &model.runs[number - 1].report;
    let Some(section) = results.section(report) else {
        return Vec::new();
    };
    let rows = report
        .rows()
        .iter()
        .filter(|row| Section::of(row) == section);
    let ids: Vec<String> = rows.map(|row| row.row.key.id.shown().to_string()).collect();
    model.say(format!("{} ids copied", ids.len()));
    vec![Effect::Copy(ids.join("\n"))]
}

/// Carries out a command of the list of batches.
pub(super) fn batches(model: &mut Model, command: Command) {
    let Some(Popup::Batches(cursor)) = &mut model.popup else {
        return;
    };
    if command == Command::Accept {
        // Newest first on screen.
        let number = model.runs.len() - *cursor;
        model.popup = None;
        model.screen = Screen::Results(Results::new(number));
    } else {
        *cursor = moved(*cursor, model.runs.len(), 1, command).unwrap_or(*cursor);
    }
}

/// Takes in what happened to a batch.
pub(super) fn batch(model: &mut Model, number: BatchNumber, message: BatchMessage) {
    let now = model.now;
    let Some(run) = model.runs.get_mut(number - 1) else {
        return;
    };
    match message {
        BatchMessage::Opened(name) => run.name = Some(name),
        BatchMessage::NotJournaled(words) => {
            run.report
                .close(Exclusion::NotJournaled, &words, now.moment);
            run.trouble = Some(words);
            let queued = run.report.rows().iter().filter(|row| row.verb.is_some());
            let left: Vec<_> = queued.map(|row| row.row.clone()).collect();
            for row in &left {
                mark_again(model, row);
            }
        }
        BatchMessage::JournalFailed(words) => run.trouble = Some(words),
        BatchMessage::Sending(request) => run.report.sent(request),
        BatchMessage::Answered(key, answer, at) => run.report.settle(&key, answer.into(), at),
        BatchMessage::LeftOut(key, why, words) => {
            let outcome = Outcome::LeftOut(why, words);
            run.report.settle(&key, outcome, now.moment);
            if let Some(row) = run.report.row(&key).map(|row| row.row.clone()) {
                mark_again(model, &row);
            }
        }
        BatchMessage::Note(words) => run.notes.push(words),
        BatchMessage::Waiting(connection, seconds) => {
            let until = now.moment.after(std::time::Duration::from_secs(seconds));
            run.waiting.retain(|(waiting, _)| *waiting != connection);
            run.waiting.push((connection, until));
        }
        BatchMessage::LaneStopped(connection, words) => {
            run.notes
                .push(Clean::new(&format!("{connection} stopped: {words}")));
        }
        BatchMessage::Done => {
            let words = Clean::new("no answer was recorded");
            run.report.close(Exclusion::Cancelled, &words, now.moment);
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

/// Takes a read of a row into every batch it belongs to.
pub(super) fn observe(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Reading,
) -> Vec<Effect> {
    let now = model.now.moment;
    let mut effects = Vec::new();
    for (number, run) in (1..).zip(&mut model.runs) {
        if let Some(tracking) = run.report.observe(key, reading, started, now) {
            let seen = seen(&run.report, key, tracking);
            effects.push(Effect::Record(number, vec![seen]));
        }
    }
    effects
}

fn seen(report: &Report, key: &Key, tracking: Tracking) -> (Key, Clean, Tracking) {
    let word = report
        .row(key)
        .and_then(ReportRow::track)
        .and_then(|track| track.last_word());
    let word = word.cloned().unwrap_or_else(|| Clean::new("gone"));
    (key.clone(), word, tracking)
}

/// Takes a listing into every batch. Rows that are to be gone and that a complete listing does not show
/// are read by id: absence from a list is no proof (R12).
pub(super) fn compare(model: &mut Model, listing: &Listing, source: &Source) -> Vec<Effect> {
    let mut found = Vec::new();
    let mut missing: Vec<Key> = Vec::new();
    for row in model.runs.iter().flat_map(|run| run.report.rows()) {
        let key = &row.row.key;
        if *key.source != *source
            || row.track().is_none()
            || row.tracking() == Some(Tracking::NotApplied)
        {
            continue;
        }
        let to_be_gone = row.verb.is_some_and(|verb| verb.goal == Goal::Gone);
        match listing.find(&key.id) {
            Some(row) => found.push((key.clone(), Reading::Found(row.clone()))),
            None if listing.complete && to_be_gone && row.is_moving() => missing.push(key.clone()),
            None => {}
        }
    }
    let mut effects: Vec<Effect> = Vec::new();
    for (key, reading) in found {
        effects.extend(observe(model, &key, listing.started, &reading));
    }
    effects.extend(browse::look_for(model, missing));
    effects
}

/// Lets time pass for every batch: reads that are due, rows that become slow or lost, batches that settle.
pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now.moment;
    let mut effects = Vec::new();
    let mut due: Vec<Key> = Vec::new();
    let mut settled = Vec::new();
    for (number, run) in (1..).zip(&mut model.runs) {
        run.waiting.retain(|(_, until)| *until > now);
        let changed = run.report.tick(now);
        if !changed.is_empty() {
            let seen = changed
                .iter()
                .map(|(key, tracking)| seen(&run.report, key, *tracking))
                .collect();
            effects.push(Effect::Record(number, seen));
        }
        due.extend(run.report.take_due(now));
        if run.done && run.settled.is_none() && run.report.moving() == 0 {
            run.settled = Some(now);
            effects.push(Effect::Finish(number));
            settled.push((
                number,
                run.report.tracked(Tracking::Reached),
                run.report.totals().marked(),
            ));
        }
    }
    if !due.is_empty() {
        effects.push(Effect::Read(due));
    }
    for (number, reached, marked) in settled {
        let name = model.runs[number - 1]
            .name
            .clone()
            .unwrap_or_else(|| number.to_string());
        model.announce(format!(
            "batch {name} has settled: {reached} of {marked} reached their target   B batches"
        ));
    }
    effects
}
