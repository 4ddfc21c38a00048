//! What effects are carried out with: clients, journal, clock.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::message::{BatchNumber, Effect, Message};
use crate::app::table::arrange;
use crate::domain::connection::{Connection, ConnectionName};
use crate::domain::error::PlatformError;
use crate::domain::plan::Request;
use crate::domain::resource::{Key, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};
use crate::domain::tracking::Tracking;
use crate::journal::{Journal, JournalError, Writer};
use crate::platforms::{self, Platform, Preview};

/// Where effects put what they learn.
pub(super) type Sender = mpsc::Sender<Message>;

/// The client of a connection, or why there is none.
pub(super) type Client = Result<Arc<dyn Platform>, PlatformError>;

/// Reads a connection's configuration and secrets again, for a new sign-in.
pub type Reload = Box<dyn Fn(&ConnectionName) -> Option<Connection> + Send + Sync>;

/// The program's clocks.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Starts the monotonic one.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// The present on both.
    pub fn now(&self) -> Now {
        Now {
            moment: self.moment(),
            wall: Timestamp::now(),
        }
    }

    pub(super) fn moment(&self) -> Moment {
        Moment::new(self.started.elapsed())
    }
}

/// What effects are carried out with.
pub struct Context {
    pub(super) clock: Clock,
    pub(super) journal: Journal,
    /// `user@host`, for the journal.
    pub(super) by: String,
    pub(super) rows: Mutex<HashMap<Arc<Source>, usize>>,
    clients: Mutex<HashMap<ConnectionName, Client>>,
    batches: Mutex<HashMap<BatchNumber, Live>>,
    reload: Reload,
}

/// A batch that is being sent or followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    /// Cancelled when nothing further may be sent.
    pub(super) stop: CancellationToken,
    /// Its journal file, once it is open and until it is closed.
    pub(super) writer: Arc<Mutex<Option<Writer>>>,
    /// Cancelled when every request has ended.
    pub(super) done: CancellationToken,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// A lock whose holder panicked still guards good data: every change under these locks is one assignment.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Context {
    /// Opens a client for each connection. Contacts nobody.
    pub fn new(
        connections: &[Connection],
        journal: Journal,
        by: String,
        clock: Clock,
        reload: Reload,
    ) -> Self {
        let client =
            |connection: &Connection| (connection.name.clone(), platforms::open(connection));
        Self {
            clock,
            journal,
            by,
            rows: Mutex::default(),
            clients: Mutex::new(connections.iter().map(client).collect()),
            batches: Mutex::default(),
            reload,
        }
    }

    pub(super) fn client(&self, name: &ConnectionName) -> Client {
        let missing = || PlatformError::Trust {
            why: Clean::new("the connection is no longer configured"),
        };
        lock(&self.clients)
            .get(name)
            .cloned()
            .unwrap_or_else(|| Err(missing()))
    }

    pub(super) fn live(&self, number: BatchNumber) -> Live {
        lock(&self.batches).entry(number).or_default().clone()
    }

    /// Sends nothing further of any batch.
    pub(super) fn stop_sending(&self) {
        lock(&self.batches)
            .values()
            .for_each(|live| live.stop.cancel());
    }

    /// Whether a request of some batch has not ended.
    pub(super) fn is_sending(&self) -> bool {
        lock(&self.batches)
            .values()
            .any(|live| !live.done.is_cancelled())
    }

    /// Carries one effect out; what it learns goes into the channel.
    pub(super) async fn perform(self: Arc<Self>, effect: Effect, out: Sender) {
        match effect {
            Effect::Discover(connection) => self.discover(connection, out).await,
            Effect::List(source) => self.list(source, out).await,
            Effect::Arrange(job) => {
                let view = arrange(job.generation, &job.listings, &job.query, job.now.wall);
                tell(&out, Message::Arranged(Arc::new(view))).await;
            }
            Effect::Read(keys) => self.read(keys, out).await,
            Effect::Send(number, batch) => self.send(number, batch, out).await,
            Effect::StopSending(number) => self.live(number).stop.cancel(),
            Effect::Record(number, seen) => self.record(number, seen).await,
            Effect::Finish(number) => self.end(number).await,
            Effect::Preview(requests) => {
                let texts = requests
                    .iter()
                    .flat_map(|request| self.preview(request))
                    .collect();
                tell(&out, Message::Previewed(texts)).await;
            }
            Effect::SignInAgain(connection) => self.sign_in_again(connection, out).await,
            // Only the owner of the terminal can carry these out.
            Effect::Copy(_) | Effect::Suspend | Effect::Quit(_) => {}
        }
    }

    async fn discover(&self, connection: ConnectionName, out: Sender) {
        let sources = match self.client(&connection) {
            Ok(client) => client.sources().await,
            Err(error) => Err(error),
        };
        tell(&out, Message::Sources(connection, sources)).await;
    }

    async fn sign_in_again(&self, name: ConnectionName, out: Sender) {
        // Reading secrets may run a helper command.
        let reloaded = tokio::task::block_in_place(|| (self.reload)(&name));
        if let Some(connection) = reloaded {
            let client = platforms::open(&connection);
            lock(&self.clients).insert(name.clone(), client);
        }
        tell(&out, Message::SignedInAgain(name)).await;
    }

    /// Lines that show a request as it would leave: the call, its headers and body, an equivalent command.
    fn preview(&self, request: &Request) -> Vec<String> {
        let Ok(client) = self.client(request.connection()) else {
            return Vec::new();
        };
        let Preview {
            method,
            path,
            headers,
            body,
        } = client.preview(request);
        let connection = client.connection();
        let url = format!(
            "{}://{}{path}",
            connection.base_url.scheme(),
            connection.host()
        );
        let mut lines = vec![format!("{method} {url}")];
        let mut command = format!(
            "curl -X {method} {} -H \"Authorization: Bearer $TOKEN\"",
            quoted(&url)
        );
        for (name, value) in headers {
            let header = Clean::new(&format!("{name}: {value}")).to_string();
            let _ = write!(command, " -H {}", quoted(&header));
            lines.push(header);
        }
        if let Some((content_type, body)) = body {
            let header = format!("Content-Type: {content_type}");
            let json = Clean::new(&body.to_string()).to_string();
            let _ = write!(command, " -H {} -d {}", quoted(&header), quoted(&json));
            lines.push(header);
            let pretty = serde_json::to_string_pretty(&body).unwrap_or_default();
            lines.extend(pretty.lines().map(|line| Clean::new(line).to_string()));
        }
        lines.extend([String::new(), command, String::new()]);
        lines
    }

    async fn record(&self, number: BatchNumber, seen: Vec<(Key, Clean, Tracking)>) {
        let writer = self.live(number).writer;
        let at = Timestamp::now();
        // Observations are not worth stopping for: what cannot be written is read back at the next start.
        let _ = written(writer, move |writer| {
            seen.iter()
                .try_for_each(|(key, word, tracking)| writer.seen(key, word, tracking.word(), at))
        })
        .await;
    }

    async fn end(&self, number: BatchNumber) {
        let writer = self.live(number).writer;
        let ended = tokio::task::spawn_blocking(move || {
            let taken = lock(&writer).take();
            taken.map_or(Ok(()), |writer| writer.end(Timestamp::now()))
        });
        // An end that cannot be written leaves the batch unfinished, which the next start reads back.
        let _ = ended.await;
    }
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Writes to a journal file off the drawing thread; nothing where the file is closed.
pub(super) async fn written(
    writer: Arc<Mutex<Option<Writer>>>,
    write: impl FnOnce(&mut Writer) -> Result<(), JournalError> + Send + 'static,
) -> Result<(), JournalError> {
    let task = tokio::task::spawn_blocking(move || lock(&writer).as_mut().map_or(Ok(()), write));
    task.await.unwrap_or(Ok(()))
}

/// Puts a message into the channel. Where nobody listens any more the program is ending, and what was
/// learned is in the journal.
pub(super) async fn tell(out: &Sender, message: Message) {
    let _ = out.send(message).await;
}
