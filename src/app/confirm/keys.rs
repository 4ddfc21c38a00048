//! What the keys of a plan do, but for the one that sends it.

use tui_input::Input;

use crate::app::confirm::{Confirm, Focus, accept};
use crate::app::keymap::Command;
use crate::app::layout::{box_page, moved, paged};
use crate::app::message::Effect;
use crate::app::{Model, Popup, Screen};
use crate::domain::plan::{PlanRow, Reason};
use crate::domain::resource::Key;
use crate::domain::text::{counted, folded};

/// Carries out a command of the plan.
pub(in crate::app) fn obey(model: &mut Model, command: Command) {
    let listed = listed(model);
    let size = model.size;
    let Screen::Plan(confirm) = &model.screen else {
        return;
    };
    let hides_some = hides_some(model, confirm);
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    if confirm.is_confirmed() && command != Command::Back {
        return;
    }
    confirm.complaint = None;
    match command {
        Command::NextFocus => confirm.focus = next_focus(confirm, false),
        Command::PreviousFocus => confirm.focus = next_focus(confirm, true),
        Command::OnlyHidden => only_hidden(confirm, hides_some),
        Command::Filter => {
            confirm.find.reset();
            confirm.nothing_found = false;
            confirm.focus = Focus::Find;
        }
        Command::EarlierReason => recall(model),
        Command::Export => model.popup = Some(Popup::Export(0)),
        Command::Toggle | Command::Retarget => change_row(model, command, &listed),
        Command::Wire => model.effects.extend(preview(confirm)),
        Command::Accept => accept::accept(model),
        Command::Back | Command::Quit => leave(model),
        other => {
            if let Some((lines, first)) = &mut confirm.wire {
                let (columns, page) = box_page(size);
                *first = paged(*first, wire_lines(lines, columns).count(), page, other);
            } else if let Some(to) = moved(confirm.cursor, listed.len(), 10, other) {
                confirm.cursor = to;
            }
        }
    }
}

/// The requests on lines of so many columns; JSON keeps its indentation.
pub(crate) fn wire_lines(lines: &[String], columns: usize) -> impl Iterator<Item = String> {
    lines.iter().flat_map(move |line| {
        let indent = line.len() - line.trim_start().len();
        let parts = folded(line.trim(), columns.saturating_sub(indent));
        parts.map(move |part| format!("{:indent$}{part}", ""))
    })
}

/// Asks for the requests as they would leave.
fn preview(confirm: &mut Confirm) -> Option<Effect> {
    if confirm.sent().next().is_none() {
        confirm.complaint = Some("nothing would be sent: every row is left out".to_owned());
        return None;
    }
    confirm.wants_wire = true;
    let reason = Reason::new(confirm.reason.value());
    Some(Effect::Preview(confirm.plan.requests(reason.as_ref())))
}

/// Puts a reason that was given before into the field, the newest first.
fn recall(model: &mut Model) {
    let reasons = model.reasons();
    let Screen::Plan(confirm) = &model.screen else {
        return;
    };
    let reason = reasons.get(confirm.recalled % reasons.len().max(1));
    let reason = reason.map(|reason| Input::new((*reason).to_owned()));
    if let (Some(reason), Screen::Plan(confirm)) = (reason, &mut model.screen) {
        confirm.reason = reason;
        confirm.recalled += 1;
    }
}

fn only_hidden(confirm: &mut Confirm, hides_some: bool) {
    if hides_some {
        confirm.only_hidden ^= true;
        confirm.cursor = 0;
    } else {
        let words = "no row of this plan is hidden by the list's filter";
        confirm.complaint = Some(words.to_owned());
    }
}

/// Whether a key would do anything to the open plan now.
pub(in crate::app) fn may(model: &Model, confirm: &Confirm, command: Command) -> bool {
    let rows = confirm.rows(model);
    let row = rows.get(confirm.cursor);
    let sends = confirm.sent().next().is_some();
    match command {
        Command::Accept => match confirm.focus {
            Focus::Phrase => sends,
            Focus::Find => !confirm.nothing_found,
            Focus::Reason | Focus::Rows => true,
        },
        Command::EarlierReason => !model.reasons().is_empty(),
        Command::Wire => sends,
        // Of a plan that sends nothing only the rows are left.
        Command::NextFocus => sends || confirm.focus != Focus::Rows,
        Command::Toggle => row.is_some_and(|row| row.place.verb().is_some() || row.may_return()),
        Command::Retarget => row.is_some_and(|row| row.other_place().is_some()),
        Command::OnlyHidden => hides_some(model, confirm),
        _ => true,
    }
}

/// Whether the list's filter hides a row of the plan.
fn hides_some(model: &Model, confirm: &Confirm) -> bool {
    confirm.plan.rows().iter().any(|row| model.hides(row))
}

/// The rows of the open plan in the order of the screen.
fn listed(model: &Model) -> Vec<Key> {
    let Screen::Plan(confirm) = &model.screen else {
        return Vec::new();
    };
    let rows = confirm.rows(model).into_iter();
    rows.map(|row| row.row.key.clone()).collect()
}

fn next_focus(confirm: &Confirm, backwards: bool) -> Focus {
    if confirm.sent().next().is_none() {
        return Focus::Rows;
    }
    let asks = confirm.plan.needing_reason() > 0;
    match (confirm.focus, backwards) {
        (Focus::Reason, false) => Focus::Phrase,
        (Focus::Phrase, true) | (Focus::Rows, false) if asks => Focus::Reason,
        (Focus::Reason | Focus::Phrase | Focus::Find, _) => Focus::Rows,
        (Focus::Rows, _) => Focus::Phrase,
    }
}

fn change_row(model: &mut Model, command: Command, rows: &[Key]) {
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    let at = confirm.cursor;
    let Some(key) = rows.get(at) else {
        return;
    };
    let (changed, complaint) = if command == Command::Retarget {
        let words = "its status allows no other target";
        (confirm.plan.retarget(key), words)
    } else {
        let words = "this row stays out: see its reason";
        (confirm.plan.toggle(key), words)
    };
    if !changed {
        confirm.complaint = Some(complaint.to_owned());
        return;
    }
    confirm.phrase.reset();
    // The row may stand elsewhere now; the cursor goes on to the one that came after it.
    let rows = listed(model);
    let came_up = rows.iter().take(at).any(|row| row == key);
    if let Screen::Plan(confirm) = &mut model.screen {
        confirm.cursor = (at + usize::from(came_up)).min(rows.len() - 1);
    }
}

/// Moves the cursor to the first row, from its place on, that holds what is typed.
pub(in crate::app) fn found(model: &mut Model) {
    let Screen::Plan(confirm) = &model.screen else {
        return;
    };
    let rows = confirm.rows(model);
    let wanted = confirm.find.value().to_lowercase();
    let after = (confirm.cursor..rows.len()).chain(0..confirm.cursor.min(rows.len()));
    let is_found = confirm.focus == Focus::Find;
    let place = after.into_iter().find(|place| holds(rows[*place], &wanted));
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    confirm.complaint = None;
    if is_found {
        confirm.nothing_found = place.is_none();
        confirm.cursor = place.unwrap_or(confirm.cursor);
    }
}

fn holds(row: &PlanRow, wanted: &str) -> bool {
    let (row, id) = (&row.row, row.row.key.id.shown());
    let texts = [&id, &row.name, &row.scope, &row.status.word];
    let mut texts = texts.into_iter().map(|text| text.as_str().to_lowercase());
    texts.any(|text| text.contains(wanted))
}

/// Closes what is open in the plan, or the plan itself. Rows that are gone leave the marks with it.
fn leave(model: &mut Model) {
    if let Screen::Plan(confirm) = &mut model.screen {
        let was_finding = confirm.focus == Focus::Find;
        if was_finding {
            confirm.focus = Focus::Rows;
        }
        if was_finding || confirm.wire.take().is_some() {
            return;
        }
    }
    model.screen = Screen::Browse;
    let gone = model.selection.gone();
    if gone > 0 {
        model.selection.unmark_where(|mark| mark.gone.is_some());
        let gone = counted(gone, "row that is", "rows that are");
        model.say(format!("{gone} gone left the marks"));
    }
}

/// Shows the requests as they would leave.
pub(in crate::app) fn previewed(model: &mut Model, texts: Vec<String>) {
    if let Screen::Plan(confirm) = &mut model.screen
        && std::mem::take(&mut confirm.wants_wire)
    {
        confirm.wire = Some((texts, 0));
    }
}
