//! What each message does to the model.

use std::collections::HashSet;
use std::sync::Arc;

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::app::ids::Ids;
use crate::app::keymap::{self, Command, Place};
use crate::app::layout::moved;
use crate::app::listing::Listing;
use crate::app::message::{Effect, Message};
use crate::app::page::Topic;
use crate::app::palette::Palette;
use crate::app::table::{View, tab_separated};
use crate::app::{
    Model, Popup, Screen, browse, choices, confirm, detail, exporting, following, ids, menu,
    results, run, typing,
};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Reading, Resource, Source};
use crate::domain::time::{Moment, Now};

/// The number of SIGINT.
const INTERRUPT: i32 = 2;

/// Takes in what happened and says what is to be done outside. The only way the model changes.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let notices = model.notices.len();
    take_in(model, message);
    if model.notices.len() != notices {
        // They stand under the table and leave it less room.
        browse::follow_cursor(model);
    }
    std::mem::take(&mut model.effects)
}

fn take_in(model: &mut Model, message: Message) {
    match message {
        Message::Key(key) => pressed(model, key),
        Message::Requests(counts) => model.requests = counts.into_iter().collect(),
        Message::Paste(text) => typing::pasted(model, &text),
        Message::Resized(columns, rows) => {
            model.size = (columns, rows);
            browse::follow_cursor(model);
        }
        Message::Tick(now) => tick(model, now),
        Message::Drawn => model.unseen_dialog = false,
        Message::Sources(connection, sources) => {
            model
                .lanes
                .discovered(&connection, sources, model.now.moment);
            refresh_due(model);
            ids::go_on(model);
        }
        Message::SignedInAgain(connection) => {
            model.lanes.due_again(&connection, model.now.moment);
            refresh_due(model);
        }
        Message::Listed(source, result) => listed(model, &source, result),
        Message::Arranged(view) => arranged(model, view),
        Message::Notice(text) => model.announce(text),
        Message::Read(key, started, reading) => {
            model.looked_for.remove(&key);
            read(model, &key, started, &reading);
        }
        Message::Told(number, part) => detail::told(model, number, part),
        Message::Batch(number, message) => run::batch(model, number, message),
        Message::Journal(batches) => run::journal(model, batches),
        Message::Previewed(texts) => confirm::previewed(model, texts),
        Message::Signal(number) => signalled(model, number),
        Message::Background(background) => model.background = Some(background),
        Message::Text(text) => ids::told(model, text),
    }
}

fn refresh_due(model: &mut Model) {
    let due = model.lanes.refresh_due(model.now.moment);
    model.effects.extend(due);
}

fn tick(model: &mut Model, now: Now) {
    model.now = now;
    model.notices.retain(|notice| notice.until > now.moment);
    refresh_due(model);
    confirm::tick(model, now);
    following::tick(model);
    detail::tick(model);
    ids::go_on(model);
    if matches!(model.popup, Some(Popup::Sources(_))) {
        model.effects.push(Effect::CountRequests);
    }
}

fn listed(
    model: &mut Model,
    source: &Arc<Source>,
    result: Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>,
) {
    let listing = result.as_ref().ok().cloned();
    let state = model.lanes.source(source);
    let began = match &listing {
        Some(listing) => Some(listing.started),
        None => state.and_then(|state| state.reading),
    };
    model.lanes.listed(source, result, model.now.moment);
    browse::arrange(model);
    match listing {
        Some(listing) => compare(model, &listing, source),
        None => confirm::source_failed(model, source),
    }
    ids::listed(model, source, began);
    browse::follow_cursor(model);
}

/// Takes a listing in as a read of each row that is marked, planned or followed. Where it matters that a
/// complete one does not show a row, that row is read by id: absence alone proves nothing (R12).
fn compare(model: &mut Model, listing: &Listing, source: &Source) {
    let mut missing = browse::missing(model, listing, source);
    missing.extend(following::missing(model, listing, source));
    let marks = model.selection.marks().iter().map(|mark| &mark.row.key);
    let keys = marks
        .chain(confirm::keys(model))
        .chain(following::keys(model));
    let mut once = HashSet::new();
    let keys = keys.filter(|key| *key.source == *source && once.insert(*key));
    let shown = keys.filter_map(|key| Some((key.clone(), listing.find(&key.id)?.clone())));
    for (key, row) in shown.collect::<Vec<_>>() {
        read(model, &key, listing.started, &Ok(Reading::Found(row)));
    }
    browse::look_for(model, missing);
    detail::refresh(model, listing, source);
}

/// Swaps a view in, then takes the keys that waited for it.
fn arranged(model: &mut Model, view: Arc<View>) {
    browse::arranged(model, view);
    if !model.browse.arranging.awaited {
        for key in std::mem::take(&mut model.browse.arranging.keys) {
            pressed(model, key);
        }
    }
}

fn read(model: &mut Model, key: &Key, started: Moment, reading: &Result<Reading, PlatformError>) {
    confirm::observe(model, key, started, reading);
    if let Ok(reading) = reading {
        model.selection.observe(key, reading, started, model.now);
        following::observe(model, key, started, reading);
    }
}

fn pressed(model: &mut Model, key: KeyEvent) {
    // Typed before the dialog could be seen: meant for something else (T17).
    let place = model.place();
    let command = keymap::command(place, key);
    let is_unseen = model.unseen_dialog && command != Some(Command::Interrupt);
    if key.kind == KeyEventKind::Release || is_unseen {
        return;
    }
    if model.browse.arranging.awaited && matches!(place, Place::Browse | Place::Range) {
        model.browse.arranging.keys.push(key);
        return;
    }
    // What the last key was answered with is over; what happened by itself stays.
    model.notices.retain(|notice| notice.stays);
    if let Some(command) = command {
        obey(model, place, command);
    } else if place.has_field() {
        typing::typed(model, key);
    }
}

fn obey(model: &mut Model, place: Place, command: Command) {
    let lists_batches = matches!(place, Place::Browse | Place::Results);
    if command == Command::Interrupt {
        if !step_out(model) {
            quit(model);
        }
    } else if command == Command::Suspend {
        model.effects.push(Effect::Suspend);
    } else if command == Command::Help {
        model.popup = Some(Popup::Help(place, 0));
    } else if model.popup.is_some() {
        popup(model, command);
    } else if command == Command::Batches && lists_batches {
        open_batches(model);
    } else if place == Place::Filter {
        browse::close_filter(model, command == Command::Accept);
    } else {
        on_screen(model, command);
    }
}

fn on_screen(model: &mut Model, command: Command) {
    match &model.screen {
        Screen::FirstRun if command == Command::Demo => model.effects.push(Effect::Demo),
        Screen::FirstRun => quit(model),
        Screen::Browse => list(model, command),
        Screen::Plan(_) => confirm::obey(model, command),
        Screen::Results(_) => results::obey(model, command),
        Screen::Detail(_) => detail::obey(model, command),
    }
}

fn list(model: &mut Model, command: Command) {
    match command {
        Command::Quit if model.browse.range.is_none() => quit(model),
        Command::Back | Command::Quit => step_back(model),
        Command::Actions => {
            let row = model.cursor_row().cloned();
            model.popup = Some(Popup::Menu(menu::Menu { cursor: 0, row }));
        }
        Command::Sort => model.popup = Some(Popup::Sort(0)),
        Command::Detail => detail::open(model, Topic::Detail),
        Command::Logs => detail::open(model, Topic::Logs),
        Command::Palette => model.popup = Some(Popup::Palette(Palette::default())),
        Command::Sources => {
            model.popup = Some(Popup::Sources(0));
            model.effects.push(Effect::CountRequests);
        }
        Command::Messages => model.popup = Some(Popup::Messages(0)),
        Command::Ids => model.popup = Some(Popup::Ids(Ids::default())),
        Command::Save => model.effects.push(browse::save(model)),
        Command::CopyIds => copy(model, |row| row.key.id.shown().to_string()),
        Command::CopyRows => copy(model, tab_separated),
        Command::Refresh => {
            let reads = model.lanes.refresh_all(model.now.moment);
            model.effects.extend(reads);
        }
        Command::Hold => hold(model),
        Command::SignInAgain => {
            let refused = model.lanes.refused();
            if refused.is_empty() {
                model.say("no connection waits for a new sign-in");
            }
            let again = refused.into_iter().map(Effect::SignInAgain);
            model.effects.extend(again);
        }
        other => browse::obey(model, other),
    }
}

fn hold(model: &mut Model) {
    model.lanes.held ^= true;
    if model.lanes.held {
        model.say("refresh held: p goes on, r reads once");
    } else {
        model.say("refresh goes on");
    }
}

/// Esc in the list: leaves the range, then clears the filter. Never the marks.
fn step_back(model: &mut Model) {
    if model.browse.range.is_some() {
        model.browse.range = None;
    } else if model.browse.only_marked {
        browse::obey(model, Command::OnlyMarked);
    } else {
        browse::set_filter(model, "");
    }
}

/// One rule for all popups: moving moves the cursor, going back closes; the rest is the popup's own.
fn popup(model: &mut Model, command: Command) {
    let (len, page) = model.popup_extent();
    let Some(popup) = &mut model.popup else {
        return;
    };
    if let Some(cursor) = popup.cursor()
        && let Some(to) = moved(*cursor, len, page, command)
    {
        *cursor = to;
        return;
    }
    if matches!(command, Command::Back | Command::Quit) && !matches!(popup, Popup::Statuses(_)) {
        model.popup = None;
        return;
    }
    match popup {
        Popup::Menu(_) => menu::obey(model, command),
        Popup::Statuses(_) => choices::statuses(model, command),
        Popup::Sort(_) => choices::sort(model, command),
        Popup::TooMany(_) => choices::too_many(model, command),
        Popup::Batches(number) => {
            let number = *number;
            results::choose(model, number, command);
        }
        Popup::Palette(_) => palette(model),
        Popup::Ids(_) => ids::accept(model, command),
        // Reading now, and holding.
        Popup::Sources(_) => list(model, command),
        Popup::Export(_) => exporting::export(model, command),
        Popup::Messages(_) | Popup::Help(..) => {}
        Popup::Quit => quit(model),
    }
}

/// Runs the chosen command as if its key had been pressed in the list. Where none fits the line says so.
fn palette(model: &mut Model) {
    if let Some(Popup::Palette(palette)) = &model.popup
        && let Some((chosen, file)) = palette.chosen()
    {
        model.popup = None;
        obey(model, Place::Browse, chosen);
        if !file.is_empty() {
            model.effects.push(Effect::ReadText(file));
        }
    }
}

fn open_batches(model: &mut Model) {
    match model.batches().first().map(|run| run.number) {
        None => model.say("no batch was sent from here yet"),
        Some(newest) => model.popup = Some(Popup::Batches(newest)),
    }
    model.effects.push(Effect::ReadJournal);
}

/// Leaves, or asks first where rows still move.
fn quit(model: &mut Model) {
    if model.awaited().1 > 0 && !matches!(model.popup, Some(Popup::Quit)) {
        model.popup = Some(Popup::Quit);
    } else {
        model.effects.push(Effect::Quit(0));
    }
}

/// SIGINT is as the key, but does not ask before it leaves; the others leave at once.
fn signalled(model: &mut Model, number: i32) {
    if number != INTERRUPT || !step_out(model) {
        let code = 128 + u8::try_from(number).unwrap_or(0);
        model.effects.push(Effect::Quit(code));
    }
}

/// One rule everywhere (T14): close the dialog; while sending, stop sending. Says whether there was
/// something to close or to stop.
fn step_out(model: &mut Model) -> bool {
    if matches!(model.popup, Some(Popup::Quit)) {
        return false;
    }
    if model.popup.is_some() {
        model.popup = None;
    } else if model.browse.typing.is_some() {
        browse::close_filter(model, false);
    } else if matches!(model.screen, Screen::Plan(_)) {
        confirm::obey(model, Command::Back);
    } else if model.place() == Place::Search {
        detail::obey(model, Command::Back);
    } else if model.is_sending() {
        model.say("sending is stopped; what has left is followed");
        let sending = model.followed().filter(|(_, run)| run.report.is_sending());
        let stops: Vec<_> = sending
            .map(|(number, _)| Effect::StopSending(number))
            .collect();
        model.effects.extend(stops);
    } else {
        return false;
    }
    true
}

fn copy(model: &mut Model, text: impl Fn(&Resource) -> String) {
    let rows = model.candidates();
    if rows.is_empty() {
        return;
    }
    let lines: Vec<String> = rows.iter().map(|row| text(&row.row)).collect();
    let count = super::rows(rows.len());
    model.say(format!("{count} copied, if the terminal allows it"));
    model.effects.push(Effect::Copy(lines.join("\n")));
}
