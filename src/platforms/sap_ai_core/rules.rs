//! What may be asked of a row: sections 3 and 4 of `specs/sap-ai-core.md` as a table.

use std::time::Duration;

use crate::domain::action::{Exclusion, Goal, Grouping, Offer, Offers, Step, Verb};
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

/// The two verbs of a way to send changes.
#[derive(Debug)]
struct Verbs {
    stop: Verb,
    delete: Verb,
}

static IN_BULK: Verbs = verbs(Grouping::ScopeAndKind);
static ONE_BY_ONE: Verbs = verbs(Grouping::Single);

/// Every verb, in one of the ways it is sent.
pub(super) static VERBS: [&Verb; 2] = [&IN_BULK.stop, &IN_BULK.delete];

const fn verbs(grouping: Grouping) -> Verbs {
    Verbs {
        stop: Verb {
            step: Step::Stop,
            word: "STOPPED",
            grouping,
            goal: Goal::Status(&["STOPPED"]),
            slow_after: Duration::from_secs(60),
            needs_reason: false,
            consequence: "a stopped execution or deployment cannot be restarted",
        },
        delete: Verb {
            step: Step::Delete,
            word: "DELETED",
            grouping,
            goal: Goal::Gone,
            slow_after: Duration::from_secs(180),
            needs_reason: false,
            consequence: "a deleted execution or deployment cannot be brought back",
        },
    }
}

/// A step's answer before it is known which of the verbs carries it out.
#[derive(Clone, Copy, Debug)]
enum May {
    Yes,
    ServerDecides(&'static str),
    No(Exclusion, &'static str),
}

/// What clean-up does with a status.
#[derive(Clone, Copy, Debug)]
enum CleanUp {
    Stops,
    Deletes,
    Leaves(Exclusion, &'static str),
}

/// One status word.
#[derive(Debug)]
struct Rule {
    word: &'static str,
    group: Group,
    stop: May,
    delete: May,
    clean_up: CleanUp,
}

const STOP_FIRST: May = May::No(Exclusion::StopFirst, "stop it first");
const MOVING: (Exclusion, &str) = (
    Exclusion::InTransition,
    "in transition: SAP AI Core takes neither stop nor delete",
);
const OVER: May = May::No(Exclusion::NotOffered, "it has ended");

/// Section 4, one row a status.
const RULES: &[Rule] = &[
    rule(
        "PENDING",
        Group::Active,
        May::Yes,
        STOP_FIRST,
        CleanUp::Stops,
    ),
    rule(
        "RUNNING",
        Group::Active,
        May::Yes,
        STOP_FIRST,
        CleanUp::Stops,
    ),
    rule(
        "STOPPING",
        Group::Moving,
        May::No(MOVING.0, MOVING.1),
        May::No(MOVING.0, MOVING.1),
        CleanUp::Leaves(MOVING.0, MOVING.1),
    ),
    rule(
        "STOPPED",
        Group::Ended,
        May::No(Exclusion::AlreadyThere, "already stopped"),
        May::Yes,
        CleanUp::Deletes,
    ),
    rule(
        "COMPLETED",
        Group::Ended,
        OVER,
        May::ServerDecides("the documents disagree whether COMPLETED may be deleted"),
        CleanUp::Leaves(
            Exclusion::NotOffered,
            "clean up keeps COMPLETED rows; delete takes them",
        ),
    ),
    rule("DEAD", Group::Failed, OVER, May::Yes, CleanUp::Deletes),
    rule(
        "UNKNOWN",
        Group::Unknown,
        May::No(Exclusion::NotOffered, "UNKNOWN can only be deleted"),
        May::Yes,
        CleanUp::Deletes,
    ),
];

/// Any other word. Clean-up then takes the step that loses less.
const UNLISTED: Rule = rule(
    "",
    Group::Unknown,
    May::ServerDecides("no document lists this status"),
    May::ServerDecides("no document lists this status"),
    CleanUp::Stops,
);

const fn rule(word: &'static str, group: Group, stop: May, delete: May, clean_up: CleanUp) -> Rule {
    Rule {
        word,
        group,
        stop,
        delete,
        clean_up,
    }
}

fn rule_for(status: &str) -> &'static Rule {
    let listed = RULES
        .iter()
        .find(|rule| rule.word.eq_ignore_ascii_case(status));
    listed.unwrap_or(&UNLISTED)
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
    rule_for(status).group
}

/// What each action would do to a row.
pub(super) fn offers(status: &str, target: Option<&str>, changes: Changes) -> Offers {
    let verbs = match changes {
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
    let rule = rule_for(status);
    let stop = offer(rule.stop, &verbs.stop);
    let delete = offer(rule.delete, &verbs.delete);
    let clean_up = match rule.clean_up {
        CleanUp::Stops => stop,
        CleanUp::Deletes => delete,
        CleanUp::Leaves(why, words) => Offer::No(why, words),
    };
    Offers {
        stop,
        delete,
        resume,
        clean_up,
    }
}

fn offer(may: May, verb: &'static Verb) -> Offer {
    match may {
        May::Yes => Offer::Yes(verb),
        May::ServerDecides(guess) => Offer::ServerDecides(verb, guess),
        May::No(why, words) => Offer::No(why, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::Action;

    fn answer(status: &str, target: Option<&str>, action: Action) -> String {
        match offers(status, target, Changes::InBulk).to(action) {
            Offer::Yes(verb) => verb.word.to_owned(),
            Offer::ServerDecides(verb, _) => format!("{}?", verb.word),
            Offer::No(why, _) => format!("{why:?}"),
        }
    }

    #[test]
    fn each_status_allows_what_the_table_of_the_platform_says() {
        let table = [
            ("UNKNOWN", ["NotOffered", "DELETED", "DELETED"]),
            ("PENDING", ["STOPPED", "StopFirst", "STOPPED"]),
            ("RUNNING", ["STOPPED", "StopFirst", "STOPPED"]),
            ("STOPPING", ["InTransition", "InTransition", "InTransition"]),
            ("STOPPED", ["AlreadyThere", "DELETED", "DELETED"]),
            ("COMPLETED", ["NotOffered", "DELETED?", "NotOffered"]),
            ("DEAD", ["NotOffered", "DELETED", "DELETED"]),
            ("DELETING", ["STOPPED?", "DELETED?", "STOPPED?"]),
            ("", ["STOPPED?", "DELETED?", "STOPPED?"]),
        ];
        for (status, expected) in table {
            let actions = [Action::Stop, Action::Delete, Action::CleanUp];
            assert_eq!(
                actions.map(|action| answer(status, None, action)),
                expected,
                "{status}"
            );
            assert_eq!(answer(status, None, Action::Resume), "NotOffered");
        }
    }

    #[test]
    fn a_row_that_is_being_deleted_takes_nothing_whatever_its_status() {
        for status in ["STOPPED", "DEAD", "RUNNING", "anything"] {
            assert_eq!(group(status, Some("DELETED")), Group::Moving);
            for action in [Action::Stop, Action::Delete, Action::CleanUp] {
                assert_eq!(answer(status, Some("DELETED"), action), "InTransition");
            }
        }
        assert_eq!(group("STOPPED", Some("STOPPED")), Group::Ended);
    }

    #[test]
    fn where_bulk_is_off_each_row_travels_alone_and_where_the_kind_is_off_none_does() {
        let single = offers("RUNNING", None, Changes::OneByOne).stop;
        assert_eq!(
            single.verb().map(|verb| verb.grouping),
            Some(Grouping::Single)
        );
        let none = offers("RUNNING", None, Changes::NotOffered);
        assert!(
            Action::ALL
                .iter()
                .all(|&action| none.to(action).verb().is_none())
        );
    }
}
