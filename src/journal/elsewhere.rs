//! What `unix.rs` does, as far as it can be done on other systems: folders there are private to their
//! user by inheritance, cannot be synced, and files have no number to compare.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::journal::error::FolderFault;

pub(super) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create_new(true).open(path)
}

pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

#[expect(clippy::unnecessary_wraps, reason = "fails on Unix")]
pub(super) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "fails on Unix")]
pub(super) fn check_owner(_folder: &Metadata) -> Result<(), FolderFault> {
    Ok(())
}

pub(super) fn check_writable(folder: &Path) -> io::Result<()> {
    if folder.metadata()?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

pub(super) fn is_same(a: &Metadata, b: &Metadata) -> bool {
    a.is_file() && b.is_file() && a.created().ok() == b.created().ok()
}
