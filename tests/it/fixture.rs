//! Rows and verbs for tests of pure code, without a platform.

use std::sync::Arc;
use std::time::Duration;

use centurion::domain::action::{Action, Exclusion, Goal, Grouping, Offer, Offers, Step, Verb};
use centurion::domain::connection::{ConnectionName, PlatformId};
use centurion::domain::plan::{Batch, Candidate, Plan, Reason};
use centurion::domain::resource::{Group, Id, Key, Kind, Resource, Scope, Source, Status};
use centurion::domain::text::Clean;
use jiff::Timestamp;

const fn verb(step: Step, word: &'static str, grouping: Grouping, goal: Goal) -> Verb {
    Verb {
        step,
        word,
        grouping,
        goal,
        slow_after: Duration::from_secs(60),
        needs_reason: false,
        consequence: "",
    }
}

pub(crate) static STOP: Verb = verb(
    Step::Stop,
    "STOPPED",
    Grouping::ScopeAndKind,
    Goal::Status(&["STOPPED"]),
);
pub(crate) static DELETE: Verb = verb(Step::Delete, "DELETED", Grouping::ScopeAndKind, Goal::Gone);
pub(crate) static SUSPEND: Verb = verb(
    Step::Stop,
    "suspend",
    Grouping::Verb,
    Goal::Status(&["Stopped"]),
);
pub(crate) static RESUME: Verb = verb(
    Step::Resume,
    "resume",
    Grouping::Verb,
    Goal::Status(&["Running"]),
);
pub(crate) static CANCEL: Verb = verb(
    Step::Stop,
    "cancel",
    Grouping::Single,
    Goal::Status(&["cancelled"]),
);
pub(crate) static TERMINATE: Verb = Verb {
    needs_reason: true,
    ..verb(
        Step::Stop,
        "terminate",
        Grouping::Connection,
        Goal::Status(&["cancelled"]),
    )
};

/// Every verb there is, by number.
pub(crate) static VERBS: [&Verb; 6] = [&STOP, &DELETE, &SUSPEND, &RESUME, &CANCEL, &TERMINATE];

pub(crate) fn source(connection: &str, platform: PlatformId, scope: &str) -> Arc<Source> {
    Arc::new(Source {
        connection: ConnectionName::new(connection).expect("a good name"),
        platform,
        scope: Scope::new(scope),
        kind: platform.kinds()[0],
    })
}

pub(crate) fn sap() -> Arc<Source> {
    source("prod", PlatformId::SapAiCore, "default")
}

pub(crate) fn deployments(of: &Source) -> Arc<Source> {
    Arc::new(Source {
        kind: Kind::Deployment,
        ..of.clone()
    })
}

/// Offers where only the step of that verb is possible, as sent or as a guess.
pub(crate) fn only(verb: &'static Verb, guess: bool) -> Offers {
    let offer = if guess {
        Offer::ServerDecides(verb, "a guess")
    } else {
        Offer::Yes(verb)
    };
    let no = Offers::all(Offer::No(Exclusion::NotOffered, "not offered"));
    match verb.step {
        Step::Stop => Offers {
            stop: offer,
            clean_up: offer,
            ..no
        },
        Step::Delete => Offers {
            delete: offer,
            clean_up: offer,
            ..no
        },
        Step::Resume => Offers {
            resume: offer,
            ..no
        },
    }
}

pub(crate) fn nothing() -> Offers {
    Offers::all(Offer::No(Exclusion::NotOffered, "not offered"))
}

pub(crate) fn row(
    source: &Arc<Source>,
    id: &str,
    word: &str,
    group: Group,
    offers: Offers,
) -> Arc<Resource> {
    Arc::new(Resource {
        key: Key {
            source: source.clone(),
            id: Id::new(id),
        },
        scope: source.scope.shown(),
        name: Clean::new(&format!("name-of-{id}")),
        subtype: None,
        status: Status {
            word: Clean::new(word),
            group,
        },
        target: None,
        created: None,
        modified: None,
        owner: None,
        message: None,
        gpus: None,
        attention: false,
        scheduled: false,
        offers,
        facts: Box::default(),
    })
}

pub(crate) fn running(source: &Arc<Source>, id: &str) -> Arc<Resource> {
    row(source, id, "RUNNING", Group::Active, only(&STOP, false))
}

pub(crate) fn candidate(row: &Arc<Resource>) -> Candidate {
    Candidate {
        row: row.clone(),
        marked_as: row.status.word.clone(),
        bar: None,
    }
}

pub(crate) fn plan(action: Action, rows: &[Arc<Resource>]) -> Plan {
    Plan::propose(
        action,
        rows.iter().map(candidate).collect(),
        Vec::new(),
        Timestamp::UNIX_EPOCH,
    )
}

/// Confirms a plan as it stands, with a reason.
pub(crate) fn confirmed(plan: Plan) -> Batch {
    let phrase = plan.phrase().unwrap_or_default();
    plan.confirm(&phrase, Reason::new("INC-1"), Timestamp::UNIX_EPOCH)
        .expect("something to send")
}
