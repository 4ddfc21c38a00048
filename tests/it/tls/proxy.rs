//! A proxy that tunnels to one place, whatever it is asked for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The proxy; it lives as long as the test's runtime.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Leads to `target`; with an account (`user:password`) those who name it, and nobody else.
    pub(crate) async fn to(target: SocketAddr, account: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::default();
        let wanted = account.map(|account| {
            let coded = BASE64_STANDARD.encode(account);
            format!("proxy-authorization: Basic {coded}")
        });
        let heard = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, target, wanted.clone(), Arc::clone(&heard)));
            }
        });
        Self { address, heads }
    }

    /// The heads of the requests it got, names in lower case as they came.
    pub(crate) fn heads(&self) -> Vec<String> {
        let heads = self.heads.lock();
        heads.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn tunnel(
    stream: TcpStream,
    target: SocketAddr,
    wanted: Option<String>,
    heads: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).await? > 0 {}
    let welcome = wanted.is_none_or(|wanted| {
        let mut lines = head.lines();
        lines.any(|line| line.eq_ignore_ascii_case(&wanted))
    });
    let all = heads.lock();
    all.unwrap_or_else(PoisonError::into_inner).push(head);
    if !welcome {
        let no = b"HTTP/1.1 407 Who are you?\r\nproxy-authenticate: Basic realm=\"p\"\r\ncontent-length: 0\r\n\r\n";
        return stream.write_all(no).await;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    let mut target = TcpStream::connect(target).await?;
    copy_bidirectional(&mut stream, &mut target).await?;
    Ok(())
}
