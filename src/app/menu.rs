//! The action menu: what each action would do to the marked rows.

use std::sync::Arc;

use crate::app::keymap::Command;
use crate::app::{Model, Popup, confirm};
use crate::domain::action::{Action, Exclusion, Offer};
use crate::domain::plan::{Candidate, Counts};
use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::time::time_of_day;

/// The action menu.
#[derive(Debug, Default)]
pub(crate) struct Menu {
    /// Which action the cursor is on.
    pub(crate) cursor: usize,
    /// The row it was opened for, where none is marked: what is under the cursor may change meanwhile.
    pub(crate) row: Option<Arc<Resource>>,
}

/// What an action would do to the rows, for its line in the menu.
#[derive(Clone, Debug)]
pub(crate) struct Prospect {
    /// The action.
    pub(crate) action: Action,
    /// How many rows would be sent, left to the server, left out.
    pub(crate) counts: Counts,
    /// Why most of the left-out rows are left out; `None` where none is.
    pub(crate) why: Option<Clean>,
    /// The platforms' own verbs for it, by platform label.
    pub(crate) verbs: Vec<(&'static str, &'static str)>,
}

impl Model {
    /// The rows an action would be planned for: the marked ones, else the one under the cursor.
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        let candidate = |row: &Arc<Resource>, marked_as: &Clean| Candidate {
            row: row.clone(),
            marked_as: marked_as.clone(),
            bar: self.lanes.bar(&row.key),
        };
        if self.selection.is_empty() {
            let sound = self.unmarked_row().filter(|row| row.key.id.is_sound());
            return sound
                .map(|row| candidate(row, &row.status.word))
                .into_iter()
                .collect();
        }
        let marks = self.selection.marks().iter();
        marks
            .map(|mark| match mark.gone {
                None => candidate(&mark.row, &mark.marked_as),
                Some(since) => {
                    let words = format!("no longer there since {}", time_of_day(since));
                    let bar = Some((Exclusion::Gone, Clean::new(&words)));
                    Candidate {
                        bar,
                        ..candidate(&mark.row, &mark.marked_as)
                    }
                }
            })
            .collect()
    }

    /// The row under the cursor, or the one the open menu is for, as last listed.
    fn unmarked_row(&self) -> Option<&Arc<Resource>> {
        let Some(Popup::Menu(menu)) = &self.popup else {
            return self.cursor_row();
        };
        let row = menu.row.as_ref()?;
        let state = self.lanes.source(&row.key.source);
        let listing = state.and_then(|state| state.listing.as_ref());
        listing
            .and_then(|listing| listing.find(&row.key.id))
            .or(Some(row))
    }

    /// What each action would do to them.
    pub(crate) fn prospects(&self) -> Vec<Prospect> {
        let candidates = self.candidates();
        Action::ALL
            .into_iter()
            .map(|action| prospect(action, &candidates))
            .collect()
    }
}

fn prospect(action: Action, candidates: &[Candidate]) -> Prospect {
    let mut counts = Counts::default();
    let mut verbs: Vec<(&'static str, &'static str)> = Vec::new();
    let mut reasons: Vec<(Clean, usize)> = Vec::new();
    for candidate in candidates {
        let offer = candidate.row.offers.to(action);
        let reason = match (&candidate.bar, offer) {
            (Some((_, words)), _) => words.clone(),
            (None, Offer::No(_, words)) => Clean::new(words),
            (None, Offer::Yes(verb) | Offer::ServerDecides(verb, _)) => {
                let name = (candidate.row.platform().name(), verb.word);
                if !verbs.contains(&name) {
                    verbs.push(name);
                }
                match offer {
                    Offer::ServerDecides(..) => counts.server_decides += 1,
                    Offer::Yes(_) | Offer::No(..) => counts.send += 1,
                }
                continue;
            }
        };
        counts.left_out += 1;
        match reasons.iter_mut().find(|(words, _)| *words == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let why = reasons
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(words, _)| words);
    Prospect {
        action,
        counts,
        why,
        verbs,
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
