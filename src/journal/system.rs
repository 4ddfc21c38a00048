//! Who owns a folder and who may read a file: the only part of the journal that knows Unix.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::process::geteuid;

use crate::journal::error::FolderFault;

/// Makes a file that did not exist, for appending, readable by nobody else.
pub(super) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Makes one folder that nobody else may look into.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Makes what was created in the folder survive a loss of power.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Whether others could replace what is in the folder.
pub(super) fn check_owner(folder: &Metadata) -> Result<(), FolderFault> {
    if folder.uid() != geteuid().as_raw() {
        return Err(FolderFault::NotOurs);
    }
    if folder.mode() & 0o022 != 0 {
        return Err(FolderFault::OpenToOthers);
    }
    Ok(())
}

/// Whether a file or folder could be made in the folder.
pub(super) fn check_writable(folder: &Path) -> io::Result<()> {
    Ok(access(folder, Access::WRITE_OK.union(Access::EXEC_OK))?)
}

/// Whether both are one file, by device and inode.
pub(super) fn is_same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}
