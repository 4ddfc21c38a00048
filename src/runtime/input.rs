//! What the terminal tells: keys, pastes, sizes.
//!
//! Read by a thread that blocks: so each key that is typed arrives, however fast (`DEPENDENCIES.md` 2).

use std::io::{self, IsTerminal};
use std::thread;

use crossterm::event::{self, KeyCode, KeyEvent, KeyModifiers};
use tokio::sync::mpsc;

use crate::app::message::Message;

/// Keys that may wait; a longer queue holds the reading thread, and the kernel holds the rest.
const WAITING: usize = 4096;

/// Begins to read; the channel ends where the terminal does.
pub(super) fn start() -> mpsc::Receiver<Message> {
    let (sender, events) = mpsc::channel(WAITING);
    thread::spawn(move || {
        let mut reply = Reply::default();
        while let Ok(read) = event::read() {
            let message = match read {
                event::Event::Key(key) if reply.swallows(key) => continue,
                event::Event::Key(key) => Message::Key(key),
                event::Event::Paste(text) => Message::Paste(text),
                event::Event::Resize(columns, rows) => Message::Resized(columns, rows),
                event::Event::FocusGained | event::Event::FocusLost | event::Event::Mouse(_) => {
                    continue;
                }
            };
            if sender.blocking_send(message).is_err() {
                return;
            }
        }
    });
    events
}

/// Whether the terminal is still there; one that was closed is none any more, also where no SIGHUP tells.
pub(super) fn is_there() -> bool {
    io::stdin().is_terminal()
}

/// Takes standard input away from the reading thread: with the terminal gone it would spin (T13).
pub(super) fn stop() {
    if let Ok((idle, writer)) = rustix::pipe::pipe() {
        let _ = rustix::stdio::dup2_stdin(&idle);
        // Kept open to the end of the program: an end of file would be as bad as the lost terminal.
        std::mem::forget(writer);
    }
}

/// A terminal's own reply (a color report, say) comes as Alt-], a digit and plain characters up to
/// Ctrl-G or Alt-\: it is nobody's key (T18).
#[derive(Debug, Default)]
enum Reply {
    #[default]
    None,
    Begun,
    /// So many keys of it were swallowed.
    Open(usize),
}

/// No reply is longer; a key somebody typed by chance never silences the keyboard.
const LONGEST_REPLY: usize = 64;

impl Reply {
    fn swallows(&mut self, key: KeyEvent) -> bool {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let ends = match key.code {
            KeyCode::Char('g') => key.modifiers.contains(KeyModifiers::CONTROL),
            KeyCode::Char('\\') => alt,
            _ => false,
        };
        let (next, swallowed) = match *self {
            Self::None if alt && key.code == KeyCode::Char(']') => (Self::Begun, true),
            Self::Begun if matches!(key.code, KeyCode::Char('0'..='9')) => (Self::Open(1), true),
            Self::Open(_) if ends => (Self::None, true),
            Self::Open(length) if length < LONGEST_REPLY => (Self::Open(length + 1), true),
            Self::None | Self::Begun | Self::Open(_) => (Self::None, false),
        };
        *self = next;
        swallowed
    }
}
