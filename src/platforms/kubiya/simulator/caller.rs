//! Who calls: the organisation whose key came along (`specs/kubiya.md` 2).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::json;

use super::organisation::Organisation;
use super::{Service, no};
use crate::simulator::{Answer, header};

#[derive(Debug)]
pub(super) struct Caller(pub(super) Arc<Organisation>);

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Answer> {
        let refuse = |message: &str, hint: &str| {
            let detail = json!({"error": "Unauthorized", "message": message, "hint": hint});
            no(401, detail)
        };
        let Some(key) = key(&parts.headers) else {
            let hint = "Include 'Authorization: Bearer <token>' header";
            return Err(refuse("Authorization header is required", hint));
        };
        let mut organisations = service.organisations.iter();
        let found = organisations.find(|organisation| organisation.key == key);
        let hint = "Ensure you're using a valid Kubiya API token";
        let unknown = || refuse("Invalid or expired authentication token", hint);
        found.cloned().map(Self).ok_or_else(unknown)
    }
}

/// `Bearer X`, `UserKey X`, `X` alone, or a header `UserKey: X`. Scheme words are compared with case.
fn key(headers: &HeaderMap) -> Option<&str> {
    let authorization = header(headers, "authorization");
    let key = authorization.and_then(|sent| match sent.split_once(' ') {
        Some(("Bearer" | "UserKey", key)) => Some(key),
        Some(_) => None,
        None => Some(sent),
    });
    key.or_else(|| header(headers, "userkey"))
}
