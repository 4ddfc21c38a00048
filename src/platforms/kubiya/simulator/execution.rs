//! One execution as the database has it, and what its status allows (`specs/kubiya.md` 5).

use jiff::Timestamp;
use uuid::Uuid;

/// One row.
#[derive(Debug)]
pub(super) struct Execution {
    /// In answers: lower case, with hyphens.
    pub(super) id: Uuid,
    /// As last written; `None` is a NULL, which no answer can carry.
    pub(super) status: Option<&'static str>,
    /// What still hides the last change.
    pub(super) lag: Option<Lag>,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) completed: Option<Timestamp>,
    pub(super) updated: Timestamp,
    pub(super) error: Option<&'static str>,
    pub(super) origin: Origin,
}

/// A change that was made and cannot be seen yet.
///
/// The service writes the new status in the call itself and only the work winds down later. Here the rules
/// see the new status at once too, so a second terminate is refused as the service refuses it, but reads
/// show the old word until `until`: changes of the simulated world take 2 to 20 s (`PRODUCT.md` 2), so that
/// there is something to follow on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lag {
    pub(super) until: Timestamp,
    pub(super) word: &'static str,
}

/// How it came about; never changes.
#[derive(Debug)]
pub(super) struct Origin {
    /// `execution_type`, in the letter case the writer of the row used.
    pub(super) kind: &'static str,
    /// Index of the agent; `None` for an execution without an entity.
    pub(super) agent: Option<usize>,
    /// Index of the person; `None` where a schedule started it.
    pub(super) owner: Option<usize>,
    pub(super) trigger: Option<&'static str>,
    pub(super) queue: &'static str,
    /// What varies its texts and numbers.
    pub(super) salt: u32,
}

/// A change that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Terminate,
    Cancel,
    Pause,
    Resume,
}

impl Change {
    /// The statuses it is taken in, and the one it leaves.
    fn rule(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Terminate => (&["pending", "running"], "cancelled"),
            Self::Cancel => (&["running", "waiting_for_input"], "cancelled"),
            Self::Pause => (&["running", "waiting_for_input"], "paused"),
            Self::Resume => (&["paused"], "running"),
        }
    }

    /// Whether it is taken in that status.
    pub(super) fn is_taken_in(self, status: Option<&str>) -> bool {
        status.is_some_and(|status| self.rule().0.contains(&status))
    }
}

impl Execution {
    /// The status as reads show it.
    pub(super) fn shown(&self, now: Timestamp) -> Option<&'static str> {
        match self.lag {
            Some(lag) if lag.until > now => Some(lag.word),
            Some(_) | None => self.status,
        }
    }

    /// The status as sentences name it: Python's word for NULL is `None`.
    pub(super) fn word(&self) -> &'static str {
        self.status.unwrap_or("None")
    }

    /// When it ended, as reads show it.
    pub(super) fn completed(&self, now: Timestamp) -> Option<Timestamp> {
        self.completed.filter(|&completed| completed <= now)
    }

    /// When it last changed, as reads show it.
    pub(super) fn updated(&self, now: Timestamp) -> Timestamp {
        match self.lag {
            Some(lag) if lag.until <= now => lag.until,
            Some(_) | None => self.updated,
        }
    }

    /// Writes a change that shows from `until` on. Only [`Change::Cancel`] leaves words behind (5).
    pub(super) fn apply(&mut self, change: Change, until: Timestamp, now: Timestamp) {
        let shown = self.shown(now);
        let (_, goal) = change.rule();
        self.lag = shown.map(|word| Lag { until, word });
        self.status = Some(goal);
        self.updated = self.updated.max(now);
        if goal == "cancelled" {
            self.completed = Some(until);
        }
        if change == Change::Cancel {
            self.error = Some("Cancelled by user");
        }
    }

    /// The id of its workflow: by type, unless it was stored otherwise (4).
    pub(super) fn workflow_id(&self) -> String {
        let of_a_team = self.origin.kind.eq_ignore_ascii_case("team");
        let prefix = if of_a_team { "team" } else { "agent" };
        format!("{prefix}-execution-{}", self.id)
    }
}
