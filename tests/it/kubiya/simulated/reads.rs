//! Lists, single rows, and what else can be asked.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NOBODY, Scene, told};

#[tokio::test]
async fn lists_page_and_filter_as_the_service_does() {
    let scene = Scene::of(2_000);
    let all = scene.list("limit=100000").await;
    assert_eq!(all.len(), 280);
    assert_eq!(
        scene.list("").await.len(),
        98,
        "two of the first hundred are dropped after the limit"
    );
    assert!(scene.list("skip=100000").await.is_empty() && scene.list("limit=0").await.is_empty());
    assert!(
        scene
            .list("limit=100000&status_filter=running,pending")
            .await
            .is_empty()
    );
    let last = scene
        .list("limit=100000&status_filter=running&status_filter=PAUSED")
        .await;
    assert!(!last.is_empty() && last.iter().all(|row| row["status"] == "paused"));
    assert_eq!(
        scene
            .list("limit=100000&status=running&agent_id=x")
            .await
            .len(),
        all.len()
    );
    let agents = scene.list("limit=100000&execution_type=agent").await;
    assert!(!agents.is_empty() && agents.iter().all(|row| row["execution_type"] == "AGENT"));
    let newest_first =
        all.is_sorted_by(|a, b| a["created_at"].as_str() >= b["created_at"].as_str());
    assert!(newest_first);
}

#[tokio::test]
async fn wrong_numbers_fail_in_the_services_own_ways() {
    let scene = Scene::of(400);
    for query in ["skip=-1", "limit=-1"] {
        let (status, body) = scene.get(&format!("/api/v1/executions?{query}")).await;
        let detail = body["detail"].as_str().expect("a sentence");
        assert!(status == 500 && detail.contains('\n') && detail.contains("must not be negative"));
    }
    let (status, body) = scene.get("/api/v1/executions?limit=ten").await;
    assert_eq!(
        (status, &body["detail"][0]["type"]),
        (422, &json!("int_parsing"))
    );
    assert_eq!(body["detail"][0]["loc"], json!(["query", "limit"]));
}

#[tokio::test]
async fn every_field_is_there_and_nulls_are_told() {
    let scene = Scene::of(2_000);
    let rows = scene.list("limit=100000").await;
    assert!(
        rows.iter()
            .all(|row| row.as_object().is_some_and(|row| row.len() == 24))
    );
    assert!(
        rows.iter()
            .all(|row| row["user_avatar"].is_null() && row["usage"].is_object())
    );
    assert!(
        rows.iter()
            .any(|row| row["entity_id"] == "" && row["entity_name"].is_null())
    );
    assert!(rows.iter().any(|row| row["updated_at"] == ""));
    let created = |row: &Value| row["created_at"].as_str().unwrap_or_default().to_owned();
    assert!(rows.iter().all(|row| created(row).ends_with("+00:00")));
    assert!(
        rows.iter().any(|row| created(row).len() == 25)
            && rows.iter().any(|row| created(row).len() == 32)
    );
}

#[tokio::test]
async fn one_row_is_an_object_and_what_is_no_uuid_is_an_internal_error() {
    let scene = Scene::of(2_000);
    let rows = scene.list("limit=100000").await;
    let row = rows
        .iter()
        .find(|row| row["participants"] != json!([]))
        .expect("one with people");
    let (status, one) = scene
        .get(&format!(
            "/api/v1/executions/{}",
            row["id"].as_str().unwrap_or_default()
        ))
        .await;
    assert_eq!(
        (status, &one["id"], &one["participants"]),
        (200, &row["id"], &json!([]))
    );
    assert_eq!(
        scene.get(&format!("/api/v1/executions/{NOBODY}")).await,
        (404, json!({"detail": "Execution not found"}))
    );
    let malformed =
        json!({"detail": "Failed to get execution: badly formed hexadecimal UUID string"});
    assert_eq!(scene.get("/api/v1/executions/none").await, (500, malformed));
}

#[tokio::test]
async fn a_key_is_taken_in_four_forms() {
    let scene = Scene::of(400);
    let url = format!("{}/api/v1/auth/validate", scene.simulator.url());
    let key = &scene.key;
    let cases = [
        ("authorization", format!("Bearer {key}"), 200),
        ("authorization", format!("UserKey {key}"), 200),
        ("authorization", key.clone(), 200),
        ("userkey", key.clone(), 200),
        ("authorization", format!("bearer {key}"), 401),
        ("authorization", "Bearer kby_other".to_owned(), 401),
        ("x-other", key.clone(), 401),
    ];
    for (name, value, expected) in cases {
        let answer = scene.http.get(&url).header(name, &value).send().await;
        let (status, body) = told(answer.expect("answered")).await;
        assert_eq!(status, expected, "{name}: {value}");
        assert!(body["slug"] == "acme" || body["detail"]["hint"].is_string());
    }
}

#[tokio::test]
async fn routes_that_are_not_there_answer_in_the_services_words() {
    let scene = Scene::of(400);
    let not_found = json!({"detail": "Not Found"});
    assert_eq!(
        scene.post("/api/v1/executions/batch/delete", None).await,
        (404, not_found)
    );
    let (status, body) = scene.post("/api/v1/executions/batch/cancel", None).await;
    assert!(
        status == 500
            && body["detail"]
                .as_str()
                .is_some_and(|detail| detail.contains("badly formed"))
    );
    let wrong = scene
        .send(Method::GET, "/api/v1/executions/batch/terminate", None)
        .await;
    assert_eq!(
        (wrong.status().as_u16(), wrong.headers()["allow"].as_bytes()),
        (405, b"POST".as_slice())
    );
    assert_eq!(told(wrong).await.1, json!({"detail": "Method Not Allowed"}));
    let moved = scene
        .send(Method::GET, "/api/v1/executions/?limit=5", None)
        .await;
    let target = format!("{}/api/v1/executions?limit=5", scene.simulator.url());
    assert_eq!(
        (
            moved.status().as_u16(),
            moved.headers()["location"].as_bytes()
        ),
        (307, target.as_bytes())
    );
}

#[tokio::test]
async fn what_else_is_known_of_an_execution_is_told() {
    let scene = Scene::of(2_000);
    let (running, pending) = (scene.ids("running").await, scene.ids("pending").await);
    let at = |id: &str, what: &str| format!("/api/v1/executions/{id}/{what}");
    let (_, session) = scene.get(&at(&running[0], "session")).await;
    assert_eq!(session["message_count"], 1);
    assert_eq!(
        scene.get(&at(&pending[0], "session")).await,
        (404, json!({"detail": "Session not found"}))
    );
    let health = scene
        .http
        .get(format!("{}/api/health", scene.simulator.url()))
        .send()
        .await;
    let (status, health) = told(health.expect("answered")).await;
    assert!(
        status == 200
            && health["timestamp"]
                .as_str()
                .is_some_and(|time| !time.contains(['Z', '+']))
    );
}
