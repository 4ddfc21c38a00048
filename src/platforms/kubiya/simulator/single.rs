//! Changes of one execution (`specs/kubiya.md` 6.5). Cancel, pause and resume answer 200 either way.

use std::future::{Ready, ready};

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, Sent};
use super::caller::Caller;
use super::execution::{Change, Execution};
use super::organisation::Organisation;
use super::refused::{Refused, uuid_for};
use super::times;
use crate::simulator::IdFault;

/// `POST /{id}/terminate`: the one that refuses with 400.
pub(super) async fn terminate(
    caller: Result<Caller, Refused>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let sent = Sent::parse(&headers, &body)?;
    let Caller(organisation) = caller?;
    body::single(&sent)?;
    let malformed = |_| Refused::failed("An unexpected error occurred while terminating execution");
    let uuid = Uuid::try_parse(&id).map_err(malformed)?;
    let fault = organisation.fault(&id);
    organisation.with(|table| {
        let row = table.find(uuid).ok_or_else(Refused::no_execution)?;
        if !Change::Terminate.is_taken_in(row.status) {
            let why = format!("Cannot terminate workflow in status: {}", row.word());
            return Err(Refused::new(StatusCode::BAD_REQUEST, &why));
        }
        if let Some(failure) = organisation.refuses_to_end(uuid, fault) {
            return Err(Refused::failed(&failure));
        }
        act(&organisation, row, Change::Terminate, fault);
        let at = times::acted(organisation.now());
        Ok(Json(
            json!({"success": true, "workflow_id": row.workflow_id(), "terminated_at": at}),
        ))
    })
}

/// A change that answers 200 whether it was made or not: what is being done, and the words of a no and a yes.
#[derive(Debug)]
pub(super) struct Soft(Change, &'static str, &'static str, &'static str);

/// Where the engine fails the row is marked cancelled all the same, with a warning.
#[rustfmt::skip]
pub(super) static CANCEL: Soft =
    Soft(Change::Cancel, "cancel execution", "Execution is not running", "Execution cancelled successfully");

#[rustfmt::skip]
pub(super) static PAUSE: Soft =
    Soft(Change::Pause, "pause execution", "Execution cannot be paused", "Execution paused successfully");

#[rustfmt::skip]
pub(super) static RESUME: Soft =
    Soft(Change::Resume, "resume execution", "Execution is not paused", "Execution resumed successfully");

/// What a handler that never waits returns.
type Answered = Ready<Result<Json<Value>, Refused>>;

/// `POST /{id}/cancel`, `/pause` and `/resume`.
pub(super) fn soft(
    soft: &'static Soft,
) -> impl Fn(Caller, Path<String>) -> Answered + Clone + Send + Sync + 'static {
    move |Caller(organisation), Path(id)| ready(change(&organisation, &id, soft))
}

fn change(organisation: &Organisation, id: &str, soft: &Soft) -> Result<Json<Value>, Refused> {
    let &Soft(change, doing, ..) = soft;
    let id = uuid_for(doing, id)?;
    let fault = organisation.fault(&id.to_string());
    organisation.with(|table| {
        let row = table.find(id).ok_or_else(Refused::no_execution)?;
        if fault == Some(IdFault::Refused) || !change.is_taken_in(row.status) {
            return Ok(Json(refusal(row, soft)));
        }
        let warning = match organisation.engine_failure(id) {
            _ if change == Change::Cancel => organisation.refuses_to_end(id, fault),
            Some(failure) => return Err(Refused::failed(&format!("Failed to {doing}: {failure}"))),
            None => None,
        };
        act(organisation, row, change, fault);
        Ok(Json(answer(row, soft, warning, fault)))
    })
}

fn refusal(row: &Execution, soft: &Soft) -> Value {
    json!({
        "success": false,
        "error": format!("{} (status: {})", soft.2, row.word()),
        "execution_id": row.id,
        "status": row.status,
    })
}

fn act(organisation: &Organisation, row: &mut Execution, change: Change, fault: Option<IdFault>) {
    if fault != Some(IdFault::Stuck) {
        organisation.apply(row, change);
    }
}

fn answer(row: &Execution, soft: &Soft, warning: Option<String>, fault: Option<IdFault>) -> Value {
    let mut answer = match warning {
        None => json!({
            "success": true,
            "execution_id": row.id,
            "workflow_id": row.workflow_id(),
            "message": soft.3,
        }),
        Some(warning) => json!({
            "success": true,
            "execution_id": row.id,
            "message": "Execution marked as cancelled",
            "warning": warning,
        }),
    };
    match fault {
        Some(IdFault::Missing) => json!({}),
        Some(IdFault::Contradictory) => {
            answer["error"] = soft.2.into();
            answer
        }
        Some(IdFault::Duplicate | IdFault::Refused | IdFault::Stuck) | None => answer,
    }
}

/// `DELETE /{id}`: removes the record in any status; nothing is stopped by it.
pub(super) async fn delete(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let id = uuid_for("delete execution", &id)?;
    let removed = organisation.with(|table| table.remove(id));
    removed
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(Refused::no_execution)
}
