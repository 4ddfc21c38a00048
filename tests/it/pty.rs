//! The real binary in a real pseudo-terminal, with a screen that can be read.
//!
//! Nothing here waits for time to pass: every wait is for what the screen shows.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// Long enough for a loaded machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a frame is written between.
const FRAME_BEGINS: &[u8; 8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8; 8] = b"\x1b[?2026l";

/// A program in a terminal.
pub(crate) struct Terminal {
    child: Program,
    master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    gate: Arc<Gate>,
    screen: vt100::Parser,
    /// Every byte the program wrote.
    pub(crate) raw: Vec<u8>,
    /// How many of them are on the screen.
    shown: usize,
    /// The terminal's modes before the program started.
    pub(crate) modes_before: String,
    /// The program's home folder; goes with the terminal.
    pub(crate) home: TempDir,
}

/// Whether the terminal takes what the program writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taking {
    All,
    /// Nothing more, as after ctrl-s.
    Nothing,
    /// Nothing for ever: the window is closed.
    Closed,
}

/// What the reading thread looks at before each read.
struct Gate {
    taking: Mutex<Taking>,
    changed: Condvar,
}

impl Gate {
    fn set(&self, taking: Taking) {
        *self.taking.lock().expect("whole") = taking;
        self.changed.notify_all();
    }

    /// Whether to read on.
    fn pass(&self) -> bool {
        let taking = self.taking.lock().expect("whole");
        let held = |taking: &mut Taking| *taking == Taking::Nothing;
        *self.changed.wait_while(taking, held).expect("whole") == Taking::All
    }
}

/// The process; killed with its terminal, unless it has ended by itself.
struct Program(Box<dyn Child + Send + Sync>);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

/// How a program is started.
pub(crate) struct Start {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    size: (u16, u16),
    shell: bool,
    controlling: bool,
}

/// The binary with these arguments, at 120 columns and 35 rows.
pub(crate) fn centurion(arguments: &[&str]) -> Start {
    Start {
        arguments: arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect(),
        variables: Vec::new(),
        size: (120, 35),
        shell: false,
        controlling: true,
    }
}

impl Start {
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under a shell that waits for it, as a terminal usually runs it.
    pub(crate) fn under_a_shell(mut self) -> Self {
        self.shell = true;
        self
    }

    /// In a terminal that is not its controlling one: no SIGHUP comes when it is closed.
    pub(crate) fn unsignalled(mut self) -> Self {
        self.controlling = false;
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub(crate) fn run(self) -> Terminal {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (cols, rows) = self.size;
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols,
                ..PtySize::default()
            })
            .expect("a pseudo-terminal");
        let binary = env!("CARGO_BIN_EXE_centurion");
        let mut command = CommandBuilder::new(if self.shell { "/bin/sh" } else { binary });
        if self.shell {
            command.args(["-c", "\"$0\" \"$@\"; exit $?", binary]);
        }
        command.args(&self.arguments);
        command.set_controlling_tty(self.controlling);
        command.env_clear();
        let usual = [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("USER", "ana"),
        ];
        for (name, value) in usual {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        let modes_before = modes_of(&pair.master.tty_name().expect("a name"));
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the binary starts");
        drop(pair.slave);
        let input = pair.master.take_writer().expect("a writer");
        let gate = Arc::new(Gate {
            taking: Mutex::new(Taking::All),
            changed: Condvar::new(),
        });
        let reader = pair.master.try_clone_reader().expect("a reader");
        let output = read_all(reader, gate.clone());
        let screen = vt100::Parser::new(size(rows), size(cols), 0);
        Terminal {
            child: Program(child),
            master: pair.master,
            input,
            output,
            gate,
            screen,
            raw: Vec::new(),
            shown: 0,
            modes_before,
            home,
        }
    }
}

fn size(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a terminal has cells")
}

fn read_all(mut reader: Box<dyn Read + Send>, gate: Arc<Gate>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while gate.pass()
            && let Ok(length @ 1..) = reader.read(&mut buffer)
            && sender.send(buffer[..length].to_vec()).is_ok()
        {}
    });
    output
}

impl Terminal {
    /// The screen as text.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Whether the alternate screen is in use.
    pub(crate) fn is_alternate(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Whether the cursor is hidden.
    pub(crate) fn hides_cursor(&self) -> bool {
        self.screen.screen().hide_cursor()
    }

    /// Waits until the screen is as expected.
    pub(crate) fn until(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        self.wait_until(what, |terminal| holds(&terminal.text()));
    }

    /// Waits until the screen, or what was written so far, is as expected.
    pub(crate) fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.take_in(&bytes);
                    // To read a screen costs more than to draw it.
                    while let Ok(bytes) = self.output.try_recv() {
                        self.take_in(&bytes);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("waited in vain until {what}:\n{}", self.text())
                }
            }
        }
    }

    /// Takes in what is written for so long.
    pub(crate) fn take_for(&mut self, span: Duration) {
        let end = Instant::now() + span;
        while let Ok(bytes) = self
            .output
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.take_in(&bytes);
        }
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait(&mut self, text: &str) {
        self.until(&format!("{text:?} is shown"), |screen| {
            screen.contains(text)
        });
    }

    /// Shows a frame once it has come whole, as terminals do with a synchronized update.
    fn take_in(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        let from = self.shown.saturating_sub(FRAME_BEGINS.len());
        let last = |mark: &[u8; 8]| self.raw[from..].windows(8).rposition(|bytes| bytes == mark);
        let whole = match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
            (Some(begin), end) if end < Some(begin) => self.shown.max(from + begin),
            _ => self.raw.len(),
        };
        self.screen.process(&self.raw[self.shown..whole]);
        self.shown = whole;
    }

    /// Types characters, or sends other bytes.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.input
            .write_all(text.as_bytes())
            .expect("the program reads");
        self.input.flush().expect("the program reads");
    }

    /// Presses a key by the name that the screen shows for it now; fails where the screen shows no such key.
    pub(crate) fn press_shown(&mut self, name: &str, label: &str) {
        let shown = format!("{name} {label}");
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.until(&format!("the screen offers {shown:?}"), |screen| {
            squeezed(screen).contains(&shown)
        });
        let bytes = match name {
            "space" => " ",
            "enter" => "\r",
            "esc" => "\x1b",
            "tab" => "\t",
            letter => letter,
        };
        self.type_text(bytes);
    }

    /// Marks the first rows that a filter shows and plans to stop them, or what else the key asks for;
    /// gives a reason where one is asked for and types the phrase, all but the last enter. Plans again
    /// where none of the rows can be stopped any more.
    pub(crate) fn plan(&mut self, action: &str, filter: &str, rows: usize) {
        self.until("every platform is live", |screen| {
            screen.contains('●') && !screen.contains(['○', '◐', '✗'])
        });
        self.type_text("/");
        self.wait("enter keep");
        self.type_text(&format!("\x15{filter}\r"));
        self.until("so many rows are shown", |screen| {
            let place = screen.split_once(" row ").map(|(_, rest)| rest);
            let count = place.and_then(|rest| rest.split_whitespace().next()?.split_once('/'));
            let count = count.and_then(|(_, count)| count.parse().ok());
            !screen.contains("enter keep") && count.is_some_and(|count: usize| count >= rows)
        });
        self.type_text(&format!("g{}x", " ".repeat(rows)));
        self.wait("enter plan");
        self.type_text(action);
        self.until("the plan is open", |screen| {
            let signs = ["enter next", "enter send", "Nothing would be sent"];
            signs.iter().any(|sign| screen.contains(sign))
        });
        if self.text().contains("enter next") {
            self.type_text("INC-1\r");
        }
        self.until("the rows were read anew", |screen| {
            let is_read = screen.contains("preflight") && screen.contains("enter send");
            // Nothing is read where every row has ended since it was listed.
            is_read || screen.contains("Nothing would be sent")
        });
        let screen = self.text();
        let asked = screen.split_once("Type ").map(|(_, rest)| rest);
        if let Some((phrase, _)) = asked.and_then(|rest| rest.split_once("to send:")) {
            self.type_text(phrase.trim());
        }
        if !screen.contains("Nothing would be sent") {
            return;
        }
        self.type_text("\x1b");
        self.wait("? help  q quit");
        self.plan(action, filter, rows);
    }

    /// Changes the size of the terminal.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.master
            .resize(PtySize {
                rows,
                cols,
                ..PtySize::default()
            })
            .expect("resizable");
        self.screen.screen_mut().set_size(size(rows), size(cols));
    }

    /// The number of the process, or of the one below the shell.
    pub(crate) fn pid(&self) -> i32 {
        let own = self.child.0.process_id().expect("it runs");
        let below = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let below = below
            .ok()
            .and_then(|numbers| numbers.split_whitespace().next()?.parse().ok());
        below.unwrap_or_else(|| i32::try_from(own).expect("a process number"))
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for the end and takes in what was still written; the exit status.
    pub(crate) fn end(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.0.try_wait().expect("a child") {
                break status;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.text());
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(10)) {
                self.take_in(&bytes);
            }
        };
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.take_in(&bytes);
        }
        status.exit_code()
    }

    /// Takes no more of what the program writes, until [`Terminal::release`]; at most one piece more.
    pub(crate) fn hold(&self) {
        self.gate.set(Taking::Nothing);
    }

    /// Takes what the program writes again.
    pub(crate) fn release(&self) {
        self.gate.set(Taking::All);
    }

    /// Closes the window, whoever still writes to it, and waits for the program to end: its exit status,
    /// and the processor time it took from then on, in clock ticks.
    pub(crate) fn close_window(mut self) -> (u32, u64) {
        let pid = self.pid();
        let before = ticks(pid);
        self.gate.set(Taking::Closed);
        // The reading thread looks at the gate once it has read something more.
        self.type_text("j");
        while self.output.recv_timeout(PATIENCE).is_ok() {}
        let Self {
            mut child,
            master,
            input,
            ..
        } = self;
        // Both are ends of the terminal.
        drop((master, input));
        let end = Instant::now() + PATIENCE;
        while state(pid) != Some('Z') {
            assert!(Instant::now() < end, "it outlives its window");
            std::thread::sleep(Duration::from_millis(5));
        }
        let taken = ticks(pid) - before;
        let status = child.0.wait().expect("a child").exit_code();
        (status, taken)
    }

    /// Kills the program as `kill -9` does and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        self.child.0.wait().expect("a child");
    }

    /// Waits until the whole process is stopped.
    pub(crate) fn wait_until_stopped(&mut self) {
        let pid = self.pid();
        let end = Instant::now() + PATIENCE;
        while state(pid) != Some('T') {
            assert!(Instant::now() < end, "it does not stop:\n{}", self.text());
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(2)) {
                self.take_in(&bytes);
            }
        }
    }

    /// The terminal's modes, as `stty -a` tells them from outside.
    pub(crate) fn modes(&self) -> String {
        let path = self.master.tty_name().expect("a name");
        modes_of(&path)
    }

    /// How many frames were drawn: each begins a synchronized update.
    pub(crate) fn frames(&self) -> usize {
        self.raw
            .windows(8)
            .filter(|bytes| bytes == FRAME_BEGINS)
            .count()
    }
}

/// The fields of `/proc/PID/stat` from the state on; `None` once the process is gone.
fn stat(pid: i32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// `Z` for one that has ended, `T` for one that is stopped.
fn state(pid: i32) -> Option<char> {
    stat(pid)?.first()?.chars().next()
}

/// The processor time a process has taken.
fn ticks(pid: i32) -> u64 {
    let fields = stat(pid).expect("it is there");
    let time = |field: usize| -> u64 { fields[field].parse().expect("a number") };
    time(11) + time(12)
}

fn modes_of(path: &Path) -> String {
    let output = std::process::Command::new("stty")
        .arg("-a")
        .arg("-F")
        .arg(path)
        .output();
    let output = output.expect("stty is there");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
