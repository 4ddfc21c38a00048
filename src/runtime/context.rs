//! What effects are carried out with: clients, journal, clock.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::message::{BatchMessage, BatchNumber, Effect, Message, Seen};
use crate::app::table::arrange;
use crate::domain::action::Exclusion;
use crate::domain::connection::{Connection, ConnectionName};
use crate::domain::error::PlatformError;
use crate::domain::plan::Request;
use crate::domain::resource::Source;
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};
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
    /// Where saved files go.
    pub(super) files: PathBuf,
    /// The newest inquiry; cancelled when another is made, since its page was left.
    pub(super) inquiry: Mutex<(u64, CancellationToken)>,
    clients: Mutex<HashMap<ConnectionName, Client>>,
    batches: Mutex<HashMap<BatchNumber, Live>>,
    /// Cancelled when the program leaves: nothing is sent from then on, by whatever batch.
    leaving: CancellationToken,
    reload: Reload,
    /// What the screen says of each connection, and so what is confirmed of it.
    shown: Vec<Connection>,
}

/// A batch that is being sent or followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    /// Cancelled when nothing further may be sent.
    pub(super) stop: CancellationToken,
    /// Why, where it was not the operator's wish.
    pub(super) why: Arc<Mutex<Option<(Exclusion, Clean)>>>,
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
            files: PathBuf::from("."),
            inquiry: Mutex::default(),
            clients: Mutex::new(connections.iter().map(client).collect()),
            batches: Mutex::default(),
            leaving: CancellationToken::new(),
            reload,
            shown: connections.into(),
        }
    }

    /// With another folder for saved files than the one the program was started in.
    #[must_use]
    pub fn saving_into(mut self, files: PathBuf) -> Self {
        self.files = files;
        self
    }

    pub(super) fn client(&self, name: &ConnectionName) -> Client {
        let client = lock(&self.clients).get(name).cloned();
        client.unwrap_or_else(|| {
            let why = Clean::new("the connection is no longer configured");
            Err(PlatformError::Trust { why })
        })
    }

    pub(super) fn live(&self, number: BatchNumber) -> Live {
        let new = || Live {
            stop: self.leaving.child_token(),
            ..Live::default()
        };
        lock(&self.batches)
            .entry(number)
            .or_insert_with(new)
            .clone()
    }

    /// Sends nothing further of any batch.
    pub(super) fn stop_sending(&self) {
        self.leaving.cancel();
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
            Effect::ReadById(keys) => self.look_for(keys, out).await,
            Effect::Inspect(key, inquiry, number) => self.inspect(&key, inquiry, number, out).await,
            Effect::CountRequests => {
                let counts = self.requests_a_minute();
                tell(&out, Message::Requests(counts)).await;
            }
            Effect::ReadText(name) => self.read_text(name, out).await,
            Effect::Save(name, what) => self.save(name, what, out).await,
            Effect::Send(number, batch) => self.send(number, batch, out).await,
            Effect::StopSending(number) => self.live(number).stop.cancel(),
            Effect::Preview(requests) => {
                let texts = requests.iter().flat_map(|request| self.preview(request));
                tell(&out, Message::Previewed(texts.collect())).await;
            }
            Effect::ReadJournal => self.read_journal(out).await,
            Effect::SignInAgain(connection) => self.sign_in_again(connection, out).await,
            // The session keeps these in order, or leaves them to the owner of the terminal.
            Effect::Adopt(..)
            | Effect::Record(..)
            | Effect::Finish(_)
            | Effect::Copy(_)
            | Effect::Suspend
            | Effect::Demo
            | Effect::Quit(_) => {}
        }
    }

    fn requests_a_minute(&self) -> Vec<(ConnectionName, usize)> {
        let clients = lock(&self.clients);
        let clients = clients.iter();
        let counts = clients.filter_map(|(name, client)| {
            let count = client.as_ref().ok()?.http().requests_a_minute();
            Some((name.clone(), count))
        });
        counts.collect()
    }

    async fn discover(&self, connection: ConnectionName, out: Sender) {
        let sources = match self.client(&connection) {
            Ok(client) => client.sources().await,
            Err(error) => Err(error),
        };
        tell(&out, Message::Sources(connection, sources)).await;
    }

    /// Opens the connection's client anew, with freshly read secrets. Anything but a secret that changed
    /// needs a restart: what is on screen, and what was confirmed, was said of the old settings.
    async fn sign_in_again(self: Arc<Self>, name: ConnectionName, out: Sender) {
        let (context, wanted) = (self.clone(), name.clone());
        // Reading secrets may run a helper command.
        let reloaded = tokio::task::spawn_blocking(move || (context.reload)(&wanted)).await;
        let message = match reloaded.ok().flatten() {
            None => Message::Notice(format!(
                "{name}: its configuration cannot be read; see `centurion config check`"
            )),
            Some(new)
                if !self
                    .shown
                    .iter()
                    .any(|shown| shown.is_but_for_secrets(&new)) =>
            {
                Message::Notice(format!(
                    "{name}: more than its secret changed; restart to use it"
                ))
            }
            Some(new) => {
                lock(&self.clients).insert(name.clone(), platforms::open(&new));
                Message::SignedInAgain(name)
            }
        };
        tell(&out, message).await;
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
        let (scheme, host) = (connection.base_url.scheme(), connection.host());
        let url = format!("{scheme}://{host}{path}");
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

    /// Writes observations in the order they were made, until nobody makes any.
    pub(super) async fn observe(
        self: Arc<Self>,
        mut observations: mpsc::UnboundedReceiver<Observation>,
        out: Sender,
    ) {
        while let Some(observation) = observations.recv().await {
            let (context, number) = (self.clone(), observation.batch());
            let written = tokio::task::spawn_blocking(move || context.write(observation));
            if let Ok(Some(message)) = written.await {
                tell(&out, Message::Batch(number, message)).await;
            }
        }
    }

    /// Puts what was written of open batches onto the disk, for the end of the program (T13).
    pub(super) fn sync(&self) {
        for live in lock(&self.batches).values() {
            if let Some(writer) = lock(&live.writer).as_mut() {
                // What cannot be synced now is read back at the next start.
                let _ = writer.sync();
            }
        }
    }

    fn write(&self, observation: Observation) -> Option<BatchMessage> {
        let at = Timestamp::now();
        match observation {
            Observation::Adopt(number, name) => {
                let adopted = match self.journal.adopt(&name, &self.by, at) {
                    Ok(adopted) => adopted,
                    Err(JournalError::Live { .. } | JournalError::NotUnfinished { .. }) => {
                        return Some(BatchMessage::Elsewhere);
                    }
                    Err(error) => {
                        return Some(BatchMessage::JournalFailed(Clean::new(&error.to_string())));
                    }
                };
                let live = self.live(number);
                live.done.cancel();
                *lock(&live.writer) = Some(adopted);
                None
            }
            Observation::Seen(number, seen) => {
                let live = lock(&self.batches).get(&number).cloned()?;
                let mut writer = lock(&live.writer);
                let writer = writer.as_mut()?;
                let mut rows = seen.iter();
                let written = rows.try_for_each(|(key, word, tracking)| {
                    writer.seen(key, word, tracking.word(), at)
                });
                written.err().map(|error| not_kept(&error))
            }
            Observation::End(number) => {
                let live = lock(&self.batches).remove(&number)?;
                let writer = lock(&live.writer).take()?;
                writer.end(at).err().map(|error| not_kept(&error))
            }
        }
    }
}

/// What is written of a batch that was sent.
#[derive(Debug)]
pub(super) enum Observation {
    /// Go on with a batch that an earlier run left without an end.
    Adopt(BatchNumber, String),
    /// What tracking shows of some rows.
    Seen(BatchNumber, Vec<Seen>),
    /// The batch has settled.
    End(BatchNumber),
}

impl Observation {
    const fn batch(&self) -> BatchNumber {
        match self {
            Self::Adopt(number, _) | Self::Seen(number, _) | Self::End(number) => *number,
        }
    }
}

fn not_kept(error: &JournalError) -> BatchMessage {
    let words = format!("what is seen now is not kept: {error}");
    BatchMessage::JournalFailed(Clean::new(&words))
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Puts a message into the channel. Where nobody listens any more the program is ending, and what was
/// learned is in the journal.
pub(super) async fn tell(out: &Sender, message: Message) {
    let _ = out.send(message).await;
}
