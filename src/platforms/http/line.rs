//! The HTTP library, set up so that it neither retries, redirects nor waits by itself.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, redirect};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host, Url};

use crate::domain::error::PlatformError;
use crate::domain::text::Clean;
use crate::platforms::http::answer::{Peer, Reply};
use crate::platforms::http::failure::{self, Failure, Fate};
use crate::platforms::http::{change, retry};

/// Calls of one connection that may be in flight (`UX.md` 4).
const IN_FLIGHT: usize = 8;

const CONNECT: Duration = Duration::from_secs(10);

/// A time in which a read brings not a byte ends it. A change has no such limit: the server may be
/// busy with a hundred rows before it begins to answer.
const READ_IDLE: Duration = Duration::from_secs(30);

const READ_TOTAL: Duration = Duration::from_secs(60);

const MINUTE: Duration = Duration::from_secs(60);

/// Whether two calls are made by one client or the other: their time limits differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A read, or the fetch of a token.
    Read,
    /// A change.
    Change,
}

/// The two clients of a connection.
pub(super) struct Lines {
    reads: Client,
    changes: Client,
    change_total: Duration,
    in_flight: Semaphore,
    /// By the first answer that shows its date.
    clock_ahead: OnceLock<i64>,
    /// When requests left; what is older than a minute goes.
    sent: Mutex<VecDeque<Instant>>,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The clients' own form names proxies, and those may have passwords.
        f.debug_struct("Lines")
            .field("change_total", &self.change_total)
            .finish_non_exhaustive()
    }
}

impl Lines {
    /// Sets both up. `urls` are all that will be asked: where every one of them is on this machine,
    /// neither proxies nor a certificate store come into it.
    pub(super) fn open(
        urls: &[&Url],
        ca_file: Option<&Path>,
        change_total: Duration,
    ) -> Result<Self, PlatformError> {
        let local = urls.iter().all(|url| is_loopback(url));
        let authorities = ca_file.map_or_else(|| Ok(Vec::new()), authorities)?;
        let trusting = |builder: ClientBuilder| {
            let builder = if local {
                builder.no_proxy().tls_certs_only(authorities.clone())
            } else {
                builder
                    .https_only(true)
                    .tls_certs_merge(authorities.clone())
            };
            builder.build().map_err(|error| no_trust(&error))
        };
        Ok(Self {
            reads: trusting(plain(READ_TOTAL).read_timeout(READ_IDLE))?,
            changes: trusting(plain(change_total))?,
            change_total,
            in_flight: Semaphore::new(IN_FLIGHT),
            clock_ahead: OnceLock::new(),
            sent: Mutex::default(),
        })
    }

    /// A request in the making.
    pub(super) fn request(
        &self,
        purpose: Purpose,
        method: &'static str,
        url: Url,
    ) -> RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes());
        self.client(purpose)
            .request(method.expect("the methods of `Call` are tokens"), url)
    }

    fn client(&self, purpose: Purpose) -> &Client {
        match purpose {
            Purpose::Read => &self.reads,
            Purpose::Change => &self.changes,
        }
    }

    /// Sends it once and hears the whole answer, as soon as fewer than eight others are in flight.
    pub(super) async fn exchange(
        &self,
        purpose: Purpose,
        request: RequestBuilder,
        peer: &Peer,
    ) -> Result<Reply, Failure> {
        let _place = self
            .in_flight
            .acquire()
            .await
            .expect("the semaphore is never closed");
        // The last moment at which a change can be held back.
        if purpose == Purpose::Change && change::stop().is_cancelled() {
            return Err(Failure::new(Fate::NotReceived, PlatformError::Stopped));
        }
        let begun = Instant::now();
        self.sent().push_back(begun);
        match request.send().await {
            Ok(response) => {
                if let Some(seconds) = retry::clock_ahead(response.headers(), SystemTime::now()) {
                    self.clock_ahead.get_or_init(|| seconds);
                }
                peer.hear(response, || self.limit(purpose, begun)).await
            }
            Err(error) if error.is_connect() => {
                Err(failure::of_transport(&error, &peer.host, CONNECT))
            }
            Err(error) => Err(failure::of_transport(
                &error,
                &peer.host,
                self.limit(purpose, begun),
            )),
        }
    }

    pub(super) fn requests_a_minute(&self) -> usize {
        self.sent().len()
    }

    /// When the requests of the last minute left.
    fn sent(&self) -> MutexGuard<'_, VecDeque<Instant>> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        while sent.front().is_some_and(|at| at.elapsed() > MINUTE) {
            sent.pop_front();
        }
        sent
    }

    pub(super) fn clock_ahead(&self) -> Option<i64> {
        self.clock_ahead.get().copied()
    }

    /// The limit that a call begun then has run into by now.
    fn limit(&self, purpose: Purpose, begun: Instant) -> Duration {
        match purpose {
            Purpose::Change => self.change_total,
            Purpose::Read if begun.elapsed() < READ_TOTAL => READ_IDLE,
            Purpose::Read => READ_TOTAL,
        }
    }
}

fn plain(total: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("centurion/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(Duration::from_secs(30))
        .timeout(total)
}

/// Whether the host is this machine, by address or by the one name that means it everywhere.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn authorities(file: &Path) -> Result<Vec<Certificate>, PlatformError> {
    let unusable = |why: String| PlatformError::Trust {
        why: Clean::new(&format!("`ca_file` {}: {why}", file.display())),
    };
    let text = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&text).unwrap_or_default();
    if found.is_empty() {
        return Err(unusable("no PEM certificate in it".to_owned()));
    }
    Ok(found)
}

fn no_trust(error: &reqwest::Error) -> PlatformError {
    let text = format!("{error:?}");
    let why = if text.contains("No CA certificates") {
        "no trusted certificates found on this machine; install its `ca-certificates` package, \
         set SSL_CERT_FILE, or name a file in `ca_file`"
    } else {
        "TLS cannot be set up; check `ca_file` and the machine's certificates"
    };
    PlatformError::Trust {
        why: Clean::new(why),
    }
}

/// A call whose URL would not say what was meant.
pub(super) fn not_addressable(segment: &str, host: &str) -> Failure {
    let why = Clean::new(&format!("`{segment}` cannot be part of a path"));
    Failure::new(
        Fate::NotReceived,
        PlatformError::Unreachable {
            host: host.to_owned(),
            why,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_addresses_and_its_name() {
        let local = |text| is_loopback(&Url::parse(text).expect("a URL"));
        assert!(
            local("http://127.0.0.1:1/v2") && local("http://[::1]:1") && local("http://localhost")
        );
        assert!(!local("https://localhost.example.com") && !local("https://127.0.0.1.example.com"));
        assert!(!local("https://10.0.0.1"));
    }

    #[test]
    fn a_ca_file_that_is_missing_or_holds_no_certificate_is_named() {
        let missing = authorities(Path::new("/does/not/exist.pem")).expect_err("missing");
        assert!(
            missing
                .to_string()
                .contains("`ca_file` /does/not/exist.pem"),
            "{missing}"
        );
        let empty = authorities(Path::new("/dev/null")).expect_err("empty");
        assert!(empty.to_string().contains("no PEM certificate"), "{empty}");
    }
}
