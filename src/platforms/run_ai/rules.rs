//! What each action would do to a workload: `specs/run-ai.md` 3 and 4, `UX.md` 7.
//!
//! No document says which phase allows which action; the table is the reading of section 3. Where that
//! is silent, or the server does not say what a workload supports, the server decides.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::{Exclusion, Goal, Grouping, Offer, Offers, Step, Verb};
use crate::domain::resource::Group;
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::singles;

use Answer::{Guess, No, Yes};

const fn verb(
    step: Step,
    word: &'static str,
    grouping: Grouping,
    goal: Goal,
    consequence: &'static str,
) -> Verb {
    let slow_after = Duration::from_secs(60);
    Verb {
        step,
        word,
        grouping,
        goal,
        slow_after,
        needs_reason: false,
        consequence,
    }
}

/// The three verbs in one of the two ways they are sent.
#[derive(Debug)]
struct Verbs {
    stop: Verb,
    delete: Verb,
    resume: Verb,
}

const fn verbs(grouping: Grouping) -> Verbs {
    let resumed = Goal::Status(&[
        "Running",
        "Pending",
        "Initializing",
        "Creating",
        "Updating",
        "Degraded",
    ]);
    let suspend_costs = "pod logs and unsaved container data are lost";
    let delete_costs = "cannot be undone, logs go with it";
    Verbs {
        stop: verb(
            Step::Stop,
            "suspend",
            grouping,
            Goal::Status(&["Stopped"]),
            suspend_costs,
        ),
        delete: verb(Step::Delete, "delete", grouping, Goal::Gone, delete_costs),
        resume: verb(Step::Resume, "resume", grouping, resumed, ""),
    }
}

/// Up to 100 workloads in one batch call.
static BATCHED: Verbs = verbs(Grouping::Verb);

/// One call for each workload, once the server turned out to have no batch call for the verb.
static ALONE: Verbs = verbs(Grouping::Single);

impl Verbs {
    const fn of(&self, step: Step) -> &Verb {
        match step {
            Step::Stop => &self.stop,
            Step::Delete => &self.delete,
            Step::Resume => &self.resume,
        }
    }
}

/// What the phase says to an action.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Yes,
    Guess(&'static str),
    No(Exclusion, &'static str),
}

/// One phase: its group (`UX.md`, Words) and its answers.
#[derive(Debug)]
struct Phase {
    word: &'static str,
    group: Group,
    stop: Answer,
    resume: Answer,
    delete: Answer,
}

const fn phase(
    word: &'static str,
    group: Group,
    stop: Answer,
    resume: Answer,
    delete: Answer,
) -> Phase {
    Phase {
        word,
        group,
        stop,
        resume,
        delete,
    }
}

const NOT_SUSPENDED: Answer = No(Exclusion::AlreadyThere, "it is not suspended");
const RESUMING: Answer = No(Exclusion::InTransition, "already resuming");
const SUSPENDED: Answer = No(Exclusion::AlreadyThere, "already Stopped");
const STOPPING: Answer = No(Exclusion::InTransition, "already being suspended");
const STILL_STOPPING: Answer =
    Guess("it is still being suspended; whether it can be resumed now is not documented");
const COMPLETED: Answer = No(Exclusion::NotOffered, "it has completed");
const FAILED: Answer = No(Exclusion::NotOffered, "it has failed");
const GOING: Answer = No(Exclusion::InTransition, "already being deleted");
const NO_INFORMATION: Answer =
    Guess("Run:ai has no information on it; its cluster may be disconnected");
const UNLISTED: Answer = Guess("no document lists this status");

/// `specs/run-ai.md` 3, both tables.
static PHASES: [Phase; 14] = [
    phase("Creating", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Pending", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Initializing", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Running", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Updating", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Degraded", Group::Active, Yes, NOT_SUSPENDED, Yes),
    phase("Resuming", Group::Moving, Yes, RESUMING, Yes),
    phase("Stopping", Group::Moving, STOPPING, STILL_STOPPING, Yes),
    phase("Deleting", Group::Moving, GOING, GOING, GOING),
    phase("Terminating", Group::Moving, GOING, GOING, GOING),
    phase("Stopped", Group::Paused, SUSPENDED, Yes, Yes),
    phase("Completed", Group::Ended, COMPLETED, COMPLETED, Yes),
    phase("Failed", Group::Failed, FAILED, FAILED, Yes),
    phase(
        "Unknown",
        Group::Unknown,
        NO_INFORMATION,
        NO_INFORMATION,
        NO_INFORMATION,
    ),
];

/// What any word that is not in the table answers (L7).
static ANY_OTHER: Phase = phase("", Group::Unknown, UNLISTED, UNLISTED, UNLISTED);

fn phase_named(word: &str) -> &'static Phase {
    let listed = PHASES
        .iter()
        .find(|phase| phase.word.eq_ignore_ascii_case(word));
    listed.unwrap_or(&ANY_OTHER)
}

/// The group of a phase word, as sent.
pub(super) fn group(phase: &str) -> Group {
    phase_named(phase).group
}

/// Whether the platform's own words say that something is wrong with a running workload.
pub(super) fn needs_attention(phase: &str) -> bool {
    phase.eq_ignore_ascii_case("Degraded")
}

/// What the rules look at.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// As sent.
    pub(super) id: &'a str,
    /// As sent.
    pub(super) phase: &'a str,
    /// `type`, in lower case.
    pub(super) subtype: &'a str,
    /// `sourceApi`: where its single delete lives.
    pub(super) source_api: &'a str,
    /// `actionsSupport.suspend`, which also speaks for resume.
    pub(super) suspend: Option<bool>,
    /// `actionsSupport.delete`.
    pub(super) delete: Option<bool>,
}

/// Whether an id may travel in a batch: a wrong format may fail the whole request (section 5.3).
pub(super) fn is_uuid(id: &str) -> bool {
    id.len() == 36 && Uuid::try_parse(id).is_ok()
}

/// The answers of one workload on a server with these batch calls.
pub(super) fn offers(subject: &Subject<'_>, bulk: Bulk) -> Offers {
    if !is_uuid(subject.id) {
        return Offers::all(Offer::No(Exclusion::NotOffered, "its id is not a UUID"));
    }
    let phase = phase_named(subject.phase);
    let stop = offer(subject, bulk, Step::Stop, phase.stop);
    let delete = offer(subject, bulk, Step::Delete, phase.delete);
    let resume = offer(subject, bulk, Step::Resume, phase.resume);
    let clean_up = match phase.group {
        Group::Active | Group::Unknown => stop,
        Group::Ended | Group::Failed => delete,
        Group::Paused => Offer::No(Exclusion::AlreadyThere, "can be resumed"),
        Group::Moving => Offer::No(Exclusion::InTransition, "in transition"),
    };
    Offers {
        stop,
        delete,
        resume,
        clean_up,
    }
}

/// Section 4: `false` is no, absent lets the server decide, `true` leaves it to the phase.
fn offer(subject: &Subject<'_>, bulk: Bulk, step: Step, by_phase: Answer) -> Offer {
    let supported = match step {
        Step::Stop | Step::Resume => subject.suspend,
        Step::Delete => subject.delete,
    };
    if supported == Some(false) {
        return Offer::No(Exclusion::NotOffered, "not supported for this workload");
    }
    let verb = match way(subject, bulk, step) {
        Ok(verb) => verb,
        Err(why) => return Offer::No(Exclusion::NotOffered, why),
    };
    match by_phase {
        No(why, words) => Offer::No(why, words),
        Guess(why) => Offer::ServerDecides(verb, why),
        Yes if supported.is_none() => {
            Offer::ServerDecides(verb, "the server does not say whether it is supported")
        }
        Yes => Offer::Yes(verb),
    }
}

fn way(subject: &Subject<'_>, bulk: Bulk, step: Step) -> Result<&'static Verb, &'static str> {
    if bulk.has(step) {
        return Ok(BATCHED.of(step));
    }
    match singles::path(subject.subtype, subject.source_api, subject.id, step) {
        Some(_) => Ok(ALONE.of(step)),
        None => Err("this server has no batch call, and no single call for this type"),
    }
}
