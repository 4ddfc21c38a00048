//! Fresh reads of a plan's rows: when it opens, while it is open, and once more before it is sent.

use std::collections::HashSet;

use crate::app::confirm::{Confirm, PREFLIGHT, Stage, accept};
use crate::app::listing::Listing;
use crate::app::message::Effect;
use crate::app::{Model, Screen};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Reading, Source};
use crate::domain::time::{Moment, Now, time_of_day};

impl Confirm {
    /// The rows whose reads are outstanding, and since when.
    fn outstanding(&mut self) -> Option<(&mut HashSet<Key>, Moment)> {
        match &mut self.stage {
            Stage::Reading(keys, since) | Stage::LastLook(keys, since) => Some((keys, *since)),
            Stage::Open => None,
        }
    }
}

/// Takes a fresh read of a row into the open plan.
pub(in crate::app) fn observe(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Result<Reading, PlatformError>,
) -> Vec<Effect> {
    let bar = model.lanes.bar(key);
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    if confirm.read.get(key).is_some_and(|read| started < *read) {
        return Vec::new();
    }
    confirm.plan.observe(key, reading);
    if reading.is_ok() {
        confirm.read.insert(key.clone(), started);
    }
    if let Some((why, words)) = bar {
        confirm.plan.bar(key, why, words.as_str());
    }
    // A read that began before the question was asked does not answer it.
    if let Some((keys, since)) = confirm.outstanding()
        && started >= since
    {
        keys.remove(key);
    }
    settle_stage(model)
}

/// Takes a listing of a source into the open plan: its rows go on being refreshed.
pub(in crate::app) fn compare(
    model: &mut Model,
    listing: &Listing,
    source: &Source,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys_of(model, source) {
        if let Some(row) = listing.find(&key.id) {
            let reading = Ok(Reading::Found(row.clone()));
            effects.extend(observe(model, &key, listing.started, &reading));
        }
    }
    effects
}

/// A source of the plan went down: its rows leave the plan.
pub(in crate::app) fn source_failed(model: &mut Model, source: &Source) {
    for key in keys_of(model, source) {
        if let (Some((why, words)), Screen::Plan(confirm)) =
            (model.lanes.bar(&key), &mut model.screen)
        {
            confirm.plan.bar(&key, why, words.as_str());
        }
    }
}

/// The rows of the open plan that are listed by a source.
fn keys_of(model: &Model, source: &Source) -> Vec<Key> {
    let Screen::Plan(confirm) = &model.screen else {
        return Vec::new();
    };
    let keys = confirm.plan.rows().iter().map(|row| &row.row.key);
    keys.filter(|key| *key.source == *source).cloned().collect()
}

/// Lets time pass: rows that were not read within the limit are left out, with the time of their last read.
pub(in crate::app) fn tick(model: &mut Model, now: Now) -> Vec<Effect> {
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    let late: Vec<Key> = match confirm.outstanding() {
        Some((keys, since)) if now.moment.since(since) >= PREFLIGHT => keys.drain().collect(),
        Some(_) | None => return Vec::new(),
    };
    for key in late {
        let state = model.lanes.source(&key.source);
        let words = match state.and_then(|state| state.listing.as_ref()) {
            Some(listing) => format!("not read since {}", time_of_day(listing.at)),
            None => "not read again".to_owned(),
        };
        confirm.plan.not_read(&key, &words);
    }
    settle_stage(model)
}

fn settle_stage(model: &mut Model) -> Vec<Effect> {
    let wall = model.now.wall;
    let Screen::Plan(confirm) = &mut model.screen else {
        return Vec::new();
    };
    match &confirm.stage {
        Stage::Reading(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            confirm.checked = Some(wall);
            Vec::new()
        }
        Stage::LastLook(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            accept::send(model)
        }
        Stage::Reading(..) | Stage::LastLook(..) | Stage::Open => Vec::new(),
    }
}
