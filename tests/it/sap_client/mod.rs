//! The SAP AI Core client against canned answers: what it asks, sends and makes of each id.

mod budget;
mod capabilities;
mod changes;
mod contract;
mod groups;
mod inspecting;
mod listing;
mod refusals;
mod rules;
mod x509;

use std::sync::Arc;

use centurion::domain::action::Action;
use centurion::domain::connection::{
    Connection, ConnectionName, Credentials, PlatformId, ReadOnly, Scopes,
};
use centurion::domain::outcome::{Answer, ChangeEvent};
use centurion::domain::plan::{Account, Candidate, Plan, Request};
use centurion::domain::resource::{Id, Key, Page, Reading, Resource, Scope, Source};
use centurion::domain::text::Secret;
use centurion::platforms::{self, Platform};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::canned::{self, Canned, Heard, Say};

const EXECUTIONS: &str = "GET /v2/lm/executions?%24top=1000&%24skip=0";
const BULK_ON: &str =
    r#"{"aiApi":{"capabilities":{"bulkUpdates":{"executions":true,"deployments":true}}}}"#;

/// A client and the server it speaks to.
struct Sap {
    server: Canned,
    client: Arc<dyn Platform>,
}

impl Sap {
    /// Token and meta are answered; the rest by `say`.
    async fn start(
        scopes: Scopes,
        meta: Say,
        say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static,
    ) -> Self {
        let Say::Bytes(meta) = meta else {
            panic!("meta is an answer")
        };
        let server = Canned::start(move |heard, before| match heard.line.as_str() {
            "POST /oauth/token" => {
                json_answer(200, &json!({"access_token": "t", "expires_in": 43_199}))
            }
            "GET /v2/lm/meta" => Say::Bytes(meta.clone()),
            _ => say(heard, before),
        })
        .await;
        Self::over(server, scopes)
    }

    /// What came is all there is.
    async fn whole(
        scopes: Scopes,
        meta: Say,
        say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static,
    ) -> Self {
        let say = move |heard: &Heard, before| {
            if heard.line.ends_with("/$count") {
                return canned::json(200, "0");
            }
            say(heard, before)
        };
        Self::start(scopes, meta, say).await
    }

    /// With bulk, and `$count` is for `say` to answer.
    async fn counted(say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Self {
        Self::start(eval(), canned::json(200, BULK_ON), say).await
    }

    fn over(server: Canned, scopes: Scopes) -> Self {
        let client = platforms::open(&connection(&server, scopes)).expect("loopback");
        Self { server, client }
    }

    async fn with_bulk(say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Self {
        Self::whole(eval(), canned::json(200, BULK_ON), say).await
    }

    async fn without_bulk(say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Self {
        Self::whole(eval(), canned::json(404, "no such page"), say).await
    }

    /// The executions of the first group; deployments come after them.
    fn source(&self) -> Arc<Source> {
        self.sources().swap_remove(0)
    }

    fn sources(&self) -> Vec<Arc<Source>> {
        let connection = self.client.connection();
        connection.known_sources().expect("named scopes")
    }

    async fn pages(&self) -> Vec<Page> {
        self.pages_of(&self.source()).await
    }

    async fn pages_of(&self, source: &Arc<Source>) -> Vec<Page> {
        let pages: Vec<_> = self.client.list(source).collect().await;
        let pages = pages.into_iter().map(|page| page.expect("a page"));
        pages.collect()
    }

    async fn rows(&self) -> Vec<Resource> {
        self.rows_of(&self.source()).await
    }

    async fn rows_of(&self, source: &Arc<Source>) -> Vec<Resource> {
        let pages = self.pages_of(source).await.into_iter();
        pages.flat_map(|page| page.rows).collect()
    }

    async fn read(&self, id: &str) -> Result<Reading, String> {
        self.read_of(&self.source(), id).await
    }

    async fn read_of(&self, source: &Arc<Source>, id: &str) -> Result<Reading, String> {
        let key = Key {
            source: source.clone(),
            id: Id::new(id),
        };
        self.client
            .read(&key)
            .await
            .map_err(|error| error.to_string())
    }

    /// The requests an action over all rows of a source leaves as.
    async fn plan(&self, source: &Arc<Source>, action: Action) -> Vec<Request> {
        let candidate = |row: Resource| Candidate {
            marked_as: row.status.word.clone(),
            row: Arc::new(row),
            bar: None,
        };
        let rows = self.rows_of(source).await.into_iter();
        let accounts = vec![Account::of(self.client.connection())];
        let candidates = rows.map(candidate).collect();
        Plan::propose(action, candidates, accounts, Timestamp::UNIX_EPOCH).requests(None)
    }

    /// What became of an action over all listed rows: `id: answer`, then notes and stops.
    async fn carry_out(&self, action: Action) -> Vec<String> {
        self.carry_out_on(&self.source(), action).await
    }

    async fn carry_out_on(&self, source: &Arc<Source>, action: Action) -> Vec<String> {
        let mut told = Vec::new();
        for request in self.plan(source, action).await {
            let events: Vec<_> = self.client.change(&request).collect().await;
            told.extend(events.iter().map(tell));
        }
        told
    }

    fn changes(&self) -> Vec<Heard> {
        let is_change =
            |heard: &Heard| heard.line.starts_with("PATCH") || heard.line.starts_with("DELETE");
        self.server.heard().into_iter().filter(is_change).collect()
    }
}

fn connection(server: &Canned, scopes: Scopes) -> Connection {
    Connection {
        name: ConnectionName::new("prod").expect("a name"),
        platform: PlatformId::SapAiCore,
        base_url: server.url("http", "/v2"),
        credentials: Credentials::Client {
            token_url: Some(server.url("http", "/oauth/token")),
            id: "sb-1!b2|aicore!b3".to_owned(),
            secret: Secret::new("s$e=c+ret".to_owned()),
        },
        scopes,
        protected: false,
        color: None,
        read_only: ReadOnly::No,
        ca_file: None,
        origin: "a test".to_owned(),
    }
}

fn eval() -> Scopes {
    Scopes::Named(vec![Scope::new("eval")])
}

fn json_answer(status: u16, body: &Value) -> Say {
    canned::json(status, &body.to_string())
}

fn row(id: &str, status: &str) -> Value {
    json!({"id": id, "configurationName": "llama", "status": status, "createdAt": "2026-05-04T08:14:02Z"})
}

fn listing(rows: &[(&str, &str)]) -> Say {
    let rows: Vec<Value> = rows.iter().map(|(id, status)| row(id, status)).collect();
    json_answer(200, &json!({"count": rows.len(), "resources": rows}))
}

/// `$top` and `$skip` of a page that was asked for.
fn asked(heard: &Heard) -> (usize, usize) {
    let numbers = heard
        .line
        .split(['=', '&'])
        .filter_map(|part| part.parse().ok());
    let numbers: Vec<usize> = numbers.collect();
    (numbers[0], numbers[1])
}

/// That page of a listing of so many rows, of which no page has more than `most`.
fn page_of(all: usize, heard: &Heard, most: usize) -> Say {
    let (top, skip) = asked(heard);
    let rows = (skip..all).take(top.min(most));
    let rows: Vec<Value> = rows.map(|n| row(&format!("e{n:06}"), "DEAD")).collect();
    json_answer(200, &json!({"count": rows.len(), "resources": rows}))
}

fn tell(event: &ChangeEvent) -> String {
    match event {
        ChangeEvent::Answered(key, answer) => format!("{}: {}", key.id.raw(), tell_answer(answer)),
        ChangeEvent::Note(note) => format!("note: {note}"),
        ChangeEvent::Waiting { seconds } => format!("waiting {seconds}"),
        ChangeEvent::StopLane(why) => format!("stop: {why}"),
    }
}

fn tell_answer(answer: &Answer) -> String {
    match answer {
        Answer::Scheduled { .. } => "scheduled".to_owned(),
        Answer::Unknown(why) => format!("unknown, {why}"),
        Answer::NotSent(why) => format!("not sent, {why}"),
        Answer::Rejected(rejection) => {
            let part =
                |part: &Option<_>| part.as_ref().map_or_else(String::new, ToString::to_string);
            let (code, request) = (part(&rejection.code), part(&rejection.request_id));
            let later = if rejection.later { ", later" } else { "" };
            format!("rejected {code} {} [{request}]{later}", rejection.reason)
        }
    }
}
