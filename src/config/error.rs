//! What is wrong with a configuration, and where. No text in here holds a secret or a URL.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::address::UrlFault;
use crate::config::secret::SecretFault;
use crate::config::service_key::ServiceKeyFault;
use crate::domain::connection::ConnectionName;
use crate::domain::text::Clean;

/// Why nothing was started: a place and what is wrong there (C2 to C8).
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ConfigError {
    place: Place,
    problem: Box<Problem>,
}

impl ConfigError {
    /// Where to look.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong there.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// Where a value stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
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
    pub(super) fn error(self, problem: Problem) -> ConfigError {
        let problem = Box::new(problem);
        ConfigError {
            place: self,
            problem,
        }
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

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A file that cannot be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(Clean),
    /// Another encoding, mostly UTF-16.
    #[error("this is not UTF-8 text; save the file as UTF-8")]
    NotUtf8,
    /// Text that is no TOML; the parser's words, which never repeat the text.
    #[error("not valid TOML: {0}")]
    Syntax(Clean),
    /// An AI Core configuration file of another kind.
    #[error("not a JSON object")]
    NotJson,
    /// A key that looks like a known one (C3).
    #[error("unknown key `{key}`; did you mean `{nearest}`?")]
    Misspelt {
        /// As it stands there.
        key: Clean,
        /// The known key it is nearest to.
        nearest: &'static str,
    },
    /// A key that looks like none.
    #[error("unknown key `{key}`, expected one of {known}")]
    Unknown {
        /// As it stands there.
        key: Clean,
        /// All keys that may stand there.
        known: String,
    },
    /// A key that exists, but elsewhere in the file.
    #[error("`{key}` belongs {home}")]
    Misplaced {
        /// The key.
        key: &'static str,
        /// Where it would be known.
        home: &'static str,
    },
    /// A key of another platform.
    #[error("`{key}` is not a key of platform \"{platform}\", which takes {known}")]
    Foreign {
        /// The key.
        key: &'static str,
        /// The platform of the connection.
        platform: &'static str,
        /// All keys of that platform.
        known: String,
    },
    /// A wrong type, a value out of bounds, or nothing where something has to be.
    #[error("`{key}` {found}, expected {form}")]
    Wrong {
        /// The key.
        key: &'static str,
        /// What stood there, as the rest of a sentence: `is a string`.
        found: String,
        /// What should.
        form: &'static str,
    },
    /// Two keys that say the same thing.
    #[error("`{key}` cannot stand beside `{other}`; keep one of them")]
    Exclusive {
        /// The one to take out.
        key: &'static str,
        /// The one that says it already.
        other: &'static str,
    },
    /// Two connections of one name.
    #[error("the name \"{name}\" is taken by the connection of line {line}")]
    Repeated {
        /// The name.
        name: ConnectionName,
        /// The line of its first use.
        line: usize,
    },
    /// A secret in the file itself.
    #[error(
        "`{key}` is written out here; a secret comes from {{ env = \"NAME\" }}, {{ file = \"PATH\" }} \
         or {{ command = [\"PROGRAM\", \"ARGUMENT\"] }}"
    )]
    PlainSecret {
        /// The key.
        key: &'static str,
    },
    /// A secret that could not be had.
    #[error("`{key}`: {origin} {fault}")]
    Secret {
        /// The key it is for.
        key: &'static str,
        /// The variable, file or command that should have given it.
        origin: String,
        /// What went wrong.
        fault: SecretFault,
    },
    /// A service key that does not hold what it has to.
    #[error("`{key}` {fault}")]
    ServiceKey {
        /// Where the service key came from.
        key: &'static str,
        /// What is wrong with it.
        fault: ServiceKeyFault,
    },
    /// A certificate in place of a client secret.
    #[error("`{key}`: X.509 service keys are not supported yet; take one with a client secret")]
    X509 {
        /// Where it stood.
        key: &'static str,
    },
    /// A URL that breaks a rule (C7, C8, N7).
    #[error("`{key}` {fault}")]
    Url {
        /// The key it stood at.
        key: &'static str,
        /// The rule.
        fault: UrlFault,
    },
    /// A `refresh` out of bounds.
    #[error("`refresh` is {found:?}, expected a span from {least:?} to {most:?}, such as \"10s\"")]
    Refresh {
        /// What it says.
        found: Duration,
        /// The shortest allowed.
        least: Duration,
        /// The longest allowed.
        most: Duration,
    },
    /// A source of credentials of which only a part is there.
    #[error("{found} found, but not {missing}; set what is missing, or unset what is there")]
    Incomplete {
        /// The parts that are there.
        found: String,
        /// The parts that are not.
        missing: String,
    },
}
