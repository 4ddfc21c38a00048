//! What changes, and what is refused.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NOBODY, Scene, told};

#[tokio::test]
async fn a_batch_answers_each_id_in_order() {
    let scene = Scene::of(2_000);
    let (running, waiting) = (
        scene.ids("running").await,
        scene.ids("waiting_for_input").await,
    );
    let ids = [
        &running[0],
        &waiting[0],
        NOBODY,
        &running[0].to_uppercase(),
        &running[1],
    ];
    let (status, body) = scene
        .batch(json!({"execution_ids": ids, "reason": " ", "more": 1}))
        .await;
    assert_eq!(status, 200);
    let totals =
        ["total_requested", "total_succeeded", "total_failed"].map(|name| body[name].as_u64());
    assert_eq!(totals, [Some(5), Some(2), Some(3)]);
    let results = body["results"].as_array().expect("a list");
    let echoed: Vec<&str> = results
        .iter()
        .filter_map(|result| result["execution_id"].as_str())
        .collect();
    assert_eq!(echoed, ids);
    let errors: Vec<Option<&str>> = results
        .iter()
        .map(|result| result["error"].as_str())
        .collect();
    let expected = [
        None,
        Some("Cannot terminate workflow in status: waiting_for_input"),
        Some("Execution not found"),
        Some("Cannot terminate workflow in status: cancelled"),
        None,
    ];
    assert_eq!(errors, expected);
    assert!(
        results[0]["terminated_at"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    assert!(results[1]["terminated_at"].is_null() && results[1]["workflow_id"].is_null());
}

#[tokio::test]
async fn an_id_that_is_no_uuid_spoils_those_after_it() {
    let scene = Scene::of(2_000);
    let running = scene.ids("running").await;
    let ids = [
        running[0].as_str(),
        "agent-execution-1",
        &running[1],
        &running[2],
    ];
    let (_, body) = scene
        .batch(json!({"execution_ids": ids, "reason": "x"}))
        .await;
    let error = |place: usize| {
        body["results"][place]["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(body["total_succeeded"], 1);
    assert!(error(1).contains("invalid input syntax for type uuid: \"agent-execution-1\""));
    assert!(error(2).contains("current transaction is aborted") && error(3).contains("[SQL:"));
}

/// Whether the service takes a change of an execution.
async fn takes(scene: &Scene, id: &str, change: &str) -> bool {
    let path = format!("/api/v1/executions/{id}");
    let of_change = format!("{path}/{change}");
    match change {
        "batch" => {
            let (_, body) = scene
                .batch(json!({"execution_ids": [id], "reason": "x"}))
                .await;
            body["results"][0]["success"] == true
        }
        "terminate" => {
            let reason = Some(json!({"reason": "x"}));
            scene.post(&of_change, reason).await.0 == 200
        }
        "delete" => scene.send(Method::DELETE, &path, None).await.status() == 204,
        _ => scene.post(&of_change, None).await.1["success"] == true,
    }
}

/// `specs/kubiya.md` 5.
#[tokio::test]
async fn every_status_takes_the_changes_of_the_table_and_no_other() {
    let scene = Scene::of(2_000);
    let changes = ["terminate", "batch", "cancel", "pause", "resume", "delete"];
    let table = [
        ("pending", [true, true, false, false, false, true]),
        ("running", [true, true, true, true, false, true]),
        ("queued", [false, false, false, false, false, true]),
        ("waiting_for_input", [false, false, true, true, false, true]),
        ("paused", [false, false, false, false, true, true]),
        ("completed", [false, false, false, false, false, true]),
        ("failed", [false, false, false, false, false, true]),
        ("cancelled", [false, false, false, false, false, true]),
    ];
    for (status, taken) in table {
        let ids = scene.ids(status).await;
        assert!(ids.len() >= changes.len(), "{status}");
        for ((id, change), taken) in ids.iter().zip(changes).zip(taken) {
            assert_eq!(
                takes(&scene, id, change).await,
                taken,
                "{change} of {status}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_terminated_is_cancelled_at_a_time_and_says_nothing_of_it() {
    let scene = Scene::of(2_000);
    let rows = scene.list("limit=100000&status_filter=running").await;
    let of = |is_team: bool| {
        let mut rows = rows
            .iter()
            .filter(|row| (row["execution_type"] == "TEAM") == is_team);
        let id = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
        let found = rows.find(|row| !scene.world.refuses(&id(row)));
        id(found.expect("one that runs"))
    };
    let (team, agent) = (of(true), of(false));
    let (_, body) = scene
        .batch(json!({"execution_ids": [team, agent], "reason": "x"}))
        .await;
    let workflow = |place: usize| &body["results"][place]["workflow_id"];
    assert_eq!(*workflow(0), format!("team-execution-{team}"));
    assert_eq!(*workflow(1), format!("agent-execution-{agent}"));
    let waiting = scene.ids("waiting_for_input").await.remove(0);
    let path = format!("/api/v1/executions/{waiting}/cancel");
    scene.post(&path, None).await;
    for (id, words) in [
        (team, Value::Null),
        (agent, Value::Null),
        (waiting, json!("Cancelled by user")),
    ] {
        let row = scene.cancelled(&id).await;
        let completed = row["completed_at"].as_str().expect("a time");
        assert!(completed.ends_with("+00:00"), "{completed}");
        assert_eq!(row["error_message"], words, "{id}");
    }
}

#[tokio::test]
async fn an_id_of_another_organisation_is_not_found_and_lives_on() {
    let (scene, mut other) = (Scene::of(2_000), Scene::of(2_000));
    let mut tenants = scene.world.tenants.iter();
    let lab = tenants.find(|tenant| tenant.name == "agents-lab");
    other.key = lab.expect("a tenant").secret.clone();
    other.simulator = scene.simulator.clone();
    let foreign = other.ids("running").await.remove(0);
    let own = scene.ids("running").await.remove(0);
    let (_, body) = scene
        .batch(json!({"execution_ids": [foreign, own], "reason": "x"}))
        .await;
    assert_eq!(body["results"][0]["error"], "Execution not found");
    assert_eq!(body["results"][1]["success"], true);
    let (_, row) = other.get(&format!("/api/v1/executions/{foreign}")).await;
    assert_eq!(row["status"], "running");
}

#[tokio::test]
async fn a_batch_that_is_not_as_it_must_be_is_told_why() {
    let scene = Scene::of(400);
    let batch = |ids: Value, reason: &str| json!({"execution_ids": ids, "reason": reason});
    let (ids, reason) = (json!(["body", "execution_ids"]), json!(["body", "reason"]));
    let first = json!(["body", "execution_ids", 0]);
    let long = "x".repeat(501);
    for (sent, sort, loc) in [
        (json!({}), "missing", &ids),
        (batch(json!([]), "x"), "too_short", &ids),
        (batch(json!(vec![NOBODY; 101]), "x"), "too_long", &ids),
        (batch(json!("x"), "x"), "list_type", &ids),
        (batch(json!([7]), "x"), "string_type", &first),
        (batch(json!([NOBODY]), ""), "string_too_short", &reason),
        (batch(json!([NOBODY]), &long), "string_too_long", &reason),
        (json!(null), "missing", &json!(["body"])),
    ] {
        let (status, body) = scene.batch(sent).await;
        let said = &body["detail"][0];
        assert_eq!(
            (status, &said["type"], &said["loc"]),
            (422, &json!(sort), loc)
        );
        assert!(said.get("input").is_some(), "{sort}");
    }
    let (_, both) = scene.batch(json!({})).await;
    assert_eq!(both["detail"].as_array().map(Vec::len), Some(2));
    let (status, _) = scene.batch(batch(json!([NOBODY]), &"🙂".repeat(500))).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn lengths_of_a_batch_are_told_in_the_published_words() {
    let scene = Scene::of(400);
    let none = json!({"execution_ids": [], "reason": "x"});
    let published = json!({"detail": [{"type": "too_short", "loc": ["body", "execution_ids"],
        "msg": "List should have at least 1 item after validation, not 0", "input": [],
        "ctx": {"field_type": "List", "min_length": 1, "actual_length": 0}}]});
    assert_eq!(scene.batch(none).await.1, published);
    let many = json!({"execution_ids": vec![NOBODY; 101], "reason": "x".repeat(501)});
    let (_, many) = scene.batch(many).await;
    let told = |place: usize| (&many["detail"][place]["msg"], &many["detail"][place]["ctx"]);
    let ids = json!("List should have at most 100 items after validation, not 101");
    let ctx = json!({"field_type": "List", "max_length": 100, "actual_length": 101});
    assert_eq!(told(0), (&ids, &ctx));
    let reason = json!("String should have at most 500 characters");
    assert_eq!(told(1), (&reason, &json!({"max_length": 500})));
}

#[tokio::test]
async fn the_key_comes_before_the_body_unless_the_body_is_broken() {
    let scene = Scene::of(400);
    let url = format!(
        "{}/api/v1/executions/batch/terminate",
        scene.simulator.url()
    );
    let post = |body: &'static str, sort: &'static str| {
        let call = scene
            .http
            .post(&url)
            .header("content-type", sort)
            .body(body);
        async { told(call.send().await.expect("answered")).await }
    };
    let (status, body) = post("{}", "application/json").await;
    assert_eq!(
        (status, &body["detail"]["error"]),
        (401, &json!("Unauthorized"))
    );
    for (broken, offset) in [
        ("{", 1),
        ("{\n", 2),
        ("{\"a\": ", 6),
        ("{a}", 1),
        ("{\n\"a\" 1}", 6),
    ] {
        let (status, body) = post(broken, "application/json").await;
        let wrong = &body["detail"][0];
        assert_eq!((status, &wrong["type"]), (422, &json!("json_invalid")));
        assert_eq!(wrong["loc"], json!(["body", offset]), "{broken:?}");
    }
    let text = scene
        .http
        .post(&url)
        .bearer_auth(&scene.key)
        .body("{}")
        .send();
    let (status, _) = told(text.await.expect("answered")).await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn single_changes_answer_as_the_table_says() {
    let scene = Scene::of(2_000);
    let (paused, waiting, running) = (
        scene.ids("paused").await,
        scene.ids("waiting_for_input").await,
        scene.ids("running").await,
    );
    let at = |id: &str, verb: &str| format!("/api/v1/executions/{id}/{verb}");
    let (status, no) = scene.post(&at(&paused[0], "cancel"), None).await;
    assert_eq!(
        (status, &no["success"], &no["status"]),
        (200, &json!(false), &json!("paused"))
    );
    assert_eq!(no["error"], "Execution is not running (status: paused)");
    let (_, yes) = scene.post(&at(&waiting[0], "cancel"), None).await;
    assert_eq!(yes["message"], "Execution cancelled successfully");
    let (_, yes) = scene.post(&at(&paused[0], "resume"), None).await;
    assert_eq!(yes["message"], "Execution resumed successfully");
    let (_, no) = scene.post(&at(&running[0], "resume"), None).await;
    assert_eq!(no["error"], "Execution is not paused (status: running)");
    let (_, yes) = scene.post(&at(&running[0], "pause"), None).await;
    assert_eq!(yes["success"], true);
    let reason = Some(json!({"reason": "x"}));
    let (status, no) = scene
        .post(&at(&waiting[1], "terminate"), reason.clone())
        .await;
    let detail = json!({"detail": "Cannot terminate workflow in status: waiting_for_input"});
    assert_eq!((status, no), (400, detail));
    let (status, yes) = scene.post(&at(&running[1], "terminate"), reason).await;
    assert_eq!((status, &yes["success"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_deleted_record_is_gone_and_the_others_stay() {
    let scene = Scene::of(400);
    let rows = scene.list("limit=1000").await;
    let path = format!(
        "/api/v1/executions/{}",
        rows[2]["id"].as_str().unwrap_or_default()
    );
    assert_eq!(scene.send(Method::DELETE, &path, None).await.status(), 204);
    assert_eq!(scene.send(Method::DELETE, &path, None).await.status(), 404);
    assert_eq!(scene.get(&path).await.0, 404);
    let left = scene.list("limit=1000").await;
    assert_eq!(
        (left.len(), &left[2]["id"]),
        (rows.len() - 1, &rows[3]["id"])
    );
}
