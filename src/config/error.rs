//! What is wrong with a configuration, and where. No text in here holds a secret or a URL.

use std::fmt::{self, Display};
use std::path::PathBuf;

use crate::domain::text::Clean;

/// Why nothing was started: a place and what is wrong there (C2 to C8).
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ConfigError {
    place: Place,
    problem: String,
}

/// Where a value stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A place in the configuration file.
    At {
        /// The file.
        file: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The character in that line, from 1.
        column: usize,
    },
    /// A file as a whole.
    File(PathBuf),
    /// The environment variables of the process.
    Environment,
}

impl Place {
    pub(super) fn error(self, problem: impl Into<String>) -> ConfigError {
        let problem = problem.into();
        ConfigError {
            place: self,
            problem,
        }
    }

    /// A wrong type, a value out of bounds, or nothing where something has to be; `found` is the rest of
    /// a sentence, such as `is a string`.
    pub(super) fn wrong(self, key: &str, found: impl Display, form: &str) -> ConfigError {
        self.error(format!("`{key}` {found}, expected {form}"))
    }

    /// A secret that could not be had from there.
    pub(super) fn no_secret(self, key: &str, origin: &str, fault: impl Display) -> ConfigError {
        self.error(format!("`{key}`: {origin} {fault}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { file, line, column } => write!(f, "{}:{line}:{column}", shown(file)),
            Self::File(file) => shown(file).fmt(f),
            Self::Environment => f.write_str("environment"),
        }
    }
}

/// A path, safe to draw.
pub(super) fn shown(path: &std::path::Path) -> Clean {
    Clean::new(&path.to_string_lossy())
}
