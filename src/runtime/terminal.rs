//! The screen: taken over, drawn on, given back.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};

use crossterm::clipboard::CopyToClipboard;
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect};

use crate::app::Model;
use crate::runtime::context::lock;
use crate::runtime::output;
use crate::ui;
use crate::ui::theme::Theme;

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

/// Bytes of the frame being drawn.
#[derive(Clone, Debug, Default)]
struct Frame(Arc<Mutex<Vec<u8>>>);

impl Frame {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *lock(&self.0))
    }
}

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screen; gives the terminal back when dropped.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Frame>>,
    frame: Frame,
    theme: Theme,
    /// What drawing writes when nothing changed.
    nothing: Vec<u8>,
    /// The frame that left last shows a dialog that was not seen before.
    shows_dialog: bool,
    /// The terminal was asked for its background.
    has_asked: bool,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn open(theme: Theme) -> io::Result<Self> {
        output::give_back_on_panic();
        let opened = output::enter().and_then(|()| Self::opened(theme));
        if opened.is_err() {
            output::leave();
        }
        opened
    }

    fn opened(theme: Theme) -> io::Result<Self> {
        let frame = Frame::default();
        let mut terminal = Terminal::new(CrosstermBackend::new(frame.clone()))?;
        // Two empty frames: the second one shows what drawing writes when nothing changed.
        terminal.draw(|_| {})?;
        frame.take();
        terminal.draw(|_| {})?;
        let nothing = frame.take();
        let mut screen = Self {
            terminal,
            frame,
            theme,
            nothing,
            shows_dialog: false,
            has_asked: false,
        };
        screen.repaint();
        Ok(screen)
    }

    /// Draws the model, unless the last frame has not left yet: then once it has.
    pub(super) fn draw(&mut self, model: &Model) {
        if output::is_busy() {
            return;
        }
        self.shows_dialog |= model.unseen_dialog;
        let theme = &self.theme;
        // Writing into memory does not fail; a size that cannot be read shows at the next frame.
        let _ = self.terminal.draw(|frame| ui::draw(model, theme, frame));
        let drawn = self.frame.take();
        if drawn != self.nothing {
            let mut bytes = Vec::with_capacity(drawn.len() + 16);
            let _ = queue!(bytes, BeginSynchronizedUpdate);
            bytes.extend_from_slice(&drawn);
            let _ = queue!(bytes, EndSynchronizedUpdate);
            output::send(bytes);
            // After the first frame, which waits for nothing.
            if self.theme.has_colors() && !std::mem::replace(&mut self.has_asked, true) {
                output::send(output::ASK_BACKGROUND.to_vec());
            }
        }
    }

    /// Whether a frame with a new dialog was handed to a terminal that had taken all before it; says so
    /// once. Its end is not awaited: what it shows can be answered before the writing thread runs again.
    pub(super) fn has_shown_dialog(&mut self) -> bool {
        std::mem::take(&mut self.shows_dialog)
    }

    /// Takes the terminal over again and draws everything anew.
    pub(super) fn resume(&mut self) {
        // Where this fails the terminal is gone, and the loop notices.
        let _ = output::enter();
        self.repaint();
    }

    /// Has the next frame write every cell: after a resize the terminal may have lost some, also where it
    /// has the size of the last frame again. Not `Terminal::clear`, which asks the terminal for its cursor.
    pub(super) fn repaint(&mut self) {
        // Into memory, which takes everything.
        let _ = self
            .terminal
            .resize(Rect::from((Position::ORIGIN, size().into())));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        output::leave();
    }
}

/// Puts text on the clipboard, where the terminal allows it (OSC 52).
pub(super) fn copy(text: &str) {
    let mut bytes = Vec::new();
    // Into memory, which takes everything.
    let _ = queue!(bytes, CopyToClipboard::to_clipboard_from(text));
    output::send(bytes);
}
