//! Changes: what leaves, and what each id's answer proves.

use centurion::domain::action::Action;
use serde_json::json;

use super::{EXECUTIONS, Sap, json_answer, listing, row};
use crate::canned::{self, answer};

#[tokio::test]
async fn a_clean_up_stops_and_deletes_in_one_request() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "RUNNING"), ("e002", "DEAD"), ("e003", "COMPLETED")]),
        _ => json_answer(
            202,
            &json!({"executions": [
                {"id": "e002", "message": "Execution modification scheduled"},
                {"id": "e001", "message": "Execution modification scheduled"},
            ]}),
        ),
    })
    .await;
    assert_eq!(
        sap.carry_out(Action::CleanUp).await,
        ["e001: scheduled", "e002: scheduled"]
    );
    let changes = sap.changes();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].line, "PATCH /v2/lm/executions");
    assert_eq!(
        changes[0].header("content-type"),
        Some("application/merge-patch+json")
    );
    assert_eq!(changes[0].header("ai-resource-group"), Some("eval"));
    let expected = json!({"executions": [
        {"id": "e001", "targetStatus": "STOPPED"},
        {"id": "e002", "targetStatus": "DELETED"},
    ]});
    assert_eq!(changes[0].json(), expected);
}

#[tokio::test]
async fn what_completed_or_is_unknown_is_deleted_and_what_is_being_deleted_is_left_alone() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => {
            let mut going = row("e003", "STOPPED");
            going["targetStatus"] = json!("DELETED");
            let rows = [row("e001", "COMPLETED"), row("e002", "UNKNOWN"), going];
            json_answer(200, &json!({"count": 3, "resources": rows}))
        }
        _ => canned::json(202, "{}"),
    })
    .await;
    sap.carry_out(Action::Delete).await;
    let expected = json!({"executions": [
        {"id": "e001", "targetStatus": "DELETED"},
        {"id": "e002", "targetStatus": "DELETED"},
    ]});
    assert_eq!(sap.changes()[0].json(), expected);
}

#[tokio::test]
async fn a_preview_is_what_leaves() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "RUNNING")]),
        _ => canned::json(202, "{}"),
    })
    .await;
    let preview = sap
        .client
        .preview(&sap.plan(&sap.source(), Action::Stop).await[0]);
    sap.carry_out(Action::Stop).await;
    let sent = &sap.changes()[0];
    assert_eq!(sent.line, format!("{} {}", preview.method, preview.path));
    assert_eq!(Some(sent.json()), preview.body.map(|(_, body)| body));
}

#[tokio::test]
async fn r01_to_r08_each_id_gets_what_the_answer_proves_for_it_and_nothing_more() {
    let items = json!([
        {"id": "e001", "message": "Execution modification scheduled"},
        {"id": "e001", "message": "Execution modification scheduled"},
        {"id": "e002", "error": {"code": "01010076", "message": "cannot be changed..", "requestID": "r-2"}},
        {"id": "e003", "message": "scheduled", "error": {"code": "1", "message": "no"}},
        {"id": "E004", "message": "Execution modification scheduled"},
        {"id": "e005", "message": null},
        {"id": "e006", "error": {}},
        {"id": "e007", "error": "plain words"},
        {"id": "e008", "error": {"message": "x".repeat(1 << 20)}},
        {"message": "scheduled"},
    ]);
    let sap = Sap::with_bulk(move |heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(
            &[
                "e001", "e002", "e003", "e004", "e005", "e006", "e007", "e008",
            ]
            .map(|id| (id, "RUNNING")),
        ),
        _ => json_answer(202, &json!({"executions": items.clone()})),
    })
    .await;
    let expected = [
        "e001: scheduled",
        "e002: rejected 01010076 cannot be changed.. [r-2], later",
        "e003: unknown, contradictory answer",
        "e004: unknown, the answer does not mention this id",
        "e005: unknown, the answer neither confirms nor refuses this id",
        "e006: rejected  no reason given []",
        "e007: rejected  plain words []",
        &format!("e008: rejected  {}… []", "x".repeat(4_000)),
        "note: the answer names E004, which was not sent",
        "note: the answer has an item without an id",
    ];
    assert_eq!(sap.carry_out(Action::Stop).await, expected);
}

#[tokio::test]
async fn r06_n13_an_answer_without_a_list_proves_nothing() {
    for (body, words) in [
        (
            r#"{"executions":null}"#,
            "unknown, the answer does not mention this id",
        ),
        (
            r#"{"executions":{}}"#,
            "unknown, the answer does not mention this id",
        ),
        ("{}", "unknown, the answer does not mention this id"),
        ("", "unknown, the answer cannot be read"),
        (
            r#"{"executions":[{"id":"e001","mess"#,
            "unknown, the answer cannot be read",
        ),
    ] {
        let sap = Sap::with_bulk(move |heard, _| match heard.line.as_str() {
            EXECUTIONS => listing(&[("e001", "RUNNING")]),
            _ => canned::json(202, body),
        })
        .await;
        let told = sap.carry_out(Action::Stop).await;
        assert!(
            told[0].starts_with(&format!("e001: {words}")),
            "{body}: {told:?}"
        );
        assert_eq!(sap.changes().len(), 1);
    }
}

#[tokio::test]
async fn where_bulk_is_off_each_id_leaves_in_a_call_of_its_own() {
    let sap = Sap::without_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "RUNNING"), ("e002", "DEAD"), ("e003", "RUNNING")]),
        "PATCH /v2/lm/executions/e001" => canned::json(
            202,
            r#"{"id":"e001","message":"Execution modification scheduled"}"#,
        ),
        "DELETE /v2/lm/executions/e002" => canned::json(
            202,
            r#"{"id":"e002","message":"Deletion scheduled","targetStatus":"DELETED"}"#,
        ),
        _ => canned::json(
            412,
            r#"{"error":{"code":"01010076","message":"cannot be changed"}}"#,
        ),
    })
    .await;
    let told = sap.carry_out(Action::CleanUp).await;
    let expected = [
        "e001: scheduled",
        "e002: scheduled",
        "e003: rejected 01010076 cannot be changed [], later",
    ];
    assert_eq!(told, expected);
    let changes = sap.changes();
    assert_eq!(changes[0].json(), json!({"targetStatus": "STOPPED"}));
    assert_eq!(changes[0].header("content-type"), Some("application/json"));
    assert_eq!((changes[1].body.as_str(), changes.len()), ("", 3));
}

#[tokio::test]
async fn n13_a_single_call_without_its_id_in_the_answer_is_unknown() {
    for body in ["", "{}", r#"{"id":"e002","message":"scheduled"}"#] {
        let sap = Sap::without_bulk(move |heard, _| match heard.line.as_str() {
            EXECUTIONS => listing(&[("e001", "RUNNING")]),
            _ => canned::json(202, body),
        })
        .await;
        let told = sap.carry_out(Action::Stop).await;
        assert!(told[0].starts_with("e001: unknown"), "{body}: {told:?}");
    }
}

#[tokio::test]
async fn n22_a_forbidden_request_names_the_resource_group_and_stops_the_lane() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "RUNNING")]),
        _ => answer(403, "content-type: text/plain", "RBAC: access denied"),
    })
    .await;
    let expected = [
        "e001: rejected HTTP 403 RBAC: access denied in resource group eval []",
        "stop: not permitted: RBAC: access denied in resource group eval (HTTP 403)",
    ];
    assert_eq!(sap.carry_out(Action::Stop).await, expected);
}

#[tokio::test]
async fn n29_a_change_that_met_a_failing_server_is_unknown_and_left_once() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "RUNNING")]),
        _ => answer(503, "retry-after: 0", ""),
    })
    .await;
    let told = sap.carry_out(Action::Stop).await;
    assert_eq!(
        told,
        ["e001: unknown, the server failed: HTTP 503: Service Unavailable"]
    );
    assert_eq!(sap.changes().len(), 1);
}
