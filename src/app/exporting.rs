//! Exports: what is on screen, as text in a file of its own.

use crate::app::keymap::Command;
use crate::app::message::{Effect, Saved};
use crate::app::{Model, Screen};
use crate::domain::export::Table;

/// Describes the file for the plan or the results on screen: all of it, folded or not, as it stands now.
pub(super) fn export(model: &mut Model, command: Command) {
    model.popup = None;
    let Command::ExportAs(format) = command else {
        return;
    };
    let (stem, table) = match &model.screen {
        Screen::Plan(confirm) => {
            let by = format!("{}@{}", model.user, model.host);
            let stem = format!("plan-{}", confirm.plan.action().word().replace(' ', "-"));
            (stem, Table::of_plan(&confirm.plan, &by))
        }
        Screen::Results(results) => {
            let Some(run) = model.runs.get(results.run - 1) else {
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
