//! Resource groups: found out page by page, or named by the configuration (section 6, Resource groups).

use std::sync::atomic::{AtomicBool, Ordering};

use centurion::domain::connection::Scopes;
use serde_json::{Value, json};

use super::listing::notices;
use super::{BULK_ON, Sap, asked, json_answer, listing};
use crate::canned::{self, Heard, Say, answer};

async fn groups(say: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Vec<String> {
    let sap = Sap::whole(Scopes::All, canned::json(200, BULK_ON), say).await;
    let sources = sap.client.sources().await.expect("sources");
    sources.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn all_resource_groups_are_found_out_page_by_page() {
    let page = |first: usize| -> Vec<Value> {
        let group = |n| json!({"resourceGroupId": format!("group-{n}"), "status": "PROVISIONED"});
        (first..first + 998).map(group).collect()
    };
    let found = groups(move |heard, _| {
        let mut resources = page(0);
        let last = match heard.line.as_str() {
            "GET /v2/admin/resourceGroups?%24top=1000&%24skip=0" => [json!(null), json!("a b")],
            "GET /v2/admin/resourceGroups?%24top=1000&%24skip=1000" => {
                resources.clear();
                [json!("team-churn"), json!("group-7")]
            }
            "GET /v2/admin/resourceGroups?%24top=1000&%24skip=1002" => {
                return json_answer(200, &json!({"resources": []}));
            }
            _ => return canned::json(400, ""),
        };
        resources.extend(last.map(|id| json!({"resourceGroupId": id})));
        json_answer(
            200,
            &json!({"count": resources.len(), "resources": resources}),
        )
    })
    .await;
    assert_eq!(found.len(), 2 * 999);
    assert_eq!(found[0], "prod/group-0 executions");
    assert_eq!(found[1_997], "prod/team-churn deployments");
}

/// A page of groups as the server gives them, so many at once, of which each is named by its number.
fn groups_of(all: usize, heard: &Heard, most: usize, name: fn(usize) -> Value) -> Say {
    let (top, skip) = asked(heard);
    let numbers = (skip..all).take(top.min(most));
    let groups: Vec<_> = numbers
        .map(|n| json!({"resourceGroupId": name(n)}))
        .collect();
    json_answer(200, &json!({"count": groups.len(), "resources": groups}))
}

#[tokio::test]
async fn a_server_that_gives_a_hundred_resource_groups_at_once_is_asked_for_all() {
    let name = |n| json!(format!("group-{n}"));
    let found = groups(move |heard, _| groups_of(250, heard, 100, name)).await;
    assert_eq!(found.len(), 2 * 250);
    // Nor for ever, where it does not hear what is skipped.
    let found =
        groups(move |_, _| json_answer(200, &json!({"resources": [{"resourceGroupId": "a"}]})))
            .await;
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn resource_groups_that_are_left_out_are_told_beside_the_first_source() {
    let odd = |n: usize| match n % 500 {
        0 => json!(format!("group {n}")),
        1 => json!(null),
        _ => json!(format!("group-{n}")),
    };
    let sap = Sap::whole(Scopes::All, canned::json(200, BULK_ON), move |heard, _| {
        if heard.line.contains("resourceGroups") {
            groups_of(1_200, heard, 400, odd)
        } else {
            listing(&[("e001", "RUNNING")])
        }
    })
    .await;
    let sources = sap.client.sources().await.expect("sources");
    assert_eq!(sources.len(), 2 * 1_000);
    let mut said = Vec::new();
    for source in &sources[..4] {
        said.push(notices(&sap.pages_of(source).await));
    }
    let words =
        "only the first 1,000 resource groups are read; resource groups without a usable name: 4";
    assert_eq!(said, [vec![words.to_owned()], vec![], vec![], vec![]]);
}

#[tokio::test]
async fn an_account_that_may_not_list_groups_gets_the_default_one() {
    let found = groups(|_, _| answer(403, "content-type: text/plain", "RBAC: access denied")).await;
    assert_eq!(
        found,
        ["prod/default executions", "prod/default deployments"]
    );
}

#[tokio::test]
async fn an_answer_that_names_no_resource_group_is_an_error_and_not_an_empty_account() {
    for body in [
        "{}",
        "null",
        r#"{"resources":null}"#,
        r#"{"resources":[]}"#,
        r#"{"resources":[{"resourceGroupId":"a b"}]}"#,
    ] {
        let say = move |_: &Heard, _| canned::json(200, body);
        let sap = Sap::whole(Scopes::All, canned::json(200, BULK_ON), say).await;
        let error = sap.client.sources().await.expect_err(body).to_string();
        assert!(error.starts_with("the answer cannot be read: "), "{error}");
    }
}

#[tokio::test]
async fn an_account_that_may_not_list_groups_is_told_on_its_listing_that_others_may_be_missing() {
    let denies = AtomicBool::new(true);
    let sap = Sap::whole(Scopes::All, canned::json(200, BULK_ON), move |heard, _| {
        if !heard.line.contains("resourceGroups") {
            listing(&[("e001", "RUNNING")])
        } else if denies.swap(false, Ordering::Relaxed) {
            canned::json(403, "RBAC: access denied")
        } else {
            json_answer(200, &json!({"resources": [{"resourceGroupId": "default"}]}))
        }
    })
    .await;
    let words =
        "resource groups may not be listed; only `default` is shown, name others in `scopes`";
    for expected in [vec![words.to_owned()], vec![]] {
        let mut said = Vec::new();
        for source in sap.client.sources().await.expect("sources") {
            said.extend(notices(&sap.pages_of(&source).await));
        }
        assert_eq!(said, expected);
    }
}
