//! One workload as the simulator keeps it: what it is, and its life as a list of phases over time.
//!
//! Phases that lie ahead are in the list too, so nothing has to run for a workload to move on.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// The phase after the last: deleted, listed only with `deleted=true`, still called `Deleting`.
pub(super) const GONE: &str = "Gone";

/// Every phase that a listed workload can be in (section 3), the raw status of the cluster, which has other words,
/// and the message that comes with it.
#[rustfmt::skip]
pub(super) const PHASES: [(&str, &str, &str); 14] = [
    ("Running", "Running", ""),
    ("Pending", "Pending", "Waiting for GPUs: 0 of the requested are free in the node pool"),
    ("Creating", "Pending", ""),
    ("Initializing", "Pending", "Pulling image"),
    ("Updating", "Running", ""),
    ("Degraded", "Running", "1 of 3 replicas not ready"),
    ("Resuming", "Pending", ""),
    ("Stopping", "Terminating", ""),
    ("Stopped", "Suspended", ""),
    ("Deleting", "Terminating", ""),
    ("Terminating", "Terminating", ""),
    ("Completed", "Succeeded", ""),
    ("Failed", "Failed", "Pod failed with exit code 137 (out of memory)"),
    ("Unknown", "Unknown", "No information from the cluster"),
];

/// A workload type: native ones have single calls, others carry the name of a Kubernetes kind.
#[derive(Debug)]
pub(super) struct Class {
    /// `type`, as sent.
    pub(super) word: &'static str,
    pub(super) category: &'static str,
    /// Below `/api/v1/workloads/`, where its single calls are.
    pub(super) segment: Option<&'static str>,
    /// Whether it can be suspended and resumed (section 4).
    pub(super) suspends: bool,
    pub(super) framework: Option<&'static str>,
    /// How many GPUs it asks for; one of these.
    pub(super) gpus: &'static [f64],
}

/// The types of the world; [`super::seed`] says how many of each.
#[rustfmt::skip]
pub(super) static CLASSES: [Class; 6] = [
    Class { word: "Training", category: "Train", segment: Some("trainings"), suspends: true,
        framework: None, gpus: &[1.0, 1.0, 2.0, 4.0, 8.0] },
    Class { word: "Workspace", category: "Build", segment: Some("workspaces"), suspends: true,
        framework: None, gpus: &[0.0, 0.25, 0.5, 1.0] },
    Class { word: "Distributed", category: "Train", segment: Some("distributed"), suspends: true,
        framework: Some("Pytorch"), gpus: &[8.0, 16.0, 32.0] },
    Class { word: "Inference", category: "Deploy", segment: Some("inferences"), suspends: false,
        framework: None, gpus: &[0.5, 1.0, 2.0] },
    Class { word: "DistributedInference", category: "Deploy", segment: Some("distributed-inferences"), suspends: false,
        framework: None, gpus: &[8.0, 16.0] },
    Class { word: "RayJob", category: "Train", segment: None, suspends: false,
        framework: None, gpus: &[1.0, 4.0] },
];

/// Where one phase began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    pub(super) since: Timestamp,
    pub(super) phase: &'static str,
}

/// One workload.
#[derive(Debug)]
pub(super) struct Workload {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) class: &'static Class,
    /// Among the tenant's scopes.
    pub(super) project: usize,
    /// Among the world's people.
    pub(super) owner: usize,
    pub(super) created: Timestamp,
    /// The phases so far, and those that lie ahead; the first is never missing.
    pub(super) life: Vec<Stage>,
}

impl Stage {
    /// The word it is shown with.
    pub(super) fn word(&self) -> &'static str {
        if self.phase == GONE {
            "Deleting"
        } else {
            self.phase
        }
    }

    /// Whether pods are up and hold GPUs.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.phase, "Running" | "Updating" | "Degraded")
    }
}

impl Workload {
    /// Where it is at that time.
    pub(super) fn stage(&self, now: Timestamp) -> Stage {
        let reached = self.life.iter().rev().find(|stage| stage.since <= now);
        *reached.unwrap_or(&self.life[0])
    }

    /// Where it was until that time, oldest first.
    pub(super) fn past(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = Stage> {
        self.life
            .iter()
            .copied()
            .filter(move |stage| stage.since <= now)
    }

    /// Sets out on a way: what lay ahead is dropped, and each phase begins so long after now.
    pub(super) fn set_out(&mut self, now: Timestamp, way: &[(Duration, &'static str)]) {
        self.life.retain(|stage| stage.since <= now);
        let stage = |&(after, phase): &(Duration, &'static str)| Stage {
            since: now.checked_add(after).unwrap_or(Timestamp::MAX),
            phase,
        };
        self.life.extend(way.iter().map(stage));
    }

    /// A number that is always the same for this workload and a label: what it varies by.
    pub(super) fn lot(&self, label: &str, of: u64) -> u64 {
        let (high, low) = self.id.as_u64_pair();
        let mixed = label
            .bytes()
            .fold(high ^ low.rotate_left(17), |mixed, byte| {
                (mixed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        (mixed >> 24) % of
    }

    /// [`Workload::lot`] as a place in a table of that length.
    pub(super) fn pick(&self, label: &str, length: usize) -> usize {
        let lot = self.lot(label, length as u64);
        usize::try_from(lot).expect("it is below a length")
    }
}
