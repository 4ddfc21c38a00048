//! Appends to the file of one batch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::outcome::Outcome;
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::journal::error::{FolderFault, JournalError};
use crate::journal::line::{LONGEST, Line};
use crate::journal::name::Name;
use crate::journal::past::State;
use crate::journal::probe::{Probe, Stage};
use crate::journal::record::Record;
use crate::journal::{error, folder, reader, system};

/// How many names are tried where other processes take them at the same time.
const NAMES_TRIED: usize = 1_000;

/// The open file of a live batch. Holds its lock until dropped; dropped without [`Writer::end`], the
/// batch stays unfinished.
///
/// The first call that fails ends the writing for good: the system may have thrown away what it could
/// not write, so a second try that succeeds would prove nothing (J7). Every later call fails, too.
#[derive(Debug)]
pub struct Writer {
    name: String,
    path: PathBuf,
    file: File,
    probe: Probe,
    next: u64,
    failed: Option<JournalError>,
}

/// How safe a line must be before the next step may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Safety {
    /// Survives the end of the process.
    Written,
    /// Survives the loss of power.
    Synced,
    /// As before, and so does the file's entry in its folder.
    SyncedWithFolder,
}

impl Writer {
    /// Makes and locks the file with the first free name after those of the day. A file whose lock
    /// another process holds for the moment, to see whether it is live, is given up for the next name.
    pub(super) fn create(
        folder: &Path,
        at: Timestamp,
        probe: &Probe,
    ) -> Result<Self, JournalError> {
        let failed = |error: io::Error| JournalError::folder(folder, FolderFault::of(&error));
        let mut name = first_free(folder, at)?;
        probe.ask(Stage::Create, "batch").map_err(failed)?;
        for _ in 0..NAMES_TRIED {
            let path = name.path_in(folder);
            match create_locked(&path) {
                Ok(file) => return Ok(Self::over(name, path, file, probe)),
                Err(error) if is_taken(&error) => name = name.next(),
                Err(error) => return Err(failed(error)),
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    fn over(name: Name, path: PathBuf, file: File, probe: &Probe) -> Self {
        Self {
            name: name.to_string(),
            path,
            file,
            probe: probe.clone(),
            next: 1,
            failed: None,
        }
    }

    /// Opens an unfinished file to go on with it. A torn last line is closed by a line end, never cut.
    pub(super) fn adopt(
        folder: &Path,
        name: Name,
        probe: &Probe,
        by: &str,
        at: Timestamp,
    ) -> Result<Self, JournalError> {
        folder::prepare(folder)?;
        let path = name.path_in(folder);
        let file = open_locked(&path, name)?;
        let past = reader::read_unlocked(folder, name, probe);
        if past.state != State::Unfinished {
            return Err(JournalError::NotUnfinished(Clean::new(&past.name)));
        }
        let mut writer = Self::over(name, path, file, probe);
        writer.next = past.next;
        if past.is_torn {
            writer.settle(|writer| writer.file.write_all(b"\n"))?;
        }
        writer.note(&Clean::new(&format!("taken over by {by}")), at)?;
        Ok(writer)
    }

    /// The batch's name, on screen and in the journal: `2026-11-22-0007`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn intent(&mut self, record: Record, at: Timestamp) -> Result<(), JournalError> {
        self.put(record, at, Safety::SyncedWithFolder)
    }

    /// Notes that the request of that number is about to leave. Synced: only after `Ok` may its first
    /// byte be sent, so that after a crash the others are known not to have left.
    pub fn sending(&mut self, request: u32, at: Timestamp) -> Result<(), JournalError> {
        self.put(Record::Sending { request }, at, Safety::Synced)
    }

    /// Notes what became of a row: once for each. Not synced, see [`Writer::sync`].
    pub fn answer(
        &mut self,
        key: &Key,
        outcome: &Outcome,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.put(Record::answer(key, outcome), at, Safety::Written)
    }

    /// Notes what a read showed of a row: its status and its tracking in one word. To be called when
    /// one of the two has changed, so that files stay small however long a batch is watched.
    pub fn seen(
        &mut self,
        key: &Key,
        status: &Clean,
        tracking: &str,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.put(Record::seen(key, status, tracking), at, Safety::Written)
    }

    /// Notes a remark on the batch.
    pub fn note(&mut self, text: &Clean, at: Timestamp) -> Result<(), JournalError> {
        self.put(Record::note(text), at, Safety::Written)
    }

    /// Makes everything written so far survive the loss of power: after the answers of a request, and
    /// when the program ends on a signal (T13).
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.settle(|writer| writer.sync_file("batch"))
    }

    /// Writes the end and gives up the lock.
    pub fn end(mut self, at: Timestamp) -> Result<(), JournalError> {
        self.put(Record::End, at, Safety::Synced)
    }

    /// Removes the file of a batch whose intent could not be written: nothing was sent.
    pub(super) fn discard(self) {
        if self.is_in_place().is_ok_and(|in_place| in_place) {
            // Where that fails too, the file tells by itself that nothing was sent.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn put(&mut self, record: Record, at: Timestamp, safety: Safety) -> Result<(), JournalError> {
        let of = record.word();
        let mut line = Line::new(self.next, at, record).seal();
        if line.len() > LONGEST {
            return Err(JournalError::TooLarge);
        }
        line.push(b'\n');
        self.settle(|writer| writer.append(&line, of, safety))?;
        self.next += 1;
        Ok(())
    }

    /// Takes a step on disk, unless one has failed before.
    fn settle(
        &mut self,
        step: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), JournalError> {
        if let Some(error) = &self.failed {
            return Err(JournalError::Stopped(Box::new(error.clone())));
        }
        let result = self.only_in_place(step);
        self.failed = result.as_ref().err().cloned();
        result
    }

    fn only_in_place(
        &mut self,
        step: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), JournalError> {
        match self.is_in_place() {
            Ok(true) => step(self).map_err(|error| JournalError::not_written(&self.path, &error)),
            Ok(false) => Err(JournalError::Displaced(error::shown(&self.path))),
            Err(error) => Err(JournalError::not_written(&self.path, &error)),
        }
    }

    /// Whether the path still leads to the file that is held (J11).
    fn is_in_place(&self) -> io::Result<bool> {
        let held = self.file.metadata()?;
        match self.path.symlink_metadata() {
            Ok(found) => Ok(system::is_same(&held, &found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn append(&mut self, line: &[u8], of: &'static str, safety: Safety) -> io::Result<()> {
        self.probe.ask(Stage::Write, of)?;
        self.file.write_all(line)?;
        match safety {
            Safety::Written => {}
            Safety::Synced => self.sync_file(of)?,
            Safety::SyncedWithFolder => {
                self.sync_file(of)?;
                self.sync_folder(of)?;
            }
        }
        self.probe.ask(Stage::Done, of)
    }

    fn sync_file(&self, of: &'static str) -> io::Result<()> {
        self.probe.ask(Stage::Sync, of)?;
        self.file.sync_all()
    }

    fn sync_folder(&self, of: &'static str) -> io::Result<()> {
        self.probe.ask(Stage::SyncFolder, of)?;
        let folder = self.path.parent().expect("the file was made in a folder");
        system::sync_folder(folder)
    }
}

/// The name after the last one of that day: a name is never used again for as long as its successor
/// is there, so that names order by age.
fn first_free(folder: &Path, at: Timestamp) -> Result<Name, JournalError> {
    let first = Name::first_on(at);
    let mut today = folder::names(folder)?
        .into_iter()
        .filter(|name| name.is_same_day(first));
    Ok(today.next().map_or(first, Name::next))
}

/// Whether the name must be left to another process.
fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::WouldBlock
    )
}

fn create_locked(path: &Path) -> io::Result<File> {
    let file = system::create_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(error) => {
            std::fs::remove_file(path)?;
            Err(error.into())
        }
    }
}

fn open_locked(path: &Path, name: Name) -> Result<File, JournalError> {
    let failed = |error: &io::Error| JournalError::not_written(path, error);
    let opened = reader::check_file(path).and_then(|()| OpenOptions::new().append(true).open(path));
    let file = opened.map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Live(Clean::new(&name.to_string()))),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}
