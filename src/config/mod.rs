//! The configuration: text in, checked connections out.
//!
//! Reads one file, the environment it is given, and the secrets these name. Knows no platform's
//! wire format and contacts nobody. What is wrong is said with its place and never with a secret;
//! nothing is guessed, so one fault is enough to start nothing (`RELIABILITY.md` 8).

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
mod read_only;
mod scopes;
mod secret;
mod service_key;
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
        findings.push(Finding::new(
            "read_only",
            "true, for all connections",
            origin,
        ));
    }
    let mut connections = content.connections;
    if content.discover.unwrap_or(connections.is_empty()) {
        let found = discover::find(environment, &connections, run, &mut findings)?;
        connections.extend(found);
    }
    let refresh = content
        .refresh
        .unwrap_or_else(|| usual_refresh(&mut findings));
    let journal = journal(environment, content.journal, &mut findings);
    Ok(Settings {
        connections,
        refresh,
        journal,
        file,
        findings,
    })
}

/// Whether nothing may be changed in this run, whatever the file says: for the demo, which reads none (T23).
pub fn is_read_only(environment: &Environment, wanted: &Wanted<'_>) -> bool {
    Run::of(environment, wanted.read_only) != Run::Free
}

/// Where the file is looked for when none is named; `None` without a home folder.
pub fn default_file(environment: &Environment) -> Option<PathBuf> {
    environment
        .config_folder()
        .map(|folder| folder.join("config.toml"))
}

/// The folder of the demo's journals: beside the real ones, and never the same (C12).
pub fn demo_journal(environment: &Environment) -> Option<PathBuf> {
    match environment.variable(JOURNAL_VARIABLE).map(Path::new) {
        Some(folder) => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            Some(folder.with_file_name(format!("demo-{name}")))
        }
        None => environment
            .state_folder()
            .map(|folder| folder.join("demo-journal")),
    }
}

/// The folder of journals as far as the environment tells, for when the file cannot be read.
pub fn usual_journal(environment: &Environment) -> Option<PathBuf> {
    journal(environment, None, &mut Vec::new())
}

/// Each value and its origin, a line each and no secret: what `config check` prints.
pub fn explain(settings: &Settings) -> Vec<String> {
    settings.findings.iter().map(Finding::to_string).collect()
}

/// The file to read. One that was named has to be there; the usual one may be missing.
fn located(
    environment: &Environment,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Finding>,
) -> Option<PathBuf> {
    let by_flag = wanted.file.map(|path| (path.to_owned(), "--config"));
    let by_variable = || Some((environment.variable(FILE_VARIABLE)?.into(), FILE_VARIABLE));
    if let Some((path, origin)) = by_flag.or_else(by_variable) {
        findings.push(Finding::new("file", shown(&path).as_str(), origin));
        return Some(path);
    }
    let Some(path) = default_file(environment) else {
        findings.push(Finding::new("file", "none", "there is no home folder"));
        return None;
    };
    if path.symlink_metadata().is_err() {
        findings.push(Finding::new(
            "file",
            "none",
            &format!("looked for {}", shown(&path)),
        ));
        return None;
    }
    findings.push(Finding::new("file", shown(&path).as_str(), "default"));
    Some(path)
}

fn usual_refresh(findings: &mut Vec<Finding>) -> Duration {
    findings.push(Finding::new(
        "refresh",
        &format!("{USUAL_REFRESH:?}"),
        "default",
    ));
    USUAL_REFRESH
}

/// The variable comes before the key, as it is the one of this run.
fn journal(
    environment: &Environment,
    by_file: Option<PathBuf>,
    findings: &mut Vec<Finding>,
) -> Option<PathBuf> {
    let by_variable = environment.variable(JOURNAL_VARIABLE).map(PathBuf::from);
    if let Some(folder) = by_variable {
        findings.push(Finding::new(
            "journal",
            shown(&folder).as_str(),
            JOURNAL_VARIABLE,
        ));
        return Some(folder);
    }
    if by_file.is_some() {
        return by_file;
    }
    let Some(state) = environment.state_folder() else {
        findings.push(Finding::new("journal", "none", "there is no home folder"));
        return None;
    };
    let folder = state.join("journal");
    findings.push(Finding::new("journal", shown(&folder).as_str(), "default"));
    Some(folder)
}
