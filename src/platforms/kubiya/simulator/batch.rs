//! `POST /executions/batch/terminate` (`specs/kubiya.md` 6.3): always 200, an entry for each id sent.

use axum::Json;
use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, Sent};
use super::caller::Caller;
use super::organisation::Organisation;
use crate::simulator::{Answer, IdFault, entries};

/// What database errors bring along.
const SQL: &str = "\n[SQL: SELECT executions.id AS executions_id, executions.status AS executions_status \n\
    FROM executions \nWHERE executions.id = %(id_1)s AND executions.organization_id = %(organization_id_1)s \n \
    LIMIT %(param_1)s]\n(Background on this error at: https://sqlalche.me/e/20/";

/// Broken JSON is refused before the key is looked at, all else after it. Ids are taken one after the other,
/// within one database session.
pub(super) async fn terminate(
    caller: Result<Caller, Answer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    let sent = Sent::parse(&headers, &body)?;
    let Caller(organisation) = caller?;
    let ids = body::batch(&sent)?;
    let at = super::acted(organisation.now());
    let entry = |id: &str, done| entry(id, &at, &done);
    let (mut results, mut succeeded, mut poisoned) = (Vec::new(), 0, false);
    for id in &ids {
        let fault = organisation.engine.faults.for_id(id);
        let done = terminated(&organisation, id, fault, &mut poisoned);
        succeeded += usize::from(done.is_ok());
        let contrary = match done {
            Ok(_) => Err("Execution not found".to_owned()),
            Err(_) => Ok(format!("agent-execution-{id}")),
        };
        let contrary = |_: &Value| entry(id, contrary);
        results.extend(entries(fault, entry(id, done), contrary));
    }
    let extra = organisation.engine.faults.extra();
    let extra = extra.iter();
    results.extend(extra.map(|id| entry(id, Ok(format!("agent-execution-{id}")))));
    Ok(Json(json!({
        "total_requested": ids.len(),
        "total_succeeded": succeeded,
        "total_failed": ids.len() - succeeded,
        "results": results,
    })))
}

fn entry(id: &str, at: &str, done: &Result<String, String>) -> Value {
    let at = done.is_ok().then_some(at);
    json!({
        "execution_id": id,
        "success": done.is_ok(),
        "workflow_id": done.as_ref().ok(),
        "error": done.as_ref().err(),
        "terminated_at": at,
    })
}

/// The id of the workflow that was asked to end, or the text of the error. An id that is no UUID aborts the
/// transaction that all ids after it share.
fn terminated(
    organisation: &Organisation,
    id: &str,
    fault: Option<IdFault>,
    poisoned: &mut bool,
) -> Result<String, String> {
    if *poisoned {
        return Err(format!(
            "Unexpected error: (psycopg2.errors.InFailedSqlTransaction) current transaction is aborted, \
             commands ignored until end of transaction block\n{SQL}2j85)"
        ));
    }
    let Ok(uuid) = Uuid::try_parse(id) else {
        *poisoned = true;
        return Err(format!(
            "Unexpected error: (psycopg2.errors.InvalidTextRepresentation) \
             invalid input syntax for type uuid: \"{id}\"\n{SQL}9h9h)"
        ));
    };
    let done = organisation.with(|table| organisation.terminate(table.find(&uuid), fault));
    done.map_err(|Answer(status, body)| {
        let why = body["detail"].as_str().unwrap_or_default();
        let prefix = if status == 500 {
            "Unexpected error: "
        } else {
            ""
        };
        format!("{prefix}{why}")
    })
}
