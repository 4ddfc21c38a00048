//! Lists, rows, logs, and what surrounds them (sections 1, 2 and 6).

use std::collections::BTreeSet;

use centurion::simulator::Options;
use reqwest::Method;
use serde_json::{Value, json};

use super::{DEPLOYMENTS, EXECUTIONS, FAST, Sap, text};

#[tokio::test]
async fn each_group_shows_every_status_and_a_row_that_is_being_deleted() {
    let mut sap = Sap::start(Options {
        rows: 2_000,
        ..FAST
    })
    .await;
    let all = [
        "COMPLETED",
        "DEAD",
        "PENDING",
        "RUNNING",
        "STOPPED",
        "STOPPING",
        "UNKNOWN",
    ];
    for group in ["default", "eval", "team-search"] {
        sap.group = group;
        for kind in [EXECUTIONS, DEPLOYMENTS] {
            let rows = sap.rows(kind).await;
            let seen: BTreeSet<_> = rows.iter().map(|row| text(&row["status"])).collect();
            let is_possible = |status: &&str| kind == EXECUTIONS || *status != "COMPLETED";
            let expected: Vec<_> = all.into_iter().filter(is_possible).collect();
            assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{group} {kind}");
            let is_deleted = |row: &Value| row["targetStatus"] == "DELETED";
            assert!(rows.iter().any(is_deleted), "{group} {kind}");
            let has_url = |row: &Value| row["deploymentUrl"].is_string();
            assert!(kind == EXECUTIONS || rows.iter().all(has_url));
        }
    }
}

#[tokio::test]
async fn absent_members_are_null_in_some_rows_and_missing_in_others() {
    let sap = Sap::start(FAST).await;
    let running = sap.rows(&format!("{EXECUTIONS}?status=RUNNING")).await;
    assert!(
        running
            .iter()
            .any(|row| row.get("completionTime") == Some(&Value::Null))
    );
    assert!(
        running
            .iter()
            .any(|row| row.get("completionTime").is_none())
    );
    assert!(
        running
            .iter()
            .any(|row| text(&row["createdAt"]).ends_with('Z'))
    );
    assert!(
        running
            .iter()
            .any(|row| text(&row["createdAt"]).ends_with("+00:00"))
    );
    for key in ["configurationName", "scenarioId", "targetStatus"] {
        assert!(
            running.iter().all(|row| row[key].is_string()),
            "the Python SDK insists on {key}"
        );
    }
}

#[tokio::test]
async fn lists_page_in_a_stable_order_and_count_their_own_rows() {
    let sap = Sap::start(FAST).await;
    let whole = sap.rows(EXECUTIONS).await;
    let (_, page) = sap.get(&format!("{EXECUTIONS}?$top=7&$skip=5")).await;
    assert_eq!(page["count"], 7);
    assert_eq!(
        page["resources"].as_array().expect("rows")[..],
        whole[5..12]
    );
    assert_eq!(
        sap.get(&format!("{EXECUTIONS}/$count?$top=1")).await.1,
        json!(whole.len())
    );
    assert_eq!(
        sap.get(&format!("{EXECUTIONS}/%24count")).await.1,
        json!(whole.len())
    );
    for bad in [
        "$top=x",
        "$top=100001",
        "$skip=-1",
        "status=running",
        "status=RUNNING,DEAD",
        "$select=id",
    ] {
        assert_eq!(
            sap.get(&format!("{EXECUTIONS}?{bad}")).await.0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        sap.rows(&format!("{EXECUTIONS}?top=3")).await.len(),
        whole.len(),
        "unknown members are ignored"
    );
}

#[tokio::test]
async fn filters_narrow_list_and_count_alike() {
    let sap = Sap::start(FAST).await;
    let first = sap.rows(EXECUTIONS).await.swap_remove(0);
    let [scenario, configuration, executable] =
        ["scenarioId", "configurationId", "executableId"].map(|key| text(&first[key]));
    for filter in [
        format!("scenarioId={scenario}&status=RUNNING"),
        format!("configurationId={configuration}"),
        format!("executableIds=other%2C{executable}"),
    ] {
        let rows = sap.rows(&format!("{EXECUTIONS}?{filter}")).await;
        assert!(
            !rows.is_empty() && rows.iter().any(|row| row["id"] == first["id"]),
            "{filter}"
        );
        assert_eq!(
            sap.get(&format!("{EXECUTIONS}/$count?{filter}")).await.1,
            json!(rows.len())
        );
    }
}

#[tokio::test]
async fn executions_are_found_by_the_schedule_that_began_them_and_deployments_have_none() {
    let sap = Sap::start(FAST).await;
    let rows = sap.rows(EXECUTIONS).await;
    let scheduled = rows
        .iter()
        .find(|row| row["executionScheduleId"].is_string());
    let schedule = text(&scheduled.expect("some are scheduled")["executionScheduleId"]);
    let filter = format!("executionScheduleId={schedule}");
    let found = sap.rows(&format!("{EXECUTIONS}?{filter}")).await;
    assert!(!found.is_empty() && found.len() < rows.len());
    assert!(
        found
            .iter()
            .all(|row| row["executionScheduleId"] == *schedule)
    );
    let (_, count) = sap.get(&format!("{EXECUTIONS}/$count?{filter}")).await;
    assert_eq!(count, json!(found.len()));
    let all = sap.rows(DEPLOYMENTS).await.len();
    let ignored = sap.rows(&format!("{DEPLOYMENTS}?{filter}")).await;
    assert_eq!(ignored.len(), all);
}

#[tokio::test]
async fn the_quota_of_deployments_counts_those_of_all_groups() {
    let mut sap = Sap::start(FAST).await;
    let path = "/v2/admin/resourceQuota/deployments";
    let (_, whole) = sap.get(path).await;
    assert!(whole["quotas"][0]["deploymentQuota"]["maxCount"].is_u64());
    let mut rows = 0;
    for group in ["default", "eval", "team-search"] {
        sap.group = group;
        rows += sap.rows(DEPLOYMENTS).await.len();
    }
    assert_eq!(whole["usage"]["count"], rows);
    assert_eq!(whole["usage"]["items"].as_array().map(Vec::len), Some(rows));
    let (_, quota) = sap.get(&format!("{path}?quotaOnly=true")).await;
    assert!(quota.get("usage").is_none());
}

#[tokio::test]
async fn one_row_has_details_and_a_selection_nothing_else() {
    let sap = Sap::start(FAST).await;
    let id = sap.ids(DEPLOYMENTS, "RUNNING").await.swap_remove(0);
    let (_, row) = sap.get(&format!("{DEPLOYMENTS}/{id}")).await;
    assert!(row["statusDetails"].is_object() && row["deploymentUrl"] != "");
    let (_, row) = sap.get(&format!("{DEPLOYMENTS}/{id}?$select=status")).await;
    let keys: Vec<_> = row.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "configurationId",
            "createdAt",
            "details",
            "id",
            "modifiedAt",
            "status",
            "statusDetails"
        ]
    );
    let (status, body) = sap.get(&format!("{DEPLOYMENTS}/d000000000000bad")).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["code"]),
        (404, &json!("01010016"))
    );
}

#[tokio::test]
async fn a_new_deployment_may_be_listed_and_not_found_by_its_id() {
    let sap = Sap::start(FAST).await;
    let path = format!("{DEPLOYMENTS}/{}", sap.ids(DEPLOYMENTS, "UNKNOWN").await[0]);
    assert_eq!(sap.get(&path).await.0, 200);
    sap.switched("new_is_hidden", &json!(true));
    let (status, body) = sap.get(&path).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["code"]),
        (404, &json!("01010016"))
    );
    let path = format!("{EXECUTIONS}/{}", sap.ids(EXECUTIONS, "UNKNOWN").await[0]);
    assert_eq!(sap.get(&path).await.0, 200);
}

#[tokio::test]
async fn logs_cover_the_last_hour_unless_asked_and_come_in_either_order() {
    let sap = Sap::start(Options::default()).await;
    let row = sap
        .rows(&format!("{EXECUTIONS}?status=RUNNING"))
        .await
        .swap_remove(0);
    let path = format!("{EXECUTIONS}/{}/logs", text(&row["id"]));
    let lines = |body: Value| body["data"]["result"].as_array().expect("lines").clone();
    let recent = lines(sap.get(&path).await.1);
    assert!((170..=180).contains(&recent.len()), "{}", recent.len());
    assert_eq!(
        text(&recent[0]["timestamp"]).len(),
        "2026-05-04T08:16:13.527449310+00:00".len()
    );
    let start = text(&row["createdAt"]).replace('+', "%2B");
    let all = lines(sap.get(&format!("{path}?start={start}&$top=5000")).await.1);
    let newest = lines(
        sap.get(&format!("{path}?start={start}&$top=2&$order=desc"))
            .await
            .1,
    );
    assert!(all.len() >= recent.len());
    assert_eq!(newest.len(), 2);
    assert!(newest[0]["timestamp"].as_str() > newest[1]["timestamp"].as_str());
    for bad in [
        "$top=5001",
        "$order=up",
        "start=2026-05-04T08:00:00+00:00",
        "end=now",
    ] {
        assert_eq!(sap.get(&format!("{path}?{bad}")).await.0, 400, "{bad}");
    }
    let until = format!("{path}?start={start}&end={start}");
    assert!(lines(sap.get(&until).await.1).is_empty());
    let created = sap.ids(EXECUTIONS, "UNKNOWN").await.swap_remove(0);
    let path = format!("{EXECUTIONS}/{created}/logs");
    assert_eq!(sap.get(&path).await.0, 404, "just created");
}

#[tokio::test]
async fn resource_groups_come_in_pages_that_link_to_the_next() {
    let sap = Sap::start(FAST).await;
    let path = "/v2/admin/resourceGroups";
    let (_, whole) = sap.get(path).await;
    assert_eq!(whole["count"], 3);
    assert_eq!(whole["resources"][0]["resourceGroupId"], "default");
    let first = sap
        .request(Method::GET, path)
        .header("Prefer", "maxpagesize=2")
        .send()
        .await
        .expect("an answer");
    let link = first.headers()["link"].to_str().expect("text").to_owned();
    let next = link
        .trim_start_matches('<')
        .split('>')
        .next()
        .expect("a path");
    let (_, rest) = sap.get(next).await;
    assert_eq!(rest["resources"][0], whole["resources"][2]);
    assert_eq!(sap.get(&format!("{path}?continueToken=old")).await.0, 410);
}

#[tokio::test]
async fn names_for_pickers_are_there() {
    let sap = Sap::start(FAST).await;
    let scenario = text(&sap.rows("/v2/lm/scenarios").await[0]["id"]);
    assert!(
        !sap.rows(&format!("/v2/lm/scenarios/{scenario}/executables"))
            .await
            .is_empty()
    );
    let configurations = sap
        .rows(&format!("/v2/lm/configurations?scenarioId={scenario}"))
        .await;
    assert!(
        configurations
            .iter()
            .all(|made| made["scenarioId"] == *scenario)
    );
    assert!(sap.rows("/v2/lm/executionSchedules").await.is_empty());
    assert!(sap.get("/v2/lm/meta/versions").await.1["versions"][0]["versionId"].is_string());
}
