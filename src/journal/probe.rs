//! The one seam for tests: a function asked before each step on disk.
//!
//! It may stop the process there (the kill loop of `RELIABILITY.md` 9) or answer with an error, which
//! then counts as the failure of that step (J6, J7). Without one, every step is just taken.

use std::fmt;
use std::io;
use std::sync::Arc;

/// A step on disk that is about to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A file is made.
    Create,
    /// A line is written.
    Write,
    /// What was written is synced.
    Sync,
    /// The folder is synced, so that the file itself cannot be lost.
    SyncFolder,
    /// The line is as safe as it must be; the call returns.
    Done,
    /// A file is opened to be read.
    Read,
}

impl Stage {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::SyncFolder => "sync-folder",
            Self::Done => "done",
            Self::Read => "read",
        }
    }
}

/// A step and what it is taken for. Printed as `sync-intent`, `done-sending`, `write-answer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// The step.
    pub stage: Stage,
    /// The type of the line: `intent`, `sending`, `answer`, `seen`, `note`, `end`; else `batch`.
    pub of: &'static str,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.stage.word(), self.of)
    }
}

type Ask = dyn Fn(Point) -> io::Result<()> + Send + Sync;

/// What is asked at each [`Point`]; by default nothing.
#[derive(Clone, Default)]
pub struct Probe(Option<Arc<Ask>>);

impl Probe {
    /// The probe that asks this function.
    pub fn new(ask: impl Fn(Point) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(ask)))
    }

    pub(super) fn ask(&self, stage: Stage, of: &'static str) -> io::Result<()> {
        let ask = self.0.as_ref();
        ask.map_or(Ok(()), |ask| ask(Point { stage, of }))
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probe").field(&self.0.is_some()).finish()
    }
}
