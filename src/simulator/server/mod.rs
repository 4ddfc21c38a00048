//! The port: routes of all platforms, the record of requests, faults of whole calls.
//!
//! hyper is used directly: only a service of its own may fail, and so close a connection unanswered.

mod answer;
mod control;
mod ready;
mod record;
mod trouble;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::faults::{self, Fault, Faults, InvalidFault};
use super::{Clock, Engine, Simulated, World};
use crate::domain::connection::Connection;

pub use ready::Ready;
pub use record::Recorded;

use record::Record;
use wire::Wire;

/// How a simulator is started.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Loopback address and port; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Rows over all tenants.
    pub rows: usize,
    /// What the world is derived from.
    pub seed: u64,
    /// How fast simulated time runs.
    pub speed: f64,
}

impl Default for Options {
    /// A free port, and the world that the demo opens.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            rows: 400,
            seed: 1,
            speed: 1.0,
        }
    }
}

/// A running simulator; stops when dropped.
#[derive(Debug)]
pub struct Simulator {
    url: String,
    server: Arc<Server>,
    listening: JoinHandle<()>,
}

impl Simulator {
    /// Binds the port and serves these platforms on it. Must be called inside a Tokio runtime.
    ///
    /// Refuses an address that others could reach (C12) and a speed at which time would not move.
    pub(crate) fn serving(options: Options, platforms: &[&'static Simulated]) -> io::Result<Self> {
        check(&options)?;
        let listener = std::net::TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Arc::new(Server::new(&options, platforms));
        let listening = tokio::spawn(listen(listener, server.clone()));
        Ok(Self {
            url,
            server,
            listening,
        })
    }

    /// The root of all platforms' paths, without a trailing slash: `http://127.0.0.1:18080`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a client in any language needs to begin with.
    pub fn ready(&self) -> Ready {
        Ready::of(&self.url, &self.server.engine.world)
    }

    /// A connection for each tenant, for the demo.
    pub fn connections(&self) -> Vec<Connection> {
        ready::connections(&self.url, &self.server.engine.world)
    }

    /// The requests received so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.server.record.all()
    }

    /// Replaces the set of faults, as `POST /_simulator/faults` does.
    pub fn set_faults(&self, set: Value) -> Result<(), InvalidFault> {
        self.install(faults::read(set)?);
        Ok(())
    }

    /// Replaces the set of faults with one that [`Faults::parse`] has read.
    pub fn install(&self, set: Vec<Fault>) {
        self.server.engine.faults.replace(set);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn check(options: &Options) -> io::Result<()> {
    let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    if !options.listen.ip().is_loopback() {
        return refuse(format!(
            "{} is not a loopback address; the simulator serves this machine only",
            options.listen.ip()
        ));
    }
    if !(options.speed.is_finite() && options.speed > 0.0) {
        return refuse(format!(
            "a speed of {} would not move time forward",
            options.speed
        ));
    }
    Ok(())
}

/// What every connection shares.
#[derive(Debug)]
struct Server {
    engine: Arc<Engine>,
    platforms: Vec<&'static Simulated>,
    routes: Router,
    record: Record,
    /// Changes that are carried out after their connection was closed (`act_late`).
    late: Mutex<JoinSet<()>>,
}

impl Server {
    fn new(options: &Options, platforms: &[&'static Simulated]) -> Self {
        let engine = Arc::new(Engine {
            clock: Clock::start(options.speed),
            world: World::of(options.seed, options.rows),
            faults: Faults::default(),
        });
        let merge =
            |routes: Router, platform: &&Simulated| routes.merge((platform.routes)(&engine));
        let routes = platforms.iter().fold(Router::new(), merge);
        Self {
            routes: answer::with_unknown_routes(routes, platforms),
            engine,
            platforms: platforms.to_vec(),
            record: Record::default(),
            late: Mutex::default(),
        }
    }
}

/// Takes connections until it is dropped, and all of them with it.
async fn listen(listener: TcpListener, server: Arc<Server>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, server.clone()));
                }
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, server: Arc<Server>) {
    let (wire, aside) = Wire::over(stream);
    let service = service_fn(|request| Box::pin(answer::answer(&server, &aside, request)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(wire), service);
    // An error is a client that left or a connection that a fault closed: both are as they should be.
    let _ = (&mut connection).await;
    connection.into_parts().io.into_inner().close().await;
}
