//! What was found where, and which of it counts: for `config check` and `doctor`.

use std::fmt;

use crate::domain::text::Clean;

/// One value that counts, or one place that was looked at. Free of secrets and safe to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about: `refresh`, `prod-eu.url`, `Run:ai`.
    pub subject: Clean,
    /// The value, or what came of looking; `***` for a secret.
    pub value: Clean,
    /// File and line, variable, or `default`.
    pub origin: Clean,
}

impl Finding {
    pub(super) fn new(subject: impl fmt::Display, value: &str, origin: &str) -> Self {
        Self {
            subject: Clean::new(&subject.to_string()),
            value: Clean::new(value),
            origin: Clean::new(origin),
        }
    }

    /// A value of a connection.
    pub(super) fn of(connection: impl fmt::Display, key: &str, value: &str, origin: &str) -> Self {
        Self::new(format_args!("{connection}.{key}"), value, origin)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.subject, self.value, self.origin)
    }
}
