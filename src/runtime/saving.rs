//! Files the operator asks for: new ones, whole or not at all, readable by nobody else.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Zoned;

use crate::app::message::{Message, Saved};
use crate::app::table::tab_separated;
use crate::runtime::context::{Context, Sender, tell};

/// Names tried before one is given up: one is taken only by a file of the same second.
const NAMES: u32 = 100;

impl Context {
    /// Writes to a new file and says where it is.
    pub(super) async fn save(&self, name: String, what: Saved, out: Sender) {
        let folder = self.files.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &what)).await;
        let text = match written.expect("writing a file does not panic") {
            Ok(path) => format!("saved to {}", path.display()),
            Err(error) => {
                format!("not saved: {error}; start centurion in a folder you may write to")
            }
        };
        tell(&out, Message::Notice(text)).await;
    }
}

/// Writes a hidden file beside the new one, then gives it the name that was taken for it.
fn write(folder: &Path, name: &str, what: &Saved) -> io::Result<PathBuf> {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(safe).take(80).collect();
    let stem = format!(
        "centurion-{name}-{}",
        Zoned::now().strftime("%Y%m%d-%H%M%S")
    );
    let path = reserve(&std::path::absolute(folder)?, &stem)?;
    let partial = path.with_extension("part");
    let written = fill(&partial, what).and_then(|()| fs::rename(&partial, &path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
        let _ = fs::remove_file(&path);
    }
    written.map(|()| path)
}

/// Takes a name that no file has, by making an empty file of it.
fn reserve(folder: &Path, stem: &str) -> io::Result<PathBuf> {
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 1..=NAMES {
        let more = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let path = folder.join(format!("{stem}{more}.txt"));
        match create(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path)
}

fn fill(path: &Path, what: &Saved) -> io::Result<()> {
    let mut file = BufWriter::new(create(path)?);
    match what {
        Saved::Lines(lines) => lines.iter().try_for_each(|line| writeln!(file, "{line}"))?,
        Saved::Rows(view) => {
            let mut rows = view.rows.iter();
            rows.try_for_each(|row| writeln!(file, "{}", tab_separated(row)))?;
        }
    }
    file.into_inner()?.sync_all()
}
