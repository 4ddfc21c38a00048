//! What is on screen as text: in a file of its own, or on the clipboard.

use crate::app::keymap::Command;
use crate::app::message::{Effect, Saved};
use crate::app::{Model, Popup, Screen};
use crate::domain::export::{Format, Table};
use crate::domain::resource::Resource;
use crate::domain::text::counted;

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
                Table::of_results(name, run.by.as_str(), &run.report, &run.notes),
            )
        }
        Screen::FirstRun | Screen::Browse | Screen::Detail(_) => return,
    };
    let text = Saved::Text(format.word(), table.text(format));
    model.effects.push(Effect::Save(stem, text));
}

/// Copies the marked rows, or the one under the cursor, a line each; `one` and `several` are its nouns.
pub(super) fn copy(
    model: &mut Model,
    [one, several]: [&str; 2],
    text: impl Fn(&Resource) -> String,
) {
    let rows = model.candidates();
    if rows.is_empty() {
        return;
    }
    let lines: Vec<String> = rows.iter().map(|row| text(&row.row)).collect();
    let count = counted(rows.len(), one, several);
    model.say(format!("{count} copied, if the terminal allows it"));
    model.effects.push(Effect::Copy(lines.join("\n")));
}
