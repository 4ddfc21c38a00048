//! The configuration file as a whole.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use crate::config::connection::{Reader, Scene};
use crate::config::document::{self, Document, Entry, Section};
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, shown};
use crate::config::finding::Finding;
use crate::config::keys;
use crate::config::read_only::Run;
use crate::domain::connection::Connection;

/// A listing is read no more often (`UX.md` 4).
const SHORTEST_REFRESH: Duration = Duration::from_secs(5);

/// What is read less often than daily is not live.
const LONGEST_REFRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// What a file says; the values it does not mention are `None`.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) connections: Vec<Connection>,
    pub(super) refresh: Option<Duration>,
    pub(super) journal: Option<PathBuf>,
    pub(super) discover: Option<bool>,
    pub(super) findings: Vec<Finding>,
}

/// Reads the file, and every secret it names.
pub(super) fn read(
    path: &Path,
    environment: &Environment,
    run: Run,
) -> Result<Content, ConfigError> {
    let document = Document::read(path)?;
    let table = document.parse()?;
    let top = Section::top(&document, &table, &keys::TOP)?;
    let scene = Scene {
        environment: &environment.withholding(document::variables(&table)),
        file: &document.path,
        run,
    };
    let mut content = Content::default();
    if let Some(entry) = top.get(&keys::REFRESH) {
        let span = refresh(entry)?;
        content.note(scene, entry, &format!("{span:?}"));
        content.refresh = Some(span);
    }
    if let Some(entry) = top.get(&keys::JOURNAL) {
        let folder = journal(entry, scene)?;
        content.note(scene, entry, shown(&folder).as_str());
        content.journal = Some(folder);
    }
    if let Some(entry) = top.get(&keys::DISCOVER) {
        let discover = entry.flag()?;
        content.note(scene, entry, &discover.to_string());
        content.discover = Some(discover);
    }
    if let Some(entry) = top.get(&keys::CONNECTION) {
        content.connections = connections(entry, scene, &mut content.findings)?;
    }
    Ok(content)
}

impl Content {
    /// Says where a value stood.
    fn note(&mut self, scene: Scene<'_>, entry: Entry<'_>, value: &str) {
        let finding = Finding::new(entry.key.name, value, &scene.origin(entry.line()));
        self.findings.push(finding);
    }
}

/// Looks at all of them before any secret is read: a helper may ask the operator something.
fn connections(
    entry: Entry<'_>,
    scene: Scene<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Connection>, ConfigError> {
    let mut readers: Vec<Reader<'_>> = Vec::new();
    for entry in entry.list()? {
        let reader = Reader::open(entry.section(&keys::IN_CONNECTION)?, scene)?;
        if let Some(first) = readers.iter().find(|other| other.name == reader.name) {
            return Err(reader.repeats(first));
        }
        readers.push(reader);
    }
    let mut read = |reader: Reader<'_>| {
        let (connection, found) = reader.read()?;
        findings.extend(found);
        Ok(connection)
    };
    readers.into_iter().map(&mut read).collect()
}

fn journal(entry: Entry<'_>, scene: Scene<'_>) -> Result<PathBuf, ConfigError> {
    match entry.text()? {
        "" => Err(entry.wrong("is empty")),
        text => Ok(scene.path(text)),
    }
}

fn refresh(entry: Entry<'_>) -> Result<Duration, ConfigError> {
    let text = entry.text()?;
    let found = span(text).ok_or_else(|| entry.wrong_value(text))?;
    let (least, most) = (SHORTEST_REFRESH, LONGEST_REFRESH);
    if (least..=most).contains(&found) {
        return Ok(found);
    }
    Err(entry.error(format!(
        "`refresh` is {found:?}, expected a span from {least:?} to {most:?}, such as \"10s\""
    )))
}

/// A span such as `10s`, `1m 30s` or `1h`, not below zero.
fn span(text: &str) -> Option<Duration> {
    let span: SignedDuration = text.parse().ok()?;
    Duration::try_from(span).ok()
}
