//! Sign-in, and the error shape of every answer: `specs/run-ai.md` 7.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::connection::{Connection, Credentials};
use crate::domain::error::Refusal;
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::{Grant, TokenRequest};

/// `POST /api/v1/token` with `client_credentials`: every control plane from 2.20 on (section 7.2).
pub(super) fn token_request(connection: &Connection) -> TokenRequest {
    let mut url = connection.base_url.clone();
    let mut path = url
        .path_segments_mut()
        .expect("http and https URLs have paths");
    path.pop_if_empty().extend(["api", "v1", "token"]);
    drop(path);
    let secret = |text: &str| Secret::new(text.to_owned());
    let mut members = vec![("grantType", secret("client_credentials"))];
    match &connection.credentials {
        Credentials::Client {
            id, secret: theirs, ..
        } => {
            members.extend([("clientID", secret(id)), ("clientSecret", theirs.clone())]);
        }
        // The configuration gives Run:ai nothing else; the server will say what is missing.
        Credentials::Certificate { .. } | Credentials::ApiKey(_) => {}
    }
    TokenRequest {
        url,
        members,
        json: true,
        grant,
    }
}

/// `expiresIn` exists from 2.24 on; before, the token itself says when it ends.
fn grant(body: &[u8]) -> Result<Grant, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        access_token: String,
        #[serde(default)]
        expires_in: serde_json::Value,
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|error| {
        format!(
            "no `accessToken` ({:?} at column {})",
            error.classify(),
            error.column()
        )
    })?;
    let said = answer.expires_in.as_u64().map(Duration::from_secs);
    let lifetime = said.or_else(|| lifetime_of(&answer.access_token, Timestamp::now()));
    Ok(Grant {
        token: Secret::new(answer.access_token),
        lifetime,
    })
}

/// By the token's own `exp`, counted from its `iat` where it has one, so that a wrong clock here does
/// not matter (N33).
fn lifetime_of(token: &str, now: Timestamp) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        exp: u64,
        iat: Option<u64>,
    }
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let from = claims.iat.or_else(|| now.as_second().try_into().ok())?;
    Some(Duration::from_secs(claims.exp.saturating_sub(from)))
}

/// `{"code": 404, "message": "…", "details"?: "…"}`; both required members must be there (section 7.5).
pub(super) fn error_body(status: u16, body: &[u8]) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Body {
        code: u16,
        message: String,
        #[serde(default)]
        details: serde_json::Value,
    }
    let body: Body = serde_json::from_slice(body).ok()?;
    let details = body.details.as_str().filter(|details| !details.is_empty());
    let message = details.map_or_else(
        || body.message.clone(),
        |details| format!("{}: {details}", body.message),
    );
    Some(Refusal {
        status,
        code: Some(Clean::new(&body.code.to_string())),
        message: Clean::new(&message),
        request_id: None,
        own_shape: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    fn lifetime(answer: &str) -> Option<u64> {
        let grant = grant(answer.as_bytes()).expect("it has a token");
        grant.lifetime.map(|lifetime| lifetime.as_secs())
    }

    #[test]
    fn a_token_lives_as_long_as_the_answer_says_else_as_it_says_itself() {
        assert_eq!(
            lifetime(r#"{"accessToken":"x","expiresIn":3600}"#),
            Some(3600)
        );
        let jwt = token(r#"{"iat":1000,"exp":1900}"#);
        assert_eq!(
            lifetime(&format!(r#"{{"accessToken":"{jwt}"}}"#)),
            Some(900)
        );
        assert_eq!(
            lifetime(&format!(r#"{{"accessToken":"{jwt}","expiresIn":"soon"}}"#)),
            Some(900)
        );
        assert_eq!(
            lifetime(r#"{"accessToken":"opaque","expiresIn":null}"#),
            None
        );
    }

    #[test]
    fn without_an_issue_time_the_own_clock_counts() {
        let now = Timestamp::from_second(1_000).expect("in range");
        let left = |claims: &str| lifetime_of(&token(claims), now).map(|left| left.as_secs());
        assert_eq!(left(r#"{"exp":1060}"#), Some(60));
        assert_eq!(left(r#"{"exp":10}"#), Some(0));
        assert_eq!(left(r#"{"exp":"later"}"#), None);
    }

    #[test]
    fn an_answer_without_a_token_is_told_without_showing_it() {
        let error = grant(br#"{"token":"canary"}"#).expect_err("no accessToken");
        assert!(
            error.contains("accessToken") && !error.contains("canary"),
            "{error}"
        );
    }

    #[test]
    fn only_code_and_message_together_are_the_own_error_shape() {
        let said = error_body(
            404,
            br#"{"code":404,"message":"Resource id not found.","details":"x"}"#,
        );
        let said = said.expect("its shape");
        assert_eq!(
            (said.message.as_str(), said.own_shape),
            ("Resource id not found.: x", true)
        );
        for foreign in [
            r#"{"message":"no Route matched"}"#,
            "<html>",
            "[]",
            "null",
            r#"{"code":"a","message":"b"}"#,
        ] {
            assert_eq!(error_body(404, foreign.as_bytes()), None, "{foreign}");
        }
    }
}
