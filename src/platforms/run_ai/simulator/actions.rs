//! What suspend, resume and delete do to one workload, alike in batches and alone.
//!
//! The codes and words of refusals are ours; the service documents none.

use std::time::Duration;

use crate::domain::connection::PlatformId;
use crate::simulator::{IdFault, World};
use jiff::Timestamp;

use super::place::{No, Site};
use super::workload::{Phase, Workload};

/// What can be asked of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Delete,
    Suspend,
    Resume,
}

impl Action {
    pub(super) const ALL: [Self; 3] = [Self::Delete, Self::Suspend, Self::Resume];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }
}

/// Carries an action out: the workload sets out on its way, which takes the time the world gives it.
pub(super) fn act(
    site: &Site,
    row: &mut Workload,
    action: Action,
    fault: Option<IdFault>,
) -> Result<(), No> {
    let id = row.id.to_string();
    if let Some(text) = site.engine.faults.engine_failure(PlatformId::RunAi, &id) {
        return Err(No::new(500, text));
    }
    if fault == Some(IdFault::Refused) {
        return Err(No::new(403, "You do not have sufficient permissions."));
    }
    allows(&site.engine.world, row, action, site.now())?;
    if fault != Some(IdFault::Stuck) {
        row.set_out(site.now(), &way(action, site.engine.world.delay(&id)));
    }
    Ok(())
}

fn allows(world: &World, row: &Workload, action: Action, now: Timestamp) -> Result<(), No> {
    let phase = row.stage(now).phase;
    if phase == Phase::Gone {
        return Err(No::such_id());
    }
    let asked = action.word();
    if action != Action::Delete && !row.class.suspends {
        let why = format!("{asked} is not supported for this workload");
        return Err(No::new(400, why));
    }
    if world.refuses(&row.id.to_string()) {
        return Err(No::new(403, "workload is owned by another user"));
    }
    if !is_allowed_in(phase, action) {
        let why = format!("{asked} is not possible in phase {}", phase.word());
        return Err(No::new(409, why));
    }
    Ok(())
}

/// The table of section 3, which is itself a guess; a workload that is still stopping is not resumed.
fn is_allowed_in(phase: Phase, action: Action) -> bool {
    match phase {
        Phase::Creating
        | Phase::Pending
        | Phase::Initializing
        | Phase::Running
        | Phase::Updating
        | Phase::Degraded
        | Phase::Resuming
        | Phase::Unknown => action != Action::Resume,
        Phase::Stopped => action != Action::Suspend,
        Phase::Stopping | Phase::Completed | Phase::Failed => action == Action::Delete,
        Phase::Deleting | Phase::Terminating | Phase::Gone => false,
    }
}

/// Item 7 of section 12.
fn way(action: Action, takes: Duration) -> Vec<(Duration, Phase)> {
    match action {
        Action::Suspend => vec![(Duration::ZERO, Phase::Stopping), (takes, Phase::Stopped)],
        Action::Delete => vec![(Duration::ZERO, Phase::Deleting), (takes, Phase::Gone)],
        Action::Resume => vec![
            (Duration::ZERO, Phase::Resuming),
            (takes / 4, Phase::Pending),
            (takes / 2, Phase::Initializing),
            (takes, Phase::Running),
        ],
    }
}
