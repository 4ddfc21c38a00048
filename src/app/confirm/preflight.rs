//! Fresh reads of a plan's rows: when it opens, while it is open, and once more before it is sent.

use std::collections::HashSet;

use crate::app::confirm::{Confirm, PREFLIGHT, Stage, accept};
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

/// Whatever was read of the open plan until now, or is being read, is looked at once more before it is sent. A plan
/// that was confirmed and had not left waits for another enter.
pub(in crate::app) fn forget_reads(model: &mut Model) {
    let now = model.now.moment;
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    confirm.read.clear();
    confirm.not_before = now;
    if confirm.is_confirmed() {
        confirm.stage = Stage::Open;
        confirm.complaint = Some("not sent: the machine slept; press enter again".to_owned());
    }
}

/// Takes a fresh read of a row into the open plan.
pub(in crate::app) fn observe(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Result<Reading, PlatformError>,
) {
    let bar = model.lanes.bar(key);
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    if confirm.read.get(key).is_some_and(|read| started < *read) {
        return;
    }
    confirm.plan.observe(key, reading);
    if reading.is_ok() && started >= confirm.not_before {
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
    settle_stage(model);
}

/// A source of the plan went down: its rows leave the plan.
pub(in crate::app) fn source_failed(model: &mut Model, source: &Source) {
    let keys = keys(model).filter(|key| *key.source == *source);
    for key in keys.cloned().collect::<Vec<_>>() {
        if let (Some((why, words)), Screen::Plan(confirm)) =
            (model.lanes.bar(&key), &mut model.screen)
        {
            confirm.plan.bar(&key, why, words.as_str());
        }
    }
}

/// The rows of the open plan.
pub(in crate::app) fn keys(model: &Model) -> impl Iterator<Item = &Key> {
    let rows = match &model.screen {
        Screen::Plan(confirm) => confirm.plan.rows(),
        Screen::FirstRun | Screen::Browse | Screen::Results(_) | Screen::Detail(_) => &[],
    };
    rows.iter().map(|row| &row.row.key)
}

/// Lets time pass: rows that were not read within the limit are left out, with the time of their last read.
pub(in crate::app) fn tick(model: &mut Model, now: Now) {
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    let late: Vec<Key> = match confirm.outstanding() {
        Some((keys, since)) if now.moment.since(since) >= PREFLIGHT => keys.drain().collect(),
        Some(_) | None => return,
    };
    for key in late {
        let state = model.lanes.source(&key.source);
        let words = match state.and_then(|state| state.listing.as_ref()) {
            Some(listing) => format!("not read since {}", time_of_day(listing.at)),
            None => "not read again".to_owned(),
        };
        confirm.plan.not_read(&key, &words);
    }
    settle_stage(model);
}

fn settle_stage(model: &mut Model) {
    let wall = model.now.wall;
    let Screen::Plan(confirm) = &mut model.screen else {
        return;
    };
    match &confirm.stage {
        Stage::Reading(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            confirm.checked = Some(wall);
        }
        Stage::LastLook(keys, _) if keys.is_empty() => {
            confirm.stage = Stage::Open;
            accept::send(model);
        }
        Stage::Reading(..) | Stage::LastLook(..) | Stage::Open => {}
    }
}
