//! `GET /executions`, `GET /executions/{id}` and its session (`specs/kubiya.md` 6.1, 6.2, 6.6).

use axum::Json;
use axum::extract::{Path, RawQuery};
use serde_json::{Value, json};

use super::caller::Caller;
use super::{no, no_execution, record, uuid_for, zoneless};
use crate::simulator::{Answer, member};

fn number(query: &[u8], name: &str, absent: i64) -> Result<i64, Value> {
    let Some(sent) = member(query, name) else {
        return Ok(absent);
    };
    sent.trim().parse().map_err(|_| {
        json!({
            "type": "int_parsing",
            "loc": ["query", name],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": sent,
        })
    })
}

/// What the database says of a negative number: a sentence, and the statement it would not run.
fn negative(error: &str, clause: &str) -> Answer {
    no(
        500,
        format!(
            "Failed to list executions: (psycopg2.errors.InvalidRowCountIn{error}Clause) {clause} must not be negative\n\n\
         [SQL: SELECT executions.id AS executions_id, executions.organization_id AS executions_organization_id \n\
         FROM executions \nWHERE executions.organization_id = %(organization_id_1)s \
         ORDER BY executions.created_at DESC \n LIMIT %(param_1)s OFFSET %(param_2)s]\n\
         (Background on this error at: https://sqlalche.me/e/20/9h9h)"
        ),
    )
}

/// The rows of the organisation, newest first: a bare array, without those that have no status. They
/// are dropped after the limit was applied, so a page may be short. `status`, which the official tool sends,
/// filters nothing.
pub(super) async fn list(
    Caller(organisation): Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Value>>, Answer> {
    let query = query.unwrap_or_default().into_bytes();
    let (skip, limit) = match (number(&query, "skip", 0), number(&query, "limit", 100)) {
        (Ok(skip), Ok(limit)) => (skip, limit),
        (skip, limit) => {
            let wrong = skip.err().into_iter().chain(limit.err());
            return Err(no(422, wrong.collect::<Vec<_>>()));
        }
    };
    let limit = usize::try_from(limit).map_err(|_| negative("Limit", "LIMIT"))?;
    let skip = usize::try_from(skip).map_err(|_| negative("ResultOffset", "OFFSET"))?;
    let status = member(&query, "status_filter").map(|word| word.to_lowercase());
    let kind = member(&query, "execution_type").map(|word| word.to_uppercase());
    let now = organisation.now();
    let rows = organisation.with(|table| {
        let wanted = table.rows().filter(|row| {
            (status.is_none() || row.shown(now) == status.as_deref())
                && kind.as_ref().is_none_or(|kind| row.kind == kind)
        });
        let page = wanted.skip(skip).take(limit);
        page.filter_map(|row| Some(record::listed(&organisation, row, row.shown(now)?, now)))
            .collect()
    });
    Ok(Json(rows))
}

/// One row by its id.
pub(super) async fn one(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Answer> {
    let id = uuid_for("get execution", &id)?;
    let now = organisation.now();
    organisation.with(|table| {
        let row = table.find(&id).ok_or_else(no_execution)?;
        let null = "Failed to get execution: 1 validation error for ExecutionResponse\nstatus\n  \
                    Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]";
        let status = row.shown(now).ok_or_else(|| no(500, null))?;
        let mut found = record::listed(&organisation, row, status, now);
        found["participants"] = json!([]);
        Ok(Json(found))
    })
}

/// `GET /{id}/session`: nothing was said before the start.
pub(super) async fn session(
    Caller(organisation): Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Answer> {
    let id = uuid_for("get session", &id)?;
    let no_session = || no(404, "Session not found");
    let now = organisation.now();
    organisation.with(|table| {
        let row = table.find(&id).ok_or_else(no_session)?;
        let started = row.started.ok_or_else(no_session)?;
        let message = |role: &str, content: String, time, number: u8| {
            let message_id = format!("{id}_{role}_{number}");
            json!({"role": role, "content": content, "timestamp": zoneless(time), "message_id": message_id})
        };
        let asked = message("user", record::prompt(&organisation, row), started, 1);
        let answered = record::said(row, now);
        let answered = answered.map(|(text, time)| message("assistant", text, time, 2));
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
