//! Who calls, and in which resource group. Checked before anything else.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Service;
use super::account::{Account, Part};
use super::failure::Failure;
use super::row::Kind;

/// The tenant whose token came with the call.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Arc<Account>);

/// The tenant, and its resource group named by the header.
#[derive(Debug)]
pub(super) struct InGroup {
    pub(super) account: Arc<Account>,
    group: usize,
}

impl InGroup {
    pub(super) fn part(&self, kind: Kind) -> Part {
        let group = self.group;
        Part { group, kind }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller
where
    Arc<Service>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let service = Arc::<Service>::from_ref(state);
        let sent = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let Some(token) = sent.and_then(|sent| sent.strip_prefix("Bearer ")) else {
            return Err((StatusCode::UNAUTHORIZED, "Jwt is missing").into_response());
        };
        let holder = service.tokens.holder(token);
        holder
            .map(Self)
            .ok_or_else(|| (StatusCode::UNAUTHORIZED, "Jwt is expired").into_response())
    }
}

impl<S: Sync> FromRequestParts<S> for InGroup
where
    Arc<Service>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Caller(account) = Caller::from_request_parts(parts, state).await?;
        let Some(name) = parts.headers.get("AI-Resource-Group") else {
            let message = "Missing required header AI-Resource-Group";
            return Err(Failure::bad_request(message, "/api/v2").into_response());
        };
        let group = name.to_str().ok().and_then(|name| account.group(name));
        // What the gateway says, which knows no JSON.
        let denied = || (StatusCode::FORBIDDEN, "RBAC: access denied").into_response();
        let group = group.ok_or_else(denied)?;
        Ok(Self { account, group })
    }
}
