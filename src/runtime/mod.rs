//! The impure shell: the event loop, the terminal, carrying out effects.
//!
//! Only this folder spawns tasks, opens channels or touches the terminal. What it learns goes to
//! `app::update` as messages, through one bounded channel.

mod context;
mod earlier;
mod reading;
mod saving;
mod sending;
mod session;
#[cfg(unix)]
mod signals;
mod terminal;

use std::io;

use tokio::sync::mpsc;

use crate::app::keymap::Command;
use crate::app::message::{Effect, Message};
use crate::app::{Model, Setup};
use crate::ui::theme::Theme;

pub use context::{Clock, Context, Reload};
pub use earlier::{by, report};
pub use session::Session;
pub use terminal::{Refusal, size, usable};

use terminal::{Event, Screen};

/// How the dashboard ends: with this exit status.
pub type ExitStatus = u8;

/// Runs the dashboard until it is left. Takes the terminal over and gives it back.
pub async fn run(setup: Setup, context: Context, theme: Theme) -> io::Result<ExitStatus> {
    let (mut screen, mut events) = Screen::open(theme)?;
    let mut signals = signals::Signals::listen()?;
    let mut session = Session::start(Model::new(setup), context);
    let size = terminal::size();
    session.handle(Message::Resized(size.0, size.1));
    screen.draw(&session.model);
    let status = loop {
        let woken = tokio::select! {
            event = events.recv() => event.map_or(Woken::TerminalGone, Woken::Event),
            message = session.next() => Woken::Message(Box::new(message)),
            signal = signals.next() => Woken::Signal(signal),
            () = screen.written() => Woken::Written,
        };
        // Before the keys that woke it: they were typed at what is on screen.
        if screen.has_shown_dialog() {
            session.handle(Message::Drawn);
        }
        session.tick();
        take_in(&mut session, &mut screen, woken);
        drain(&mut session, &mut screen, &mut events);
        if let Some(status) = carry_out(&mut session, &mut screen, &mut signals).await? {
            break status;
        }
        screen.draw(&session.model);
    };
    session.finish().await;
    screen.close();
    Ok(status)
}

/// What ended a wait.
enum Woken {
    Event(Event),
    Message(Box<Message>),
    Signal(signals::Signal),
    Written,
    TerminalGone,
}

fn take_in(session: &mut Session, screen: &mut Screen, woken: Woken) {
    match woken {
        Woken::Event(event) => take_event(session, event),
        Woken::Message(message) => session.handle(*message),
        Woken::Signal(signal) => match signal {
            signals::Signal::Interrupt => session.command(Command::Interrupt),
            signals::Signal::Stop => session.command(Command::Suspend),
            signals::Signal::Continued => screen.resume(),
            signals::Signal::Leave(number) => {
                if number == signals::HANGUP {
                    terminal::stop_reading();
                }
                session.handle(Message::Signal(number));
            }
        },
        Woken::Written => {}
        Woken::TerminalGone => session.handle(Message::Signal(signals::HANGUP)),
    }
}

fn take_event(session: &mut Session, event: Event) {
    match event {
        Event::Key(key) => session.handle(Message::Key(key)),
        Event::Paste(text) => session.handle(Message::Paste(text)),
        Event::Resize(columns, rows) => session.handle(Message::Resized(columns, rows)),
    }
}

/// Takes in all that waits, so that a burst of keys costs one frame and not one each.
fn drain(session: &mut Session, screen: &mut Screen, events: &mut mpsc::Receiver<Event>) {
    loop {
        let (mut idle, event) = (true, events.try_recv());
        if let Ok(event) = event {
            take_event(session, event);
            idle = false;
        }
        if let Some(message) = session.waiting() {
            take_in(session, screen, Woken::Message(Box::new(message)));
            idle = false;
        }
        if idle {
            return;
        }
    }
}

/// Carries out what only the owner of the terminal can.
async fn carry_out(
    session: &mut Session,
    screen: &mut Screen,
    signals: &mut signals::Signals,
) -> io::Result<Option<ExitStatus>> {
    for effect in session.take_outside() {
        match effect {
            Effect::Copy(text) => screen.copy(&text),
            Effect::Suspend if !signals::Signals::may_stop() => {
                let text = "no shell is there to come back from: not suspended".to_owned();
                session.handle(Message::Notice(text));
            }
            Effect::Suspend => {
                screen.suspend();
                signals.stop_here().await?;
                screen.resume();
            }
            Effect::Quit(status) => return Ok(Some(status)),
            inside => session.perform(inside),
        }
    }
    Ok(session.panicked().then_some(101))
}
