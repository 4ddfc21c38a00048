//! `POST /executions/batch/terminate` (`specs/kubiya.md` 6.3): always 200, an entry for each id sent.

use axum::Json;
use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, Sent};
use super::caller::Caller;
use super::execution::Change;
use super::organisation::Organisation;
use super::refused::Refused;
use super::times;
use crate::domain::connection::PlatformId;
use crate::simulator::IdFault;

/// What database errors bring along.
const SQL: &str = "\n[SQL: SELECT executions.id AS executions_id, executions.status AS executions_status \n\
    FROM executions \nWHERE executions.id = %(id_1)s AND executions.organization_id = %(organization_id_1)s \n \
    LIMIT %(param_1)s]\n(Background on this error at: https://sqlalche.me/e/20/";

/// Broken JSON is refused before the key is looked at, all else after it.
pub(super) async fn terminate(
    caller: Result<Caller, Refused>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let sent = Sent::parse(&headers, &body)?;
    let Caller(organisation) = caller?;
    let ids = body::batch(&sent)?;
    let mut run = Run {
        organisation: &organisation,
        poisoned: false,
        results: Vec::with_capacity(ids.len()),
        succeeded: 0,
    };
    for id in &ids {
        run.take(id);
    }
    for id in organisation.engine.faults.extra(PlatformId::Kubiya) {
        run.results
            .push(run.success(&id, &format!("agent-execution-{id}")));
    }
    Ok(Json(json!({
        "total_requested": ids.len(),
        "total_succeeded": run.succeeded,
        "total_failed": ids.len() - run.succeeded,
        "results": run.results,
    })))
}

/// One request: ids are taken one after the other, within one database session.
struct Run<'a> {
    organisation: &'a Organisation,
    /// An id that is no UUID aborts the transaction that all ids after it share.
    poisoned: bool,
    results: Vec<Value>,
    succeeded: usize,
}

impl Run<'_> {
    fn take(&mut self, id: &str) {
        let fault = self.organisation.fault(id);
        let done = self.terminated(id, fault);
        self.succeeded += usize::from(done.is_ok());
        let entry = match done {
            Ok(workflow) => self.success(id, &workflow),
            Err(error) => failure(id, &error),
        };
        match fault {
            Some(IdFault::Missing) => {}
            Some(IdFault::Duplicate) => self.results.extend([entry.clone(), entry]),
            Some(IdFault::Contradictory) => {
                let other = self.contrary(id, &entry);
                self.results.extend([entry, other]);
            }
            Some(IdFault::Refused | IdFault::Stuck) | None => self.results.push(entry),
        }
    }

    /// The id of the workflow that was asked to end, or the text of the error.
    fn terminated(&mut self, id: &str, fault: Option<IdFault>) -> Result<String, String> {
        if self.poisoned {
            return Err(format!(
                "Unexpected error: (psycopg2.errors.InFailedSqlTransaction) current transaction is aborted, \
                 commands ignored until end of transaction block\n{SQL}2j85)"
            ));
        }
        let Ok(uuid) = Uuid::try_parse(id) else {
            self.poisoned = true;
            return Err(format!(
                "Unexpected error: (psycopg2.errors.InvalidTextRepresentation) \
                 invalid input syntax for type uuid: \"{id}\"\n{SQL}9h9h)"
            ));
        };
        self.organisation.with(|table| {
            let row = table.find(uuid).ok_or("Execution not found")?;
            if !Change::Terminate.is_taken_in(row.status) {
                return Err(format!(
                    "Cannot terminate workflow in status: {}",
                    row.word()
                ));
            }
            if let Some(failure) = self.organisation.refuses_to_end(uuid, fault) {
                return Err(format!("Unexpected error: {failure}"));
            }
            if fault != Some(IdFault::Stuck) {
                self.organisation.apply(row, Change::Terminate);
            }
            Ok(row.workflow_id())
        })
    }

    fn success(&self, id: &str, workflow: &str) -> Value {
        json!({
            "execution_id": id,
            "success": true,
            "workflow_id": workflow,
            "error": null,
            "terminated_at": times::acted(self.organisation.now()),
        })
    }

    fn contrary(&self, id: &str, entry: &Value) -> Value {
        if entry["success"] == true {
            return failure(id, "Execution not found");
        }
        self.success(id, &format!("agent-execution-{id}"))
    }
}

fn failure(id: &str, error: &str) -> Value {
    json!({
        "execution_id": id,
        "success": false,
        "workflow_id": null,
        "error": error,
        "terminated_at": null,
    })
}
