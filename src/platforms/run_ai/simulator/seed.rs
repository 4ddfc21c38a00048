//! The workloads of a tenant when the world begins, made from the seed.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use uuid::Uuid;

use super::workload::{CLASSES, Class, GONE, PHASES, Stage, Workload};
use crate::simulator::{Engine, Tenant, World, drawn, uuid};

/// The oldest workload is that old.
const OLDEST: Duration = Duration::from_secs(60 * 86_400);

/// Rows that are deleted from the beginning were so in that time, in which they are still listed (section 8).
const DELETED_WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// From so many rows on, each phase has at least one.
const ROWS_WITH_EVERY_PHASE: usize = 28;

/// How many of 100 workloads are in which phase: most run or wait.
#[rustfmt::skip]
const SHARES: [(&str, u32); 15] = [
    ("Running", 45), ("Pending", 14), ("Completed", 13), ("Stopped", 8), ("Failed", 6), ("Initializing", 3),
    ("Creating", 2), ("Degraded", 2), ("Updating", 1), ("Resuming", 1), ("Stopping", 1), ("Deleting", 1),
    ("Terminating", 1), ("Unknown", 1), (GONE, 1),
];

/// How many of 100 workloads are of which of [`CLASSES`], by position.
const CLASS_SHARES: [(usize, u32); 6] = [(0, 40), (1, 22), (2, 12), (3, 16), (4, 3), (5, 7)];

/// All workloads of a tenant, oldest first.
pub(super) fn rows(engine: &Engine, tenant: &Tenant) -> Vec<Workload> {
    let mut random = engine.world.random(&format!("run-ai {}", tenant.name));
    let now = engine.clock.now();
    let rows = u32::try_from(tenant.rows).unwrap_or(u32::MAX);
    let apart = OLDEST / rows.max(1);
    let row = |number: u32| {
        let age = apart * (rows - 1 - number) + apart.mul_f64(random.f64());
        let mut row = row(&engine.world, tenant, &mut random, number, now - age);
        if let Some(end) = row.life.last_mut().filter(|stage| stage.phase == GONE) {
            end.since = end.since.max(now - DELETED_WITHIN);
        }
        row
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
    let first = PHASES.get(number as usize);
    let first = first.filter(|_| tenant.rows >= ROWS_WITH_EVERY_PHASE);
    let phase = first.map_or_else(|| drawn(random, &SHARES), |(word, ..)| word);
    let class = class(random, phase);
    let id = uuid(random);
    let name = name(world, random, class);
    let name = format!("{name}-{:04}", random.u32(0..10_000));
    let project = random.usize(0..tenant.scopes.len().max(1));
    let owner = owner(world, random, id);
    let since = created + Duration::from_secs(random.u64(20..900));
    let stage = |(since, phase)| Stage { since, phase };
    let mut life = vec![stage((created, "Creating"))];
    life.extend((phase != "Creating").then(|| stage((since, phase))));
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

/// A type that can be in that phase: only inferences are updated, only what suspends is suspended.
fn class(random: &mut Rng, phase: &str) -> &'static Class {
    loop {
        let class = &CLASSES[drawn(random, &CLASS_SHARES)];
        let fits = match phase {
            "Updating" | "Degraded" => class.category == "Deploy",
            "Completed" => class.category == "Train",
            "Resuming" | "Stopping" | "Stopped" => class.suspends,
            _ => true,
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
