//! Signing in with a certificate, over mutual TLS: who is shown it, and what is said when it does not convince.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use centurion::domain::connection::{Connection, Credentials};
use centurion::domain::error::PlatformError;
use centurion::domain::text::Secret;
use centurion::platforms;
use futures_util::StreamExt;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair, date_time_ymd};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::{BULK_ON, connection, eval, listing};
use crate::canned::{self, Canned};

/// An authority that only these tests know.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// A certificate for this machine that ends with that year.
    fn pair(&self, last_year: i32) -> Pair {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
        params.not_after = date_time_ymd(last_year, 12, 31);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A token endpoint that asks for a certificate of its authority, and keeps who came and what was asked.
struct Endpoint {
    address: SocketAddr,
    ca_file: NamedTempFile,
    heard: Arc<Mutex<Vec<(CertificateDer<'static>, String)>>>,
}

impl Endpoint {
    async fn start(authority: &Authority, own: &Pair, answer: (u16, &'static str)) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(settings(authority, own)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut ca_file = NamedTempFile::new().expect("a file");
        let written = ca_file.write_all(authority.0.pem().as_bytes());
        written.expect("writable");
        let endpoint = Self {
            address: listener.local_addr().expect("the port's address"),
            ca_file,
            heard: Arc::default(),
        };
        let heard = Arc::clone(&endpoint.heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who does not convince in the handshake is not heard.
                if let Some(visit) = serve(&acceptor, stream, answer).await {
                    heard.lock().expect("no panic").push(visit);
                }
            }
        });
        endpoint
    }

    fn heard(&self) -> Vec<(CertificateDer<'static>, String)> {
        self.heard.lock().expect("no panic").clone()
    }

    /// A connection to that API which signs in here.
    fn connection(&self, api: &Canned, own: &Pair) -> Connection {
        let token_url = format!("https://{}/oauth/token", self.address);
        Connection {
            credentials: Credentials::Certificate {
                token_url: token_url.parse().expect("a URL"),
                id: "sb-1!b2|aicore!b3".to_owned(),
                certificate: Secret::new(own.certificate.clone()),
                key: Secret::new(own.key.clone()),
            },
            ca_file: Some(self.ca_file.path().to_owned()),
            ..connection(api, eval())
        }
    }
}

fn settings(authority: &Authority, own: &Pair) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).expect("an authority");
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("a key");
    ServerConfig::builder()
        .with_client_cert_verifier(verifier.build().expect("one authority"))
        .with_single_cert(vec![der(own)], key)
        .expect("a pair")
}

fn der(pair: &Pair) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate")
}

/// Hears one request, answers it and hangs up.
async fn serve(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    (status, body): (u16, &str),
) -> Option<(CertificateDer<'static>, String)> {
    let mut stream = acceptor.accept(stream).await.ok()?;
    let visitor = stream.get_ref().1.peer_certificates()?.first()?.clone();
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).contains("b3") {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()?;
    Some((visitor, String::from_utf8_lossy(&request).into_owned()))
}

const TOKEN: (u16, &str) = (200, r#"{"access_token": "t", "expires_in": 43199}"#);

const LATER: i32 = 2099;

async fn api() -> Canned {
    Canned::start(|heard, _| match heard.line.as_str() {
        "GET /v2/lm/meta" => canned::json(200, BULK_ON),
        _ => listing(&[("e001", "RUNNING")]),
    })
    .await
}

/// What signing in with that pair comes to.
async fn sign_in(endpoint: &Endpoint, own: &Pair) -> Result<bool, PlatformError> {
    let connection = endpoint.connection(&api().await, own);
    let client = platforms::open(&connection)?;
    client.http().sign_in().await
}

#[tokio::test]
async fn a_certificate_signs_in_and_only_the_token_endpoint_is_shown_it() {
    let authority = Authority::new();
    let (own, api) = (authority.pair(LATER), api().await);
    let endpoint = Endpoint::start(&authority, &authority.pair(LATER), TOKEN).await;
    let client = platforms::open(&endpoint.connection(&api, &own)).expect("a sound pair");
    let source = client.connection().known_sources().expect("named")[0].clone();
    let pages: Vec<_> = client.list(&source).collect().await;
    assert_eq!(pages[0].as_ref().map(|page| page.rows.len()), Ok(1));
    let visits = endpoint.heard();
    let [(visitor, request)] = visits.as_slice() else {
        panic!("{} token calls", visits.len());
    };
    assert_eq!(*visitor, der(&own));
    assert!(request.starts_with("POST /oauth/token HTTP/1.1\r\n"));
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"));
    let body = "\r\n\r\ngrant_type=client_credentials&client_id=sb-1%21b2%7Caicore%21b3";
    assert!(request.ends_with(body), "{request}");
    for call in api.heard() {
        assert_eq!(call.header("authorization"), Some("Bearer t"));
    }
}

#[tokio::test]
async fn an_api_that_asks_for_a_certificate_is_shown_none() {
    let authority = Authority::new();
    let own = authority.pair(LATER);
    let tokens = Endpoint::start(&authority, &authority.pair(LATER), TOKEN).await;
    let other = Endpoint::start(&authority, &authority.pair(LATER), TOKEN).await;
    let mut connection = tokens.connection(&api().await, &own);
    let base_url = format!("https://{}/v2", other.address);
    connection.base_url = base_url.parse().expect("a URL");
    let client = platforms::open(&connection).expect("a sound pair");
    let source = client.connection().known_sources().expect("named")[0].clone();
    let pages: Vec<_> = client.list(&source).collect().await;
    let error = pages[0].as_ref().expect_err("no certificate, no answer");
    assert!(
        error.to_string().contains("asks for a client certificate"),
        "{error}"
    );
    assert!(other.heard().is_empty());
}

#[tokio::test]
async fn each_certificate_that_does_not_convince_is_told_apart() {
    let authority = Authority::new();
    let (good, old) = (authority.pair(LATER), authority.pair(2020));
    let stranger = Authority::new().pair(LATER);
    let endpoint = Endpoint::start(&authority, &good, TOKEN).await;
    let said = |result: Result<bool, PlatformError>| result.expect_err("refused").to_string();
    let own_expired = said(sign_in(&endpoint, &old).await);
    assert!(
        own_expired.contains("the `certificate` of this connection has expired; create a new"),
        "{own_expired}"
    );
    let unknown = said(sign_in(&endpoint, &stranger).await);
    assert!(
        unknown.contains("refused the handshake; check `certificate` and `key`"),
        "{unknown}"
    );
    let theirs = Endpoint::start(&authority, &old, TOKEN).await;
    let their_expired = said(sign_in(&theirs, &good).await);
    assert!(
        their_expired.contains("its certificate has expired and whoever runs it must renew it"),
        "{their_expired}"
    );
    assert!(endpoint.heard().is_empty() && theirs.heard().is_empty());
}

/// What `centurion doctor` says of a connection that signs in there with that pair.
async fn doctor(endpoint: &Endpoint, own: &Pair) -> String {
    let api = api().await;
    let home = tempfile::tempdir().expect("a temporary folder");
    let file = home.path().join("centurion.toml");
    let text = format!(
        "[[connection]]\nname = \"prod\"\nplatform = \"sap-ai-core\"\nclient_id = \"sb-1!b2|aicore!b3\"\n\
         url = \"{}\"\nauth_url = \"https://{}\"\nca_file = \"{}\"\n\
         certificate = {{ env = \"CERTIFICATE\" }}\nkey = {{ env = \"KEY\" }}\n",
        api.url("http", "/v2"),
        endpoint.address,
        endpoint.ca_file.path().display(),
    );
    std::fs::write(&file, text).expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_centurion"));
    command.arg("doctor").arg("--config").arg(file);
    command.env_clear().env("HOME", home.path());
    command
        .env("CERTIFICATE", &own.certificate)
        .env("KEY", &own.key);
    let run = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output());
    let output = run.await.expect("no panic").expect("the binary runs");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8(said).expect("text")
}

#[tokio::test]
async fn doctor_signs_in_with_a_certificate_and_says_whose_has_expired() {
    let authority = Authority::new();
    let (good, old) = (authority.pair(LATER), authority.pair(2020));
    let endpoint = Endpoint::start(&authority, &good, TOKEN).await;
    let well = doctor(&endpoint, &good).await;
    assert!(well.contains("ok    setting   key: *** (env"), "{well}");
    assert!(
        well.contains("ok    list      default executions: 1 rows"),
        "{well}"
    );
    let ours = doctor(&endpoint, &old).await;
    assert!(
        ours.contains("FAIL  tls       no secure connection to 127.0.0.1:"),
        "{ours}"
    );
    assert!(
        ours.contains("`certificate` of this connection has expired"),
        "{ours}"
    );
    let theirs = Endpoint::start(&authority, &old, TOKEN).await;
    let theirs = doctor(&theirs, &good).await;
    assert!(
        theirs.contains("its certificate has expired and whoever runs it"),
        "{theirs}"
    );
}

#[tokio::test]
async fn a_certificate_the_service_does_not_know_is_refused_credentials_with_its_settings() {
    let authority = Authority::new();
    let pair = authority.pair(LATER);
    let refusal = r#"{"error":"unauthorized","error_description":"Unknown certificate"}"#;
    let endpoint = Endpoint::start(&authority, &pair, (401, refusal)).await;
    let refused = sign_in(&endpoint, &pair).await.expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "SAP AI Core refused the credentials (Unknown certificate, code unauthorized); check `client_id, certificate, key`"
    );
}

#[tokio::test]
async fn what_is_no_pair_is_refused_before_anybody_is_asked_and_not_repeated() {
    let authority = Authority::new();
    let (one, other) = (authority.pair(LATER), authority.pair(LATER));
    let endpoint = Endpoint::start(&authority, &one, TOKEN).await;
    let mixed = |certificate: &str, key: &str| Pair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
    };
    for pair in [
        mixed("c4n4ry", "c4n4ry"),
        mixed(&one.certificate, "c4n4ry"),
        mixed(&one.key, &one.key),
        mixed(&one.certificate, &other.key),
    ] {
        let error = sign_in(&endpoint, &pair).await.expect_err("no pair");
        assert!(matches!(error, PlatformError::Trust { .. }), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("`certificate` and `key`"), "{shown}");
        assert!(!shown.contains("c4n4ry"), "{shown}");
    }
}
