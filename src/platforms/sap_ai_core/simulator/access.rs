//! Who calls, and in which resource group. Checked before anything else.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::Service;
use super::account::{Account, Part};
use super::failure::Failure;
use super::row::Kind;
use crate::simulator::header;

#[derive(Debug)]
pub(super) struct Caller(pub(super) Arc<Account>);

/// The tenant, and its resource group named by the header.
#[derive(Debug)]
pub(super) struct InGroup {
    pub(super) account: Arc<Account>,
    group: usize,
}

impl InGroup {
    pub(super) fn part(&self, kind: &'static Kind) -> Part {
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
        let refuse = |why: &'static str| (StatusCode::UNAUTHORIZED, why).into_response();
        let sent = header(&parts.headers, "Authorization");
        let token = sent.and_then(|sent| sent.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| refuse("Jwt is missing"))?;
        let holder = service.tokens.holder(token);
        let mut accounts = service.accounts.iter();
        let found = accounts.find(|account| Some(&account.tenant.client_id) == holder.as_ref());
        let expired = || refuse("Jwt is expired");
        found.cloned().map(Self).ok_or_else(expired)
    }
}

impl<S: Sync> FromRequestParts<S> for InGroup
where
    Arc<Service>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Caller(account) = Caller::from_request_parts(parts, state).await?;
        let Some(name) = header(&parts.headers, "AI-Resource-Group") else {
            let message = "Missing required header AI-Resource-Group";
            return Err(Failure::bad_request(message, "/api/v2").into_response());
        };
        // What the gateway says, which knows no JSON.
        let denied = || (StatusCode::FORBIDDEN, "RBAC: access denied").into_response();
        let mut scopes = account.tenant.scopes.iter();
        let group = scopes.position(|scope| scope == name).ok_or_else(denied)?;
        Ok(Self { account, group })
    }
}
