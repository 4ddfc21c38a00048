//! The executions an organisation starts with: every status of `specs/kubiya.md` 5, most of them live.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use uuid::{Builder, Uuid};

use super::execution::{Execution, Origin};
use crate::simulator::{Tenant, World};

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

/// The rows of a tenant, newest first: as many as it has, and beside them those without a status.
pub(super) fn executions(world: &World, tenant: &Tenant, now: Timestamp) -> Vec<Execution> {
    let mut random = world.random(&format!("kubiya {}", tenant.name));
    let step = (HISTORY / (tenant.rows as u64 + 1)).clamp(1, 4 * 3_600);
    let mut rows = Vec::with_capacity(tenant.rows + tenant.rows / NULL_ONE_IN + 1);
    for place in 0..tenant.rows {
        let age = step * place as u64 + random.u64(0..step) + 1;
        let mut words = Words {
            world,
            random: &mut random,
        };
        rows.push(words.execution(status_at(place, tenant.rows), age, now));
        if place % NULL_ONE_IN == NULL_ONE_IN / 2 {
            rows.push(words.execution(Status::Null, age, now));
        }
    }
    rows
}

/// What the row at that place is to be.
#[derive(Clone, Copy)]
enum Status {
    Null,
    Fixed(&'static str),
    Any,
}

/// What a tenant with no more rows than this has. One of them can be terminated: where the demo loses its
/// answer, one row is unknown.
const SMALL: [&str; 8] = [
    "waiting_for_input",
    "running",
    "paused",
    "completed",
    "queued",
    "failed",
    "cancelled",
    "completed",
];

/// The oldest rows have one status each, so that none is missing from a small world.
fn status_at(place: usize, rows: usize) -> Status {
    if rows <= SMALL.len() {
        return Status::Fixed(SMALL[place]);
    }
    match rows - place {
        1 => Status::Fixed(UNLISTED),
        from_end if from_end <= STATUSES.len() + 1 => Status::Fixed(STATUSES[from_end - 2].0),
        _ => Status::Any,
    }
}

struct Words<'a> {
    world: &'a World,
    random: &'a mut fastrand::Rng,
}

impl Words<'_> {
    fn execution(&mut self, status: Status, age: u64, now: Timestamp) -> Execution {
        let status = match status {
            Status::Null => None,
            Status::Fixed(word) => Some(word),
            Status::Any => Some(self.status()),
        };
        let created = self.before(now, age);
        let waits = matches!(status, Some("pending" | "queued"));
        let over = matches!(
            status,
            Some("completed" | "failed" | "cancelled" | "interrupted" | "terminated")
        );
        let started = (!waits).then(|| self.after(created, 0..4, now));
        let completed = over.then(|| self.after(created, 4..1_800, now));
        Execution {
            id: uuid(self.random),
            status,
            lag: None,
            created,
            started,
            completed,
            updated: completed.or(started).unwrap_or(created),
            error: (status == Some("failed")).then_some(FAILURE),
            origin: self.origin(),
        }
    }

    fn status(&mut self) -> &'static str {
        let mut place = self.random.u32(0..100);
        for (word, weight) in STATUSES {
            if place < weight {
                return word;
            }
            place -= weight;
        }
        UNLISTED
    }

    fn origin(&mut self) -> Origin {
        let kind = TYPES[self.random.usize(..TYPES.len())];
        let trigger = TRIGGERS[self.random.usize(..TRIGGERS.len())];
        let agent = self.random.usize(..self.world.agents.len());
        let owner = self.random.usize(..self.world.people.len());
        Origin {
            kind,
            agent: (kind != "plan_generation").then_some(agent),
            owner: trigger.is_none().then_some(owner),
            trigger,
            queue: QUEUES[self.random.usize(..QUEUES.len())],
            salt: self.random.u32(..),
        }
    }

    /// So many seconds before `now`; one in eight without a fraction.
    fn before(&mut self, now: Timestamp, seconds: u64) -> Timestamp {
        let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let micros = match self.random.u8(..8) {
            0 => 0,
            _ => self.random.i64(1..1_000_000),
        };
        let span =
            SignedDuration::from_secs(seconds.cast_signed()) - SignedDuration::from_micros(micros);
        whole.checked_sub(span).unwrap_or(whole)
    }

    /// Some seconds later, but never after `now`.
    fn after(&mut self, then: Timestamp, seconds: Range<i64>, now: Timestamp) -> Timestamp {
        let (seconds, micros) = (self.random.i64(seconds), self.random.i32(0..1_000_000));
        let later = then.checked_add(SignedDuration::new(seconds, micros * 1_000));
        later.map_or(now, |time| time.min(now))
    }
}

/// A random UUID of version 4.
pub(super) fn uuid(random: &mut fastrand::Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}
