//! Tokens: `POST /api/v1/token` as JSON, `POST /api/v2/token` as an OAuth form (sections 7.2 and 7.3).
//!
//! `client_credentials` came with 2.20.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

use super::site::Site;
use super::{no, no_such_id};
use crate::simulator::{Answer, Switch, member};

/// In seconds, as the examples of the documents have it.
const LIFETIME: u64 = 3_600;

/// Version 1. Official sources spell the members in three ways, so letter case does not count; a wrong
/// secret is a 400, the only declared status that fits.
pub(super) async fn first(
    State(site): State<Arc<Site>>,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    let members = serde_json::from_slice::<HashMap<String, Value>>(&body).unwrap_or_default();
    let member = |key: &str| {
        let mut named = members
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(key));
        named
            .find_map(|(_, value)| value.as_str())
            .unwrap_or_default()
    };
    let (id, secret) = match member("granttype") {
        "client_credentials" if site.version() >= 220 => {
            (member("clientid"), member("clientsecret"))
        }
        "app_token" => (member("appid"), member("appsecret")),
        "" => return Err(no(400, "Required parameter is missing")),
        _ => return Err(no(400, "Grant type is not supported")),
    };
    let granted = site.issue(id, secret);
    let (token, lifetime) = granted.ok_or_else(|| no(400, "Invalid client credentials"))?;
    let mut granted = json!({ "accessToken": token, "refreshToken": "", "idToken": "" });
    if site.version() >= 224 {
        granted["expiresIn"] = lifetime.into();
    }
    Ok(Json(granted))
}

/// Version 2, from 2.24 on; refusals have the shape of OAuth.
pub(super) async fn second(
    State(site): State<Arc<Site>>,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    if site.version() < 224 {
        return Err(no_such_id());
    }
    let member = |name: &str| member(&body, name).unwrap_or_default();
    match member("grant_type").as_str() {
        "client_credentials" => {}
        "" => return Err(Answer(400, json!({ "error": "invalid_request" }))),
        _ => return Err(Answer(400, json!({ "error": "unsupported_grant_type" }))),
    }
    let why = "Invalid client or client credentials";
    let why = || json!({ "error": "invalid_client", "error_description": why });
    let granted = site.issue(&member("client_id"), &member("client_secret"));
    let (token, lifetime) = granted.ok_or_else(|| Answer(401, why()))?;
    Ok(Json(
        json!({ "access_token": token, "token_type": "Bearer", "expires_in": lifetime }),
    ))
}

impl Site {
    /// A token, and how many seconds it lives.
    fn issue(&self, id: &str, secret: &str) -> Option<(String, u64)> {
        let mut tenants = self.tenancies.iter().map(|tenancy| &tenancy.tenant);
        let tenant = tenants.find(|tenant| tenant.client_id == id && tenant.secret == secret);
        let faults = &self.engine.faults;
        let lifetime = faults.seconds(Switch::TokenLifetime, LIFETIME);
        Some((self.tokens.issue(tenant?, lifetime), lifetime))
    }
}
