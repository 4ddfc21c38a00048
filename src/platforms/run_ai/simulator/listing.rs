//! List and count (sections 2.1 and 2.4).

use axum::Json;
use serde_json::{Value, json};

use super::place::Caller;
use super::query::Query;
use super::row::View;
use super::workload::Workload;

pub(super) async fn list(caller: Caller, query: Query) -> Json<Value> {
    let view = caller.view();
    let rows = view.tenancy.rows();
    let mut page = page(&view, &query, &rows);
    let more = page.len() > query.limit;
    page.truncate(query.limit);
    let workloads: Vec<Value> = page.into_iter().map(|row| view.json(row)).collect();
    let mut body = json!({ "workloads": workloads });
    if more {
        body["next"] = (query.offset + query.limit).into();
    }
    Json(body)
}

/// The rows of a page, and one more where there is one. Rows are kept by age, so that the order every
/// client pages by costs nothing.
fn page<'a>(view: &View<'_>, query: &Query, rows: &'a [Workload]) -> Vec<&'a Workload> {
    let matching = rows.iter().filter(|row| query.matches(view, row));
    let most = query.limit + 1;
    if !query.is_by_age() {
        let mut all: Vec<&Workload> = matching.collect();
        all.sort_by(|one, other| query.order(view, one, other));
        return all.into_iter().skip(query.offset).take(most).collect();
    }
    if query.descending == Some(true) {
        matching.rev().skip(query.offset).take(most).collect()
    } else {
        matching.skip(query.offset).take(most).collect()
    }
}

pub(super) async fn count(caller: Caller, query: Query) -> Json<Value> {
    let view = caller.view();
    let rows = view.tenancy.rows();
    let count = rows.iter().filter(|row| query.matches(&view, row)).count();
    Json(json!({ "count": count }))
}
