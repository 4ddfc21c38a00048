//! Changes of one execution (`specs/kubiya.md` 6.5). Cancel, pause and resume answer 200 either way.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, Sent};
use super::caller::Caller;
use super::execution::{CHANGES, Change, Execution};
use super::{no, no_execution, uuid_for};
use crate::simulator::{Answer, IdFault};

/// `POST /{id}/terminate`: the one that refuses with 400.
pub(super) async fn terminate(
    caller: Result<Caller, Answer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    let sent = Sent::parse(&headers, &body)?;
    let Caller(organisation) = caller?;
    body::single(&sent)?;
    let malformed = "An unexpected error occurred while terminating execution";
    let uuid = Uuid::try_parse(&id).map_err(|_| no(500, malformed))?;
    let fault = organisation.engine.faults.for_id(&id);
    let done = organisation.with(|table| organisation.terminate(table.find(&uuid), fault));
    let (workflow, at) = (done?, super::acted(organisation.now()));
    Ok(Json(
        json!({"success": true, "workflow_id": workflow, "terminated_at": at}),
    ))
}

/// `POST /{id}/cancel`, `/pause` and `/resume`. Where the engine fails to cancel, the row is marked cancelled all
/// the same, with a warning.
pub(super) async fn soft(
    Caller(organisation): Caller,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Answer> {
    let word = uri.path().rsplit('/').next().unwrap_or_default();
    let known = CHANGES.iter().find(|change| change.word == word);
    let change = known.expect("a route for each of the table");
    let doing = format!("{word} execution");
    let id = uuid_for(&doing, &id)?;
    let fault = organisation.engine.faults.for_id(&id.to_string());
    organisation.with(|table| {
        let row = table.find(&id).ok_or_else(no_execution)?;
        if fault == Some(IdFault::Refused) || !row.takes(change) {
            return Ok(Json(refusal(row, change)));
        }
        let warning = match organisation.engine_failure(id) {
            _ if word == "cancel" => organisation.refuses_to_end(id, fault),
            Some(failure) => return Err(no(500, format!("Failed to {doing}: {failure}"))),
            None => None,
        };
        organisation.apply(row, change, fault);
        let mut answer =
            json!({"success": true, "execution_id": id, "message": "Execution marked as cancelled"});
        if let Some(warning) = warning {
            answer["warning"] = warning.into();
        } else {
            answer["message"] = change.success.into();
            answer["workflow_id"] = row.workflow_id().into();
        }
        match fault {
            Some(IdFault::Missing) => answer = json!({}),
            Some(IdFault::Contradictory) => answer["error"] = change.refusal.into(),
            Some(IdFault::Duplicate | IdFault::Refused | IdFault::Stuck) | None => {}
        }
        Ok(Json(answer))
    })
}

fn refusal(row: &Execution, change: &Change) -> Value {
    let error = format!("{} (status: {})", change.refusal, row.word());
    json!({"success": false, "error": error, "execution_id": row.id, "status": row.status})
}

/// `DELETE /{id}`: removes the record in any status; nothing is stopped by it.
pub(super) async fn delete(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Answer> {
    let id = uuid_for("delete execution", &id)?;
    let removed = organisation.with(|table| table.remove(table.place(&id)?));
    removed.ok_or_else(no_execution)?;
    Ok(StatusCode::NO_CONTENT)
}
