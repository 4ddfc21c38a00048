//! The terminal: taken over, drawn on, given back.
//!
//! The bytes of a frame leave through a thread of their own. While the terminal takes none, no frame is
//! drawn and everything else goes on (T15). Keys are read by another thread, which blocks: so each key
//! that is typed arrives, however fast (`DEPENDENCIES.md` 2).

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, KeyCode, KeyEvent, KeyModifiers,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect};
use tokio::sync::{Notify, mpsc};

use crate::app::Model;
use crate::ui;
use crate::ui::theme::Theme;

/// Keys that may wait; a longer queue holds the reading thread, and the kernel holds the rest.
const EVENTS_WAITING: usize = 4096;

/// How long the last bytes may take before the program leaves without them (Ctrl-S, a dead link).
const LAST_BYTES: Duration = Duration::from_secs(1);

/// Set by a panic: the terminal was given back and must not be drawn on again.
static GIVEN_BACK: AtomicBool = AtomicBool::new(false);

/// Why the dashboard cannot run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Input or output is a pipe or a file (T10).
    #[error("the dashboard needs a terminal; `centurion doctor`, `history` and `simulate` do not")]
    NoTerminal,
    /// `TERM` is `dumb` or not set (T9).
    #[error(
        "this terminal cannot move its cursor (TERM is dumb or not set); `centurion history` and `simulate` need none"
    )]
    Dumb,
}

/// Whether the dashboard can run here. Writes nothing.
pub fn usable(term: Option<&str>) -> Result<(), Refusal> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Refusal::NoTerminal);
    }
    match term {
        None | Some("" | "dumb") => Err(Refusal::Dumb),
        Some(_) => Ok(()),
    }
}

/// Columns and rows of the terminal.
pub fn size() -> (u16, u16) {
    crossterm::terminal::size().unwrap_or((80, 24))
}

/// What the terminal tells.
#[derive(Debug)]
pub(super) enum Event {
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
}

/// Bytes of the frame being drawn.
#[derive(Clone, Debug, Default)]
struct Frame(Arc<Mutex<Vec<u8>>>);

impl Frame {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screen, and the thread its bytes leave through.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Frame>>,
    frame: Frame,
    theme: Theme,
    /// What drawing writes when nothing changed.
    nothing: Vec<u8>,
    bytes: std::sync::mpsc::Sender<Vec<u8>>,
    written: Arc<Notify>,
    busy: Arc<AtomicBool>,
    /// The frame that left last shows a dialog that was not seen before.
    shows_dialog: bool,
}

impl Screen {
    /// Takes the terminal over and begins to read its keys.
    pub(super) fn open(theme: Theme) -> io::Result<(Self, mpsc::Receiver<Event>)> {
        give_back_on_panic();
        let opened = enter().and_then(|()| Self::opened(theme));
        if opened.is_err() {
            leave();
        }
        Ok((opened?, start_reader()))
    }

    fn opened(theme: Theme) -> io::Result<Self> {
        let frame = Frame::default();
        let terminal = Terminal::new(CrosstermBackend::new(frame.clone()))?;
        let (written, busy) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let bytes = start_writer(written.clone(), busy.clone());
        let mut screen = Self {
            terminal,
            frame,
            theme,
            nothing: Vec::new(),
            bytes,
            written,
            busy,
            shows_dialog: false,
        };
        // Two empty frames: the second one shows what drawing writes when nothing changed.
        screen.terminal.draw(|_| {})?;
        screen.frame.take();
        screen.terminal.draw(|_| {})?;
        screen.nothing = screen.frame.take();
        screen.repaint()?;
        Ok(screen)
    }

    /// Draws the model, unless the last frame has not left yet: then once it has.
    pub(super) fn draw(&mut self, model: &Model) {
        if self.busy.load(Ordering::Acquire) || GIVEN_BACK.load(Ordering::Acquire) {
            return;
        }
        self.shows_dialog |= model.unseen_dialog;
        let theme = &self.theme;
        // Writing into memory does not fail; a size that cannot be read shows at the next frame.
        let _ = self.terminal.draw(|frame| ui::draw(model, theme, frame));
        let drawn = self.frame.take();
        if drawn != self.nothing {
            self.send(&drawn);
        }
    }

    fn send(&mut self, drawn: &[u8]) {
        let mut bytes = Vec::with_capacity(drawn.len() + 16);
        // Into memory, which takes everything.
        let _ = queue!(bytes, BeginSynchronizedUpdate);
        bytes.extend_from_slice(drawn);
        let _ = queue!(bytes, EndSynchronizedUpdate);
        self.busy.store(true, Ordering::Release);
        if self.bytes.send(bytes).is_err() {
            self.busy.store(false, Ordering::Release);
        }
    }

    /// Waits until the frame that was last drawn has left.
    pub(super) async fn written(&self) {
        self.written.notified().await;
    }

    /// Whether a frame with a new dialog was handed to a terminal that had taken all before it; says so
    /// once. Its end is not awaited: what it shows can be answered before the writing thread runs again.
    pub(super) fn has_shown_dialog(&mut self) -> bool {
        std::mem::take(&mut self.shows_dialog)
    }

    /// Puts text on the clipboard, where the terminal allows it (OSC 52).
    pub(super) fn copy(&mut self, text: &str) {
        let mut bytes = Vec::new();
        let _ = queue!(bytes, CopyToClipboard::to_clipboard_from(text));
        self.send(&bytes);
    }

    /// Gives the terminal back for a while.
    pub(super) fn suspend(&mut self) {
        self.last_bytes();
        leave();
    }

    /// Takes the terminal over again and draws everything anew.
    pub(super) fn resume(&mut self) {
        // Where this fails the terminal is gone, and SIGHUP follows.
        let _ = enter();
        let _ = self.repaint();
    }

    /// Has the next frame write every cell. Not `Terminal::clear`, which asks the terminal for its cursor.
    fn repaint(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Gives the terminal back for good.
    pub(super) fn close(&mut self) {
        self.last_bytes();
        if GIVEN_BACK.load(Ordering::Acquire) {
            return;
        }
        if self.busy.load(Ordering::Acquire) {
            // It takes no bytes any more; its modes can be given back all the same.
            GIVEN_BACK.store(true, Ordering::Release);
            let _ = disable_raw_mode();
        } else {
            leave();
        }
    }

    fn last_bytes(&self) {
        let step = Duration::from_millis(5);
        let mut waited = Duration::ZERO;
        while self.busy.load(Ordering::Acquire) && waited < LAST_BYTES {
            std::thread::sleep(step);
            waited += step;
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.close();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    GIVEN_BACK.store(false, Ordering::Release);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        cursor::Hide
    )
}

fn leave() {
    GIVEN_BACK.store(true, Ordering::Release);
    // The modes first: they can be given back even where the terminal takes no bytes. It may be gone
    // altogether; then there is nothing to give back.
    let _ = disable_raw_mode();
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
}

/// Any panic, wherever it happens, gives the terminal back before it prints its message (T11).
fn give_back_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GIVEN_BACK.load(Ordering::Acquire) {
                leave();
            }
            print(panic);
        }));
    });
}

fn start_writer(written: Arc<Notify>, busy: Arc<AtomicBool>) -> std::sync::mpsc::Sender<Vec<u8>> {
    let (sender, frames) = std::sync::mpsc::channel::<Vec<u8>>();
    std::thread::spawn(move || {
        for frame in frames {
            let mut out = io::stdout().lock();
            // A terminal that takes no bytes is gone; SIGHUP tells the loop.
            let _ = out.write_all(&frame).and_then(|()| out.flush());
            busy.store(false, Ordering::Release);
            written.notify_one();
        }
    });
    sender
}

fn start_reader() -> mpsc::Receiver<Event> {
    let (sender, events) = mpsc::channel(EVENTS_WAITING);
    std::thread::spawn(move || {
        let mut reply = Reply::default();
        while let Ok(read) = event::read() {
            let event = match read {
                event::Event::Key(key) if reply.swallows(key) => continue,
                event::Event::Key(key) => Event::Key(key),
                event::Event::Paste(text) => Event::Paste(text),
                event::Event::Resize(columns, rows) => Event::Resize(columns, rows),
                event::Event::FocusGained | event::Event::FocusLost | event::Event::Mouse(_) => {
                    continue;
                }
            };
            if sender.blocking_send(event).is_err() {
                return;
            }
        }
    });
    events
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

/// Takes standard input away from the reading thread: with the terminal gone it would spin (T13).
#[cfg(unix)]
pub(super) fn stop_reading() {
    if let Ok((idle, writer)) = rustix::pipe::pipe() {
        let _ = rustix::stdio::dup2_stdin(&idle);
        // Kept open to the end of the program: an end of file would be as bad as the lost terminal.
        std::mem::forget(writer);
    }
}
