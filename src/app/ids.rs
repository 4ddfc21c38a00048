//! From a ticket to marks: ids picked out of any text, looked for in a fresh read of every source.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tui_input::Input;
use uuid::Uuid;

use crate::app::choices::Order;
use crate::app::keymap::{Command, Place};
use crate::app::lanes::Discovery;
use crate::app::listing::Listing;
use crate::app::{Model, Popup, browse, rows, typing};
use crate::domain::resource::{Id, Resource, Source};
use crate::domain::time::Moment;

/// How long the fresh reads may take in all: what was read by then is looked through.
const PATIENCE: Duration = Duration::from_secs(30);

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
    /// Every source is read anew first, since then.
    Reading(Moment),
    /// What is not listed and what was not read, a line each, and how many of the lines are ids.
    Missing(Vec<String>, usize),
}

/// The words of a text that may be ids, each once, in their order.
fn words(text: &str) -> Vec<&str> {
    let mut once = HashSet::new();
    let is_apart = |c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c);
    let words = text.split(is_apart).filter(|word| word.len() > 3);
    words.filter(|word| once.insert(by_value(word))).collect()
}

/// A UUID as platforms write it, whatever its letters' case (R8); other ids are told apart by case.
fn by_value(word: &str) -> String {
    Uuid::parse_str(word).map_or_else(|_| word.to_owned(), |uuid| uuid.to_string())
}

/// Whether it has the shape of an id of these platforms: a UUID, or the 16 letters of SAP AI Core.
fn looks_like_an_id(word: &str) -> bool {
    let is_hex = word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_mixed = word.bytes().any(|b| b.is_ascii_digit());
    is_hex && is_mixed && matches!((word.len(), word.matches('-').count()), (36, 4) | (16, 0))
}

impl Ids {
    /// Where keys go.
    pub(super) fn place(&self) -> Place {
        match self.stage {
            Stage::Typing | Stage::Reading(_) => Place::Ids,
            Stage::Missing(..) => Place::IdsMissing,
        }
    }

    pub(super) fn is_reading(&self) -> bool {
        matches!(self.stage, Stage::Reading(_))
    }

    /// The field, while it is typed into.
    pub(super) fn field(&mut self) -> Option<&mut Input> {
        matches!(self.stage, Stage::Typing).then_some(&mut self.input)
    }

    /// What was not found, once that is known.
    pub(crate) fn missing(&self) -> &[String] {
        match &self.stage {
            Stage::Missing(lines, _) => lines,
            Stage::Typing | Stage::Reading(_) => &[],
        }
    }

    /// How many words of the text have the shape of an id.
    pub(crate) fn count(&self) -> usize {
        let words = words(self.input.value()).into_iter();
        words.filter(|word| looks_like_an_id(word)).count()
    }
}

/// Carries out enter: reads everything anew, then marks.
pub(super) fn accept(model: &mut Model, command: Command) {
    let Some(Popup::Ids(ids)) = &mut model.popup else {
        return;
    };
    if command == Command::Accept && matches!(ids.stage, Stage::Typing) {
        ids.stage = Stage::Reading(model.now.moment);
        let reads = model.lanes.refresh_all(model.now.moment);
        model.effects.extend(reads);
        go_on(model);
    }
}

/// Takes in the file that was named, if the field for it is still open.
pub(super) fn told(model: &mut Model, text: Result<String, String>) {
    match text {
        Ok(text) if model.place() == Place::Ids => typing::pasted(model, &text),
        Ok(_) => {}
        Err(why) => model.say_here(why),
    }
}

/// Marks what was found once every source has answered or failed, or has had its time. One whose read began before
/// enter, or that was found only now, is read again.
pub(super) fn go_on(model: &mut Model) {
    let now = model.now.moment;
    let Some(Popup::Ids(ids)) = &model.popup else {
        return;
    };
    let Stage::Reading(since) = ids.stage else {
        return;
    };
    let is_late = now.since(since) >= PATIENCE;
    let open = model
        .lanes
        .sources()
        .filter(|state| state.ended < Some(since));
    let open: Vec<Arc<Source>> = open.map(|state| state.source.clone()).collect();
    let lanes = model.lanes.on();
    let asking = lanes.filter(|lane| match lane.discovery {
        Discovery::Unasked | Discovery::Asking => true,
        Discovery::Known | Discovery::Failed(..) => false,
    });
    let asking = asking.map(|lane| format!("{} resource groups", lane.connection.name));
    let mut silent: Vec<String> = asking.collect();
    silent.extend(open.iter().map(ToString::to_string));
    if is_late || silent.is_empty() {
        let text = ids.input.value().to_owned();
        model.popup = None;
        mark(model, &text, since, &silent);
        return;
    }
    for source in open {
        let read = model.lanes.read_now(&source, now);
        model.effects.extend(read);
    }
}

/// Marks the rows of a text's ids as they were read since then, and names what was not found.
fn mark(model: &mut Model, text: &str, since: Moment, silent: &[String]) {
    let mut found: Vec<Arc<Resource>> = Vec::new();
    let mut missing = Vec::new();
    let mut listings = model.lanes.listings();
    listings.retain(|listing| listing.started >= since);
    for word in words(text) {
        let known = found.len();
        let ids = [Id::new(word), Id::new(&by_value(word))];
        let row = |listing: &Arc<Listing>| ids.iter().find_map(|id| listing.find(id).cloned());
        found.extend(listings.iter().filter_map(row));
        if found.len() == known && looks_like_an_id(word) {
            missing.push(word.to_owned());
        }
    }
    let ids = missing.len();
    if ids > 0 {
        let off = model.lanes.off().map(|lane| &lane.connection.name);
        missing.extend(off.map(|name| format!("{name} is switched off")));
    }
    let failing = model.lanes.troubles().into_iter();
    let failing = failing.filter(|trouble| !silent.contains(&trouble.what));
    missing.extend(failing.map(|trouble| format!("{} could not be read", trouble.what)));
    missing.extend(silent.iter().map(|what| format!("{what} did not answer")));
    model.say(format!("{} found", rows(found.len())));
    browse::mark_rows(model, found, Order::Other);
    tell_missing(model, missing, ids);
}

fn tell_missing(model: &mut Model, missing: Vec<String>, ids: usize) {
    if missing.is_empty() {
        return;
    }
    let what = if ids > 0 { "not listed" } else { "not read" };
    model.say_here(format!("{what}: {}", missing.join(", ")));
    if model.popup.is_none() {
        model.popup = Some(Popup::Ids(Ids {
            stage: Stage::Missing(missing, ids),
            ..Ids::default()
        }));
    }
}
