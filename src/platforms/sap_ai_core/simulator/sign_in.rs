//! `POST /oauth/token` (section 7).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::Service;
use crate::simulator::{Answer, Switch, header, member};

/// Twelve hours: the usual default.
const LIFETIME: u64 = 43_199;

/// In refusals `error` is a string, unlike everywhere below `/v2`.
pub(super) async fn issue(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    let refuse = |status, error: &str, description: &str| {
        let body = json!({ "error": error, "error_description": description });
        Answer(status, body)
    };
    if member(&body, "grant_type").as_deref() != Some("client_credentials") {
        return Err(refuse(
            400,
            "unsupported_grant_type",
            "Unsupported grant type",
        ));
    }
    let unauthorized = |why| refuse(401, "unauthorized", why);
    let in_body = member(&body, "client_id").zip(member(&body, "client_secret"));
    let given = basic(&headers).or(in_body);
    let (id, secret) = given.ok_or_else(|| unauthorized("Client authentication failed"))?;
    let mut tenants = service.accounts.iter().map(|account| &account.tenant);
    let tenant = tenants.find(|tenant| tenant.client_id == id);
    let unknown = || unauthorized("Client with requested ID does not exist");
    let tenant = tenant.ok_or_else(unknown)?;
    if tenant.secret != secret {
        return Err(unauthorized("Bad credentials"));
    }
    let faults = &service.engine.faults;
    let lifetime = faults.seconds(Switch::TokenLifetime, LIFETIME);
    Ok(Json(json!({
        "access_token": service.tokens.issue(tenant, lifetime),
        "token_type": "bearer",
        "expires_in": lifetime,
        "scope": "uaa.resource",
        "jti": "2f1d0c6e5b7a4d3c9e8f",
    })))
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let sent = header(headers, "Authorization")?.strip_prefix("Basic ")?;
    let decoded = BASE64_STANDARD.decode(sent).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
