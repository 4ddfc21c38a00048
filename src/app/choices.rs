//! The popups one chooses in: statuses, sort, and what to do with too many rows.

use std::sync::Arc;

use crate::app::browse::{self, ask_anew, mark_now};
use crate::app::keymap::Command;
use crate::app::selection::Selection;
use crate::app::table::{Column, StatusChips};
use crate::app::{Model, Popup};
use crate::domain::resource::{Group, Key, Resource};
use crate::domain::text::{Clean, counted};

/// One line of the status chips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chip {
    Group(Group),
    Word(Clean, Group),
}

/// The status chips, being chosen.
#[derive(Debug)]
pub(crate) struct Statuses {
    /// Every line, each group followed by its words, with its count.
    pub(crate) chips: Vec<(Chip, usize)>,
    /// Which line the cursor is on.
    pub(crate) cursor: usize,
    before: StatusChips,
}

impl Statuses {
    /// Opens them on what is in force.
    pub(crate) fn new(model: &Model) -> Self {
        let view = &model.browse.view;
        let mut chips = Vec::new();
        for group in Group::ALL {
            chips.push((Chip::Group(group), view.in_group(group)));
            let words = view.words.iter().filter(|((of, _), _)| *of == group);
            chips.extend(words.map(|((_, word), count)| (Chip::Word(word.clone(), group), *count)));
        }
        Self {
            chips,
            cursor: 0,
            before: model.browse.query.chips.clone(),
        }
    }
}

/// More rows than there is room for.
#[derive(Debug)]
pub(crate) struct TooMany {
    /// The rows that are not marked yet.
    pub(crate) rows: Vec<Arc<Resource>>,
    pub(crate) order: Order,
    /// What is unmarked first when rows are marked (an inversion).
    pub(crate) leaving: Vec<Key>,
}

/// In which order rows are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As the list shows them.
    Shown,
    /// As a ticket names them, or a batch has them.
    Other,
}

impl TooMany {
    /// How many of its rows find a place.
    pub(crate) fn room(&self, selection: &Selection) -> usize {
        (selection.room() + self.leaving.len()).min(self.rows.len())
    }
}

/// Carries out a command of the status chips. What is chosen is in force at once; esc takes it back.
pub(super) fn statuses(model: &mut Model, command: Command) {
    let Some(Popup::Statuses(statuses)) = &model.popup else {
        return;
    };
    let chips = &mut model.browse.query.chips;
    if command == Command::Toggle {
        statuses.toggle(chips);
    } else if command == Command::AllStatuses {
        chips.groups = Group::ALL.into();
        chips.words.clear();
    } else if command == Command::LiveStatuses {
        *chips = StatusChips::default();
    } else {
        // Accepted, it is in force already.
        if command != Command::Accept {
            *chips = statuses.before.clone();
        }
        model.popup = None;
    }
    ask_anew(model);
}

impl Statuses {
    /// Turns the chosen line over. A word that passes with its group leaves it: its other words stay.
    fn toggle(&self, chips: &mut StatusChips) {
        match &self.chips[self.cursor].0 {
            Chip::Group(group) => {
                let _ = chips.groups.remove(group) || chips.groups.insert(*group);
                let words = self.words(*group);
                chips
                    .words
                    .retain(|word| words.clone().all(|own| own != word));
            }
            Chip::Word(word, group) if chips.groups.remove(group) => {
                let others = self.words(*group).filter(|other| *other != word);
                chips.words.extend(others.cloned());
            }
            Chip::Word(word, _) => {
                let _ = chips.words.remove(word) || chips.words.insert(word.clone());
            }
        }
    }

    fn words(&self, of: Group) -> impl Iterator<Item = &Clean> + Clone {
        self.chips.iter().filter_map(move |(chip, _)| match chip {
            Chip::Word(word, group) if *group == of => Some(word),
            Chip::Word(..) | Chip::Group(_) => None,
        })
    }
}

/// Carries out a command of the sort menu.
pub(super) fn sort(model: &mut Model, command: Command) {
    if let Some(Popup::Sort(cursor)) = model.popup
        && command == Command::Accept
    {
        model.browse.query.sort.column = Column::ALL[cursor];
        model.popup = None;
        ask_anew(model);
    }
}

/// Carries out a command of the question above 100.
pub(super) fn too_many(model: &mut Model, command: Command) {
    if command == Command::Filter {
        model.popup = None;
        browse::open_filter(model, "");
    }
    if command != Command::MarkWhatFits {
        return;
    }
    if let Some(Popup::TooMany(TooMany { rows, leaving, .. })) = model.popup.take() {
        let leaves = |key: &Key| leaving.contains(key);
        model.selection.unmark_where(|mark| leaves(&mark.row.key));
        let marked = model.selection.room().min(rows.len());
        mark_now(model, &rows);
        let left = rows.len() - marked;
        model.say(format!(
            "{marked} marked; {} not marked: no room",
            counted(left, "row was", "rows were")
        ));
    }
}
