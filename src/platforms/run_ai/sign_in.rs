//! Sign-in, and the error shape of every answer: `specs/run-ai.md` 7.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::connection::{Connection, Credentials, claims};
use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::{Authorization, Dialect, Grant, Otherwise, TokenRequest};

/// How calls of a connection are signed. A key is the token that the Run:ai CLI signed in for: nobody but
/// the CLI can renew it.
pub(super) fn dialect(connection: &Connection) -> Result<Dialect, PlatformError> {
    match &connection.credentials {
        Credentials::Client { id, secret, .. } => Ok(Dialect {
            authorization: Authorization::Token(token_request(connection, id, secret)),
            setting: "client_secret",
            headers: &[],
            error_body,
        }),
        Credentials::ApiKey(token) => Ok(Dialect {
            authorization: Authorization::Key(token.clone()),
            setting: "authentication.json",
            headers: &[],
            error_body: error_body_of_login,
        }),
        Credentials::Certificate { .. } => {
            let why = Clean::new("Run:ai signs in with `client_id` and `client_secret`");
            Err(PlatformError::Trust { why })
        }
    }
}

/// One form of the token call: its version, whether as JSON, the grant, and what its members are called.
#[derive(Clone, Copy, Debug)]
struct Form(&'static str, bool, &'static str, [&'static str; 3]);

/// As control planes from 2.20 on know it (section 7.2).
const USUAL: Form = {
    let names = ["grantType", "clientID", "clientSecret"];
    Form("v1", true, "client_credentials", names)
};

/// For those before.
const APP_TOKEN: Form = Form("v1", true, "app_token", ["grantType", "appID", "appSecret"]);

/// For one that no longer has version 1 (section 7.3).
const OAUTH: Form = {
    let names = ["grant_type", "client_id", "client_secret"];
    Form("v2", false, "client_credentials", names)
};

fn token_request(connection: &Connection, id: &str, secret: &Secret) -> TokenRequest {
    let other = |form, when: fn(&Refusal) -> bool| Otherwise {
        when,
        request: form_request(connection, form, id, secret),
    };
    TokenRequest {
        others: vec![
            other(APP_TOKEN, is_grant_unknown),
            other(OAUTH, is_call_unknown),
        ],
        ..form_request(connection, USUAL, id, secret)
    }
}

fn form_request(connection: &Connection, form: Form, id: &str, secret: &Secret) -> TokenRequest {
    let Form(version, json, grant_word, [grant_type, id_name, secret_name]) = form;
    let mut url = connection.base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["api", version, "token"]);
    }
    TokenRequest {
        url,
        members: vec![
            (grant_type, Secret::new(grant_word.to_owned())),
            (id_name, Secret::new(id.to_owned())),
            (secret_name, secret.clone()),
        ],
        json,
        grant,
        others: Vec::new(),
    }
}

/// A 400 about the type of grant: "grantType: …", "Grant type is not supported", `unsupported_grant_type`.
fn is_grant_unknown(said: &Refusal) -> bool {
    let letters = said
        .message
        .as_str()
        .chars()
        .filter(char::is_ascii_alphabetic);
    let letters = letters.collect::<String>().to_ascii_lowercase();
    said.status == 400 && said.own_shape && letters.contains("granttype")
}

/// In the own shape only: a page of a gateway speaks of a wrong address.
fn is_call_unknown(said: &Refusal) -> bool {
    matches!(said.status, 404 | 405) && said.own_shape
}

/// `expiresIn` exists from 2.24 on; before, the token itself says when it ends.
fn grant(body: &[u8]) -> Result<Grant, String> {
    let names = (["accessToken", "access_token"], ["expiresIn", "expires_in"]);
    let mut grant = Grant::read(body, &names.0, &names.1)?;
    grant.lifetime = grant.lifetime.or_else(|| lifetime_of(grant.token.expose()));
    Ok(grant)
}

/// By the token's own `exp`, counted from its `iat` where it has one, so that a wrong clock here does
/// not matter (N33).
fn lifetime_of(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        exp: u64,
        iat: Option<u64>,
    }
    let claims: Claims = claims(token)?;
    let now = || Timestamp::now().as_second().try_into().ok();
    let from = claims.iat.or_else(now)?;
    Some(Duration::from_secs(claims.exp.saturating_sub(from)))
}

/// `{"code": 404, "message": "…", "details"?: "…"}`; both required members must be there (section 7.5).
fn error_body(status: u16, body: &[u8]) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Body {
        code: u16,
        message: String,
        #[serde(default)]
        details: Value,
    }
    let body: Body = serde_json::from_slice(body).ok()?;
    let message = match body.details.as_str() {
        Some(details) if !details.is_empty() => format!("{}: {details}", body.message),
        Some(_) | None => body.message,
    };
    Some(Refusal {
        status,
        code: Some(Clean::new(&body.code.to_string())),
        message: Clean::new(&message),
        request_id: None,
        own_shape: true,
    })
}

/// As [`error_body`], and what to do once the CLI's token is no longer taken.
fn error_body_of_login(status: u16, body: &[u8]) -> Option<Refusal> {
    let said = error_body(status, body)?;
    let message = match status {
        401 => Clean::new(&format!(
            "{}; the login of the Run:ai CLI has ended: run `runai login`, then start centurion again",
            said.message
        )),
        _ => said.message,
    };
    Some(Refusal { message, ..said })
}
