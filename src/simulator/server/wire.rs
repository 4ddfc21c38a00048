//! A socket that does what no HTTP library would: one byte at a time, bytes that are no HTTP, a reset.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// What the answer to a request asks of its socket, beside the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside(Arc<Mutex<Wish>>);

#[derive(Debug, Default)]
pub(super) struct Wish {
    /// The time between two bytes.
    pub(super) pace: Option<Duration>,
    /// Sent as they are once the connection has ended.
    pub(super) last_words: Vec<u8>,
    /// Whether the next request resets the connection with its first byte.
    pub(super) ends: bool,
}

impl Aside {
    pub(super) fn wish(&self) -> MutexGuard<'_, Wish> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

/// The server's side of a connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    aside: Aside,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(super) fn over(stream: TcpStream) -> (Self, Aside) {
        let aside = Aside::default();
        let wire = Self {
            stream,
            aside: aside.clone(),
            pause: None,
        };
        (wire, aside)
    }

    /// Says what is left to say, and closes.
    pub(super) async fn close(mut self) {
        let last_words = std::mem::take(&mut self.aside.wish().last_words);
        // A client that has left hears nothing.
        let _ = self.stream.write_all(&last_words).await;
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.aside.wish().ends {
            let mut first = [0];
            ready!(
                self.stream
                    .poll_peek(context, &mut ReadBuf::new(&mut first))
            )?;
            // What is closed before it was read is reset.
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let pace = self.aside.wish().pace;
        let Some(between) = pace else {
            return Pin::new(&mut self.stream).poll_write(context, buf);
        };
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
        }
        self.pause = Some(Box::pin(tokio::time::sleep(between)));
        let first = &buf[..buf.len().min(1)];
        Pin::new(&mut self.stream).poll_write(context, first)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
