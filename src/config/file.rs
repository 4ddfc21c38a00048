//! The configuration file as a whole.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use crate::config::connection::{self, Head, Scene};
use crate::config::document::{Document, Entry, Section};
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
        environment,
        file: document.path(),
        run,
    };
    let mut content = Content::default();
    if let Some(entry) = top.get(&keys::REFRESH) {
        content.refresh =
            Some(content.note(scene, entry, refresh(entry)?, |span| format!("{span:?}")));
    }
    if let Some(entry) = top.get(&keys::JOURNAL) {
        let folder = journal(entry, scene)?;
        content.journal = Some(content.note(scene, entry, folder, |path| shown(path).to_string()));
    }
    if let Some(entry) = top.get(&keys::DISCOVER) {
        content.discover = Some(content.note(scene, entry, entry.flag()?, bool::to_string));
    }
    if let Some(entry) = top.get(&keys::CONNECTION) {
        content.connections = connections(entry, scene, &mut content.findings)?;
    }
    Ok(content)
}

impl Content {
    /// Passes a value on and says where it stood.
    fn note<T>(
        &mut self,
        scene: Scene<'_>,
        entry: Entry<'_>,
        value: T,
        show: fn(&T) -> String,
    ) -> T {
        let origin = scene.origin(entry.line());
        self.findings
            .push(Finding::new(entry.key().name, &show(&value), &origin));
        value
    }
}

/// Looks at all of them before any secret is read: a helper may ask the operator something.
fn connections(
    entry: Entry<'_>,
    scene: Scene<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Connection>, ConfigError> {
    let mut heads: Vec<Head<'_>> = Vec::new();
    for entry in entry.list()? {
        let head = Head::read(entry.section(&keys::IN_CONNECTION)?)?;
        if let Some(first) = heads.iter().find(|other| other.name == head.name) {
            return Err(head.repeats(first));
        }
        heads.push(head);
    }
    let read = |head| connection::read(head, scene, findings);
    heads.into_iter().map(read).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_with_its_unit() {
        for (text, seconds) in [
            ("10s", Some(10)),
            ("1m", Some(60)),
            ("1m30s", Some(90)),
            ("1h", Some(3_600)),
            ("10 seconds", Some(10)),
            ("10", None),
            ("", None),
            ("s", None),
            ("-10s", None),
            ("10 parsecs", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(span(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
