//! What each action would do to a workload: `specs/run-ai.md` 3 and 4, `UX.md` 7.
//!
//! No document says which phase allows which action; the table is the reading of section 3. Where that
//! is silent, or the server does not say what a workload supports, the server decides.

use std::time::Duration;

use crate::domain::action::{Exclusion, Goal, Grouping, May, Offer, Offers, Step, Verb};
use crate::domain::resource::Group;
use crate::domain::text::Clean;
use crate::platforms::loose::{Loose, uuid};
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::singles;
use crate::platforms::run_ai::wire::Workload;

use May::{Guess, No, Yes};

const fn verb(step: Step, word: &'static str, goal: Goal, costs: &'static str) -> Verb {
    Verb {
        step,
        word,
        grouping: Grouping::Verb,
        goal,
        slow_after: Duration::from_secs(60),
        needs_reason: false,
        consequence: costs,
    }
}

/// Resumed is whatever it then turns to.
const RESUMED: Goal = Goal::Status(&[
    "Running",
    "Pending",
    "Initializing",
    "Creating",
    "Updating",
    "Degraded",
]);
const SUSPEND_COSTS: &str = "pod logs and unsaved container data are lost";
const DELETE_COSTS: &str = "cannot be undone, logs go with it";

const SUSPEND: Verb = verb(
    Step::Stop,
    "suspend",
    Goal::Status(&["Stopped"]),
    SUSPEND_COSTS,
);
const DELETE: Verb = verb(Step::Delete, "delete", Goal::Gone, DELETE_COSTS);
const RESUME: Verb = verb(Step::Resume, "resume", RESUMED, "");

const fn alone(verb: Verb) -> Verb {
    Verb {
        grouping: Grouping::Single,
        ..verb
    }
}

/// Up to 100 workloads in one batch call.
static BATCHED: [Verb; 3] = [SUSPEND, DELETE, RESUME];

/// One call for each workload, once the server turned out to have no batch call for the verb.
static ALONE: [Verb; 3] = [alone(SUSPEND), alone(DELETE), alone(RESUME)];

/// Every verb, in one of the ways it is sent.
pub(super) static VERBS: [&Verb; 3] = [&BATCHED[0], &BATCHED[1], &BATCHED[2]];

fn of(verbs: &'static [Verb; 3], step: Step) -> &'static Verb {
    match step {
        Step::Stop => &verbs[0],
        Step::Delete => &verbs[1],
        Step::Resume => &verbs[2],
    }
}

/// One phase: its word, its group (`UX.md`, Words), and its answers to stop, resume and delete.
#[derive(Debug)]
struct Phase(&'static str, Group, May, May, May);

const NOT_SUSPENDED: May = No(Exclusion::AlreadyThere, "it is not suspended");
const RESUMING: May = No(Exclusion::InTransition, "already resuming");
const SUSPENDED: May = No(Exclusion::AlreadyThere, "already Stopped");
const STOPPING: May = No(Exclusion::InTransition, "already being suspended");
const STILL_STOPPING: May =
    Guess("it is still being suspended; whether it can be resumed now is not documented");
const COMPLETED: May = No(Exclusion::NotOffered, "it has completed");
const FAILED: May = No(Exclusion::NotOffered, "it has failed");
const GOING: May = No(Exclusion::InTransition, "already being deleted");
const NO_INFORMATION: May =
    Guess("Run:ai has no information on it; its cluster may be disconnected");
const UNLISTED: May = Guess("no document lists this status");

/// `specs/run-ai.md` 3, both tables.
#[rustfmt::skip]
static PHASES: [Phase; 14] = [
    Phase("Creating", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Pending", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Initializing", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Running", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Updating", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Degraded", Group::Active, Yes, NOT_SUSPENDED, Yes),
    Phase("Resuming", Group::Moving, Yes, RESUMING, Yes),
    Phase("Stopping", Group::Moving, STOPPING, STILL_STOPPING, Yes),
    Phase("Deleting", Group::Moving, GOING, GOING, GOING),
    Phase("Terminating", Group::Moving, GOING, GOING, GOING),
    Phase("Stopped", Group::Paused, SUSPENDED, Yes, Yes),
    Phase("Completed", Group::Ended, COMPLETED, COMPLETED, Yes),
    Phase("Failed", Group::Failed, FAILED, FAILED, Yes),
    Phase("Unknown", Group::Unknown, NO_INFORMATION, NO_INFORMATION, NO_INFORMATION),
];

/// What any word that is not in the table answers (L7).
static ANY_OTHER: Phase = Phase("", Group::Unknown, UNLISTED, UNLISTED, UNLISTED);

fn phase_named(word: &str) -> &'static Phase {
    let listed = PHASES
        .iter()
        .find(|phase| phase.0.eq_ignore_ascii_case(word));
    listed.unwrap_or(&ANY_OTHER)
}

/// The group of a phase word, as sent.
pub(super) fn group(phase: &str) -> Group {
    phase_named(phase).1
}

/// Whether the platform's own words say that something is wrong with a running workload.
pub(super) fn needs_attention(phase: &str) -> bool {
    phase.eq_ignore_ascii_case("Degraded")
}

/// The answers of a workload of that type, in lower case, on a server with these batch calls.
pub(super) fn offers(workload: &Workload, subtype: &str, bulk: Bulk) -> Offers {
    // A wrong format may fail the whole batch (section 5.3).
    if uuid(workload.id.text()).is_none() {
        return Offers::all(Offer::No(Exclusion::NotOffered, "its id is not a UUID"));
    }
    let &Phase(_, group, stop, resume, delete) = phase_named(word(&workload.phase));
    let offer = |step, by_phase| offer(workload, subtype, bulk, step, by_phase);
    let stop = offer(Step::Stop, stop);
    let delete = offer(Step::Delete, delete);
    let clean_up = match group {
        Group::Active | Group::Unknown => stop,
        Group::Ended | Group::Failed => delete,
        Group::Paused => Offer::No(Exclusion::AlreadyThere, "can be resumed"),
        Group::Moving => Offer::No(Exclusion::InTransition, "in transition"),
    };
    Offers {
        stop,
        delete,
        resume: offer(Step::Resume, resume),
        clean_up,
    }
}

fn word(words: &Loose<Clean>) -> &str {
    words.0.as_ref().map_or("", Clean::as_str)
}

/// Section 4: `false` is no, absent lets the server decide, `true` leaves it to the phase.
fn offer(workload: &Workload, subtype: &str, bulk: Bulk, step: Step, by_phase: May) -> Offer {
    let support = workload.actions_support.0.as_ref();
    let supported = support.and_then(|support| match step {
        Step::Stop | Step::Resume => support.suspend.0,
        Step::Delete => support.delete.0,
    });
    if supported == Some(false) {
        return Offer::No(Exclusion::NotOffered, "not supported for this workload");
    }
    let has_call = || singles::path(subtype, word(&workload.source_api), "", step).is_some();
    let verb = if bulk.has(step) {
        of(&BATCHED, step)
    } else if has_call() {
        of(&ALONE, step)
    } else {
        let why = "this server has no batch call, and no single call for this type";
        return Offer::No(Exclusion::NotOffered, why);
    };
    match by_phase {
        Yes if supported.is_none() => {
            Offer::ServerDecides(verb, "the server does not say whether it is supported")
        }
        Yes | Guess(_) | No(..) => by_phase.by(verb),
    }
}
