//! The calls for one workload, by type (section 6). They answer 202, and take no body.

use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::{delete, post};
use serde_json::{Value, json};

use super::site::{Caller, Site};
use super::workload::{CLASSES, Workload};
use super::{id_of, no_such_id};
use crate::simulator::Answer;

/// Adds the routes of each type that has some.
pub(super) fn routes(mut routes: Router<Arc<Site>>) -> Router<Arc<Site>> {
    for class in &CLASSES {
        let Some(segment) = class.segment else {
            continue;
        };
        let call = |action: &'static str| {
            move |caller: Caller, Path(id): Path<String>| {
                // Whether a control plane of this version has the call (section 11).
                let since = match (class.word, action) {
                    ("DistributedInference", _) => 222,
                    ("Distributed", "suspend" | "resume") => 220,
                    _ => 218,
                };
                let is_here =
                    |row: &Workload| row.class.word == class.word && caller.site.version() >= since;
                let accepted = json!({ "code": 202, "message": "Request has been accepted." });
                ready(changed(&caller, &id, action, is_here).map(|_| Answer(202, accepted)))
            }
        };
        let path = format!("/api/v1/workloads/{segment}/{{id}}");
        routes = routes.route(&path, delete(call("delete")));
        for action in ["suspend", "resume"].into_iter().filter(|_| class.suspends) {
            routes = routes.route(&format!("{path}/{action}"), post(call(action)));
        }
    }
    routes
}

/// `DELETE /api/v2/workloads/{id}`, from 2.23 on: answers with the workload.
pub(super) async fn delete_second(
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Answer> {
    let is_here = |_: &Workload| caller.site.version() >= 223;
    let workload = changed(&caller, &id, "delete", is_here)?;
    Ok(Answer(202, workload))
}

/// Acts on the workload of that id where `is_here` says that this is its call, and shows it.
fn changed(
    caller: &Caller,
    id: &str,
    action: &str,
    is_here: impl Fn(&Workload) -> bool,
) -> Result<Value, Answer> {
    let view = caller.view();
    let mut rows = view.tenancy.rows();
    let row = id_of(id).and_then(|id| rows.find(&id));
    let row = row.filter(|row| is_here(row)).ok_or_else(no_such_id)?;
    let fault = caller.site.engine.faults.for_id(id);
    caller.site.act(row, action, fault)?;
    Ok(view.json(row))
}
