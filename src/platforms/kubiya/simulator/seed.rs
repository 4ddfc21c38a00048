//! The executions an organisation starts with: every status of `specs/kubiya.md` 5, most of them live.

use std::ops::Range;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::execution::Execution;
use crate::simulator::{Tenant, World, drawn, uuid};

/// Statuses and how many of a hundred rows have them.
const STATUSES: [(&str, u32); 10] = [
    ("running", 44),
    ("pending", 14),
    ("waiting_for_input", 10),
    ("paused", 7),
    ("queued", 4),
    ("completed", 11),
    ("failed", 5),
    ("cancelled", 3),
    ("interrupted", 1),
    ("terminated", 1),
];

/// Those from which nothing goes on.
const OVER: [&str; 5] = [
    "completed",
    "failed",
    "cancelled",
    "interrupted",
    "terminated",
];

/// A word no page lists: workers may write any (5).
const UNLISTED: &str = "compacting";

/// Types in every letter case that occurs, the frequent ones first.
#[rustfmt::skip]
const TYPES: [&str; 8] = ["agent", "agent", "agent", "AGENT", "TEAM", "AGENT", "workflow", "plan_generation"];

const QUEUES: [&str; 3] = ["prod-queue", "eu-queue", "spot-queue"];

#[rustfmt::skip]
const TRIGGERS: [Option<&str>; 6] = [None, None, None, Some("cron"), Some("webhook"), Some("schedule")];

const FAILURE: &str =
    "Tool call failed: kubectl exited with 1\n  error: context deadline exceeded\n  at step 4";

/// One row in so many has no status: it counts for paging and is never shown (6.1, pitfall 1).
const NULL_ONE_IN: usize = 60;

/// The history reaches back so far, in seconds.
const HISTORY: u64 = 30 * 24 * 3_600;

/// What a tenant with no more rows than this has. One of them can be terminated: where the demo loses its
/// answer, one row is unknown.
#[rustfmt::skip]
const SMALL: [&str; 8] =
    ["waiting_for_input", "running", "paused", "completed", "queued", "failed", "cancelled", "completed"];

/// The rows of a tenant, newest first: as many as it has, and beside them those without a status.
pub(super) fn executions(world: &World, tenant: &Tenant, now: Timestamp) -> Vec<Execution> {
    let mut random = world.random(&format!("kubiya {}", tenant.name));
    let step = (HISTORY / (tenant.rows as u64 + 1)).clamp(1, 4 * 3_600);
    let mut rows = Vec::with_capacity(tenant.rows + tenant.rows / NULL_ONE_IN + 1);
    for place in 0..tenant.rows {
        let age = step * place as u64 + random.u64(0..step) + 1;
        let status = status_at(place, tenant.rows);
        let status = status.unwrap_or_else(|| drawn(&mut random, &STATUSES));
        rows.push(execution(world, &mut random, Some(status), age, now));
        if place % NULL_ONE_IN == NULL_ONE_IN / 2 {
            rows.push(execution(world, &mut random, None, age, now));
        }
    }
    rows
}

/// The oldest rows have one status each, so that none is missing from a small world; the others have any.
fn status_at(place: usize, rows: usize) -> Option<&'static str> {
    if rows <= SMALL.len() {
        return Some(SMALL[place]);
    }
    match rows - place {
        1 => Some(UNLISTED),
        from_end => Some(STATUSES.get(from_end - 2)?.0),
    }
}

fn execution(
    world: &World,
    random: &mut Rng,
    status: Option<&'static str>,
    age: u64,
    now: Timestamp,
) -> Execution {
    let created = before(random, now, age);
    let waits = matches!(status, Some("pending" | "queued"));
    let over = status.is_some_and(|status| OVER.contains(&status));
    let started = (!waits).then(|| after(random, created, 0..4, now));
    let completed = over.then(|| after(random, created, 4..1_800, now));
    let id = uuid(random);
    let kind = TYPES[random.usize(..TYPES.len())];
    let trigger = TRIGGERS[random.usize(..TRIGGERS.len())];
    let agent = random.usize(..world.agents.len());
    let owner = random.usize(..world.people.len());
    Execution {
        id,
        status,
        lag: None,
        created,
        started,
        completed,
        updated: completed.or(started).unwrap_or(created),
        error: (status == Some("failed")).then_some(FAILURE),
        kind,
        trigger,
        agent: (kind != "plan_generation").then_some(agent),
        owner: trigger.is_none().then_some(owner),
        queue: QUEUES[random.usize(..QUEUES.len())],
        salt: random.u32(..),
    }
}

/// So many seconds before `now`; one in eight without a fraction.
fn before(random: &mut Rng, now: Timestamp, seconds: u64) -> Timestamp {
    let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let micros = match random.u8(..8) {
        0 => 0,
        _ => random.i64(1..1_000_000),
    };
    let span =
        SignedDuration::from_secs(seconds.cast_signed()) - SignedDuration::from_micros(micros);
    whole.checked_sub(span).unwrap_or(whole)
}

/// Some seconds later, but never after `now`.
fn after(random: &mut Rng, then: Timestamp, seconds: Range<i64>, now: Timestamp) -> Timestamp {
    let (seconds, micros) = (random.i64(seconds), random.i32(0..1_000_000));
    let later = then.checked_add(SignedDuration::new(seconds, micros * 1_000));
    later.map_or(now, |time| time.min(now))
}
