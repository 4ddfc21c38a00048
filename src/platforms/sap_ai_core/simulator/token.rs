//! `POST /oauth/token` and the tokens it gave out (section 7).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Service;
use super::access::text;
use super::account::Account;

/// Twelve hours: the usual default.
const LIFETIME: u64 = 43_199;

/// Tokens given out, by their text.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<String, Token>>);

/// A token: whose, and how long it holds. Timed by the wall clock, as clients do, not by simulated time.
#[derive(Debug)]
struct Token {
    account: Arc<Account>,
    until: Instant,
}

impl Tokens {
    /// Whose token it is, while it holds.
    pub(super) fn holder(&self, token: &str) -> Option<Arc<Account>> {
        let tokens = self.all();
        let found = tokens.get(token)?;
        (Instant::now() < found.until).then(|| found.account.clone())
    }

    fn issue(&self, account: &Arc<Account>, seconds: u64) -> String {
        let mut tokens = self.all();
        let text = web_token(&account.tenant.client_id, tokens.len());
        let token = Token {
            account: account.clone(),
            until: Instant::now() + Duration::from_secs(seconds),
        };
        tokens.insert(text.clone(), token);
        text
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Token>> {
        let tokens = self.0.lock();
        tokens.expect("nobody panics while holding the tokens")
    }
}

/// Three parts, as real ones have, so that nobody can mistake it for anything else in a log.
fn web_token(client_id: &str, number: usize) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = part(&json!({ "client_id": client_id, "jti": number, "scope": ["uaa.resource"] }));
    format!("{head}.{claims}.{}", part(&json!("simulated")))
}

pub(super) async fn issue(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form: HashMap<_, _> = form_urlencoded::parse(&body).into_owned().collect();
    let given = |name: &str| form.get(name).cloned();
    if given("grant_type").as_deref() != Some("client_credentials") {
        return refuse(400, "unsupported_grant_type", "Unsupported grant type");
    }
    let unauthorized = |why| refuse(401, "unauthorized", why);
    let in_body = given("client_id").zip(given("client_secret"));
    let Some((id, secret)) = basic(&headers).or(in_body) else {
        return unauthorized("Client authentication failed");
    };
    let mut accounts = service.accounts.iter();
    let Some(account) = accounts.find(|account| account.tenant.client_id == id) else {
        return unauthorized("Client with requested ID does not exist");
    };
    if account.tenant.secret != secret {
        return unauthorized("Bad credentials");
    }
    let switched = service.switch("token_lifetime");
    let lifetime = switched.and_then(|value| value.as_u64());
    let lifetime = lifetime.unwrap_or(LIFETIME);
    Json(json!({
        "access_token": service.tokens.issue(account, lifetime),
        "token_type": "bearer",
        "expires_in": lifetime,
        "scope": "uaa.resource",
        "jti": "2f1d0c6e5b7a4d3c9e8f",
    }))
    .into_response()
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let sent = text(headers, "Authorization")?.strip_prefix("Basic ")?;
    let decoded = BASE64_STANDARD.decode(sent).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Here `error` is a string, unlike everywhere below `/v2`.
fn refuse(status: u16, error: &str, description: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status of this file");
    let body = json!({ "error": error, "error_description": description });
    (status, Json(body)).into_response()
}
