//! The cheap checks: is the service up, is the key good (`specs/kubiya.md` 2).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::caller::Caller;
use super::{Service, times};

/// `GET /api/health`: needs no key, and its time has no zone.
pub(super) async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(json!({
        "status": "healthy",
        "service": "agent-control-plane",
        "timestamp": times::zoneless(service.engine.clock.now()),
        "version": "0.6.0",
    }))
}

/// `GET /api/v1/auth/validate`: whose key it is.
pub(super) async fn validate(Caller(organisation): Caller) -> Json<Value> {
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
