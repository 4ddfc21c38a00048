//! A proxy that tunnels to one place, whatever it is asked for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
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

/// Leads to `target` as a SOCKS 5 proxy without accounts does (RFC 1928); keeps the names it was asked for.
pub(crate) async fn socks(target: SocketAddr) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&heads);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(relay(stream, target, Arc::clone(&heard)));
        }
    });
    Proxy { address, heads }
}

async fn relay(
    mut stream: TcpStream,
    target: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut hello = [0; 2];
    stream.read_exact(&mut hello).await?;
    let mut methods = vec![0; usize::from(hello[1])];
    stream.read_exact(&mut methods).await?;
    stream.write_all(&[5, 0]).await?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).await?;
    assert_eq!(
        head[..4],
        [5, 1, 0, 3],
        "a name is asked for, not an address"
    );
    let mut name = vec![0; usize::from(head[4]) + 2];
    stream.read_exact(&mut name).await?;
    name.truncate(usize::from(head[4]));
    let all = heads.lock();
    let name = String::from_utf8_lossy(&name).into_owned();
    all.unwrap_or_else(PoisonError::into_inner).push(name);
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    let mut target = TcpStream::connect(target).await?;
    copy_bidirectional(&mut stream, &mut target).await?;
    Ok(())
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
