//! The impure shell: the event loop, the terminal, carrying out effects.
//!
//! Only this folder spawns tasks, opens channels or touches the terminal. What it learns goes to
//! `app::update` as messages, through one bounded channel.

mod context;
mod earlier;
mod gathering;
mod input;
mod output;
mod reading;
mod saving;
mod sending;
mod session;
mod signals;
mod terminal;

use std::io;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::app::message::{Effect, Message};
use crate::app::{Model, Setup};
use crate::ui::theme::Theme;

pub use context::{Clock, Context, Reload};
pub use earlier::{by, notes, report};
pub use session::Session;
pub use terminal::{Refusal, size, usable};

use signals::{Signal, Signals};
use terminal::Screen;

/// How the dashboard ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this exit status.
    Status(u8),
    /// The operator wants to see the demo instead.
    Demo,
}

/// The status after a panic, as Rust has it.
const PANICKED: Ending = Ending::Status(101);

/// Runs the dashboard until it is left. Takes the terminal over and gives it back. `before_draw` is called
/// before each frame, for tests.
///
/// However it ends, a panic included: nothing further is sent, and answers under way are recorded. What is
/// still to be said then, on the terminal that was given back, comes with the status.
pub async fn run(
    setup: Setup,
    context: Context,
    theme: Theme,
    before_draw: impl Fn(),
) -> io::Result<(Ending, Vec<String>)> {
    // Before the terminal is taken: a signal in between would not give it back.
    let mut signals = Signals::listen()?;
    let mut screen = Screen::open(theme)?;
    let mut session = Session::start(Model::new(setup), context);
    let turns = turn(&mut session, &mut screen, &mut signals, before_draw);
    let ended = AssertUnwindSafe(turns).catch_unwind().await;
    let parting = session.finish().await.parting();
    drop(screen);
    let ending = ended.unwrap_or(Ok(PANICKED))?;
    // A terminal that has taken nothing for a second may never take anything.
    let is_heard = !output::is_busy();
    Ok((ending, if is_heard { parting } else { Vec::new() }))
}

/// What ended a wait.
enum Woken {
    Message(Message),
    Signal(Signal),
    Written,
}

async fn turn(
    session: &mut Session,
    screen: &mut Screen,
    signals: &mut Signals,
    before_draw: impl Fn(),
) -> io::Result<Ending> {
    let mut events = input::start();
    let (columns, rows) = size();
    session.handle(Message::Resized(columns, rows));
    loop {
        before_draw();
        screen.draw(&session.model);
        let woken = tokio::select! {
            event = events.recv() => event.map_or(Woken::Signal(Signal::HANGUP), Woken::Message),
            message = session.next() => Woken::Message(message),
            signal = signals.next() => Woken::Signal(signal),
            () = output::written() => Woken::Written,
        };
        // Before the keys that woke it: they were typed at what is on screen.
        if screen.has_shown_dialog() {
            session.handle(Message::Drawn);
        }
        session.tick();
        take_in(session, screen, woken);
        drain(session, screen, &mut events);
        if !input::is_there() {
            input::stop();
            take_in(session, screen, Woken::Signal(Signal::HANGUP));
        }
        if let Some(status) = carry_out(session, screen, signals).await? {
            return Ok(status);
        }
    }
}

fn take_in(session: &mut Session, screen: &mut Screen, woken: Woken) {
    match woken {
        Woken::Message(message) => {
            if matches!(message, Message::Resized(..)) {
                screen.repaint();
            }
            session.handle(message);
        }
        Woken::Signal(Signal::Stop) => session.suspend(),
        Woken::Signal(Signal::Continued) => screen.resume(),
        Woken::Signal(Signal::Leave(number)) => session.handle(Message::Signal(number)),
        Woken::Written => {}
    }
}

/// Takes in all that waits, so that a burst of keys costs one frame and not one each.
fn drain(session: &mut Session, screen: &mut Screen, events: &mut mpsc::Receiver<Message>) {
    loop {
        let (event, message) = (events.try_recv().ok(), session.waiting());
        if event.is_none() && message.is_none() {
            return;
        }
        for message in event.into_iter().chain(message) {
            take_in(session, screen, Woken::Message(message));
        }
    }
}

/// Carries out what only the owner of the terminal can.
async fn carry_out(
    session: &mut Session,
    screen: &mut Screen,
    signals: &mut Signals,
) -> io::Result<Option<Ending>> {
    for effect in session.take_outside() {
        match effect {
            Effect::Copy(text) => terminal::copy(&text),
            Effect::Suspend if !Signals::may_stop() => {
                let text = "no shell is there to come back from: not suspended".to_owned();
                session.handle(Message::Notice(text));
            }
            Effect::Suspend => {
                output::leave();
                signals.stop_here().await?;
                screen.resume();
            }
            Effect::Quit(status) => return Ok(Some(Ending::Status(status))),
            Effect::Demo => return Ok(Some(Ending::Demo)),
            inside => session.perform(inside),
        }
    }
    Ok(output::has_panicked().then_some(PANICKED))
}
