//! One tenant: its resource groups with their rows, and what moves in them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use super::Service;
use super::failure::Failure;
use super::row::{Configuration, Kind, Row};
use super::seed;
use crate::simulator::{Engine, Schedule, Switch, Table, Tenant, World};

/// When a row that is held `still` is looked at again.
const LATER: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Account {
    pub(super) tenant: Tenant,
    pub(super) configurations: Vec<Arc<Configuration>>,
    pub(super) created: Timestamp,
    holdings: Mutex<Holdings>,
}

/// All rows of a tenant.
#[derive(Debug)]
pub(super) struct Holdings {
    /// In the order of the tenant's scopes; executions, then deployments.
    groups: Vec<[Table<String, Row>; 2]>,
    schedule: Schedule<Due>,
}

/// The rows of one kind in one resource group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// The number of the group among the tenant's scopes.
    pub(super) group: usize,
    pub(super) kind: &'static Kind,
}

/// A move of one row that is due at some time.
#[derive(Debug)]
struct Due {
    part: Part,
    place: usize,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// It was asked to stop, and ends like this.
    Ends(&'static str),
    /// It was stopped, and something starts it again.
    RunsAgain,
    /// It was deleted, and disappears.
    Disappears,
    /// Nobody asked: work goes from the one status to the other.
    Lives(&'static str, &'static str),
    /// It was deleted before all began, and disappears.
    Fades,
}

impl Account {
    pub(super) fn of(engine: &Engine, tenant: &Tenant) -> Self {
        let now = engine.clock.now();
        let configurations = seed::configurations(&engine.world, tenant, now);
        let mut holdings = Holdings {
            groups: tenant.scopes.iter().map(|_| Default::default()).collect(),
            schedule: Schedule::default(),
        };
        seed::fill(&mut holdings, &engine.world, tenant, &configurations, now);
        Self {
            tenant: tenant.clone(),
            configurations,
            created: seed::founded(now),
            holdings: Mutex::new(holdings),
        }
    }

    /// Looks at the rows as they are now.
    pub(super) fn visit<T>(&self, service: &Service, look: impl FnOnce(&mut Holdings) -> T) -> T {
        let holdings = self.holdings.lock();
        let mut holdings = holdings.expect("nobody panics while holding the rows");
        let now = service.engine.clock.now();
        holdings.catch_up(
            &service.engine.world,
            now,
            service.engine.faults.is_on(Switch::Still),
        );
        look(&mut holdings)
    }
}

impl Holdings {
    pub(super) fn rows(&mut self, part: Part) -> &mut Table<String, Row> {
        &mut self.groups[part.group][usize::from(part.kind.is_deployment)]
    }

    /// Lets the row at that place go on living: what it does next, and when, follows from its id.
    pub(super) fn let_live(&mut self, world: &World, part: Part, place: usize, now: Timestamp) {
        let row = self.rows(part).at(place);
        if let Some((span, step)) = row.and_then(|row| next_step(world, row)) {
            self.schedule.at(now + span, Due { part, place, step });
        }
    }

    /// Carries out a change, or says why not. The row arrives after its own delay.
    pub(super) fn change(
        &mut self,
        service: &Service,
        part: Part,
        id: &str,
        target: &'static str,
    ) -> Result<(), Failure> {
        let now = service.engine.clock.now();
        let rows = self.rows(part);
        let place = rows.place(id);
        let row = place.and_then(|place| Some((place, rows.at(place)?)));
        let (place, row) = row.ok_or_else(|| Failure::unknown_id(part.kind))?;
        if let Some(status) = service.status(Switch::MovesOnTo) {
            row.become_status(status, now);
        }
        row.check(target, service.engine.faults.is_on(Switch::CompletedIsKept))?;
        row.accept(target, now);
        let delay = service.engine.world.delay(id);
        let mut plan = |after, step| self.schedule.at(now + after, Due { part, place, step });
        if target == "DELETED" {
            plan(delay, Step::Disappears);
            return Ok(());
        }
        let ends_as = service.status(Switch::StopEndsAs);
        plan(delay, Step::Ends(ends_as.unwrap_or("STOPPED")));
        if service.engine.faults.is_on(Switch::Restarts) {
            plan(2 * delay, Step::RunsAgain);
        }
        Ok(())
    }

    fn catch_up(&mut self, world: &World, now: Timestamp, still: bool) {
        while let Some((when, due)) = self.schedule.due(now) {
            if still && matches!(due.step, Step::Lives(..) | Step::Fades) {
                self.schedule.at(now + LATER, due);
            } else {
                self.apply(world, &due, when);
            }
        }
    }

    fn apply(&mut self, world: &World, due: &Due, when: Timestamp) {
        let rows = self.rows(due.part);
        let Some(row) = rows.at(due.place) else {
            return;
        };
        match due.step {
            Step::Disappears | Step::Fades => drop(rows.remove(due.place)),
            Step::Ends(status) => row.become_status(status, when),
            Step::RunsAgain if row.target == "STOPPED" => row.become_status("RUNNING", when),
            Step::Lives(from, to) if row.status == from && row.target != "DELETED" => {
                row.become_status(to, when);
                self.let_live(world, due.part, due.place, when);
            }
            Step::RunsAgain | Step::Lives(..) => {}
        }
    }
}

/// What a row does without being asked. Slow, so that a screen lives and a test is not surprised.
fn next_step(world: &World, row: &Row) -> Option<(Duration, Step)> {
    let mut random = world.random(&format!("{} {}", row.status, row.id));
    let mut seconds = |range| Duration::from_secs(random.u64(range));
    if row.target == "DELETED" {
        return Some((seconds(120..600), Step::Fades));
    }
    let (span, to) = match row.status {
        "UNKNOWN" => (seconds(120..1_800), "PENDING"),
        "PENDING" => (seconds(120..2_400), "RUNNING"),
        "RUNNING" if !row.kind.is_deployment => (seconds(900..40_000), "COMPLETED"),
        "STOPPING" => (seconds(120..600), "STOPPED"),
        _ => return None,
    };
    Some((span, Step::Lives(row.status, to)))
}
