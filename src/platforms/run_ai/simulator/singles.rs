//! The calls for one workload, by type (section 6). They answer 202, and take no body.

use std::future::{Ready, ready};
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{delete, post};
use serde_json::{Value, json};

use crate::domain::connection::PlatformId;

use super::actions::{Action, act};
use super::place::{Caller, No, Site, answer};
use super::workload::{CLASSES, Class, Workload};

/// Adds the routes of each type that has some.
pub(super) fn routes(mut routes: Router<Arc<Site>>) -> Router<Arc<Site>> {
    for class in &CLASSES {
        let Some(segment) = class.segment else {
            continue;
        };
        let path = format!("/api/v1/workloads/{segment}/{{id}}");
        routes = routes.route(&path, delete(calls(class, Action::Delete)));
        if class.suspends {
            for action in [Action::Suspend, Action::Resume] {
                routes = routes.route(
                    &format!("{path}/{}", action.word()),
                    post(calls(class, action)),
                );
            }
        }
    }
    routes
}

/// What a handler that never waits returns.
type Answered = Ready<Result<Response, No>>;

fn calls(
    class: &'static Class,
    action: Action,
) -> impl Fn(Caller, Path<String>) -> Answered + Clone + Send + Sync + 'static {
    move |caller, Path(id)| {
        let is_here =
            |row: &Workload| row.class.word == class.word && serves(&caller.site, class, action);
        let accepted = json!({ "code": 202, "message": "Request has been accepted." });
        ready(changed(&caller, &id, action, is_here).map(|_| answer(202, accepted)))
    }
}

/// Whether a control plane of this version has the call (section 11).
fn serves(site: &Site, class: &Class, action: Action) -> bool {
    let since = match class.word {
        "DistributedInference" => 222,
        "Distributed" if action != Action::Delete => 220,
        _ => 218,
    };
    site.version() >= since
}

/// `DELETE /api/v2/workloads/{id}`, from 2.23 on: answers with the workload.
pub(super) async fn delete_second(caller: Caller, Path(id): Path<String>) -> Result<Response, No> {
    let is_here = |_: &Workload| caller.site.version() >= 223;
    let workload = changed(&caller, &id, Action::Delete, is_here)?;
    Ok(answer(202, workload))
}

/// Acts on the workload of that id where `is_here` says that this is its call, and shows it.
fn changed(
    caller: &Caller,
    id: &str,
    action: Action,
    is_here: impl Fn(&Workload) -> bool,
) -> Result<Value, No> {
    let view = caller.view();
    let place = view.tenancy.place_of(id).ok_or_else(No::such_id)?;
    let mut rows = view.tenancy.rows();
    let row = &mut rows[place];
    if !is_here(row) {
        return Err(No::such_id());
    }
    let fault = caller.site.engine.faults.for_id(PlatformId::RunAi, id);
    act(&caller.site, row, action, fault)?;
    Ok(view.json(row))
}
