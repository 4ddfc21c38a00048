//! What a test or the demo can make go wrong.

use std::time::{Duration, Instant};

use centurion::simulator::{Faults, Simulator, fault_help};
use reqwest::RequestBuilder;
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
async fn every_fault_of_the_help_is_taken() {
    let scene = Scene::start().await;
    let url = format!("{}/_simulator/faults", scene.simulator.url());
    let help = fault_help();
    let lines = help.lines().map(str::trim);
    let mut taken = 0;
    for example in lines.filter(|line| line.starts_with('{')) {
        let sent = scene.client.post(&url).body(format!("[{example}]")).send();
        assert_eq!(sent.await.expect("an answer").status(), 200, "{example}");
        taken += 1;
    }
    assert_eq!(taken, 26);
}

#[test]
fn sets_with_a_name_are_in_the_help_and_an_unknown_one_is_told_which_there_are() {
    let help = fault_help();
    for name in [
        "none",
        "demo",
        "slow",
        "rate-limit",
        "lost-answers",
        "odd-answers",
    ] {
        assert!(help.contains(name) && Faults::parse(name).is_ok(), "{name}");
    }
    let said = Faults::parse("demmo").expect_err("unknown").to_string();
    assert!(said.contains("demo, slow"), "{said}");
}

/// Sets that are not taken, and a part of why.
#[rustfmt::skip]
const WRONG: [(&str, &str); 21] = [
    ("[{", "not JSON"),
    ("{}", "expected an array"),
    ("[1]", "fault 1: expected an object"),
    ("[{}]", "missing field `fault`"),
    (r#"[{"fault":"dealy"}]"#, "`delay`"),
    (r#"[{"fault":"dealy"}]"#, "`missing`"),
    (r#"[{"fault":"delay"}]"#, "missing field `ms`"),
    (r#"[{"fault":"stall","ms":1}]"#, "unknown field `ms`"),
    (r#"[{"fault":"stuck","ms":1}]"#, "no more than where it holds"),
    (r#"[{"fault":"stuck","platform":"aws"}]"#, "`sap_ai_core`"),
    (r#"[{"fault":"stall","pth":"*"}]"#, "unknown field `pth`"),
    (r#"[{"fault":"stall","times":-1}]"#, "-1"),
    (r#"[{"fault":"status","status":99}]"#, "from 200 to 999"),
    (r#"[{"fault":"status","status":200,"headers":{"a b":"c"}}]"#, "`headers`"),
    (r#"[{"fault":"header","name":"a","value":"\n"}]"#, "header value"),
    (r#"[{"fault":"switch","name":"bulk_update","value":false}]"#,
        "unknown switch `bulk_update`, expected one of `bulk_updates`"),
    (r#"[{"fault":"switch","name":"version","value":2.18}]"#,
        "`version` does not take 2.18: the version of the control plane"),
    (r#"[{"fault":"switch","name":"moves_on_to","value":"STOPED"}]"#, "`moves_on_to` does not take \"STOPED\""),
    (r#"[{"platform":"kubiya","fault":"switch","name":"reversed","value":true}]"#,
        "`reversed` is a switch of SAP AI Core and Run:ai"),
    (r#"[{"fault":"body","base64":"*"}]"#, "`base64`"),
    (r#"[{"fault":"html"},{"fault":"raw","base64":"*"}]"#, "fault 2: raw: `base64`"),
];

#[tokio::test]
async fn a_wrong_fault_is_told_what_was_expected() {
    let scene = Scene::start().await;
    let url = format!("{}/_simulator/faults", scene.simulator.url());
    for (set, part) in WRONG {
        let answer = scene.client.post(&url).body(set).send().await.expect("one");
        assert_eq!(answer.status(), 400, "{set}");
        let said: Value = answer.json().await.expect("JSON");
        let error = said["error"].as_str().expect("words");
        assert!(error.contains(part), "{set}: {error}");
    }
}

/// The listing of each platform, called as its account may.
pub(super) async fn listings(
    simulator: &Simulator,
    client: &reqwest::Client,
) -> [RequestBuilder; 3] {
    let ready = simulator.ready();
    let (sap, run_ai, kubiya) = (token(simulator, client).await, ready.run_ai, ready.kubiya);
    let sign_in = json!({"grantType": "client_credentials", "clientID": run_ai.client_id, "clientSecret": run_ai.client_secret});
    let signed_in = client
        .post(format!("{}/api/v1/token", ready.url))
        .json(&sign_in);
    let signed_in: Value = signed_in
        .send()
        .await
        .expect("one")
        .json()
        .await
        .expect("JSON");
    let get = |path: &str| client.get(format!("{}{path}", ready.url));
    [
        get(EXECUTIONS)
            .header("AI-Resource-Group", "default")
            .bearer_auth(sap),
        get("/api/v1/workloads?offset=0")
            .bearer_auth(signed_in["accessToken"].as_str().expect("text")),
        get("/api/v1/executions?skip=0").bearer_auth(kubiya.api_key),
    ]
}

/// What became of a call: its status and the start of its body, or that there was no whole answer.
async fn answered(call: &RequestBuilder) -> String {
    let call = call.try_clone().expect("no body");
    let whole = async {
        let answer = call.send().await?;
        let status = answer.status().as_u16();
        reqwest::Result::Ok((status, answer.text().await?))
    };
    match whole.await {
        Ok((status, body)) => format!("{status} {}", body.get(..12).unwrap_or(&body)),
        Err(_) => "cut".to_owned(),
    }
}

#[tokio::test]
async fn a_fault_of_whole_calls_works_on_each_platform() {
    let scene = Scene::start().await;
    #[rustfmt::skip]
    let cases = [
        (json!({"fault": "delay", "ms": 1}), "200 "),
        (json!({"fault": "slow_bytes", "ms": 1, "path": "*/token"}), "200 "),
        (json!({"fault": "drop_before"}), "cut"),
        (json!({"fault": "drop_after"}), "cut"),
        (json!({"fault": "act_late", "ms": 1}), "cut"),
        (json!({"fault": "cut", "at": 3}), "cut"),
        (json!({"fault": "raw", "text": "garbage\r\n\r\n"}), "cut"),
        (json!({"fault": "raw", "text": "HTTP/1.1 200 OK\r\n\r\nso it is"}), "200 so it is"),
        (json!({"fault": "status", "status": 503, "body": "no"}), "503 no"),
        (json!({"fault": "header", "name": "x", "value": "y"}), "200 "),
        (json!({"fault": "body", "text": "odd"}), "200 odd"),
        (json!({"fault": "html"}), "200 <!doctype"),
        (json!({"fault": "retry_after", "value": 7}), "429 "),
        (json!({"fault": "token_expired"}), "401 "),
        (json!({"fault": "unauthorized"}), "401 "),
        (json!({"fault": "shift_pages"}), "200 "),
    ];
    let listings = listings(&scene.simulator, &scene.client).await;
    for (at, call) in listings.iter().enumerate() {
        let platform = ["sap_ai_core", "run_ai", "kubiya"][at];
        for (fault, expected) in &cases {
            let mut fault = fault.clone();
            fault["platform"] = platform.into();
            scene.simulator.set_faults(json!([fault])).expect("valid");
            let said = answered(call).await;
            assert!(said.starts_with(expected), "{platform} {fault}: {said}");
        }
        let other = ["run_ai", "kubiya", "sap_ai_core"][at];
        let fault = json!([{"platform": other, "fault": "drop_before"}]);
        scene.simulator.set_faults(fault).expect("valid");
        assert!(answered(call).await.starts_with("200 "), "{platform}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_http_leave_as_they_are_after_what_they_say_was_done() {
    let scene = Scene::start().await;
    let id = scene.with_status("RUNNING").await;
    let odd = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhalf";
    for (act, status) in [(false, "RUNNING"), (true, "STOPPING")] {
        let fault =
            json!([{"times": 1, "method": "PATCH", "fault": "raw", "text": odd, "act": act}]);
        scene.simulator.set_faults(fault).expect("valid");
        let answer = scene.stop(&id).await.expect("a head");
        assert_eq!(answer.headers()["transfer-encoding"], "chunked");
        assert!(answer.text().await.is_err(), "half a chunk");
        assert_eq!(scene.status_of(&id).await, status);
    }
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort";
    let bytes = json!([{"fault": "raw", "text": short}]);
    scene.simulator.set_faults(bytes).expect("valid");
    let answer = scene.get(META).await.expect("a head");
    assert_eq!(answer.content_length(), Some(100));
    assert!(answer.text().await.is_err(), "95 bytes are missing");
}

#[tokio::test]
async fn a_kept_connection_is_reset_as_the_next_request_begins() {
    let scene = Scene::start().await;
    let id = scene.with_status("RUNNING").await;
    let fault = json!([{"times": 1, "path": META, "fault": "close_kept"}]);
    scene.simulator.set_faults(fault).expect("valid");
    assert_eq!(scene.get(META).await.expect("an answer").status(), 200);
    let received = scene.simulator.requests().len();
    assert!(
        scene.stop(&id).await.is_err(),
        "it went into the closed one"
    );
    assert_eq!(scene.simulator.requests().len(), received);
    assert_eq!(scene.status_of(&id).await, "RUNNING");
}

#[tokio::test]
async fn a_slow_body_has_its_head_at_once() {
    let scene = Scene::with(json!([{"path": META, "fault": "slow_body", "ms": 600_000}])).await;
    let mut answer = scene.get(META).await.expect("a head");
    let waited = tokio::time::timeout(Duration::from_millis(20), answer.chunk()).await;
    assert!(waited.is_err(), "a byte has come");
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
    let fault = json!([{ "method": "PATCH", "fault": "act_late", "ms": 600_000 }]);
    let scene = Scene::with(fault).await;
    let id = scene.with_status("RUNNING").await;
    assert!(scene.stop(&id).await.is_err());
    assert_eq!(scene.status_of(&id).await, "RUNNING");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(600)).await;
    tokio::time::resume();
    for _ in 0..1_000 {
        if scene.status_of(&id).await == "STOPPING" {
            return;
        }
    }
    panic!("it was never carried out");
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
