//! Views of the list: asked for, swapped in, and the cursor put back on its row.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use crate::app::Model;
use crate::app::browse::{Browse, follow_cursor};
use crate::app::message::{ArrangeJob, Effect};
use crate::app::table::View;
use crate::domain::resource::{Key, Resource};

/// How far the view at hand is behind what is known and what was asked for.
#[derive(Debug, Default)]
pub(in crate::app) struct Arranging {
    /// The newest view that was asked for.
    generation: u64,
    /// More has become known since.
    outdated: bool,
    /// What is shown was changed, and the view that answers it is still being made.
    pub(in crate::app) awaited: bool,
    /// Keys of the list that came meanwhile.
    pub(in crate::app) keys: Vec<KeyEvent>,
}

impl Browse {
    /// Whether the view at hand is the newest that was asked for.
    pub fn is_arranged(&self) -> bool {
        self.arranging.generation == self.view.generation && !self.arranging.outdated
    }
}

/// Asks for a view after what is shown, or its order, was changed. Until it is there, keys of the list
/// wait: they are meant for rows that are not on screen yet.
pub(in crate::app) fn ask_anew(model: &mut Model) {
    model.browse.arranging.awaited = true;
    arrange(model);
}

/// Asks for a view of what is known now. While one is being made, only one more is asked for after it.
pub(in crate::app) fn arrange(model: &mut Model) {
    let browse = &mut model.browse;
    if browse.arranging.generation != browse.view.generation {
        browse.arranging.outdated = true;
        return;
    }
    browse.arranging.outdated = false;
    browse.arranging.generation += 1;
    model.effects.push(Effect::Arrange(ArrangeJob {
        generation: browse.arranging.generation,
        listings: model.lanes.listings(),
        query: browse.query.clone(),
        now: model.now,
    }));
}

/// Swaps a view in; the cursor stays on its row, also where that has ceased to match.
pub(in crate::app) fn arranged(model: &mut Model, view: Arc<View>) {
    let before = model.cursor_row().map(|row| row.key.clone());
    model.browse.kept = None;
    model.browse.view = view;
    find_cursor(model);
    if !model.browse.arranging.awaited && !model.browse.only_marked {
        model.browse.kept = before.and_then(|key| kept(model, &key));
    }
    if model.browse.arranging.outdated {
        arrange(model);
    } else {
        model.browse.arranging.awaited = false;
    }
}

/// Puts the cursor back on its row, looking near its old place first. Until it was moved it has no row
/// of its own and stays on the first.
pub(super) fn find_cursor(model: &mut Model) {
    let at = model.browse.cursor;
    if let Some(key) = &model.browse.cursor_key {
        let found = near(model, key, at);
        // Where another filter hides the row, the first one is what the operator looks at.
        let is_new = model.browse.arranging.awaited;
        let elsewhere = if is_new { 0 } else { at };
        model.browse.cursor = found.unwrap_or(elsewhere);
    }
    find_anchor(model);
    follow_cursor(model);
}

/// The row that was under the cursor, where the cursor was put on it and a refresh, no key, took it out of
/// what matches.
fn kept(model: &Model, key: &Key) -> Option<(usize, Arc<Resource>)> {
    let under = model.cursor_row().map(|row| &row.key);
    if model.browse.cursor_key.as_ref() != Some(key) || under == Some(key) {
        return None;
    }
    let row = model.lanes.listed_row(key)?;
    Some((model.browse.cursor, row.clone()))
}

/// Where a row is now, looking near its old place first.
fn near(model: &Model, key: &Key, at: usize) -> Option<usize> {
    let len = model.shown_len();
    let at = at.min(len.saturating_sub(1));
    let is_it = |index: &usize| model.shown(*index).is_some_and(|row| row.key == *key);
    (at..len).find(is_it).or_else(|| (0..at).rev().find(is_it))
}

/// Finds the row again that a range began on; without it there is no range.
pub(super) fn find_anchor(model: &mut Model) {
    if let Some(mut range) = model.browse.range.take()
        && let Some(at) = near(model, &range.anchor, range.at)
    {
        range.at = at;
        model.browse.range = Some(range);
    }
}
