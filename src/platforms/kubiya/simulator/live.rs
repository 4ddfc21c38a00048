//! What was said in one execution (`specs/kubiya.md` 6.6).

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
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
