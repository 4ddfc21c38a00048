//! List, count and counts by group (sections 2.1 to 2.4).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::RawQuery;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::place::{Caller, No};
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

/// A word of `groupBy`, and the group of a row.
type Grouping = (&'static str, fn(&View<'_>, &Workload) -> String);

const GROUPINGS: [Grouping; 7] = [
    ("ClusterId", |view, _| view.tenancy.cluster.to_string()),
    ("DepartmentId", |_, _| "3".to_owned()),
    ("ProjectId", |_, row| row.project_id()),
    ("Type", |_, row| row.class.word.to_owned()),
    ("CurrentNodepools", |_, row| row.node_pool().to_owned()),
    ("Phase", |view, row| view.phase(row).to_owned()),
    ("Category", |_, row| row.class.category.to_owned()),
];

/// `WORKLOADS_COUNT` by up to two groups; values are strings.
pub(super) async fn telemetry(caller: Caller, RawQuery(raw): RawQuery) -> Result<Json<Value>, No> {
    let view = caller.view();
    let raw = raw.unwrap_or_default();
    let members: BTreeMap<_, _> = form_urlencoded::parse(raw.as_bytes())
        .into_owned()
        .collect();
    let kind = members.get("telemetryType");
    if kind.is_none_or(|kind| kind != "WORKLOADS_COUNT") {
        return Err(No::new(400, "telemetryType: only WORKLOADS_COUNT is known"));
    }
    let groupings = groupings(members.get("groupBy").map_or("", String::as_str))?;
    let phases = members
        .get("filterByPhases")
        .map(|phases| phases.split(',').collect::<Vec<_>>());
    let is_asked = |row: &&Workload| {
        let phase = view.phase(row);
        !row.is_gone(view.now) && phases.as_ref().is_none_or(|asked| asked.contains(&phase))
    };
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for row in view.tenancy.rows().iter().filter(is_asked) {
        let groups = groupings
            .iter()
            .map(|(_, group)| group(&view, row))
            .collect();
        *counts.entry(groups).or_default() += 1;
    }
    let values: Vec<Value> = counts
        .iter()
        .map(|(groups, count)| value(&groupings, groups, *count))
        .collect();
    Ok(Json(
        json!({ "type": "WORKLOADS_COUNT", "timestamp": view.now, "values": values }),
    ))
}

fn groupings(words: &str) -> Result<Vec<&'static Grouping>, No> {
    let words = words.split(',').filter(|word| !word.is_empty());
    let known = words.map(|word| GROUPINGS.iter().find(|(name, _)| *name == word));
    let known = known
        .collect::<Option<Vec<_>>>()
        .filter(|groupings| groupings.len() <= 2);
    known.ok_or_else(|| No::new(400, "groupBy: at most two of the known groups"))
}

fn value(groupings: &[&Grouping], groups: &[String], count: usize) -> Value {
    let group = |((key, _), value): (&&Grouping, &String)| json!({ "key": key, "value": value });
    let groups: Vec<Value> = groupings.iter().zip(groups).map(group).collect();
    json!({ "value": count.to_string(), "groups": groups })
}
