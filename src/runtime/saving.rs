//! Files the operator asks for: new ones, whole or not at all, readable by nobody else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::app::message::{Message, Saved};
use crate::app::rows;
use crate::domain::export::{OF_LIST, tab_separated};
use crate::domain::text::Clean;
use crate::runtime::context::{Context, Sender, tell};

/// How many names are tried where earlier files have taken them.
const NAMES_TRIED: usize = 1_000;

impl Context {
    /// Writes to a new file, off the drawing thread, and says where it is.
    pub(super) async fn save(&self, name: String, what: Saved, out: Sender) {
        let folder = self.files.clone();
        let what_it_is = match &what {
            Saved::Rows(view) => format!("{} ", rows(view.rows.len())),
            Saved::Lines(_) | Saved::Text(..) => String::new(),
        };
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &what)).await;
        let words = match written.expect("writing a file does not panic") {
            Ok(path) => format!("{what_it_is}saved to {}", path.display()),
            Err(error) => {
                format!("not saved: {error}; start centurion in a folder you may write to")
            }
        };
        tell(&out, Message::Notice(Clean::new(&words).to_string())).await;
    }
}

/// What is read of a file for its ids, in bytes: more characters than the field takes, which says what it cuts.
const LONGEST_TEXT: u64 = 1 << 20;

impl Context {
    /// Reads a file that was named in the command line.
    pub(super) async fn read_text(&self, name: String, out: Sender) {
        let path = self.files.join(&name);
        let read = tokio::task::spawn_blocking(move || {
            let mut text = Vec::new();
            File::open(path)?
                .take(LONGEST_TEXT)
                .read_to_end(&mut text)?;
            Ok(String::from_utf8_lossy(&text).into_owned())
        });
        let text = read.await.expect("reading a file does not panic");
        let why = |error: io::Error| format!("{} cannot be read: {error}", Clean::new(&name));
        tell(&out, Message::Text(text.map_err(why))).await;
    }
}

/// Writes `centurion-NAME.txt`, or `centurion-NAME-2.txt` where there is one already.
fn write(folder: &Path, name: &str, what: &Saved) -> io::Result<PathBuf> {
    let ending = match what {
        Saved::Lines(_) => "txt",
        Saved::Rows(_) => "tsv",
        Saved::Text(ending, _) => ending,
    };
    let unsafe_in_names = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
    let name: String = name.chars().take(80).collect();
    let stem = format!("centurion-{}", name.replace(unsafe_in_names, "_"));
    let folder = std::path::absolute(folder)?;
    for n in 1..=NAMES_TRIED {
        let path = match n {
            1 => folder.join(format!("{stem}.{ending}")),
            _ => folder.join(format!("{stem}-{n}.{ending}")),
        };
        // An empty file of our own holds the name until the whole one takes its place.
        match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(_) => return fill(&path, what).map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(path: &Path, what: &Saved) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = create(&part).and_then(|file| {
        put(file, what)?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        for mine in [&part, path] {
            // What cannot be removed is empty or cut off, and the failure is told.
            let _ = fs::remove_file(mine);
        }
    }
    written
}

fn put(file: File, what: &Saved) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    match what {
        Saved::Lines(lines) => lines.iter().try_for_each(|line| writeln!(file, "{line}"))?,
        Saved::Rows(view) => {
            writeln!(file, "{OF_LIST}")?;
            let mut rows = view.rows.iter();
            rows.try_for_each(|row| writeln!(file, "{}", tab_separated(row)))?;
        }
        Saved::Text(_, text) => file.write_all(text.as_bytes())?,
    }
    file.into_inner()?.sync_all()
}

/// Makes a file that only its owner may read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}
