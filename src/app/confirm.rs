//! The plan on screen: fresh reads, rows in and out, the reason, the phrase that confirms it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tui_input::Input;

use crate::app::keymap::{Command, Place};
use crate::app::layout::{is_too_small, moved};
use crate::app::listing::Listing;
use crate::app::message::Effect;
use crate::app::results::{Results, Run};
use crate::app::{Model, Screen};
use crate::domain::action::{Action, Exclusion};
use crate::domain::error::PlatformError;
use crate::domain::outcome::Outcome;
use crate::domain::plan::{Account, Batch, Candidate, NotConfirmed, Plan, PlanRow, Reason};
use crate::domain::report::Report;
use crate::domain::resource::{Key, Reading, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now, time_of_day};

/// How long the fresh reads may take in all.
const PREFLIGHT: Duration = Duration::from_secs(5);

/// At enter, a row last read longer ago is read once more.
const FRESH: Duration = Duration::from_secs(10);

/// Where nothing is typed to confirm, enter counts only after this pause: a key held down never confirms.
const PAUSE: Duration = Duration::from_millis(700);

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
    /// Which of [`Confirm::rows`] the cursor is on.
    pub cursor: usize,
    /// Only the rows that the list's filter hides.
    pub only_hidden: bool,
    /// The requests as they would leave, while they are shown, and the first line on screen.
    pub wire: Option<(Vec<String>, usize)>,
    /// When the fresh reads were all in.
    pub checked: Option<Timestamp>,
    /// Why it was not sent at the last enter.
    pub complaint: Option<String>,
    read: HashMap<Key, Moment>,
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
        }
    }

    /// The rows in the order of the screen: send by request, server decides, left out.
    pub fn rows<'a>(&'a self, hidden: impl Fn(&PlanRow) -> bool + 'a) -> Vec<&'a PlanRow> {
        let mut rows: Vec<&PlanRow> = self.plan.rows().iter().collect();
        if self.only_hidden {
            rows.retain(|row| hidden(row));
        }
        rows.sort_by_key(|row| order(row));
        rows
    }

    /// Whether fresh reads are outstanding.
    pub fn is_checking(&self) -> bool {
        matches!(self.stage, Stage::Reading(..) | Stage::LastLook(..))
    }

    /// Whether it was confirmed and only the last look is outstanding: what was confirmed must not change now.
    pub(super) fn is_confirmed(&self) -> bool {
        matches!(self.stage, Stage::LastLook(..))
    }

    fn outstanding(&mut self) -> Option<&mut HashSet<Key>> {
        match &mut self.stage {
            Stage::Reading(keys, _) | Stage::LastLook(keys, _) => Some(keys),
            Stage::Open => None,
        }
    }

    fn since(&self) -> Option<Moment> {
        match &self.stage {
            Stage::Reading(_, since) | Stage::LastLook(_, since) => Some(*since),
            Stage::Open => None,
        }
    }
}

/// Rows of one request stand together: send first, then what the server decides, then what is left out.
fn order(row: &PlanRow) -> (u8, Option<(Arc<Source>, &'static str)>) {
    use crate::domain::plan::Place as In;
    match &row.place {
        In::Send(verb) => (0, Some((row.row.key.source.clone(), verb.word))),
        In::ServerDecides(verb, _) => (1, Some((row.row.key.source.clone(), verb.word))),
        In::LeftOut { .. } => (2, None),
    }
}

impl Model {
    /// Whether the list's filter hides a row of the plan.
    pub fn hides(&self, row: &PlanRow) -> bool {
        !self.browse.query.matches(&row.row, self.now.wall)
    }

    /// Whether somebody else owns a row; rows without an owner are nobody's.
    pub fn is_of_another(&self, row: &Resource) -> bool {
        let name = |owner: &Clean| owner.as_str().split('@').next().map(str::to_lowercase);
        let owner = row.owner.as_ref().filter(|owner| !owner.is_empty());
        owner.is_some_and(|owner| name(owner) != Some(self.user.to_lowercase()))
    }

    pub(super) fn accounts_of(&self, candidates: &[Candidate]) -> Vec<Account> {
        let touched = |lane: &&crate::app::lanes::Lane| {
            let name = &lane.connection.name;
            candidates
                .iter()
                .any(|candidate| candidate.row.key.source.connection == *name)
        };
        self.lanes
            .all()
            .iter()
            .filter(touched)
            .map(|lane| Account::of(&lane.connection))
            .collect()
    }
}

/// Opens a plan for the marked rows, or the one under the cursor, and reads each of them anew.
pub(super) fn open(model: &mut Model, action: Action) -> Vec<Effect> {
    let candidates = model.candidates();
    if candidates.is_empty() {
        model.say("no row to act on");
        return Vec::new();
    }
    open_for(model, action, candidates, None)
}

/// Opens a plan for these rows, as a retry of the batch named.
pub(super) fn open_for(
    model: &mut Model,
    action: Action,
    candidates: Vec<Candidate>,
    follows: Option<String>,
) -> Vec<Effect> {
    let accounts = model.accounts_of(&candidates);
    let plan = Plan::propose(action, candidates, accounts, model.now.wall).following(follows);
    let sendable = |row: &&PlanRow| row.place.verb().is_some();
    let keys: Vec<Key> = plan
        .rows()
        .iter()
        .filter(sendable)
        .map(|row| row.row.key.clone())
        .collect();
    let focus = if plan.needing_reason() > 0 {
        Focus::Reason
    } else {
        Focus::Phrase
    };
    let stage = if keys.is_empty() {
        Stage::Open
    } else {
        Stage::Reading(keys.iter().cloned().collect(), model.now.moment)
    };
    model.popup = None;
    model.unseen_dialog = true;
    model.screen = Screen::Plan(Box::new(Confirm {
        plan,
        stage,
        focus,
        reason: Input::default(),
        phrase: Input::default(),
        cursor: 0,
        only_hidden: false,
        wire: None,
        checked: None,
        complaint: model.journal_problem.clone(),
        read: HashMap::new(),
        // The enter that chose the action is not the one that confirms it, however long it is held.
        last_enter: Some(model.now.moment),
        wants_wire: false,
    }));
    if keys.is_empty() {
        Vec::new()
    } else {
        vec![Effect::Read(keys)]
    }
}

/// Carries out a command of the plan.
pub(super) fn obey(model: &mut Model, command: Command) -> Vec<Effect> {
    let hides: HashSet<Key> = match &model.screen {
        Screen::Plan(confirm) => {
            let hidden = confirm.plan.rows().iter().filter(|row| model.hides(row));
            hidden.map(|row| row.row.key.clone()).collect()
        }
        _ => return Vec::new(),
    };
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    if confirm.is_confirmed() && command != Command::Back {
        return Vec::new();
    }
    confirm.complaint = None;
    match command {
        Command::NextFocus => confirm.focus = next_focus(confirm, false),
        Command::PreviousFocus => confirm.focus = next_focus(confirm, true),
        Command::OnlyHidden if hides.is_empty() => {
            confirm.complaint =
                Some("no row of this plan is hidden by the list's filter".to_owned());
        }
        Command::OnlyHidden => {
            confirm.only_hidden ^= true;
            confirm.cursor = 0;
        }
        Command::Toggle | Command::Retarget => change_row(confirm, command, &hides),
        Command::Wire => {
            let reason = Reason::new(confirm.reason.value());
            confirm.wants_wire = true;
            return vec![Effect::Preview(confirm.plan.requests(reason.as_ref()))];
        }
        Command::Accept => return accept(model),
        Command::Back | Command::Quit => leave(model),
        other => {
            let len = confirm.rows(|row| hides.contains(&row.row.key)).len();
            match &mut confirm.wire {
                Some((lines, first)) => {
                    *first = moved(*first, lines.len(), 10, other).unwrap_or(*first);
                }
                None => {
                    confirm.cursor =
                        moved(confirm.cursor, len, 10, other).unwrap_or(confirm.cursor);
                }
            }
        }
    }
    Vec::new()
}

fn next_focus(confirm: &Confirm, backwards: bool) -> Focus {
    let mut order = vec![Focus::Phrase, Focus::Rows];
    if confirm.plan.needing_reason() > 0 {
        order.insert(0, Focus::Reason);
    }
    let at = order
        .iter()
        .position(|focus| *focus == confirm.focus)
        .unwrap_or(0);
    let step = if backwards { order.len() - 1 } else { 1 };
    order[(at + step) % order.len()]
}

fn change_row(confirm: &mut Confirm, command: Command, hides: &HashSet<Key>) {
    let rows = confirm.rows(|row| hides.contains(&row.row.key));
    let Some(key) = rows.get(confirm.cursor).map(|row| row.row.key.clone()) else {
        return;
    };
    let changed = match command {
        Command::Retarget => confirm.plan.retarget(&key),
        _ => confirm.plan.toggle(&key),
    };
    if changed {
        confirm.phrase.reset();
        // The row may stand elsewhere now; the cursor goes on to the one that came after it.
        let rows = confirm.rows(|row| hides.contains(&row.row.key));
        let (at, last) = (
            rows.iter().position(|row| row.row.key == key),
            rows.len() - 1,
        );
        let came_up = at.is_some_and(|at| at < confirm.cursor);
        confirm.cursor = (confirm.cursor + usize::from(came_up)).min(last);
    } else {
        confirm.complaint = Some(match command {
            Command::Retarget => "its status allows no other target".to_owned(),
            _ => "this row stays out: see its reason".to_owned(),
        });
    }
}

/// Closes what is open in the plan, or the plan itself. Rows that are gone leave the marks with it.
fn leave(model: &mut Model) {
    if let Screen::Plan(confirm) = &mut model.screen
        && confirm.wire.take().is_some()
    {
        return;
    }
    model.screen = Screen::Browse;
    let gone = model.selection.gone();
    if gone > 0 {
        model.selection.unmark_where(|mark| mark.gone.is_some());
        model.say(format!("{gone} rows that are gone left the marks"));
    }
}

/// Enter: what is missing is said in place; else rows read too long ago are looked at once more.
fn accept(model: &mut Model) -> Vec<Effect> {
    let now = model.now.moment;
    if is_too_small(model.size) {
        return Vec::new();
    }
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    if confirm.focus == Focus::Reason {
        confirm.focus = Focus::Phrase;
        return Vec::new();
    }
    let held_down = confirm
        .last_enter
        .replace(now)
        .is_some_and(|last| now.since(last) < PAUSE);
    confirm.complaint = objection(confirm, model.journal_problem.as_deref(), held_down);
    if confirm.complaint.is_some() {
        return Vec::new();
    }
    let old: HashSet<Key> = confirm
        .plan
        .rows()
        .iter()
        .filter(|row| row.place.verb().is_some())
        .map(|row| row.row.key.clone())
        .filter(|key| {
            confirm
                .read
                .get(key)
                .is_none_or(|read| now.since(*read) > FRESH)
        })
        .collect();
    if old.is_empty() {
        return send(model);
    }
    let keys = old.iter().cloned().collect();
    confirm.stage = Stage::LastLook(old, now);
    vec![Effect::Read(keys)]
}

/// Why the plan cannot be sent as it stands.
fn objection(confirm: &Confirm, journal: Option<&str>, held_down: bool) -> Option<String> {
    if let Some(problem) = journal {
        return Some(problem.to_owned());
    }
    let plan = &confirm.plan;
    let typed = confirm.phrase.value();
    if confirm.is_checking() {
        return Some("the rows are still being read: one moment".to_owned());
    }
    if plan.counts().sendable() == 0 {
        return Some("nothing would be sent: every row is left out".to_owned());
    }
    let waiting = plan.needing_reason();
    if waiting > 0 && Reason::new(confirm.reason.value()).is_none() {
        return Some(needs_reason(
            waiting,
            plan.counts().sendable() - waiting,
            confirm.reason.value(),
        ));
    }
    match plan.phrase() {
        None if held_down => Some("press enter once more, after a moment".to_owned()),
        Some(phrase) if !plan.accepts(typed) => Some(format!("type {phrase} to send")),
        None | Some(_) => None,
    }
}

fn needs_reason(waiting: usize, without: usize, typed: &str) -> String {
    let length = typed.trim().chars().count();
    if length > Reason::LONGEST {
        return format!(
            "the reason has {length} characters; Kubiya takes {}",
            Reason::LONGEST
        );
    }
    let rows = if waiting == 1 {
        "1 row waits"
    } else {
        "rows wait"
    };
    let rows = if waiting == 1 {
        rows.to_owned()
    } else {
        format!("{waiting} {rows}")
    };
    format!(
        "Kubiya needs a reason; {rows} for it, {without} can go without (space leaves a row out)"
    )
}

/// Confirms the plan and sends the batch. Where the last look left nothing to send, the plan stays and says so.
fn send(model: &mut Model) -> Vec<Effect> {
    let wall = model.now.wall;
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    let reason = Reason::new(confirm.reason.value());
    match confirm
        .plan
        .clone()
        .confirm(confirm.phrase.value(), reason, wall)
    {
        Ok(batch) => start(model, Arc::new(batch)),
        Err((_, missing)) => {
            confirm.complaint = Some(
                match missing {
                    NotConfirmed::NothingToSend => {
                        "nothing was sent: every row moved out of the plan"
                    }
                    NotConfirmed::ReasonMissing(_) => "nothing was sent: the reason is missing",
                    NotConfirmed::PhraseDiffers => {
                        "nothing was sent: the plan changed, read it again"
                    }
                }
                .to_owned(),
            );
            Vec::new()
        }
    }
}

fn start(model: &mut Model, batch: Arc<Batch>) -> Vec<Effect> {
    let report = Report::waiting_for(batch.clone());
    // Rows that were sent live in the batch from now on; rows that were left out stay marked.
    for row in report.rows() {
        let stays =
            matches!(row.outcome(), Some(Outcome::LeftOut(why, _)) if *why != Exclusion::Gone);
        if !stays {
            model.selection.unmark(&row.row.key);
        }
    }
    model.browse.only_marked &= !model.selection.is_empty();
    model.runs.push(Run::new(report, model.now));
    let number = model.runs.len();
    model.screen = Screen::Results(Results::new(number));
    vec![Effect::Send(number, batch)]
}

/// Takes a fresh read of a row into the open plan.
pub(super) fn observe(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Result<Reading, PlatformError>,
) -> Vec<Effect> {
    let bar = model.lanes.bar(key);
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    if confirm.read.get(key).is_some_and(|read| started < *read) {
        return Vec::new();
    }
    confirm.plan.observe(key, reading);
    if reading.is_ok() {
        confirm.read.insert(key.clone(), started);
    }
    if let Some((why, words)) = bar {
        confirm.plan.bar(key, why, words.as_str());
    }
    // A read that began before the question was asked does not answer it.
    let answers = confirm.since().is_some_and(|since| started >= since);
    if let Some(outstanding) = confirm.outstanding().filter(|_| answers) {
        outstanding.remove(key);
    }
    settle_stage(model)
}

/// Takes a listing of a source into the open plan: its rows go on being refreshed.
pub(super) fn compare(model: &mut Model, listing: &Listing, source: &Source) -> Vec<Effect> {
    let Screen::Plan(confirm) = &model.screen else {
        return Vec::new();
    };
    let rows = confirm
        .plan
        .rows()
        .iter()
        .filter(|row| *row.row.key.source == *source);
    let found: Vec<_> = rows
        .filter_map(|row| Some((row.row.key.clone(), listing.find(&row.row.key.id)?.clone())))
        .collect();
    let mut effects = Vec::new();
    for (key, row) in found {
        effects.extend(observe(
            model,
            &key,
            listing.started,
            &Ok(Reading::Found(row)),
        ));
    }
    effects
}

/// A source of the plan went down: its rows leave the plan.
pub(super) fn source_failed(model: &mut Model, source: &Source) {
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    let keys: Vec<Key> = confirm
        .plan
        .rows()
        .iter()
        .map(|row| row.row.key.clone())
        .collect();
    for key in keys.into_iter().filter(|key| *key.source == *source) {
        if let Some((why, words)) = model.lanes.bar(&key) {
            confirm.plan.bar(&key, why, words.as_str());
        }
    }
}

/// Lets time pass: rows that were not read within the limit are left out, with the time of their last read.
pub(super) fn tick(model: &mut Model, now: Now) -> Vec<Effect> {
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    if confirm
        .since()
        .is_none_or(|since| now.moment.since(since) < PREFLIGHT)
    {
        return Vec::new();
    }
    let late: Vec<Key> = confirm
        .outstanding()
        .map(|keys| keys.drain().collect())
        .unwrap_or_default();
    for key in late {
        let listing = model
            .lanes
            .source(&key.source)
            .and_then(|state| state.listing.as_ref());
        let words = match listing {
            Some(listing) => format!("not read since {}", time_of_day(listing.at)),
            None => "not read again".to_owned(),
        };
        confirm.plan.not_read(&key, &words);
    }
    settle_stage(model)
}

fn settle_stage(model: &mut Model) -> Vec<Effect> {
    let wall = model.now.wall;
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    match &confirm.stage {
        Stage::Reading(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            confirm.checked = Some(wall);
            Vec::new()
        }
        Stage::LastLook(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            send(model)
        }
        Stage::Reading(..) | Stage::LastLook(..) | Stage::Open => Vec::new(),
    }
}

/// Shows the requests as they would leave.
pub(super) fn previewed(model: &mut Model, texts: Vec<String>) {
    if let Screen::Plan(confirm) = &mut model.screen
        && std::mem::take(&mut confirm.wants_wire)
    {
        confirm.wire = Some((texts, 0));
    }
}
