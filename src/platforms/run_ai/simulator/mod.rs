//! A Run:ai control plane to try the client on: `specs/run-ai.md` 12.
//!
//! Written from the page alone, over its own state; shares no type with the client. What the page leaves
//! open is decided here and said where it is done: the words and codes of refusals, all rules that
//! answer 400, and that filters are joined by AND.

mod batch;
mod details;
mod query;
mod row;
mod seed;
mod sign_in;
mod singles;
mod site;
mod workload;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use serde_json::json;
use uuid::Uuid;

use crate::domain::connection::PlatformId;
use crate::simulator::{Answer, Engine, Simulated};

use site::Site;

pub(super) static SIMULATED: Simulated = Simulated {
    id: PlatformId::RunAi,
    routes,
    not_found: || (404, no_such_id().1),
    paths: &[],
};

fn routes(engine: &Arc<Engine>) -> Router {
    let routes = Router::new()
        .route("/api/v1/token", post(sign_in::first))
        .route("/api/v2/token", post(sign_in::second))
        .route("/api/v1/workloads", get(query::list))
        .route("/api/v1/workloads/count", get(query::count))
        .route("/api/v1/workloads/batch", post(batch::batch))
        .route("/api/v1/workloads/{id}", get(details::workload))
        .route("/api/v1/workloads/{id}/events", get(details::events))
        .route("/api/v1/workloads/{id}/history", get(details::history))
        .route("/api/v1/workloads/{id}/pods", get(details::pods))
        .route("/api/v2/workloads/{id}", delete(singles::delete_second));
    singles::routes(routes)
        .method_not_allowed_fallback(|| async { no(405, "Method not allowed.") })
        .with_state(Arc::new(Site::of(engine)))
}

/// The error shape of section 7.5.
fn no(code: u16, message: impl Into<String>) -> Answer {
    Answer(code, json!({ "code": code, "message": message.into() }))
}

/// An id, in the one spelling that is documented: braces, `urn:uuid:` and 32 digits are others.
fn id_of(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

/// To what is not there, and to what nobody serves.
fn no_such_id() -> Answer {
    no(404, "Resource id not found.")
}
