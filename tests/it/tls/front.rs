//! HTTPS before a server that speaks plain HTTP, with any certificate, by HTTP/1.1 or HTTP/2.

use std::net::{SocketAddr, TcpListener as Bound};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::{Version, header};
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Who signs certificates, and the file that says so.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// What a server shows of itself.
pub(crate) type Identity = Arc<ServerConfig>;

/// Years in which a certificate holds.
pub(crate) const ALWAYS: (i32, i32) = (2000, 4000);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("writable");
        Self { issuer, folder }
    }

    /// Its own certificate as PEM, for `ca_file`.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for a host, from the first of the years to the last, on a server that speaks a protocol
    /// (`h2`, `http/1.1`).
    pub(crate) fn signs(&self, host: &str, (from, to): (i32, i32), protocol: &str) -> Identity {
        let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("signed");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder().with_no_client_auth();
        let mut config = config
            .with_single_cert(vec![signed.der().clone()], key)
            .expect("they belong together");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Arc::new(config)
    }
}

/// One request that came through a front.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) version: Version,
    pub(crate) headers: String,
}

/// The front; it lives as long as the test's runtime.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    identity: watch::Sender<Identity>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Front {
    /// Passes on what it is asked to `upstream`, the root URL of a server.
    pub(crate) fn before(upstream: &str, identity: Identity) -> Self {
        let bound = Bound::bind("127.0.0.1:0").expect("a free port");
        bound.set_nonblocking(true).expect("a socket");
        let address = bound.local_addr().expect("an address");
        let (identity, shown) = watch::channel(identity);
        let came = Arc::default();
        let server = Passing {
            upstream: upstream.trim_end_matches('/').to_owned(),
            client: plain_client(),
            came: Arc::clone(&came),
        };
        tokio::spawn(async move {
            let listener = TcpListener::from_std(bound).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shown.clone(), server.clone()));
            }
        });
        Self {
            address,
            identity,
            came,
        }
    }

    /// Shows another certificate from now on; what is connected is cut off.
    pub(crate) fn show(&self, identity: Identity) {
        self.identity.send_replace(identity);
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        let came = self.came.lock();
        came.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn plain_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    client.build().expect("a client without certificates")
}

#[derive(Clone)]
struct Passing {
    upstream: String,
    client: reqwest::Client,
    came: Arc<Mutex<Vec<Came>>>,
}

async fn serve(stream: TcpStream, mut shown: watch::Receiver<Identity>, server: Passing) {
    let identity = shown.borrow_and_update().clone();
    let Ok(stream) = TlsAcceptor::from(identity).accept(stream).await else {
        return;
    };
    let by_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let io = TokioIo::new(stream);
    let service = service_fn(|request| pass_on(server.clone(), request));
    let whole = async {
        if by_h2 {
            let builder = http2::Builder::new(TokioExecutor::new());
            builder.serve_connection(io, service).await
        } else {
            http1::Builder::new().serve_connection(io, service).await
        }
    };
    tokio::select! {
        _ended = whole => {}
        _ = shown.changed() => {}
    }
}

async fn pass_on(server: Passing, request: Request<Incoming>) -> reqwest::Result<Response> {
    let (mut parts, body) = request.into_parts();
    let came = Came {
        version: parts.version,
        headers: format!("{:?}", parts.headers),
    };
    let all = server.came.lock();
    all.unwrap_or_else(PoisonError::into_inner).push(came);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", server.upstream);
    parts.headers.remove(header::HOST);
    let body = to_bytes(Body::new(body), usize::MAX).await;
    let asked = server.client.request(parts.method, url);
    let asked = asked.headers(parts.headers).body(body.unwrap_or_default());
    let said = asked.send().await?;
    let mut answer = Response::builder().status(said.status());
    if let Some(kind) = said.headers().get(header::CONTENT_TYPE) {
        answer = answer.header(header::CONTENT_TYPE, kind);
    }
    let body = Body::from(said.bytes().await?);
    Ok(answer.body(body).expect("what a server said"))
}
