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

/// Every verb, in one of the ways it is sent.
pub(super) static VERBS: [&Verb; 3] = [&BATCHED.stop, &BATCHED.delete, &BATCHED.resume];

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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0";

    fn subject(phase: &str) -> Subject<'_> {
        Subject {
            id: ID,
            phase,
            subtype: "training",
            source_api: "",
            suspend: Some(true),
            delete: Some(true),
        }
    }

    fn answers(subject: &Subject<'_>) -> [Offer; 4] {
        let offers = offers(subject, Bulk::Full);
        [offers.stop, offers.resume, offers.delete, offers.clean_up]
    }

    /// `y` yes, `?` server decides, `t` already there, `m` in transition, `n` not offered.
    fn letters(subject: &Subject<'_>) -> String {
        let letter = |offer: Offer| match offer {
            Offer::Yes(_) => 'y',
            Offer::ServerDecides(..) => '?',
            Offer::No(Exclusion::AlreadyThere, _) => 't',
            Offer::No(Exclusion::InTransition, _) => 'm',
            Offer::No(..) => 'n',
        };
        answers(subject).map(letter).into_iter().collect()
    }

    #[test]
    fn each_phase_answers_suspend_resume_delete_and_clean_up_by_the_table() {
        let table = [
            ("Creating", "ytyy"),
            ("Pending", "ytyy"),
            ("Running", "ytyy"),
            ("Degraded", "ytyy"),
            ("Resuming", "ymym"),
            ("Stopping", "m?ym"),
            ("Deleting", "mmmm"),
            ("Terminating", "mmmm"),
            ("Stopped", "tyyt"),
            ("Completed", "nnyy"),
            ("Failed", "nnyy"),
            ("Unknown", "????"),
            ("Suspended", "????"),
            ("", "????"),
        ];
        for (phase, expected) in table {
            assert_eq!(letters(&subject(phase)), expected, "{phase}");
        }
    }

    #[test]
    fn what_a_workload_does_not_support_is_left_out_and_what_is_not_said_is_a_guess() {
        let inference = Subject {
            suspend: Some(false),
            ..subject("Running")
        };
        assert_eq!(letters(&inference), "nnyn");
        let silent = Subject {
            suspend: None,
            delete: None,
            ..subject("Running")
        };
        assert_eq!(letters(&silent), "?t??");
        let ended = Subject {
            suspend: None,
            delete: None,
            ..subject("Completed")
        };
        assert_eq!(letters(&ended), "nn??");
    }

    #[test]
    fn clean_up_suspends_what_runs_and_deletes_what_ended() {
        let step = |phase| {
            offers(&subject(phase), Bulk::Full)
                .clean_up
                .verb()
                .map(|verb| verb.word)
        };
        assert_eq!(step("Running"), Some("suspend"));
        assert_eq!(step("Failed"), Some("delete"));
        assert_eq!(step("Stopped"), None);
    }

    #[test]
    fn an_id_that_is_no_uuid_is_never_offered_anything() {
        for id in [
            "",
            "abc",
            "6f1c0d523b7e4a199d2c8e41f7a3b5d0",
            "{6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0}",
        ] {
            assert_eq!(
                letters(&Subject {
                    id,
                    ..subject("Running")
                }),
                "nnnn",
                "{id}"
            );
        }
    }

    #[test]
    fn without_a_batch_call_each_workload_is_a_request_of_its_own() {
        let grouping = |bulk, step| {
            offers(&subject("Running"), bulk)
                .step(step)
                .verb()
                .map(|verb| verb.grouping)
        };
        assert_eq!(
            grouping(Bulk::DeleteOnly, Step::Stop),
            Some(Grouping::Single)
        );
        assert_eq!(
            grouping(Bulk::DeleteOnly, Step::Delete),
            Some(Grouping::Verb)
        );
        assert_eq!(grouping(Bulk::Absent, Step::Delete), Some(Grouping::Single));
        let third_party = Subject {
            subtype: "rayjob",
            ..subject("Running")
        };
        assert_eq!(offers(&third_party, Bulk::Absent).delete.verb(), None);
    }
}
