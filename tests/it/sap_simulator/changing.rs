//! Stopping and deleting, in bulk and one by one (sections 3 to 5).

use centurion::simulator::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{DEPLOYMENTS, EXECUTIONS, FAST, MERGE_PATCH, Sap, read, still, text};

/// Asks all of them to stop; returns those that were accepted.
async fn accepted_of(sap: &Sap, ids: &[String]) -> Vec<String> {
    let items: Vec<_> = ids.iter().map(|id| (id.as_str(), "STOPPED")).collect();
    let (_, body) = sap.bulk(EXECUTIONS, &items).await;
    let entries = body["executions"].as_array().expect("entries");
    let accepted = entries.iter().filter(|entry| entry["message"].is_string());
    accepted.map(|entry| text(&entry["id"])).collect()
}

#[tokio::test]
async fn a_bulk_update_answers_each_id_in_order_with_a_message_or_an_error() {
    let sap = Sap::start(FAST).await;
    let running = sap.ids(EXECUTIONS, "RUNNING").await;
    let completed = sap.ids(EXECUTIONS, "COMPLETED").await;
    let unknown = sap.ids(EXECUTIONS, "UNKNOWN").await;
    let accepted = accepted_of(&sap, &running).await;
    let items = [
        ("e000000000000bad", "DELETED"),
        (&unknown[0], "STOPPED"),
        (&completed[0], "DELETED"),
    ];
    let (status, body) = sap.bulk(EXECUTIONS, &items).await;
    assert_eq!(status, 202);
    let entries = body["executions"].as_array().expect("entries");
    let codes: Vec<_> = entries
        .iter()
        .map(|entry| &entry["error"]["code"])
        .collect();
    assert_eq!(
        codes,
        [&json!("01010020"), &json!("01010076"), &Value::Null]
    );
    assert_eq!(
        entries[1]["error"]["message"],
        "Invalid Request, Current status UNKNOWN cannot be changed.."
    );
    assert_eq!(entries[2]["message"], "Execution modification scheduled");
    assert!(
        ["requestId", "target"]
            .iter()
            .all(|key| entries[0]["error"][key].is_string())
    );
    assert!(!accepted.is_empty());
}

#[tokio::test]
async fn a_first_stop_of_what_lives_is_mostly_accepted_and_sometimes_refused() {
    let sap = Sap::start(Options::default()).await;
    let mut live = sap.ids(EXECUTIONS, "RUNNING").await;
    live.extend(sap.ids(EXECUTIONS, "PENDING").await);
    let accepted = accepted_of(&sap, &live).await.len();
    let refused = live.len() - accepted;
    assert!(
        refused >= 1 && refused < accepted / 4,
        "{refused} of {}",
        live.len()
    );
}

#[tokio::test]
async fn a_malformed_bulk_update_is_refused_as_a_whole() {
    let sap = Sap::start(FAST).await;
    let id = sap.ids(EXECUTIONS, "RUNNING").await.swap_remove(0);
    let many: Vec<String> = (0..101).map(|n| format!("e{n:04}")).collect();
    let many: Vec<_> = many.iter().map(|id| (id.as_str(), "STOPPED")).collect();
    let bad: [&[(&str, &str)]; 5] = [
        &[],
        &many,
        &[(&id, "STOPPED"), (&id, "DELETED")],
        &[(&id, "STOPPED"), ("x/y z", "STOPPED")],
        &[(&id, "RUNNING")],
    ];
    for items in bad {
        let (status, body) = sap.bulk(EXECUTIONS, items).await;
        assert_eq!(status, 400, "{items:?}");
        assert!(body["error"]["requestId"].is_string());
    }
    let wrong_key = sap
        .request(Method::PATCH, EXECUTIONS)
        .header("Content-Type", MERGE_PATCH);
    let wrong_key = wrong_key
        .body(json!({ "deployments": [{ "id": id, "targetStatus": "STOPPED" }] }).to_string());
    assert_eq!(read(wrong_key).await.0, 400);
    let (_, row) = sap.get(&format!("{EXECUTIONS}/{id}")).await;
    assert_eq!(row["status"], "RUNNING", "nothing was done");
}

#[tokio::test]
async fn a_bulk_update_is_a_merge_patch() {
    let sap = Sap::start(FAST).await;
    let body = json!({ "executions": [{ "id": "e000000000000bad", "targetStatus": "STOPPED" }] });
    assert_eq!(
        read(sap.request(Method::PATCH, EXECUTIONS).json(&body))
            .await
            .0,
        415
    );
    sap.switched("any_content_type", &json!(true));
    assert_eq!(
        read(sap.request(Method::PATCH, EXECUTIONS).json(&body))
            .await
            .0,
        202
    );
}

#[tokio::test]
async fn what_is_stopped_passes_through_stopping() {
    let sap = Sap::start(Options {
        speed: 200.0,
        ..FAST
    })
    .await;
    let running = sap.ids(EXECUTIONS, "RUNNING").await;
    let id = accepted_of(&sap, &running).await.swap_remove(0);
    let path = format!("{EXECUTIONS}/{id}");
    let (_, row) = sap.get(&path).await;
    assert_eq!(
        [&row["status"], &row["targetStatus"]],
        ["STOPPING", "STOPPED"]
    );
    let row = sap.until(&path, |_, row| row["status"] == "STOPPED").await;
    assert_eq!(row["completionTime"], row["modifiedAt"]);
    assert_eq!(
        sap.bulk(EXECUTIONS, &[(&id, "STOPPED")]).await.1["executions"][0]["error"]["code"],
        "01010076"
    );
}

#[tokio::test]
async fn what_is_deleted_stays_readable_for_a_while_and_then_is_gone() {
    let sap = Sap::start(Options {
        speed: 200.0,
        ..FAST
    })
    .await;
    let completed = sap.ids(EXECUTIONS, "COMPLETED").await;
    let (mut path, mut status) = (String::new(), StatusCode::OK);
    for id in completed {
        path = format!("{EXECUTIONS}/{id}");
        let (answered, body) = read(sap.request(Method::DELETE, &path)).await;
        status = answered;
        if status == 202 {
            assert_eq!(
                body,
                json!({ "id": id, "message": "Deletion scheduled", "targetStatus": "DELETED" })
            );
            break;
        }
    }
    assert_eq!(status, 202);
    let (_, row) = sap.get(&path).await;
    assert_eq!(
        [&row["status"], &row["targetStatus"]],
        ["COMPLETED", "DELETED"]
    );
    let gone = sap.until(&path, |status, _| status == 404).await;
    assert_eq!(gone["error"]["code"], "01010020");
    assert_eq!(read(sap.request(Method::DELETE, &path)).await.0, 404);
}

#[tokio::test]
async fn a_single_patch_stops_and_nothing_else() {
    let sap = Sap::start(FAST).await;
    let dead = sap.ids(DEPLOYMENTS, "DEAD").await.swap_remove(0);
    let send = |path: String, body: Value| read(sap.request(Method::PATCH, &path).json(&body));
    let path = format!("{DEPLOYMENTS}/{dead}");
    let (status, body) = send(path.clone(), json!({ "targetStatus": "STOPPED" })).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["code"]),
        (412, &json!("01010076"))
    );
    assert_eq!(
        send(path.clone(), json!({ "targetStatus": "DELETED" }))
            .await
            .0,
        400
    );
    assert_eq!(
        send(
            path,
            json!({ "targetStatus": "STOPPED", "configurationId": "x" })
        )
        .await
        .0,
        400
    );
    let (mut stopped, running) = (0, sap.ids(DEPLOYMENTS, "RUNNING").await);
    for id in &running {
        let (status, body) = send(
            format!("{DEPLOYMENTS}/{id}"),
            json!({ "targetStatus": "STOPPED" }),
        )
        .await;
        stopped +=
            usize::from(status == 202 && body["message"] == "Deployment modification scheduled");
    }
    assert!(stopped > running.len() / 2);
}

#[tokio::test]
async fn a_single_patch_gives_a_deployment_that_lives_another_configuration() {
    let sap = Sap::start(FAST).await;
    let send = |path: String, configuration: &str| {
        let body = json!({ "configurationId": configuration });
        read(sap.request(Method::PATCH, &path).json(&body))
    };
    let running = sap.rows(&format!("{DEPLOYMENTS}?status=RUNNING")).await;
    let is_other = |row: &&Value| row["configurationId"] != running[0]["configurationId"];
    let other = running.iter().find(is_other).expect("two configurations");
    let other = text(&other["configurationId"]);
    let mut taken = 0;
    for id in sap.ids(DEPLOYMENTS, "RUNNING").await {
        let path = format!("{DEPLOYMENTS}/{id}");
        if send(path.clone(), &other).await.0 == 202 {
            let (_, row) = sap.get(&path).await;
            assert_eq!(
                (&row["configurationId"], &row["status"]),
                (&json!(other), &json!("RUNNING"))
            );
            taken += 1;
        }
    }
    assert!(taken > running.len() / 2);
    let path = |kind: &str, id: &str| format!("{kind}/{id}");
    let dead = sap.ids(DEPLOYMENTS, "DEAD").await.swap_remove(0);
    let (status, body) = send(path(DEPLOYMENTS, &dead), &other).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["code"]),
        (412, &json!("01010076"))
    );
    let unknown = send(path(DEPLOYMENTS, &text(&running[0]["id"])), "none").await;
    assert_eq!(unknown.0, 400);
    let execution = sap.ids(EXECUTIONS, "RUNNING").await.swap_remove(0);
    assert_eq!(send(path(EXECUTIONS, &execution), &other).await.0, 400);
}

#[tokio::test]
async fn a_status_that_does_not_allow_a_single_change_may_be_a_400() {
    let sap = Sap::start(FAST).await;
    let running = sap.ids(EXECUTIONS, "RUNNING").await.swap_remove(0);
    let path = format!("{EXECUTIONS}/{running}");
    for (on, expected) in [(false, 412), (true, 400)] {
        sap.switched("wrong_status_is_400", &json!(on));
        let (status, body) = read(sap.request(Method::DELETE, &path)).await;
        assert_eq!(
            (status.as_u16(), &body["error"]["code"]),
            (expected, &json!("01010076"))
        );
    }
}

#[tokio::test]
async fn what_meta_says_of_bulk_updates_is_what_happens() {
    let sap = Sap::start(FAST).await;
    let cases = [
        (json!(true), [202, 202]),
        (json!(false), [400, 400]),
        (json!("absent"), [400, 400]),
        (
            json!({ "executions": true, "deployments": false }),
            [202, 400],
        ),
    ];
    for (value, expected) in cases {
        sap.switched("bulk_updates", &value);
        let (_, meta) = sap.get("/v2/lm/meta").await;
        let said = meta["aiApi"]["capabilities"].get("bulkUpdates");
        assert_eq!(said.is_none(), value == "absent");
        let id = [("x0000000000000bad", "STOPPED")];
        let statuses = [
            sap.bulk(EXECUTIONS, &id).await.0,
            sap.bulk(DEPLOYMENTS, &id).await.0,
        ];
        assert_eq!(statuses.map(|status| status.as_u16()), expected, "{value}");
    }
}

#[tokio::test]
async fn faults_of_single_ids_change_what_is_answered_for_them() {
    let sap = Sap::start(FAST).await;
    let ids = sap.ids(EXECUTIONS, "DEAD").await;
    let fault = |id: &str, fault: &str| json!({ "ids": [id], "fault": fault, "times": 1 });
    let words = ["missing", "duplicate", "contradictory", "refused", "stuck"];
    let mut set: Vec<_> = words
        .iter()
        .zip(&ids)
        .map(|(word, id)| fault(id, word))
        .collect();
    set.extend([still(), fault("e00000nobodys", "extra")]);
    sap.simulator.set_faults(set.into()).expect("valid");
    let items: Vec<_> = ids
        .iter()
        .take(5)
        .map(|id| (id.as_str(), "DELETED"))
        .collect();
    let (_, body) = sap.bulk(EXECUTIONS, &items).await;
    let entries = body["executions"].as_array().expect("entries");
    let shape = |id: &str| -> String {
        let of_id = entries.iter().filter(|entry| entry["id"] == id);
        of_id
            .map(|entry| if entry["error"].is_null() { '+' } else { '-' })
            .collect()
    };
    let shapes: Vec<_> = ids.iter().take(5).map(|id| shape(id)).collect();
    assert_eq!(shapes, ["", "++", "+-", "-", "+"]);
    assert_eq!(shape("e00000nobodys"), "+");
    let path = |id: &str| format!("{EXECUTIONS}/{id}");
    sap.until(&path(&ids[0]), |status, _| status == 404).await;
    assert_ne!(sap.get(&path(&ids[4])).await.1["targetStatus"], "DELETED");
}

#[tokio::test]
async fn a_row_may_have_moved_on_between_its_listing_and_a_change_of_it() {
    let sap = Sap::start(FAST).await;
    let ids = sap.ids(EXECUTIONS, "RUNNING").await;
    sap.switched("moves_on_to", &json!("COMPLETED"));
    assert!(accepted_of(&sap, &ids).await.is_empty());
    let (_, body) = sap.bulk(EXECUTIONS, &[(&ids[0], "STOPPED")]).await;
    let error = &body["executions"][0]["error"];
    let words = "Invalid Request, Current status COMPLETED cannot be changed..";
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!("01010076"), &json!(words))
    );
    let (_, row) = sap.get(&format!("{EXECUTIONS}/{}", ids[0])).await;
    assert_eq!(
        (&row["status"], &row["targetStatus"]),
        (&json!("COMPLETED"), &json!("COMPLETED"))
    );
    sap.switched("moves_on_to", &json!("RUNNING"));
    let (_, body) = sap.bulk(EXECUTIONS, &[(&ids[1], "DELETED")]).await;
    assert_eq!(body["executions"][0]["error"]["code"], "01010076");
}

#[tokio::test]
async fn a_stop_may_end_elsewhere_and_what_stopped_may_run_again() {
    let sap = Sap::start(FAST).await;
    for (name, value, first, last) in [
        ("stop_ends_as", json!("COMPLETED"), "PENDING", "COMPLETED"),
        ("restarts", json!(true), "RUNNING", "RUNNING"),
    ] {
        sap.switched(name, &value);
        let ids = sap.ids(EXECUTIONS, first).await;
        let path = format!("{EXECUTIONS}/{}", accepted_of(&sap, &ids).await[0]);

        sap.until(&path, |_, row| row["status"] == last).await;
    }
}
