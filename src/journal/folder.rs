//! The folder of the journal: whether it can be trusted, and what is in it.

use std::io;
use std::path::Path;

use crate::journal::error::{FolderFault, JournalError};
use crate::journal::name::Name;
use crate::journal::system;

/// Makes the folder where it is missing, and refuses one that others could tamper with.
pub(super) fn prepare(folder: &Path) -> Result<(), JournalError> {
    if is_missing(folder) {
        make(folder).map_err(|error| JournalError::folder(folder, FolderFault::of(&error)))?;
    }
    trust(folder).map_err(|fault| JournalError::folder(folder, fault))
}

/// Whether [`prepare`] and the creation of a file would succeed; changes nothing.
pub(super) fn check(folder: &Path) -> Result<(), JournalError> {
    let result = if is_missing(folder) {
        could_be_made(folder)
    } else {
        trust(folder).and_then(|()| writable(folder))
    };
    result.map_err(|fault| JournalError::folder(folder, fault))
}

fn is_missing(folder: &Path) -> bool {
    let found = folder.symlink_metadata();
    found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn trust(folder: &Path) -> Result<(), FolderFault> {
    let found = folder
        .symlink_metadata()
        .map_err(|error| FolderFault::of(&error))?;
    if found.is_symlink() {
        return Err(FolderFault::SymbolicLink);
    }
    if !found.is_dir() {
        return Err(FolderFault::NotAFolder);
    }
    system::check_owner(&found)
}

fn writable(folder: &Path) -> Result<(), FolderFault> {
    system::check_writable(folder).map_err(|error| FolderFault::of(&error))
}

fn could_be_made(folder: &Path) -> Result<(), FolderFault> {
    let mut above = folder.ancestors().skip(1);
    match above.find(|ancestor| !is_missing(ancestor)) {
        Some(ancestor) if ancestor.is_dir() => writable(ancestor),
        Some(_) | None => Err(FolderFault::NotAFolder),
    }
}

/// Makes the folder and those above it, each synced into the one that holds it: a file is only as
/// safe as its path.
fn make(folder: &Path) -> io::Result<()> {
    let Some(parent) = folder.parent() else {
        return Err(io::ErrorKind::NotFound.into());
    };
    if is_missing(parent) {
        make(parent)?;
    }
    let made = system::create_folder(folder);
    // Where another process was faster, that is as good.
    if made.is_err() && is_missing(folder) {
        return made;
    }
    system::sync_folder(parent)
}

/// The batches in the folder, newest first; none where there is no folder yet.
pub(super) fn names(folder: &Path) -> Result<Vec<Name>, JournalError> {
    if is_missing(folder) {
        return Ok(Vec::new());
    }
    list(folder).map_err(|error| JournalError::folder(folder, FolderFault::of(&error)))
}

fn list(folder: &Path) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in folder.read_dir()? {
        let file = entry?.file_name();
        names.extend(file.to_str().and_then(Name::of_file));
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}
