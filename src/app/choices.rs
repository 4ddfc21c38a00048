//! The popups one chooses in: actions, statuses, sort, and what to do with too many rows.

use std::sync::Arc;

use crate::app::browse::{self, ask_anew, mark_now};
use crate::app::keymap::Command;
use crate::app::layout::moved;
use crate::app::message::Effect;
use crate::app::selection::Selection;
use crate::app::table::{Column, StatusChips};
use crate::app::{Model, Popup, confirm};
use crate::domain::action::{Action, Exclusion, Offer};
use crate::domain::plan::{Candidate, Counts};
use crate::domain::resource::{Group, Key, Resource};
use crate::domain::text::Clean;
use crate::domain::time::time_of_day;

/// The action menu.
#[derive(Debug, Default)]
pub struct Menu {
    /// Which action the cursor is on.
    pub cursor: usize,
    /// The row it was opened for, where none is marked: what is under the cursor may change meanwhile.
    pub row: Option<Arc<Resource>>,
}

/// What an action would do to the rows, for its line in the menu.
#[derive(Clone, Debug)]
pub struct Prospect {
    /// The action.
    pub action: Action,
    /// How many rows would be sent, left to the server, left out.
    pub counts: Counts,
    /// Why most of the left-out rows are left out; `None` where none is.
    pub why: Option<Clean>,
    /// The platforms' own verbs for it, by platform label.
    pub verbs: Vec<(&'static str, &'static str)>,
}

impl Model {
    /// The rows an action would be planned for: the marked ones, else the one under the cursor.
    pub fn candidates(&self) -> Vec<Candidate> {
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
    pub fn prospects(&self) -> Vec<Prospect> {
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

/// One line of the status chips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chip {
    /// A group.
    Group(Group),
    /// A platform's own word, with its group.
    Word(Clean, Group),
}

/// The status chips, being chosen.
#[derive(Debug)]
pub struct Statuses {
    /// Every line, each group followed by its words, with its count.
    pub chips: Vec<(Chip, usize)>,
    /// Which line the cursor is on.
    pub cursor: usize,
    before: StatusChips,
}

impl Statuses {
    /// Opens them on what is in force.
    pub fn new(model: &Model) -> Self {
        let view = &model.browse.view;
        let mut chips = Vec::new();
        for group in Group::ALL {
            chips.push((Chip::Group(group), view.in_group(group)));
            let words = view.words.iter().filter(|word| word.group == group);
            chips.extend(words.map(|word| (Chip::Word(word.word.clone(), group), word.count)));
        }
        Self {
            chips,
            cursor: 0,
            before: model.browse.query.chips.clone(),
        }
    }
}

/// The sort menu.
#[derive(Debug)]
pub struct SortMenu {
    /// Which of [`Column::ALL`] the cursor is on.
    pub cursor: usize,
}

/// More rows than there is room for.
#[derive(Debug)]
pub struct TooMany {
    /// The rows that are not marked yet, in the order shown.
    pub rows: Vec<Arc<Resource>>,
    /// What is unmarked first when rows are marked (an inversion).
    pub leaving: Vec<Key>,
}

impl TooMany {
    /// How many of its rows find a place.
    pub fn room(&self, selection: &Selection) -> usize {
        (selection.room() + self.leaving.len()).min(self.rows.len())
    }
}

/// Carries out a command of the action menu.
pub(super) fn menu(model: &mut Model, command: Command) -> Vec<Effect> {
    let Some(Popup::Menu(menu)) = &mut model.popup else {
        return Vec::new();
    };
    match command {
        Command::Plan(action) => confirm::open(model, action),
        Command::Accept => {
            let action = Action::ALL[menu.cursor];
            confirm::open(model, action)
        }
        other => {
            menu.cursor = moved(menu.cursor, Action::ALL.len(), 1, other).unwrap_or(menu.cursor);
            Vec::new()
        }
    }
}

/// Carries out a command of the status chips. What is chosen is in force at once; esc takes it back.
pub(super) fn statuses(model: &mut Model, command: Command) -> Vec<Effect> {
    let Some(Popup::Statuses(statuses)) = &mut model.popup else {
        return Vec::new();
    };
    let chips = &mut model.browse.query.chips;
    match command {
        Command::Toggle => match &statuses.chips[statuses.cursor].0 {
            Chip::Group(group) => {
                let _ = chips.groups.remove(group) || chips.groups.insert(*group);
            }
            Chip::Word(word, _) => {
                let _ = chips.words.remove(word) || chips.words.insert(word.clone());
            }
        },
        Command::AllStatuses => {
            *chips = StatusChips {
                groups: Group::ALL.into(),
                words: [].into(),
            }
        }
        Command::LiveStatuses => *chips = StatusChips::default(),
        Command::Back => {
            *chips = statuses.before.clone();
            model.popup = None;
        }
        Command::Accept | Command::Quit => {
            model.popup = None;
            return Vec::new();
        }
        other => {
            let to = moved(statuses.cursor, statuses.chips.len(), 1, other);
            statuses.cursor = to.unwrap_or(statuses.cursor);
            return Vec::new();
        }
    }
    ask_anew(model)
}

/// Carries out a command of the sort menu.
pub(super) fn sort(model: &mut Model, command: Command) -> Vec<Effect> {
    let Some(Popup::Sort(menu)) = &mut model.popup else {
        return Vec::new();
    };
    if command == Command::Accept {
        model.browse.query.sort.column = Column::ALL[menu.cursor];
        model.popup = None;
        return ask_anew(model);
    }
    menu.cursor = moved(menu.cursor, Column::ALL.len(), 1, command).unwrap_or(menu.cursor);
    Vec::new()
}

/// Carries out a command of the question above 100.
pub(super) fn too_many(model: &mut Model, command: Command) {
    let Some(Popup::TooMany(question)) = &mut model.popup else {
        return;
    };
    match command {
        Command::MarkWhatFits => {
            let (rows, leaving) = (
                std::mem::take(&mut question.rows),
                std::mem::take(&mut question.leaving),
            );
            model.popup = None;
            model
                .selection
                .unmark_where(|mark| leaving.contains(&mark.row.key));
            let marked = model.selection.room().min(rows.len());
            mark_now(model, &rows);
            let left = rows.len() - marked;
            model.say(format!(
                "{marked} marked; {left} did not fit and are not marked"
            ));
        }
        Command::Filter => {
            model.popup = None;
            browse::open_filter(model);
        }
        other => debug_assert_eq!(
            other,
            Command::Back,
            "the table of keys binds nothing else here"
        ),
    }
}
