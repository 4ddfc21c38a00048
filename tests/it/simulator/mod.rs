//! The simulator's engine: record, shape of the port; `faults` has what goes wrong on purpose.

mod faults;
mod row_faults;

use centurion::domain::connection::PlatformId;
use centurion::simulator::{Options, Schedule, Simulator, World};
use jiff::Timestamp;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// A simulator, a client for it, and a token for its first SAP tenant.
struct Scene {
    simulator: Simulator,
    client: Client,
    token: String,
}

const META: &str = "/v2/lm/meta";
const EXECUTIONS: &str = "/v2/lm/executions";

fn client() -> Client {
    let builder = Client::builder().no_proxy().tls_certs_only([]);
    builder.build().expect("a client without certificates")
}

impl Scene {
    async fn start() -> Self {
        let simulator = Simulator::start(Options::default()).expect("a free port");
        let client = client();
        let token = token(&simulator, &client).await;
        Self {
            simulator,
            client,
            token,
        }
    }

    async fn with(faults: Value) -> Self {
        let scene = Self::start().await;
        scene.simulator.set_faults(faults).expect("valid faults");
        scene
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.simulator.url());
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        request = request.header("AI-Resource-Group", "default");
        if let Some(body) = body {
            request = request
                .header("Content-Type", "application/merge-patch+json")
                .body(body.to_string());
        }
        request.send().await
    }

    async fn get(&self, path: &str) -> reqwest::Result<Response> {
        self.call(Method::GET, path, None).await
    }

    async fn json(&self, path: &str) -> Value {
        self.get(path)
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    }

    async fn with_status(&self, status: &str) -> String {
        let rows = self.json(&format!("{EXECUTIONS}?status={status}")).await;
        rows["resources"][3]["id"]
            .as_str()
            .expect("the seed has four of each")
            .to_owned()
    }

    async fn stop(&self, id: &str) -> reqwest::Result<Response> {
        let body = json!({ "executions": [{ "id": id, "targetStatus": "STOPPED" }] });
        self.call(Method::PATCH, EXECUTIONS, Some(body)).await
    }

    async fn status_of(&self, id: &str) -> String {
        let row = self.json(&format!("{EXECUTIONS}/{id}")).await;
        row["status"].as_str().expect("a status").to_owned()
    }

    fn paths(&self) -> Vec<String> {
        self.simulator
            .requests()
            .into_iter()
            .map(|request| request.path)
            .collect()
    }
}

async fn token(simulator: &Simulator, client: &Client) -> String {
    let sap = simulator.ready().sap_ai_core;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &sap.client_id),
        ("client_secret", &sap.client_secret),
    ];
    let answer = client
        .post(sap.auth_url)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn it_serves_this_machine_only() {
    let listen = "0.0.0.0:0".parse().expect("an address");
    let refused = Simulator::start(Options {
        listen,
        ..Options::default()
    });
    let why = refused.expect_err("not a loopback address").to_string();
    assert!(why.contains("loopback"), "{why}");
}

#[tokio::test]
async fn it_stops_when_dropped() {
    let scene = Scene::start().await;
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
    let Scene {
        simulator, client, ..
    } = scene;
    let url = simulator.url().to_owned();
    drop(simulator);
    // The task that listens ends at its next turn.
    tokio::task::yield_now().await;
    assert!(
        client
            .get(url)
            .send()
            .await
            .expect_err("nobody listens")
            .is_connect()
    );
}

#[tokio::test]
async fn ready_tells_a_client_in_any_language_what_it_needs() {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    let ready = serde_json::to_value(simulator.ready()).expect("plain data");
    let url = simulator.url();
    assert_eq!(ready["url"], url);
    assert_eq!(
        ready["sap_ai_core"]["auth_url"],
        format!("{url}/oauth/token")
    );
    assert_eq!(ready["sap_ai_core"]["base_url"], format!("{url}/v2"));
    assert_eq!(
        ready["sap_ai_core"]["resource_groups"],
        json!(["default", "eval", "team-search"])
    );
    assert_eq!(ready["run_ai"]["base_url"], url);
    assert!(ready["kubiya"]["api_key"].is_string());
    let keys = |value: &Value| value.as_object().map(serde_json::Map::len);
    assert_eq!(
        [&ready, &ready["run_ai"], &ready["kubiya"]].map(keys),
        [Some(4), Some(3), Some(2)]
    );
}

#[tokio::test]
async fn the_demo_has_a_connection_for_each_tenant_and_protects_production() {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    let connections = simulator.connections();
    let named = |name: &str| {
        connections
            .iter()
            .find(|connection| connection.name.as_str() == name)
    };
    let production = named("prod-eu").expect("the protected one");
    assert!(production.protected && production.base_url.path() == "/v2");
    assert_eq!(
        connections
            .iter()
            .filter(|connection| connection.protected)
            .count(),
        1
    );
    assert!(named("agents-lab").is_some_and(|lab| lab.platform == PlatformId::Kubiya));
}

#[tokio::test]
async fn requests_are_recorded_as_they_came_but_not_their_tokens() {
    let scene = Scene::start().await;
    scene
        .get("/v2/lm/executions?$top=1&status=RUNNING")
        .await
        .expect("an answer");
    scene.stop("e000").await.expect("an answer");
    let url = format!("{}/_simulator/requests", scene.simulator.url());
    let answer = scene.client.get(url).send().await.expect("an answer");
    let requests: Value = answer.json().await.expect("JSON");
    assert_eq!(requests[0]["path"], "/oauth/token");
    assert_eq!(requests[1]["query"], "$top=1&status=RUNNING");
    assert_eq!(requests[2]["method"], "PATCH");
    assert_eq!(requests[2]["body"]["executions"][0]["id"], "e000");
    assert_eq!(requests[2]["status"], 202);
    assert!(
        requests[2]["time"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    assert!(!requests.to_string().contains(&scene.token));
    assert_eq!(
        scene.paths().len(),
        3,
        "the simulator's own calls are not recorded"
    );
}

#[tokio::test]
async fn unknown_routes_answer_in_the_shape_of_their_platform() {
    let scene = Scene::start().await;
    let unknown = scene.get("/v2/lm/nothing").await.expect("an answer");
    assert_eq!(unknown.status(), 404);
    let body: Value = unknown.json().await.expect("JSON");
    assert!(body["error"]["code"].is_string() && body["error"]["message"].is_string());
    let own = scene.get("/_simulator/nothing").await.expect("an answer");
    assert!(
        own.text()
            .await
            .expect("text")
            .contains("/_simulator/requests")
    );
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_there_at_once() {
    let options = Options {
        rows: 100_000,
        ..Options::default()
    };
    let simulator = Simulator::start(options).expect("a free port");
    let client = client();
    let token = token(&simulator, &client).await;
    let scene = Scene {
        simulator,
        client,
        token,
    };
    let count = scene.json("/v2/lm/executions/$count").await.as_u64();
    let count = count.expect("a number");
    let page = scene
        .json(&format!("{EXECUTIONS}?$top=500&$skip={}", count - 100))
        .await;
    assert_eq!(page["count"], 100);
    assert!(count > 10_000, "{count}");
}

#[test]
fn what_is_due_comes_in_the_order_of_time_and_what_is_not_stays() {
    let second = |n| Timestamp::from_second(n).expect("in range");
    let mut schedule = Schedule::default();
    for (n, what) in [(3, "c"), (1, "a"), (9, "z"), (1, "b")] {
        schedule.at(second(n), what);
    }
    let due: Vec<_> = std::iter::from_fn(|| schedule.due(second(5))).collect();
    assert_eq!(due, [(second(1), "a"), (second(1), "b"), (second(3), "c")]);
    assert_eq!(schedule.due(second(9)), Some((second(9), "z")));
}

#[test]
fn every_row_of_the_world_belongs_to_one_tenant() {
    for rows in [0, 1, 7, 400, 100_000] {
        let tenants = World::of(1, rows).tenants;
        assert_eq!(
            tenants.iter().map(|tenant| tenant.rows).sum::<usize>(),
            rows
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_row_the_same_fate() {
    let (one, again, other) = (World::of(1, 0), World::of(1, 0), World::of(2, 0));
    assert_eq!(one.delay("e123"), again.delay("e123"));
    assert_ne!(one.delay("e123"), other.delay("e123"));
    let refused = (0..1_000).filter(|n| one.refuses(&n.to_string())).count();
    assert!((20..80).contains(&refused), "{refused}");
}
