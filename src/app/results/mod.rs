//! The results of a batch on screen: sections, folds, one row in full, and what its keys do.

mod next;
pub(crate) mod row;

use std::collections::BTreeSet;

use crate::app::keymap::{Command, Place};
use crate::app::layout::{box_page, moved, paged};
use crate::app::message::{BatchNumber, Effect};
use crate::app::run::{self, Run};
use crate::app::{Model, Popup, Screen};
use crate::domain::export::Said;
use crate::domain::outcome::Outcome;
use crate::domain::report::{Report, ReportRow};
use crate::domain::text::{Clean, counted};

pub(crate) use next::STEPS;

/// More rows than that with the same reason are folded at first.
const FOLDED_ABOVE: usize = 3;

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

/// What a head folds away: a section, or those of its rows that have the same code and reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// Which section.
    pub section: Section,
    /// The code and the reason, as they are shown.
    pub reason: Option<Clean>,
}

/// A line of the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A head, how many rows it has, and whether they are folded away.
    Head(Fold, usize, bool),
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
    /// One row in full: its index in the report, and the first line on screen.
    pub row: Option<(usize, usize)>,
    /// Heads that were opened or closed by hand.
    turned: BTreeSet<Fold>,
}

impl Results {
    /// The results of a batch; what was left out is folded away.
    pub fn new(run: BatchNumber) -> Self {
        Self {
            run,
            cursor: 0,
            row: None,
            turned: BTreeSet::new(),
        }
    }

    /// Where keys go.
    pub fn place(&self) -> Place {
        match self.row {
            Some(_) => Place::ResultsRow,
            None => Place::Results,
        }
    }

    /// The lines, section by section; empty sections have none.
    pub fn lines(&self, report: &Report) -> Vec<Line> {
        let mut lines = Vec::new();
        for section in Section::ALL {
            let rows = (0..).zip(report.rows());
            let rows = rows.filter(|(_, row)| Section::of(row) == section);
            let rows: Vec<(usize, Clean)> = rows.map(|(place, row)| (place, reason(row))).collect();
            if !rows.is_empty() && self.head(&mut lines, section, None, rows.len()) {
                self.reasons(&mut lines, section, rows);
            }
        }
        lines
    }

    /// Adds a head and says whether its rows are shown.
    fn head(
        &self,
        lines: &mut Vec<Line>,
        section: Section,
        reason: Option<Clean>,
        count: usize,
    ) -> bool {
        let at_first = match &reason {
            None => section == Section::LeftOut,
            // Each unknown row has a tracking of its own.
            Some(_) => count > FOLDED_ABOVE && section != Section::Unknown,
        };
        let fold = Fold { section, reason };
        let is_folded = at_first != self.turned.contains(&fold);
        lines.push(Line::Head(fold, count, is_folded));
        !is_folded
    }

    /// The rows of a section; those with the same reason come last, under a head of their own.
    fn reasons(&self, lines: &mut Vec<Line>, section: Section, mut rows: Vec<(usize, Clean)>) {
        let mut headed = Vec::new();
        while let Some((_, reason)) = rows.first().cloned() {
            let same = rows.extract_if(.., |row| row.1 == reason);
            let same: Vec<Line> = same.map(|(place, _)| Line::Row(place)).collect();
            if same.len() == 1 || reason.is_empty() {
                lines.extend(same);
            } else if self.head(&mut headed, section, Some(reason), same.len()) {
                headed.extend(same);
            }
        }
        lines.extend(headed);
    }

    /// The section the cursor is in.
    fn section(&self, report: &Report) -> Option<Section> {
        match self.lines(report).get(self.cursor)? {
            Line::Head(fold, ..) => Some(fold.section),
            Line::Row(index) => report.rows().get(*index).map(Section::of),
        }
    }

    /// Opens or closes the head under the cursor, or the nearest above it.
    fn fold(&mut self, report: &Report) {
        let lines = self.lines(report).into_iter().enumerate();
        let heads = lines.take(self.cursor + 1);
        let heads = heads.filter_map(|(place, line)| match line {
            Line::Head(fold, ..) => Some((place, fold)),
            Line::Row(_) => None,
        });
        if let Some((place, fold)) = heads.last() {
            self.cursor = place;
            let _ = self.turned.remove(&fold) || self.turned.insert(fold);
        }
    }
}

/// What rows are put together by: code and reason. What is scheduled or open is told by its tracking.
fn reason(row: &ReportRow) -> Clean {
    match Section::of(row) {
        Section::Open | Section::Scheduled => Clean::new(""),
        Section::Rejected | Section::Unknown | Section::LeftOut => {
            let said = Said::of(row);
            Clean::new(format!("{} {}", said.code, said.reason).trim())
        }
    }
}

/// Whether a key of the results would do anything now; those of other places always may.
pub(super) fn may(model: &Model, results: &Results, command: Command) -> bool {
    let Some(run) = model.run(results.run) else {
        return true;
    };
    let step = STEPS.iter().find(|step| step.command == command);
    match command {
        Command::Close => run.is_stuck(),
        _ => step.is_none_or(|step| !step.rows(model, run).is_empty()),
    }
}

/// Carries out a command of the results.
pub(super) fn obey(model: &mut Model, command: Command) {
    let size = model.size;
    let Screen::Results(results) = &mut model.screen else {
        return;
    };
    let number = results.run;
    let Some(run) = model.runs.iter().find(|run| run.number == number) else {
        return;
    };
    let report = &run.report;
    if let Some(step) = STEPS.iter().find(|step| step.command == command) {
        return next::take(model, number, step);
    }
    match (command, &mut results.row) {
        (Command::Back | Command::Quit, Some(_)) => results.row = None,
        (Command::Back | Command::Quit, None) => model.screen = Screen::Browse,
        (Command::CopyIds, _) => copy(model),
        (Command::Export, _) => model.popup = Some(Popup::Export(0)),
        (Command::Close, _) => close(model, number),
        (other, Some((index, first))) => {
            let (columns, page) = box_page(size);
            let lines = row::lines(model.now.moment, run, &report.rows()[*index], columns);
            *first = paged(*first, lines.len(), page, other);
        }
        (Command::Fold, None) => results.fold(report),
        (Command::Detail, None) => match results.lines(report).get(results.cursor) {
            Some(Line::Row(index)) => results.row = Some((*index, 0)),
            Some(Line::Head(..)) | None => results.fold(report),
        },
        (Command::NextFocus, None) => {
            let is_head =
                |line: &Line| matches!(line, Line::Head(fold, ..) if fold.reason.is_none());
            let lines = results.lines(report);
            let mut heads = (0..lines.len()).filter(|place| is_head(&lines[*place]));
            results.cursor = heads.find(|place| *place > results.cursor).unwrap_or(0);
        }
        (other, None) => {
            let len = results.lines(report).len();
            let page = usize::from(size.1.saturating_sub(12)).max(1);
            results.cursor = moved(results.cursor, len, page, other).unwrap_or(results.cursor);
        }
    }
}

/// Copies the id of the row in full, or those of the section under the cursor.
fn copy(model: &mut Model) {
    let Screen::Results(results) = &model.screen else {
        return;
    };
    let Some(Run { report, .. }) = model.run(results.run) else {
        return;
    };
    let section = results.section(report);
    let rows = report.rows().iter().enumerate();
    let rows = rows.filter(|(place, row)| match results.row {
        Some((shown, _)) => *place == shown,
        None => Some(Section::of(row)) == section,
    });
    let ids: Vec<String> = rows
        .map(|(_, row)| row.row.key.id.shown().to_string())
        .collect();
    let count = counted(ids.len(), "id", "ids");
    model.say(format!("{count} copied, if the terminal allows it"));
    model.effects.push(Effect::Copy(ids.join("\n")));
}

/// Ends a batch of which rows can no longer be read back.
fn close(model: &mut Model, number: BatchNumber) {
    if model.run(number).is_some_and(Run::is_stuck) {
        run::close(model, number);
        model.say("closed: no row of it is read back any more");
    } else {
        model.say("nothing to close: its rows are read, or it has ended");
    }
}

/// Moves through the list of batches, or opens the one the cursor is on.
pub(super) fn choose(model: &mut Model, number: BatchNumber, command: Command) {
    let batches = model.batches();
    let at = batches.iter().position(|run| run.number == number);
    let Some(to) = moved(at.unwrap_or(0), batches.len(), 1, command) else {
        model.popup = None;
        model.screen = Screen::Results(Results::new(number));
        return;
    };
    let chosen = batches.get(to).map(|run| run.number);
    model.popup = chosen.map(Popup::Batches);
}
