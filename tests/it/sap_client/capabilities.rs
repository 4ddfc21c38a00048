//! What a runtime says it can do, and when it is asked (section 5.3).

use std::time::Duration;

use centurion::domain::action::Action;
use serde_json::json;

use super::listing::{COUNT, pass};
use super::{BULK_ON, EXECUTIONS, Sap, eval, json_answer, listing};
use crate::canned::{self, Canned};

#[tokio::test]
async fn capabilities_are_asked_for_once_in_a_while_and_not_with_each_listing() {
    let sap = Sap::with_bulk(|_, _| listing(&[])).await;
    sap.rows().await;
    sap.rows().await;
    assert_eq!(sap.server.count("GET /v2/lm/meta"), 1);
    assert_eq!(sap.server.count(EXECUTIONS), 2);
}

#[tokio::test]
async fn capabilities_that_are_refused_are_as_before_and_only_a_404_means_no_bulk() {
    for (status, rows_of_a_request) in [(404, 1), (400, 2)] {
        let sap = Sap::over(
            Canned::start(move |heard, before| match heard.line.as_str() {
                "POST /oauth/token" => json_answer(200, &json!({"access_token": "t"})),
                "GET /v2/lm/meta" if before == 0 => canned::json(200, BULK_ON),
                "GET /v2/lm/meta" => {
                    canned::json(status, r#"{"error":{"code":"1","message":"no"}}"#)
                }
                COUNT => canned::json(200, "2"),
                _ => listing(&[("e001", "RUNNING"), ("e002", "RUNNING")]),
            })
            .await,
            eval(),
        );
        for expected in [2, rows_of_a_request] {
            let requests = sap.plan(&sap.source(), Action::Stop).await;
            assert_eq!(requests[0].operations().len(), expected, "{status}");
            pass(Duration::from_mins(6)).await;
        }
        sap.rows().await;
        pass(Duration::from_mins(1)).await;
        sap.rows().await;
        let asked = if status == 400 { 4 } else { 3 };
        assert_eq!(sap.server.count("GET /v2/lm/meta"), asked);
    }
}

#[tokio::test]
async fn after_a_refused_bulk_call_capabilities_are_asked_for_before_the_next_plan() {
    let sap = Sap::over(
        Canned::start(|heard, before| match heard.line.as_str() {
            "POST /oauth/token" => json_answer(200, &json!({"access_token": "t"})),
            "GET /v2/lm/meta" if before == 0 => canned::json(200, BULK_ON),
            "GET /v2/lm/meta" => canned::json(200, "{}"),
            COUNT => canned::json(200, "1"),
            EXECUTIONS => listing(&[("e001", "RUNNING")]),
            "PATCH /v2/lm/executions/e001" => canned::json(202, r#"{"id":"e001","message":"ok"}"#),
            _ => canned::json(
                400,
                r#"{"error":{"code":"1","message":"Bulk is not enabled"}}"#,
            ),
        })
        .await,
        eval(),
    );
    let refused = sap.carry_out(Action::Stop).await;
    assert_eq!(refused, ["e001: rejected 1 Bulk is not enabled []"]);
    assert_eq!(sap.carry_out(Action::Stop).await, ["e001: scheduled"]);
}
