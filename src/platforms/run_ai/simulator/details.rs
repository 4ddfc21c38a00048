//! One workload by its id, what happened to it, its pods (sections 2.7 and 8).

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

use super::query::Query;
use super::row::View;
use super::site::Caller;
use super::workload::{Stage, Workload};
use super::{id_of, no, no_such_id};
use crate::simulator::{Answer, Switch};

/// The workload itself. Of a deleted one the documents do not say whether it answers 404 or carries
/// `deletedAt`: here the latter, or with the switch `deleted` the former. Nor do they show what came before 2.20.29
/// for what is not there (section 2.7): with the switch `old_not_found` it has other words.
pub(super) async fn workload(
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Answer> {
    let old = caller.site.engine.faults.is_on(Switch::OldNotFound);
    let workload = about(&caller, &id, |view, row| {
        let mut workload = view.json(row);
        if row.stage(view.now).phase == "Pending" {
            workload["pendingSchedulingMessages"] = json!([{
                "nodePool": row.node_pool(),
                "phaseReason": "OverLimit",
                "reason": "Unschedulable",
                "orgType": null,
                "userMessage": "not enough free GPUs",
            }]);
        }
        workload
    });
    workload.map_err(|no_such| if old { no(404, "Not Found") } else { no_such })
}

fn about(
    caller: &Caller,
    id: &str,
    say: impl FnOnce(&View<'_>, &Workload) -> Value,
) -> Result<Json<Value>, Answer> {
    let view = caller.view();
    let hides_deleted = caller.site.engine.faults.switch(Switch::Deleted);
    let hides_deleted = hides_deleted.is_some_and(|how| how == "not_found");
    let mut rows = view.tenancy.rows();
    let row = id_of(id).and_then(|id| rows.find(&id)).map(|row| &*row);
    let is_hidden = |row: &Workload| hides_deleted && view.deleted_at(row).is_some();
    let row = row.filter(|row| view.is_kept(row) && !is_hidden(row));
    Ok(Json(say(&view, row.ok_or_else(no_such_id)?)))
}

/// Newest first unless asked otherwise.
pub(super) async fn events(
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Answer> {
    about(&caller, &id, |view, row| {
        let event = |stage| event(view, row, stage);
        let past = row.past(view.now);
        match query.descending {
            Some(false) => query.page("events", past.map(event)),
            Some(true) | None => query.page("events", past.rev().map(event)),
        }
    })
}

fn event(view: &View<'_>, row: &Workload, stage: Stage) -> Value {
    let is_bad = matches!(stage.phase, "Failed" | "Degraded" | "Unknown");
    json!({
        "createdAt": stage.since,
        "type": if is_bad { "Warning" } else { "Normal" },
        "clusterId": view.tenancy.cluster,
        "reason": stage.word(),
        "message": format!("{} is {}", row.name, stage.word()),
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
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Answer> {
    about(&caller, &id, |view, row| {
        let record = |stage: Stage| {
            json!({
                "meta": { "creationTimestamp": stage.since, "type": "PhaseUpdate" },
                "spec": { "phaseUpdate": { "phase": stage.word(), "phaseMessage": "" } },
            })
        };
        query.page("records", row.past(view.now).map(record))
    })
}

pub(super) async fn pods(
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Answer> {
    about(&caller, &id, |view, row| {
        let is_up = row.stage(view.now).is_up();
        let pods = (0..row.pods()).filter(|_| is_up);
        query.page("pods", pods.map(|number| pod(view, row, number)))
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
