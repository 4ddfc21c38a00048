//! The plan on screen: its rows in and out, the reason, the phrase that confirms it.

mod accept;
mod keys;
mod preflight;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tui_input::Input;

use crate::app::keymap::Place;
use crate::app::message::Effect;
use crate::app::{Model, Screen, menu};
use crate::domain::action::Action;
use crate::domain::connection::Connection;
use crate::domain::plan::{Account, Candidate, Place as Group, Plan, PlanRow};
use crate::domain::resource::{Key, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;

pub(crate) use keys::wire_lines;
pub(super) use keys::{found, may, obey, previewed};
pub(super) use preflight::{forget_reads, keys, observe, source_failed, tick};

/// How far the plan is.
#[derive(Debug)]
pub enum Stage {
    /// Its rows are being read anew; those that are outstanding.
    Reading(HashSet<Key>, Moment),
    /// It waits for the operator.
    Open,
    /// Confirmed; rows last read too long ago are read once more before anything is sent.
    LastLook(HashSet<Key>, Moment),
}

/// What the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The reason.
    Reason,
    /// The confirm line.
    Phrase,
    /// The rows.
    Rows,
    /// The text that a row is looked for by.
    Find,
}

/// A plan on screen.
#[derive(Debug)]
pub struct Confirm {
    /// The plan.
    pub plan: Plan,
    /// How far it is.
    pub stage: Stage,
    /// What the keys go to.
    pub focus: Focus,
    /// The reason being typed.
    pub reason: Input,
    /// The phrase being typed.
    pub phrase: Input,
    /// How many earlier reasons were looked at.
    recalled: usize,
    /// What a row is looked for by.
    pub find: Input,
    /// Which of [`Confirm::rows`] the cursor is on.
    pub cursor: usize,
    /// No row holds what is looked for.
    pub nothing_found: bool,
    /// Only the rows that the list's filter hides.
    pub only_hidden: bool,
    /// The requests as they would leave, while they are shown, and the first line on screen.
    pub wire: Option<(Vec<String>, usize)>,
    /// When the fresh reads were all in.
    pub checked: Option<Timestamp>,
    /// Why it was not sent at the last enter.
    pub complaint: Option<String>,
    read: HashMap<Key, Moment>,
    /// What began before is old, however little time has passed since (N32).
    not_before: Moment,
    last_enter: Option<Moment>,
    /// The requests were asked for: those of another plan do not show up in this one.
    wants_wire: bool,
}

impl Confirm {
    /// Where keys go.
    pub fn place(&self) -> Place {
        match (&self.wire, self.focus) {
            (Some(_), _) => Place::PlanWire,
            (None, Focus::Reason) => Place::PlanReason,
            (None, Focus::Phrase) => Place::PlanPhrase,
            (None, Focus::Rows) => Place::PlanRows,
            (None, Focus::Find) => Place::PlanFind,
        }
    }

    /// The field that takes what is typed; none once the plan is confirmed.
    pub(super) fn field(&mut self) -> Option<&mut Input> {
        match self.focus {
            _ if self.is_confirmed() => None,
            Focus::Reason => Some(&mut self.reason),
            Focus::Phrase => Some(&mut self.phrase),
            Focus::Find => Some(&mut self.find),
            Focus::Rows => None,
        }
    }

    /// The rows in the order of the screen: send by request, server decides, left out.
    pub fn rows(&self, model: &Model) -> Vec<&PlanRow> {
        let rows = self.plan.rows().iter();
        let mut rows: Vec<_> = rows
            .filter(|row| !self.only_hidden || model.hides(row))
            .collect();
        rows.sort_by_key(|row| order(row));
        rows
    }

    /// The rows that would leave.
    pub fn sent(&self) -> impl Iterator<Item = &PlanRow> {
        let rows = self.plan.rows().iter();
        rows.filter(|row| row.place.verb().is_some())
    }

    /// Whether fresh reads are outstanding.
    pub fn is_checking(&self) -> bool {
        matches!(self.stage, Stage::Reading(..) | Stage::LastLook(..))
    }

    /// Whether it was confirmed and only the last look is outstanding: what was confirmed must not change now.
    fn is_confirmed(&self) -> bool {
        matches!(self.stage, Stage::LastLook(..))
    }
}

/// Rows of one request stand together: send first, then what the server decides, then what is left out.
pub(crate) fn order(row: &PlanRow) -> (u8, Option<(Arc<Source>, &'static str)>) {
    match &row.place {
        Group::Send(verb) => (0, Some((row.row.key.source.clone(), verb.word))),
        Group::ServerDecides(verb, _) => (1, Some((row.row.key.source.clone(), verb.word))),
        Group::LeftOut { .. } => (2, None),
    }
}

impl Model {
    /// Whether the list's filter hides a row of the plan.
    pub fn hides(&self, row: &PlanRow) -> bool {
        !self.browse.query.matches(&row.row, self.now.wall)
    }

    /// A protected connection that what is on screen is about: one that the open plan changes, or that any
    /// row listed is of.
    pub(crate) fn protected(&self) -> Option<&Connection> {
        let is_meant = |connection: &Connection| match &self.screen {
            Screen::Plan(confirm) => {
                let mut sources = confirm.sent().map(|row| &row.row.key.source);
                sources.any(|source| source.connection == connection.name)
            }
            Screen::FirstRun | Screen::Browse | Screen::Results(_) | Screen::Detail(_) => true,
        };
        let mut connections = self.lanes.all().iter().map(|lane| &lane.connection);
        connections.find(|connection| connection.protected && is_meant(connection))
    }

    /// Whether somebody else owns a row; rows without an owner are nobody's.
    pub fn is_of_another(&self, row: &Resource) -> bool {
        let name = |owner: &Clean| owner.as_str().split('@').next().map(str::to_lowercase);
        let owner = row.owner.as_ref().filter(|owner| !owner.is_empty());
        owner.is_some_and(|owner| name(owner) != Some(self.user.to_lowercase()))
    }

    /// Reasons of earlier batches, the newest first: five at most, each once.
    pub(crate) fn reasons(&self) -> Vec<&str> {
        let mut reasons = Vec::new();
        for run in self.batches() {
            let reason = run.report.intent().reason.as_ref().map(Clean::as_str);
            reasons.extend(reason.filter(|reason| !reasons.contains(reason)));
        }
        reasons.truncate(5);
        reasons
    }

    fn accounts_of(&self, candidates: &[Candidate]) -> Vec<Account> {
        let connections = self.lanes.all().iter().map(|lane| &lane.connection);
        let touched = connections.filter(|connection| {
            let mut sources = candidates.iter().map(|candidate| &candidate.row.key.source);
            sources.any(|source| source.connection == connection.name)
        });
        touched.map(Account::of).collect()
    }
}

/// Opens a plan for the marked rows, or the one under the cursor, and reads each of them anew.
pub(super) fn open(model: &mut Model, action: Action) {
    let candidates = model.candidates();
    if candidates.is_empty() {
        model.say(menu::NO_ROW);
    } else {
        open_for(model, action, candidates, None, String::new());
    }
}

/// Opens a plan for these rows, as a retry of the batch named, with that reason to begin with. The journal is read anew as well: others
/// may be acting on the same rows (J10).
pub(super) fn open_for(
    model: &mut Model,
    action: Action,
    candidates: Vec<Candidate>,
    follows: Option<String>,
    reason: String,
) {
    let accounts = model.accounts_of(&candidates);
    let plan = Plan::propose(action, candidates, accounts, model.now.wall).following(follows);
    let mut confirm = Confirm {
        focus: match plan.counts().sendable() {
            0 => Focus::Rows,
            _ if plan.needing_reason() > 0 => Focus::Reason,
            _ => Focus::Phrase,
        },
        plan,
        stage: Stage::Open,
        reason: Input::new(reason),
        recalled: 0,
        phrase: Input::default(),
        find: Input::default(),
        cursor: 0,
        nothing_found: false,
        only_hidden: false,
        wire: None,
        checked: None,
        complaint: model.journal_problem.clone(),
        read: HashMap::new(),
        not_before: Moment::default(),
        // The enter that chose the action is not the one that confirms it, however long it is held.
        last_enter: Some(model.now.moment),
        wants_wire: false,
    };
    let keys: Vec<Key> = confirm.sent().map(|row| row.row.key.clone()).collect();
    model.effects.push(Effect::ReadJournal);
    if !keys.is_empty() {
        confirm.stage = Stage::Reading(keys.iter().cloned().collect(), model.now.moment);
        model.effects.push(Effect::Read(keys));
    }
    model.popup = None;
    model.unseen_dialog = true;
    model.screen = Screen::Plan(Box::new(confirm));
}

/// How long the fresh reads may take in all.
const PREFLIGHT: Duration = Duration::from_secs(5);

/// At enter, a row last read longer ago is read once more.
const FRESH: Duration = Duration::from_secs(10);

/// Where nothing is typed to confirm, enter counts only after this pause: a key held down never confirms.
const PAUSE: Duration = Duration::from_millis(700);
