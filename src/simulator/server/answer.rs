//! One request from its head to its answer: record, faults, routes.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use hyper::body::Incoming;

use super::record::Recorded;
use super::wire::{Aside, Wish};
use super::{Server, control, trouble};
use crate::domain::connection::PlatformId;
use crate::simulator::Simulated;
use crate::simulator::faults::{Call, Faults};

/// No request of a client is that long; a longer one ends its connection.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(super) struct Dropped;

/// A request with its body read, which can be handed to the routes as often as needed.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) parts: Parts,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn into_request(self) -> Request {
        Request::from_parts(self.parts, Body::from(self.body))
    }
}

pub(super) async fn answer(
    server: &Arc<Server>,
    aside: &Aside,
    request: hyper::Request<Incoming>,
) -> Result<Response, Dropped> {
    *aside.wish() = Wish::default();
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), LONGEST_BODY)
        .await
        .map_err(|_| Dropped)?;
    let path = parts.uri.path();
    if path.starts_with(control::PREFIX) {
        return Ok(control::answer(server, &parts.method, path, &body));
    }
    let number = server.record.received(Recorded::of(&parts, &body));
    let call = server.call(&parts, &body);
    let found = server.engine.faults.for_call(&call);
    let received = Received { parts, body };
    let answered = trouble::answer(server, aside, found, received);
    let response = Faults::answering(call, answered).await?;
    server.record.answered(number, response.status().as_u16());
    Ok(response)
}

impl Server {
    fn call(&self, parts: &Parts, body: &[u8]) -> Call {
        let path = parts.uri.path();
        Call {
            platform: owner(&self.platforms, path).id,
            method: parts.method.to_string(),
            path: path.to_owned(),
            tenant: self.tenant_with_key(parts),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }

    fn tenant_with_key(&self, parts: &Parts) -> Option<String> {
        let sent = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let key = sent.rsplit(' ').next()?;
        let tenants = &self.engine.world.tenants;
        tenants
            .iter()
            .find(|tenant| tenant.secret == key)
            .map(|tenant| tenant.name.clone())
    }
}

/// Gives routes that no platform serves an answer in the shape of the platform they belong to.
pub(super) fn with_unknown_routes(routes: Router, platforms: &[&'static Simulated]) -> Router {
    let platforms = platforms.to_vec();
    routes.fallback(move |request: Request| {
        let (status, body) = (owner(&platforms, request.uri().path()).not_found)();
        let status = StatusCode::from_u16(status).expect("platforms answer with HTTP statuses");
        std::future::ready((status, Json(body)).into_response())
    })
}

/// Whose path it is: that of the platform with the longest prefix of it, else Run:ai's, which has no
/// prefix of its own.
fn owner(platforms: &[&'static Simulated], path: &str) -> &'static Simulated {
    let longest = |platform: &&Simulated| {
        let prefixes = platform
            .paths
            .iter()
            .filter(|prefix| path.starts_with(**prefix));
        let default = (platform.id == PlatformId::RunAi).then_some(0);
        prefixes.map(|prefix| prefix.len()).max().or(default)
    };
    let known = platforms
        .iter()
        .filter(|platform| longest(platform).is_some());
    known
        .max_by_key(|platform| longest(platform))
        .expect("Run:ai is among the platforms")
}
