//! Exports as files: written beside their place and then moved there, so that a name never leads to half
//! a file and never to somebody else's.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::app::message::Message;
use crate::domain::text::Clean;
use crate::runtime::context::{Context, Sender, tell};

/// How many names are tried where earlier exports have taken them.
const NAMES_TRIED: usize = 1_000;

impl Context {
    /// Writes an export off the drawing thread and tells where it is.
    pub(super) async fn export(
        &self,
        stem: String,
        ending: &'static str,
        text: String,
        out: Sender,
    ) {
        let folder = self.exports.clone();
        let saved = tokio::task::spawn_blocking(move || save(&folder, &stem, ending, &text)).await;
        let words = match saved.expect("writing a file does not panic") {
            Ok(path) => format!("exported to {}", path.display()),
            Err(error) => format!("not exported to {}: {error}", self.exports.display()),
        };
        tell(&out, Message::Notice(Clean::new(&words).to_string())).await;
    }
}

/// Writes `stem.ending` in that folder, or `stem-2.ending` where there is one already.
fn save(folder: &Path, stem: &str, ending: &str, text: &str) -> io::Result<PathBuf> {
    for n in 1..=NAMES_TRIED {
        let number = if n == 1 {
            String::new()
        } else {
            format!("-{n}")
        };
        let path = folder.join(format!("{stem}{number}.{ending}"));
        // An empty file of our own holds the name until the whole one takes its place.
        match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(_) => return fill(&path, text).map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let part = PathBuf::from(format!("{}.part", path.display()));
    let written = create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    });
    if written.is_err() {
        for mine in [&part, path] {
            // What cannot be removed is empty or cut off, and the failure is told.
            let _ = std::fs::remove_file(mine);
        }
    }
    written
}

/// Makes a file that only its owner may read.
fn create(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
