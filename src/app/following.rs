//! Later reads of the rows of batches: what they show, when the next is due, when a batch has settled.

use crate::app::listing::Listing;
use crate::app::message::{BatchNumber, Effect, Seen};
use crate::app::{Model, browse};
use crate::domain::action::Goal;
use crate::domain::report::{Report, ReportRow};
use crate::domain::resource::{Key, Reading, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::domain::tracking::Tracking;

/// Takes a read of a row into every batch it belongs to.
pub(super) fn observe(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Reading,
) -> Vec<Effect> {
    let now = model.now.moment;
    let mut effects = Vec::new();
    for (number, run) in (1..).zip(&mut model.runs) {
        if !run.is_followed() {
            continue;
        }
        if let Some(tracking) = run.report.observe(key, reading, started, now) {
            let seen = seen(&run.report, key, tracking);
            effects.push(Effect::Record(number, vec![seen]));
        }
    }
    effects
}

fn seen(report: &Report, key: &Key, tracking: Tracking) -> Seen {
    let track = report.row(key).and_then(ReportRow::track);
    let word = track.and_then(|track| track.last_word()).cloned();
    (
        key.clone(),
        word.unwrap_or_else(|| Clean::new("gone")),
        tracking,
    )
}

/// Takes a listing into every batch. Rows that are to be gone and that a complete listing does not show
/// are read by id: absence from a list is no proof (R12).
pub(super) fn compare(model: &mut Model, listing: &Listing, source: &Source) -> Vec<Effect> {
    let mut found = Vec::new();
    let mut missing: Vec<Key> = Vec::new();
    for row in model.followed().flat_map(|(_, run)| run.report.rows()) {
        let key = &row.row.key;
        let is_watched = row
            .tracking()
            .is_some_and(|tracking| tracking != Tracking::NotApplied);
        if *key.source != *source || !is_watched {
            continue;
        }
        let to_be_gone = row.verb.is_some_and(|verb| verb.goal == Goal::Gone);
        match listing.find(&key.id) {
            Some(row) => found.push((key.clone(), Reading::Found(row.clone()))),
            None if listing.complete && to_be_gone && row.is_moving() => missing.push(key.clone()),
            None => {}
        }
    }
    let mut effects: Vec<Effect> = Vec::new();
    for (key, reading) in found {
        effects.extend(observe(model, &key, listing.started, &reading));
    }
    effects.extend(browse::look_for(model, missing));
    effects
}

/// Lets time pass for every batch: reads that are due, rows that become slow or lost, batches that settle.
pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now.moment;
    let mut effects = Vec::new();
    let mut due: Vec<Key> = Vec::new();
    let mut settled = Vec::new();
    for (number, run) in (1..).zip(&mut model.runs) {
        if !run.is_followed() {
            continue;
        }
        run.waiting.retain(|(_, until)| *until > now);
        let changed = run.report.tick(now);
        if !changed.is_empty() {
            let changed = changed.iter();
            let seen = changed.map(|(key, tracking)| seen(&run.report, key, *tracking));
            effects.push(Effect::Record(number, seen.collect()));
        }
        due.extend(run.report.take_due(now));
        if run.done && run.settled.is_none() && run.report.moving() == 0 {
            run.settled = Some(now);
            settled.push(number);
        }
    }
    if !due.is_empty() {
        effects.push(Effect::Read(due));
    }
    for number in settled {
        effects.extend(settle(model, number));
    }
    effects
}

/// Says and writes that a batch has settled. What could not be read back is not over, unless its world
/// is gone with a demo.
fn settle(model: &mut Model, number: BatchNumber) -> Option<Effect> {
    let run = &model.runs[number - 1];
    let is_whole = run.out_of_reach.is_empty();
    if is_whole {
        let (reached, marked) = (
            run.report.tracked(Tracking::Reached),
            run.report.totals().marked(),
        );
        let name = run.name.clone().unwrap_or_else(|| number.to_string());
        model.announce(format!(
            "batch {name} has settled: {reached} of {marked} reached their target   B batches"
        ));
    }
    (is_whole || model.demo).then_some(Effect::Finish(number))
}
