//! Marking rows: one, a range, all, inverted, again; and what reads show of the marked ones.

use std::ops::Range;
use std::sync::Arc;

use crate::app::browse::arranging::find_anchor;
use crate::app::browse::{self, move_to};
use crate::app::choices::{Order, TooMany};
use crate::app::listing::Listing;
use crate::app::message::Effect;
use crate::app::run::Standing;
use crate::app::selection::NotMarked;
use crate::app::{Model, Popup};
use crate::domain::plan::LIMIT;
use crate::domain::resource::{Key, Resource, Source};
use crate::domain::text::counted;

/// What matches: not the row that is only kept in sight.
pub(super) fn all_shown(model: &Model) -> Vec<Arc<Resource>> {
    let mut rows = shown(model, 0..model.shown_len());
    if model.is_kept(model.browse.cursor) {
        rows.remove(model.browse.cursor);
    }
    rows
}

fn shown(model: &Model, places: Range<usize>) -> Vec<Arc<Resource>> {
    let rows = places.filter_map(|place| model.shown(place));
    rows.cloned().collect()
}

pub(super) fn toggle(model: &mut Model) {
    let Some(row) = model.cursor_row().cloned() else {
        return;
    };
    if model.selection.contains(&row.key) {
        model.selection.unmark(&row.key);
    } else {
        let read = model.read_of(&row);
        match model.selection.mark(&row, read) {
            Ok(()) => {}
            Err(NotMarked::Full) => {
                model.say("100 of 100: send or unmark first");
                return;
            }
            Err(NotMarked::UnsoundId) => {
                model.say("this row cannot be marked: its id is not a plain word");
            }
        }
    }
    find_anchor(model);
    let step = usize::from(!model.browse.only_marked);
    move_to(model, model.browse.cursor + step);
}

pub(super) fn range(model: &mut Model, marks: bool) {
    let Some(row) = model.cursor_row() else {
        return;
    };
    let anchor = row.key.clone();
    let Some(span) = model.range_span() else {
        let at = model.browse.cursor;
        model.browse.range = Some(browse::Range { anchor, at, marks });
        return;
    };
    if let Some(begun) = model
        .browse
        .range
        .as_mut()
        .filter(|range| range.marks != marks)
    {
        // The other key only turns the range over: the line of marks says what the next one does.
        begun.marks = marks;
        return;
    }
    model.browse.range = None;
    let rows = shown(model, span.0..span.1 + 1);
    if marks {
        mark_rows(model, rows, Order::Shown);
    } else {
        model.selection.unmark_rows(&rows);
    }
}

/// Marks rows, or asks where they are more than there is room for. The only way many rows get marked.
pub(in crate::app) fn mark_rows(model: &mut Model, mut rows: Vec<Arc<Resource>>, order: Order) {
    rows.retain(|row| !model.selection.contains(&row.key));
    keep_sound(model, &mut rows);
    if rows.len() > model.selection.room() {
        ask(model, rows, order, Vec::new());
    } else {
        mark_now(model, &rows);
    }
}

/// Drops what cannot be marked, and says how many rows that is.
fn keep_sound(model: &mut Model, rows: &mut Vec<Arc<Resource>>) {
    let all = rows.len();
    rows.retain(|row| row.key.id.is_sound());
    let unsound = all - rows.len();
    if unsound > 0 {
        let unsound = counted(unsound, "row", "rows");
        model.say(format!(
            "{unsound} cannot be marked: the id is not a plain word"
        ));
    }
}

/// Nothing is unmarked or marked before the question is answered: esc changes nothing.
fn ask(model: &mut Model, rows: Vec<Arc<Resource>>, order: Order, leaving: Vec<Key>) {
    model.popup = Some(Popup::TooMany(TooMany {
        rows,
        order,
        leaving,
    }));
}

/// Marks as many of the rows as there is room for.
pub(in crate::app) fn mark_now(model: &mut Model, rows: &[Arc<Resource>]) {
    for row in rows.iter().take(model.selection.room()) {
        let read = model.read_of(row);
        let marked = model.selection.mark(row, read);
        debug_assert_eq!(marked, Ok(()), "there is room, and every id is sound");
    }
}

pub(super) fn invert(model: &mut Model) {
    let rows = all_shown(model);
    let (marked, mut fresh): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| model.selection.contains(&row.key));
    keep_sound(model, &mut fresh);
    let left = model.selection.len() - marked.len();
    if left + fresh.len() > LIMIT {
        let leaving = marked.iter().map(|row| row.key.clone());
        return ask(model, fresh, Order::Shown, leaving.collect());
    }
    model.selection.unmark_rows(&marked);
    mark_now(model, &fresh);
}

pub(super) fn last_batch(model: &mut Model) {
    let batches = model.batches().into_iter();
    let mut ours = batches.filter(|run| run.standing != Standing::Elsewhere);
    let Some(run) = ours.next() else {
        model.say("no batch was sent from here yet");
        return;
    };
    let all = run.report.rows();
    let listed = all.iter().map(|row| model.lanes.listed_row(&row.row.key));
    let rows: Vec<Arc<Resource>> = listed.flatten().cloned().collect();
    let missing = all.len() - rows.len();
    if missing > 0 {
        let missing = counted(
            missing,
            "row of the last batch is",
            "rows of the last batch are",
        );
        model.say(format!("{missing} no longer listed"));
    }
    mark_rows(model, rows, Order::Other);
}

/// The marked rows of a source that its complete listing does not show.
pub(in crate::app) fn missing(model: &Model, listing: &Listing, source: &Source) -> Vec<Key> {
    let marks = model.selection.marks().iter();
    let missing = marks.filter(|mark| {
        let key = &mark.row.key;
        *key.source == *source && mark.gone.is_none() && listing.find(&key.id).is_none()
    });
    let keys = missing.filter(|_| listing.complete);
    keys.map(|mark| mark.row.key.clone()).collect()
}

/// How many rows are looked for by id at a time.
const LOOKED_FOR: usize = 20;

/// Reads rows by id that a listing did not show; those that are being looked for already are not asked twice.
pub(in crate::app) fn look_for(model: &mut Model, mut keys: Vec<Key>) {
    let looked_for = &mut model.looked_for;
    keys.retain(|key| looked_for.len() < LOOKED_FOR && looked_for.insert(key.clone()));
    if !keys.is_empty() {
        model.effects.push(Effect::ReadById(keys));
    }
}
