//! What each status allows, as the service's own checks have it (`specs/kubiya.md` 5, `UX.md` 7).

use std::time::Duration;

use crate::domain::action::{Exclusion, Goal, Grouping, Offer, Offers, Step, Verb};
use crate::domain::resource::Group;
use crate::platforms::loose::uuid;

/// The engine winds work down at its own pace (`UX.md` 9).
const SLOW: Duration = Duration::from_secs(180);

const fn verb(
    step: Step,
    word: &'static str,
    grouping: Grouping,
    goal: &'static [&'static str],
) -> Verb {
    Verb {
        step,
        word,
        grouping,
        goal: Goal::Status(goal),
        slow_after: SLOW,
        needs_reason: matches!(grouping, Grouping::Connection),
        consequence: match step {
            Step::Stop => "a cancelled execution cannot be resumed",
            Step::Delete | Step::Resume => "",
        },
    }
}

/// Batch terminate: one request for up to a hundred ids, with a reason. It leaves the word `cancelled`, never
/// `terminated`.
static TERMINATE: Verb = verb(
    Step::Stop,
    "terminate",
    Grouping::Connection,
    &["cancelled"],
);

/// The only way to stop an execution that waits for input; one call each.
static CANCEL: Verb = verb(Step::Stop, "cancel", Grouping::Single, &["cancelled"]);

/// Lets a paused execution go on; one call each. It may ask something at once.
static RESUME: Verb = verb(
    Step::Resume,
    "resume",
    Grouping::Single,
    &["running", "pending", WAITS],
);

/// Every verb, in one of the ways it is sent.
pub(super) static VERBS: [&Verb; 3] = [&TERMINATE, &CANCEL, &RESUME];

/// A status word, its group, and what an execution in it answers to stop and to resume.
type Rule = (&'static str, Group, Offer, Offer);

const fn no(words: &'static str) -> Offer {
    Offer::No(Exclusion::NotOffered, words)
}

const fn already(words: &'static str) -> Offer {
    Offer::No(Exclusion::AlreadyThere, words)
}

const RESUMES_PAUSED: Offer = no("only a paused execution can be resumed");
const OVER: Offer = no("it has ended and cannot be resumed");

/// The word of an execution that has asked something.
const WAITS: &str = "waiting_for_input";

/// Whether an execution of that status waits for an answer.
pub(super) fn waits(word: &str) -> bool {
    word.eq_ignore_ascii_case(WAITS)
}

/// Every word the pages list.
#[rustfmt::skip]
static RULES: [Rule; 10] = [
    ("pending", Group::Active, Offer::Yes(&TERMINATE), already("pending: it has not been paused")),
    ("running", Group::Active, Offer::Yes(&TERMINATE), already("already running")),
    ("queued", Group::Active, no("queued: Kubiya offers no stop"), RESUMES_PAUSED),
    (WAITS, Group::Paused, Offer::Yes(&CANCEL), no("it waits for an answer, not for resume")),
    ("paused", Group::Paused, no("paused: resume it first, then stop it"), Offer::Yes(&RESUME)),
    ("completed", Group::Ended, no("completed: it has ended by itself"), OVER),
    ("cancelled", Group::Ended, already("already cancelled"), OVER),
    ("terminated", Group::Ended, already("already terminated"), OVER),
    ("interrupted", Group::Ended, no("interrupted: it has ended"), OVER),
    ("failed", Group::Failed, no("failed: it has ended by itself"), OVER),
];

/// A word that no page lists, or none at all.
static UNLISTED: Rule = (
    "",
    Group::Unknown,
    Offer::ServerDecides(&TERMINATE, "no page lists this status"),
    Offer::ServerDecides(&RESUME, "no page lists this status"),
);

fn rule_for(word: &str) -> Rule {
    let mut rules = RULES.iter();
    *rules
        .find(|(listed, ..)| listed.eq_ignore_ascii_case(word))
        .unwrap_or(&UNLISTED)
}

/// The group a status word is filtered by.
pub(super) fn group(word: &str) -> Group {
    let (_, group, ..) = rule_for(word);
    group
}

/// What each action would do to an execution of that id in that status.
///
/// Delete is never offered: it removes the record and the work goes on, unseen.
pub(super) fn offers(id: &str, word: &str) -> Offers {
    if uuid(id).is_none() {
        return Offers::all(no("its id is not a UUID: one such id spoils a whole batch"));
    }
    let (_, _, stop, resume) = rule_for(word);
    Offers {
        stop,
        delete: no("Kubiya only removes the record and leaves the work running"),
        resume,
        clean_up: stop,
    }
}
