//! The Kubiya client over real HTTP against the simulated service.

mod changes;
mod inspect;
mod listing;
mod rows;
mod simulated;

use std::sync::Arc;

use centurion::domain::action::Action;
use centurion::domain::connection::Connection;
use centurion::domain::error::PlatformError;
use centurion::domain::outcome::ChangeEvent;
use centurion::domain::plan::{Account, Candidate, Plan, Reason, Request};
use centurion::domain::resource::{Id, Key, Page, Reading, Resource, Source};
use centurion::platforms::{self, Platform};
use centurion::simulator::{Options, Simulator, World};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::Value;

const ROWS: usize = 2_000;

/// Simulated seconds pass in wall milliseconds.
const FAST: f64 = 1_000.0;

/// A simulator and a client of its larger organisation.
struct Scene {
    simulator: Simulator,
    world: World,
    client: Arc<dyn Platform>,
}

impl Scene {
    fn new() -> Self {
        Self::at_speed(FAST)
    }

    fn at_speed(speed: f64) -> Self {
        let options = Options {
            rows: ROWS,
            speed,
            ..Options::default()
        };
        let world = World::of(options.seed, ROWS);
        let simulator = Simulator::start(options).expect("a free port");
        let client = platforms::open(&connection(&simulator, "agents")).expect("opens");
        Self {
            simulator,
            world,
            client,
        }
    }

    fn source(&self) -> Arc<Source> {
        let known = self.client.connection().known_sources();
        known.expect("known without asking").remove(0)
    }

    async fn pages(&self) -> Vec<Page> {
        let source = self.source();
        let pages: Vec<_> = self.client.list(&source).collect().await;
        pages
            .into_iter()
            .map(|page| page.expect("listed"))
            .collect()
    }

    async fn rows(&self) -> Vec<Arc<Resource>> {
        let pages = self.pages().await;
        pages
            .into_iter()
            .flat_map(|page| page.rows)
            .map(Arc::new)
            .collect()
    }

    /// Rows in that status that the simulated engine does not refuse to change.
    async fn willing(&self, status: &str, count: usize) -> Vec<Arc<Resource>> {
        let rows = self.rows().await.into_iter();
        let fit = |row: &Arc<Resource>| {
            row.status.word.as_str() == status && !self.world.refuses(row.key.id.raw())
        };
        let found: Vec<_> = rows.filter(fit).take(count).collect();
        assert_eq!(found.len(), count, "{status}");
        found
    }

    fn plan(&self, action: Action, rows: &[Arc<Resource>]) -> Plan {
        let candidate = |row: &Arc<Resource>| Candidate {
            row: row.clone(),
            marked_as: row.status.word.clone(),
            bar: None,
        };
        let accounts = vec![Account::of(self.client.connection())];
        let rows = rows.iter().map(candidate).collect();
        Plan::propose(action, rows, accounts, Timestamp::now())
    }

    fn requests_for(&self, action: Action, rows: &[Arc<Resource>]) -> Vec<Request> {
        let plan = self.plan(action, rows);
        let phrase = plan.phrase().unwrap_or_default();
        let reason = Reason::new("INC-4812 cleanup");
        let batch = plan.confirm(&phrase, reason, Timestamp::now());
        batch.expect("confirmed").requests().to_vec()
    }

    /// The one request that the action on these rows makes, carried out.
    async fn change(&self, action: Action, rows: &[Arc<Resource>]) -> Vec<ChangeEvent> {
        let requests = self.requests_for(action, rows);
        assert_eq!(requests.len(), 1);
        self.client.change(&requests[0]).collect().await
    }

    async fn read(&self, id: &str) -> Result<Reading, PlatformError> {
        let key = Key {
            source: self.source(),
            id: Id::new(id),
        };
        self.client.read(&key).await
    }

    async fn status(&self, row: &Resource) -> String {
        match self.client.read(&row.key).await.expect("read") {
            Reading::Found(row) => row.status.word.to_string(),
            Reading::Gone => "gone".to_owned(),
        }
    }

    async fn reaches(&self, row: &Resource, goal: &str) -> bool {
        for _ in 0..2_000 {
            if self.status(row).await == goal {
                return true;
            }
            tokio::task::yield_now().await;
        }
        false
    }

    fn faults(&self, faults: Value) {
        self.simulator.set_faults(faults).expect("valid faults");
    }

    fn posts(&self) -> usize {
        let requests = self.simulator.requests();
        requests
            .iter()
            .filter(|request| request.method == "POST")
            .count()
    }
}

fn connection(simulator: &Simulator, name: &str) -> Connection {
    let connections = simulator.connections().into_iter();
    let mut found = connections.filter(|connection| connection.name.as_str() == name);
    found.next().expect("the world has this tenant")
}
