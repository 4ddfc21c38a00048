//! One row in full.

use std::sync::Arc;

use crate::app::keymap::Command;
use crate::app::layout::moved;
use crate::app::message::Effect;
use crate::app::{Model, Screen};
use crate::domain::resource::Resource;

/// A row on screen.
#[derive(Debug)]
pub struct Detail {
    /// The row, as last read; refreshes replace it.
    pub row: Arc<Resource>,
    /// The first line on screen.
    pub offset: usize,
}

/// How many lines the detail scrolls at most: more facts than any platform sends.
const LINES: usize = 400;

/// Opens the row under the cursor.
pub(super) fn open(model: &mut Model) {
    if let Some(row) = model.cursor_row().cloned() {
        model.screen = Screen::Detail(Box::new(Detail { row, offset: 0 }));
    }
}

/// Carries out a command of the detail.
pub(super) fn obey(model: &mut Model, command: Command) -> Vec<Effect> {
    let Screen::Detail(detail) = &mut model.screen else {
        return Vec::new();
    };
    match command {
        Command::Back | Command::Quit => model.screen = Screen::Browse,
        Command::CopyIds => {
            let id = detail.row.key.id.shown().to_string();
            model.say("id copied");
            return vec![Effect::Copy(id)];
        }
        other => detail.offset = moved(detail.offset, LINES, 10, other).unwrap_or(detail.offset),
    }
    Vec::new()
}

/// Takes in the row's newest reading.
pub(super) fn refresh(model: &mut Model) {
    let Screen::Detail(detail) = &mut model.screen else {
        return;
    };
    let key = &detail.row.key;
    let listing = model
        .lanes
        .source(&key.source)
        .and_then(|state| state.listing.as_ref());
    if let Some(row) = listing.and_then(|listing| listing.find(&key.id)) {
        detail.row = row.clone();
    }
}
