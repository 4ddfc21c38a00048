//! A stand-in for the Kubiya Agent Control Plane, written from `specs/kubiya.md` alone (10, Simulator).
//!
//! One organisation for each tenant, told apart by the key. It knows nothing of the client's types: what
//! it answers is built here as JSON, with the nulls, the three time styles and the error bodies of the
//! service. Faults of whole calls are the engine's; those of single ids are in `batch` and `single`.

mod batch;
mod body;
mod caller;
mod execution;
mod listing;
mod organisation;
mod record;
mod seed;
mod single;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::connection::PlatformId;
use crate::simulator::{self, Answer, Engine, Simulated};

use caller::Caller;
use organisation::Organisation;

pub(super) static SIMULATED: Simulated = Simulated {
    id: PlatformId::Kubiya,
    routes,
    not_found: || (404, json!({"detail": "Not Found"})),
    paths: &[
        "/api/v1/executions",
        "/api/v1/auth",
        "/api/v1/worker-queues",
        "/api/health",
    ],
};

#[derive(Debug)]
struct Service {
    engine: Arc<Engine>,
    organisations: Vec<Arc<Organisation>>,
}

fn routes(engine: &Arc<Engine>) -> Router {
    let tenants = engine.world.tenants(PlatformId::Kubiya);
    let organisation = |tenant| Arc::new(Organisation::new(engine, tenant));
    let service = Service {
        engine: engine.clone(),
        organisations: tenants.map(organisation).collect(),
    };
    let executions = Router::new()
        .route("/", get(listing::list))
        .route("/batch/terminate", post(batch::terminate))
        .route("/{id}", get(listing::one).delete(single::delete))
        .route("/{id}/session", get(listing::session))
        .route("/{id}/terminate", post(single::terminate))
        .route("/{id}/cancel", post(single::soft))
        .route("/{id}/pause", post(single::soft))
        .route("/{id}/resume", post(single::soft));
    Router::new()
        .route("/api/health", get(health))
        .route("/api/v1/auth/validate", get(validate))
        .nest("/api/v1/executions", executions)
        .route("/api/v1/executions/", any(without_slash))
        .route("/api/v1/executions/{id}/", any(without_slash))
        .method_not_allowed_fallback(|| async { no(405, "Method Not Allowed") })
        .with_state(Arc::new(service))
}

/// `GET /api/health`: needs no key, and its time has no zone.
async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(json!({
        "status": "healthy",
        "service": "agent-control-plane",
        "timestamp": zoneless(service.engine.clock.now()),
        "version": "0.6.0",
    }))
}

/// `GET /api/v1/auth/validate`: whose key it is.
async fn validate(Caller(organisation): Caller) -> Json<Value> {
    let operator = &organisation.people[0];
    Json(json!({
        "id": organisation.slug,
        "name": organisation.slug,
        "slug": organisation.slug,
        "user_id": operator.id,
        "user_email": operator.email,
        "user_name": operator.name,
        "user_avatar": null,
        "user_status": "active",
        "user_groups": [],
        "user_group_names": [],
    }))
}

/// The answer to a path with a slash too many: absolute, and always `http` (1).
async fn without_slash(headers: HeaderMap, request: Request) -> Response {
    let host = simulator::header(&headers, "host").unwrap_or("localhost");
    let path = request.uri().path().trim_end_matches('/');
    let query = request.uri().query().map(|query| format!("?{query}"));
    let target = format!("http://{host}{path}{}", query.unwrap_or_default());
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response()
}

/// Errors are always `{"detail": …}`, with a string, an object or an array in it (3).
fn no(status: u16, detail: impl Into<Value>) -> Answer {
    Answer(status, json!({"detail": detail.into()}))
}

/// An id that is unknown or of another organisation.
fn no_execution() -> Answer {
    no(404, "Execution not found")
}

/// The UUID of a path; anything else is an internal error, not a missing row.
fn uuid_for(doing: &str, id: &str) -> Result<Uuid, Answer> {
    let why = format!("Failed to {doing}: badly formed hexadecimal UUID string");
    Uuid::try_parse(id).map_err(|_| no(500, why))
}

/// As columns of the database: `2026-01-10T12:00:00.123456+00:00`, no fraction where it is zero (4).
fn stored(time: Timestamp) -> String {
    format!("{}+00:00", zoneless(time))
}

/// As an answer says when the service acted: `2026-01-10T12:00:00.123456Z`.
fn acted(time: Timestamp) -> String {
    format!("{}Z", zoneless(time))
}

/// As messages and the health check have it.
fn zoneless(time: Timestamp) -> String {
    let format = match time.subsec_nanosecond() / 1_000 {
        0 => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S.%6f",
    };
    time.strftime(format).to_string()
}
