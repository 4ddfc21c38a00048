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

    /// Whether a read may be tried again: the transport failed, the server did, or it asked to wait.
    /// After a time limit nobody waits three times as long.
    pub(super) fn is_passing(&self) -> bool {
        match self.error {
            PlatformError::HostNotFound { .. }
            | PlatformError::Unreachable { .. }
            | PlatformError::Cut { .. }
            | PlatformError::RateLimited { .. }
            | PlatformError::ServerFailed { .. } => true,
            PlatformError::Stopped
            | PlatformError::TimedOut { .. }
            | PlatformError::Tls { .. }
            | PlatformError::Trust { .. }
            | PlatformError::TooLarge { .. }
            | PlatformError::NotAnApi { .. }
            | PlatformError::Unreadable { .. }
            | PlatformError::Redirected { .. }
            | PlatformError::Unauthorized { .. }
            | PlatformError::Forbidden { .. }
            | PlatformError::Refused { .. } => false,
        }
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
    let fate = if error.is_connect() || error.is_builder() {
        Fate::NotReceived
    } else {
        Fate::Uncertain
    };
    let host = host.to_owned();
    let meaning = if error.is_timeout() {
        PlatformError::TimedOut { host, limit }
    } else if error.is_connect() {
        connecting(error, host)
    } else if error.is_builder() {
        PlatformError::Unreachable {
            host,
            why: Clean::new(&root(error)),
        }
    } else {
        PlatformError::Cut {
            host,
            why: Clean::new(&root(error)),
        }
    };
    Failure::new(fate, meaning)
}

fn connecting(error: &(dyn Error + 'static), host: String) -> PlatformError {
    let says = |words: &str| chain(error).any(|cause| cause.to_string().contains(words));
    let root = root(error);
    let address = address_tried(error).unwrap_or_default();
    if says("tunnel error") || says("proxy") {
        let why = format!("the proxy {address} set in the environment: {root}");
        return PlatformError::Unreachable {
            host,
            why: Clean::new(&why),
        };
    }
    if says("dns error") {
        return PlatformError::HostNotFound { host };
    }
    if chain(error).any(is_tls) {
        return PlatformError::Tls {
            host,
            why: Clean::new(&tls_words(&root)),
        };
    }
    let why = if address.is_empty() {
        root
    } else {
        format!("{root} ({address})")
    };
    PlatformError::Unreachable {
        host,
        why: Clean::new(&why),
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&cause| cause.source())
}

/// The last cause, without the system's error number.
fn root(error: &(dyn Error + 'static)) -> String {
    let text = chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// The address that was dialled, which is the proxy's where there is one. The library shows it only
/// in the debug form of its private error type: `ConnectError("tcp connect error", 10.0.0.7:3128, …)`.
fn address_tried(error: &(dyn Error + 'static)) -> Option<String> {
    let text = chain(error)
        .map(|cause| format!("{cause:?}"))
        .find(|text| text.starts_with("ConnectError("))?;
    let address = text.split(", ").nth(1)?;
    address
        .parse::<std::net::SocketAddr>()
        .ok()
        .map(|address| address.to_string())
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

/// What the operator can do something about, by the words the TLS library has for it.
const CERTIFICATE_FAULTS: &[(&str, &str)] = &[
    (
        "UnknownIssuer",
        "its certificate is not from a trusted issuer; a private CA goes into `ca_file`",
    ),
    ("not valid for", "its certificate is for another host name"),
    (
        "NotValidForName",
        "its certificate is for another host name",
    ),
    (
        "not valid yet",
        "its certificate is not valid yet; check this machine's clock",
    ),
    (
        "NotValidYet",
        "its certificate is not valid yet; check this machine's clock",
    ),
    ("revocation", "its certificate may have been revoked"),
    ("Revoked", "its certificate was revoked"),
    (
        "xpired",
        "its certificate has expired and whoever runs it must renew it; if not, check this machine's clock",
    ),
    ("InvalidContentType", "it does not speak TLS on this port"),
    ("handshake eof", "it ended the handshake"),
];

fn tls_words(root: &str) -> String {
    let known = CERTIFICATE_FAULTS
        .iter()
        .find(|(word, _)| root.contains(word));
    match known {
        Some((_, ours)) => format!("{ours} ({root})"),
        None => root.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prints as the library's private error does.
    struct ConnectError(&'static str, &'static str, io::Error);

    impl std::fmt::Debug for ConnectError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "ConnectError({:?}, {}, {:?})", self.0, self.1, self.2)
        }
    }

    impl std::fmt::Display for ConnectError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for ConnectError {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.2)
        }
    }

    fn meaning(says: &'static str, cause: io::Error) -> String {
        connecting(
            &ConnectError(says, "10.0.0.7:3128", cause),
            "api:443".to_owned(),
        )
        .to_string()
    }

    fn tls(words: &'static str) -> String {
        meaning(
            "client error (Connect)",
            io::Error::new(io::ErrorKind::InvalidData, words),
        )
    }

    #[test]
    fn a_refused_connection_names_host_port_and_the_address_tried() {
        let refused = meaning("tcp connect error", io::Error::from_raw_os_error(111));
        assert_eq!(
            refused,
            "cannot connect to api:443: Connection refused (10.0.0.7:3128)"
        );
    }

    #[test]
    fn a_proxy_that_is_down_is_named_by_its_address() {
        let down = meaning("tunnel error: io error", io::Error::from_raw_os_error(111));
        assert_eq!(
            down,
            "cannot connect to api:443: the proxy 10.0.0.7:3128 set in the environment: Connection refused"
        );
    }

    #[test]
    fn a_certificate_fault_says_which_and_names_the_setting() {
        let unknown = tls("invalid peer certificate: UnknownIssuer");
        assert!(unknown.contains("not from a trusted issuer"), "{unknown}");
        assert!(unknown.contains("`ca_file`"), "{unknown}");
        let expired = tls("invalid peer certificate: certificate expired: verification time 1");
        assert!(expired.contains("has expired"), "{expired}");
        assert!(expired.contains("clock"), "{expired}");
        let name = tls("invalid peer certificate: certificate not valid for name \"a\"");
        assert!(name.contains("another host name"), "{name}");
    }

    #[test]
    fn an_unknown_name_is_a_host_not_found() {
        let unknown = meaning("dns error", io::Error::other("Name or service not known"));
        assert_eq!(
            unknown,
            "cannot find host api:443; check `url` and the network"
        );
    }
}
