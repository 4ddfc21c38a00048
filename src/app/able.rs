//! Which commands can act now: the footer shows no other.

use crate::app::keymap::Command;
use crate::app::{Model, Popup, Screen, confirm, results};
use crate::domain::action::Action;

/// Whether what a command needs is there.
type Holds = fn(&Model) -> bool;

/// What commands need; one that is not here can always act.
const NEEDS: &[(&[Command], Holds)] = &[
    (
        &[
            Command::Mark,
            Command::RangeMark,
            Command::MarkAll,
            Command::Actions,
            Command::Detail,
            Command::Logs,
        ],
        |model| model.cursor_row().is_some(),
    ),
    (&[Command::Accept], |model| match &model.popup {
        Some(Popup::Ids(ids)) => !ids.is_reading(),
        Some(_) => true,
        None => model.browse.typing.is_none() || model.browse.complaint.is_none(),
    }),
    (&[Command::OnlyMarked], |model| !model.selection.is_empty()),
    (&[Command::Batches], |model| !model.runs.is_empty()),
    (
        &[Command::NextMatch, Command::PreviousMatch],
        |model| matches!(&model.screen, Screen::Detail(detail) if detail.page.search.is_some()),
    ),
];

impl Model {
    /// Whether the command would do anything now.
    pub fn can(&self, command: Command) -> bool {
        if let Command::Plan(action) = command {
            return self.offers(action);
        }
        let mut needs = NEEDS.iter();
        let need = needs.find(|(commands, _)| commands.contains(&command));
        let is_open_to_it = match &self.screen {
            _ if self.popup.is_some() => true,
            Screen::Plan(confirm) => confirm::may(self, confirm, command),
            Screen::Results(results) => results::may(self, results, command),
            Screen::FirstRun | Screen::Browse | Screen::Detail(_) => true,
        };
        is_open_to_it && need.is_none_or(|(_, holds)| holds(self))
    }

    /// Whether some row takes the action.
    fn offers(&self, action: Action) -> bool {
        let candidates = self.candidates();
        let mut free = candidates.iter().filter(|row| row.bar.is_none());
        free.any(|candidate| candidate.row.offers.to(action).verb().is_some())
    }
}
