//! One workload by its id, what happened to it, its pods; clusters and projects (sections 2.7 and 8).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::place::{No, Site};
use super::query::Query;
use super::row::View;
use super::workload::{Phase, Stage, Workload};

/// A deleted workload stays readable for that long.
const KEPT_HOURS: i64 = 14 * 24;

/// The workload itself. Of a deleted one the documents do not say whether it answers 404 or carries
/// `deletedAt`: here the latter, or with the switch `deleted` the former.
pub(super) async fn workload(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, No> {
    about(&site, &headers, &id, |view, row| {
        let mut workload = view.json(row);
        if row.stage(view.now).phase == Phase::Pending {
            workload["pendingSchedulingMessages"] = json!([{
                "nodePool": row.node_pool(),
                "phaseReason": "OverLimit",
                "reason": "Unschedulable",
                "orgType": null,
                "userMessage": "not enough free GPUs",
            }]);
        }
        workload
    })
}

fn about(
    site: &Site,
    headers: &HeaderMap,
    id: &str,
    say: impl FnOnce(&View<'_>, &Workload) -> Value,
) -> Result<Json<Value>, No> {
    let tenancy = site.caller(headers)?;
    let view = View::of(site, tenancy);
    let hides_deleted = site.switch("deleted").is_some_and(|how| how == "not_found");
    let is_kept = |row: &&Workload| match view.deleted_at(row) {
        None => true,
        Some(at) => !hides_deleted && view.now.duration_since(at).as_hours() < KEPT_HOURS,
    };
    let rows = tenancy.rows();
    let place = Uuid::try_parse(id).ok().and_then(|id| tenancy.place_of(id));
    match place.map(|place| &rows[place]).filter(is_kept) {
        Some(row) => Ok(Json(say(&view, row))),
        None => Err(No::such_id()),
    }
}

/// Newest first unless asked otherwise.
pub(super) async fn events(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, No> {
    let query = Query::read(raw.as_deref())?;
    about(&site, &headers, &id, |view, row| {
        let mut events: Vec<Value> = row
            .past(view.now)
            .map(|stage| event(view, row, stage))
            .collect();
        if query.descending != Some(false) {
            events.reverse();
        }
        paged("events", events, &query)
    })
}

fn event(view: &View<'_>, row: &Workload, stage: Stage) -> Value {
    let is_bad = matches!(
        stage.phase,
        Phase::Failed | Phase::Degraded | Phase::Unknown
    );
    json!({
        "createdAt": stage.since,
        "type": if is_bad { "Warning" } else { "Normal" },
        "clusterId": view.tenancy.cluster,
        "reason": stage.phase.word(),
        "message": format!("{} is {}", row.name, stage.phase.word()),
        "source": "runai-workload-controller",
        "involvedObject": {
            "uid": row.id,
            "kind": row.class.word,
            "name": row.name,
            "namespace": format!("runai-{}", view.project(row)),
        },
    })
}

/// Oldest first; there is no other order.
pub(super) async fn history(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, No> {
    let query = Query::read(raw.as_deref())?;
    about(&site, &headers, &id, |view, row| {
        let record = |stage: Stage| {
            json!({
                "meta": { "creationTimestamp": stage.since, "type": "PhaseUpdate" },
                "spec": { "phaseUpdate": { "phase": stage.phase.word(), "phaseMessage": "" } },
            })
        };
        paged("records", row.past(view.now).map(record).collect(), &query)
    })
}

pub(super) async fn pods(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, No> {
    let query = Query::read(raw.as_deref())?;
    about(&site, &headers, &id, |view, row| {
        let running = if row.stage(view.now).phase.is_up() {
            row.pods()
        } else {
            0
        };
        paged(
            "pods",
            (0..running).map(|number| pod(view, row, number)).collect(),
            &query,
        )
    })
}

fn pod(view: &View<'_>, row: &Workload, number: u64) -> Value {
    let (high, low) = row.id.as_u64_pair();
    let since = row.stage(view.now).since;
    json!({
        "id": Uuid::from_u64_pair(high, low.wrapping_add(number + 1)),
        "name": format!("{}-{number}", row.name),
        "workloadId": row.id,
        "clusterId": view.tenancy.cluster,
        "tenantId": view.tenancy.number,
        "priorityClassName": row.priority_class(),
        "k8sPhase": "Running",
        "k8sPhaseUpdatedAt": since,
        "updatedAt": since,
        "nodeName": null,
        "createdAt": since,
        "completedAt": null,
        "containers": [{ "name": "main", "image": "registry.acme.example/train:4.1", "startedAt": since }],
        "currentNodePool": row.node_pool(),
    })
}

fn paged(name: &str, all: Vec<Value>, query: &Query) -> Value {
    let count = all.len();
    let page: Vec<Value> = all
        .into_iter()
        .skip(query.offset)
        .take(query.limit)
        .collect();
    let mut body = json!({});
    body[name] = page.into();
    let next = query.offset + query.limit;
    if next < count {
        body["next"] = next.into();
    }
    body
}

/// A bare array.
pub(super) async fn clusters(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
) -> Result<Json<Value>, No> {
    let tenancy = site.caller(&headers)?;
    Ok(Json(json!([{
        "uuid": tenancy.cluster,
        "name": tenancy.tenant.name,
        "tenantId": tenancy.number,
        "createdAt": "2025-02-03T09:00:00Z",
        "version": "2.24.11",
        "status": { "state": "Connected" },
    }])))
}

pub(super) async fn projects(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
) -> Result<Json<Value>, No> {
    let tenancy = site.caller(&headers)?;
    let project = |(number, name): (usize, &String)| {
        json!({
            "id": (4_500_017 + number).to_string(),
            "name": name,
            "clusterId": tenancy.cluster,
            "parentId": "3",
            "status": { "phase": "Ready" },
        })
    };
    let projects: Vec<Value> = tenancy
        .tenant
        .scopes
        .iter()
        .enumerate()
        .map(project)
        .collect();
    Ok(Json(json!({ "projects": projects })))
}
