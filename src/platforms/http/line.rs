//! The HTTP library, set up so that it neither retries, redirects nor waits by itself.

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::AUTHORIZATION;
use reqwest::{Certificate, Client, ClientBuilder, Identity, Request, RequestBuilder, redirect};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host, Url};

use crate::domain::connection::{Connection, Credentials};
use crate::domain::error::PlatformError;
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::answer::{Peer, Reply, host_and_port};
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

/// What a call is for, and so which client makes it: time limits differ, and so does who sees a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The fetch of a token: a read that may show the connection's certificate.
    SignIn,
    /// A read.
    Read,
    /// A change.
    Change,
}

/// The clients of a connection.
pub(super) struct Lines {
    sign_in: Client,
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
    /// Sets them up. Where one leads to this machine,
    /// neither proxies nor a certificate store come into it.
    pub(super) fn open(token_url: &Url, connection: &Connection) -> Result<Self, PlatformError> {
        let change_total = connection.platform.change_limit();
        let ca_file = connection.ca_file.as_deref();
        let authorities = ca_file.map_or_else(|| Ok(Vec::new()), authorities)?;
        let trusting = |url: &Url, builder: ClientBuilder| {
            let builder = if is_loopback(url) {
                builder.no_proxy().tls_certs_only(authorities.clone())
            } else {
                builder.tls_certs_merge(authorities.clone())
            };
            builder.build().map_err(|error| no_trust(&error))
        };
        let reading = || plain(READ_TOTAL).read_timeout(READ_IDLE);
        let signing_in = match &connection.credentials {
            Credentials::Certificate {
                certificate, key, ..
            } => reading().identity(identity(certificate, key)?),
            Credentials::Client { .. } | Credentials::ApiKey(_) => reading(),
        };
        let base = &connection.base_url;
        Ok(Self {
            sign_in: trusting(token_url, signing_in)?,
            reads: trusting(base, reading())?,
            changes: trusting(base, plain(change_total))?,
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
            Purpose::SignIn => &self.sign_in,
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
        let failed = |error: reqwest::Error| {
            let limit = if error.is_connect() {
                CONNECT
            } else {
                self.limit(purpose, begun)
            };
            failure::of_transport(&error, &peer.host, limit)
        };
        let (client, request) = request.build_split();
        let request = request.map_err(failed)?;
        let hidden = match bearer(&request) {
            Some(token) => peer.hidden.clone().and(token),
            None => peer.hidden.clone(),
        };
        let response = client.execute(request).await.map_err(failed)?;
        if let Some(seconds) = retry::clock_ahead(response.headers(), SystemTime::now()) {
            self.clock_ahead.get_or_init(|| seconds);
        }
        let limit = || self.limit(purpose, begun);
        peer.hear(response, &hidden, limit).await
    }

    /// Waits until fewer than so many requests have left in the last minute.
    pub(super) async fn calm(&self, most: usize) {
        loop {
            let wait = {
                let sent = self.sent();
                let over = sent.len().checked_sub(most);
                over.map(|over| MINUTE.saturating_sub(sent[over].elapsed()))
            };
            let Some(wait) = wait else { return };
            // What is a whole minute old still counts.
            tokio::time::sleep(wait + Duration::from_millis(1)).await;
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
            Purpose::SignIn | Purpose::Read if begun.elapsed() < READ_TOTAL => READ_IDLE,
            Purpose::SignIn | Purpose::Read => READ_TOTAL,
        }
    }
}

/// The token a request is signed with.
fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}

/// Host and port as messages name them: with the proxy of the environment between here and there, which is
/// told without its password (N31).
pub(super) fn named(url: &Url) -> String {
    let host = host_and_port(url);
    let between = || Matcher::from_system().intercept(&url.as_str().parse().ok()?);
    match (!is_loopback(url)).then(between).flatten() {
        Some(proxy) => {
            let proxy = proxy.uri().authority().map_or("", |name| name.as_str());
            let place = proxy.rsplit('@').next().unwrap_or_default();
            format!("{host} through the proxy {place}")
        }
        None => host,
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

/// The certificates of a file, or of all files of a folder that can be read, as `REQUESTS_CA_BUNDLE` may name one.
/// A folder of authorities often holds links to nothing.
fn authorities(place: &Path) -> Result<Vec<Certificate>, PlatformError> {
    let unusable = |why: String| PlatformError::Trust {
        why: Clean::new(&format!(
            "`ca_file` {}: {why}; `centurion config check` says where it is named",
            place.display()
        )),
    };
    let texts: Vec<Vec<u8>> = match fs::read_dir(place) {
        Ok(entries) => {
            let files = entries.flatten().map(|entry| entry.path());
            let files = files.filter(|file| file.is_file());
            files.flat_map(fs::read).collect()
        }
        Err(_) => vec![fs::read(place).map_err(|error| unusable(error.to_string()))?],
    };
    let mut found = Vec::new();
    for text in &texts {
        found.extend(Certificate::from_pem_bundle(text).unwrap_or_default());
    }
    if found.is_empty() {
        return Err(unusable("no PEM certificate in it".to_owned()));
    }
    Ok(found)
}

/// What the library says of a bad one is left out: it may quote it.
fn identity(certificate: &Secret, key: &Secret) -> Result<Identity, PlatformError> {
    let pem = [key.expose(), "\n", certificate.expose()].concat();
    Identity::from_pem(pem.as_bytes()).map_err(|_| {
        let why = "`certificate` and `key` are not a PEM certificate and its private key";
        PlatformError::Trust {
            why: Clean::new(why),
        }
    })
}

fn no_trust(error: &reqwest::Error) -> PlatformError {
    let text = format!("{error:?}");
    let why = if text.contains("No CA certificates") {
        "no trusted certificates found on this machine; install its `ca-certificates` package, \
         set SSL_CERT_FILE, or name a file in `ca_file`"
    } else {
        "TLS cannot be set up; check `ca_file`, `certificate` and `key`, and the machine's certificates"
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
