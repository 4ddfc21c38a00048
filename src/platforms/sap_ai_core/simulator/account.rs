//! One tenant: its resource groups with their rows, and what moves in them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use super::Service;
use super::failure::Failure;
use super::row::{Change, Configuration, Kind, Row, Status, Target};
use super::seed;
use super::shelf::{Place, Shelf};
use crate::simulator::{Engine, Schedule, Tenant, World};

/// When a row that is held `still` is looked at again.
const LATER: Duration = Duration::from_secs(60);

/// One tenant of the platform.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) tenant: Tenant,
    pub(super) configurations: Vec<Arc<Configuration>>,
    pub(super) created: Timestamp,
    holdings: Mutex<Holdings>,
}

/// All rows of a tenant.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    /// In the order of the tenant's scopes; by kind.
    groups: Vec<[Shelf; 2]>,
    schedule: Schedule<Due>,
}

/// The rows of one kind in one resource group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// The number of the group among the tenant's scopes.
    pub(super) group: usize,
    pub(super) kind: Kind,
}

/// A move of one row that is due at some time.
#[derive(Debug)]
struct Due {
    part: Part,
    place: Place,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// It was asked to stop, and ends like this.
    Ends(Status),
    /// It was stopped, and something starts it again.
    RunsAgain,
    /// It was deleted, and disappears.
    Disappears,
    /// Nobody asked: work goes from the one status to the other.
    Lives(Status, Status),
    /// It was deleted before all began, and disappears.
    Fades,
}

/// What came of an accepted change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Afterwards {
    /// What a stop ends as.
    pub(super) ends_as: Status,
    /// Whether what stopped runs again.
    pub(super) restarts: bool,
    /// Whether what completed cannot be deleted.
    pub(super) completed_is_kept: bool,
}

impl Account {
    pub(super) fn of(engine: &Engine, tenant: &Tenant) -> Self {
        let now = engine.clock.now();
        let configurations = seed::configurations(&engine.world, tenant, now);
        let mut holdings = Holdings::default();
        seed::fill(&mut holdings, &engine.world, tenant, &configurations, now);
        Self {
            tenant: tenant.clone(),
            configurations,
            created: seed::founded(now),
            holdings: Mutex::new(holdings),
        }
    }

    /// The number of a resource group.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.tenant.scopes.iter().position(|scope| scope == name)
    }

    /// Looks at the rows as they are now.
    pub(super) fn visit<T>(&self, service: &Service, look: impl FnOnce(&mut Holdings) -> T) -> T {
        let mut holdings = self
            .holdings
            .lock()
            .expect("nobody panics while holding the rows");
        let now = service.engine.clock.now();
        holdings.catch_up(&service.engine.world, now, service.is_on("still"));
        look(&mut holdings)
    }
}

impl Holdings {
    pub(super) fn add_group(&mut self) {
        self.groups.push(<[Shelf; 2]>::default());
    }

    pub(super) fn shelf(&self, part: Part) -> &Shelf {
        &self.groups[part.group][part.kind as usize]
    }

    pub(super) fn shelf_mut(&mut self, part: Part) -> &mut Shelf {
        &mut self.groups[part.group][part.kind as usize]
    }

    /// Lets the row at that place go on living: what it does next, and when, follows from its id.
    pub(super) fn let_live(&mut self, world: &World, part: Part, place: Place, now: Timestamp) {
        let row = self.shelf_mut(part).at_mut(place);
        let Some((span, step)) = row.and_then(|row| next_step(world, row)) else {
            return;
        };
        self.schedule.at(now + span, Due { part, place, step });
    }

    /// Carries out a change, or says why not. The row arrives after its own delay.
    pub(super) fn change(
        &mut self,
        world: &World,
        part: Part,
        (id, change): (&str, Change),
        after: Afterwards,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let kind = part.kind;
        let found = self.shelf_mut(part).find_mut(id);
        let (place, row) = found.ok_or_else(|| Failure::unknown_id(kind))?;
        row.check(change, after.completed_is_kept)?;
        row.accept(change, now);
        let delay = world.delay(id);
        let step = match change {
            Change::Stop => Step::Ends(after.ends_as),
            Change::Delete => Step::Disappears,
        };
        self.schedule.at(now + delay, Due { part, place, step });
        if change == Change::Stop && after.restarts {
            let step = Step::RunsAgain;
            self.schedule.at(now + 2 * delay, Due { part, place, step });
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
        let rows = self.shelf_mut(due.part);
        let Some(row) = rows.at_mut(due.place) else {
            return;
        };
        match due.step {
            Step::Disappears | Step::Fades => rows.remove(due.place),
            Step::Ends(status) => row.become_status(status, when),
            Step::RunsAgain if row.target == Target::Stopped => {
                row.become_status(Status::Running, when);
            }
            Step::Lives(from, to) if row.status == from && row.target != Target::Deleted => {
                row.become_status(to, when);
                self.let_live(world, due.part, due.place, when);
            }
            Step::RunsAgain | Step::Lives(..) => {}
        }
    }
}

/// What a row does without being asked. Slow, so that a screen lives and a test is not surprised.
fn next_step(world: &World, row: &Row) -> Option<(Duration, Step)> {
    let mut random = world.random(&format!("{} {}", row.status.word(), row.id));
    let mut seconds = |range| Duration::from_secs(random.u64(range));
    if row.target == Target::Deleted {
        return Some((seconds(120..600), Step::Fades));
    }
    let lives = |to| Step::Lives(row.status, to);
    let next = match (row.status, row.kind) {
        (Status::Unknown, _) => (seconds(120..1_800), lives(Status::Pending)),
        (Status::Pending, _) => (seconds(120..2_400), lives(Status::Running)),
        (Status::Running, Kind::Execution) => (seconds(900..40_000), lives(Status::Completed)),
        (Status::Stopping, _) => (seconds(120..600), lives(Status::Stopped)),
        (Status::Running, Kind::Deployment)
        | (Status::Completed | Status::Dead | Status::Stopped, _) => return None,
    };
    Some(next)
}
