//! The calls: list, read, change. Sign-in, rules, JSON and paging are in the files beside.

use std::sync::{Arc, OnceLock};

use futures_util::future::{self, BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};

use crate::domain::action::{Grouping, Step};
use crate::domain::connection::Connection;
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::outcome::{Answer, ChangeEvent};
use crate::domain::plan::{Operation, Request};
use crate::domain::resource::{Key, Page, Reading, Source};
use crate::domain::text::Clean;
use crate::platforms::http::{self, Call, Http, Sending, Sent};
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::same_uuid;
use crate::platforms::run_ai::batch::{self, Bulk};
use crate::platforms::run_ai::refusal::{self, Verdict};
use crate::platforms::run_ai::wire::{self, Workload};
use crate::platforms::run_ai::{inspect, listing, sign_in, singles};
use crate::platforms::{Platform, Preview};

/// A connection to a Run:ai control plane.
#[derive(Debug)]
pub(super) struct RunAi {
    connection: Connection,
    http: Http,
    /// Set once, by the first answer that shows which batch calls there are.
    bulk: OnceLock<Bulk>,
}

/// Opens a client for a connection.
pub(super) fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    let http = Http::open(connection, sign_in::dialect(connection)?)?;
    let connection = connection.clone();
    Ok(Arc::new(RunAi {
        connection,
        http,
        bulk: OnceLock::new(),
    }))
}

impl RunAi {
    fn bulk(&self) -> Bulk {
        self.bulk.get().copied().unwrap_or(Bulk::Full)
    }

    fn learn(&self, bulk: Bulk) {
        // What was learned first stands: later evidence would change plans that are already open.
        let _ = self.bulk.set(bulk);
    }

    async fn reading(&self, key: &Key) -> Result<Reading, PlatformError> {
        let call = Call::get(["api", "v1", "workloads", key.id.raw()]);
        let workload: Workload = match wire::read(&self.http, call).await {
            Err(PlatformError::Refused { said }) if refusal::is_gone(&said) => {
                return Ok(Reading::Gone);
            }
            other => other?,
        };
        if !same_uuid(workload.id.text(), key.id.raw()) {
            return Err(http::unreadable("it is about another workload"));
        }
        if workload.is_deleted() {
            return Ok(Reading::Gone);
        }
        let row = workload.into_row(key.clone(), self.bulk(), &mut Lexicon::default());
        Ok(Reading::Found(Arc::new(row)))
    }

    fn refused<'a>(
        &'a self,
        request: &'a Request,
        error: PlatformError,
    ) -> BoxStream<'a, ChangeEvent> {
        let has_call = |operation: &&Operation| singles::call(operation).is_some();
        let alone = request.operations().iter().filter(has_call).count();
        let worked = self.bulk.get() == Some(&Bulk::Full);
        let verdict = refusal::verdict(&error, request.verb().step, worked);
        if let Verdict::Alone(Some(learned)) = verdict {
            self.learn(learned);
        }
        let note = format!("batch {error}; single calls instead: {alone}");
        let sent = Sent::Refused(error);
        if verdict == Verdict::Refused || alone == 0 {
            return stream::iter(http::without_answers(request, &sent)).boxed();
        }
        let note = stream::iter([ChangeEvent::Note(Clean::new(&note))]);
        note.chain(singles::send(&self.http, request, http::answer(&sent)))
            .boxed()
    }

    fn send_batch<'a>(&'a self, request: &'a Request) -> BoxStream<'a, ChangeEvent> {
        let events = move |sending| {
            if let Sending::Ended(Sent::Refused(error)) = sending {
                return self.refused(request, error);
            }
            let events = http::events(request, sending, batch::answered);
            // Deletes work from 2.19 on, so only the other two tell that all three do.
            if request.verb().step != Step::Delete && events.iter().any(is_verdict) {
                self.learn(Bulk::Full);
            }
            stream::iter(events).boxed()
        };
        let sendings = wire::change(&self.http, batch::call(request));
        sendings.flat_map(events).boxed()
    }
}

/// Whether the server itself decided on an id.
fn is_verdict(event: &ChangeEvent) -> bool {
    matches!(
        event,
        ChangeEvent::Answered(_, Answer::Scheduled { .. } | Answer::Rejected(_))
    )
}

impl Platform for RunAi {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn list<'a>(&'a self, source: &'a Arc<Source>) -> BoxStream<'a, Result<Page, PlatformError>> {
        listing::pages(&self.http, source, self.bulk())
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Reading, PlatformError>> {
        self.reading(key).boxed()
    }

    fn inspect<'a>(&'a self, key: &'a Key, inquiry: Inquiry) -> BoxStream<'a, Part> {
        inspect::parts(&self.http, key.id.raw(), inquiry)
    }

    fn change<'a>(&'a self, request: &'a Request) -> BoxStream<'a, ChangeEvent> {
        match request.verb().grouping {
            Grouping::Single => {
                let why = Clean::new("no single call for this type");
                singles::send(&self.http, request, Answer::NotSent(why))
            }
            Grouping::Verb | Grouping::Connection | Grouping::ScopeAndKind => {
                self.send_batch(request)
            }
        }
    }

    fn preview(&self, request: &Request) -> Preview {
        let first = &request.operations()[0];
        let alone = request.verb().grouping == Grouping::Single;
        let single = singles::call(first).filter(|_| alone);
        let call = single.unwrap_or_else(|| batch::call(request));
        Preview::of(&self.http, call)
    }

    fn page_size(&self) -> usize {
        listing::PAGE
    }

    fn http(&self) -> &Http {
        &self.http
    }

    fn bulk<'a>(&'a self, _: &'a Source) -> BoxFuture<'a, Result<&'static str, PlatformError>> {
        // No page tells (section 5.3).
        future::ready(Ok("in bulk from 2.22 on, the first change shows it")).boxed()
    }

    fn roles(&self) -> &'static str {
        "a role over the projects that may read workloads to list, and update and delete them to change"
    }
}
