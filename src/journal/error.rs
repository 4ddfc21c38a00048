//! Why the journal did not do what it was asked. All texts are safe to draw, and errors are plain
//! values, because they are shown long after they happened.

use std::io;
use std::path::Path;

use crate::domain::text::Clean;

/// What is wrong with a journal folder (J8).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderFault {
    /// Somebody else could point it elsewhere.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// A file stands in its place.
    #[error("it is not a folder")]
    NotAFolder,
    /// Its owner could replace what is in it.
    #[error("it belongs to another user")]
    NotOurs,
    /// Group or others could replace what is in it.
    #[error("others may write in it (`chmod 700` mends that)")]
    OpenToOthers,
    /// What the system says: read-only, no permission, no space.
    #[error("{0}")]
    System(Clean),
}

impl FolderFault {
    pub(super) fn of(error: &io::Error) -> Self {
        Self::System(clean(error))
    }
}

/// Why a batch cannot be written or found. Files and folders are named by their path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// There is no home directory to put the folder into.
    #[error(
        "no folder for the journal: no home directory; name one with `journal` or CENTURION_JOURNAL"
    )]
    NoFolder,
    /// The folder cannot be used (J8).
    #[error(
        "cannot use the journal folder {0}: {1}; name another with `journal` or CENTURION_JOURNAL"
    )]
    Folder(Clean, FolderFault),
    /// The intent would be longer than a line may be; nothing was written.
    #[error("the batch is too large for the journal; mark fewer rows")]
    TooLarge,
    /// A write or a sync failed, on a full disk for instance (J6, J7); with what the system says.
    #[error("cannot write the journal {0}: {1}; nothing more is sent")]
    NotWritten(Clean, Clean),
    /// The path no longer leads to the file that is being written (J11).
    #[error("the journal {0} was removed or replaced; nothing more is sent")]
    Displaced(Clean),
    /// An earlier line was not written; what came after it is not written either.
    #[error("the journal stopped at an earlier failure: {0}")]
    Stopped(Box<Self>),
    /// No batch of that name.
    #[error("no batch {0} in the journal; `centurion history` lists them")]
    NoBatch(Clean),
    /// Another process is at work on the batch (J9).
    #[error("batch {0} is live in another process")]
    Live(Clean),
    /// The batch has an end, or nothing to go on with.
    #[error("batch {0} is not unfinished")]
    NotUnfinished(Clean),
}

impl JournalError {
    pub(super) fn folder(folder: &Path, fault: FolderFault) -> Self {
        Self::Folder(shown(folder), fault)
    }

    pub(super) fn not_written(file: &Path, error: &io::Error) -> Self {
        Self::NotWritten(shown(file), clean(error))
    }
}

pub(super) fn shown(path: &Path) -> Clean {
    Clean::new(&path.to_string_lossy())
}

fn clean(error: &io::Error) -> Clean {
    Clean::new(&error.to_string())
}
