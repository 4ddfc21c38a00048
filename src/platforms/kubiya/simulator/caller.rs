//! Who calls: the organisation whose key came along (`specs/kubiya.md` 2).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::Service;
use super::organisation::Organisation;
use super::refused::Refused;

/// The organisation of the key.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Arc<Organisation>);

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Refused> {
        let key = key(&parts.headers).ok_or_else(no_token)?;
        let mut organisations = service.organisations.iter();
        let found = organisations.find(|organisation| organisation.key == key);
        found.cloned().map(Self).ok_or_else(bad_token)
    }
}

/// `Bearer X`, `UserKey X`, `X` alone, or a header `UserKey: X`. Scheme words are compared with case.
fn key(headers: &HeaderMap) -> Option<&str> {
    let sent = |name| headers.get(name).and_then(|value| value.to_str().ok());
    sent(header::AUTHORIZATION)
        .and_then(credentials)
        .or_else(|| sent(header::HeaderName::from_static("userkey")))
}

fn credentials(header: &str) -> Option<&str> {
    match header.split_once(' ') {
        Some(("Bearer" | "UserKey", key)) => Some(key),
        Some(_) => None,
        None => Some(header),
    }
}

fn no_token() -> Refused {
    let hint = "Include 'Authorization: Bearer <token>' header";
    Refused::unauthorized("Authorization header is required", hint)
}

fn bad_token() -> Refused {
    let hint = "Ensure you're using a valid Kubiya API token";
    Refused::unauthorized("Invalid or expired authentication token", hint)
}
