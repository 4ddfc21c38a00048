//! Answers to a change, of all three platforms: documented ones, damaged in every way. Each id gets
//! exactly one answer, and is scheduled only where the document itself says so (P4, P6, R1 to R8).

use std::sync::LazyLock;

use centurion::domain::action::{Action, Verb};
use centurion::domain::connection::PlatformId;
use centurion::domain::outcome::{Answer, ChangeEvent};
use centurion::domain::plan::Request;
use centurion::domain::resource::Group;
use centurion::platforms;
use centurion::platforms::http::Reply;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::config;
use super::damage::{Edit, damaged, edits};
use crate::fixture::{CANCEL, STOP, SUSPEND, TERMINATE, confirmed, only, plan, row, source};

/// A request, a documented answer to it, and what in an answer is evidence that an id was taken.
struct Case {
    platform: PlatformId,
    request: Request,
    ids: Vec<String>,
    document: Value,
    is_evidence: fn(&Value, &str) -> bool,
}

fn id(n: usize) -> String {
    format!("6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d{n}")
}

fn request(platform: PlatformId, verb: &'static Verb, count: usize) -> Request {
    let source = source("own", platform, "default");
    let of = |n| row(&source, &id(n), "RUNNING", Group::Active, only(verb, false));
    let rows: Vec<_> = (0..count).map(of).collect();
    confirmed(plan(Action::Stop, &rows)).requests()[0].clone()
}

fn has(list: &Value, is: impl Fn(&Value) -> bool) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(is))
}

fn same_uuid(value: &Value, id: &str) -> bool {
    let uuid = value
        .as_str()
        .and_then(|text| uuid::Uuid::try_parse(text).ok());
    uuid.is_some() && uuid == uuid::Uuid::try_parse(id).ok()
}

/// `specs/sap-ai-core.md` 5.1: a message and no error.
fn sap_says_yes(answer: &Value, id: &str) -> bool {
    has(&answer["executions"], |item| {
        item["id"] == id && item["message"].is_string() && item["error"].is_null()
    })
}

/// `specs/run-ai.md` 5.2: in the list of those that succeeded, and not in that of the others.
fn run_ai_says_yes(answer: &Value, id: &str) -> bool {
    has(&answer["succeeded"], |item| same_uuid(item, id))
        && !has(&answer["failed"], |item| same_uuid(&item["id"], id))
}

/// Anything but nothing, and a text in which there is nothing to read.
fn is_error(value: &Value) -> bool {
    !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
}

/// `specs/kubiya.md` 6.3: success, and no error.
fn kubiya_says_yes(answer: &Value, id: &str) -> bool {
    has(&answer["results"], |item| {
        same_uuid(&item["execution_id"], id) && item["success"] == true && !is_error(&item["error"])
    })
}

/// `specs/kubiya.md` 6.5: the same for one id, which may be left unsaid.
fn one_says_yes(answer: &Value, id: &str) -> bool {
    let about = &answer["execution_id"];
    (!about.is_string() || same_uuid(about, id))
        && answer["success"] == true
        && !is_error(&answer["error"])
}

static CASES: LazyLock<[Case; 4]> = LazyLock::new(|| {
    let case = |platform, verb, count, document, is_evidence| Case {
        platform,
        request: request(platform, verb, count),
        ids: (0..=count).map(id).collect(),
        document,
        is_evidence,
    };
    let sap = json!({"executions": [
        {"id": id(0), "message": "Execution modification scheduled"},
        {"id": id(1), "message": "Execution modification scheduled"},
        {"id": id(2), "error": {"code": "01010076", "message": "in transition", "requestId": "r", "target": "t"}},
        {"id": id(3), "error": {"code": "01010047", "message": "Invalid id"}},
    ]});
    let run_ai = json!({"id": id(9), "succeeded": [id(0), id(1)], "failed": [
        {"id": id(2), "code": 409, "message": "conflict"}, {"id": id(3), "code": 404, "message": "Not found"},
    ]});
    let result = |n, success, error: Value| json!({"execution_id": id(n), "success": success, "error": error, "terminated_at": null});
    let kubiya = json!({"total_requested": 4, "total_succeeded": 2, "total_failed": 2, "results": [
        result(0, true, Value::Null), result(1, true, Value::Null),
        result(2, false, json!("Execution not found")), result(3, false, json!("Unexpected error: x")),
    ]});
    let single = json!({"success": true, "execution_id": id(0), "message": "cancelled", "warning": null, "error": null});
    [
        case(
            PlatformId::SapAiCore,
            &STOP,
            4,
            sap,
            sap_says_yes as fn(&Value, &str) -> bool,
        ),
        case(PlatformId::RunAi, &SUSPEND, 4, run_ai, run_ai_says_yes),
        case(PlatformId::Kubiya, &TERMINATE, 4, kubiya, kubiya_says_yes),
        case(PlatformId::Kubiya, &CANCEL, 1, single, one_says_yes),
    ]
});

fn check(case: &Case, body: Vec<u8>) -> Result<(), TestCaseError> {
    let text = String::from_utf8_lossy(&body).into_owned();
    let document = serde_json::from_str(&text).unwrap_or(Value::Null);
    let entry = platforms::ALL
        .iter()
        .find(|entry| entry.id == case.platform);
    let reply = Reply { status: 200, body };
    let Ok(events) = (entry.expect("in the table").answers)(&case.request, &reply) else {
        return Ok(());
    };
    let mut left: Vec<_> = case
        .request
        .operations()
        .iter()
        .map(|operation| &operation.key)
        .collect();
    for event in &events {
        let ChangeEvent::Answered(key, answer) = event else {
            continue;
        };
        let place = left.iter().position(|other| *other == key);
        prop_assert!(place.is_some(), "{key:?} twice, or never asked for: {text}");
        left.remove(place.expect("asserted"));
        if matches!(answer, Answer::Scheduled { .. }) {
            prop_assert!(
                (case.is_evidence)(&document, key.id.raw()),
                "{}: {text}",
                key.id.raw()
            );
        }
    }
    prop_assert!(left.is_empty(), "no answer for {left:?}: {text}");
    Ok(())
}

fn check_damaged(case: &Case, edits: &[Edit]) -> Result<(), TestCaseError> {
    check(case, damaged(case.document.clone(), edits, &case.ids))
}

/// JSON out of nothing but the words that answers are made of.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        (0..5_usize).prop_map(|n| json!(id(n))),
    ];
    let names = vec![
        "executions",
        "id",
        "message",
        "error",
        "succeeded",
        "failed",
        "results",
        "execution_id",
        "success",
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let member = (prop::sample::select(names.clone()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn r1_to_r8_on_sap_ai_core_a_damaged_answer_schedules_nothing_without_evidence(edits in edits(4)) {
        check_damaged(&CASES[0], &edits)?;
    }

    #[test]
    fn r1_to_r8_on_run_ai_a_damaged_answer_schedules_nothing_without_evidence(edits in edits(4)) {
        check_damaged(&CASES[1], &edits)?;
    }

    #[test]
    fn r1_to_r8_on_kubiya_a_damaged_answer_schedules_nothing_without_evidence(edits in edits(4), single in any::<bool>()) {
        check_damaged(&CASES[if single { 3 } else { 2 }], &edits)?;
    }

    #[test]
    fn p6_any_json_answers_each_id_once_on_every_platform(document in any_json()) {
        for case in CASES.iter() {
            check(case, document.to_string().into_bytes())?;
        }
    }
}

#[test]
fn the_documented_answers_schedule_what_they_say() {
    for case in CASES.iter() {
        let entry = platforms::ALL
            .iter()
            .find(|entry| entry.id == case.platform);
        let reply = Reply {
            status: 200,
            body: case.document.to_string().into_bytes(),
        };
        let events =
            (entry.expect("in the table").answers)(&case.request, &reply).expect("readable");
        let scheduled = events
            .iter()
            .filter(|event| matches!(event, ChangeEvent::Answered(_, Answer::Scheduled { .. })));
        let evident = case
            .ids
            .iter()
            .filter(|id| (case.is_evidence)(&case.document, id));
        assert_eq!(scheduled.count(), evident.count(), "{}", case.document);
    }
}
