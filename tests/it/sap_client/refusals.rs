//! Every shape of an error (`specs/sap-ai-core.md` 6 and 7): what the operator is told of it.

use centurion::domain::action::Action;
use centurion::domain::inspection::Inquiry;
use centurion::domain::resource::{Id, Key};
use futures_util::StreamExt;
use serde_json::json;

use super::{BULK_ON, EXECUTIONS, Sap, eval, json_answer, listing};
use crate::canned::{self, Canned, answer};

/// Status, body, and what the operator is told of it.
const REFUSALS: &[(u16, &str, &str)] = &[
    (
        400,
        r#"{"error":{"code":"01010076","message":"Invalid Request, Current status UNKNOWN cannot be changed..",
            "requestId":"0d6a3a54","target":"/api/v2/deployments/d9","details":{}}}"#,
        "refused: HTTP 400: Invalid Request, Current status UNKNOWN cannot be changed, code 01010076, request 0d6a3a54",
    ),
    (
        412,
        r#"{"error":{"code":"01010076","message":"no","requestID":"0d6a3a54"}}"#,
        "refused: HTTP 412: no, code 01010076, request 0d6a3a54",
    ),
    (
        400,
        r#"{"error":{"code":"1","message":"no"}}"#,
        "refused: HTTP 400: no, code 1",
    ),
    (
        400,
        r#"{"error":{"code":7,"message":null}}"#,
        "refused: HTTP 400: no reason given, code 7",
    ),
    (
        413,
        r#"{"error":{"code":"c\u001b[2J","message":"Result set exceeds\nthe maximum \u202eof 1000 rows"}}"#,
        "refused: HTTP 413: Result set exceeds the maximum \\u{202e}of 1000 rows, code c\\u{1b}[2J",
    ),
    (
        404,
        r#"{"error":"unauthorized"}"#,
        r#"refused: HTTP 404: {"error":"unauthorized"}; check `url`"#,
    ),
    (
        404,
        r#"{"error":{}}"#,
        r#"refused: HTTP 404: {"error":{}}; check `url`"#,
    ),
    (404, "", "refused: HTTP 404: Not Found; check `url`"),
    (
        404,
        "<html>",
        "refused: HTTP 404: Not Found: a page, not an API answer; check `url`",
    ),
    (
        403,
        "RBAC: access denied",
        "not permitted: RBAC: access denied in resource group eval, \
         which is wrong in `scopes`, or the account lacks a role (HTTP 403)",
    ),
    (
        403,
        r#"{"error":{"code":"01000403","message":"No role","requestId":"r-3"}}"#,
        "not permitted: No role in resource group eval, \
         which is wrong in `scopes`, or the account lacks a role, code 01000403, request r-3 (HTTP 403)",
    ),
    (
        429,
        r#"{"error":{"code":"429","message":"Slow down","requestId":"r-4"}}"#,
        "rate limit: HTTP 429, retry after 1m00s: Slow down, request r-4",
    ),
];

#[tokio::test]
async fn refusals_within_minutes_are_explained_by_one_list_of_groups() {
    let sap = Sap::with_bulk(|_, _| answer(403, "content-type: text/plain", "no")).await;
    let source = sap.source();
    for _ in 0..3 {
        let pages: Vec<_> = sap.client.list(&source).collect().await;
        assert!(pages[0].is_err());
    }
    let heard = sap.server.heard();
    let groups = heard
        .iter()
        .filter(|heard| heard.line.contains("resourceGroups"));
    assert_eq!(groups.count(), 1);
}

#[tokio::test]
async fn every_shape_of_an_error_is_told_in_the_platforms_own_words_with_code_and_request_id() {
    for &(status, body, expected) in REFUSALS {
        let sap = Sap::with_bulk(move |_, _| answer(status, "retry-after: 60", body)).await;
        let source = sap.source();
        let pages: Vec<_> = sap.client.list(&source).collect().await;
        let error = pages[0].as_ref().expect_err("refused");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn an_error_at_the_top_of_any_answer_is_a_failure_with_its_code_words_and_request_id() {
    let failed = json!({"id": "e001", "message": "scheduled", "resources": [], "executions": [],
        "data": {"result": []}, "error": {"code": "01000500", "message": "Out of order.", "requestId": "r-9"}});
    let words = "the server failed: HTTP 200: Out of order, code 01000500, request r-9";
    let broken = failed.clone();
    let sap = Sap::with_bulk(move |_, _| json_answer(200, &broken)).await;
    let source = sap.source();
    let pages: Vec<_> = sap.client.list(&source).collect().await;
    assert_eq!(pages[0].as_ref().expect_err("failed").to_string(), words);
    assert_eq!(sap.read("e001").await, Err(words.to_owned()));
    let key = Key {
        id: Id::new("e001"),
        source,
    };
    for inquiry in [Inquiry::Logs { since: None }, Inquiry::Detail] {
        let parts: Vec<_> = sap.client.inspect(&key, inquiry).collect().await;
        let error = parts[0].lines.as_ref().expect_err("failed");
        assert_eq!(error.to_string(), words);
    }
    for meta in [BULK_ON, "{}"] {
        let failed = failed.clone();
        let sap = Sap::whole(eval(), canned::json(200, meta), move |heard, _| match heard
            .line
            .as_str()
        {
            EXECUTIONS => listing(&[("e001", "RUNNING")]),
            _ => json_answer(200, &failed),
        })
        .await;
        let told = sap.carry_out(Action::Stop).await;
        assert_eq!(told, [format!("e001: unknown, {words}")]);
    }
}

#[tokio::test]
async fn every_refusal_of_a_token_is_told_in_the_services_own_words() {
    for (status, body, expected) in [
        (
            401,
            r#"{"error":"unauthorized","error_description":"Bad credentials"}"#,
            "Bad credentials, code unauthorized",
        ),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            "invalid_client, code invalid_client",
        ),
        (
            401,
            "Client authentication failed",
            "Client authentication failed",
        ),
        (
            400,
            r#"{"error":"unauthorized","error_description":"Client with requested ID does not exist"}"#,
            "Client with requested ID does not exist, code unauthorized",
        ),
    ] {
        let server = Canned::start(move |_, _| canned::json(status, body)).await;
        let sap = Sap::over(server, eval());
        let error = sap.client.http().sign_in().await.expect_err("refused");
        let expected = format!(
            "SAP AI Core refused the credentials ({expected}); check `client_id, client_secret`"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn n21_a_token_without_a_believable_lifetime_is_taken_and_no_answer_without_one_is() {
    for (body, taken) in [
        (json!({"access_token": "t", "expires_in": "7199"}), true),
        (json!({"access_token": "t", "expires_in": -5}), true),
        (json!({"access_token": "t", "expires_in": "soon"}), true),
        (json!({"access_token": "", "expires_in": 7199}), false),
        (json!({"token": "c4n4ry"}), false),
        (json!("c4n4ry"), false),
    ] {
        let sent = body.clone();
        let server = Canned::start(move |_, _| json_answer(200, &sent)).await;
        let answered = Sap::over(server, eval()).client.http().sign_in().await;
        assert_eq!(answered.is_ok(), taken, "{body}: {answered:?}");
        assert!(!format!("{answered:?}").contains("c4n4ry"));
    }
}
