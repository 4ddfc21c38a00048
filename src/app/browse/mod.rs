//! The list: cursor, filter, range; its marks are in `marking`.

mod arranging;
mod marking;

use std::sync::Arc;

use tui_input::Input;

use crate::app::choices::{Order, Statuses};
use crate::app::filter::Filter;
use crate::app::keymap::Command;
use crate::app::layout::{Layout, moved, scrolled};
use crate::app::message::{Effect, Saved};
use crate::app::selection::Mark;
use crate::app::table::{Query, Tab, View};
use crate::app::{Background, Model, Popup, rows};
use crate::domain::resource::{Key, Resource};
use crate::domain::time::Moment;

use arranging::{Arranging, find_cursor};
pub(super) use arranging::{arrange, arranged, ask_anew};
use marking::{all_shown, invert, last_batch, range, toggle};
pub(super) use marking::{look_for, mark_now, mark_rows, missing};

/// The state of the list.
#[derive(Debug, Default)]
pub struct Browse {
    /// What is shown and in which order.
    pub query: Query,
    /// The filter as it was typed.
    pub typed: String,
    /// The filter line, while it is open, and the filter it started from.
    pub typing: Option<(Input, String)>,
    /// Why what is being typed cannot be read. While there is one, no row is shown and none can be marked.
    pub complaint: Option<String>,
    /// The rows that match.
    pub view: Arc<View>,
    /// A row that a refresh took out of what matches, and its place: it stays until the cursor leaves it.
    kept: Option<(usize, Arc<Resource>)>,
    /// Which row the cursor is on.
    pub cursor: usize,
    /// The first row on screen.
    pub offset: usize,
    /// A range that is being marked or unmarked.
    pub range: Option<Range>,
    /// Only the marked rows are shown.
    pub only_marked: bool,
    /// Whether the detail pane is put away.
    pub hides_pane: bool,
    /// Whether ids and names stand whole where other columns would.
    pub wide: bool,
    /// How many steps the columns behind name and id were scrolled; they go round.
    pub scrolled: isize,
    /// How far the view at hand is behind.
    pub(super) arranging: Arranging,
    cursor_key: Option<Key>,
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

impl Model {
    /// How many rows the list shows.
    pub fn shown_len(&self) -> usize {
        if self.browse.complaint.is_some() {
            0
        } else if self.browse.only_marked {
            self.selection.len()
        } else {
            self.browse.view.rows.len() + usize::from(self.browse.kept.is_some())
        }
    }

    /// A row of the list.
    pub fn shown(&self, index: usize) -> Option<&Arc<Resource>> {
        if self.browse.complaint.is_some() {
            return None;
        }
        if self.browse.only_marked {
            return self.selection.marks().get(index).map(|mark| &mark.row);
        }
        let rows = &self.browse.view.rows;
        match &self.browse.kept {
            Some((at, row)) if *at == index => Some(row),
            Some((at, _)) if *at < index => rows.get(index - 1),
            Some(_) | None => rows.get(index),
        }
    }

    /// Whether that row no longer matches, and stays only while the cursor is on it.
    pub fn is_kept(&self, index: usize) -> bool {
        let kept = self.browse.kept.as_ref();
        !self.browse.only_marked && kept.is_some_and(|(at, _)| *at == index)
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
        let is_listed = mark.gone.is_none() && self.lanes.is_on(&mark.row.key.source.connection);
        is_listed && self.browse.query.matches(&mark.row, self.now.wall)
    }

    /// How many marked rows the filter hides.
    pub fn hidden(&self) -> usize {
        let there = |mark: &&Mark| mark.gone.is_none();
        let marks = self.selection.marks().iter().filter(there);
        marks.filter(|mark| !self.is_visible(mark)).count()
    }

    /// How the list's screen is divided now.
    pub(crate) fn layout(&self) -> Layout {
        Layout::of(
            self.size,
            !self.browse.hides_pane,
            self.lanes.troubles().len(),
            self.hint,
            self.notices.len(),
        )
    }

    /// When the listing that a row comes from was begun.
    fn read_of(&self, row: &Resource) -> Moment {
        let listing = self.lanes.listing(&row.key.source);
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
            mark_rows(model, rows, Order::Shown);
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
        Command::Filter => open_filter(model, ""),
        Command::Scope => open_filter(model, "scope:"),
        Command::Wide => model.browse.wide ^= true,
        Command::ColumnsRight => model.browse.scrolled += 1,
        Command::ColumnsLeft => model.browse.scrolled -= 1,
        Command::Statuses => model.popup = Some(Popup::Statuses(Statuses::new(model))),
        Command::Pane => model.browse.hides_pane ^= true,
        Command::DropGone => drop_gone(model),
        Command::Dismiss => model.hint = false,
        other => {
            let page = usize::from(model.layout().body);
            if let Some(to) = moved(model.browse.cursor, model.shown_len(), page, other) {
                move_to(model, to);
            }
        }
    }
    // Some of these leave the table more or less room.
    follow_cursor(model);
}

fn move_to(model: &mut Model, mut to: usize) {
    if model.is_kept(model.browse.cursor) && to != model.browse.cursor {
        model.browse.kept = None;
        to -= usize::from(to > model.browse.cursor);
    }
    model.browse.cursor = to.min(model.shown_len().saturating_sub(1));
    model.browse.cursor_key = model.cursor_row().map(|row| row.key.clone());
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

/// `:theme light`, `dark` or `own`; without a word the next of them.
pub(super) fn change_colors(model: &mut Model, typed: &str) {
    let next = match (typed, model.background) {
        ("light", _) | ("", None) => Some(Background::Light),
        ("dark", _) | ("", Some(Background::Light)) => Some(Background::Dark),
        ("own", _) | ("", Some(Background::Dark)) => None,
        _ => {
            return model.say(format!(
                "no colors `{typed}`; there are light, dark and own"
            ));
        }
    };
    model.background = next;
    model.say(match next {
        Some(Background::Light) => "colors: for a light background",
        Some(Background::Dark) => "colors: for a dark background",
        None => "colors: the terminal's own",
    });
}

fn drop_gone(model: &mut Model) {
    let gone = rows(model.selection.gone());
    model.selection.unmark_where(|mark| mark.gone.is_some());
    model.say(format!("{gone} dropped from the marks"));
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

/// Opens the filter line on the filter in force, with the beginning of another term.
pub(super) fn open_filter(model: &mut Model, term: &str) {
    let before = model.browse.typed.clone();
    let typed = format!("{before} {term}").trim_start().to_owned();
    model.browse.only_marked = false;
    model.browse.typing = Some((Input::new(typed), before));
}

/// The rows shown, in a file.
pub(super) fn save(model: &Model) -> Effect {
    let mut view = model.browse.view.clone();
    if model.browse.only_marked {
        view = Arc::new(View {
            rows: all_shown(model),
            ..View::default()
        });
    }
    Effect::Save("list".to_owned(), Saved::Rows(view))
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

/// Puts a filter in force. Of one that cannot be read the list says why, in place of its rows.
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
