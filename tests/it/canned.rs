//! A server that says exactly what a test tells it to, byte for byte, and keeps what it heard.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// `POST /v2/lm/executions?x=1`.
    pub(crate) line: String,
    /// Its headers, a line each, names in lower case.
    pub(crate) headers: String,
    /// Its body.
    pub(crate) body: String,
}

impl Heard {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The number behind a name of the query; 0 where there is none.
    pub(crate) fn number(&self, name: &str) -> usize {
        let members = self.line.split(['?', '&']);
        let mut number = members.filter_map(|member| member.strip_prefix(name)?.parse().ok());
        number.next_back().unwrap_or(0)
    }

    /// What the server at that address answers to the same request; nothing once it is gone.
    pub(crate) fn pass_on(&self, address: &str) -> Say {
        let head = format!(
            "{} HTTP/1.1\nconnection: close\n{}",
            self.line, self.headers
        );
        let request = head.replace('\n', "\r\n") + &self.body;
        let asked = || -> io::Result<Vec<u8>> {
            let (mut server, mut answer) = (std::net::TcpStream::connect(address)?, Vec::new());
            server.write_all(request.as_bytes())?;
            server.read_to_end(&mut answer)?;
            Ok(answer)
        };
        // That server may run on the same threads.
        tokio::task::block_in_place(asked).map_or(Say::Nothing, Say::Bytes)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

/// What becomes of a request.
pub(crate) enum Say {
    /// These bytes; the connection stays unless they say `connection: close`.
    Bytes(Vec<u8>),
    /// The connection is closed without a byte.
    Nothing,
    /// Not a byte, and the connection stays.
    Silence,
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Say {
    answer(status, "content-type: application/json", body)
}

/// An answer with one more header.
pub(crate) fn answer(status: u16, header: &str, body: impl AsRef<[u8]>) -> Say {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Said\r\n{header}\r\ncontent-length: {length}\r\n\r\n");
    Say::Bytes([head.as_bytes(), body].concat())
}

type Script = dyn Fn(&Heard, usize) -> Say + Send + Sync;

/// The server; it lives as long as the test's runtime.
pub(crate) struct Canned {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Canned {
    /// Starts it. `say` is given each request, and how many had the same line before it.
    pub(crate) async fn start(say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Self {
        let (listener, server) = Self::bind().await;
        let (say, heard): (Arc<Script>, _) = (Arc::new(say), Arc::clone(&server.heard));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&say), Arc::clone(&heard)));
            }
        });
        server
    }

    /// Starts one that is gone after its first connection: nobody listens any more when `say` is asked.
    pub(crate) async fn gone_after_one(
        say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static,
    ) -> Self {
        let (listener, server) = Self::bind().await;
        let heard = Arc::clone(&server.heard);
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a caller");
            drop(listener);
            serve(stream, Arc::new(say), heard).await;
        });
        server
    }

    async fn bind() -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port's address");
        let heard = Arc::default();
        (listener, Self { address, heard })
    }

    /// A URL on it.
    pub(crate) fn url(&self, scheme: &str, path: &str) -> Url {
        Url::parse(&format!("{scheme}://{}{path}", self.address)).expect("a URL")
    }

    /// All that was heard, oldest first.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many requests had that line.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.heard()
            .iter()
            .filter(|heard| heard.line == line)
            .count()
    }
}

async fn serve(stream: TcpStream, say: Arc<Script>, heard: Arc<Mutex<Vec<Heard>>>) {
    let mut stream = BufStream::new(stream);
    while let Some(request) = hear(&mut stream).await {
        let before = {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            let before = heard
                .iter()
                .filter(|earlier| earlier.line == request.line)
                .count();
            heard.push(request.clone());
            before
        };
        match say(&request, before) {
            Say::Nothing => return,
            Say::Silence => std::future::pending().await,
            Say::Bytes(bytes) => {
                let written = stream.write_all(&bytes).await;
                let flushed = stream.flush().await;
                let start = String::from_utf8_lossy(&bytes[..bytes.len().min(500)]);
                if written.is_err() || flushed.is_err() || start.contains("connection: close") {
                    return;
                }
            }
        }
    }
}

async fn hear(stream: &mut BufStream<TcpStream>) -> Option<Heard> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    let mut headers = String::new();
    while !headers.ends_with("\n\r\n") && headers != "\r\n" {
        stream.read_line(&mut headers).await.ok()?;
    }
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let mut heard = Heard {
        line,
        headers: headers.replace("\r\n", "\n"),
        body: String::new(),
    };
    let length = heard
        .header("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    heard.body = String::from_utf8_lossy(&body).into_owned();
    Some(heard)
}
