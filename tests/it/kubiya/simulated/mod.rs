//! The simulated Kubiya as any client sees it: bytes over HTTP, as `specs/kubiya.md` tells them.

mod changes;
mod reads;

use std::sync::Arc;

use centurion::simulator::{Options, Simulator, World};
use reqwest::{Client, Method, Response};
use serde_json::Value;

const NOBODY: &str = "00000000-0000-4000-8000-00000000dead";

struct Scene {
    simulator: Arc<Simulator>,
    world: World,
    http: Client,
    key: String,
}

impl Scene {
    fn of(rows: usize) -> Self {
        let options = Options {
            rows,
            speed: 1_000.0,
            ..Options::default()
        };
        let world = World::of(options.seed, rows);
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let simulator = Simulator::start(options).expect("a free port");
        let key = world.tenants.iter().find(|tenant| tenant.name == "agents");
        Self {
            key: key.expect("a tenant").secret.clone(),
            http: http.expect("a client"),
            simulator: Arc::new(simulator),
            world,
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}{path}", self.simulator.url());
        let mut call = self.http.request(method, url).bearer_auth(&self.key);
        if let Some(body) = body {
            call = call.json(&body);
        }
        call.send().await.expect("answered")
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        told(self.send(Method::GET, path, None).await).await
    }

    async fn post(&self, path: &str, body: Option<Value>) -> (u16, Value) {
        told(self.send(Method::POST, path, body).await).await
    }

    async fn batch(&self, body: Value) -> (u16, Value) {
        self.post("/api/v1/executions/batch/terminate", Some(body))
            .await
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let (status, rows) = self.get(&format!("/api/v1/executions?{query}")).await;
        assert_eq!(status, 200, "{query}");
        rows.as_array().expect("a bare array").clone()
    }

    /// An execution once reads show that it is cancelled.
    async fn cancelled(&self, id: &str) -> Value {
        for _ in 0..2_000 {
            let (_, row) = self.get(&format!("/api/v1/executions/{id}")).await;
            if row["status"] == "cancelled" {
                return row;
            }
            tokio::task::yield_now().await;
        }
        panic!("{id} is not cancelled")
    }

    /// Ids of rows in that status which the engine does not refuse to change.
    async fn ids(&self, status: &str) -> Vec<String> {
        let rows = self
            .list(&format!("limit=100000&status_filter={status}"))
            .await;
        let ids = rows.iter().filter_map(|row| row["id"].as_str());
        ids.filter(|id| !self.world.refuses(id))
            .map(str::to_owned)
            .collect()
    }
}

async fn told(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a whole body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
