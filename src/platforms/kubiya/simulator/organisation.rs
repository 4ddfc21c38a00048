//! One organisation: its key, its people and agents, its table of executions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::execution::{Change, Execution};
use super::seed;
use crate::domain::connection::PlatformId;
use crate::simulator::{Engine, IdFault, Tenant};

/// What the workflow engine says of work that it finds ended already.
const NOT_ENDED: &str = "Failed to terminate workflow: workflow execution already completed";

/// A tenant of the world.
#[derive(Debug)]
pub(super) struct Organisation {
    pub(super) engine: Arc<Engine>,
    /// Its name in answers; there is no other id.
    pub(super) slug: String,
    /// The key it accepts.
    pub(super) key: String,
    /// The first is the one whose key it is.
    pub(super) people: Vec<Person>,
    pub(super) agents: Vec<Agent>,
    table: Mutex<Table>,
}

/// Someone who starts executions.
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

/// The executions, newest first, with a gap for each that was deleted; and where each id is.
#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Option<Execution>>,
    places: HashMap<Uuid, usize>,
}

impl Table {
    fn new(rows: Vec<Execution>) -> Self {
        let places = rows.iter().enumerate();
        Self {
            places: places.map(|(place, row)| (row.id, place)).collect(),
            rows: rows.into_iter().map(Some).collect(),
        }
    }

    /// All rows, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Execution> {
        self.rows.iter().flatten()
    }

    /// The row of an id.
    pub(super) fn find(&mut self, id: Uuid) -> Option<&mut Execution> {
        self.rows[*self.places.get(&id)?].as_mut()
    }

    /// Deletes the record; says whether there was one.
    pub(super) fn remove(&mut self, id: Uuid) -> bool {
        let place = self.places.get(&id);
        place.is_some_and(|&place| self.rows[place].take().is_some())
    }
}

impl Organisation {
    /// The organisation of a tenant, with its first executions.
    pub(super) fn new(engine: &Arc<Engine>, tenant: &Tenant) -> Self {
        let world = &engine.world;
        let id = |label: &str| seed::uuid(&mut world.random(&format!("{} {label}", tenant.name)));
        let person = |email: &String| Person {
            id: id(email),
            name: full_name(email),
            email: email.clone(),
        };
        let agent = |(name, prompt): &(String, String)| Agent {
            id: id(name),
            name: name.clone(),
            prompt: prompt.clone(),
        };
        let rows = seed::executions(world, tenant, engine.clock.now());
        Self {
            slug: tenant.client_id.clone(),
            key: tenant.secret.clone(),
            people: world.people.iter().map(person).collect(),
            agents: world.agents.iter().map(agent).collect(),
            table: Mutex::new(Table::new(rows)),
            engine: engine.clone(),
        }
    }

    /// The simulated present.
    pub(super) fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// Looks at the table, or changes it, undisturbed.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Table) -> T) -> T {
        let table = self.table.lock();
        look(&mut table.expect("nobody panics while holding the table"))
    }

    /// Carries out a change that is allowed; it shows after the delay of the row.
    pub(super) fn apply(&self, execution: &mut Execution, change: Change) {
        let now = self.now();
        let delay = self.engine.world.delay(&execution.id.to_string());
        let delay = SignedDuration::try_from(delay).unwrap_or_default();
        let until = now.checked_add(delay).unwrap_or(now);
        execution.apply(change, until, now);
    }

    /// What the test or the demo wants of one id.
    pub(super) fn fault(&self, id: &str) -> Option<IdFault> {
        self.engine.faults.for_id(PlatformId::Kubiya, id)
    }

    /// Why the workflow engine fails for that row, where a fault says so.
    pub(super) fn engine_failure(&self, id: Uuid) -> Option<String> {
        let id = id.to_string();
        self.engine.faults.engine_failure(PlatformId::Kubiya, &id)
    }

    /// Why the workflow engine does not end that row: by a fault, or because it is one of the few that
    /// the world refuses.
    pub(super) fn refuses_to_end(&self, id: Uuid, fault: Option<IdFault>) -> Option<String> {
        let by_fault = fault == Some(IdFault::Refused);
        let refuses = by_fault || self.engine.world.refuses(&id.to_string());
        let failure = self.engine_failure(id);
        failure.or_else(|| refuses.then(|| NOT_ENDED.to_owned()))
    }
}

/// `mara.lindqvist@acme.example` is Mara Lindqvist.
fn full_name(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    local.split('.').map(capital).collect::<Vec<_>>().join(" ")
}
