//! One workload as the simulator keeps it: what it is, and its life as a list of phases over time.
//!
//! Phases that lie ahead are in the list too, so nothing has to run for a workload to move on.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

macro_rules! phases {
    ($($phase:ident)+) => {
        /// Section 3, and [`Phase::Gone`] after the last of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Phase {
            $($phase,)+
            /// Deleted: listed only with `deleted=true`, still called `Deleting`.
            Gone,
        }

        impl Phase {
            /// Every phase that a listed workload can be in.
            pub(super) const LISTED: [Self; 14] = [$(Self::$phase),+];

            pub(super) const fn word(self) -> &'static str {
                match self {
                    $(Self::$phase => stringify!($phase),)+
                    Self::Gone => "Deleting",
                }
            }
        }
    };
}

phases! {
    Running Pending Creating Initializing Updating Degraded Resuming
    Stopping Stopped Deleting Terminating Completed Failed Unknown
}

impl Phase {
    /// Whether pods are up and hold GPUs.
    pub(super) const fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Updating | Self::Degraded)
    }

    /// Whether it is over and stays so.
    pub(super) const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

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

/// Word, category, segment, whether it suspends, framework and GPUs.
macro_rules! classes {
    ($($word:literal $category:literal $segment:expr, $suspends:literal, $framework:expr, $gpus:expr;)+) => {
        [$(Class {
            word: $word,
            category: $category,
            segment: $segment,
            suspends: $suspends,
            framework: $framework,
            gpus: &$gpus,
        }),+]
    };
}

/// The types of the world; [`super::seed`] says how many of each.
pub(super) static CLASSES: [Class; 6] = classes! {
    "Training"             "Train"  Some("trainings"),              true,  None,            [1.0, 1.0, 2.0, 4.0, 8.0];
    "Workspace"            "Build"  Some("workspaces"),             true,  None,            [0.0, 0.25, 0.5, 1.0];
    "Distributed"          "Train"  Some("distributed"),            true,  Some("Pytorch"), [8.0, 16.0, 32.0];
    "Inference"            "Deploy" Some("inferences"),             false, None,            [0.5, 1.0, 2.0];
    "DistributedInference" "Deploy" Some("distributed-inferences"), false, None,            [8.0, 16.0];
    "RayJob"               "Train"  None,                           false, None,            [1.0, 4.0];
};

/// Where one phase began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    pub(super) since: Timestamp,
    pub(super) phase: Phase,
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

    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        self.stage(now).phase == Phase::Gone
    }

    /// Sets out on a way: what lay ahead is dropped, and each phase begins so long after now.
    pub(super) fn set_out(&mut self, now: Timestamp, way: &[(Duration, Phase)]) {
        self.life.retain(|stage| stage.since <= now);
        let stage = |&(after, phase): &(Duration, Phase)| Stage {
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
