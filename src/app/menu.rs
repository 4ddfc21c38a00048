//! The action menu: what each action would do to the marked rows.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::keymap::Command;
use crate::app::{Model, Popup, confirm};
use crate::domain::action::{Action, Exclusion};
use crate::domain::plan::{Candidate, Plan};
use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::time::time_of_day;

/// Why no action can be chosen.
pub(super) const NO_ROW: &str =
    "no row to act on: none is marked, and none that can be is under the cursor";

/// The action menu.
#[derive(Debug, Default)]
pub(crate) struct Menu {
    /// Which action the cursor is on.
    pub(crate) cursor: usize,
    /// The row it was opened for, where none was marked: what is marked or under the cursor may change meanwhile.
    pub(crate) row: Option<Arc<Resource>>,
}

impl Model {
    /// The rows an action would be planned for: the one the open menu is for, else the marked ones, else the one
    /// under the cursor.
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        let row = match &self.popup {
            Some(Popup::Menu(menu)) => menu.row.as_ref().map(|row| self.newest(row)),
            Some(_) | None if self.selection.is_empty() => self.cursor_row(),
            Some(_) | None => None,
        };
        if row.is_some() || self.selection.is_empty() {
            let sound = row.filter(|row| row.key.id.is_sound());
            let row = sound.map(|row| self.candidate(row, &row.status.word));
            return row.into_iter().collect();
        }
        let gone = |since| format!("no longer there since {}", time_of_day(since));
        let marks = self.selection.marks().iter();
        let candidates = marks.map(|mark| Candidate {
            bar: match mark.gone {
                None => self.lanes.bar(&mark.row.key),
                Some(since) => Some((Exclusion::Gone, Clean::new(&gone(since)))),
            },
            ..self.candidate(&mark.row, &mark.marked_as)
        });
        candidates.collect()
    }

    /// A row on its way into a plan, unless its connection bars it.
    pub(super) fn candidate(&self, row: &Arc<Resource>, marked_as: &Clean) -> Candidate {
        Candidate {
            row: row.clone(),
            marked_as: marked_as.clone(),
            bar: self.lanes.bar(&row.key),
        }
    }

    /// The row as last listed, else as it was seen last.
    pub(super) fn newest<'a>(&'a self, row: &'a Arc<Resource>) -> &'a Arc<Resource> {
        let state = self.lanes.source(&row.key.source);
        let listing = state.and_then(|state| state.listing.as_ref());
        let listed = listing.and_then(|listing| listing.find(&row.key.id));
        listed.unwrap_or(row)
    }

    /// The plan that each action would open, so that menu and plan never differ.
    pub(crate) fn prospects(&self) -> Vec<Plan> {
        let candidates = self.candidates();
        let plan = |action| {
            let candidates = candidates.clone();
            Plan::propose(action, candidates, Vec::new(), Timestamp::UNIX_EPOCH)
        };
        Action::ALL.into_iter().map(plan).collect()
    }
}

/// Carries out a command of the action menu.
pub(super) fn obey(model: &mut Model, command: Command) {
    let Some(Popup::Menu(menu)) = &model.popup else {
        return;
    };
    let action = match command {
        Command::Plan(action) => action,
        _ => Action::ALL[menu.cursor],
    };
    confirm::open(model, action);
}
