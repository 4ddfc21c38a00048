//! What lies over the screen: menus, questions and lists, with one rule for their cursors and for going back.

use crate::app::choices::{Statuses, TooMany};
use crate::app::ids::Ids;
use crate::app::keymap::{self, Command, Place};
use crate::app::layout::{self, moved};
use crate::app::menu::Menu;
use crate::app::message::{BatchNumber, Effect};
use crate::app::palette::Palette;
use crate::app::table::Column;
use crate::app::{Model, browse, choices, exporting, ids, menu, results, switching, update};
use crate::domain::action::Action;
use crate::domain::export::Format;

/// What lies over the screen.
#[derive(Debug)]
pub(crate) enum Popup {
    Menu(Menu),
    Statuses(Statuses),
    /// Which of [`Column::ALL`] the cursor is on.
    Sort(usize),
    TooMany(TooMany),
    /// The batch the cursor is on, also when the journal tells of newer ones meanwhile.
    Batches(BatchNumber),
    Palette(Palette),
    Ids(Ids),
    Sources(usize),
    Messages(usize),
    /// Which of [`Format::ALL`] the cursor is on.
    Export(usize),
    /// The keys of a place, scrolled by so many lines, and the popup it lies over.
    Help(Place, usize, Option<Box<Self>>),
    Quit,
}

impl Popup {
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Menu(_) => Place::Menu,
            Self::Statuses(_) => Place::Statuses,
            Self::Sort(_) => Place::Sort,
            Self::TooMany(_) => Place::TooMany,
            Self::Batches(_) => Place::Batches,
            Self::Palette(_) => Place::Palette,
            Self::Ids(ids) => ids.place(),
            Self::Sources(_) => Place::Sources,
            Self::Messages(_) => Place::Messages,
            Self::Export(_) => Place::Export,
            Self::Help(..) => Place::Help,
            Self::Quit => Place::Quit,
        }
    }

    /// What moving keys move, where there is something to choose or to scroll.
    fn cursor(&mut self) -> Option<&mut usize> {
        match self {
            Self::Menu(menu) => Some(&mut menu.cursor),
            Self::Statuses(statuses) => Some(&mut statuses.cursor),
            Self::Palette(palette) => Some(&mut palette.cursor),
            Self::Ids(ids) => Some(&mut ids.cursor),
            Self::Sort(at)
            | Self::Sources(at)
            | Self::Messages(at)
            | Self::Export(at)
            | Self::Help(_, at, _) => Some(at),
            Self::TooMany(_) | Self::Batches(_) | Self::Quit => None,
        }
    }
}

impl Model {
    /// How many places the cursor of the popup has, and how many a page of it moves.
    fn popup_extent(&self) -> (usize, usize) {
        let entries = match &self.popup {
            Some(Popup::Menu(_)) => Action::ALL.len(),
            Some(Popup::Statuses(statuses)) => statuses.chips.len(),
            Some(Popup::Sort(_)) => Column::ALL.len(),
            Some(Popup::Palette(palette)) => palette.fitting().len(),
            Some(Popup::Ids(ids)) => ids.missing().len(),
            Some(Popup::Sources(_)) => self.lanes.sources().count() + self.lanes.off().count(),
            Some(Popup::Messages(_)) => self.said.len(),
            Some(Popup::Help(of, ..)) => {
                let page = usize::from(layout::help_page(self.size.1));
                let last = keymap::in_place(*of).count().saturating_sub(page);
                return (last + 1, page);
            }
            Some(Popup::Export(_)) => Format::ALL.len(),
            Some(Popup::TooMany(_) | Popup::Batches(_) | Popup::Quit) | None => 0,
        };
        (entries, 1)
    }
}

/// One rule for all popups: moving moves the cursor, going back closes; the rest is the popup's own.
pub(super) fn obey(model: &mut Model, command: Command) {
    let (len, page) = model.popup_extent();
    let Some(popup) = &mut model.popup else {
        return;
    };
    if let Some(cursor) = popup.cursor()
        && let Some(to) = moved(*cursor, len, page, command)
    {
        *cursor = to;
        return;
    }
    if matches!(command, Command::Back | Command::Quit) && !matches!(popup, Popup::Statuses(_)) {
        model.popup = match model.popup.take() {
            Some(Popup::Help(_, _, over)) => over.map(|over| *over),
            _ => None,
        };
        return;
    }
    match popup {
        Popup::Menu(_) => menu::obey(model, command),
        Popup::Statuses(_) => choices::statuses(model, command),
        Popup::Sort(_) => choices::sort(model, command),
        Popup::TooMany(_) => choices::too_many(model, command),
        Popup::Batches(number) => {
            let number = *number;
            results::choose(model, number, command);
        }
        Popup::Palette(_) => palette(model),
        Popup::Ids(_) => ids::accept(model, command),
        // Reading now, and holding.
        Popup::Sources(_) => update::list(model, command),
        Popup::Export(_) => exporting::export(model, command),
        Popup::Messages(_) | Popup::Help(..) => {}
        Popup::Quit => update::quit(model),
    }
}

/// Runs the chosen command as if its key had been pressed in the list. Where none fits the line says so.
fn palette(model: &mut Model) {
    if let Some(Popup::Palette(palette)) = &model.popup
        && let Some((chosen, argument)) = palette.chosen()
    {
        model.popup = None;
        match chosen {
            Command::On | Command::Off => {
                switching::switch(model, &argument, chosen == Command::On);
            }
            Command::Theme => browse::change_colors(model, &argument),
            _ => update::obey(model, Place::Browse, chosen),
        }
        if chosen == Command::Ids && !argument.is_empty() {
            model.effects.push(Effect::ReadText(argument));
        }
    }
}
