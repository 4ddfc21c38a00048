//! What else is known of one execution: its messages, the engine's view, the event stream (`specs/kubiya.md` 6.6).

use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::Caller;
use super::record;
use super::refused::{Refused, uuid_for};
use super::times;

/// `GET /{id}/session`: nothing was said before the start.
pub(super) async fn session(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let id = uuid_for("get session", &id)?;
    let no_session = || Refused::new(StatusCode::NOT_FOUND, "Session not found");
    let now = organisation.now();
    organisation.with(|table| {
        let row = table.find(id).ok_or_else(no_session)?;
        let started = row.started.ok_or_else(no_session)?;
        let message = |role: &str, content: String, time, number: u8| {
            let message_id = format!("{id}_{role}_{number}");
            json!({"role": role, "content": content, "timestamp": times::zoneless(time), "message_id": message_id})
        };
        let asked = message("user", record::prompt(&organisation, row), started, 1);
        let answered = row.completed(now).filter(|_| row.error.is_none());
        let answered = answered.map(|time| message("assistant", record::response(row), time, 2));
        let messages: Vec<Value> = std::iter::once(asked).chain(answered).collect();
        Ok(Json(json!({
            "session_id": id,
            "execution_id": id,
            "message_count": messages.len(),
            "messages": messages,
            "metadata": {},
        })))
    })
}

/// `GET /{id}/details`: the engine's own status is in upper case.
pub(super) async fn details(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let id = uuid_for("get execution details", &id)?;
    let now = organisation.now();
    organisation.with(|table| {
        let row = table.find(id).ok_or_else(Refused::no_execution)?;
        let ended = row.completed(now);
        let engine = if ended.is_some() { "CLOSED" } else { "RUNNING" };
        Ok(Json(json!({
            "workflow_id": row.workflow_id(),
            "run_id": id,
            "status": engine,
            "execution_status": row.shown(now),
            "started_at": row.started.map(times::stored),
            "completed_at": ended.map(times::stored),
            "recent_events": [],
            "trace": null,
        })))
    })
}

/// `GET /{id}/stream`: the events so far. An unknown id is no 404 but an event.
pub(super) async fn stream(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let uuid = uuid_for("stream execution", &id)?;
    let now = organisation.now();
    let status = organisation.with(|table| table.find(uuid).and_then(|row| row.shown(now)));
    let micros = now.as_microsecond();
    let event = |number: u8, name: &str, data: &Value| {
        format!("id: {uuid}_{number}_{micros}\nevent: {name}\ndata: {data}\n\n")
    };
    let events = match status {
        None => event(1, "error", &json!({"error": "Execution not found"})),
        Some(word) => [
            event(1, "status", &json!({"execution_id": uuid, "status": word})),
            event(2, "history_complete", &json!({})),
        ]
        .concat(),
    };
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], events).into_response())
}
