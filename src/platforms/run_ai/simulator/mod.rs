//! A Run:ai control plane to try the client on: `specs/run-ai.md` 12.
//!
//! Written from the page alone, over its own state; shares no type with the client. What the page leaves
//! open is decided here and said where it is done: the words and codes of refusals, all rules that
//! answer 400, and that filters are joined by AND.
//!
//! Switches, as faults of the kind `switch`: `version` (`"2.18"` and later), `deleted` (`"not_found"`: a deleted
//! workload is not readable by id), `omit_empty` and `reversed` (the lists of a batch answer), `phases` (an
//! object: id to phase word).

mod actions;
mod batch;
mod details;
mod listing;
mod place;
mod query;
mod row;
mod seed;
mod singles;
mod token;
mod workload;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::domain::connection::PlatformId;
use crate::simulator::{Engine, Simulated};

use place::{No, Site};

/// The simulator.
pub(super) static SIMULATED: Simulated = Simulated {
    id: PlatformId::RunAi,
    routes,
    not_found: || (404, No::such_id().body()),
    paths: &[],
};

fn routes(engine: &Arc<Engine>) -> Router {
    let routes = Router::new()
        .route("/api/v1/token", post(token::first))
        .route("/api/v2/token", post(token::second))
        .route("/api/v1/workloads", get(listing::list))
        .route("/api/v1/workloads/count", get(listing::count))
        .route("/api/v1/workloads/batch", post(batch::batch))
        .route("/api/v1/workloads/{id}", get(details::workload))
        .route("/api/v1/workloads/{id}/events", get(details::events))
        .route("/api/v1/workloads/{id}/history", get(details::history))
        .route("/api/v1/workloads/{id}/pods", get(details::pods))
        .route("/api/v2/workloads/{id}", delete(singles::delete_second));
    singles::routes(routes)
        .method_not_allowed_fallback(|| async { No::new(405, "Method not allowed.") })
        .with_state(Arc::new(Site::of(engine)))
}
