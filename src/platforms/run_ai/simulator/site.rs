//! Where workloads live: the site, its tenants, who may look, and what is done to one workload.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::row::View;
use super::workload::{GONE, Workload};
use super::{no, no_such_id, seed};
use crate::domain::connection::PlatformId;
use crate::simulator::{
    Answer, Engine, IdFault, Switch, Table, Tenant, Tokens, World, header, uuid,
};

/// The control plane: every Run:ai tenant of the world, behind one address.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) engine: Arc<Engine>,
    pub(super) tenancies: Vec<Arc<Tenancy>>,
    pub(super) tokens: Tokens,
}

#[derive(Debug)]
pub(super) struct Tenancy {
    pub(super) tenant: Tenant,
    pub(super) number: usize,
    pub(super) cluster: Uuid,
    pub(super) people: Vec<String>,
    rows: Mutex<Table<Uuid, Workload>>,
}

impl Tenancy {
    /// The rows, oldest first.
    pub(super) fn rows(&self) -> MutexGuard<'_, Table<Uuid, Workload>> {
        let rows = self.rows.lock();
        rows.expect("nothing panics while it holds the rows")
    }
}

impl Site {
    pub(super) fn of(engine: &Arc<Engine>) -> Self {
        let tenants = engine.world.tenants(PlatformId::RunAi).cloned();
        let tenancy = |(number, tenant): (usize, Tenant)| {
            let mut rows = Table::default();
            for row in seed::rows(engine, &tenant) {
                rows.push(row.id, row);
            }
            Arc::new(Tenancy {
                cluster: uuid(&mut engine.world.random(&format!("{} cluster", tenant.name))),
                people: engine.world.people.clone(),
                number: 1_200 + number,
                rows: Mutex::new(rows),
                tenant,
            })
        };
        Self {
            engine: engine.clone(),
            tenancies: tenants.enumerate().map(tenancy).collect(),
            tokens: Tokens::default(),
        }
    }

    /// The control plane's version times 100: 224 for 2.24.
    pub(super) fn version(&self) -> u32 {
        let version = self.engine.faults.switch(Switch::Version);
        let version = version.as_ref().and_then(Value::as_str).unwrap_or("2.24");
        let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
        let number = |text: &str| text.parse::<u32>().unwrap_or(0);
        number(major) * 100 + number(minor)
    }

    /// Carries an action out, alike in batches and alone: the workload sets out on its way, which takes the time
    /// the world gives it. The codes and words of refusals are ours; the service documents none.
    pub(super) fn act(
        &self,
        row: &mut Workload,
        action: &str,
        fault: Option<IdFault>,
    ) -> Result<(), Answer> {
        let (engine, id, now) = (&self.engine, row.id.to_string(), self.engine.clock.now());
        if let Some(text) = engine.faults.engine_failure(&id) {
            return Err(no(500, text));
        }
        if fault == Some(IdFault::Refused) {
            return Err(no(403, "You do not have sufficient permissions."));
        }
        allows(&engine.world, row, action, now)?;
        if fault != Some(IdFault::Stuck) {
            row.set_out(now, &way(action, engine.world.delay(&id)));
        }
        Ok(())
    }
}

fn allows(world: &World, row: &Workload, action: &str, now: Timestamp) -> Result<(), Answer> {
    let stage = row.stage(now);
    if stage.phase == GONE {
        return Err(no_such_id());
    }
    if action != "delete" && !row.class.suspends {
        return Err(no(
            400,
            format!("{action} is not supported for this workload"),
        ));
    }
    if world.refuses(&row.id.to_string()) {
        return Err(no(403, "workload is owned by another user"));
    }
    // The table of section 3, which is itself a guess; a workload that is still stopping is not resumed.
    let allowed = match stage.phase {
        "Stopped" => action != "suspend",
        "Stopping" | "Completed" | "Failed" => action == "delete",
        "Deleting" | "Terminating" => false,
        _ => action != "resume",
    };
    let why = || format!("{action} is not possible in phase {}", stage.phase);
    allowed.then_some(()).ok_or_else(|| no(409, why()))
}

/// Item 7 of section 12.
fn way(action: &str, takes: Duration) -> Vec<(Duration, &'static str)> {
    match action {
        "suspend" => vec![(Duration::ZERO, "Stopping"), (takes, "Stopped")],
        "delete" => vec![(Duration::ZERO, "Deleting"), (takes, GONE)],
        _ => vec![
            (Duration::ZERO, "Resuming"),
            (takes / 4, "Pending"),
            (takes / 2, "Initializing"),
            (takes, "Running"),
        ],
    }
}

/// Whoever sent a token, and where it is one of; 401 in the error shape where it is nobody's or has ended.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) site: Arc<Site>,
    pub(super) tenancy: Arc<Tenancy>,
}

impl Caller {
    /// What it sees.
    pub(super) fn view(&self) -> View<'_> {
        View::of(&self.site, &self.tenancy)
    }
}

impl FromRequestParts<Arc<Site>> for Caller {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Answer> {
        let sent = header(&parts.headers, "authorization");
        let bearer = sent.and_then(|sent| sent.strip_prefix("Bearer "));
        let holder = bearer.and_then(|bearer| site.tokens.holder(bearer));
        let mut tenancies = site.tenancies.iter();
        let is_its = |tenancy: &&Arc<Tenancy>| Some(&tenancy.tenant.client_id) == holder.as_ref();
        let found = tenancies.find(is_its).cloned();
        Ok(Self {
            tenancy: found.ok_or_else(|| no(401, "Issuer is not familiar."))?,
            site: site.clone(),
        })
    }
}
