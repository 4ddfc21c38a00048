//! What the process was started with: its environment variables and the folders that follow from them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use crate::config::error::{ConfigError, Place};

/// The variables of the platforms' own tools that hold a secret.
const SECRETS: [&str; 6] = [
    "AICORE_CLIENT_SECRET",
    "AICORE_KEY_STR",
    "AICORE_SERVICE_KEY",
    "KUBIYA_API_KEY",
    "RUNAI_CLIENT_SECRET",
    "VCAP_SERVICES",
];

/// A copy of the process environment and the folders that depend on it: the only thing the
/// configuration knows of the outside, besides the files and commands it names.
///
/// A variable that is set to nothing counts as not set.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    /// What no helper command is given: the variables that hold the secrets of connections.
    withheld: BTreeSet<OsString>,
    pub(super) home: Option<PathBuf>,
    /// Where `config.toml` is looked for.
    pub(super) config: Option<PathBuf>,
    /// Where journals are kept.
    pub(super) state: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process, with the folders of `directories`.
    pub fn of_process() -> Self {
        let project = ProjectDirs::from("", "", "centurion");
        let state =
            |dirs: &ProjectDirs| dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned();
        Self {
            variables: std::env::vars_os().collect(),
            withheld: SECRETS.map(OsString::from).into(),
            home: BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            config: project.as_ref().map(|dirs| dirs.config_dir().to_owned()),
            state: project.as_ref().map(state),
        }
    }

    /// An environment of these variables alone, with all folders below `home`; for tests.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>, home: &Path) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let owned = |(name, value): (K, V)| (name.into(), value.into());
        Self {
            variables: pairs.into_iter().map(owned).collect(),
            withheld: SECRETS.map(OsString::from).into(),
            home: Some(home.to_owned()),
            config: Some(home.join(".config/centurion")),
            state: Some(home.join(".local/state/centurion")),
        }
    }

    /// The same, with more variables that no helper command is given.
    pub(super) fn withholding(&self, names: impl IntoIterator<Item = String>) -> Self {
        let mut narrower = self.clone();
        narrower.withheld.extend(names.into_iter().map(Into::into));
        narrower
    }

    /// What a helper command is given: everything but the secrets of connections, of which it needs none (P7).
    pub(super) fn for_helpers(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        let variables = self.variables.iter();
        variables.filter(|(name, _)| !self.withheld.contains(*name))
    }

    /// The variable of that name, unless it is empty.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    /// Whether there is a variable of that name, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.variables.contains_key(OsStr::new(name))
    }

    /// The variable of that name as text; one that is no text is an error, not an absent one.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, ConfigError> {
        let Some(value) = self.variable(name) else {
            return Ok(None);
        };
        let wrong = || Place::Environment.wrong(name, "is not UTF-8", "text");
        value.to_str().map(Some).ok_or_else(wrong)
    }
}

impl fmt::Debug for Environment {
    /// Leaves the variables out: some of them are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("home", &self.home)
            .field("config", &self.config)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
