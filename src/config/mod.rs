//! The configuration: text in, checked connections out.
//!
//! Reads one file, the environment it is given, and the secrets these name. Knows no platform's
//! wire format and contacts nobody. What is wrong is said with its place and never with a secret;
//! nothing is guessed, so one fault in the file is enough to start nothing (`RELIABILITY.md` 8).

mod address;
mod command;
mod connection;
mod discover;
mod document;
mod environment;
mod error;
mod file;
mod finding;
mod keys;
mod network;
mod parts;
mod read_only;
mod sap_ai_core;
mod scopes;
mod secret;
mod system;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::environment::Environment;
pub use self::error::ConfigError;
pub use self::finding::Finding;

use crate::config::error::shown;
use crate::config::read_only::Run;
use crate::domain::connection::Connection;

/// The commented file `config init` writes and the first-run screen shows. Its connections start read-only.
pub const SAMPLE: &str = include_str!("../../assets/config.toml");

/// How often a source is read, where the file does not say (`UX.md` 4).
const USUAL_REFRESH: Duration = Duration::from_secs(10);

/// The variable that names the configuration file.
const FILE_VARIABLE: &str = "CENTURION_CONFIG";

/// The variable that names the folder of journals.
const JOURNAL_VARIABLE: &str = "CENTURION_JOURNAL";

/// What the command line asks of the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The file of `--config`; it comes before `CENTURION_CONFIG` and the usual one.
    pub file: Option<&'a Path>,
    /// Whether `--read-only` was given.
    pub read_only: bool,
}

/// Everything that was configured, checked.
#[derive(Debug)]
pub struct Settings {
    /// The accounts: those of the file in its order, then those found in the environment.
    pub connections: Vec<Connection>,
    /// How often a source is read, counted from its last answer; at least 5 s.
    pub refresh: Duration,
    /// The folder of journals; `None` where there is no home folder and none was named (J8).
    pub journal: Option<PathBuf>,
    /// The file that was read; `None` where there is none.
    pub file: Option<PathBuf>,
    /// Where each value came from, and what was looked at in vain.
    pub findings: Vec<Finding>,
    /// What the environment holds in part or in vain: not used, while the others are.
    pub unusable: Vec<ConfigError>,
}

/// Reads the configuration, with the secrets it names. No file and nothing in the environment is no
/// fault: there are just no connections.
pub fn load(environment: &Environment, wanted: &Wanted<'_>) -> Result<Settings, ConfigError> {
    let run = Run::of(environment, wanted.read_only);
    let mut findings = Vec::new();
    let file = located(environment, wanted, &mut findings);
    let mut content = match &file {
        Some(path) => file::read(path, environment, run)?,
        None => file::Content::default(),
    };
    findings.append(&mut content.findings);
    if let Run::ReadOnly(origin) = run {
        let value = "true, for all connections";
        findings.push(Finding::new("read_only", value, origin));
    }
    let mut connections = content.connections;
    let mut unusable = Vec::new();
    if content.discover.unwrap_or(connections.is_empty()) {
        let (found, faults) = discover::find(environment, &connections, run, &mut findings);
        connections.extend(found);
        unusable = faults;
    }
    if connections.is_empty() && !unusable.is_empty() {
        return Err(unusable.swap_remove(0));
    }
    network::proxy(environment, &connections, &mut findings)?;
    let trusted = network::trust(environment, &mut connections, &mut findings);
    unusable.extend(trusted.err());
    let refresh = refresh(content.refresh, &mut findings);
    let journal = journal(environment, content.journal, &mut findings);
    Ok(Settings {
        connections,
        refresh,
        journal,
        file,
        findings,
        unusable,
    })
}

fn refresh(set: Option<Duration>, findings: &mut Vec<Finding>) -> Duration {
    set.unwrap_or_else(|| {
        let usual = format!("{USUAL_REFRESH:?}");
        findings.push(Finding::new("refresh", &usual, "default"));
        USUAL_REFRESH
    })
}

/// Whether nothing may be changed in this run, whatever the file says: for the demo, which reads none (T23).
pub fn is_read_only(environment: &Environment, wanted: &Wanted<'_>) -> bool {
    Run::of(environment, wanted.read_only) != Run::Free
}

/// Where the file is looked for when none is named; `None` without a home folder.
pub fn default_file(environment: &Environment) -> Option<PathBuf> {
    Some(environment.config.as_ref()?.join("config.toml"))
}

/// The folder of the demo's journals: beside the real ones, and never the same (C12).
pub fn demo_journal(environment: &Environment) -> Option<PathBuf> {
    match environment.variable(JOURNAL_VARIABLE).map(Path::new) {
        Some(folder) => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            Some(folder.with_file_name(format!("demo-{name}")))
        }
        None => Some(environment.state.as_ref()?.join("demo-journal")),
    }
}

/// The folder of journals as far as the environment tells, for when the file cannot be read.
pub fn usual_journal(environment: &Environment) -> Option<PathBuf> {
    journal(environment, None, &mut Vec::new())
}

/// Each value and its origin, then what cannot be used, a line each and no secret: what `config check` prints.
pub fn explain(settings: &Settings) -> Vec<String> {
    let findings = settings.findings.iter().map(Finding::to_string);
    let unusable = settings.unusable.iter();
    let unusable = unusable.map(|error| format!("not used: {error}"));
    findings.chain(unusable).collect()
}

/// The file to read. One that was named has to be there; the usual one may be missing.
fn located(
    environment: &Environment,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Finding>,
) -> Option<PathBuf> {
    let by_flag = wanted.file.map(|path| (path.to_owned(), "--config"));
    let by_variable = || Some((environment.variable(FILE_VARIABLE)?.into(), FILE_VARIABLE));
    let usual = default_file(environment);
    let there = || {
        let path = usual.clone().filter(|path| path.symlink_metadata().is_ok());
        Some((path?, "default"))
    };
    let found = by_flag.or_else(by_variable).or_else(there);
    findings.push(match (&found, &usual) {
        (None, Some(usual)) => {
            let looked = format!("looked for {}", shown(usual));
            Finding::new("file", "none", &looked)
        }
        _ => place("file", found.as_ref()),
    });
    found.map(|(path, _)| path)
}

/// The variable comes before the key, as it is the one of this run.
fn journal(
    environment: &Environment,
    by_file: Option<PathBuf>,
    findings: &mut Vec<Finding>,
) -> Option<PathBuf> {
    let named = environment.variable(JOURNAL_VARIABLE);
    if named.is_none() && by_file.is_some() {
        return by_file;
    }
    let usual = || Some((environment.state.as_ref()?.join("journal"), "default"));
    let named = named.map(|folder| (folder.into(), JOURNAL_VARIABLE));
    let found = named.or_else(usual);
    findings.push(place("journal", found.as_ref()));
    found.map(|(folder, _)| folder)
}

fn place(subject: &str, found: Option<&(PathBuf, &str)>) -> Finding {
    match found {
        Some((path, origin)) => Finding::new(subject, shown(path).as_str(), origin),
        None => Finding::new(subject, "none", "there is no home folder"),
    }
}
