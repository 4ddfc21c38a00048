//! Later reads of the rows of batches: what they show, when the next is due, when a batch has settled.

use std::time::Duration;

use crate::app::listing::Listing;
use crate::app::message::{BatchNumber, Effect, Seen};
use crate::app::run::{Run, Standing};
use crate::app::{Model, Screen, run};
use crate::domain::action::Goal;
use crate::domain::report::{Report, ReportRow};
use crate::domain::resource::{Key, Reading, Source};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::domain::tracking::Tracking;

/// Takes a read of a row into every batch it belongs to.
pub(super) fn observe(model: &mut Model, key: &Key, started: Moment, reading: &Reading) {
    let now = model.now.moment;
    for run in model.runs.iter_mut().filter(|run| run.is_followed()) {
        if let Some(tracking) = run.report.observe(key, reading, started, now) {
            let seen = seen(&run.report, key, tracking);
            model.effects.push(Effect::Record(run.number, vec![seen]));
        }
    }
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

/// The rows that reads go on to tell of.
pub(super) fn keys(model: &Model) -> impl Iterator<Item = &Key> {
    let rows = model.followed().flat_map(|(_, run)| run.report.rows());
    let is_watched = |row: &&ReportRow| {
        let tracking = row.tracking();
        tracking.is_some_and(|tracking| tracking != Tracking::NotApplied)
    };
    rows.filter(is_watched).map(|row| &row.row.key)
}

/// The rows of a source that are to be gone, and that its complete listing does not show.
pub(super) fn missing(model: &Model, listing: &Listing, source: &Source) -> Vec<Key> {
    let rows = model.followed().flat_map(|(_, run)| run.report.rows());
    let is_missing = |row: &&ReportRow| {
        let key = &row.row.key;
        let to_be_gone = row.verb.is_some_and(|verb| verb.goal == Goal::Gone);
        *key.source == *source && to_be_gone && row.is_moving() && listing.find(&key.id).is_none()
    };
    let missing = rows.filter(|_| listing.complete).filter(is_missing);
    missing.map(|row| row.row.key.clone()).collect()
}

/// How often the journal is read for the batch of another program that is on screen.
const LOOKED_UP: Duration = Duration::from_secs(2);

/// Keeps the batch of another program that is on screen as new as its journal.
pub(super) fn look_up(model: &mut Model) {
    let Screen::Results(results) = &model.screen else {
        return;
    };
    let is_old = |run: &Run| model.now.moment.since(run.started.moment) >= LOOKED_UP;
    let run = model.run(results.run).filter(|run| is_old(run));
    if run.is_some_and(|run| run.standing == Standing::Elsewhere) {
        model.effects.push(Effect::ReadJournal);
    }
}

/// Lets time pass for every batch: reads that are due, rows that become slow or lost, batches that settle.
pub(super) fn tick(model: &mut Model) {
    let now = model.now.moment;
    let mut due: Vec<Key> = Vec::new();
    let mut settled = Vec::new();
    for run in model.runs.iter_mut().filter(|run| run.is_followed()) {
        run.waiting.retain(|waiting| waiting.until > now);
        let changed = run.report.tick(now);
        if !changed.is_empty() {
            let changed = changed.iter();
            let seen = changed.map(|(key, tracking)| seen(&run.report, key, *tracking));
            let seen = Effect::Record(run.number, seen.collect());
            model.effects.push(seen);
        }
        let (read_now, lanes) = (&mut model.read_now, &model.lanes);
        let is_on = |key: &Key| lanes.is_on(&key.source.connection);
        let may_leave = |key: &Key| is_on(key) && read_now.insert(key.clone());
        due.extend(run.report.take_due(now, may_leave));
        // Also of a refused row one read shows whether it was there already (N23, N25).
        let is_read = |row: &ReportRow| {
            let is_due = row.track().is_some_and(|track| track.next_read().is_some());
            (is_due && is_on(&row.row.key)) || read_now.contains(&row.row.key)
        };
        let is_quiet = run.report.awaited().all() == 0 && !run.report.rows().iter().any(is_read);
        if run.done && run.settled.is_none() && is_quiet {
            run.settled = Some(model.now);
            settled.push(run.number);
        }
    }
    if !due.is_empty() {
        model.effects.push(Effect::Read(due));
    }
    for number in settled {
        settle(model, number);
    }
    model.forget_runs();
}

/// Says and writes that a batch has settled. What could not be read back is not over, unless its world
/// is gone with a demo.
fn settle(model: &mut Model, number: BatchNumber) {
    let Some(run) = model.run(number) else {
        return;
    };
    if run.out_of_reach.is_empty() {
        let reached = run.report.tracked(Tracking::Reached);
        let marked = run.report.totals().marked();
        let name = run.name.clone().unwrap_or_else(|| number.to_string());
        model.announce(format!(
            "batch {name} has settled: {reached} of {marked} reached their target   B batches"
        ));
        model.effects.push(Effect::Finish(number));
    } else if model.demo {
        run::close(model, number);
    }
}

impl Model {
    /// What is said once the screen is left: the batches of which rows still move, and where to look for
    /// them. The world of a demo ends with it.
    pub fn parting(&self) -> Vec<String> {
        let awaited = self.followed();
        let awaited = awaited.filter(|(_, run)| run.report.awaited().all() > 0);
        let line = |(_, run): (BatchNumber, &run::Run)| {
            let (name, totals) = (run.name.as_ref()?, run.report.totals());
            let counts = totals.named().into_iter().filter(|(_, count)| *count > 0);
            let counts: Vec<String> = counts
                .map(|(word, count)| format!("{count} {word}"))
                .collect();
            Some(format!(
                "batch {name}: {} marked = {}, {}; see `centurion history {name}`",
                totals.marked(),
                counts.join(" + "),
                run.report.awaited().words("still moving"),
            ))
        };
        awaited.filter(|_| !self.demo).filter_map(line).collect()
    }
}
