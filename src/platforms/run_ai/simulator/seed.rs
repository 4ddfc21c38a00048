//! The workloads of a tenant when the world begins, made from the seed.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::simulator::{Engine, Tenant, World};

use super::workload::{CLASSES, Class, Phase, Stage, Workload};

/// The oldest workload is that old.
const OLDEST: Duration = Duration::from_secs(60 * 86_400);

/// From so many rows on, each phase has at least one.
const ROWS_WITH_EVERY_PHASE: usize = 28;

/// How many of 100 workloads are in which phase: most run or wait.
const PHASES: [(u32, Phase); 15] = [
    (45, Phase::Running),
    (14, Phase::Pending),
    (13, Phase::Completed),
    (8, Phase::Stopped),
    (6, Phase::Failed),
    (3, Phase::Initializing),
    (2, Phase::Creating),
    (2, Phase::Degraded),
    (1, Phase::Updating),
    (1, Phase::Resuming),
    (1, Phase::Stopping),
    (1, Phase::Deleting),
    (1, Phase::Terminating),
    (1, Phase::Unknown),
    (1, Phase::Gone),
];

/// How many of 100 workloads are of which of [`CLASSES`], by position.
const SHARES: [(u32, usize); 6] = [(40, 0), (22, 1), (12, 2), (16, 3), (3, 4), (7, 5)];

/// All workloads of a tenant, oldest first.
pub(super) fn rows(engine: &Engine, tenant: &Tenant) -> Vec<Workload> {
    let mut random = engine.world.random(&format!("run-ai {}", tenant.name));
    let now = engine.clock.now();
    let rows = u32::try_from(tenant.rows).unwrap_or(u32::MAX);
    let apart = OLDEST / rows.max(1);
    let row = |number: u32| {
        let age = apart * (rows - 1 - number) + apart.mul_f64(random.f64());
        row(&engine.world, tenant, &mut random, number, now - age)
    };
    (0..rows).map(row).collect()
}

fn row(
    world: &World,
    tenant: &Tenant,
    random: &mut Rng,
    number: u32,
    created: Timestamp,
) -> Workload {
    let first = Phase::LISTED
        .get(number as usize)
        .filter(|_| tenant.rows >= ROWS_WITH_EVERY_PHASE);
    let phase = first.copied().unwrap_or_else(|| drawn(random, &PHASES));
    let class = class(random, phase);
    let id = uuid(random);
    let name = name(world, random, class);
    let name = format!("{name}-{:04}", random.u32(0..10_000));
    let project = random.usize(0..tenant.scopes.len().max(1));
    let owner = owner(world, random, id);
    let since = created + Duration::from_secs(random.u64(20..900));
    let stage = |(since, phase)| Stage { since, phase };
    let mut life = vec![stage((created, Phase::Creating))];
    life.extend((phase != Phase::Creating).then(|| stage((since, phase))));
    Workload {
        id,
        name,
        class,
        project,
        owner,
        created,
        life,
    }
}

/// A random UUID of version 4.
pub(super) fn uuid(random: &mut Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}

/// The one that comes up when the shares of a table are drawn from.
fn drawn<T: Copy>(random: &mut Rng, table: &[(u32, T)]) -> T {
    let mut left = random.u32(0..table.iter().map(|(share, _)| share).sum());
    let hit = table.iter().find(|(share, _)| {
        let is_hit = left < *share;
        left = left.saturating_sub(*share);
        is_hit
    });
    hit.expect("the draw is below the sum of shares").1
}

/// A type that can be in that phase: only inferences are updated, only what suspends is suspended.
fn class(random: &mut Rng, phase: Phase) -> &'static Class {
    loop {
        let class = &CLASSES[drawn(random, &SHARES)];
        let fits = match phase {
            Phase::Updating | Phase::Degraded => class.category == "Deploy",
            Phase::Completed => class.category == "Train",
            Phase::Resuming | Phase::Stopping | Phase::Stopped => class.suspends,
            Phase::Creating
            | Phase::Pending
            | Phase::Initializing
            | Phase::Running
            | Phase::Deleting
            | Phase::Terminating
            | Phase::Failed
            | Phase::Unknown
            | Phase::Gone => true,
        };
        if fits {
            return class;
        }
    }
}

fn name<'a>(world: &'a World, random: &mut Rng, class: &Class) -> &'a str {
    let trains = class.category == "Train";
    let names = if trains {
        &world.training
    } else {
        &world.serving
    };
    let is_notebook = |name: &&String| (class.category == "Build") == name.starts_with("notebook");
    let fitting: Vec<&String> = names.iter().filter(is_notebook).collect();
    random.choice(fitting).map_or("workload", String::as_str)
}

/// Who submitted it; never the operator where changes are refused for belonging to someone else.
fn owner(world: &World, random: &mut Rng, id: Uuid) -> usize {
    let others = usize::from(world.refuses(&id.to_string()));
    random.usize(others..world.people.len().max(others + 1))
}
