//! Why a platform could not be read or did not answer: one variant for each thing the operator
//! would do differently. Free of HTTP types, and every text in it is clean.

use std::fmt;
use std::time::Duration;

use crate::domain::connection::PlatformId;
use crate::domain::text::Clean;
use crate::domain::time::long_span;

/// What the platform itself said of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The platform's own code, where its body has one.
    pub code: Option<Clean>,
    /// The platform's own words, or the start of a body that is not in its error shape.
    pub message: Clean,
    /// What its support asks for (SAP AI Core).
    pub request_id: Option<Clean>,
    /// Whether the body had the platform's own error shape. Only then does a 404 prove anything (N24).
    pub own_shape: bool,
}

impl Refusal {
    /// Whether the platform itself says that there is nothing by the id that was asked for; any other 404 speaks of a
    /// route (N24).
    pub fn says_gone(&self) -> bool {
        self.status == 404 && self.own_shape
    }
}

/// A call that did not give what it was made for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// The name does not resolve (N1).
    #[error("cannot find host {host}; check `url` and the network")]
    HostNotFound {
        /// The host asked for.
        host: String,
    },
    /// Refused, or no route (N2).
    #[error("cannot connect to {host}: {why}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The system's word for it.
        why: Clean,
    },
    /// The certificate does not convince (N5).
    #[error("no secure connection to {host}: {why}")]
    Tls {
        /// Host and port.
        host: String,
        /// Unknown issuer, expired, wrong name, or what else the library says.
        why: Clean,
    },
    /// This machine trusts nobody (N34), or a `ca_file` cannot be used.
    #[error("{why}")]
    Trust {
        /// What is wrong, and how to mend it.
        why: Clean,
    },
    /// Sending was stopped before this call left.
    #[error("sending was stopped before its turn")]
    Stopped,
    /// No answer within the limit (N3, N4).
    #[error("no answer from {host} within {}", long_span(*.limit))]
    TimedOut {
        /// Host and port.
        host: String,
        /// The limit that ended it.
        limit: Duration,
    },
    /// The connection broke before the answer was whole (N8 to N10).
    #[error("the connection to {host} was cut: {why}")]
    Cut {
        /// Host and port.
        host: String,
        /// What the library says.
        why: Clean,
    },
    /// More than is read of one answer (N15).
    #[error("the answer is larger than {} MiB, the most that is read of one; check `url`, and what is stored there", .cap >> 20)]
    TooLarge {
        /// The cap in bytes, counted after unpacking.
        cap: usize,
    },
    /// A page instead of an answer (N12).
    #[error(
        "not an API answer ({content_type}); signed out, or behind a portal? It starts: {start}"
    )]
    NotAnApi {
        /// What the answer calls itself.
        content_type: Clean,
        /// Its first characters.
        start: Clean,
    },
    /// JSON that cannot be read, or not of the expected shape (N11, N16).
    #[error("the answer cannot be read: {why}; it starts: {start}")]
    Unreadable {
        /// Where the reading failed.
        why: Clean,
        /// Its first characters.
        start: Clean,
    },
    /// A redirect, which is never followed (N14).
    #[error("{host} answered with a redirect to {target}, which is not followed; check `url`")]
    Redirected {
        /// Who answered.
        host: String,
        /// Scheme and host of the target.
        target: Clean,
    },
    /// The credentials were refused, also after a new token (N20, N21).
    #[error("{platform} refused the credentials ({said}); check `{setting}`")]
    Unauthorized {
        /// Who refused.
        platform: PlatformId,
        /// The setting to look at.
        setting: &'static str,
        /// The platform's words.
        said: Refusal,
    },
    /// Signed in, but not allowed (N22).
    #[error("not permitted: {said} (HTTP {})", .said.status)]
    Forbidden {
        /// The platform's words.
        said: Refusal,
    },
    /// Too many requests, also after the waits (N27).
    #[error("rate limit: HTTP 429{}{}", wait(*.retry_after), own_words(.said))]
    RateLimited {
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
        /// The platform's words.
        said: Refusal,
    },
    /// 5xx (N28, N29).
    #[error("the server failed: HTTP {}: {said}", .said.status)]
    ServerFailed {
        /// The platform's words.
        said: Refusal,
    },
    /// Any other refusal: 400, 404, 405, 409, 412, 413, 422 and the rest.
    #[error("refused: HTTP {}: {said}", .said.status)]
    Refused {
        /// The platform's words.
        said: Refusal,
    },
}

impl fmt::Display for Refusal {
    /// The words, then the code where it says more than the status, and the request id: support asks for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_str().trim_end_matches('.'))?;
        let status = self.status.to_string();
        if let Some(code) = self.code.as_ref().filter(|code| code.as_str() != status) {
            write!(f, ", code {code}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        Ok(())
    }
}

fn own_words(said: &Refusal) -> String {
    let own = said.own_shape.then(|| format!(": {said}"));
    own.unwrap_or_default()
}

fn wait(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |span| {
        format!(", retry after {}", long_span(span))
    })
}

impl PlatformError {
    /// Whether the source counts as *down* rather than *stale* (`UX.md` 4): waiting will not mend it,
    /// or nothing was reached.
    pub fn is_down(&self) -> bool {
        match self {
            Self::HostNotFound { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Trust { .. }
            | Self::Redirected { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. } => true,
            Self::Stopped
            | Self::TimedOut { .. }
            | Self::Cut { .. }
            | Self::TooLarge { .. }
            | Self::NotAnApi { .. }
            | Self::Unreadable { .. }
            | Self::RateLimited { .. }
            | Self::ServerFailed { .. } => false,
        }
    }

    /// Whether trying again by itself is pointless until the operator did something (a refused sign-in).
    pub fn needs_operator(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::Trust { .. })
    }

    /// The cause in a few words, for the header and the banner.
    pub fn short(&self) -> String {
        match self {
            Self::HostNotFound { .. } => "host not found".to_owned(),
            Self::Unreachable { .. } => "cannot connect".to_owned(),
            Self::Tls { .. } | Self::Trust { .. } => "TLS".to_owned(),
            Self::Stopped => "stopped".to_owned(),
            Self::TimedOut { .. } => "timeout".to_owned(),
            Self::Cut { .. } => "connection cut".to_owned(),
            Self::TooLarge { .. } => "answer too large".to_owned(),
            Self::NotAnApi { .. } => "not an API answer".to_owned(),
            Self::Unreadable { .. } => "unreadable answer".to_owned(),
            Self::Redirected { .. } => "redirect".to_owned(),
            Self::Unauthorized { .. } => "credentials refused".to_owned(),
            Self::Forbidden { .. } => "not permitted".to_owned(),
            Self::RateLimited { .. } => "rate limit".to_owned(),
            Self::ServerFailed { said } | Self::Refused { said } => format!("HTTP {}", said.status),
        }
    }

    /// The platform's own words, where it spoke.
    pub fn said(&self) -> Option<&Refusal> {
        match self {
            Self::Unauthorized { said, .. }
            | Self::Forbidden { said }
            | Self::RateLimited { said, .. }
            | Self::ServerFailed { said }
            | Self::Refused { said } => Some(said),
            Self::HostNotFound { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Trust { .. }
            | Self::Stopped
            | Self::TimedOut { .. }
            | Self::Cut { .. }
            | Self::TooLarge { .. }
            | Self::NotAnApi { .. }
            | Self::Unreadable { .. }
            | Self::Redirected { .. } => None,
        }
    }
}
