//! The documented answers (`specs/sap-ai-core.md` 2, 5 and 6): with required members alone, with all of them and
//! unknown ones beside, and every shape of an error.

use centurion::domain::action::Action;
use centurion::domain::resource::{Group, Reading, Resource};
use futures_util::StreamExt;
use serde_json::{Map, Value, json};

use super::{BULK_ON, EXECUTIONS, Sap, eval, json_answer, listing, row};
use crate::canned::{self, Canned, Heard, Say, answer};

/// A whole execution, or deployment, as section 2 has it.
fn whole(id: &str, kind: &str) -> Value {
    let mut row = json!({
        "id": id, "configurationId": "3f0f6a1e", "configurationName": "churn-train-nightly",
        "executableId": "wt-churn-train", "scenarioId": "churn-prediction", "status": "RUNNING",
        "statusMessage": "waiting for compute", "targetStatus": "COMPLETED",
        "createdAt": "2026-05-04T08:14:02Z", "modifiedAt": "2026-05-04T08:16:40+00:00",
        "submissionTime": "2026-05-04T08:14:20Z", "startTime": "2026-05-04T08:16:12Z", "completionTime": null,
    });
    let more = match kind {
        "executions" => json!({
            "executionScheduleId": "b1de3c52",
            "outputArtifacts": [{"id": "a", "name": "churn-model", "kind": "model", "url": "ai://x"}],
        }),
        _ => json!({
            "deploymentUrl": "https://api/v2/inference", "lastOperation": "CASCADE-UPDATE", "ttl": "24H",
            "latestRunningConfigurationId": "a2c87d04",
            "details": {"scaling": {"backendDetails": {}}, "resources": {"backendDetails":
                {"model": {"name": "demo-model", "version": "latest"}}}},
        }),
    };
    let members = row.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    row
}

fn bare(id: &str) -> Value {
    json!({"id": id, "configurationId": "3f0f6a1e", "status": "RUNNING",
        "createdAt": "2026-05-04T08:14:02Z", "modifiedAt": "2026-05-04T08:16:40Z"})
}

/// With a member in each object that no document knows.
fn with_unknown(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| (name, with_unknown(value)));
            let mut members: Map<_, _> = members.collect();
            members.insert("x-new".to_owned(), json!([{"deep": [null, 1e9]}]));
            members.into()
        }
        Value::Array(items) => items.into_iter().map(with_unknown).collect(),
        other => other,
    }
}

/// A server that sends required members alone, or everything and more.
fn says(rich: bool, bulk: bool, heard: &Heard) -> Say {
    let send =
        |status, body: Value| json_answer(status, &if rich { with_unknown(body) } else { body });
    let one = |id: &str, kind: &str| if rich { whole(id, kind) } else { bare(id) };
    let line = heard.line.as_str();
    let kind = if line.contains("deployments") {
        "deployments"
    } else {
        "executions"
    };
    match line.split(' ').next() {
        _ if line == "POST /oauth/token" => send(
            200,
            if rich {
                json!({"access_token": "t", "token_type": "bearer", "expires_in": 43_199, "scope": "uaa.resource", "jti": "2f"})
            } else {
                json!({"access_token": "t", "token_type": "bearer"})
            },
        ),
        _ if line == "GET /v2/lm/meta" => {
            let mut meta = json!({"aiApi": {"version": "2.42.0"}});
            if bulk || rich {
                meta["aiApi"]["capabilities"] =
                    json!({"bulkUpdates": {"executions": bulk, "deployments": bulk}});
            }
            if rich {
                meta["aiApi"]["limits"] =
                    json!({"timeToLiveDeployments": {"maximum": -1}, "minimumFrequencyHour": 1});
                meta["aiApi"]["capabilities"]["userExecutions"] = json!(true);
            }
            send(200, meta)
        }
        Some("GET") if line.contains('?') => {
            let rows = ["e001", "e002"].map(|id| one(id, kind));
            // What the server counts is never believed.
            send(
                200,
                json!({"count": if rich { 7 } else { 2 }, "resources": rows}),
            )
        }
        Some("GET") => send(200, one("e001", kind)),
        Some("PATCH") if line.ends_with(kind) => {
            let mut error = json!({"code": "01010020", "message": "not found"});
            if rich {
                error["requestId"] = json!("r-1");
                error["target"] = json!("/api/v2/executions");
            }
            let taken = json!({"id": "e001", "message": "Execution modification scheduled"});
            send(202, json!({kind: [{"id": "e002", "error": error}, taken]}))
        }
        Some(_) | None => {
            let id = line.rsplit('/').next().expect("a segment");
            send(202, json!({"id": id, "message": "Deletion scheduled"}))
        }
    }
}

async fn server(rich: bool, bulk: bool) -> Sap {
    let server = Canned::start(move |heard, _| says(rich, bulk, heard)).await;
    Sap::over(server, eval())
}

fn facts(row: &Resource) -> Vec<(&str, &str)> {
    row.facts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

#[tokio::test]
async fn a_server_that_sends_required_members_alone_is_enough() {
    for bulk in [true, false] {
        let sap = server(false, bulk).await;
        for source in sap.sources() {
            let rows = sap.rows_of(&source).await;
            assert_eq!(rows.len(), 2);
            assert_eq!(
                (rows[0].name.as_str(), rows[0].status.group),
                ("e001", Group::Active)
            );
            assert_eq!(facts(&rows[0]), [("configuration", "3f0f6a1e")]);
        }
        assert!(matches!(sap.read("e001").await, Ok(Reading::Found(_))));
        let refused = if bulk {
            "e002: rejected 01010020 not found []"
        } else {
            "e002: scheduled"
        };
        assert_eq!(
            sap.carry_out(Action::Stop).await,
            ["e001: scheduled", refused]
        );
    }
}

#[tokio::test]
async fn a_server_that_sends_everything_and_what_no_document_knows_is_read_whole() {
    for bulk in [true, false] {
        let sap = server(true, bulk).await;
        let [executions, deployments] = &sap.sources()[..] else {
            panic!("two kinds")
        };
        let execution = &sap.rows_of(executions).await[0];
        assert_eq!(execution.name.as_str(), "churn-train-nightly");
        assert_eq!(
            execution.message.as_ref().map(|text| text.as_str()),
            Some("waiting for compute")
        );
        assert_eq!(
            execution.target.as_ref().map(|text| text.as_str()),
            Some("COMPLETED")
        );
        assert!(
            execution.scheduled
                && execution.created.is_some()
                && execution.modified > execution.created
        );
        let shared = [
            ("scenario", "churn-prediction"),
            ("executable", "wt-churn-train"),
            ("configuration", "3f0f6a1e"),
        ];
        let times = [
            ("submitted", "2026-05-04T08:14:20Z"),
            ("started", "2026-05-04T08:16:12Z"),
        ];
        let own = [("schedule", "b1de3c52")];
        let artifacts = [("artifacts", "churn-model (model)")];
        assert_eq!(
            facts(execution),
            [&shared[..], &own, &times, &artifacts].concat()
        );
        let deployment = &sap.rows_of(deployments).await[0];
        let own = [
            ("latest configuration", "a2c87d04"),
            ("model", "demo-model latest"),
            ("url", "https://api/v2/inference"),
            ("ttl", "24H"),
            ("last operation", "CASCADE-UPDATE"),
        ];
        assert_eq!(facts(deployment), [&shared[..], &own, &times].concat());
        let refused = if bulk {
            "e002: rejected 01010020 not found [r-1]"
        } else {
            "e002: scheduled"
        };
        assert_eq!(
            sap.carry_out(Action::Stop).await,
            ["e001: scheduled", refused]
        );
    }
}

#[tokio::test]
async fn deployments_change_under_their_own_name() {
    let sap = server(false, true).await;
    let deployments = &sap.sources()[1];
    let told = sap.carry_out_on(deployments, Action::Stop).await;
    assert_eq!(told[0], "e001: scheduled");
    let sent = &sap.changes()[0];
    assert_eq!(sent.line, "PATCH /v2/lm/deployments");
    assert!(sent.json()["deployments"].is_array());
}

#[tokio::test]
async fn capabilities_decide_for_each_kind_how_it_is_changed() {
    const BULK: &str = "bulk updates on";
    const SINGLE: &str = "bulk updates off, one request for each row";
    const NONE: &str = "not offered by this runtime";
    let both = |executions: Value, deployments: Value| json!({"bulkUpdates": {"executions": executions, "deployments": deployments}});
    for (capabilities, expected) in [
        (both(json!(true), json!(true)), [BULK, BULK]),
        (both(json!(true), json!(false)), [BULK, SINGLE]),
        (both(json!(false), json!(false)), [SINGLE, SINGLE]),
        (json!({}), [SINGLE, SINGLE]),
        (json!(null), [SINGLE, SINGLE]),
        (json!({"bulkUpdates": "yes"}), [SINGLE, SINGLE]),
        (both(json!("true"), json!(null)), [SINGLE, SINGLE]),
        (
            json!({"userExecutions": false, "bulkUpdates": {"executions": true, "deployments": true}}),
            [NONE, BULK],
        ),
    ] {
        let meta = json!({"aiApi": {"version": "2", "capabilities": capabilities}});
        let sap = Sap::start(eval(), json_answer(200, &meta), |_, _| listing(&[])).await;
        for (source, expected) in sap.sources().iter().zip(expected) {
            assert_eq!(
                sap.client.bulk(source).await,
                Ok(expected),
                "{capabilities}"
            );
        }
    }
}

#[tokio::test]
async fn an_id_is_opaque_and_one_segment_of_the_path() {
    let sap = Sap::without_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("E.0-_1", "DEAD"), ("e/..?x=%2F", "DEAD")]),
        _ => canned::json(400, ""),
    })
    .await;
    sap.carry_out(Action::Delete).await;
    let lines: Vec<_> = sap
        .changes()
        .into_iter()
        .map(|change| change.line)
        .collect();
    assert_eq!(
        lines,
        [
            "DELETE /v2/lm/executions/E.0-_1",
            "DELETE /v2/lm/executions/e%2F..%3Fx=%252F"
        ]
    );
}

/// Status, body, and what the operator is told of it.
const REFUSALS: &[(u16, &str, &str)] = &[
    (
        400,
        r#"{"error":{"code":"01010076","message":"Invalid Request, Current status UNKNOWN cannot be changed..",
            "requestId":"0d6a3a54","target":"/api/v2/deployments/d9","details":{}}}"#,
        "refused: HTTP 400: Invalid Request, Current status UNKNOWN cannot be changed.., code 01010076, request 0d6a3a54",
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
        r#"refused: HTTP 404: {"error":"unauthorized"}"#,
    ),
    (404, r#"{"error":{}}"#, r#"refused: HTTP 404: {"error":{}}"#),
    (404, "", "refused: HTTP 404: Not Found"),
    (
        404,
        "<html>",
        "refused: HTTP 404: Not Found: a page, not an API answer; check `url`",
    ),
    (
        403,
        "RBAC: access denied",
        "not permitted: RBAC: access denied in resource group eval (HTTP 403)",
    ),
    (
        403,
        r#"{"error":{"code":"01000403","message":"No role","requestId":"r-3"}}"#,
        "not permitted: No role in resource group eval, code 01000403, request r-3 (HTTP 403)",
    ),
    (
        429,
        r#"{"error":{"code":"429","message":"Slow down","requestId":"r-4"}}"#,
        "rate limit: HTTP 429, retry after 1m00s: Slow down, code 429, request r-4",
    ),
];

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

#[tokio::test]
async fn l05_l06_l08_rows_without_promised_members_or_with_wrong_ones_cost_no_other_row() {
    let sap = Sap::start(eval(), canned::json(200, BULK_ON), |_, _| {
        let rows = json!([null, "row", {"id": 5, "status": "DEAD"}, {"id": "e003", "status": ["RUNNING"],
            "configurationName": 7, "createdAt": 1_777_882_442_000_i64, "statusDetails": {}}, row("e004", "DEAD")]);
        json_answer(200, &json!({"resources": rows}))
    })
    .await;
    let rows = sap.rows().await;
    let sound: Vec<_> = rows.iter().map(|row| row.key.id.is_sound()).collect();
    assert_eq!(sound, [false, false, false, true, true]);
    assert_eq!(
        (rows[3].name.as_str(), rows[3].status.group),
        ("e003", Group::Unknown)
    );
    assert_eq!((rows[3].created, facts(&rows[3])), (None, vec![]));
}
