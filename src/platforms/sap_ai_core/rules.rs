//! What may be asked of a row: sections 3 and 4 of `specs/sap-ai-core.md` as a table.

use std::time::Duration;

use crate::domain::action::{Exclusion, Goal, Grouping, May, Offer, Offers, Step, Verb};
use crate::domain::resource::Group;

/// How changes of one kind are sent on a connection, by its capabilities (section 5.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Changes {
    /// The runtime lets users have none of that kind.
    NotOffered,
    /// One call for each id.
    #[default]
    OneByOne,
    /// Up to a hundred ids in one call.
    InBulk,
}

/// Stop and delete, as one way to send changes carries them out.
type Verbs = [Verb; 2];

static IN_BULK: Verbs = verbs(Grouping::ScopeAndKind);
static ONE_BY_ONE: Verbs = verbs(Grouping::Single);

/// Every verb, in one of the ways it is sent.
pub(super) static VERBS: [&Verb; 2] = [&IN_BULK[0], &IN_BULK[1]];

const fn verbs(grouping: Grouping) -> Verbs {
    let stop = Verb {
        step: Step::Stop,
        word: "STOPPED",
        grouping,
        goal: Goal::Status(&["STOPPED"]),
        slow_after: Duration::from_secs(60),
        needs_reason: false,
        consequence: "a stopped execution or deployment cannot be restarted",
    };
    let delete = Verb {
        step: Step::Delete,
        word: "DELETED",
        goal: Goal::Gone,
        slow_after: Duration::from_secs(180),
        consequence: "a deleted execution or deployment cannot be brought back",
        ..stop
    };
    [stop, delete]
}

/// One status word, with what it makes of stop and delete.
#[derive(Debug)]
struct Rule(&'static str, Group, May, May);

const STOP_FIRST: May = May::No(Exclusion::StopFirst, "stop it first");
const OVER: May = May::No(Exclusion::NotOffered, "it has ended");
const STOPPED: May = May::No(Exclusion::AlreadyThere, "already stopped");
const ONLY_DELETED: May = May::No(Exclusion::NotOffered, "UNKNOWN can only be deleted");
const MOVING: May = May::No(
    Exclusion::InTransition,
    "in transition: SAP AI Core takes neither stop nor delete",
);
const DISPUTED: May = May::Guess("the documents disagree whether COMPLETED may be deleted");
const UNLISTED: May = May::Guess("no document lists this status");

/// Section 4, one row a status.
const RULES: &[Rule] = &[
    Rule("PENDING", Group::Active, May::Yes, STOP_FIRST),
    Rule("RUNNING", Group::Active, May::Yes, STOP_FIRST),
    Rule("STOPPING", Group::Moving, MOVING, MOVING),
    Rule("STOPPED", Group::Ended, STOPPED, May::Yes),
    Rule("COMPLETED", Group::Ended, OVER, DISPUTED),
    Rule("DEAD", Group::Failed, OVER, May::Yes),
    Rule("UNKNOWN", Group::Unknown, ONLY_DELETED, May::Yes),
];

const ANY_OTHER: Rule = Rule("", Group::Unknown, UNLISTED, UNLISTED);

fn rule_for(status: &str) -> &'static Rule {
    let named = |rule: &&Rule| rule.0.eq_ignore_ascii_case(status);
    RULES.iter().find(named).unwrap_or(&ANY_OTHER)
}

/// After a delete was accepted the row keeps its status until it disappears (section 3).
fn is_being_deleted(target: Option<&str>) -> bool {
    target.is_some_and(|target| target.eq_ignore_ascii_case("DELETED"))
}

/// The group a row is filtered by.
pub(super) fn group(status: &str, target: Option<&str>) -> Group {
    if is_being_deleted(target) {
        return Group::Moving;
    }
    rule_for(status).1
}

/// What each action would do to a row.
pub(super) fn offers(status: &str, target: Option<&str>, changes: Changes) -> Offers {
    let [stop, delete] = match changes {
        Changes::NotOffered => {
            let why = "this runtime lets users have none of this kind";
            return Offers::all(Offer::No(Exclusion::NotOffered, why));
        }
        Changes::OneByOne => &ONE_BY_ONE,
        Changes::InBulk => &IN_BULK,
    };
    let resume = Offer::No(Exclusion::NotOffered, "not offered by SAP AI Core");
    if is_being_deleted(target) {
        let moving = Offer::No(Exclusion::InTransition, "it is being deleted");
        return Offers {
            resume,
            ..Offers::all(moving)
        };
    }
    let &Rule(_, group, may_stop, may_delete) = rule_for(status);
    let stop = may_stop.by(stop);
    let delete = may_delete.by(delete);
    let kept = |why| Offer::No(Exclusion::NotOffered, why);
    // Of two steps that may do, the one that loses less; what completed is worth keeping, and so is what begins.
    let clean_up = match (may_stop, may_delete) {
        (May::Yes | May::Guess(_), _) => stop,
        (May::No(..), May::Guess(_)) => kept("clean up keeps COMPLETED rows; delete takes them"),
        (May::No(..), May::Yes) if group == Group::Unknown => {
            kept("UNKNOWN may have just been created; delete takes it")
        }
        (May::No(..), May::Yes | May::No(..)) => delete,
    };
    Offers {
        stop,
        delete,
        resume,
        clean_up,
    }
}
