//! Reads a file line by line, with a limit on each line and on the whole, and changes nothing in it.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::journal::fold::Fold;
use crate::journal::line::{LONGEST, Line, Opened};
use crate::journal::name::Name;
use crate::journal::past::Past;
use crate::journal::probe::{Probe, Stage};
use crate::journal::record::Record;

/// The largest file that is read: 16 MiB. A batch with its observations takes a few hundred KiB (J13).
const LARGEST: u64 = 16 << 20;

/// One line as it stands in a file.
pub(super) struct Segment {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// Its bytes without the end; of an overlong line only the first.
    pub(super) bytes: Vec<u8>,
    /// Whether it has a line end.
    pub(super) is_ended: bool,
}

/// The batch of that name, whether it is live or not.
pub(super) fn read(folder: &Path, name: Name, probe: &Probe) -> Past {
    read_with(folder, name, probe, is_locked)
}

/// The batch of that name, whose lock this process holds.
pub(super) fn read_unlocked(folder: &Path, name: Name, probe: &Probe) -> Past {
    read_with(folder, name, probe, |_| false)
}

fn read_with(folder: &Path, name: Name, probe: &Probe, is_live: impl Fn(&File) -> bool) -> Past {
    match open(&name.path_in(folder), probe) {
        Ok(file) => {
            // Asked before reading: a batch that ends meanwhile shows its end, not an abandoned file.
            let mut fold = Fold::new(name, is_live(&file));
            fold_lines(&mut fold, &file);
            fold.finish()
        }
        Err(error) => {
            let mut fold = Fold::new(name, false);
            fold.fail(&error.to_string());
            fold.finish()
        }
    }
}

/// More than a batch's last line takes: its end holds nothing but a time.
const TAIL: u64 = 512;

/// Whether the batch has its end, by the last line of its file alone.
pub(super) fn is_ended(path: &Path) -> io::Result<bool> {
    check_file(path)?;
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let last = tail.split(|byte| *byte == b'\n').rev().nth(1);
    let is_end = |line: Line| line.record == Record::End;
    Ok(last.is_some_and(|line| match Line::open(line) {
        Opened::Own(line) | Opened::Extended(line) => is_end(line),
        Opened::Foreign(..) | Opened::Damaged => false,
    }))
}

fn open(path: &Path, probe: &Probe) -> io::Result<File> {
    probe.ask(Stage::Read, "batch")?;
    check_file(path)?;
    File::open(path)
}

/// Whether the path is a file that can be read: a pipe would block, a link leads elsewhere.
pub(super) fn check_file(path: &Path) -> io::Result<()> {
    let found = path.symlink_metadata()?;
    if !found.is_file() {
        return Err(io::Error::other("not a plain file, not read"));
    }
    if found.len() > LARGEST {
        return Err(io::Error::other("larger than 16 MiB, not read"));
    }
    Ok(())
}

/// Whether a process holds the file's lock. Where files cannot be locked, no batch can be begun either.
fn is_locked(file: &File) -> bool {
    let result = file.try_lock_shared();
    if result.is_ok() {
        // Closing the file gives the lock up as well, only later.
        let _ = file.unlock();
    }
    matches!(result, Err(TryLockError::WouldBlock))
}

fn fold_lines(fold: &mut Fold, file: &File) {
    let mut input = BufReader::new(file.take(LARGEST));
    for number in 1.. {
        match next(&mut input, number) {
            Ok(Some(segment)) => fold.take(&segment),
            Ok(None) => return,
            Err(error) => return fold.fail(&error.to_string()),
        }
    }
}

fn next(input: &mut impl BufRead, number: u64) -> io::Result<Option<Segment>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST).expect("a line's limit is small") + 1;
    input.by_ref().take(most).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let is_ended = match bytes.pop_if(|last| *last == b'\n') {
        Some(_) => true,
        None => skip_line(input)?,
    };
    Ok(Some(Segment {
        number,
        bytes,
        is_ended,
    }))
}

/// Passes over the rest of a line; whether it has an end.
fn skip_line(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(false);
        }
        let end = memchr::memchr(b'\n', chunk);
        let passed = end.map_or(chunk.len(), |at| at + 1);
        input.consume(passed);
        if end.is_some() {
            return Ok(true);
        }
    }
}
