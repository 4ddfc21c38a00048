//! What the terminal is sent: its modes, taken and given back, and the bytes of frames.
//!
//! Bytes leave through a thread of their own: while the terminal takes none (ctrl-s, a slow link) they
//! wait there, and everything else goes on (T15). A process has one standard output, so all of this is
//! one for the process, and a panic in any thread can give the terminal back.

use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, queue};
use tokio::sync::Notify;

/// How long the last bytes may take before the program goes on without them (ctrl-s, a dead link).
const LAST_BYTES: Duration = Duration::from_secs(1);

/// Asks the terminal for the color of its background (OSC 11); the answer comes among the keys.
pub(super) const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x07";

/// How often it is looked whether they have left.
const LOOK: Duration = Duration::from_millis(2);

/// Whether the terminal is ours. Held while bytes are queued, so that none come after it was given back.
static OURS: Mutex<bool> = Mutex::new(false);

/// Pieces of output that have not left yet.
static WAITING: AtomicUsize = AtomicUsize::new(0);

static WRITTEN: Notify = Notify::const_new();

static WRITER: LazyLock<Sender<Vec<u8>>> = LazyLock::new(start_writer);

/// Done once a panic has given the terminal back and said what happened.
static PANIC: Once = Once::new();

/// Takes the terminal over.
pub(super) fn enter() -> io::Result<()> {
    // Of modes that it set before crossterm believes that they still hold; a shell may have changed them.
    let _ = disable_raw_mode();
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EnterAlternateScreen,
        EnableBracketedPaste,
        cursor::Hide
    )?;
    let mut ours = ours();
    *ours = true;
    write(bytes);
    Ok(())
}

/// Gives the terminal back, unless that was done. What it does not take within a second is let go.
pub(super) fn leave() {
    let mut bytes = Vec::new();
    // Into memory, which takes everything.
    let _ = queue!(
        bytes,
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let mut ours = ours();
    if !std::mem::take(&mut *ours) {
        return;
    }
    // The modes first: they can be given back even where the terminal takes no bytes.
    let _ = disable_raw_mode();
    write(bytes);
    drop(ours);
    let mut left = LAST_BYTES;
    while is_busy() && !left.is_zero() {
        thread::sleep(LOOK);
        left -= LOOK;
    }
}

/// Sends bytes, unless the terminal was given back.
pub(super) fn send(bytes: Vec<u8>) {
    let ours = ours();
    if *ours {
        write(bytes);
    }
}

/// Whether the terminal has not taken all that was sent.
pub(super) fn is_busy() -> bool {
    WAITING.load(Ordering::Acquire) > 0
}

/// Waits until something more has left.
pub(super) async fn written() {
    WRITTEN.notified().await;
}

/// Any panic, wherever it happens, gives the terminal back before its message is printed (T11). Those
/// that follow from the first one say nothing.
pub(super) fn give_back_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            PANIC.call_once(|| {
                leave();
                print(about);
            });
        }));
    });
}

/// Whether some thread has panicked, and its message is printed.
pub(super) fn has_panicked() -> bool {
    PANIC.is_completed()
}

fn ours() -> MutexGuard<'static, bool> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(bytes: Vec<u8>) {
    WAITING.fetch_add(1, Ordering::AcqRel);
    WRITER.send(bytes).expect("the writing thread never ends");
}

fn start_writer() -> Sender<Vec<u8>> {
    let (sender, pieces) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || {
        for piece in pieces {
            let mut out = io::stdout().lock();
            // A terminal that is gone takes nothing; the loop notices by itself.
            let _ = out.write_all(&piece).and_then(|()| out.flush());
            WAITING.fetch_sub(1, Ordering::AcqRel);
            WRITTEN.notify_one();
        }
    });
    sender
}
