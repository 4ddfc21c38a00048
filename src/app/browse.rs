//! The list: cursor, filter, marks.

use std::sync::Arc;

use crossterm::event::KeyEvent;
use tui_input::Input;

use crate::app::choices::{Statuses, TooMany};
use crate::app::filter::Filter;
use crate::app::keymap::Command;
use crate::app::layout::{Layout, moved, scrolled};
use crate::app::message::{ArrangeJob, Effect};
use crate::app::selection::{Mark, NotMarked};
use crate::app::table::{Query, Tab, View};
use crate::app::{Model, Popup};
use crate::domain::resource::{Key, Reading, Resource};
use crate::domain::time::Moment;

/// The state of the list.
#[derive(Debug)]
pub struct Browse {
    /// What is shown and in which order.
    pub query: Query,
    /// The filter as it was typed.
    pub typed: String,
    /// The filter line, while it is open, and the filter it started from.
    pub typing: Option<(Input, String)>,
    /// What is wrong with what is being typed.
    pub complaint: Option<String>,
    /// The rows that match.
    pub view: Arc<View>,
    /// Which row the cursor is on.
    pub cursor: usize,
    /// The first row on screen.
    pub offset: usize,
    /// A range that is being marked or unmarked.
    pub range: Option<Range>,
    /// Only the marked rows are shown.
    pub only_marked: bool,
    /// Whether the detail pane is wanted.
    pub pane: bool,
    /// How far the view at hand is behind.
    pub(super) arranging: Arranging,
    cursor_key: Option<Key>,
}

/// How far the view at hand is behind what is known and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Arranging {
    /// The newest view that was asked for.
    generation: u64,
    /// More has become known since.
    outdated: bool,
    /// What is shown was changed, and the view that answers it is still being made.
    pub(super) awaited: bool,
    /// Keys of the list that came meanwhile.
    pub(super) keys: Vec<KeyEvent>,
}

/// A range from a row to the cursor.
#[derive(Clone, Debug)]
pub struct Range {
    /// The row it began on.
    pub anchor: Key,
    /// Whether its rows will be marked; else unmarked.
    pub marks: bool,
}

impl Default for Browse {
    fn default() -> Self {
        Self {
            query: Query::default(),
            typed: String::new(),
            typing: None,
            complaint: None,
            view: Arc::default(),
            cursor: 0,
            offset: 0,
            range: None,
            only_marked: false,
            pane: true,
            arranging: Arranging::default(),
            cursor_key: None,
        }
    }
}

impl Browse {
    /// Whether the view at hand is the newest that was asked for.
    pub fn is_arranged(&self) -> bool {
        self.arranging.generation == self.view.generation && !self.arranging.outdated
    }
}

impl Model {
    /// How many rows the list shows.
    pub fn shown_len(&self) -> usize {
        if self.browse.only_marked {
            self.selection.len()
        } else {
            self.browse.view.rows.len()
        }
    }

    /// A row of the list.
    pub fn shown(&self, index: usize) -> Option<&Arc<Resource>> {
        if self.browse.only_marked {
            self.selection.marks().get(index).map(|mark| &mark.row)
        } else {
            self.browse.view.rows.get(index)
        }
    }

    /// The row under the cursor.
    pub fn cursor_row(&self) -> Option<&Arc<Resource>> {
        self.shown(self.browse.cursor)
    }

    /// The rows of the range being marked, if one is: first and last index.
    pub fn range_span(&self) -> Option<(usize, usize)> {
        let range = self.browse.range.as_ref()?;
        let anchor = (0..self.shown_len())
            .find(|&i| self.shown(i).is_some_and(|row| row.key == range.anchor));
        let anchor = anchor.unwrap_or(self.browse.cursor);
        Some((
            anchor.min(self.browse.cursor),
            anchor.max(self.browse.cursor),
        ))
    }

    /// Whether a marked row is among those the filter lets through.
    pub fn is_visible(&self, mark: &Mark) -> bool {
        mark.gone.is_none() && self.browse.query.matches(&mark.row, self.now.wall)
    }

    /// How many marked rows the filter hides.
    pub fn hidden(&self) -> usize {
        let marks = self.selection.marks().iter();
        marks
            .filter(|mark| mark.gone.is_none() && !self.is_visible(mark))
            .count()
    }

    /// How the list's screen is divided now.
    pub fn layout(&self) -> Layout {
        Layout::of(
            self.size,
            self.browse.pane,
            self.lanes.troubles().len(),
            self.hint,
        )
    }

    /// When the listing that a row comes from was begun.
    fn read_of(&self, row: &Resource) -> Moment {
        let listing = self
            .lanes
            .source(&row.key.source)
            .and_then(|state| state.listing.as_ref());
        listing.map_or(Moment::default(), |listing| listing.started)
    }
}

/// Carries out a command of the list.
pub(super) fn obey(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::Mark => toggle(model),
        Command::RangeMark => range(model, true),
        Command::RangeUnmark => range(model, false),
        Command::MarkAll => {
            let rows = all_shown(model);
            mark_rows(model, rows);
        }
        Command::UnmarkAll => {
            let rows = all_shown(model);
            model.selection.unmark_rows(&rows);
        }
        Command::Invert => invert(model),
        Command::OnlyMarked => only_marked(model),
        Command::LastBatch => last_batch(model),
        Command::Mine => return mine(model),
        Command::Tab(tab) => return show_tab(model, tab),
        Command::ReverseSort => {
            model.browse.query.sort.descending ^= true;
            return ask_anew(model);
        }
        Command::Filter => open_filter(model),
        Command::Statuses => model.popup = Some(Popup::Statuses(Statuses::new(model))),
        Command::Pane => {
            model.browse.pane ^= true;
            follow_cursor(model);
        }
        Command::Dismiss => {
            model.hint = false;
            follow_cursor(model);
        }
        other => {
            if let Some(to) = destination(model, other) {
                move_to(model, to);
            }
        }
    }
    Vec::new()
}

fn destination(model: &Model, command: Command) -> Option<usize> {
    let page = usize::from(model.layout().body);
    moved(model.browse.cursor, model.shown_len(), page, command)
}

fn move_to(model: &mut Model, to: usize) {
    model.browse.cursor = to.min(model.shown_len().saturating_sub(1));
    model.browse.cursor_key = model.cursor_row().map(|row| row.key.clone());
    follow_cursor(model);
}

/// Scrolls as little as needed for the cursor to be on screen.
pub(super) fn follow_cursor(model: &mut Model) {
    let page = usize::from(model.layout().body);
    let len = model.shown_len();
    let browse = &mut model.browse;
    browse.cursor = browse.cursor.min(len.saturating_sub(1));
    browse.offset = scrolled(browse.offset, browse.cursor, page).min(len.saturating_sub(page));
}

fn all_shown(model: &Model) -> Vec<Arc<Resource>> {
    (0..model.shown_len())
        .filter_map(|index| model.shown(index).cloned())
        .collect()
}

fn toggle(model: &mut Model) {
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
    let step = usize::from(!model.browse.only_marked);
    move_to(model, model.browse.cursor + step);
}

fn range(model: &mut Model, marks: bool) {
    let Some(row) = model.cursor_row() else {
        return;
    };
    let anchor = row.key.clone();
    let Some(span) = model.range_span() else {
        model.browse.range = Some(Range { anchor, marks });
        return;
    };
    let same = model
        .browse
        .range
        .take()
        .is_some_and(|range| range.marks == marks);
    if !same {
        return;
    }
    let rows: Vec<Arc<Resource>> = (span.0..=span.1)
        .filter_map(|index| model.shown(index).cloned())
        .collect();
    if marks {
        mark_rows(model, rows);
    } else {
        model.selection.unmark_rows(&rows);
    }
}

/// Marks rows, or asks where they are more than there is room for. The only way many rows get marked.
pub(super) fn mark_rows(model: &mut Model, rows: Vec<Arc<Resource>>) {
    let unsound = rows.iter().filter(|row| !row.key.id.is_sound()).count();
    let fresh: Vec<Arc<Resource>> = rows
        .into_iter()
        .filter(|row| row.key.id.is_sound() && !model.selection.contains(&row.key))
        .collect();
    if unsound > 0 {
        model.say(format!(
            "{unsound} rows cannot be marked: their ids are not plain words"
        ));
    }
    if fresh.len() > model.selection.room() {
        model.popup = Some(Popup::TooMany(TooMany {
            rows: fresh,
            leaving: Vec::new(),
        }));
        return;
    }
    mark_now(model, &fresh);
}

/// Marks as many of the rows as there is room for.
pub(super) fn mark_now(model: &mut Model, rows: &[Arc<Resource>]) {
    for row in rows.iter().take(model.selection.room()) {
        let read = model.read_of(row);
        let marked = model.selection.mark(row, read);
        debug_assert_eq!(
            marked,
            Ok(()),
            "there is room, and unsound ids were taken out before"
        );
    }
}

fn invert(model: &mut Model) {
    let rows = all_shown(model);
    let (marked, fresh): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| model.selection.contains(&row.key));
    let left = model.selection.len() - marked.len();
    if left + fresh.len() > crate::domain::plan::LIMIT {
        // Nothing is unmarked before the question is answered: esc changes nothing.
        let leaving = marked.iter().map(|row| row.key.clone()).collect();
        model.popup = Some(Popup::TooMany(TooMany {
            rows: fresh,
            leaving,
        }));
        return;
    }
    model.selection.unmark_rows(&marked);
    mark_rows(model, fresh);
}

fn only_marked(model: &mut Model) {
    if model.selection.is_empty() && !model.browse.only_marked {
        model.say("nothing is marked: space marks a row");
        return;
    }
    model.browse.only_marked ^= true;
    find_cursor(model);
}

fn last_batch(model: &mut Model) {
    let Some(run) = model.runs.last() else {
        model.say("no batch was sent from here yet");
        return;
    };
    let keys: Vec<Key> = run
        .report
        .rows()
        .iter()
        .map(|row| row.row.key.clone())
        .collect();
    let listed = |key: &Key| {
        let state = model.lanes.source(&key.source)?;
        state.listing.as_ref()?.find(&key.id).cloned()
    };
    let rows: Vec<Arc<Resource>> = keys.iter().filter_map(listed).collect();
    let missing = keys.len() - rows.len();
    if missing > 0 {
        model.say(format!(
            "{missing} rows of the last batch are no longer listed"
        ));
    }
    mark_rows(model, rows);
}

fn mine(model: &mut Model) -> Vec<Effect> {
    let mut words: Vec<&str> = model.browse.typed.split_whitespace().collect();
    if let Some(place) = words.iter().position(|word| *word == "owner:me") {
        words.remove(place);
    } else {
        words.push("owner:me");
    }
    let typed = words.join(" ");
    set_filter(model, &typed)
}

fn show_tab(model: &mut Model, tab: Tab) -> Vec<Effect> {
    model.browse.query.tab = tab;
    model.browse.only_marked = false;
    ask_anew(model)
}

/// Opens the filter line on the filter in force.
pub(super) fn open_filter(model: &mut Model) {
    let typed = model.browse.typed.clone();
    model.browse.only_marked = false;
    model.browse.typing = Some((Input::new(typed.clone()), typed));
}

/// Closes the filter line, keeping what was typed or going back to what was there before.
pub(super) fn close_filter(model: &mut Model, keep: bool) -> Vec<Effect> {
    let Some((input, before)) = model.browse.typing.take() else {
        return Vec::new();
    };
    let broken = model.browse.complaint.take().is_some();
    let typed = if keep && !broken {
        input.value().to_owned()
    } else {
        before
    };
    set_filter(model, &typed)
}

/// Takes in what the filter line holds now.
pub(super) fn typed(model: &mut Model) -> Vec<Effect> {
    let Some((input, _)) = &model.browse.typing else {
        return Vec::new();
    };
    let typed = input.value().to_owned();
    set_filter(model, &typed)
}

/// Puts a filter in force. One that cannot be read leaves the list as it is and says why.
pub(super) fn set_filter(model: &mut Model, typed: &str) -> Vec<Effect> {
    match Filter::parse(typed, &model.user) {
        Ok(filter) => {
            typed.clone_into(&mut model.browse.typed);
            model.browse.query.filter = Arc::new(filter);
            model.browse.complaint = None;
            ask_anew(model)
        }
        Err(complaint) => {
            model.browse.complaint = Some(complaint);
            Vec::new()
        }
    }
}

/// Asks for a view after what is shown, or its order, was changed. Until it is there, keys of the list
/// wait: they are meant for rows that are not on screen yet.
pub(super) fn ask_anew(model: &mut Model) -> Vec<Effect> {
    model.browse.arranging.awaited = true;
    arrange(model)
}

/// Asks for a view of what is known now. While one is being made, only one more is asked for after it.
pub(super) fn arrange(model: &mut Model) -> Vec<Effect> {
    let browse = &mut model.browse;
    if browse.arranging.generation != browse.view.generation {
        browse.arranging.outdated = true;
        return Vec::new();
    }
    browse.arranging.outdated = false;
    browse.arranging.generation += 1;
    vec![Effect::Arrange(ArrangeJob {
        generation: browse.arranging.generation,
        listings: model.lanes.listings(),
        query: browse.query.clone(),
        now: model.now,
    })]
}

/// Swaps a view in; the cursor stays on its row.
pub(super) fn arranged(model: &mut Model, view: Arc<View>) -> Vec<Effect> {
    model.browse.view = view;
    find_cursor(model);
    if model.browse.arranging.outdated {
        return arrange(model);
    }
    model.browse.arranging.awaited = false;
    Vec::new()
}

/// Puts the cursor back on its row, looking near its old place first. Until it was moved it has no row
/// of its own and stays on the first.
fn find_cursor(model: &mut Model) {
    let len = model.shown_len();
    let at = model.browse.cursor.min(len.saturating_sub(1));
    if let Some(key) = &model.browse.cursor_key {
        let is_it = |index: &usize| model.shown(*index).is_some_and(|row| row.key == *key);
        let found = (at..len).find(is_it).or_else(|| (0..at).rev().find(is_it));
        // Where another filter hides the row, the first one is what the operator looks at.
        let elsewhere = if model.browse.arranging.awaited {
            0
        } else {
            at
        };
        model.browse.cursor = found.unwrap_or(elsewhere);
    }
    follow_cursor(model);
}

/// Compares the marks of a source with its new listing. A marked row that a complete listing does not
/// show is read by id: absence alone proves nothing.
pub(super) fn compare_marks(
    model: &mut Model,
    source: &crate::domain::resource::Source,
) -> Vec<Effect> {
    let Some(listing) = model
        .lanes
        .source(source)
        .and_then(|state| state.listing.clone())
    else {
        return Vec::new();
    };
    let keys: Vec<Key> = model
        .selection
        .marks()
        .iter()
        .filter(|mark| *mark.row.key.source == *source)
        .map(|mark| mark.row.key.clone())
        .collect();
    let mut missing = Vec::new();
    for key in keys {
        match listing.find(&key.id) {
            Some(row) => {
                let reading = Reading::Found(row.clone());
                model
                    .selection
                    .observe(&key, &reading, listing.started, model.now);
            }
            None if listing.complete => missing.push(key),
            None => {}
        }
    }
    missing.retain(|key| {
        let mark = model.selection.get(key);
        mark.is_some_and(|mark| mark.gone.is_none())
    });
    look_for(model, missing)
}

/// How many rows are looked for by id at a time.
const LOOKED_FOR: usize = 20;

/// Reads rows by id that a listing did not show; those that are being looked for already are not asked twice.
pub(super) fn look_for(model: &mut Model, mut keys: Vec<Key>) -> Vec<Effect> {
    let room = LOOKED_FOR.saturating_sub(model.looked_for.len());
    keys.retain(|key| !model.looked_for.contains(key));
    keys.truncate(room);
    model.looked_for.extend(keys.iter().cloned());
    if keys.is_empty() {
        Vec::new()
    } else {
        vec![Effect::ReadById(keys)]
    }
}
