//! Where workloads live: the site, its tenants, who may look, and how it says no.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::connection::PlatformId;
use crate::simulator::{Engine, Tenant};

use super::row::View;
use super::workload::Workload;
use super::{seed, token};

/// The control plane: every Run:ai tenant of the world, behind one address.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) engine: Arc<Engine>,
    pub(super) tenancies: Vec<Tenancy>,
}

/// One tenant and what it runs.
#[derive(Debug)]
pub(super) struct Tenancy {
    pub(super) tenant: Tenant,
    pub(super) number: usize,
    pub(super) cluster: Uuid,
    pub(super) people: Vec<String>,
    rows: Mutex<Vec<Workload>>,
    places: HashMap<Uuid, usize>,
}

impl Tenancy {
    /// The rows, oldest first.
    pub(super) fn rows(&self) -> MutexGuard<'_, Vec<Workload>> {
        self.rows
            .lock()
            .expect("nothing panics while it holds the rows")
    }

    /// Where in [`Tenancy::rows`] a workload is.
    pub(super) fn place_of(&self, id: &str) -> Option<usize> {
        self.places.get(&Uuid::try_parse(id).ok()?).copied()
    }
}

impl Site {
    pub(super) fn of(engine: &Arc<Engine>) -> Self {
        let tenants = engine.world.tenants(PlatformId::RunAi).cloned();
        let tenancy = |(number, tenant): (usize, Tenant)| {
            let rows = seed::rows(engine, &tenant);
            let places = rows.iter().enumerate();
            let places = places.map(|(place, row)| (row.id, place)).collect();
            Tenancy {
                cluster: seed::uuid(&mut engine.world.random(&format!("{} cluster", tenant.name))),
                people: engine.world.people.clone(),
                number: 1_200 + number,
                rows: Mutex::new(rows),
                tenant,
                places,
            }
        };
        Self {
            engine: engine.clone(),
            tenancies: tenants.enumerate().map(tenancy).collect(),
        }
    }

    /// The simulated present.
    pub(super) fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// A setting of this simulator; see the head of the module.
    pub(super) fn switch(&self, name: &str) -> Option<Value> {
        self.engine.faults.switch(PlatformId::RunAi, name)
    }

    /// The control plane's version times 100: 224 for 2.24.
    pub(super) fn version(&self) -> u32 {
        let version = self.switch("version");
        let version = version.as_ref().and_then(Value::as_str).unwrap_or("2.24");
        let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
        let number = |text: &str| text.parse::<u32>().unwrap_or(0);
        number(major) * 100 + number(minor)
    }
}

/// Whoever sent a token, and where it is one of; 401 in the error shape where it is nobody's or has ended.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) site: Arc<Site>,
    tenancy: usize,
}

impl Caller {
    pub(super) fn tenancy(&self) -> &Tenancy {
        &self.site.tenancies[self.tenancy]
    }

    /// What it sees.
    pub(super) fn view(&self) -> View<'_> {
        View::of(&self.site, self.tenancy())
    }
}

impl FromRequestParts<Arc<Site>> for Caller {
    type Rejection = No;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, No> {
        let bearer = parts.headers.get("authorization");
        let bearer = bearer.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let tenancy = bearer.and_then(|bearer| token::owner(site, bearer));
        Ok(Self {
            tenancy: tenancy.ok_or_else(|| No::new(401, "Issuer is not familiar."))?,
            site: site.clone(),
        })
    }
}

/// No, with the status and the words of the error shape (section 7.5).
#[derive(Debug)]
pub(super) struct No {
    pub(super) code: u16,
    pub(super) message: String,
}

impl No {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// To what is not there, and to what nobody serves.
    pub(super) fn such_id() -> Self {
        Self::new(404, "Resource id not found.")
    }

    pub(super) fn body(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }

    /// As an entry of a batch's `failed`.
    pub(super) fn of_id(&self, id: &str) -> Value {
        json!({ "id": id, "code": self.code, "message": self.message })
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        answer(self.code, self.body())
    }
}

/// An answer of another status than 200.
pub(super) fn answer(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).expect("every status here is written down");
    (status, Json(body)).into_response()
}
