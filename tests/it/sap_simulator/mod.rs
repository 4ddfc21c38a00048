//! The simulated SAP AI Core answers as `specs/sap-ai-core.md` says.

mod access;
mod changing;
mod reading;

use centurion::simulator::{Options, Simulator};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

const EXECUTIONS: &str = "/v2/lm/executions";
const DEPLOYMENTS: &str = "/v2/lm/deployments";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What is asked arrives within milliseconds; what nobody asked for does not happen.
const FAST: Options = Options {
    listen: std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0),
    rows: 400,
    seed: 1,
    speed: 5_000.0,
};

fn still() -> Value {
    switch("still", &json!(true))
}

fn switch(name: &str, value: &Value) -> Value {
    json!({ "platform": "sap_ai_core", "fault": "switch", "name": name, "value": value })
}

struct Sap {
    simulator: Simulator,
    client: Client,
    token: String,
    group: &'static str,
}

impl Sap {
    async fn start(options: Options) -> Self {
        let simulator = Simulator::start(options).expect("a free port");
        simulator.set_faults(json!([still()])).expect("valid");
        let builder = Client::builder().no_proxy().tls_certs_only([]);
        let mut sap = Self {
            client: builder.build().expect("a client without certificates"),
            token: String::new(),
            group: "default",
            simulator,
        };
        let ready = sap.simulator.ready().sap_ai_core;
        let answer = sap.sign_in(&ready.client_id, &ready.client_secret).await;
        let granted: Value = answer.json().await.expect("JSON");
        sap.token = text(&granted["access_token"]);
        sap
    }

    async fn sign_in(&self, id: &str, secret: &str) -> Response {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let url = self.url("/oauth/token");
        self.client
            .post(url)
            .form(&form)
            .send()
            .await
            .expect("an answer")
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    fn switched(&self, name: &str, value: &Value) {
        let set = json!([still(), switch(name, value)]);
        self.simulator.set_faults(set).expect("valid");
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, self.url(path))
            .bearer_auth(&self.token);
        request.header("AI-Resource-Group", self.group)
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        read(self.request(Method::GET, path)).await
    }

    async fn rows(&self, path: &str) -> Vec<Value> {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{body}");
        body["resources"].as_array().expect("an array").clone()
    }

    /// Ids of rows that a change in this status is asked of, and that nothing else speaks against.
    async fn ids(&self, path: &str, status: &str) -> Vec<String> {
        let rows = self.rows(&format!("{path}?status={status}")).await;
        let free = rows.iter().filter(|row| row["targetStatus"] != "DELETED");
        free.map(|row| text(&row["id"])).collect()
    }

    async fn bulk(&self, path: &str, items: &[(&str, &str)]) -> (StatusCode, Value) {
        let items = items
            .iter()
            .map(|(id, target)| json!({ "id": id, "targetStatus": target }));
        let key = path.rsplit('/').next().expect("a last segment");
        let body = json!({ (key): items.collect::<Vec<_>>() });
        let request = self
            .request(Method::PATCH, path)
            .header("Content-Type", MERGE_PATCH);
        read(request.body(body.to_string())).await
    }

    /// Reads the row until it is as asked; the clock runs so fast that it soon is.
    async fn until(&self, path: &str, is_so: impl Fn(StatusCode, &Value) -> bool) -> Value {
        for _ in 0..10_000 {
            let (status, row) = self.get(path).await;
            if is_so(status, &row) {
                return row;
            }
        }
        panic!("{path} never gets there");
    }
}

async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let body = answer.text().await.expect("text");
    (
        status,
        serde_json::from_str(&body).unwrap_or(Value::String(body)),
    )
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
