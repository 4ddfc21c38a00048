//! What surrounds the rows: capabilities, resource groups, scenarios, configurations.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Service;
use super::access::{Caller, InGroup};
use super::account::{Account, Part};
use super::failure::Failure;
use super::list::number;
use super::row::{Configuration, DEPLOYMENT, Kind};
use crate::simulator::{Switch, header, member};

const META: &str = include_str!("../../../../assets/sap-ai-core-meta.json");

/// How many deployments a tenant may have.
const DEPLOYMENTS: usize = 100_000;

const GROUPS_TARGET: &str = "/api/v2/admin/resourceGroups";

/// Whether bulk updates of the kind are on, as `/lm/meta` says.
pub(super) fn is_bulk_on(service: &Service, account: &Account, kind: &Kind) -> bool {
    let said = bulk_updates(service, account);
    said.is_some_and(|said| said[kind.plural] == true)
}

/// The capability; absent where the switch says so.
fn bulk_updates(service: &Service, account: &Account) -> Option<Value> {
    let both = |on: bool| Some(json!({ "executions": on, "deployments": on }));
    match service.engine.faults.switch(Switch::BulkUpdates) {
        None => both(account.tenant.bulk),
        Some(Value::Bool(on)) => both(on),
        Some(said) if said == "absent" => None,
        Some(said) => Some(said),
    }
}

pub(super) async fn meta(
    State(service): State<Arc<Service>>,
    Caller(account): Caller,
) -> Json<Value> {
    let mut meta: Value = serde_json::from_str(META).expect("the asset is JSON");
    if let Some(said) = bulk_updates(&service, &account) {
        meta["aiApi"]["capabilities"]["bulkUpdates"] = said;
    }
    Json(meta)
}

pub(super) async fn versions(_: Caller) -> Json<Value> {
    Json(json!({ "versions": [{ "versionId": "v2", "url": "/v2", "description": "AI API v2" }] }))
}

pub(super) async fn scenarios(place: InGroup) -> Json<Value> {
    let made = place.account.configurations.iter();
    let names: BTreeSet<&str> = made.map(|made| made.scenario).collect();
    let created = time(place.account.created);
    let scenario = |name: &str| {
        json!({
            "id": name, "name": name, "description": name.replace('-', " "),
            "labels": [], "createdAt": created, "modifiedAt": created,
        })
    };
    Json(resources(names.into_iter().map(scenario)))
}

pub(super) async fn executables(
    place: InGroup,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let made = place.account.configurations.iter();
    let made = made.filter(|made| made.scenario == id);
    let found: Vec<Value> = made.map(|made| executable(made)).collect();
    if found.is_empty() {
        return Err(Failure::not_found("Scenario not found", "/api/v2/scenarios").about(&id));
    }
    Ok(Json(resources(found)))
}

fn executable(made: &Configuration) -> Value {
    json!({
        "id": made.executable, "name": made.executable, "scenarioId": made.scenario, "versionId": "1.0.0",
        "description": made.name, "deployable": made.kind.is_deployment, "parameters": [],
        "inputArtifacts": [], "outputArtifacts": [], "labels": [],
        "createdAt": time(made.created), "modifiedAt": time(made.created),
    })
}

pub(super) async fn configurations(
    place: InGroup,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let query = query.unwrap_or_default().into_bytes();
    let refuse = |name: &str| Failure::invalid(name, "/api/v2/configurations");
    let top = number(&query, "$top", 10_000, 100_000).map_err(refuse)?;
    let skip = number(&query, "$skip", 0, usize::MAX).map_err(refuse)?;
    let scenario = member(&query, "scenarioId");
    let is_asked =
        |made: &&Arc<Configuration>| scenario.as_deref().is_none_or(|id| id == made.scenario);
    let made = place.account.configurations.iter().filter(is_asked);
    let page = made.skip(skip).take(top);
    Ok(Json(resources(page.map(|made| configuration(made)))))
}

fn configuration(made: &Configuration) -> Value {
    json!({
        "id": made.id, "name": made.name, "executableId": made.executable, "scenarioId": made.scenario,
        "parameterBindings": [], "inputArtifactBindings": [], "createdAt": time(made.created),
    })
}

/// There are none; rows say which schedule started them all the same, as after a schedule was removed.
pub(super) async fn schedules(_: InGroup) -> Json<Value> {
    Json(resources([]))
}

/// Pages by `$top` and `$skip`, or by `Prefer: maxpagesize` and a `Link` to the rest.
pub(super) async fn resource_groups(
    Caller(account): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let query = query.unwrap_or_default().into_bytes();
    let refuse = |name: &str| Failure::invalid(name, GROUPS_TARGET);
    let why = "The continueToken has expired";
    let expired = || Failure::new((410, "01000410"), why, GROUPS_TARGET);
    let top = number(&query, "$top", 10_000, 100_000).map_err(refuse)?;
    let skip = match member(&query, "continueToken") {
        None => number(&query, "$skip", 0, usize::MAX).map_err(refuse)?,
        Some(token) => place_of(&token).ok_or_else(expired)?,
    };
    let size = page_size(&headers).unwrap_or(usize::MAX).min(top);
    let names = &account.tenant.scopes;
    let page = names.iter().skip(skip).take(size);
    let page: Vec<Value> = page.map(|name| resource_group(&account, name)).collect();
    let next = skip.saturating_add(page.len());
    let mut response = Json(resources(page)).into_response();
    if page_size(&headers).is_some() && next < names.len() {
        let link = format!("</v2/admin/resourceGroups?continueToken=after-{next}>; rel=\"next\"");
        let link = HeaderValue::try_from(link).expect("digits and ASCII letters");
        response.headers_mut().insert("link", link);
    }
    Ok(response)
}

/// Deployments of all groups, as what they take of the tenant's quota; with `quotaOnly` the quota alone.
pub(super) async fn deployment_quota(
    State(service): State<Arc<Service>>,
    Caller(account): Caller,
    RawQuery(query): RawQuery,
) -> Json<Value> {
    let query = query.unwrap_or_default().into_bytes();
    let mut quota = json!({ "quotas": [{ "deploymentQuota": { "maxCount": DEPLOYMENTS } }] });
    if member(&query, "quotaOnly").as_deref() != Some("true") {
        let groups = 0..account.tenant.scopes.len();
        let part = |group| Part {
            group,
            kind: &DEPLOYMENT,
        };
        let items: Vec<Value> = account.visit(&service, |holdings| {
            let ids = |group| -> Vec<Value> {
                let rows = holdings.rows(part(group)).rows();
                rows.map(|row| json!({ "id": row.id })).collect()
            };
            groups.flat_map(ids).collect()
        });
        quota["usage"] = json!({ "count": items.len(), "items": items });
    }
    Json(quota)
}

fn place_of(token: &str) -> Option<usize> {
    token.strip_prefix("after-")?.parse().ok()
}

fn page_size(headers: &HeaderMap) -> Option<usize> {
    let size = header(headers, "Prefer")?.strip_prefix("maxpagesize=")?;
    size.parse().ok().filter(|size| *size > 0)
}

fn resource_group(account: &Account, name: &str) -> Value {
    json!({
        "resourceGroupId": name,
        "tenantId": "7c0d2f0e-4f7e-45a5-8f0b-1f6c0a4b9d21",
        "zoneId": "",
        "createdAt": time(account.created),
        "labels": [{ "key": "ext.ai.sap.com/tenant", "value": account.tenant.name }],
        "status": "PROVISIONED",
        "statusMessage": "All onboarding steps are completed.",
    })
}

/// A list; `count` is of the rows of this answer, not of the whole listing.
pub(super) fn resources(resources: impl IntoIterator<Item = Value>) -> Value {
    let resources: Vec<Value> = resources.into_iter().collect();
    json!({ "count": resources.len(), "resources": resources })
}

fn time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
