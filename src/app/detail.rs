//! One row in full: its pages, what is asked for them, search, follow and save.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tui_input::Input;

use crate::app::keymap::Command;
use crate::app::layout::{NOTICES, help_page, moved};
use crate::app::listing::Listing;
use crate::app::message::{Effect, Saved};
use crate::app::page::{Asking, Lead, Page, PageLine, Search, Topic, UNFOLDED, lines, whole};
use crate::app::{Model, Screen};
use crate::domain::inspection::Part;
use crate::domain::resource::{Resource, Source};
use crate::domain::text::counted;

/// How long after an answer a followed page is asked for again: 6 requests a minute (`PERFORMANCE.md` 18).
const FOLLOW: Duration = Duration::from_secs(10);

/// A row on screen.
#[derive(Debug)]
pub struct Detail {
    /// The row, as last read; refreshes replace it.
    pub row: Arc<Resource>,
    /// Since when a complete listing does not show it.
    pub unlisted: Option<Timestamp>,
    /// What is being typed to look for.
    pub typing: Option<Input>,
    /// The page on screen.
    pub(crate) page: Page,
    /// The page it was opened from.
    behind: Option<Page>,
}

/// The columns and lines of a page: the terminal without box, header, notices and footer.
fn room(model: &Model) -> (usize, usize) {
    let (columns, rows) = model.size;
    let lines = usize::from(help_page(rows)).saturating_sub(model.notices.len().min(NOTICES));
    (usize::from(columns.saturating_sub(4)), lines)
}

/// Takes the detail off the screen, to work on it beside the rest of the model.
fn taken(model: &mut Model) -> Option<Box<Detail>> {
    match std::mem::replace(&mut model.screen, Screen::Browse) {
        Screen::Detail(detail) => Some(detail),
        screen @ (Screen::FirstRun | Screen::Browse | Screen::Plan(_) | Screen::Results(_)) => {
            model.screen = screen;
            None
        }
    }
}

/// Opens the row under the cursor.
pub(super) fn open(model: &mut Model, topic: Topic) {
    let Some(row) = model.cursor_row().cloned() else {
        return;
    };
    let mut detail = Box::new(Detail {
        row,
        unlisted: None,
        typing: None,
        page: Page::new(topic),
        behind: None,
    });
    ask(model, &mut detail);
    model.screen = Screen::Detail(detail);
}

/// Asks for what the page on screen shows.
fn ask(model: &mut Model, detail: &mut Detail) {
    model.inquiries += 1;
    detail.page.number = model.inquiries;
    let inquiry = detail.page.inquiry();
    let key = detail.row.key.clone();
    let inspect = Effect::Inspect(key, inquiry, model.inquiries);
    model.effects.push(inspect);
}

/// Takes a part in, or the end of the answer. What comes late for a row that is no longer open is dropped.
pub(super) fn told(model: &mut Model, number: u64, part: Option<Part>) {
    let Screen::Detail(detail) = &mut model.screen else {
        return;
    };
    let page = &mut detail.page;
    match part {
        _ if page.number != number => {}
        Some(part) => page.take(part),
        None => {
            page.asking = Asking::No;
            page.follow = page.follow.map(|_| model.now.moment.after(FOLLOW));
        }
    }
}

/// Asks for a followed page again when its time has come.
pub(super) fn tick(model: &mut Model) {
    let now = model.now.moment;
    let Some(mut detail) = taken(model) else {
        return;
    };
    let is_due = detail.page.follow.is_some_and(|at| at <= now);
    if is_due && detail.page.asking == Asking::No && !model.lanes.held {
        ask(model, &mut detail);
    }
    model.screen = Screen::Detail(detail);
}

/// Takes in the row's newest reading, or that a complete listing does not show it.
pub(super) fn refresh(model: &mut Model, listing: &Listing, source: &Source) {
    let Screen::Detail(detail) = &mut model.screen else {
        return;
    };
    if *detail.row.key.source != *source {
        return;
    }
    if let Some(row) = listing.find(&detail.row.key.id) {
        detail.row = row.clone();
        detail.unlisted = None;
    } else if listing.complete {
        detail.unlisted.get_or_insert(model.now.wall);
    }
}

/// Carries out a command of the detail and of the logs.
pub(super) fn obey(model: &mut Model, command: Command) {
    let Some(mut detail) = taken(model) else {
        return;
    };
    let leaves = matches!(command, Command::Back | Command::Quit);
    if leaves && detail.typing.is_none() && detail.behind.is_none() {
        return;
    }
    act(model, &mut detail, command);
    model.screen = Screen::Detail(detail);
}

fn act(model: &mut Model, detail: &mut Detail, command: Command) {
    match command {
        Command::Back | Command::Quit => back(model, detail),
        Command::Logs => {
            let logs = Page::new(Topic::Logs);
            detail.behind = Some(std::mem::replace(&mut detail.page, logs));
            ask(model, detail);
        }
        Command::Refresh => ask(model, detail),
        Command::Follow => follow(model, detail),
        Command::CopyIds => copy(model, detail),
        Command::Save => save(model, detail),
        Command::Search => detail.typing = Some(Input::default()),
        Command::Accept => {
            let typed = detail.typing.take().unwrap_or_default();
            let first = first_entry(model, detail);
            find(model, detail, &typed.value().to_lowercase(), first, true);
        }
        Command::NextMatch | Command::PreviousMatch => match detail.page.search.clone() {
            None => model.say("/ looks for a text first"),
            Some(Search { text, at, .. }) => {
                let forward = command == Command::NextMatch;
                find(model, detail, &text, at + usize::from(forward), forward);
            }
        },
        other => scroll(model, detail, other),
    }
}

/// Esc: closes the search line, else the page, for the one it was opened from.
fn back(model: &mut Model, detail: &mut Detail) {
    if detail.typing.take().is_some() {
        return;
    }
    if let Some(behind) = detail.behind.take() {
        detail.page = behind;
    }
    // Its answer was given up when another page was asked for.
    if detail.page.asking != Asking::No {
        ask(model, detail);
    }
}

fn scroll(model: &Model, detail: &mut Detail, command: Command) {
    let (columns, rows) = room(model);
    let last = lines(model, detail, columns).len().saturating_sub(rows);
    let page = &mut detail.page;
    let at = page.offset.min(last);
    let Some(to) = moved(at, last + 1, rows, command) else {
        return;
    };
    if to < at {
        page.follow = None;
    }
    let at_end = to == last && page.follow.is_some();
    page.offset = if at_end { usize::MAX } else { to };
}

/// Keeps the newest lines in sight, asking for them at a calm pace. Again, or moving up: no more.
fn follow(model: &mut Model, detail: &mut Detail) {
    let page = &mut detail.page;
    if page.follow.take().is_some() {
        return;
    }
    page.follow = Some(model.now.moment);
    if page.topic == Topic::Logs {
        page.offset = usize::MAX;
    }
    if page.asking == Asking::No {
        ask(model, detail);
    }
}

/// The id; in the logs the command line of a note, where there is one.
fn copy(model: &mut Model, detail: &Detail) {
    let (what, text) = match detail.page.command() {
        Some(command) => ("command line", command.to_owned()),
        None => ("id", detail.row.key.id.shown().to_string()),
    };
    model.say(format!("{what} copied, if the terminal allows it"));
    model.effects.push(Effect::Copy(text));
}

/// Everything on the page, in a file of its own.
fn save(model: &mut Model, detail: &Detail) {
    let lines = whole(model, detail).into_iter();
    let text = lines.map(|line| match line.lead {
        Lead::Label(label) => format!("{label}: {}", line.text),
        Lead::Time(at) | Lead::Date(at) => format!("{at}  {}", line.text),
        Lead::Nothing => line.text.into_owned(),
    });
    let id = detail.row.key.id.shown();
    let name = format!("{}-{id}", detail.page.topic.word());
    let lines = Saved::Lines(text.collect());
    model.effects.push(Effect::Save(name, lines));
}

/// The entry of the first line on screen.
fn first_entry(model: &Model, detail: &Detail) -> usize {
    let (columns, rows) = room(model);
    let lines = lines(model, detail, columns);
    let last = lines.len().saturating_sub(rows);
    let first = lines.get(detail.page.offset.min(last));
    first.map_or(0, |line| line.entry)
}

/// Goes to the first match at or after an entry, or to the last one before it; round the end if need be. What is cut
/// off the screen can only be counted.
fn find(model: &mut Model, detail: &mut Detail, text: &str, from: usize, forward: bool) {
    let entries = lines(model, detail, UNFOLDED).into_iter();
    let holds = |line: &PageLine| line.text.to_lowercase().contains(text);
    let matches: Vec<usize> = entries.filter(holds).map(|line| line.entry).collect();
    let all = whole(model, detail).into_iter().filter(holds).count();
    if all > matches.len() && !text.is_empty() {
        let more = all - matches.len();
        let more = counted(more, "more line", "more lines");
        model.say(format!("not shown: {more} with `{text}`; e saves them"));
    }
    if matches.is_empty() || text.is_empty() {
        model.say(format!("nothing here says `{text}`"));
        return;
    }
    let after = matches.partition_point(|entry| *entry < from);
    let count = matches.len();
    let nth = if forward { after } else { after + count - 1 } % count;
    let (columns, rows) = room(model);
    let lines = lines(model, detail, columns);
    let line = lines.partition_point(|line| line.entry < matches[nth]);
    detail.page.offset = line.saturating_sub(rows / 3);
    detail.page.follow = None;
    detail.page.search = Some(Search {
        text: text.to_owned(),
        at: matches[nth],
        place: (nth + 1, count),
    });
}
