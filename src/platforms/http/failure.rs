//! A call that gave no usable answer: what to say of it, and whether the server may have received it.

use std::error::Error;
use std::io;
use std::iter;
use std::time::Duration;

use crate::domain::error::PlatformError;
use crate::domain::text::Clean;

/// One send without a whole 2xx answer.
#[derive(Debug)]
pub(super) struct Failure {
    /// What to tell the operator.
    pub(super) error: PlatformError,
    /// What the server can have done.
    pub(super) fate: Fate,
    /// How long the server asked to wait.
    pub(super) asked_wait: Option<Duration>,
}

/// What the server can have done with a request that brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing: it never got it.
    NotReceived,
    /// Nothing: it said no to the whole of it.
    Refused,
    /// Nothing: it refused the token, and there is a new one since.
    Renewed,
    /// Anything.
    Uncertain,
}

impl Failure {
    pub(super) fn new(fate: Fate, error: PlatformError) -> Self {
        Self {
            error,
            fate,
            asked_wait: None,
        }
    }

    /// Whether a read may be tried again: the transport failed, the server did, or it said how long to wait.
    /// After a time limit nobody waits three times as long, and a rate limit that names no time is waited
    /// for by the source.
    pub(super) fn is_passing(&self) -> bool {
        let failed = matches!(
            self.error,
            PlatformError::Cut { .. } | PlatformError::ServerFailed { .. }
        );
        failed || self.is_unreached() || (self.is_rate_limit() && self.asked_wait.is_some())
    }

    /// Whether no connection came about, by something that may pass in a second.
    pub(super) fn is_unreached(&self) -> bool {
        matches!(
            self.error,
            PlatformError::HostNotFound { .. } | PlatformError::Unreachable { .. }
        )
    }

    pub(super) fn is_rate_limit(&self) -> bool {
        matches!(self.error, PlatformError::RateLimited { .. })
    }

    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self.error, PlatformError::Unauthorized { .. })
    }
}

/// What a failure of the HTTP library means. `limit` is the time limit that would have ended it.
pub(super) fn of_transport(error: &reqwest::Error, host: &str, limit: Duration) -> Failure {
    let (host, why) = (host.to_owned(), Clean::new(&root(error)));
    let fate = if error.is_connect() || error.is_builder() {
        Fate::NotReceived
    } else {
        Fate::Uncertain
    };
    let error = if error.is_timeout() {
        PlatformError::TimedOut { host, limit }
    } else if error.is_connect() || chain(error).any(is_alert) {
        connecting(error, host)
    } else if error.is_builder() {
        PlatformError::Unreachable { host, why }
    } else {
        PlatformError::Cut { host, why }
    };
    Failure::new(fate, error)
}

fn connecting(error: &(dyn Error + 'static), host: String) -> PlatformError {
    let says = |words: &str| chain(error).any(|cause| cause.to_string().contains(words));
    let why = root(error);
    if says("dns error") {
        PlatformError::HostNotFound { host }
    } else if !says("tunnel error") && chain(error).any(is_tls) {
        let why = Clean::new(&tls_words(&why));
        PlatformError::Tls { host, why }
    } else {
        let why = Clean::new(&why);
        PlatformError::Unreachable { host, why }
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&cause| cause.source())
}

/// The last cause, without the system's error number.
fn root(error: &(dyn Error + 'static)) -> String {
    let last = chain(error).last().map(ToString::to_string);
    let text = last.unwrap_or_default();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.trim_start_matches("tunnel error: ").to_owned()
}

/// The TLS library reports through I/O errors: of invalid data, or of an end before the handshake's.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<io::Error>() else {
        return false;
    };
    let of_tls = matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    );
    // An I/O error that wraps another is not among its own sources.
    of_tls || error.get_ref().is_some_and(|inner| is_tls(inner))
}

/// Our own certificate is refused after the handshake, when the first answer is awaited (TLS 1.3).
fn is_alert(cause: &(dyn Error + 'static)) -> bool {
    is_tls(cause) && cause.to_string().contains("fatal alert")
}

/// What the operator can do something about, by the words the TLS library has for it.
#[rustfmt::skip]
const CERTIFICATE_FAULTS: [(&str, &str); 11] = [
    ("alert: CertificateExpired", "it says that the `certificate` of this connection has expired; create a new service key, or renew it"),
    ("alert: CertificateRequired", "it asks for a client certificate; set `certificate` and `key`"),
    ("alert: ", "it refused the handshake; check `certificate` and `key` of the connection, where it has them"),
    ("UnknownIssuer", "its certificate is not from a trusted issuer; a private CA goes into `ca_file`"),
    ("BadSignature", "its certificate is not from the authority it names; `ca_file` may hold an older one of that name"),
    ("not valid for", "its certificate is for another host name; check `url`, no `ca_file` helps against that"),
    ("not valid yet", "its certificate is not valid yet; check this machine's clock, no `ca_file` helps against that"),
    ("expired", "its certificate has expired and whoever runs it must renew it, no `ca_file` helps against that; \
         if it has not, check this machine's clock"),
    ("evoked", "its certificate was revoked"),
    ("InvalidContentType", "it does not speak TLS on this port"),
    ("handshake eof", "it ended the handshake"),
];

fn tls_words(root: &str) -> String {
    let known = CERTIFICATE_FAULTS.iter();
    let mut known = known.filter(|(word, _)| root.contains(word));
    known
        .next()
        .map_or_else(|| root.to_owned(), |(_, ours)| format!("{ours} ({root})"))
}
