//! What can go wrong with single rows of an answer, on each platform.

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Scene;
use super::faults::listings;

const PLATFORMS: [&str; 3] = ["sap_ai_core", "run_ai", "kubiya"];

/// An id that nobody sent.
const NOBODYS: &str = "00000000-0000-4000-8000-0000000000ff";

/// The rows of a page, of whichever platform.
fn rows(page: &Value) -> impl Iterator<Item = &Value> {
    let lists = [page, &page["resources"], &page["workloads"]];
    lists.into_iter().filter_map(Value::as_array).flatten()
}

/// Two rows of a listing that run and can be stopped.
async fn running(listing: &RequestBuilder) -> [String; 2] {
    let call = listing.try_clone().expect("no body");
    let page: Value = call.send().await.expect("one").json().await.expect("JSON");
    let runs = |row: &&Value| {
        let word = row["status"].as_str().or(row["phase"].as_str());
        let stops = row["actionsSupport"]["suspend"].as_bool();
        word.is_some_and(|word| word.eq_ignore_ascii_case("running")) && stops != Some(false)
    };
    let ids = rows(&page)
        .filter(runs)
        .map(|row| row["id"].as_str().expect("text").to_owned());
    let ids: Vec<String> = ids.take(2).collect();
    ids.try_into().expect("two that run")
}

/// The place of each platform, its listing and two of its rows that can be stopped.
async fn platforms(scene: &Scene) -> Vec<(usize, RequestBuilder, [String; 2])> {
    let mut platforms = Vec::new();
    let listings = listings(&scene.simulator, &scene.client).await;
    for (at, listing) in listings.into_iter().enumerate() {
        let ids = running(&listing).await;
        platforms.push((at, listing, ids));
    }
    platforms
}

/// The answer of a platform that is asked to stop these rows, as the caller of a listing may.
async fn stopped(scene: &Scene, listing: &RequestBuilder, at: usize, ids: &[String; 2]) -> Value {
    let stop = |id: &String| json!({"id": id, "targetStatus": "STOPPED"});
    let (method, path, body) = match PLATFORMS[at] {
        "sap_ai_core" => (
            "PATCH",
            "/v2/lm/executions",
            json!({"executions": ids.each_ref().map(stop)}),
        ),
        "run_ai" => (
            "POST",
            "/api/v1/workloads/batch",
            json!({"ids": ids, "action": "suspend"}),
        ),
        _ => (
            "POST",
            "/api/v1/executions/batch/terminate",
            json!({"execution_ids": ids, "reason": "x"}),
        ),
    };
    let caller = listing
        .try_clone()
        .expect("no body")
        .build()
        .expect("a call");
    let method = method.parse().expect("a method");
    let call = scene
        .client
        .request(method, format!("{}{path}", scene.simulator.url()));
    let call = call
        .headers(caller.headers().clone())
        .body(body.to_string());
    let content_type = if at == 0 {
        "application/merge-patch+json"
    } else {
        "application/json"
    };
    let answer = call
        .header(CONTENT_TYPE, content_type)
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.expect("JSON")
}

/// How often an answer has entries for an id.
fn mentions(answer: &Value, id: &str) -> usize {
    match answer {
        Value::String(text) => usize::from(text == id),
        Value::Array(items) => items.iter().map(|item| mentions(item, id)).sum(),
        Value::Object(members) => members.values().map(|member| mentions(member, id)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[tokio::test]
async fn a_fault_of_single_ids_holds_for_its_platform_its_route_and_its_ids_and_so_often_as_it_says()
 {
    let scene = Scene::start().await;
    for (at, listing, ids) in platforms(&scene).await {
        for (fault, times) in [
            ("missing", 0),
            ("duplicate", 2),
            ("contradictory", 2),
            ("refused", 1),
            ("stuck", 1),
        ] {
            let selector = |platform: &str, path: &str| json!([{"platform": platform, "path": path, "ids": [ids[0]], "times": 1, "fault": fault}]);
            let here = [
                (selector(PLATFORMS[at], "*"), times),
                (selector(PLATFORMS[(at + 1) % 3], "*"), 1),
                (selector(PLATFORMS[at], "*/elsewhere"), 1),
            ];
            for (faults, expected) in here {
                scene.simulator.set_faults(faults.clone()).expect("valid");
                let answer = stopped(&scene, &listing, at, &ids).await;
                assert_eq!(mentions(&answer, &ids[0]), expected, "{faults}: {answer}");
                assert_eq!(mentions(&answer, &ids[1]), 1, "{faults}: {answer}");
                let answer = stopped(&scene, &listing, at, &ids).await;
                assert_eq!(mentions(&answer, &ids[0]), 1, "once: {faults}: {answer}");
            }
        }
    }
}

#[tokio::test]
async fn ids_that_nobody_sent_come_on_each_platform() {
    let scene = Scene::start().await;
    for (at, listing, ids) in platforms(&scene).await {
        let platform = PLATFORMS[at];
        for (fault, id) in [
            (json!({"platform": platform, "fault": "extra"}), NOBODYS),
            (
                json!({"platform": platform, "fault": "extra", "ids": ["e0"]}),
                "e0",
            ),
        ] {
            scene.simulator.set_faults(json!([fault])).expect("valid");
            let answer = stopped(&scene, &listing, at, &ids).await;
            assert_eq!(mentions(&answer, id), 1, "{platform}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_machinery_behind_a_platform_fails_for_one_row_in_the_words_of_the_fault() {
    let scene = Scene::start().await;
    for (at, listing, ids) in platforms(&scene).await.into_iter().skip(1) {
        let platform = PLATFORMS[at];
        let gone = json!({"platform": platform, "fault": "engine_failure", "text": "gone for lunch", "ids": [ids[0]]});
        scene.simulator.set_faults(json!([gone])).expect("valid");
        let answer = stopped(&scene, &listing, at, &ids).await.to_string();
        assert_eq!(
            answer.matches("gone for lunch").count(),
            1,
            "{platform}: {answer}"
        );
    }
}
