//! Which rows a tenant begins with. All follows from the seed.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::account::{Holdings, Part};
use super::row::{Configuration, DEPLOYMENT, EXECUTION, Kind, Row};
use crate::simulator::{Tenant, World, drawn, uuid};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

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
    let training = world.training.iter().map(|name| (&EXECUTION, name));
    let serving = world.serving.iter().map(|name| (&DEPLOYMENT, name));
    let configuration = |(kind, name): (&'static Kind, &String)| {
        let mut random = world.random(&format!("{} {name}", tenant.name));
        Arc::new(Configuration {
            id: uuid(&mut random).to_string(),
            executable: format!("wt-{name}"),
            scenario: scenario(kind, name),
            created: now - Duration::from_secs(random.u64(20 * DAY..150 * DAY)),
            name: name.clone(),
            kind,
        })
    };
    training.chain(serving).map(configuration).collect()
}

fn scenario(kind: &Kind, name: &str) -> &'static str {
    let generative = ["llama", "chat", "embeddings", "translate", "summarize"];
    let is_generative = generative.iter().any(|start| name.starts_with(start));
    match (kind.is_deployment, is_generative) {
        (true, true) => "foundation-models",
        (true, false) => "online-inference",
        (false, _) if name.contains("eval") => "evaluation",
        (false, _) => "model-training",
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
    let mut random = world.random(&tenant.name);
    for _ in 0..tenant.rows {
        let part = whereabouts(&mut random, tenant.scopes.len());
        let nth = holdings.rows(part).rows().take(STARTERS).count();
        let configuration = draw(&mut random, configurations, part.kind);
        let row = row(&mut random, world, configuration, nth, now);
        if let Some(place) = holdings.rows(part).push(row.id.clone(), row) {
            holdings.let_live(world, part, place, now);
        }
    }
}

/// Two thirds are executions, more than half are in the first group.
fn whereabouts(random: &mut Rng, groups: usize) -> Part {
    let kinds = [&EXECUTION, &EXECUTION, &DEPLOYMENT];
    let group = random.usize(..groups);
    let group = if random.bool() { 0 } else { group };
    let kind = kinds[random.usize(..kinds.len())];
    Part { group, kind }
}

fn draw(random: &mut Rng, made: &[Arc<Configuration>], kind: &Kind) -> Arc<Configuration> {
    let mut fitting = made
        .iter()
        .filter(|made| made.kind.is_deployment == kind.is_deployment);
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
    let id = format!("{}{:015x}", kind.initial, random.u64(..) >> 4);
    let (status, target) = begins(random, kind, nth);
    let created = now - Duration::from_secs(age(random, status));
    let submitted = (status != "UNKNOWN").then(|| created + Duration::from_secs(random.u64(5..40)));
    let has_started = !matches!(status, "UNKNOWN" | "PENDING");
    let started = submitted
        .filter(|_| has_started)
        .map(|at| at + Duration::from_secs(random.u64(20..300)));
    let is_over = matches!(status, "COMPLETED" | "DEAD" | "STOPPED");
    let completed = started
        .filter(|_| is_over)
        .map(|at| at + Duration::from_secs(random.u64(60..HOUR)));
    Row {
        is_in_transition: world.refuses(&id),
        target,
        message: message(random, status),
        schedule: (!kind.is_deployment && random.u8(..5) == 0).then(|| uuid(random).to_string()),
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

/// Status and target of the nth row of a shelf. The first rows go through the statuses, so that each is there
/// to be seen.
fn begins(random: &mut Rng, kind: &Kind, nth: usize) -> (&'static str, &'static str) {
    if nth + 1 == STARTERS {
        return ("STOPPED", "DELETED");
    }
    let first = kind.shares.get(nth).map(|(status, _)| *status);
    let status = first.unwrap_or_else(|| drawn(random, kind.shares));
    let stops = matches!(status, "STOPPING" | "STOPPED");
    (status, if stops { "STOPPED" } else { kind.goal })
}

/// How many seconds ago it was created: what waits is young, what ended may be weeks old.
fn age(random: &mut Rng, status: &str) -> u64 {
    match status {
        "UNKNOWN" | "PENDING" => random.u64(60..HOUR),
        "RUNNING" | "STOPPING" => random.u64(HOUR..3 * DAY),
        _ => random.u64(2 * HOUR..21 * DAY),
    }
}

fn message(random: &mut Rng, status: &str) -> Option<&'static str> {
    match status {
        "DEAD" => random.choice(DEATHS),
        "PENDING" => random.choice(WAITS),
        _ => None,
    }
}
