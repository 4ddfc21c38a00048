//! Tokens: `POST /api/v1/token` as JSON, `POST /api/v2/token` as an OAuth form (sections 7.2 and 7.3).
//!
//! A token is a real three-part JWT. Its times are those of the wall clock, by which clients renew it,
//! however fast the simulated world moves. `client_credentials` came with 2.20.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::simulator::Tenant;

use super::place::{No, Site, answer};

/// In seconds, as the examples of the documents have it.
const LIFETIME: i64 = 3_600;

/// Version 1. Official sources spell the members in three ways, so letter case does not count; a wrong
/// secret is a 400, the only declared status that fits.
pub(super) async fn first(State(site): State<Arc<Site>>, body: Bytes) -> Result<Json<Value>, No> {
    let members = serde_json::from_slice::<HashMap<String, Value>>(&body).unwrap_or_default();
    let members: HashMap<String, Value> = members
        .into_iter()
        .map(|(key, value)| (key.to_lowercase(), value))
        .collect();
    let member = |key: &str| members.get(key).and_then(Value::as_str).unwrap_or_default();
    let (id, secret) = match member("granttype") {
        "client_credentials" if site.version() >= 220 => {
            (member("clientid"), member("clientsecret"))
        }
        "app_token" => (member("appid"), member("appsecret")),
        "" => return Err(No::new(400, "Required parameter is missing")),
        _ => return Err(No::new(400, "Grant type is not supported")),
    };
    let tenant = site.with_credentials(id, secret);
    let tenant = tenant.ok_or_else(|| No::new(400, "Invalid client credentials"))?;
    let mut granted = json!({ "accessToken": issue(tenant), "refreshToken": "", "idToken": "" });
    if site.version() >= 224 {
        granted["expiresIn"] = LIFETIME.into();
    }
    Ok(Json(granted))
}

/// Version 2, from 2.24 on; refusals have the shape of OAuth.
pub(super) async fn second(State(site): State<Arc<Site>>, body: Bytes) -> Response {
    if site.version() < 224 {
        return No::such_id().into_response();
    }
    let members: HashMap<_, _> = form_urlencoded::parse(&body).into_owned().collect();
    let member = |key: &str| members.get(key).map_or("", String::as_str);
    match member("grant_type") {
        "client_credentials" => {}
        "" => return answer(400, json!({ "error": "invalid_request" })),
        _ => return answer(400, json!({ "error": "unsupported_grant_type" })),
    }
    let Some(tenant) = site.with_credentials(member("client_id"), member("client_secret")) else {
        let why = "Invalid client or client credentials";
        return answer(
            401,
            json!({ "error": "invalid_client", "error_description": why }),
        );
    };
    let token = issue(tenant);
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME }))
        .into_response()
}

impl Site {
    fn with_credentials(&self, id: &str, secret: &str) -> Option<&Tenant> {
        let mut tenants = self.tenancies.iter().map(|tenancy| &tenancy.tenant);
        tenants.find(|tenant| tenant.client_id == id && tenant.secret == secret)
    }
}

fn issue(tenant: &Tenant) -> String {
    let now = Timestamp::now().as_second();
    let claims = json!({
        "iss": "centurion-simulator",
        "sub": tenant.client_id,
        "iat": now,
        "exp": now + LIFETIME,
    });
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = signature(&signed, tenant);
    format!("{signed}.{signature}")
}

/// No cryptography: it only has to tell this simulator's tokens from others.
fn signature(signed: &str, tenant: &Tenant) -> String {
    let sum = crc32fast::hash(format!("{signed}{}", tenant.secret).as_bytes());
    URL_SAFE_NO_PAD.encode(sum.to_be_bytes())
}

/// The place of the tenant whose token it is, unless it has ended.
pub(super) fn owner(site: &Site, token: &str) -> Option<usize> {
    let (signed, signature_of_token) = token.rsplit_once('.')?;
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let subject = claims["sub"].as_str()?;
    let mut tenants = site.tenancies.iter().map(|tenancy| &tenancy.tenant);
    let is_ours = |tenant: &Tenant| {
        tenant.client_id == subject && signature(signed, tenant) == signature_of_token
    };
    let lives = claims["exp"].as_i64()? > Timestamp::now().as_second();
    tenants.position(is_ours).filter(|_| lives)
}
