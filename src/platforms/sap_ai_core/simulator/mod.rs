//! A stand-in for SAP AI Core, written from `specs/sap-ai-core.md` and sharing nothing with the client.

mod access;
mod account;
mod change;
mod failure;
mod list;
mod logs;
mod meta;
mod row;
mod seed;
mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};

use crate::domain::connection::PlatformId;
use crate::simulator::{Engine, Simulated, Switch, Tokens};

use account::Account;
use failure::Failure;
use row::{DEPLOYMENT, EXECUTION, Kind, STATUSES};

pub(super) static SIMULATED: Simulated = Simulated {
    id: PlatformId::SapAiCore,
    routes,
    not_found: || (404, Failure::not_found("no such path", "/api/v2").body()),
    paths: &["/v2", "/oauth/token"],
};

#[derive(Debug)]
struct Service {
    engine: Arc<Engine>,
    accounts: Vec<Arc<Account>>,
    tokens: Tokens,
}

impl Service {
    /// A setting that names a status.
    fn status(&self, switch: Switch) -> Option<&'static str> {
        let word = self.engine.faults.switch(switch)?;
        STATUSES.into_iter().find(|known| word == *known)
    }
}

/// The routes of one kind.
#[derive(Clone, Debug)]
struct Listing {
    service: Arc<Service>,
    kind: &'static Kind,
}

impl FromRef<Listing> for Arc<Service> {
    fn from_ref(listing: &Listing) -> Self {
        listing.service.clone()
    }
}

fn routes(engine: &Arc<Engine>) -> Router {
    let tenants = engine.world.tenants(PlatformId::SapAiCore);
    let service = Arc::new(Service {
        accounts: tenants
            .map(|tenant| Arc::new(Account::of(engine, tenant)))
            .collect(),
        tokens: Tokens::default(),
        engine: engine.clone(),
    });
    let kinds = [&EXECUTION, &DEPLOYMENT].map(|kind| of_kind(&service, kind));
    let shared = Router::new()
        .route("/oauth/token", post(sign_in::issue))
        .route("/v2/lm/meta", get(meta::meta))
        .route("/v2/lm/meta/versions", get(meta::versions))
        .route("/v2/lm/scenarios", get(meta::scenarios))
        .route("/v2/lm/scenarios/{id}/executables", get(meta::executables))
        .route("/v2/lm/configurations", get(meta::configurations))
        .route("/v2/lm/executionSchedules", get(meta::schedules))
        .route("/v2/admin/resourceGroups", get(meta::resource_groups))
        .route(
            "/v2/admin/resourceQuota/deployments",
            get(meta::deployment_quota),
        )
        .with_state(service.clone());
    kinds.into_iter().fold(shared, Router::merge)
}

fn of_kind(service: &Arc<Service>, kind: &'static Kind) -> Router {
    let root = format!("/v2/lm/{}", kind.plural);
    Router::new()
        .route(&root, get(list::list).patch(change::bulk))
        .route(&format!("{root}/$count"), get(list::count))
        .route(
            &format!("{root}/{{id}}"),
            get(list::one).patch(change::modify).delete(change::delete),
        )
        .route(&format!("{root}/{{id}}/logs"), get(logs::logs))
        .with_state(Listing {
            service: service.clone(),
            kind,
        })
}
