//! One Kubiya connection: lists, reads and changes executions of the organisation its key belongs to.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::json;

use crate::domain::action::Grouping;
use crate::domain::connection::{Connection, Credentials};
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::outcome::{Answer, ChangeEvent};
use crate::domain::plan::{Reason, Request};
use crate::domain::resource::{Key, Page, Reading, Source};
use crate::domain::text::Clean;
use crate::platforms::http::{self, Authorization, Call, Dialect, Http, Reply};
use crate::platforms::kubiya::wire::One;
use crate::platforms::kubiya::{answers, inspect, listing, refusal, rows};
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::{Loose, same_uuid, uuid};
use crate::platforms::{Platform, Preview};

/// The client of one connection.
#[derive(Debug)]
pub(super) struct Kubiya {
    connection: Connection,
    http: Http,
    /// Whether the service was seen to limit the rate.
    is_limited: AtomicBool,
}

/// Opens it; contacts nobody.
pub(super) fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    let Credentials::ApiKey(key) = &connection.credentials else {
        let why = Clean::new("a Kubiya connection signs in with `api_key`");
        return Err(PlatformError::Trust { why });
    };
    let dialect = Dialect {
        authorization: Authorization::Key(key.clone()),
        setting: "api_key",
        headers: &[],
        error_body: refusal::read,
    };
    Ok(Arc::new(Kubiya {
        connection: connection.clone(),
        http: Http::open(connection, dialect)?,
        is_limited: AtomicBool::new(false),
    }))
}

impl Kubiya {
    async fn read_one(&self, key: &Key) -> Result<Reading, PlatformError> {
        let call = Call::get(["api", "v1", "executions", key.id.raw()]);
        match self.http.read(call).await {
            Ok(reply) => one(key, &reply),
            Err(PlatformError::Refused { said }) if said.says_gone() => Ok(Reading::Gone),
            Err(error) => Err(error),
        }
    }
}

/// The row that was asked for; an answer about any other id is no answer.
fn one(key: &Key, reply: &Reply) -> Result<Reading, PlatformError> {
    let row = reply.json::<Loose<One>>()?.0.map(|one| one.0);
    let Some(row) = row.filter(|row| same_uuid(row.id(), key.id.raw())) else {
        return Err(reply.unreadable("not the execution that was asked for"));
    };
    let mut resource = rows::resource(&key.source, row, &mut Lexicon::default());
    resource.key = key.clone();
    Ok(Reading::Found(Arc::new(resource)))
}

impl Platform for Kubiya {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn list<'a>(&'a self, source: &'a Arc<Source>) -> BoxStream<'a, Result<Page, PlatformError>> {
        listing::pages(&self.http, &self.is_limited, source)
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Reading, PlatformError>> {
        self.read_one(key).boxed()
    }

    fn inspect<'a>(&'a self, key: &'a Key, inquiry: Inquiry) -> BoxStream<'a, Part> {
        let id = key.id.raw();
        let part = async move {
            match inquiry {
                Inquiry::Detail => inspect::document(&self.http, id).await,
                Inquiry::Logs { .. } => inspect::messages(&self.http, id).await,
            }
        };
        part.into_stream().boxed()
    }

    fn change<'a>(&'a self, request: &'a Request) -> BoxStream<'a, ChangeEvent> {
        if let Some(why) = unfit(request) {
            return stream::iter(not_sent(request, why)).boxed();
        }
        let sendings = self.http.change(call(request));
        sendings
            .flat_map(|sending| stream::iter(http::events(request, sending, answered)))
            .boxed()
    }

    fn preview(&self, request: &Request) -> Preview {
        Preview::of(&self.http, call(request))
    }

    fn page_size(&self) -> usize {
        listing::PAGE
    }

    fn http(&self) -> &Http {
        &self.http
    }

    fn bulk<'a>(&'a self, _: &'a Source) -> BoxFuture<'a, Result<&'static str, PlatformError>> {
        async { Ok("bulk termination on, with a reason") }.boxed()
    }

    fn roles(&self) -> &'static str {
        "a key of a member of the organisation, for listing and for changing"
    }
}

/// Why a request must not leave: one id that is no UUID makes the service fail all that follow it (6.3).
fn unfit(request: &Request) -> Option<&'static str> {
    if ids(request).any(|id| uuid(id).is_none()) {
        return Some("not sent: an id of the request is not a UUID and would spoil the others");
    }
    let needed = request.verb().needs_reason;
    let reason = request.reason().map_or("", Clean::as_str);
    let fits = (1..=Reason::LONGEST).contains(&reason.chars().count());
    (needed && !fits).then_some("not sent: Kubiya needs a reason of 1 to 500 characters")
}

fn ids(request: &Request) -> impl Iterator<Item = &str> {
    let operations = request.operations().iter();
    operations.map(|operation| operation.key.id.raw())
}

fn not_sent<'a>(request: &'a Request, why: &'a str) -> impl Iterator<Item = ChangeEvent> + 'a {
    let keys = request.operations().iter().map(|o| o.key.clone());
    keys.map(|key| ChangeEvent::Answered(key, Answer::NotSent(Clean::new(why))))
}

fn call(request: &Request) -> Call {
    let ids: Vec<&str> = ids(request).collect();
    let word = request.verb().word;
    if request.verb().grouping == Grouping::Single {
        return Call::new("POST", ["api", "v1", "executions", ids[0], word]);
    }
    let reason = request.reason().map_or("", Clean::as_str);
    let body = json!({"execution_ids": ids, "reason": reason});
    let path = ["api", "v1", "executions", "batch", "terminate"];
    Call::new("POST", path).json("application/json", &body)
}

/// What a whole reply says of each id.
pub(super) fn answered(
    request: &Request,
    reply: &Reply,
) -> Result<Vec<ChangeEvent>, PlatformError> {
    match request.verb().grouping {
        Grouping::Single => answers::of_single(request, reply),
        Grouping::Connection | Grouping::Verb | Grouping::ScopeAndKind => {
            answers::of_batch(request, reply)
        }
    }
}
