//! The list: cursor, filter, range; its marks are in `marking`.

mod marking;

use std::sync::Arc;

use crossterm::event::KeyEvent;
use tui_input::Input;

use crate::app::choices::Statuses;
use crate::app::filter::Filter;
use crate::app::keymap::Command;
use crate::app::layout::{Layout, moved, scrolled};
use crate::app::message::{ArrangeJob, Effect, Saved};
use crate::app::selection::Mark;
use crate::app::table::{Query, Tab, View, tab_separated};
use crate::app::{Model, Popup};
use crate::domain::resource::{Key, Resource};
use crate::domain::time::Moment;

use marking::{all_shown, invert, last_batch, range, toggle};
pub(super) use marking::{look_for, mark_now, mark_rows, missing};

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
    /// Whether ids and names stand whole where other columns would.
    pub wide: bool,
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
    anchor: Key,
    /// Where that row is now.
    at: usize,
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
            wide: false,
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
        let (at, cursor) = (range.at, self.browse.cursor);
        Some((at.min(cursor), at.max(cursor)))
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
    pub(crate) fn layout(&self) -> Layout {
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
pub(super) fn obey(model: &mut Model, command: Command) {
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
        Command::Mine => mine(model),
        Command::Tab(tab) => show_tab(model, tab),
        Command::ReverseSort => {
            model.browse.query.sort.descending ^= true;
            ask_anew(model);
        }
        Command::Filter => open_filter(model),
        Command::Scope => open_filter_with(model, "scope:"),
        Command::Wide => model.browse.wide ^= true,
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

fn only_marked(model: &mut Model) {
    if model.selection.is_empty() && !model.browse.only_marked {
        model.say("nothing is marked: space marks a row");
        return;
    }
    model.browse.only_marked ^= true;
    find_cursor(model);
}

fn mine(model: &mut Model) {
    let mut words: Vec<&str> = model.browse.typed.split_whitespace().collect();
    if let Some(place) = words.iter().position(|word| *word == "owner:me") {
        words.remove(place);
    } else {
        words.push("owner:me");
    }
    let typed = words.join(" ");
    set_filter(model, &typed);
}

fn show_tab(model: &mut Model, tab: Tab) {
    model.browse.query.tab = tab;
    model.browse.only_marked = false;
    ask_anew(model);
}

/// Opens the filter line on the filter in force.
pub(super) fn open_filter(model: &mut Model) {
    open_filter_with(model, "");
}

/// Opens the filter line with the beginning of another term.
fn open_filter_with(model: &mut Model, term: &str) {
    let before = model.browse.typed.clone();
    let typed = format!("{before} {term}").trim_start().to_owned();
    model.browse.only_marked = false;
    model.browse.typing = Some((Input::new(typed), before));
}

/// The rows shown, in a file.
pub(super) fn save(model: &Model) -> Effect {
    let what = if model.browse.only_marked {
        let marks = model.selection.marks().iter();
        Saved::Lines(marks.map(|mark| tab_separated(&mark.row)).collect())
    } else {
        Saved::Rows(model.browse.view.clone())
    };
    Effect::Save("list".to_owned(), what)
}

/// Closes the filter line, keeping what was typed or going back to what was there before. What cannot be
/// read is not kept and not dropped either: rows would be marked that were meant to be hidden.
pub(super) fn close_filter(model: &mut Model, keep: bool) {
    if keep && model.browse.complaint.is_some() {
        return;
    }
    let Some((input, before)) = model.browse.typing.take() else {
        return;
    };
    let typed = if keep { input.value() } else { &before };
    set_filter(model, typed.trim());
}

/// Takes in what the filter line holds now.
pub(super) fn typed(model: &mut Model) {
    if let Some((input, _)) = &model.browse.typing {
        let typed = input.value().to_owned();
        set_filter(model, &typed);
    }
}

/// Puts a filter in force. One that cannot be read leaves the list as it is and says why.
pub(super) fn set_filter(model: &mut Model, typed: &str) {
    match Filter::parse(typed, &model.user) {
        Ok(filter) => {
            typed.clone_into(&mut model.browse.typed);
            model.browse.query.filter = Arc::new(filter);
            model.browse.complaint = None;
            ask_anew(model);
        }
        Err(complaint) => model.browse.complaint = Some(complaint),
    }
}

/// Asks for a view after what is shown, or its order, was changed. Until it is there, keys of the list
/// wait: they are meant for rows that are not on screen yet.
pub(super) fn ask_anew(model: &mut Model) {
    model.browse.arranging.awaited = true;
    arrange(model);
}

/// Asks for a view of what is known now. While one is being made, only one more is asked for after it.
pub(super) fn arrange(model: &mut Model) {
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

/// Swaps a view in; the cursor stays on its row.
pub(super) fn arranged(model: &mut Model, view: Arc<View>) {
    model.browse.view = view;
    find_cursor(model);
    if model.browse.arranging.outdated {
        arrange(model);
    } else {
        model.browse.arranging.awaited = false;
    }
}

/// Puts the cursor back on its row, looking near its old place first. Until it was moved it has no row
/// of its own and stays on the first.
fn find_cursor(model: &mut Model) {
    let at = model.browse.cursor;
    if let Some(key) = &model.browse.cursor_key {
        let found = near(model, key, at);
        // Where another filter hides the row, the first one is what the operator looks at.
        let elsewhere = if model.browse.arranging.awaited {
            0
        } else {
            at
        };
        model.browse.cursor = found.unwrap_or(elsewhere);
    }
    find_anchor(model);
    follow_cursor(model);
}

/// Where a row is now, looking near its old place first.
fn near(model: &Model, key: &Key, at: usize) -> Option<usize> {
    let len = model.shown_len();
    let at = at.min(len.saturating_sub(1));
    let is_it = |index: &usize| model.shown(*index).is_some_and(|row| row.key == *key);
    (at..len).find(is_it).or_else(|| (0..at).rev().find(is_it))
}

/// Finds the row again that a range began on; without it there is no range.
fn find_anchor(model: &mut Model) {
    if let Some(mut range) = model.browse.range.take()
        && let Some(at) = near(model, &range.anchor, range.at)
    {
        range.at = at;
        model.browse.range = Some(range);
    }
}
