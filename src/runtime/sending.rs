//! A batch on its way: journaled, then sent, lane by lane, all lanes at once.
//!
//! The order of things is the promise: intent on disk and synced, then the first byte; `sending` on disk
//! and synced, then the request it names; answers as they come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, join, join_all};
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use crate::app::message::{BatchMessage, BatchNumber, Message};
use crate::domain::action::{Exclusion, Grouping};
use crate::domain::connection::ConnectionName;
use crate::domain::error::PlatformError;
use crate::domain::outcome::{Answer, ChangeEvent, Outcome};
use crate::domain::plan::{Batch, Request};
use crate::domain::resource::Key;
use crate::domain::streak::Streak;
use crate::domain::text::Clean;
use crate::journal::{JournalError, Writer};
use crate::platforms::http;
use crate::runtime::context::{Client, Context, Live, Sender, lock, tell};

/// Requests of one lane at once: bulk calls, and calls for one row each.
const BULK_AT_ONCE: usize = 4;
const SINGLE_AT_ONCE: usize = 8;

/// One lane of a batch.
struct Lane<'a> {
    context: &'a Context,
    /// Where there is none, the lane is stopped from the start.
    client: Client,
    batch: BatchNumber,
    live: &'a Live,
    out: &'a Sender,
    /// Why nothing further is sent, once that is so.
    stopped: Mutex<Option<(Exclusion, Clean)>>,
    streak: Mutex<Streak>,
}

impl Context {
    /// Writes the intent and sends the batch.
    pub(super) async fn send(&self, number: BatchNumber, batch: Arc<Batch>, out: Sender) {
        let live = self.live(number);
        let say = |message| tell(&out, Message::Batch(number, message));
        match self.open_journal(&batch).await {
            Ok(writer) => {
                let name = writer.name().to_owned();
                *lock(&live.writer) = Some(writer);
                say(BatchMessage::Opened(name)).await;
                self.send_lanes(number, &batch, &live, &out).await;
            }
            Err(error) => {
                let words = Clean::new(&format!("nothing was sent: {error}"));
                say(BatchMessage::NotJournaled(words)).await;
            }
        }
        say(BatchMessage::Done).await;
        live.done.cancel();
    }

    async fn open_journal(&self, batch: &Arc<Batch>) -> Result<Writer, JournalError> {
        let (journal, batch, by) = (self.journal.clone(), batch.clone(), self.by.clone());
        let begun =
            tokio::task::spawn_blocking(move || journal.begin(&batch, &by, Timestamp::now()));
        begun
            .await
            .expect("writing the intent does not panic, and is not cancelled while its task lives")
    }

    async fn send_lanes(&self, number: BatchNumber, batch: &Batch, live: &Live, out: &Sender) {
        let mut lanes: BTreeMap<ConnectionName, Vec<Request>> = BTreeMap::new();
        for request in batch.requests() {
            let lane = lanes.entry(request.connection().clone()).or_default();
            lane.push(request.clone());
        }
        let send = |(name, requests): (ConnectionName, Vec<Request>)| {
            self.send_lane(name, requests, number, live, out).boxed()
        };
        join_all(lanes.into_iter().map(send)).await;
    }

    async fn send_lane(
        &self,
        name: ConnectionName,
        requests: Vec<Request>,
        number: BatchNumber,
        live: &Live,
        out: &Sender,
    ) {
        let client = self.client(&name);
        let not_connected =
            |error: &PlatformError| (Exclusion::NotConnected, Clean::new(&error.to_string()));
        let lane = Lane {
            context: self,
            stopped: Mutex::new(client.as_ref().err().map(not_connected)),
            client,
            batch: number,
            live,
            out,
            streak: Mutex::default(),
        };
        http::until_stopped(live.stop.clone(), lane.send(requests)).await;
    }
}

impl Lane<'_> {
    /// Sends bulk requests and single calls, a few of each at a time.
    async fn send(&self, requests: Vec<Request>) {
        let single = |request: &Request| request.verb().grouping == Grouping::Single;
        let (singles, bulks): (Vec<_>, Vec<_>) = requests.into_iter().partition(single);
        let bulks = self.send_some(bulks, BULK_AT_ONCE);
        let singles = self.send_some(singles, SINGLE_AT_ONCE);
        join(bulks, singles).await;
    }

    fn send_some(&self, requests: Vec<Request>, at_once: usize) -> BoxFuture<'_, ()> {
        let calls = requests
            .into_iter()
            .map(|request| self.send_one(request).boxed());
        let calls: Vec<BoxFuture<'_, ()>> = calls.collect();
        stream::iter(calls)
            .buffer_unordered(at_once)
            .collect()
            .boxed()
    }

    async fn tell(&self, message: BatchMessage) {
        tell(self.out, Message::Batch(self.batch, message)).await;
    }

    /// Writes to the batch's file off the drawing thread; nothing where it is closed.
    async fn write(
        &self,
        write: impl FnOnce(&mut Writer, Timestamp) -> Result<(), JournalError> + Send + 'static,
    ) -> Result<(), JournalError> {
        let writer = self.live.writer.clone();
        let write = move |writer: &mut Writer| write(writer, Timestamp::now());
        let task =
            tokio::task::spawn_blocking(move || lock(&writer).as_mut().map_or(Ok(()), write));
        task.await.expect("writing to the journal does not panic")
    }

    async fn record(&self, key: &Key, outcome: Outcome) -> Result<(), JournalError> {
        let key = key.clone();
        self.write(move |writer, at| writer.answer(&key, &outcome, at))
            .await
    }

    /// Why the next request may not leave, if so.
    fn barred(&self) -> Option<(Exclusion, Clean)> {
        let cancelled = || {
            (
                Exclusion::Cancelled,
                Clean::new("sending was stopped before its turn"),
            )
        };
        let failed = lock(&self.live.why).clone();
        failed
            .or_else(|| lock(&self.stopped).clone())
            .or_else(|| self.live.stop.is_cancelled().then(cancelled))
    }

    async fn send_one(&self, request: Request) {
        if let Some((why, words)) = self.barred() {
            self.leave_out(&request, why, &words).await;
            return;
        }
        let number = request.number();
        if let Err(error) = self
            .write(move |writer, at| writer.sending(number, at))
            .await
        {
            let words = self.journal_failed(&error).await;
            self.leave_out(&request, Exclusion::NotJournaled, &words)
                .await;
            return;
        }
        self.tell(BatchMessage::Sending(number)).await;
        self.follow(&request).await;
    }

    /// Takes in what happens to a request that has left.
    async fn follow(&self, request: &Request) {
        let client = self.client.as_ref();
        let client = client.expect("without a client nothing leaves");
        let mut events = client.change(request);
        let mut open: BTreeSet<Key> = request.operations().iter().map(|o| o.key.clone()).collect();
        let mut telling = None;
        while let Some(event) = events.next().await {
            self.take_in(event, request, &mut open, &mut telling).await;
        }
        self.ended(request, telling).await;
    }

    async fn take_in(
        &self,
        event: ChangeEvent,
        request: &Request,
        open: &mut BTreeSet<Key>,
        telling: &mut Option<Answer>,
    ) {
        match event {
            ChangeEvent::Answered(key, answer) => {
                if open.remove(&key) {
                    // Where the server spoke of a row, the lane works, whatever became of the others.
                    let spoke = |answer: &Answer| {
                        matches!(answer, Answer::Scheduled { .. } | Answer::Rejected(_))
                    };
                    if !telling.as_ref().is_some_and(spoke) {
                        *telling = Some(answer.clone());
                    }
                    self.answered(key, answer).await;
                }
            }
            ChangeEvent::Note(words) => {
                let words = Clean::new(&format!("{}: {words}", request.connection()));
                let note = words.clone();
                let noted = self.write(move |writer, at| writer.note(&note, at)).await;
                self.tell(BatchMessage::Note(words)).await;
                if let Err(error) = noted {
                    self.journal_failed(&error).await;
                }
            }
            ChangeEvent::Waiting { seconds } => {
                let (number, connection) = (request.number(), request.connection().clone());
                let waiting = BatchMessage::Waiting(number, connection, seconds);
                self.tell(waiting).await;
            }
            ChangeEvent::StopLane(words) => self.stop(request.connection(), words).await,
        }
    }

    /// Records an answer and tells it. An answer that cannot be recorded is shown all the same, and
    /// nothing further is sent.
    async fn answered(&self, key: Key, answer: Answer) {
        if matches!(answer, Answer::NotSent(_))
            && let Some((why, words)) = self.barred()
        {
            return self.left_out(key, why, words).await;
        }
        let at = self.context.clock.moment();
        let recorded = self.record(&key, Outcome::from(answer.clone())).await;
        self.tell(BatchMessage::Answered(key, answer, at)).await;
        if let Err(error) = recorded {
            self.journal_failed(&error).await;
        }
    }

    /// A request has ended: its answers are synced, and the lane stops after transport failures or, for
    /// calls for one row each, after equal refusals.
    async fn ended(&self, request: &Request, telling: Option<Answer>) {
        if let Err(error) = self.write(|writer, _| writer.sync()).await {
            self.journal_failed(&error).await;
        }
        let single = request.verb().grouping == Grouping::Single;
        let stop = telling.and_then(|answer| lock(&self.streak).stops_after(&answer, single));
        if let Some(words) = stop {
            self.stop(request.connection(), words).await;
        }
    }

    async fn stop(&self, connection: &ConnectionName, words: Clean) {
        let reason = Clean::new(&format!("lane stopped ({words})"));
        let first = {
            let mut stopped = lock(&self.stopped);
            let first = stopped.is_none();
            stopped.get_or_insert((Exclusion::LaneStopped, reason));
            first
        };
        if first {
            self.tell(BatchMessage::LaneStopped(connection.clone(), words))
                .await;
        }
    }

    async fn journal_failed(&self, error: &JournalError) -> Clean {
        let words = Clean::new(&format!(
            "the journal cannot be written, nothing further is sent: {error}"
        ));
        *lock(&self.live.why) = Some((Exclusion::NotJournaled, words.clone()));
        self.live.stop.cancel();
        self.tell(BatchMessage::JournalFailed(words.clone())).await;
        words
    }

    async fn leave_out(&self, request: &Request, why: Exclusion, words: &Clean) {
        for operation in request.operations() {
            self.left_out(operation.key.clone(), why, words.clone())
                .await;
        }
    }

    async fn left_out(&self, key: Key, why: Exclusion, words: Clean) {
        let recorded = self
            .record(&key, Outcome::LeftOut(why, words.clone()))
            .await;
        self.tell(BatchMessage::LeftOut(key, why, words)).await;
        // A row that is left out because the journal has failed needs no line of its own.
        if let (Err(error), true) = (recorded, why != Exclusion::NotJournaled) {
            self.journal_failed(&error).await;
        }
    }
}
