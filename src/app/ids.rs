//! From a ticket to marks: ids picked out of any text, looked for in a fresh read of every source.

use std::collections::HashSet;
use std::sync::Arc;

use tui_input::Input;

use crate::app::keymap::{Command, Place};
use crate::app::{Model, Popup, browse, rows, typing};
use crate::domain::resource::{Id, Resource};

/// The text ids are picked out of, and how far the search has come.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// What is typed or pasted, on one line.
    pub(crate) input: Input,
    pub(crate) stage: Stage,
    /// The first line shown of what was not found.
    pub(crate) cursor: usize,
}

#[derive(Debug, Default)]
pub(crate) enum Stage {
    #[default]
    Typing,
    /// Every source is read anew first.
    Reading,
    /// What is not listed, a line each.
    Missing(Vec<String>),
}

/// The words of a text that may be ids, each once, in their order.
fn words(text: &str) -> Vec<&str> {
    let mut once = HashSet::new();
    let is_apart = |c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c);
    let words = text.split(is_apart).filter(|word| word.len() > 3);
    words.filter(|word| once.insert(*word)).collect()
}

/// Whether it has the shape of an id of these platforms: a UUID, or the 16 letters of SAP AI Core.
fn looks_like_an_id(word: &str) -> bool {
    let is_hex = word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_mixed = word.bytes().any(|b| b.is_ascii_digit());
    is_hex && is_mixed && matches!((word.len(), word.matches('-').count()), (36, 4) | (16, 0))
}

impl Ids {
    /// The field, while it is typed into.
    pub(super) fn field(&mut self) -> Option<&mut Input> {
        matches!(self.stage, Stage::Typing).then_some(&mut self.input)
    }

    /// What was not found, once that is known.
    pub(crate) fn missing(&self) -> &[String] {
        match &self.stage {
            Stage::Missing(lines) => lines,
            Stage::Typing | Stage::Reading => &[],
        }
    }

    /// How many words of the text have the shape of an id.
    pub(crate) fn count(&self) -> usize {
        let words = words(self.input.value()).into_iter();
        words.filter(|word| looks_like_an_id(word)).count()
    }
}

/// Carries out enter: reads everything anew, then marks; once that was told, closes.
pub(super) fn accept(model: &mut Model, command: Command) {
    let Some(Popup::Ids(ids)) = &mut model.popup else {
        return;
    };
    if command == Command::Accept && matches!(ids.stage, Stage::Typing) {
        ids.stage = Stage::Reading;
        let reads = model.lanes.refresh_all(model.now.moment);
        model.effects.extend(reads);
        listed(model);
    } else if command == Command::Accept && matches!(ids.stage, Stage::Missing(_)) {
        model.popup = None;
    }
}

/// Takes in the file that was named, if the field for it is still open.
pub(super) fn told(model: &mut Model, text: Result<String, String>) {
    match text {
        Ok(text) if model.place() == Place::Ids => typing::pasted(model, &text),
        Ok(_) => {}
        Err(why) => model.announce(why),
    }
}

/// Marks what was found, once every source has answered or failed.
pub(super) fn listed(model: &mut Model) {
    let is_reading = model.lanes.sources().any(|state| state.reading.is_some());
    let Some(Popup::Ids(ids)) = &mut model.popup else {
        return;
    };
    if is_reading || !matches!(ids.stage, Stage::Reading) {
        return;
    }
    let mut found: Vec<Arc<Resource>> = Vec::new();
    let mut missing = Vec::new();
    let listings = model.lanes.listings();
    for word in words(ids.input.value()) {
        let id = Id::new(word);
        let known = found.len();
        found.extend(
            listings
                .iter()
                .filter_map(|listing| listing.find(&id).cloned()),
        );
        if found.len() == known && looks_like_an_id(word) {
            missing.push(word.to_owned());
        }
    }
    let failing = model.lanes.troubles().into_iter();
    missing.extend(failing.map(|trouble| format!("{} could not be read", trouble.what)));
    model.popup = None;
    model.say(format!("{} found", rows(found.len())));
    browse::mark_rows(model, found);
    tell_missing(model, missing);
}

fn tell_missing(model: &mut Model, missing: Vec<String>) {
    if missing.is_empty() {
        return;
    }
    model.announce(format!("not listed: {}", missing.join(", ")));
    if model.popup.is_none() {
        model.popup = Some(Popup::Ids(Ids {
            stage: Stage::Missing(missing),
            ..Ids::default()
        }));
    }
}
