//! Which rows a tenant begins with. All follows from the seed.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::account::{Holdings, Part};
use super::row::{Configuration, Kind, Row, Status, Target};
use crate::simulator::{Tenant, World};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Of a hundred executions so many have each status, after the first of each group, which show all.
const EXECUTIONS: [(Status, u8); 7] = [
    (Status::Running, 34),
    (Status::Completed, 30),
    (Status::Stopped, 12),
    (Status::Dead, 10),
    (Status::Pending, 9),
    (Status::Unknown, 4),
    (Status::Stopping, 1),
];

const DEPLOYMENTS: [(Status, u8); 6] = [
    (Status::Running, 52),
    (Status::Stopped, 20),
    (Status::Dead, 11),
    (Status::Pending, 9),
    (Status::Unknown, 6),
    (Status::Stopping, 2),
];

/// The first rows of a shelf: one of each status, and one that is being deleted.
const STARTERS: usize = 8;

/// Why work died, or does not begin.
const DEATHS: [&str; 3] = [
    "pod deleted during operation",
    "OOMKilled: container main",
    "ImagePullBackOff",
];
const WAITS: [&str; 2] = ["waiting for compute", "Insufficient nvidia.com/gpu"];

/// When the tenant was set up.
pub(super) fn founded(now: Timestamp) -> Timestamp {
    now - Duration::from_secs(200 * DAY)
}

/// A configuration for each name of work and of serving.
pub(super) fn configurations(
    world: &World,
    tenant: &Tenant,
    now: Timestamp,
) -> Vec<Arc<Configuration>> {
    let training = world.training.iter().map(|name| (Kind::Execution, name));
    let serving = world.serving.iter().map(|name| (Kind::Deployment, name));
    let configuration = |(kind, name): (Kind, &String)| {
        let mut random = world.random(&format!("{} {name}", tenant.name));
        Arc::new(Configuration {
            id: uuid(&mut random),
            executable: format!("wt-{name}"),
            scenario: scenario(kind, name),
            created: now - Duration::from_secs(random.u64(20 * DAY..150 * DAY)),
            name: name.clone(),
            kind,
        })
    };
    training.chain(serving).map(configuration).collect()
}

fn scenario(kind: Kind, name: &str) -> &'static str {
    let generative = ["llama", "chat", "embeddings", "translate", "summarize"];
    match kind {
        Kind::Deployment if generative.iter().any(|start| name.starts_with(start)) => {
            "foundation-models"
        }
        Kind::Deployment => "online-inference",
        Kind::Execution if name.contains("eval") => "evaluation",
        Kind::Execution => "model-training",
    }
}

/// Fills the groups.
pub(super) fn fill(
    holdings: &mut Holdings,
    world: &World,
    tenant: &Tenant,
    configurations: &[Arc<Configuration>],
    now: Timestamp,
) {
    tenant.scopes.iter().for_each(|_| holdings.add_group());
    let mut random = world.random(&tenant.name);
    for _ in 0..tenant.rows {
        let part = whereabouts(&mut random, tenant.scopes.len());
        let nth = holdings.shelf(part).rows().take(STARTERS).count();
        let configuration = draw(&mut random, configurations, part.kind);
        let row = row(&mut random, world, configuration, nth, now);
        if let Some(place) = holdings.shelf_mut(part).push(row) {
            holdings.let_live(world, part, place, now);
        }
    }
}

/// Two thirds are executions, more than half are in the first group.
fn whereabouts(random: &mut Rng, groups: usize) -> Part {
    let kinds = [Kind::Execution, Kind::Execution, Kind::Deployment];
    let group = random.usize(..groups);
    let group = if random.bool() { 0 } else { group };
    let kind = kinds[random.usize(..kinds.len())];
    Part { group, kind }
}

fn draw(random: &mut Rng, made: &[Arc<Configuration>], kind: Kind) -> Arc<Configuration> {
    let mut fitting = made.iter().filter(|made| made.kind == kind);
    let drawn = random.usize(..fitting.clone().count());
    let drawn = fitting.nth(drawn).expect("drawn among those there are");
    drawn.clone()
}

fn row(
    random: &mut Rng,
    world: &World,
    configuration: Arc<Configuration>,
    nth: usize,
    now: Timestamp,
) -> Row {
    let kind = configuration.kind;
    let id = format!("{}{:015x}", kind.initial(), random.u64(..) >> 4);
    let (status, target) = begins(random, kind, nth);
    let created = now - Duration::from_secs(age(random, status));
    let submitted =
        (status != Status::Unknown).then(|| created + Duration::from_secs(random.u64(5..40)));
    let has_started = !matches!(status, Status::Unknown | Status::Pending);
    let started = submitted
        .filter(|_| has_started)
        .map(|at| at + Duration::from_secs(random.u64(20..300)));
    let is_over = matches!(status, Status::Completed | Status::Dead | Status::Stopped);
    let completed = started
        .filter(|_| is_over)
        .map(|at| at + Duration::from_secs(random.u64(60..HOUR)));
    Row {
        is_in_transition: world.refuses(&id),
        target,
        message: message(random, status),
        schedule: (kind == Kind::Execution && random.u8(..5) == 0).then(|| uuid(random)),
        ttl: (random.u8(..6) == 0).then_some("24H"),
        last_operation: "CREATE",
        modified: completed.or(started).or(submitted).unwrap_or(created),
        is_sparse: random.u8(..3) == 0,
        has_offsets: random.u8(..9) == 0,
        kind,
        id,
        configuration,
        status,
        created,
        submitted,
        started,
        completed,
    }
}

/// How the nth row of a shelf begins.
fn begins(random: &mut Rng, kind: Kind, nth: usize) -> (Status, Target) {
    if nth + 1 == STARTERS {
        return (Status::Stopped, Target::Deleted);
    }
    let status = status(random, kind, nth);
    (status, target(kind, status))
}

/// The first rows of a shelf go through the statuses, so that each is there to be seen.
fn status(random: &mut Rng, kind: Kind, nth: usize) -> Status {
    let shares: &[(Status, u8)] = match kind {
        Kind::Execution => &EXECUTIONS,
        Kind::Deployment => &DEPLOYMENTS,
    };
    if let Some((status, _)) = shares.get(nth) {
        return *status;
    }
    let mut drawn = random.u8(..100);
    let fits = |(_, share): &&(Status, u8)| {
        let here = drawn < *share;
        drawn = drawn.saturating_sub(*share);
        here
    };
    shares
        .iter()
        .find(fits)
        .map_or(Status::Running, |(status, _)| *status)
}

fn target(kind: Kind, status: Status) -> Target {
    match status {
        Status::Stopping | Status::Stopped => Target::Stopped,
        Status::Unknown | Status::Pending | Status::Running | Status::Completed | Status::Dead => {
            match kind {
                Kind::Execution => Target::Completed,
                Kind::Deployment => Target::Running,
            }
        }
    }
}

/// How many seconds ago it was created: what waits is young, what ended may be weeks old.
fn age(random: &mut Rng, status: Status) -> u64 {
    match status {
        Status::Unknown | Status::Pending => random.u64(60..HOUR),
        Status::Running | Status::Stopping => random.u64(HOUR..3 * DAY),
        Status::Completed | Status::Dead | Status::Stopped => random.u64(2 * HOUR..21 * DAY),
    }
}

fn message(random: &mut Rng, status: Status) -> Option<&'static str> {
    match status {
        Status::Dead => random.choice(DEATHS),
        Status::Pending => random.choice(WAITS),
        Status::Unknown
        | Status::Running
        | Status::Completed
        | Status::Stopping
        | Status::Stopped => None,
    }
}

fn uuid(random: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes())
        .into_uuid()
        .to_string()
}
