//! What a test or the demo can make go wrong.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{EXECUTIONS, META, Scene, token};

#[tokio::test]
async fn faults_are_replaced_shown_and_cleared_over_http() {
    let scene = Scene::start().await;
    let url = format!("{}/_simulator/faults", scene.simulator.url());
    let send = |body: &Value| scene.client.post(&url).json(body).send();
    let invalid = send(&json!([{ "fault": "dealy" }]))
        .await
        .expect("an answer");
    assert_eq!(invalid.status(), 400);
    assert!(invalid.text().await.expect("text").contains("`delay`"));
    let set = json!([{ "platform": "sap_ai_core", "times": 2, "fault": "status", "status": 503 }]);
    assert_eq!(send(&set).await.expect("an answer").status(), 200);
    assert_eq!(scene.get(META).await.expect("an answer").status(), 503);
    let shown: Value = scene
        .client
        .get(&url)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(shown[0]["times"], 1);
    send(&json!([])).await.expect("an answer");
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_fault_holds_only_where_it_says() {
    let faults = json!([{ "method": "PATCH", "path": "/v2/*/executions", "ids": ["e111"], "fault": "html" }]);
    let scene = Scene::with(faults).await;
    let page = scene.stop("e111").await.expect("an answer");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(scene.stop("e222").await.expect("an answer").status(), 202);
    assert_eq!(
        scene
            .get(&format!("{EXECUTIONS}/e111"))
            .await
            .expect("an answer")
            .status(),
        404
    );
}

#[tokio::test]
async fn a_fault_may_be_for_the_tenant_whose_key_is_sent() {
    let teapot = json!([{ "tenant": "agents", "fault": "status", "status": 418 }]);
    let mut scene = Scene::with(teapot).await;
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
    scene.token = scene.simulator.ready().kubiya.api_key;
    assert_eq!(scene.get(META).await.expect("an answer").status(), 418);
}

#[tokio::test]
async fn faults_of_one_route_are_used_one_after_the_other() {
    let faults = json!([
        { "times": 1, "fault": "retry_after", "value": 7 },
        { "times": 1, "fault": "status", "status": 502, "body": "bad gateway", "headers": { "via": "proxy" } },
    ]);
    let scene = Scene::with(faults).await;
    let first = scene.get(META).await.expect("an answer");
    assert_eq!(
        (first.status().as_u16(), &first.headers()["retry-after"]),
        (429, &"7".parse().expect("a value"))
    );
    let second = scene.get(META).await.expect("an answer");
    assert_eq!(
        (second.status().as_u16(), &second.headers()["via"]),
        (502, &"proxy".parse().expect("a value"))
    );
    assert_eq!(second.text().await.expect("text"), "bad gateway");
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn dropped_before_nothing_was_done_dropped_after_it_was() {
    let scene = Scene::start().await;
    let id = scene.with_status("RUNNING").await;
    for (fault, status) in [("drop_before", "RUNNING"), ("drop_after", "STOPPING")] {
        scene
            .simulator
            .set_faults(json!([{ "times": 1, "fault": fault }]))
            .expect("valid");
        assert!(scene.stop(&id).await.is_err(), "{fault}");
        assert_eq!(scene.status_of(&id).await, status, "{fault}");
    }
    let unanswered = scene
        .simulator
        .requests()
        .iter()
        .filter(|request| request.status.is_none())
        .count();
    assert_eq!(unanswered, 2);
}

#[tokio::test]
async fn a_late_act_follows_its_lost_answer() {
    let scene = Scene::with(json!([{ "method": "PATCH", "fault": "act_late", "ms": 60 }])).await;
    let id = scene.with_status("RUNNING").await;
    assert!(scene.stop(&id).await.is_err());
    assert_eq!(scene.status_of(&id).await, "RUNNING");
    let began = Instant::now();
    while scene.status_of(&id).await == "RUNNING" {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    assert!(began.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn a_status_may_lie_about_what_was_done() {
    let scene = Scene::start().await;
    let id = scene.with_status("RUNNING").await;
    for (acts, status) in [(false, "RUNNING"), (true, "STOPPING")] {
        let fault = json!([{ "times": 1, "fault": "status", "status": 500, "act": acts }]);
        scene.simulator.set_faults(fault).expect("valid");
        assert_eq!(scene.stop(&id).await.expect("an answer").status(), 500);
        assert_eq!(scene.status_of(&id).await, status);
    }
}

#[tokio::test]
async fn a_cut_answer_announces_its_whole_length() {
    let scene = Scene::with(json!([{ "fault": "cut", "at": 10 }])).await;
    let mut answer = scene.get(META).await.expect("a head");
    assert!(answer.content_length().is_some_and(|length| length > 100));
    let start = answer.chunk().await.expect("the start").expect("bytes");
    assert_eq!(start.len(), 10);
    assert!(answer.chunk().await.is_err());
}

#[tokio::test]
async fn slow_bytes_come_one_by_one_head_included() {
    let scene = Scene::with(json!([{ "times": 1, "fault": "slow_bytes", "ms": 1 }])).await;
    let began = Instant::now();
    let answer = scene.get("/v2/lm/executions/$count").await.expect("a head");
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert!(
        answer
            .text()
            .await
            .expect("a body")
            .parse::<usize>()
            .is_ok()
    );
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_delayed_answer_is_older_than_it_looks() {
    let scene = Scene::start().await;
    let id = scene.with_status("RUNNING").await;
    let fault = json!([{ "method": "PATCH", "fault": "delay", "ms": 600_000 }]);
    scene.simulator.set_faults(fault).expect("valid");
    let stop = scene.stop(&id);
    let moved = async { while scene.status_of(&id).await != "STOPPING" {} };
    tokio::select! {
        _ = stop => panic!("answered at once"),
        () = moved => {}
    }
    assert_eq!(scene.status_of(&id).await, "STOPPING");
}

#[tokio::test]
async fn a_stalled_call_goes_on_when_the_fault_is_cleared() {
    let scene = Scene::with(json!([{ "path": META, "fault": "stall" }])).await;
    let clear = async {
        while !scene.paths().contains(&META.to_owned()) {
            tokio::task::yield_now().await;
        }
        scene
            .get(&format!("{EXECUTIONS}/$count"))
            .await
            .expect("other calls are answered");
        let open = scene
            .simulator
            .requests()
            .iter()
            .filter(|request| request.status.is_none())
            .count();
        scene.simulator.set_faults(json!([])).expect("valid");
        open
    };
    let (stalled, open) = tokio::join!(scene.get(META), clear);
    assert_eq!(
        (stalled.expect("an answer").status().as_u16(), open),
        (200, 1)
    );
}

#[tokio::test]
async fn bodies_and_headers_can_be_anything() {
    let faults = json!([
        { "times": 1, "fault": "body", "text": "{\"count\":1}{" },
        { "times": 1, "fault": "body", "base64": "/wD+", "headers": { "content-encoding": "identity" } },
        { "times": 1, "fault": "header", "name": "location", "value": "http://elsewhere.example/" },
    ]);
    let scene = Scene::with(faults).await;
    let text = scene.get(META).await.expect("an answer");
    assert_eq!(text.text().await.expect("text"), "{\"count\":1}{");
    let bytes = scene.get(META).await.expect("an answer");
    assert_eq!(
        bytes.bytes().await.expect("bytes"),
        [0xff, 0, 0xfe].as_slice()
    );
    assert_eq!(
        scene.get(META).await.expect("an answer").headers()["location"],
        "http://elsewhere.example/"
    );
}

#[tokio::test]
async fn an_expired_token_is_refused_once_and_token_calls_are_spared() {
    let scene = Scene::with(json!([{ "fault": "token_expired" }])).await;
    token(&scene.simulator, &scene.client).await;
    let statuses = [scene.get(META).await, scene.get(META).await]
        .map(|answer| answer.expect("one").status().as_u16());
    assert_eq!(statuses, [401, 200]);
    scene
        .simulator
        .set_faults(json!([{ "fault": "unauthorized" }]))
        .expect("valid");
    token(&scene.simulator, &scene.client).await;
    let statuses = [scene.get(META).await, scene.get(META).await]
        .map(|answer| answer.expect("one").status().as_u16());
    assert_eq!(statuses, [401, 401]);
}

#[tokio::test]
async fn shifted_pages_repeat_a_row() {
    let scene = Scene::with(json!([{ "fault": "shift_pages" }])).await;
    let first = scene.json("/v2/lm/executions?$top=5&$skip=0").await;
    let second = scene.json("/v2/lm/executions?%24top=5&%24skip=5").await;
    assert_eq!(first["resources"][4]["id"], second["resources"][0]["id"]);
}
