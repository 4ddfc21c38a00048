//! One execution as the database has it, and what its status allows (`specs/kubiya.md` 5).

use jiff::Timestamp;
use uuid::Uuid;

#[derive(Debug)]
pub(super) struct Execution {
    /// In answers: lower case, with hyphens.
    pub(super) id: Uuid,
    /// As last written; `None` is a NULL, which no answer can carry.
    pub(super) status: Option<&'static str>,
    /// The word that hides the last change, and until when.
    ///
    /// The service writes the new status in the call itself and only the work winds down later. Here the rules
    /// see the new status at once too, so a second terminate is refused as the service refuses it, but reads
    /// show the old word for the 2 to 20 s that changes of the simulated world take (`PRODUCT.md` 2), so that
    /// there is something to follow on the screen.
    pub(super) lag: Option<(&'static str, Timestamp)>,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) completed: Option<Timestamp>,
    pub(super) updated: Timestamp,
    pub(super) error: Option<&'static str>,
    /// `execution_type`, in the letter case the writer of the row used.
    pub(super) kind: &'static str,
    pub(super) trigger: Option<&'static str>,
    /// Index of the agent; `None` for an execution without an entity.
    pub(super) agent: Option<usize>,
    /// Index of the person; `None` where a schedule started it.
    pub(super) owner: Option<usize>,
    pub(super) queue: &'static str,
    /// What varies its texts and numbers.
    pub(super) salt: u32,
}

/// A change that can be asked for: its word, the statuses it is taken in, the one it leaves, and the words of a
/// no and a yes where it answers 200 either way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) word: &'static str,
    pub(super) taken_in: &'static [&'static str],
    goal: &'static str,
    pub(super) refusal: &'static str,
    pub(super) success: &'static str,
}

#[rustfmt::skip]
pub(super) static CHANGES: [Change; 4] = [
    Change { word: "terminate", taken_in: &["pending", "running"], goal: "cancelled", refusal: "", success: "" },
    Change { word: "cancel", taken_in: &["running", "waiting_for_input"], goal: "cancelled",
        refusal: "Execution is not running", success: "Execution cancelled successfully" },
    Change { word: "pause", taken_in: &["running", "waiting_for_input"], goal: "paused",
        refusal: "Execution cannot be paused", success: "Execution paused successfully" },
    Change { word: "resume", taken_in: &["paused"], goal: "running",
        refusal: "Execution is not paused", success: "Execution resumed successfully" },
];

impl Execution {
    /// The status as reads show it.
    pub(super) fn shown(&self, now: Timestamp) -> Option<&'static str> {
        match self.lag {
            Some((word, until)) if until > now => Some(word),
            Some(_) | None => self.status,
        }
    }

    /// The status as sentences name it: Python's word for NULL is `None`.
    pub(super) fn word(&self) -> &'static str {
        self.status.unwrap_or("None")
    }

    /// Whether a change is taken now.
    pub(super) fn takes(&self, change: &Change) -> bool {
        self.status
            .is_some_and(|word| change.taken_in.contains(&word))
    }

    /// When it ended, as reads show it.
    pub(super) fn completed(&self, now: Timestamp) -> Option<Timestamp> {
        self.completed.filter(|&completed| completed <= now)
    }

    /// When it last changed, as reads show it.
    pub(super) fn updated(&self, now: Timestamp) -> Timestamp {
        match self.lag {
            Some((_, until)) if until <= now => until,
            Some(_) | None => self.updated,
        }
    }

    /// Writes a change that shows from `until` on. Only cancel leaves words behind (5).
    pub(super) fn apply(&mut self, change: &Change, until: Timestamp, now: Timestamp) {
        self.lag = self.shown(now).map(|word| (word, until));
        self.status = Some(change.goal);
        self.updated = self.updated.max(now);
        if change.goal == "cancelled" {
            self.completed = Some(until);
        }
        if change.word == "cancel" {
            self.error = Some("Cancelled by user");
        }
    }

    /// The id of its workflow: by type, unless it was stored otherwise (4).
    pub(super) fn workflow_id(&self) -> String {
        let of_a_team = self.kind.eq_ignore_ascii_case("team");
        let prefix = if of_a_team { "team" } else { "agent" };
        format!("{prefix}-execution-{}", self.id)
    }
}
