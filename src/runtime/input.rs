//! What the terminal tells: keys, pastes, sizes.
//!
//! Read by a thread that blocks: so each key that is typed arrives, however fast (`DEPENDENCIES.md` 2).

use std::io::{self, IsTerminal};
use std::thread;

use crossterm::event::{self, KeyCode, KeyEvent, KeyModifiers};
use tokio::sync::mpsc;

use crate::app::Background;
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
                event::Event::Key(key) => reply.read(key),
                event::Event::Paste(text) => Some(Message::Paste(text)),
                event::Event::Resize(columns, rows) => Some(Message::Resized(columns, rows)),
                event::Event::FocusGained | event::Event::FocusLost | event::Event::Mouse(_) => {
                    None
                }
            };
            if message.is_some_and(|message| sender.blocking_send(message).is_err()) {
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
/// Ctrl-G or Alt-\: it is nobody's key (T18). An end that arrives in two pieces comes as Esc and `\`.
#[derive(Debug, Default)]
enum Reply {
    #[default]
    None,
    Begun,
    /// What was swallowed of it.
    Open(String),
    /// The same, and Esc after it.
    Ending(String),
}

/// No reply is longer; a key somebody typed by chance never silences the keyboard.
const LONGEST_REPLY: usize = 64;

impl Reply {
    /// What the key means: nothing yet within a reply, what it says at its end, else itself.
    fn read(&mut self, key: KeyEvent) -> Option<Message> {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let ends = match key.code {
            KeyCode::Char('g') => control,
            KeyCode::Char('\\') => alt,
            _ => false,
        };
        match (std::mem::take(self), key.code) {
            (Self::None, KeyCode::Char(']')) if alt => *self = Self::Begun,
            (Self::Begun, KeyCode::Char(digit @ '0'..='9')) => *self = Self::Open(digit.into()),
            (Self::Open(text), _) if ends => return background(&text),
            (Self::Ending(text), KeyCode::Char('\\')) => return background(&text),
            (Self::Open(text), KeyCode::Esc) => *self = Self::Ending(text),
            (Self::Open(mut text), KeyCode::Char(c)) if !control && text.len() < LONGEST_REPLY => {
                text.push(c);
                *self = Self::Open(text);
            }
            (Self::None | Self::Begun | Self::Open(_) | Self::Ending(_), _) => {
                return Some(Message::Key(key));
            }
        }
        None
    }
}

/// The answer to [`ASK_BACKGROUND`](super::output::ASK_BACKGROUND): `11;rgb:ffff/ffff/ffff`. On a dark one
/// the terminal's own colors are the right ones.
fn background(reply: &str) -> Option<Message> {
    let colors = reply.strip_prefix("11;rgb:")?.split('/');
    let brightness = |color: &str| u32::from_str_radix(color.get(..2)?, 16).ok();
    let brightness: Vec<u32> = colors.filter_map(brightness).collect();
    let is_light = brightness.len() == 3 && brightness.iter().sum::<u32>() > 3 * 0x80;
    is_light.then_some(Message::Background(Background::Light))
}
