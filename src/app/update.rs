//! What each message does to the model.

use std::sync::Arc;

use crossterm::event::{Event, KeyEvent, KeyEventKind};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::app::keymap::{self, Command, Place};
use crate::app::listing::Listing;
use crate::app::message::{Effect, Message};
use crate::app::page::Topic;
use crate::app::palette::Palette;
use crate::app::table::{View, tab_separated};
use crate::app::{
    Model, Popup, Screen, browse, choices, confirm, detail, exporting, following, layout, menu,
    results, run,
};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Reading, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};

/// The longest text a field takes, in characters; what is pasted beyond it is cut.
const FIELD: usize = 2_000;

/// Takes in what happened and says what is to be done outside. The only way the model changes.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => pressed(model, key),
        Message::Requests(counts) => {
            model.requests = counts.into_iter().collect();
            Vec::new()
        }
        Message::Paste(text) => pasted(model, &text),
        Message::Resized(columns, rows) => resized(model, (columns, rows)),
        Message::Tick(now) => tick(model, now),
        Message::Drawn => {
            model.unseen_dialog = false;
            Vec::new()
        }
        Message::Sources(connection, sources) => {
            model
                .lanes
                .discovered(&connection, sources, model.now.moment);
            model.lanes.refresh_due(model.now.moment)
        }
        Message::SignedInAgain(connection) => {
            model.lanes.due_again(&connection, model.now.moment);
            model.lanes.refresh_due(model.now.moment)
        }
        Message::Listed(source, result) => listed(model, &source, result),
        Message::Arranged(view) => arranged(model, view),
        Message::Notice(text) => {
            model.announce(text);
            Vec::new()
        }
        Message::Read(key, started, reading) => read(model, &key, started, &reading),
        Message::Told(number, part) => {
            detail::told(model, number, part);
            Vec::new()
        }
        Message::Batch(number, message) => {
            run::batch(model, number, message);
            Vec::new()
        }
        Message::Journal(batches) => run::journal(model, batches),
        Message::Previewed(texts) => {
            confirm::previewed(model, texts);
            Vec::new()
        }
        Message::Signal(number) => vec![Effect::Quit(128 + u8::try_from(number).unwrap_or(0))],
    }
}

fn tick(model: &mut Model, now: Now) -> Vec<Effect> {
    model.now = now;
    model.notices.retain(|notice| notice.until > now.moment);
    let mut effects = model.lanes.refresh_due(now.moment);
    effects.extend(confirm::tick(model, now));
    effects.extend(following::tick(model));
    effects.extend(detail::tick(model));
    if matches!(model.popup, Some(Popup::Sources(_))) {
        effects.push(Effect::CountRequests);
    }
    effects
}

fn resized(model: &mut Model, size: (u16, u16)) -> Vec<Effect> {
    model.size = size;
    browse::follow_cursor(model);
    Vec::new()
}

fn listed(
    model: &mut Model,
    source: &Arc<Source>,
    result: Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>,
) -> Vec<Effect> {
    let listing = result.as_ref().ok().cloned();
    model.lanes.listed(source, result, model.now.moment);
    let mut effects = browse::arrange(model);
    match listing {
        Some(listing) => {
            effects.extend(browse::compare_marks(model, source));
            effects.extend(confirm::compare(model, &listing, source));
            effects.extend(following::compare(model, &listing, source));
            detail::refresh(model, &listing, source);
        }
        None => confirm::source_failed(model, source),
    }
    browse::follow_cursor(model);
    effects
}

/// Swaps a view in, then takes the keys that waited for it.
fn arranged(model: &mut Model, view: Arc<View>) -> Vec<Effect> {
    let mut effects = browse::arranged(model, view);
    if !model.browse.arranging.awaited {
        for key in std::mem::take(&mut model.browse.arranging.keys) {
            effects.extend(pressed(model, key));
        }
    }
    effects
}

fn read(
    model: &mut Model,
    key: &Key,
    started: Moment,
    reading: &Result<Reading, PlatformError>,
) -> Vec<Effect> {
    model.looked_for.remove(key);
    let mut effects = confirm::observe(model, key, started, reading);
    if let Ok(reading) = reading {
        model.selection.observe(key, reading, started, model.now);
        effects.extend(following::observe(model, key, started, reading));
    }
    effects
}

fn pressed(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    // Typed before the dialog could be seen: meant for something else (T17).
    let place = model.place();
    let interrupts = keymap::command(place, key) == Some(Command::Interrupt);
    if key.kind == KeyEventKind::Release || (model.unseen_dialog && !interrupts) {
        return Vec::new();
    }
    if model.browse.arranging.awaited && matches!(place, Place::Browse | Place::Range) {
        model.browse.arranging.keys.push(key);
        return Vec::new();
    }
    // What the last key was answered with is over; what happened by itself stays.
    model.notices.retain(|notice| notice.stays);
    if let Some(command) = keymap::command(place, key) {
        return obey(model, place, command);
    }
    if place.has_field()
        && let Some(field) = field(model)
    {
        field.handle_event(&Event::Key(key));
        return field_changed(model);
    }
    Vec::new()
}

/// Pasted text goes into the filter or the reason, on one line. On the confirm line, and where no field
/// has the focus, it is refused: a paste never acts as keys and never confirms (T16).
fn pasted(model: &mut Model, text: &str) -> Vec<Effect> {
    if matches!(
        model.place(),
        Place::Filter | Place::Search | Place::Palette | Place::PlanReason
    ) && let Some(field) = field(model)
    {
        let room = FIELD.saturating_sub(field.value().chars().count());
        let capped: String = text.chars().take(room).collect();
        let line = Clean::new(capped.trim());
        let value = format!("{}{line}", field.value());
        *field = Input::new(value);
        return field_changed(model);
    }
    if model.place() == Place::PlanPhrase {
        model.announce("the phrase is typed, not pasted");
    }
    Vec::new()
}

fn field(model: &mut Model) -> Option<&mut Input> {
    if let Some(Popup::Palette(palette)) = &mut model.popup {
        palette.cursor = 0;
        return Some(&mut palette.input);
    }
    match &mut model.screen {
        Screen::Browse => model.browse.typing.as_mut().map(|(input, _)| input),
        Screen::Plan(confirm) => confirm.field(),
        Screen::Detail(detail) => detail.typing.as_mut(),
        Screen::FirstRun | Screen::Results(_) => None,
    }
}

fn field_changed(model: &mut Model) -> Vec<Effect> {
    match &mut model.screen {
        Screen::Browse => browse::typed(model),
        Screen::Plan(_) => {
            confirm::found(model);
            Vec::new()
        }
        Screen::FirstRun | Screen::Results(_) | Screen::Detail(_) => Vec::new(),
    }
}

fn obey(model: &mut Model, place: Place, command: Command) -> Vec<Effect> {
    match command {
        Command::Interrupt => return interrupt(model),
        Command::Suspend => return vec![Effect::Suspend],
        Command::Help => {
            model.popup = Some(Popup::Help(place, 0));
            return Vec::new();
        }
        _ => {}
    }
    match place {
        Place::FirstRun => quit(model),
        Place::Browse | Place::Range => list(model, command),
        Place::Filter => browse::close_filter(model, command == Command::Accept),
        Place::Menu
        | Place::Statuses
        | Place::Sort
        | Place::TooMany
        | Place::Batches
        | Place::Palette
        | Place::Sources
        | Place::Messages
        | Place::Export
        | Place::Help
        | Place::Quit => popup(model, place, command),
        Place::PlanReason
        | Place::PlanPhrase
        | Place::PlanRows
        | Place::PlanFind
        | Place::PlanWire => confirm::obey(model, command),
        Place::Results if command == Command::Batches => open_batches(model),
        Place::Results | Place::ResultsRow => results::obey(model, command),
        Place::Detail | Place::Logs | Place::Search => detail::obey(model, command),
    }
}

fn list(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::Quit if model.browse.range.is_none() => quit(model),
        Command::Back | Command::Quit => step_back(model),
        Command::Actions => {
            let row = model.cursor_row().cloned();
            model.popup = Some(Popup::Menu(menu::Menu { cursor: 0, row }));
            Vec::new()
        }
        Command::Sort => {
            model.popup = Some(Popup::Sort(choices::SortMenu { cursor: 0 }));
            Vec::new()
        }
        Command::Detail => detail::open(model, Topic::Detail),
        Command::Logs => detail::open(model, Topic::Logs),
        Command::Batches => open_batches(model),
        Command::Palette => {
            model.popup = Some(Popup::Palette(Palette::default()));
            Vec::new()
        }
        Command::Sources => {
            model.popup = Some(Popup::Sources(0));
            vec![Effect::CountRequests]
        }
        Command::Messages => {
            model.popup = Some(Popup::Messages(0));
            Vec::new()
        }
        Command::Save => vec![browse::save(model)],
        Command::CopyIds => copy(model, |row| row.key.id.shown().to_string()),
        Command::CopyRows => copy(model, tab_separated),
        Command::Refresh => model.lanes.refresh_all(model.now.moment),
        Command::Hold => {
            model.lanes.held ^= true;
            let now = if model.lanes.held {
                "held: p goes on, r reads once"
            } else {
                "goes on"
            };
            model.say(format!("refresh {now}"));
            Vec::new()
        }
        Command::SignInAgain => {
            let refused = model.lanes.refused();
            if refused.is_empty() {
                model.say("no connection waits for a new sign-in");
            }
            refused.into_iter().map(Effect::SignInAgain).collect()
        }
        other => browse::obey(model, other),
    }
}

/// Esc in the list: leaves the range, then clears the filter. Never the marks.
fn step_back(model: &mut Model) -> Vec<Effect> {
    if model.browse.range.take().is_some() {
        return Vec::new();
    }
    if model.browse.only_marked {
        return browse::obey(model, Command::OnlyMarked);
    }
    browse::set_filter(model, "")
}

fn popup(model: &mut Model, place: Place, command: Command) -> Vec<Effect> {
    if matches!(command, Command::Back | Command::Quit) && place != Place::Statuses {
        model.popup = None;
        return Vec::new();
    }
    match place {
        Place::Menu => menu::obey(model, command),
        Place::Statuses => choices::statuses(model, command),
        Place::Sort => choices::sort(model, command),
        Place::TooMany => {
            choices::too_many(model, command);
            Vec::new()
        }
        Place::Batches => {
            results::batches(model, command);
            Vec::new()
        }
        Place::Palette => palette(model, command),
        Place::Sources | Place::Messages => report(model, command),
        Place::Export => {
            model.popup = None;
            match command {
                Command::ExportAs(format) => exporting::export(model, format),
                _ => Vec::new(),
            }
        }
        Place::Quit => vec![Effect::Quit(0)],
        _ => {
            if let Some(Popup::Help(of, offset)) = &mut model.popup {
                let page = usize::from(layout::help_page(model.size.1));
                let last = keymap::in_place(*of).count().saturating_sub(page);
                *offset = layout::moved(*offset, last + 1, page, command).unwrap_or(*offset);
            }
            Vec::new()
        }
    }
}

/// Runs the chosen command as if its key had been pressed in the list.
fn palette(model: &mut Model, command: Command) -> Vec<Effect> {
    let Some(Popup::Palette(palette)) = &mut model.popup else {
        return Vec::new();
    };
    if command != Command::Accept {
        palette.scroll(command);
        return Vec::new();
    }
    let Some(chosen) = palette.chosen() else {
        model.say("no such command");
        return Vec::new();
    };
    model.popup = None;
    obey(model, Place::Browse, chosen)
}

fn report(model: &mut Model, command: Command) -> Vec<Effect> {
    if matches!(command, Command::Refresh | Command::Hold) {
        return list(model, command);
    }
    let (sources, said) = (model.lanes.sources().count(), model.said.len());
    match &mut model.popup {
        Some(Popup::Sources(cursor)) => {
            *cursor = layout::moved(*cursor, sources, 1, command).unwrap_or(*cursor);
        }
        Some(Popup::Messages(cursor)) => {
            *cursor = layout::moved(*cursor, said, 1, command).unwrap_or(*cursor);
        }
        _ => {}
    }
    Vec::new()
}

fn open_batches(model: &mut Model) -> Vec<Effect> {
    if model.runs.is_empty() {
        model.say("no batch was sent from here yet");
    } else {
        model.popup = Some(Popup::Batches(0));
    }
    vec![Effect::ReadJournal]
}

/// Leaves, or asks first where rows still move.
fn quit(model: &mut Model) -> Vec<Effect> {
    if model.moving().0 > 0 {
        model.popup = Some(Popup::Quit);
        return Vec::new();
    }
    vec![Effect::Quit(0)]
}

/// One rule everywhere (T14): close the dialog; while sending, stop sending; else leave as `q` does.
fn interrupt(model: &mut Model) -> Vec<Effect> {
    if matches!(model.popup, Some(Popup::Quit)) {
        return vec![Effect::Quit(0)];
    }
    if model.popup.take().is_some() {
        return Vec::new();
    }
    if model.browse.typing.is_some() {
        return browse::close_filter(model, false);
    }
    if matches!(model.screen, Screen::Plan(_)) {
        return confirm::obey(model, Command::Back);
    }
    if model.place() == Place::Search {
        return detail::obey(model, Command::Back);
    }
    if model.is_sending() {
        model.say("sending is stopped; what has left is followed");
        let sending = model.followed().filter(|(_, run)| run.report.is_sending());
        return sending
            .map(|(number, _)| Effect::StopSending(number))
            .collect();
    }
    quit(model)
}

fn copy(
    model: &mut Model,
    text: impl Fn(&crate::domain::resource::Resource) -> String,
) -> Vec<Effect> {
    let rows: Vec<_> = model
        .candidates()
        .into_iter()
        .map(|candidate| candidate.row)
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    model.say(format!(
        "{} copied, if the terminal allows it",
        super::rows(rows.len())
    ));
    let lines: Vec<String> = rows.iter().map(|row| text(row)).collect();
    vec![Effect::Copy(lines.join("\n"))]
}
