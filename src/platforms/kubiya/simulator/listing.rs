//! `GET /executions` and `GET /executions/{id}` (`specs/kubiya.md` 6.1, 6.2).

use axum::Json;
use axum::extract::{Path, RawQuery};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::caller::Caller;
use super::execution::Execution;
use super::record;
use super::refused::{Refused, uuid_for};

/// What a listing asks for. `status`, which the official tool sends, is not among it: it filters nothing.
struct Asked {
    skip: i64,
    limit: i64,
    status: Option<String>,
    kind: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Refused> {
        let numbers = [number(query, "skip", 0), number(query, "limit", 100)];
        let wrong: Vec<Value> = numbers
            .iter()
            .filter_map(|number| number.clone().err())
            .collect();
        match numbers {
            [Ok(skip), Ok(limit)] => Ok(Self {
                skip,
                limit,
                status: last(query, "status_filter").map(|word| word.to_lowercase()),
                kind: last(query, "execution_type").map(|word| word.to_uppercase()),
            }),
            _ => Err(Refused::invalid(wrong)),
        }
    }

    fn wants(&self, row: &Execution, now: Timestamp) -> bool {
        let status = self.status.as_deref();
        let kind = self.kind.as_deref();
        status.is_none_or(|status| row.shown(now) == Some(status))
            && kind.is_none_or(|kind| row.origin.kind == kind)
    }
}

/// The last value of a repeated parameter wins.
fn last(query: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let values = pairs.filter(|(key, _)| key == name);
    values.last().map(|(_, value)| value.into_owned())
}

fn number(query: &str, name: &str, absent: i64) -> Result<i64, Value> {
    let Some(sent) = last(query, name) else {
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
fn negative(error: &str, clause: &str) -> Refused {
    Refused::failed(&format!(
        "Failed to list executions: (psycopg2.errors.InvalidRowCountIn{error}Clause) {clause} must not be negative\n\n\
         [SQL: SELECT executions.id AS executions_id, executions.organization_id AS executions_organization_id \n\
         FROM executions \nWHERE executions.organization_id = %(organization_id_1)s \
         ORDER BY executions.created_at DESC \n LIMIT %(param_1)s OFFSET %(param_2)s]\n\
         (Background on this error at: https://sqlalche.me/e/20/9h9h)"
    ))
}

/// The rows of the organisation, newest first: a bare array, without those that have no status. They
/// are dropped after the limit was applied, so a page may be short.
pub(super) async fn list(
    Caller(organisation): Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Value>>, Refused> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let limit = usize::try_from(asked.limit).map_err(|_| negative("Limit", "LIMIT"))?;
    let skip = usize::try_from(asked.skip).map_err(|_| negative("ResultOffset", "OFFSET"))?;
    let now = organisation.now();
    let rows = organisation.with(|table| {
        let wanted = table.newest_first().filter(|row| asked.wants(row, now));
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
) -> Result<Json<Value>, Refused> {
    let id = uuid_for("get execution", &id)?;
    let now = organisation.now();
    organisation.with(|table| {
        let row = table.find(id).ok_or_else(Refused::no_execution)?;
        let Some(status) = row.shown(now) else {
            return Err(Refused::failed(
                "Failed to get execution: 1 validation error for ExecutionResponse\nstatus\n  \
                 Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]",
            ));
        };
        let mut found = record::listed(&organisation, row, status, now);
        found["participants"] = json!([]);
        Ok(Json(found))
    })
}
