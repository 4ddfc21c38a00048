//! What each message does to the model.

use std::collections::HashSet;
use std::mem::discriminant;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::app::ids::Ids;
use crate::app::keymap::{self, Command, Place};
use crate::app::listing::{Listing, SourceState};
use crate::app::message::{Effect, Message};
use crate::app::page::Topic;
use crate::app::palette::Palette;
use crate::app::run::Run;
use crate::app::table::View;
use crate::app::{
    Model, Notice, Popup, Screen, Stay, browse, confirm, detail, exporting, following, ids, menu,
    popup, results, run, typing,
};
use crate::domain::connection::ConnectionName;
use crate::domain::error::PlatformError;
use crate::domain::export::tab_separated;
use crate::domain::resource::{Key, Reading, Resource, Source};
use crate::domain::time::{Moment, Now, age};

/// The number of SIGINT.
const INTERRUPT: i32 = 2;

/// Takes in what happened and says what is to be done outside. The only way the model changes.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let (screen, notices) = (discriminant(&model.screen), model.notices.clone());
    take_in(model, message);
    if discriminant(&model.screen) != screen {
        // What was told on one screen is not told on the next.
        let is_old = |notice: &Notice| notice.stay == Stay::OnScreen && notices.contains(notice);
        model.notices.retain(|notice| !is_old(notice));
    }
    if model.notices.len() != notices.len() {
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
        Message::SignedInAgain(connection) => signed_in_again(model, &connection),
        Message::Arriving(source, listing) => arriving(model, &source, listing),
        Message::Listed(source, result) => listed(model, &source, result),
        Message::Arranged(view) => arranged(model, view),
        Message::Notice(text) => model.say_here(text),
        Message::Read(key, started, reading) => {
            model.looked_for.remove(&key);
            model.read_now.remove(&key);
            read(model, &key, started, &reading);
        }
        Message::Told(number, part) => detail::told(model, number, part),
        Message::Batch(number, message) => run::batch(model, number, message),
        Message::Journal { batches, not_read } => journal(model, batches, not_read),
        Message::Previewed(texts) => confirm::previewed(model, texts),
        Message::Signal(number) => signalled(model, number),
        Message::Background(background) => model.background = Some(background),
        Message::Text(text) => ids::told(model, text),
    }
}

fn signed_in_again(model: &mut Model, connection: &ConnectionName) {
    model.lanes.due_again(connection, model.now.moment);
    model.say_here(format!("{connection}: secrets were read again, trying now"));
    refresh_due(model);
}

fn journal(model: &mut Model, batches: Vec<Run>, not_read: usize) {
    run::journal(model, batches);
    run::not_read(model, not_read);
    if std::mem::take(&mut model.lookup.is_awaited) && model.popup.is_none() {
        list_batches(model);
    }
}

pub(super) fn refresh_due(model: &mut Model) {
    let due = model.lanes.refresh_due(model.now.moment);
    model.effects.extend(due);
}

/// A gap that the monotonic clock did not see: the machine was asleep, or its wall clock was set.
const SLEPT: Duration = Duration::from_secs(30);

fn tick(model: &mut Model, now: Now) {
    let awake = now.moment.since(model.now.moment);
    let slept = age(now.wall, model.now.wall).saturating_sub(awake);
    model.now = now;
    if slept > SLEPT {
        wake(model);
    }
    model.notices.retain(|notice| notice.until > now.moment);
    refresh_due(model);
    confirm::tick(model, now);
    following::tick(model);
    following::look_up(model);
    detail::tick(model);
    ids::go_on(model);
    if matches!(model.popup, Some(Popup::Sources(_))) {
        model.effects.push(Effect::CountRequests);
    }
}

/// What was read before the machine slept is old, however little time the monotonic clock counts since (N32).
fn wake(model: &mut Model) {
    confirm::forget_reads(model);
    if !model.lanes.held {
        let reads = model.lanes.refresh_all(model.now.moment);
        model.effects.extend(reads);
    }
}

/// Shows the rows of a first listing that is not whole yet; they prove nothing of others.
fn arriving(model: &mut Model, source: &Source, listing: Arc<Listing>) {
    if model.lanes.is_on(&source.connection) {
        model.lanes.arriving(source, listing);
        browse::arrange(model);
        browse::follow_cursor(model);
    }
}

fn listed(
    model: &mut Model,
    source: &Arc<Source>,
    result: Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>,
) {
    if !model.lanes.is_on(&source.connection) {
        return;
    }
    let listing = result.as_ref().ok().cloned();
    let failed = model
        .lanes
        .source(source)
        .is_some_and(SourceState::is_stale);
    match &result {
        Err((error, _)) if !failed => model.remember(format!("{source}: {error}")),
        Ok(_) if failed => model.remember(format!("{source} answers again")),
        Ok(_) | Err(_) => {}
    }
    model.lanes.listed(source, result, model.now.moment);
    browse::arrange(model);
    match listing {
        Some(listing) => compare(model, &listing, source),
        None => confirm::source_failed(model, source),
    }
    ids::go_on(model);
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
    model.notices.retain(|notice| notice.stay != Stay::UntilKey);
    if let Some(command) = command {
        obey(model, place, command);
    } else if place.has_field() {
        typing::typed(model, key);
    }
}

pub(super) fn obey(model: &mut Model, place: Place, command: Command) {
    let lists_batches = matches!(place, Place::Browse | Place::Results);
    if command == Command::Interrupt {
        if !step_out(model) {
            quit(model);
        }
    } else if command == Command::Suspend {
        model.effects.push(Effect::Suspend);
    } else if command == Command::Help {
        let over = model.popup.take().map(Box::new);
        model.popup = Some(Popup::Help(place, 0, over));
    } else if model.popup.is_some() {
        popup::obey(model, command);
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

pub(super) fn list(model: &mut Model, command: Command) {
    match command {
        Command::Quit if model.browse.range.is_none() => quit(model),
        Command::Back | Command::Quit => step_back(model),
        Command::Actions if model.candidates().is_empty() => model.say(menu::NO_ROW),
        Command::Actions => {
            let row = model.cursor_row().filter(|_| model.selection.is_empty());
            let row = row.cloned();
            model.popup = Some(Popup::Menu(menu::Menu { cursor: 0, row }));
        }
        Command::Sort => model.popup = Some(Popup::Sort(0)),
        Command::Detail => open_page(model, Topic::Detail),
        Command::Logs => open_page(model, Topic::Logs),
        Command::Palette => model.popup = Some(Popup::Palette(Palette::default())),
        Command::Sources => {
            model.popup = Some(Popup::Sources(0));
            model.effects.push(Effect::CountRequests);
        }
        Command::Messages => model.popup = Some(Popup::Messages(0)),
        Command::Ids => model.popup = Some(Popup::Ids(Ids::default())),
        Command::Save => model.effects.push(browse::save(model)),
        Command::CopyIds => {
            let id = |row: &Resource| row.key.id.shown().to_string();
            exporting::copy(model, ["id", "ids"], id);
        }
        Command::CopyRows => exporting::copy(model, ["row", "rows"], tab_separated),
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

/// Opens the row under the cursor, unless its connection is switched off: nothing is asked of that.
fn open_page(model: &mut Model, topic: Topic) {
    let row = model.cursor_row();
    let off = row.map(|row| &row.key.source.connection);
    match off.filter(|name| !model.lanes.is_on(name)) {
        Some(name) => model.say(format!("{name} is switched off: `:on {name}`")),
        None => detail::open(model, topic),
    }
}

fn hold(model: &mut Model) {
    model.lanes.held ^= true;
    let words = ["refresh goes on", "refresh held: p goes on, r reads once"];
    model.say(words[usize::from(model.lanes.held)]);
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

/// Another program may have sent the first one: without any the journal is read before that is said.
fn open_batches(model: &mut Model) {
    model.lookup.is_awaited = model.runs.is_empty();
    if !model.lookup.is_awaited {
        list_batches(model);
    }
    model.effects.push(Effect::ReadJournal);
}

fn list_batches(model: &mut Model) {
    match model.batches().first().map(|run| run.number) {
        None => model.say("no batch was sent from here yet"),
        Some(newest) => model.popup = Some(Popup::Batches(newest)),
    }
}

/// Leaves, or asks first where rows still move.
pub(super) fn quit(model: &mut Model) {
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
