//! The rows of the fixture, and the rules they answer by: a small stand-in for what the platforms know.

use std::sync::Arc;
use std::time::Duration;

use centurion::domain::action::{Exclusion, Goal, Grouping, Offer, Offers, Step, Verb};
use centurion::domain::connection::PlatformId;
use centurion::domain::resource::{Group, Id, Key, Kind, Resource, Source, Status};
use centurion::domain::text::Clean;
use jiff::Timestamp;

const fn verb(
    step: Step,
    word: &'static str,
    grouping: Grouping,
    goal: Goal,
    consequence: &'static str,
) -> Verb {
    Verb {
        step,
        word,
        grouping,
        goal,
        slow_after: Duration::from_secs(60),
        needs_reason: matches!(grouping, Grouping::Connection),
        consequence,
    }
}

static SAP_STOP: Verb = verb(
    Step::Stop,
    "STOPPED",
    Grouping::ScopeAndKind,
    Goal::Status(&["STOPPED"]),
    "a stopped deployment cannot be restarted",
);
static SAP_DELETE: Verb = verb(
    Step::Delete,
    "DELETED",
    Grouping::ScopeAndKind,
    Goal::Gone,
    "a deleted row cannot be brought back; models and result sets stay",
);
static SUSPEND: Verb = verb(
    Step::Stop,
    "suspend",
    Grouping::Verb,
    Goal::Status(&["Stopped"]),
    "",
);
static RESUME: Verb = verb(
    Step::Resume,
    "resume",
    Grouping::Verb,
    Goal::Status(&["Running", "Pending"]),
    "",
);
static TERMINATE: Verb = verb(
    Step::Stop,
    "terminate",
    Grouping::Connection,
    Goal::Status(&["cancelled"]),
    "a cancelled execution cannot be resumed",
);

struct Seed {
    id: &'static str,
    scope: &'static str,
    name: &'static str,
    subtype: &'static str,
    status: &'static str,
    hours: i64,
    owner: &'static str,
}

const fn seed(
    id: &'static str,
    scope: &'static str,
    name: &'static str,
    subtype: &'static str,
    status: &'static str,
    hours: i64,
    owner: &'static str,
) -> Seed {
    Seed {
        id,
        scope,
        name,
        subtype,
        status,
        hours,
        owner,
    }
}

const EXECUTIONS: &[Seed] = &[
    seed(
        "e3f1a9c2b7d44f01",
        "default",
        "llama-ft-eu-0917",
        "",
        "RUNNING",
        49,
        "",
    ),
    seed(
        "e0c2118d90aa17b3",
        "default",
        "llama-ft-eu-0916",
        "",
        "RUNNING",
        50,
        "",
    ),
    seed(
        "e77d0b3f11c02a96",
        "default",
        "llama-ft-eu-0915",
        "",
        "STOPPED",
        74,
        "",
    ),
    seed(
        "e91b0044af2c7d58",
        "eval",
        "llama-eval-nightly",
        "",
        "STOPPING",
        9,
        "",
    ),
    seed(
        "e5ab7730cc1944f2",
        "eval",
        "churn-train-nightly",
        "",
        "DEAD",
        8,
        "",
    ),
];
const DEPLOYMENTS: &[Seed] = &[
    seed(
        "d5f00c1177e31b20",
        "default",
        "llama-serve-a",
        "",
        "RUNNING",
        268,
        "",
    ),
    seed(
        "d5f00c1177e32c45",
        "default",
        "llama-serve-b",
        "",
        "PENDING",
        0,
        "",
    ),
];
const WORKLOADS: &[Seed] = &[
    seed(
        "7c1e0f52-5b0c-4f0e-9d0a-2c51c0aa9a02",
        "team-nlp",
        "llama-sft-70b",
        "training",
        "Running",
        19,
        "ana@acme.example",
    ),
    seed(
        "02bb61aa-77d2-4c11-8a4e-90f1c0aa11fe",
        "team-nlp",
        "llama-sft-8b",
        "training",
        "Pending",
        2,
        "ana@acme.example",
    ),
    seed(
        "c4d9aa10-0b3e-4d7c-b1c2-51aa77c0aa77",
        "team-nlp",
        "llama-notebook",
        "workspace",
        "Running",
        150,
        "ivo@acme.example",
    ),
    seed(
        "1f7be0c3-88ad-4f0e-9d0a-2c51c0aa60d1",
        "team-vision",
        "llama-chat",
        "inference",
        "Running",
        30,
        "ivo@acme.example",
    ),
    seed(
        "9a66c0de-3c1f-4a5d-8e0b-77aa10c4d9f0",
        "team-vision",
        "fraud-scorer",
        "training",
        "Stopped",
        400,
        "ivo@acme.example",
    ),
];
const AGENTS: &[Seed] = &[
    seed(
        "8064f4c8-fb5c-4a52-9f9f-2b6dd26a00a3",
        "acme",
        "llama cost report",
        "",
        "running",
        0,
        "finops@acme.example",
    ),
    seed(
        "c0ffee00-1234-4a52-9f9f-2b6dd26a00b7",
        "acme",
        "release-helper",
        "",
        "waiting_for_input",
        3,
        "ana@acme.example",
    ),
];

/// The rows of a source.
pub(crate) fn rows(source: &Arc<Source>) -> Vec<Arc<Resource>> {
    let seeds = match (source.platform, source.kind) {
        (PlatformId::SapAiCore, Kind::Deployment) => DEPLOYMENTS,
        (PlatformId::SapAiCore, _) => EXECUTIONS,
        (PlatformId::RunAi, _) => WORKLOADS,
        (PlatformId::Kubiya, _) => AGENTS,
    };
    let all = source.scope.raw() == "*";
    seeds
        .iter()
        .filter(|seed| all || seed.scope == source.scope.raw())
        .map(|seed| Arc::new(resource(source, seed)))
        .collect()
}

fn resource(source: &Arc<Source>, seed: &Seed) -> Resource {
    let created = Timestamp::from_second(1_795_340_587 - seed.hours * 3_600 - 240).ok();
    let clean = |text: &str| (!text.is_empty()).then(|| Clean::new(text));
    let group = group(seed.status);
    let is_sap = source.platform == PlatformId::SapAiCore;
    let target = if group == Group::Active {
        "RUNNING"
    } else {
        "STOPPED"
    };
    let facts: Vec<(&'static str, Clean)> = if is_sap {
        vec![
            ("scenario", Clean::new("foundation-models")),
            ("executable", Clean::new("vllm-serve")),
            ("config", Clean::new("9b1e7a30-51f2-4b5e-a1de-0c4be4f0aa12")),
        ]
    } else {
        Vec::new()
    };
    Resource {
        key: Key {
            source: source.clone(),
            id: Id::new(seed.id),
        },
        scope: Clean::new(seed.scope),
        name: Clean::new(seed.name),
        subtype: clean(seed.subtype),
        status: Status {
            word: Clean::new(seed.status),
            group,
        },
        target: is_sap.then(|| Clean::new(target)),
        created,
        modified: created,
        owner: clean(seed.owner),
        message: (group == Group::Failed).then(|| Clean::new("OOMKilled: step train, exit 137")),
        gpus: (seed.subtype == "training").then_some(8.0),
        attention: false,
        scheduled: seed.name.ends_with("nightly"),
        offers: offers(source.platform, seed),
        facts: facts.into(),
    }
}

fn group(word: &str) -> Group {
    match word {
        "RUNNING" | "PENDING" | "Running" | "Pending" | "running" => Group::Active,
        "STOPPING" => Group::Moving,
        "Stopped" | "waiting_for_input" => Group::Paused,
        "STOPPED" => Group::Ended,
        "DEAD" => Group::Failed,
        _ => Group::Unknown,
    }
}

fn offers(platform: PlatformId, seed: &Seed) -> Offers {
    let no = Offer::No;
    let not_resumed = no(Exclusion::NotOffered, "not offered by SAP AI Core");
    match (platform, seed.status) {
        (PlatformId::SapAiCore, "STOPPED" | "DEAD") => Offers {
            stop: no(Exclusion::AlreadyThere, "already in the target state"),
            delete: Offer::Yes(&SAP_DELETE),
            resume: not_resumed,
            clean_up: Offer::Yes(&SAP_DELETE),
        },
        (PlatformId::SapAiCore, "STOPPING") => Offers::all(no(
            Exclusion::InTransition,
            "in transition: SAP takes neither stop nor delete",
        )),
        (PlatformId::SapAiCore, _) => Offers {
            stop: Offer::Yes(&SAP_STOP),
            delete: no(Exclusion::StopFirst, "running rows must be stopped first"),
            resume: not_resumed,
            clean_up: Offer::Yes(&SAP_STOP),
        },
        (PlatformId::RunAi, status) => {
            let stop = match (status, seed.subtype) {
                ("Stopped", _) => no(Exclusion::AlreadyThere, "already suspended"),
                (_, "inference") => {
                    Offer::ServerDecides(&SUSPEND, "not said whether inference can be suspended")
                }
                (_, _) => Offer::Yes(&SUSPEND),
            };
            let resume = if status == "Stopped" {
                Offer::Yes(&RESUME)
            } else {
                no(Exclusion::AlreadyThere, "it is not suspended")
            };
            Offers {
                stop,
                delete: no(Exclusion::StopFirst, "suspend it first"),
                resume,
                clean_up: stop,
            }
        }
        (PlatformId::Kubiya, _) => Offers {
            stop: Offer::Yes(&TERMINATE),
            delete: no(Exclusion::NotOffered, "would leave the work running"),
            resume: no(
                Exclusion::NotOffered,
                "only a paused execution can be resumed",
            ),
            clean_up: Offer::Yes(&TERMINATE),
        },
    }
}

/// A row all of whose texts are that one.
pub(crate) fn hostile(source: &Arc<Source>, text: &str) -> Arc<Resource> {
    let clean = Clean::new(text);
    let mut row = resource(source, &EXECUTIONS[0]);
    row.key.id = Id::new(text);
    row.name = clean.clone();
    row.scope = clean.clone();
    row.owner = Some(clean.clone());
    row.message = Some(clean.clone());
    row.subtype = Some(clean.clone());
    row.target = Some(clean.clone());
    row.status = Status {
        word: clean.clone(),
        group: Group::Unknown,
    };
    row.facts = [("scenario", clean)].into();
    Arc::new(row)
}
