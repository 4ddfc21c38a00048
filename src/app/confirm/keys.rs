//! What the keys of a plan do, but for the one that sends it.

use std::collections::HashSet;

use crate::app::confirm::{Confirm, Focus, accept};
use crate::app::keymap::Command;
use crate::app::layout::moved;
use crate::app::message::Effect;
use crate::app::{Model, Popup, Screen};
use crate::domain::plan::{PlanRow, Reason};
use crate::domain::resource::Key;

/// Carries out a command of the plan.
pub(in crate::app) fn obey(model: &mut Model, command: Command) {
    let hides = hidden(model);
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
        Command::OnlyHidden if hides.is_empty() => {
            let words = "no row of this plan is hidden by the list's filter";
            confirm.complaint = Some(words.to_owned());
        }
        Command::OnlyHidden => {
            confirm.only_hidden ^= true;
            confirm.cursor = 0;
        }
        Command::Filter => confirm.focus = Focus::Find,
        Command::Export => model.popup = Some(Popup::Export),
        Command::Toggle | Command::Retarget => change_row(confirm, command, &hides),
        Command::Wire => {
            let reason = Reason::new(confirm.reason.value());
            confirm.wants_wire = true;
            let requests = confirm.plan.requests(reason.as_ref());
            model.effects.push(Effect::Preview(requests));
        }
        Command::Accept => accept::accept(model),
        Command::Back | Command::Quit => leave(model),
        other => {
            let len = confirm.rows(|row| hides.contains(&row.row.key)).len();
            let (at, len) = match &mut confirm.wire {
                Some((lines, first)) => (first, lines.len()),
                None => (&mut confirm.cursor, len),
            };
            *at = moved(*at, len, 10, other).unwrap_or(*at);
        }
    }
}

/// The rows of the open plan that the list's filter hides.
fn hidden(model: &Model) -> HashSet<Key> {
    let Screen::Plan(confirm) = &model.screen else {
        return HashSet::new();
    };
    let hidden = confirm.plan.rows().iter().filter(|row| model.hides(row));
    hidden.map(|row| row.row.key.clone()).collect()
}

fn next_focus(confirm: &Confirm, backwards: bool) -> Focus {
    let asks = confirm.plan.needing_reason() > 0;
    match (confirm.focus, backwards) {
        (Focus::Reason, false) => Focus::Phrase,
        (Focus::Phrase, true) | (Focus::Rows, false) if asks => Focus::Reason,
        (Focus::Reason | Focus::Phrase | Focus::Find, _) => Focus::Rows,
        (Focus::Rows, _) => Focus::Phrase,
    }
}

fn change_row(confirm: &mut Confirm, command: Command, hides: &HashSet<Key>) {
    let rows = confirm.rows(|row| hides.contains(&row.row.key));
    let Some(key) = rows.get(confirm.cursor).map(|row| row.row.key.clone()) else {
        return;
    };
    let (changed, complaint) = match command {
        Command::Retarget => (
            confirm.plan.retarget(&key),
            "its status allows no other target",
        ),
        _ => (
            confirm.plan.toggle(&key),
            "this row stays out: see its reason",
        ),
    };
    if !changed {
        confirm.complaint = Some(complaint.to_owned());
        return;
    }
    confirm.phrase.reset();
    // The row may stand elsewhere now; the cursor goes on to the one that came after it.
    let rows = confirm.rows(|row| hides.contains(&row.row.key));
    let at = rows.iter().position(|row| row.row.key == key);
    let (last, came_up) = (rows.len() - 1, at.is_some_and(|at| at < confirm.cursor));
    confirm.cursor = (confirm.cursor + usize::from(came_up)).min(last);
}

/// Moves the cursor to the first row, from its place on, that holds what is typed.
pub(in crate::app) fn found(model: &mut Model) {
    let hides = hidden(model);
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    confirm.complaint = None;
    if confirm.focus != Focus::Find {
        return;
    }
    let wanted = confirm.find.value().to_lowercase();
    let holds = |row: &PlanRow| {
        let row = &row.row;
        let texts = [
            row.key.id.shown(),
            row.name.clone(),
            row.scope.clone(),
            row.status.word.clone(),
        ];
        texts
            .iter()
            .any(|text| text.as_str().to_lowercase().contains(&wanted))
    };
    let rows = confirm.rows(|row| hides.contains(&row.row.key));
    let after = (confirm.cursor..rows.len()).chain(0..confirm.cursor);
    let place = after.into_iter().find(|place| holds(rows[*place]));
    if let Some(place) = place {
        confirm.cursor = place;
    } else {
        let words = format!("no row of this plan holds {}", confirm.find.value());
        confirm.complaint = Some(words);
    }
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
        model.say(format!("{gone} rows that are gone left the marks"));
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
