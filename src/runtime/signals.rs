//! Signals: leave, stop, go on.

use std::io;

use rustix::process::{Signal as Number, getpid, kill_process};
use tokio::signal::unix::{self, SignalKind};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTSTP: as the key.
    Stop,
    /// SIGCONT: somebody stopped the program from outside and lets it go on.
    Continued,
    /// SIGTERM, SIGHUP or, once nothing is left to close, SIGINT: leave with 128 + this number.
    Leave(i32),
}

impl Signal {
    /// What a closed terminal sends.
    pub(super) const HANGUP: Self = Self::Leave(Number::HUP.as_raw());
}

/// The signals the program listens to.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: unix::Signal,
    stop: unix::Signal,
    go_on: unix::Signal,
    terminate: unix::Signal,
    hangup: unix::Signal,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> io::Result<Self> {
        let raw = |number: Number| SignalKind::from_raw(number.as_raw());
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            stop: unix::signal(raw(Number::TSTP))?,
            go_on: unix::signal(raw(Number::CONT))?,
            terminate: unix::signal(SignalKind::terminate())?,
            hangup: unix::signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hangup.recv() => Signal::HANGUP,
            _ = self.terminate.recv() => Signal::Leave(Number::TERM.as_raw()),
            _ = self.interrupt.recv() => Signal::Leave(Number::INT.as_raw()),
            _ = self.stop.recv() => Signal::Stop,
            _ = self.go_on.recv() => Signal::Continued,
        }
    }

    /// Whether a shell is there to let the program go on: without one it would stop for good.
    pub(super) fn may_stop() -> bool {
        rustix::process::getsid(None).is_ok_and(|leader| leader != getpid())
    }

    /// Stops the process until the shell lets it go on.
    pub(super) async fn stop_here(&mut self) -> io::Result<()> {
        kill_process(getpid(), Number::STOP)?;
        // Comes once the process runs again; awaited here so that it is not taken for one from outside.
        self.go_on.recv().await;
        Ok(())
    }
}
