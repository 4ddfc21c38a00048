//! What was meant, sent, answered and seen, on disk: one append-only file for each batch.
//!
//! A file is called after the UTC day and a number, `2026-11-22-0007.jsonl`, and belongs to the process
//! that made it, which holds its lock until the batch ends. Its lines come in this order: the intent,
//! synced together with its folder; then for each request a `sending` line, synced before the request's
//! first byte; answers, observations and notes as they come; the end. A line is never changed and a
//! file never rewritten. What the reader cannot make sense of is reported, not repaired.
//!
//! Every call blocks on the disk; whoever must stay live calls from a thread of its own. The journal
//! knows the domain only: nothing of platforms, of the screen, or of where its folder comes from.

mod error;
mod fold;
mod folder;
mod key;
mod line;
mod name;
mod past;
mod probe;
mod reader;
mod record;
mod system;
mod writer;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::plan::Batch;
use crate::domain::text::Clean;
use crate::journal::name::Name;
use crate::journal::record::Record;

pub use self::error::{FolderFault, JournalError};
pub use self::past::{
    Departure, Past, PastAccount, PastIntent, PastRow, Planned, Problem, Sight, State,
};
pub use self::probe::{Point, Probe, Stage};
pub use self::writer::Writer;

/// The folder of all batches. Cheap to clone; several journals may share one folder, also from
/// several processes (J9).
#[derive(Clone, Debug)]
pub struct Journal {
    folder: Option<PathBuf>,
    probe: Probe,
}

impl Journal {
    /// The journal in that folder. Touches nothing: the folder is made with the first batch.
    pub fn open(folder: PathBuf) -> Self {
        let absolute = std::path::absolute(&folder).unwrap_or(folder);
        // By its components, because a trailing slash would follow a symbolic link.
        let folder = absolute.components().collect();
        Self {
            folder: Some(folder),
            probe: Probe::default(),
        }
    }

    /// The journal of an account without a home directory: empty, and every batch is refused (J8).
    pub fn nowhere() -> Self {
        Self {
            folder: None,
            probe: Probe::default(),
        }
    }

    /// The same journal, which asks `probe` before each step on disk. For tests: to stop the process at
    /// a step, or to make the step fail.
    #[must_use]
    pub fn with_probe(self, probe: Probe) -> Self {
        Self { probe, ..self }
    }

    fn folder(&self) -> Result<&Path, JournalError> {
        self.folder.as_deref().ok_or(JournalError::NoFolder)
    }

    /// Creates the batch's file and writes the intent, both safe on disk before this returns. Only after
    /// `Ok` may anything be sent (P3). After an error there is no file, as far as the disk obeys.
    ///
    /// `by` is who confirmed, as `user@host`.
    pub fn begin(&self, batch: &Batch, by: &str, at: Timestamp) -> Result<Writer, JournalError> {
        let folder = self.folder()?;
        folder::prepare(folder)?;
        let mut writer = Writer::create(folder, at, &self.probe)?;
        match writer.intent(Record::intent(batch, by), at) {
            Ok(()) => Ok(writer),
            Err(error) => {
                writer.discard();
                Err(error)
            }
        }
    }

    /// Whether a batch could be written here now, found out without writing one, so that the plan can
    /// warn before anything is typed (J8).
    pub fn check(&self) -> Result<(), JournalError> {
        folder::check(self.folder()?)
    }

    /// The newest batches, newest first; no other file is opened (J13). A file that cannot be read
    /// is in the list, with the reason.
    pub fn batches(&self, limit: usize) -> Result<Vec<Past>, JournalError> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let newest = folder::names(folder)?.into_iter().take(limit);
        Ok(newest
            .map(|name| reader::read(folder, name, &self.probe))
            .collect())
    }

    /// Of the batches behind the newest `beyond`, those without an end, newest first: however many came after it,
    /// none is lost from sight (J2). Of a thousand files no more than the last line is read (J13).
    pub fn unended(&self, beyond: usize) -> Result<Vec<Past>, JournalError> {
        const MOST: usize = 1_000;
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let older = folder::names(folder)?.into_iter().skip(beyond).take(MOST);
        let is_open = |name: &Name| matches!(reader::is_ended(&name.path_in(folder)), Ok(false));
        let read = older
            .filter(is_open)
            .map(|name| reader::read(folder, name, &self.probe));
        let is_left = |past: &Past| matches!(past.state, State::Live | State::Unfinished);
        Ok(read.filter(is_left).collect())
    }

    /// One batch by its name, `2026-11-22-0007`.
    pub fn batch(&self, name: &str) -> Result<Past, JournalError> {
        let (folder, name) = self.find(name)?;
        Ok(reader::read(folder, name, &self.probe))
    }

    fn find(&self, name: &str) -> Result<(&Path, Name), JournalError> {
        let missing = || JournalError::NoBatch(Clean::new(name));
        let folder = self.folder()?;
        let name = Name::parse(name).ok_or_else(missing)?;
        // A link that leads nowhere is there, too.
        let there = name.path_in(folder).symlink_metadata().is_ok();
        if there {
            Ok((folder, name))
        } else {
            Err(missing())
        }
    }

    /// Goes on with a batch that another process left without an end, to write down what reading back
    /// shows and then the end. Nothing is ever sent on the strength of it (J2).
    pub fn adopt(&self, name: &str, by: &str, at: Timestamp) -> Result<Writer, JournalError> {
        let (folder, name) = self.find(name)?;
        Writer::adopt(folder, name, &self.probe, by, at)
    }
}
