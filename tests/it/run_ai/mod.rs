//! The Run:ai client against the Run:ai simulator, over HTTP. Here is the scene the tests play in.

mod caller;
mod changes;
mod inspect;
mod listing;
mod old_servers;
mod rows;
mod sign_in;
mod simulator;
mod singles;

use std::collections::HashSet;
use std::sync::Arc;

use centurion::domain::action::{Action, Grouping, Offer};
use centurion::domain::connection::{Connection, Credentials, PlatformId, Scopes};
use centurion::domain::error::PlatformError;
use centurion::domain::outcome::{Answer, ChangeEvent};
use centurion::domain::plan::{Account, Candidate, Plan, Request};
use centurion::domain::resource::{Group, Id, Key, Reading, Resource, Scope};
use centurion::domain::text::{Clean, Secret};
use centurion::platforms::{self, Platform};
use centurion::simulator::{Options, Recorded, Simulator, World};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::canned::{self, Canned, Heard, Say};

/// Simulated seconds are milliseconds here, so nothing waits.
const SPEED: f64 = 1_000.0;

struct Scene {
    simulator: Simulator,
    platform: Arc<dyn Platform>,
}

fn connection(simulator: &Simulator) -> Connection {
    let mut connections = simulator.connections().into_iter();
    connections
        .find(|connection| connection.platform == PlatformId::RunAi)
        .expect("the world has a Run:ai tenant")
}

impl Scene {
    fn of(rows: usize) -> Self {
        Self::seen_by(rows, |_| {})
    }

    fn seen_by(rows: usize, change: impl FnOnce(&mut Connection)) -> Self {
        let options = Options {
            rows,
            speed: SPEED,
            ..Options::default()
        };
        let simulator = Simulator::start(options).expect("a free port");
        let mut connection = connection(&simulator);
        change(&mut connection);
        let platform = platforms::open(&connection).expect("a client");
        Self {
            simulator,
            platform,
        }
    }

    fn faults(&self, faults: Value) {
        self.simulator.set_faults(faults).expect("valid faults");
    }

    /// A control plane of that version.
    fn version(&self, version: &str) {
        self.faults(json!([{ "platform": "run_ai", "fault": "switch", "name": "version", "value": version }]));
    }

    async fn rows(&self) -> Vec<Arc<Resource>> {
        let sources = self.platform.sources().await.expect("known without asking");
        let mut rows = Vec::new();
        for source in &sources {
            let mut pages = self.platform.list(source);
            while let Some(page) = pages.next().await {
                rows.extend(page.expect("a page").rows.into_iter().map(Arc::new));
            }
        }
        rows
    }

    /// So many rows that may undergo the action, and that nobody else protects.
    async fn rows_for(&self, action: Action, count: usize) -> Vec<Arc<Resource>> {
        let world = World::of(Options::default().seed, 0);
        let mut rows = self.rows().await;
        rows.retain(|row| {
            matches!(row.offers.to(action), Offer::Yes(_)) && !world.refuses(row.key.id.raw())
        });
        rows.truncate(count);
        assert_eq!(rows.len(), count, "the world is too small for this test");
        rows
    }

    fn request(&self, action: Action, rows: &[Arc<Resource>]) -> Request {
        let mut requests = self.requests_for(action, rows);
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }

    fn requests_for(&self, action: Action, rows: &[Arc<Resource>]) -> Vec<Request> {
        requests_for(&*self.platform, action, rows)
    }

    async fn change(&self, request: &Request) -> Vec<ChangeEvent> {
        self.platform.change(request).collect().await
    }

    /// What happened to these rows, in their order; each must have been answered exactly once.
    async fn answers(
        &self,
        action: Action,
        rows: &[Arc<Resource>],
    ) -> (Vec<Answer>, Vec<ChangeEvent>) {
        let events = self.change(&self.request(action, rows)).await;
        let of = |row: &Arc<Resource>| {
            let mut found = events.iter().filter_map(|event| match event {
                ChangeEvent::Answered(key, answer) if *key == row.key => Some(answer.clone()),
                _ => None,
            });
            let answer = found.next().expect("every id is answered");
            assert_eq!(found.next(), None, "and only once");
            answer
        };
        let answers = rows.iter().map(of).collect();
        let others = events
            .iter()
            .filter(|event| !matches!(event, ChangeEvent::Answered(..)));
        (answers, others.cloned().collect())
    }

    async fn reading(&self, key: &Key) -> Reading {
        self.platform.read(key).await.expect("an answer")
    }

    /// Reads until the row is as asked; gives up long after the simulated world is done.
    async fn until(&self, key: &Key, is_so: impl Fn(&Reading) -> bool) {
        for _ in 0..5_000 {
            if is_so(&self.reading(key).await) {
                return;
            }
        }
        panic!("{key:?} never got there: {:?}", self.reading(key).await);
    }

    fn sent(&self, method: &str, path: &str) -> Vec<Recorded> {
        let mut sent = self.simulator.requests();
        sent.retain(|request| request.method == method && request.path.contains(path));
        sent
    }

    /// Calls that change something, without the token calls.
    fn changes(&self) -> Vec<Recorded> {
        let mut sent = self.simulator.requests();
        sent.retain(|request| request.method != "GET" && !request.path.ends_with("/token"));
        sent
    }
}

/// What a confirmed plan would send.
fn requests_for(platform: &dyn Platform, action: Action, rows: &[Arc<Resource>]) -> Vec<Request> {
    let candidate = |row: &Arc<Resource>| Candidate {
        row: row.clone(),
        marked_as: row.status.word.clone(),
        bar: None,
    };
    let candidates = rows.iter().map(candidate).collect();
    let accounts = vec![Account::of(platform.connection())];
    let plan = Plan::propose(action, candidates, accounts, Timestamp::now());
    let phrase = plan.phrase().unwrap_or_default();
    let batch = plan.confirm(&phrase, None, Timestamp::now());
    batch.expect("the phrase was typed").requests().to_vec()
}

/// A client of a server at that address.
fn client_of(server: &Canned, credentials: Credentials) -> Arc<dyn Platform> {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    let mut connection = connection(&simulator);
    connection.base_url = server.url("http", "/");
    connection.credentials = credentials;
    platforms::open(&connection).expect("a client")
}

fn credentials() -> Credentials {
    Credentials::Client {
        token_url: None,
        id: "app".to_owned(),
        secret: Secret::new("s3cret".to_owned()),
    }
}

/// A server that gives tokens and says this to all else, and its client.
async fn serving(
    say: impl Fn(&Heard) -> Say + Send + Sync + 'static,
) -> (Canned, Arc<dyn Platform>) {
    let server = Canned::start(move |heard, _| {
        if heard.line.ends_with("/token") {
            canned::json(200, r#"{"accessToken":"t","expiresIn":60}"#)
        } else {
            say(heard)
        }
    })
    .await;
    let client = client_of(&server, credentials());
    (server, client)
}

/// A refusal in the own shape.
fn refuse(status: u16, message: &str) -> Say {
    let body = json!({ "code": status, "message": message });
    canned::json(status, &body.to_string())
}

fn is(word: &'static str) -> impl Fn(&Reading) -> bool {
    move |reading| match reading {
        Reading::Found(row) => row.status.word.as_str() == word,
        Reading::Gone => false,
    }
}

fn scheduled(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|answer| matches!(answer, Answer::Scheduled { .. }))
        .count()
}
