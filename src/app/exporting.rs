//! Exports: what is on screen, as text in a file of its own.

use crate::app::keymap::Command;
use crate::app::message::{Effect, Saved};
use crate::app::{Model, Popup, Screen};
use crate::domain::export::{Format, Table};

/// Describes the file for the plan or the results on screen: all of it, folded or not, as it stands now.
pub(super) fn export(model: &mut Model, command: Command) {
    let format = match (command, model.popup.take()) {
        (Command::ExportAs(format), _) => format,
        (_, Some(Popup::Export(cursor))) => Format::ALL[cursor],
        (_, _) => return,
    };
    let (stem, table) = match &model.screen {
        Screen::Plan(confirm) => {
            let by = format!("{}@{}", model.user, model.host);
            let stem = format!("plan-{}", confirm.plan.action().word().replace(' ', "-"));
            (stem, Table::of_plan(&confirm.plan, &by))
        }
        Screen::Results(results) => {
            let Some(run) = model.run(results.run) else {
                return;
            };
            let name = run.name.as_deref().unwrap_or("without-a-name");
            (
                name.to_owned(),
                Table::of_results(name, run.by.as_str(), &run.report),
            )
        }
        Screen::FirstRun | Screen::Browse | Screen::Detail(_) => return,
    };
    let text = Saved::Text(format.word(), table.text(format));
    model.effects.push(Effect::Save(stem, text));
}
