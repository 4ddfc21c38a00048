//! One organisation: its key, its people and agents, its table of executions.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use uuid::Uuid;

use super::execution::{CHANGES, Change, Execution};
use super::{no, seed};
use crate::simulator::{self, Answer, Engine, IdFault, Table, Tenant};

#[derive(Debug)]
pub(super) struct Organisation {
    pub(super) engine: Arc<Engine>,
    /// Its name in answers; there is no other id.
    pub(super) slug: String,
    pub(super) key: String,
    /// The first is the one whose key it is.
    pub(super) people: Vec<Person>,
    pub(super) agents: Vec<Agent>,
    table: Mutex<Table<Uuid, Execution>>,
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
}

/// What executions run, and what it was asked.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) prompt: String,
}

impl Organisation {
    /// The organisation of a tenant, with its first executions.
    pub(super) fn new(engine: &Arc<Engine>, tenant: &Tenant) -> Self {
        let world = &engine.world;
        let id =
            |label: &str| simulator::uuid(&mut world.random(&format!("{} {label}", tenant.name)));
        let person = |email: &String| Person {
            id: id(email),
            name: full_name(email),
            email: email.clone(),
        };
        let agent = |agent: &simulator::Agent| Agent {
            id: id(&agent.name),
            name: agent.name.clone(),
            prompt: agent.prompt.clone(),
        };
        let mut table = Table::default();
        for row in seed::executions(world, tenant, engine.clock.now()) {
            table.push(row.id, row);
        }
        Self {
            slug: tenant.client_id.clone(),
            key: tenant.secret.clone(),
            people: world.people.iter().map(person).collect(),
            agents: world.agents.iter().map(agent).collect(),
            table: Mutex::new(table),
            engine: engine.clone(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// Looks at the table, newest first, or changes it, undisturbed.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Table<Uuid, Execution>) -> T) -> T {
        let table = self.table.lock();
        look(&mut table.expect("nobody panics while holding the table"))
    }

    /// Carries out a change that is allowed, unless a fault holds it; it shows after the delay of the row.
    pub(super) fn apply(&self, row: &mut Execution, change: &Change, fault: Option<IdFault>) {
        if fault != Some(IdFault::Stuck) {
            let now = self.now();
            let until = now + self.engine.world.delay(&row.id.to_string());
            row.apply(change, until, now);
        }
    }

    /// Why the workflow engine fails for that row, where a fault says so.
    pub(super) fn engine_failure(&self, id: Uuid) -> Option<String> {
        self.engine.faults.engine_failure(&id.to_string())
    }

    /// Why the workflow engine does not end that row: by a fault, or because it is one of the few that
    /// the world refuses.
    pub(super) fn refuses_to_end(&self, id: Uuid, fault: Option<IdFault>) -> Option<String> {
        let by_fault = fault == Some(IdFault::Refused);
        let refuses = by_fault || self.engine.world.refuses(&id.to_string());
        let ended = "Failed to terminate workflow: workflow execution already completed";
        let failure = self.engine_failure(id);
        failure.or_else(|| refuses.then(|| ended.to_owned()))
    }

    /// Terminates a row and says which workflow was asked to end; the error is that of the single call.
    pub(super) fn terminate(
        &self,
        row: Option<&mut Execution>,
        fault: Option<IdFault>,
    ) -> Result<String, Answer> {
        let (row, change) = (row.ok_or_else(super::no_execution)?, &CHANGES[0]);
        if !row.takes(change) {
            let why = format!("Cannot terminate workflow in status: {}", row.word());
            return Err(no(400, why));
        }
        if let Some(failure) = self.refuses_to_end(row.id, fault) {
            return Err(no(500, failure));
        }
        self.apply(row, change, fault);
        Ok(row.workflow_id())
    }
}

/// `mara.lindqvist@acme.example` is Mara Lindqvist.
fn full_name(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    local.split('.').map(capital).collect::<Vec<_>>().join(" ")
}
