//! A stand-in for the Kubiya Agent Control Plane, written from `specs/kubiya.md` alone (10, Simulator).
//!
//! One organisation for each tenant, told apart by the key. It knows nothing of the client's types: what
//! it answers is built here as JSON, with the nulls, the two time styles and the error bodies of the
//! service. Faults of whole calls are the engine's; those of single ids are in `batch` and `single`.

mod account;
mod batch;
mod body;
mod caller;
mod execution;
mod listing;
mod live;
mod organisation;
mod record;
mod refused;
mod seed;
mod single;
mod times;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use crate::domain::connection::PlatformId;
use crate::simulator::{Engine, Simulated};

use organisation::Organisation;

/// The simulator.
pub(super) static SIMULATED: Simulated = Simulated {
    id: PlatformId::Kubiya,
    routes,
    not_found: refused::unknown_route,
    paths: &[
        "/api/v1/executions",
        "/api/v1/auth",
        "/api/v1/worker-queues",
        "/api/health",
    ],
};

/// What the routes share.
#[derive(Debug)]
struct Service {
    engine: Arc<Engine>,
    organisations: Vec<Arc<Organisation>>,
}

impl Service {
    fn new(engine: &Arc<Engine>) -> Self {
        let tenants = engine.world.tenants(PlatformId::Kubiya);
        let organisation = |tenant| Arc::new(Organisation::new(engine, tenant));
        Self {
            engine: engine.clone(),
            organisations: tenants.map(organisation).collect(),
        }
    }
}

fn routes(engine: &Arc<Engine>) -> Router {
    Router::new()
        .route("/api/health", get(account::health))
        .route("/api/v1/auth/validate", get(account::validate))
        .merge(executions())
        .route("/api/v1/executions/", any(refused::without_slash))
        .route("/api/v1/executions/{id}/", any(refused::without_slash))
        .method_not_allowed_fallback(refused::method_not_allowed)
        .with_state(Arc::new(Service::new(engine)))
}

fn executions() -> Router<Arc<Service>> {
    let all = Router::new()
        .route("/", get(listing::list))
        .route("/batch/terminate", post(batch::terminate))
        .route("/{id}", get(listing::one).delete(single::delete))
        .route("/{id}/terminate", post(single::terminate))
        .route("/{id}/cancel", post(single::soft(&single::CANCEL)))
        .route("/{id}/pause", post(single::soft(&single::PAUSE)))
        .route("/{id}/resume", post(single::soft(&single::RESUME)))
        .route("/{id}/session", get(live::session));
    Router::new().nest("/api/v1/executions", all)
}
