//! Plain HTTP to the simulated control plane, as any client in any language would speak it.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};

use super::*;

/// Someone with a token.
pub(super) struct Caller {
    pub(super) simulator: Simulator,
    pub(super) client: Client,
    pub(super) token: String,
}

/// Status and JSON of an answer.
pub(super) async fn body(response: Response) -> (u16, Value) {
    (
        response.status().as_u16(),
        response.json().await.expect("every answer is JSON"),
    )
}

/// Asks again and again until it holds.
pub(super) async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let asked = async { while !holds().await {} };
    let waited = tokio::time::timeout(Duration::from_secs(120), asked).await;
    assert!(waited.is_ok(), "waited in vain until {what}");
}

impl Caller {
    pub(super) async fn of(rows: usize) -> Self {
        Self::at(Options::default().speed, rows).await
    }

    /// Where time runs so many times as fast.
    pub(super) async fn at(speed: f64, rows: usize) -> Self {
        let simulator = Simulator::start(Options {
            rows,
            speed,
            ..Options::default()
        })
        .expect("a free port");
        let caller = Self {
            simulator,
            client: Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .expect("a client without certificates"),
            token: String::new(),
        };
        let (_, granted) = caller
            .v1(&caller.credentials("grantType", "clientID", "clientSecret"))
            .await;
        let token = granted["accessToken"].as_str().expect("a token").to_owned();
        Self { token, ..caller }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    pub(super) fn credentials(&self, grant: &str, id: &str, secret: &str) -> Value {
        let ready = self.simulator.ready().run_ai;
        json!({ grant: "client_credentials", id: ready.client_id, secret: ready.client_secret })
    }

    pub(super) async fn v1(&self, members: &Value) -> (u16, Value) {
        body(
            self.client
                .post(self.url("/api/v1/token"))
                .json(members)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    pub(super) async fn v2(&self, secret: &str) -> (u16, Value) {
        let id = self.simulator.ready().run_ai.client_id;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", secret),
        ];
        body(
            self.client
                .post(self.url("/api/v2/token"))
                .form(&form)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        body(
            request
                .bearer_auth(&self.token)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.client.get(self.url(path))).await
    }

    pub(super) async fn post(&self, path: &str) -> (u16, Value) {
        self.send(self.client.post(self.url(path))).await
    }

    pub(super) async fn delete(&self, path: &str) -> (u16, Value) {
        self.send(self.client.delete(self.url(path))).await
    }

    pub(super) async fn workloads(&self, query: &str) -> Vec<Value> {
        let (status, body) = self
            .get(&format!("/api/v1/workloads?limit=500&{query}"))
            .await;
        assert_eq!(status, 200, "{query}: {body}");
        body["workloads"].as_array().expect("a list").clone()
    }

    pub(super) async fn batch(&self, order: &Value) -> (u16, Value) {
        self.send(
            self.client
                .post(self.url("/api/v1/workloads/batch"))
                .json(order),
        )
        .await
    }
}
