//! What is typed and pasted into the field that has the focus.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::app::keymap::Place;
use crate::app::{Model, Popup, Screen, browse, confirm};
use crate::domain::text::Clean;

/// The longest text a field takes, in characters; what is pasted beyond it is cut, and that is said.
const FIELD: usize = 2_000;

/// The same for the text of a ticket, of which ids are picked.
const IDS: usize = 100_000;

/// A key that is not bound goes into the field that has the focus.
pub(super) fn typed(model: &mut Model, key: KeyEvent) {
    if let Some(field) = field(model) {
        field.handle_event(&Event::Key(key));
        field_changed(model);
    }
}

/// Pasted text goes into the field that has the focus, on one line. On the confirm line, and where no field
/// has the focus, it is refused: a paste never acts as keys and never confirms (T16).
pub(super) fn pasted(model: &mut Model, text: &str) {
    let place = model.place();
    if matches!(
        place,
        Place::Filter
            | Place::Search
            | Place::Palette
            | Place::Ids
            | Place::PlanReason
            | Place::PlanFind
    ) && let Some(field) = field(model)
    {
        let is_long = place == Place::Ids;
        let (most, end) = if is_long { (IDS, " ") } else { (FIELD, "") };
        let room = most.saturating_sub(field.value().chars().count());
        let mut rest = text.trim().chars();
        let capped: String = rest.by_ref().take(room).collect();
        let line = Clean::new(&capped);
        *field = Input::new(format!("{}{line}{end}", field.value()));
        if rest.next().is_some() {
            model.say_here(format!("only the first {most} characters are read"));
        }
        field_changed(model);
    } else if place == Place::PlanPhrase
        && let Screen::Plan(confirm) = &mut model.screen
    {
        confirm.complaint = Some("nothing was pasted: what confirms is typed".to_owned());
    }
}

fn field(model: &mut Model) -> Option<&mut Input> {
    match &mut model.popup {
        Some(Popup::Palette(palette)) => {
            palette.cursor = 0;
            return Some(&mut palette.input);
        }
        Some(Popup::Ids(ids)) => return ids.field(),
        Some(_) | None => {}
    }
    match &mut model.screen {
        Screen::Browse => model.browse.typing.as_mut().map(|(input, _)| input),
        Screen::Plan(confirm) => confirm.field(),
        Screen::Detail(detail) => detail.typing.as_mut(),
        Screen::FirstRun | Screen::Results(_) => None,
    }
}

fn field_changed(model: &mut Model) {
    match &model.screen {
        Screen::Browse => browse::typed(model),
        Screen::Plan(_) => confirm::found(model),
        Screen::FirstRun | Screen::Results(_) | Screen::Detail(_) => {}
    }
}
