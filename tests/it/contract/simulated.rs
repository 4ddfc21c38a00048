//! A case against the simulator: sent the documented call, it must give the documented answer.

use centurion::domain::connection::PlatformId;
use centurion::simulator::{Options, Simulator, World};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::case::{Answer, Call, Case, Credentials, Table};
use super::compare;

/// What is wrong with the case.
pub(super) async fn run(platform: PlatformId, table: &Table, case: &Case) -> Vec<String> {
    let mut caller = Caller::new(platform);
    caller.sign_in(table).await;
    let call = table.call(case);
    let renamed = match caller.rows(platform, &call).await {
        Ok(renamed) => renamed,
        Err(why) => return vec![why],
    };
    let rename = |text: &str| {
        renamed
            .iter()
            .fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
    };
    let documented = rename(&case.answer.body);
    caller.arm(case, &call, rename);
    let response = caller.send(&call, rename).await;
    unlike_the_answer(table, case, &documented, response).await
}

/// Someone with an account at a simulator that nobody else uses.
struct Caller {
    simulator: Simulator,
    client: Client,
    credentials: Credentials,
}

impl Caller {
    fn new(platform: PlatformId) -> Self {
        // So slow that nothing moves but by what was asked.
        let options = Options {
            speed: 0.001,
            ..Options::default()
        };
        let simulator = Simulator::start(options).expect("a free port");
        let ready = simulator.ready();
        let (id, secret) = match platform {
            PlatformId::SapAiCore => (ready.sap_ai_core.client_id, ready.sap_ai_core.client_secret),
            PlatformId::RunAi => (ready.run_ai.client_id, ready.run_ai.client_secret),
            PlatformId::Kubiya => (String::new(), ready.kubiya.api_key),
        };
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            client: client
                .tls_certs_only([])
                .build()
                .expect("a client without certificates"),
            credentials: Credentials {
                token: secret.clone(),
                id,
                secret,
            },
            simulator,
        }
    }

    async fn sign_in(&mut self, table: &Table) {
        let Some(place) = &table.token else {
            return;
        };
        let answer = self.send(table.named("sign-in"), str::to_owned).await;
        let answer: Value = answer.json().await.expect("a token");
        let token = answer.pointer(place).and_then(Value::as_str);
        token
            .expect("a token")
            .clone_into(&mut self.credentials.token);
    }

    /// The ids of the simulator's rows that stand for the documented ones.
    async fn rows(
        &self,
        platform: PlatformId,
        call: &Call,
    ) -> Result<Vec<(String, String)>, String> {
        let wanted = call.rows();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let listing = self
            .client
            .get(format!("{}{}", self.simulator.url(), call.listing()));
        let listing = listing
            .bearer_auth(&self.credentials.token)
            .header("ai-resource-group", "default");
        let found: Value = listing
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("a listing");
        let found = match platform {
            PlatformId::SapAiCore => &found["resources"],
            PlatformId::RunAi => &found["workloads"],
            PlatformId::Kubiya => &found,
        };
        let world = World::of(Options::default().seed, 0);
        let id = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
        let mut renamed: Vec<(String, String)> = Vec::new();
        for (documented, members) in wanted {
            let mut fitting = found
                .as_array()
                .into_iter()
                .flatten()
                .filter(|row| has(row, &members));
            let row = fitting.find(|row| {
                !world.refuses(&id(row)) && renamed.iter().all(|(_, used)| *used != id(row))
            });
            let row = row.ok_or_else(|| format!("the simulator has no row with {members}"))?;
            renamed.push((documented, id(row)));
        }
        Ok(renamed)
    }

    /// Brings the simulator into the state of the case.
    fn arm(&self, case: &Case, call: &Call, rename: impl Fn(&str) -> String) {
        let faults = match &case.faults {
            Some(faults) => serde_json::from_str(&rename(faults)).expect("faults are JSON"),
            None if case.played => json!([played(&case.answer, &rename(&case.answer.body), call)]),
            None => return,
        };
        self.simulator.set_faults(faults).expect("valid faults");
    }

    async fn send(&self, call: &Call, rename: impl Fn(&str) -> String) -> Response {
        let method = call.method().parse().expect("a method");
        let url = format!("{}{}", self.simulator.url(), rename(&call.target()));
        let mut request = self.client.request(method, url);
        for (name, value) in call.headers() {
            request = request.header(name, self.credentials.fill(&value));
        }
        self.with_body(request, call, rename)
            .send()
            .await
            .expect("an answer")
    }

    fn with_body(
        &self,
        request: RequestBuilder,
        call: &Call,
        rename: impl Fn(&str) -> String,
    ) -> RequestBuilder {
        match (call.body(), call.form()) {
            (Some(body), _) => request.body(rename(&self.credentials.fill(body))),
            (None, Some(form)) => {
                let mut encoded = form_urlencoded::Serializer::new(String::new());
                request.body(encoded.extend_pairs(self.credentials.form(form)).finish())
            }
            (None, None) => request,
        }
    }
}

/// The fault that gives an answer outright.
fn played(answer: &Answer, body: &str, call: &Call) -> Value {
    let body = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
    let headers = &answer.headers;
    json!({ "method": call.method(), "fault": "status", "status": answer.status, "body": body, "headers": headers })
}

/// Whether a row has these members.
fn has(row: &Value, members: &Value) -> bool {
    let members = members.as_object().into_iter().flatten();
    members.into_iter().all(|(name, value)| row[name] == *value)
}

async fn unlike_the_answer(
    table: &Table,
    case: &Case,
    documented: &str,
    response: Response,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let status = response.status().as_u16();
    if status != case.answer.status {
        wrong.push(format!(
            "answered {status}, documented is {}",
            case.answer.status
        ));
    }
    for (name, value) in &case.answer.headers {
        let got = response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        if !got.is_some_and(|got| got.starts_with(value)) {
            wrong.push(format!("header {name} is {got:?}, documented is {value}"));
        }
    }
    let got = response.text().await.expect("a whole answer");
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    wrong.extend(compare::differences(
        table,
        case,
        &parsed(documented),
        &parsed(&got),
    ));
    if !wrong.is_empty() {
        wrong.push(format!(
            "the whole answer: {}",
            got.chars().take(1_500).collect::<String>()
        ));
    }
    wrong
}
