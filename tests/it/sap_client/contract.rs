//! The documented answers (`specs/sap-ai-core.md` 2 and 5): with required members alone, and with all of them and
//! unknown ones beside.

use centurion::domain::action::Action;
use centurion::domain::resource::{Group, Reading, Resource};
use centurion::domain::text::Clean;
use serde_json::{Map, Value, json};

use super::{BULK_ON, EXECUTIONS, Sap, eval, json_answer, listing, row};
use crate::canned::{self, Canned, Heard, Say};

/// A whole execution, or deployment, as section 2 has it.
fn whole(id: &str, kind: &str) -> Value {
    let mut row = json!({
        "id": id, "configurationId": "3f0f6a1e", "configurationName": "churn-train-nightly",
        "executableId": "wt-churn-train", "scenarioId": "churn-prediction", "status": "RUNNING",
        "statusMessage": "waiting for compute", "targetStatus": "COMPLETED",
        "createdAt": "2026-05-04T08:14:02Z", "modifiedAt": "2026-05-04T08:16:40+00:00",
        "submissionTime": "2026-05-04T08:14:20Z", "startTime": "2026-05-04T08:16:12Z", "completionTime": null,
    });
    let back_end = ["backendDetails", "backend_details"][usize::from(id == "e002")];
    let more = match kind {
        "executions" => json!({
            "executionScheduleId": "b1de3c52",
            "outputArtifacts": [{"id": "a", "name": "churn-model", "kind": "model", "url": "ai://x"}],
        }),
        _ => json!({
            "deploymentUrl": "https://api/v2/inference", "lastOperation": "CASCADE-UPDATE", "ttl": "24H",
            "latestRunningConfigurationId": "a2c87d04",
            "details": {"scaling": {"backendDetails": {}}, "resources": {(back_end):
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
    let line = heard.line.as_str();
    let deployments = line.contains("deployments");
    let kind = if deployments {
        "deployments"
    } else {
        "executions"
    };
    let one = |id: &str| if rich { whole(id, kind) } else { bare(id) };
    let (status, body) = match line.split(' ').next() {
        _ if line == "POST /oauth/token" => (200, token(rich)),
        _ if line == "GET /v2/lm/meta" => (200, meta(rich, bulk)),
        Some("GET") if line.contains('?') => {
            // What the server counts is never believed.
            let count = if rich { 7 } else { 2 };
            let rows = ["e001", "e002"].map(one);
            (200, json!({"count": count, "resources": rows}))
        }
        Some("GET") => (200, one("e001")),
        Some("PATCH") if line.ends_with(kind) => (202, json!({kind: entries(rich)})),
        Some(_) | None => {
            let id = line.rsplit('/').next();
            (202, json!({"id": id, "message": "Deletion scheduled"}))
        }
    };
    json_answer(status, &if rich { with_unknown(body) } else { body })
}

fn token(rich: bool) -> Value {
    let mut token = json!({"access_token": "t", "token_type": "bearer"});
    if rich {
        token["expires_in"] = json!(43_199);
        token["scope"] = json!("uaa.resource");
    }
    token
}

fn meta(rich: bool, bulk: bool) -> Value {
    let mut api = json!({"version": "2.42.0"});
    if bulk || rich {
        api["capabilities"] = json!({"bulkUpdates": {"executions": bulk, "deployments": bulk}});
    }
    if rich {
        api["capabilities"]["userExecutions"] = json!(true);
        api["limits"] =
            json!({"timeToLiveDeployments": {"maximum": -1}, "minimumFrequencyHour": 1});
    }
    json!({"aiApi": api})
}

/// The items of a bulk answer, not in the order of the request.
fn entries(rich: bool) -> Value {
    let mut error = json!({"code": "01010020", "message": "not found"});
    if rich {
        error["requestId"] = json!("r-1");
        error["target"] = json!("/api/v2/executions");
    }
    let taken = json!({"id": "e001", "message": "Execution modification scheduled"});
    json!([{"id": "e002", "error": error}, taken])
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

/// What executions and deployments have in common.
const SHARED: [(&str, &str); 3] = [
    ("scenario", "churn-prediction"),
    ("executable", "wt-churn-train"),
    ("configuration", "3f0f6a1e"),
];
const TIMES: [(&str, &str); 2] = [
    ("submitted", "2026-05-04T08:14:20Z"),
    ("started", "2026-05-04T08:16:12Z"),
];

#[tokio::test]
async fn a_whole_execution_with_what_no_document_knows_is_read_whole() {
    let rows = server(true, true).await.rows().await;
    let row = &rows[0];
    assert_eq!(row.name.as_str(), "churn-train-nightly");
    let texts = [&row.message, &row.target].map(|text| text.as_ref().map(Clean::as_str));
    assert_eq!(texts, [Some("waiting for compute"), Some("COMPLETED")]);
    assert!(row.scheduled && row.created.is_some() && row.modified > row.created);
    let schedule = [("schedule", "b1de3c52")];
    let artifacts = [("artifacts", "churn-model (model)")];
    let expected = [&SHARED[..], &schedule, &TIMES, &artifacts].concat();
    assert_eq!(facts(row), expected);
}

#[tokio::test]
async fn a_whole_deployment_with_what_no_document_knows_is_read_whole() {
    let sap = server(true, true).await;
    let rows = sap.rows_of(&sap.sources()[1]).await;
    let own = [
        ("latest configuration", "a2c87d04"),
        ("model", "demo-model latest"),
        ("url", "https://api/v2/inference"),
        ("ttl", "24H"),
        ("last operation", "CASCADE-UPDATE"),
    ];
    let expected = [&SHARED[..], &own, &TIMES].concat();
    for row in &rows {
        assert_eq!(facts(row), expected);
    }
}

#[tokio::test]
async fn answers_to_changes_with_what_no_document_knows_are_read() {
    for (bulk, second) in [
        (true, "e002: rejected 01010020 not found [r-1]"),
        (false, "e002: scheduled"),
    ] {
        let sap = server(true, bulk).await;
        let told = sap.carry_out(Action::Stop).await;
        assert_eq!(told, ["e001: scheduled", second]);
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
        let sap = Sap::whole(eval(), json_answer(200, &meta), |_, _| listing(&[])).await;
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

#[tokio::test]
async fn l05_l06_l08_rows_without_promised_members_or_with_wrong_ones_cost_no_other_row() {
    let sap = Sap::whole(eval(), canned::json(200, BULK_ON), |_, _| {
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
