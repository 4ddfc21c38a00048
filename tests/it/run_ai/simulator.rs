//! The simulator as any client sees it: `specs/run-ai.md` 12, over plain HTTP.

use std::cell::Cell;
use std::time::Duration;

use super::caller::{Caller, body, until};
use super::*;

#[tokio::test]
async fn a_token_is_a_jwt_and_the_case_of_member_names_does_not_count() {
    let caller = Caller::of(100).await;
    for (grant, id, secret) in [
        ("grantType", "clientId", "clientSecret"),
        ("GRANTTYPE", "CLIENTID", "CLIENTSECRET"),
    ] {
        assert_eq!(
            caller.v1(&caller.credentials(grant, id, secret)).await.0,
            200
        );
    }
    let ready = caller.simulator.ready().run_ai;
    let old = json!({ "grantType": "app_token", "AppId": ready.client_id, "AppSecret": ready.client_secret });
    let (_, granted) = caller.v1(&old).await;
    assert_eq!(
        granted["accessToken"]
            .as_str()
            .map(|token| token.split('.').count()),
        Some(3)
    );
    assert_eq!(granted["expiresIn"], 3_600);
    assert_eq!(
        caller.v2(&ready.client_secret).await.1["token_type"],
        "Bearer"
    );
}

#[tokio::test]
async fn wrong_credentials_are_refused_in_the_shape_of_each_token_call() {
    let caller = Caller::of(100).await;
    let (status, error) = caller
        .v1(&json!({ "grantType": "client_credentials", "clientID": "x" }))
        .await;
    assert_eq!((status, &error["code"]), (400, &json!(400)));
    assert_eq!(
        caller.v1(&json!({})).await.1["message"],
        "Required parameter is missing"
    );
    let (status, error) = caller.v2("wrong").await;
    assert_eq!((status, &error["error"]), (401, &json!("invalid_client")));
}

#[tokio::test]
async fn without_a_token_of_its_own_every_call_is_a_401_in_the_error_shape() {
    let caller = Caller::of(100).await;
    for token in ["", "a.b.c", &format!("{}x", caller.token)] {
        let request = caller
            .client
            .get(caller.url("/api/v1/workloads"))
            .bearer_auth(token);
        let (status, error) = body(request.send().await.expect("an answer")).await;
        assert_eq!(
            (status, &error["message"]),
            (401, &json!("Issuer is not familiar.")),
            "{token}"
        );
    }
}

#[tokio::test]
async fn pages_are_bounded_and_next_is_there_only_while_rows_remain() {
    let caller = Caller::of(400).await;
    let (_, first) = caller.get("/api/v1/workloads?").await;
    assert_eq!(
        (first["workloads"].as_array().map(Vec::len), &first["next"]),
        (Some(50), &json!(50))
    );
    let (_, all) = caller.get("/api/v1/workloads?limit=500").await;
    assert_eq!(all.get("next"), None);
    let (_, count) = caller.get("/api/v1/workloads/count").await;
    assert_eq!(
        count["count"].as_u64(),
        all["workloads"].as_array().map(|rows| rows.len() as u64)
    );
    for bad in [
        "limit=0",
        "limit=501",
        "limit=x",
        "offset=-1",
        "sortBy=id",
        "sortOrder=up",
        "deleted=maybe",
    ] {
        assert_eq!(
            caller.get(&format!("/api/v1/workloads?{bad}")).await.0,
            400,
            "{bad}"
        );
    }
}

/// Whether a text member of a row is so.
fn text(row: &Value, name: &str, is: impl FnOnce(&str) -> bool) -> bool {
    row[name].as_str().is_some_and(is)
}

/// A filter, and what it lets through.
type Filter = (&'static str, fn(&Value) -> bool);

#[rustfmt::skip]
const FILTERS: [Filter; 9] = [
    ("phase%3D%3DRunning", |row| row["phase"] == "Running"),
    ("phase!=Running", |row| row["phase"] != "Running"),
    ("allocatedGPU>=2", |row| row["allocatedResources"]["gpu"].as_f64().is_some_and(|gpus| gpus >= 2.0)),
    ("createdAt<=2020-01-01T00:00:00Z", |_| false),
    ("name=@train", |row| text(row, "name", |name| name.contains("train"))),
    ("name!@train", |row| text(row, "name", |name| !name.contains("train"))),
    ("type=^Dist", |row| text(row, "type", |kind| kind.starts_with("Dist"))),
    ("projectName=$nlp", |row| row["projectName"] == "team-nlp"),
    ("phase%3D%3DRunning%2Ctype%3D%3DTraining", |row| row["phase"] == "Running" && row["type"] == "Training"),
];

#[tokio::test]
async fn filters_have_eight_operators_and_are_joined_by_and() {
    let caller = Caller::of(400).await;
    let all = caller.workloads("").await;
    for (filter, fits) in FILTERS {
        let found = caller.workloads(&format!("filterBy={filter}")).await;
        let expected = all.iter().filter(|row| fits(row));
        let unsent = |row: &&Value| {
            filter.starts_with("allocated") && row.get("allocatedResources").is_none()
        };
        let found = found.iter().filter(|row| !unsent(row));
        assert_eq!(found.count(), expected.count(), "{filter}");
    }
}

#[tokio::test]
async fn a_filter_that_no_page_describes_is_a_400() {
    let caller = Caller::of(100).await;
    for bad in [
        "name=foo",
        "id==x",
        "phase==",
        "createdAt=@2020",
        "createdAt==soon",
        "",
    ] {
        let path = format!("/api/v1/workloads?filterBy={bad}");
        assert_eq!(caller.get(&path).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn rows_come_in_the_asked_order_and_deleted_ones_only_when_asked_for() {
    let caller = Caller::of(1_000).await;
    let names = |rows: &[Value]| {
        rows.iter()
            .map(|row| row["name"].to_string())
            .collect::<Vec<_>>()
    };
    let up = names(&caller.workloads("sortBy=name").await);
    let mut down = names(&caller.workloads("sortBy=name&sortOrder=desc").await);
    assert!(up.is_sorted());
    down.reverse();
    assert_eq!(up, down);
    let deleted = caller.workloads("deleted=true").await;
    assert!(!deleted.is_empty() && deleted.iter().all(|row| row["deletedAt"].is_string()));
    assert!(
        caller
            .workloads("")
            .await
            .iter()
            .all(|row| row["deletedAt"].is_null())
    );
}

#[tokio::test]
async fn every_null_and_absence_of_the_schema_occurs() {
    let caller = Caller::of(1_000).await;
    let rows = caller.workloads("").await;
    for (name, why) in [
        ("priority", "null"),
        ("preemptible", "null"),
        ("allocatedResources", "null"),
    ] {
        assert!(
            rows.iter()
                .any(|row| row.get(name).is_some_and(Value::is_null)),
            "{name} {why}"
        );
        assert!(
            rows.iter()
                .any(|row| row.get(name).is_some_and(|value| !value.is_null())),
            "{name}"
        );
    }
    for name in [
        "actionsSupport",
        "submittedBy",
        "requestedPods",
        "completedAt",
        "urls",
    ] {
        assert!(
            rows.iter().any(|row| row.get(name).is_none()),
            "{name} absent"
        );
        assert!(
            rows.iter().any(|row| row.get(name).is_some()),
            "{name} present"
        );
    }
}

#[tokio::test]
async fn rows_of_the_second_api_ranges_of_pods_and_members_nobody_lists_occur() {
    let caller = Caller::of(1_000).await;
    let rows = caller.workloads("").await;
    let occurs = |is: fn(&Value) -> bool| rows.iter().any(is) && !rows.iter().all(is);
    assert!(occurs(|row| row["sourceApi"] == "WorkloadsV2"));
    assert!(occurs(
        |row| row["requestedPods"]["max"].is_u64() && row["requestedPods"]["number"].is_null()
    ));
    assert!(rows.iter().all(|row| row["unlistedByNow"].is_object()));
}

#[tokio::test]
async fn each_version_has_the_calls_that_came_with_it() {
    // Batches of delete and of suspend; whether there are suspend of one distributed workload, delete below
    // `/api/v2`, and `expiresIn`.
    for (version, delete, suspend, distributed, second, expires) in [
        ("2.18", 404, 404, false, false, false),
        ("2.19", 200, 400, false, false, false),
        ("2.20", 200, 400, true, false, false),
        ("2.21", 200, 400, true, false, false),
        ("2.22", 200, 200, true, false, false),
        ("2.23", 200, 200, true, true, false),
        ("2.24", 200, 200, true, true, true),
    ] {
        let caller = Caller::of(200).await;
        let running = "filterBy=phase==Running,type==Distributed";
        let row = caller.workloads(running).await.remove(0);
        let id = row["id"].as_str().expect("an id");
        let switch = json!([{ "fault": "switch", "name": "version", "value": version }]);
        caller.simulator.set_faults(switch).expect("a version");
        for (action, status) in [("delete", delete), ("suspend", suspend)] {
            let order =
                json!({ "ids": ["00000000-0000-4000-8000-00000000dead"], "action": action });
            assert_eq!(caller.batch(&order).await.0, status, "{version} {action}");
        }
        let path = format!("/api/v1/workloads/distributed/{id}/suspend");
        let found = caller.post(&path).await.0 != 404;
        assert_eq!(found, distributed, "{version}");
        let found = caller.delete(&format!("/api/v2/workloads/{id}")).await.0 != 404;
        assert_eq!(found, second, "{version}");
        let (_, token) = caller
            .v1(&caller.credentials("grantType", "clientID", "clientSecret"))
            .await;
        assert_eq!(token["expiresIn"].is_u64(), expires, "{version}");
    }
}

#[tokio::test]
async fn what_was_suspended_and_resumed_went_through_every_phase_in_order() {
    let caller = Caller::at(SPEED, 400).await;
    let world = World::of(Options::default().seed, 0);
    let rows = caller
        .workloads("filterBy=phase==Running,type==Training")
        .await;
    let ids = rows.iter().filter_map(|row| row["id"].as_str());
    let id = ids.clone().find(|id| !world.refuses(id)).expect("one");
    let history = format!("/api/v1/workloads/{id}/history");
    let phases = async || -> Vec<Value> {
        let (_, history) = caller.get(&history).await;
        let records = history["records"].as_array().expect("a list").iter();
        records
            .map(|record| record["spec"]["phaseUpdate"]["phase"].clone())
            .collect()
    };
    for (action, end) in [
        ("suspend", "Stopped"),
        ("resume", "Running"),
        ("delete", "Deleting"),
    ] {
        let (_, answer) = caller
            .batch(&json!({ "ids": [id], "action": action }))
            .await;
        assert_eq!(answer["succeeded"], json!([id]), "{answer}");
        until(end, async || {
            phases().await.last().is_some_and(|phase| *phase == end)
        })
        .await;
    }
    let way = [
        "Creating",
        "Running",
        "Stopping",
        "Stopped",
        "Resuming",
        "Pending",
        "Initializing",
        "Running",
        "Deleting",
    ];
    assert_eq!(phases().await[..way.len()], way);
    let is_listed = async |query| {
        let rows = caller.workloads(query).await;
        rows.iter().any(|row| row["id"] == id)
    };
    until("it is deleted", async || is_listed("deleted=true").await).await;
    assert!(!is_listed("").await);
}

#[tokio::test]
async fn a_deleted_workload_is_listed_for_as_long_as_it_is_readable() {
    // Two weeks are a second here.
    let caller = Caller::at(1_000_000.0, 400).await;
    let world = World::of(Options::default().seed, 0);
    let rows = caller.workloads("filterBy=phase==Completed").await;
    let ids = rows.iter().filter_map(|row| row["id"].as_str());
    let id = ids.clone().find(|id| !world.refuses(id)).expect("one");
    caller
        .batch(&json!({ "ids": [id], "action": "delete" }))
        .await;
    let path = format!("/api/v1/workloads/{id}");
    let is_listed = async || {
        let rows = caller.workloads("deleted=true").await;
        rows.iter().any(|row| row["id"] == id)
    };
    let seen = Cell::new(0);
    until("it is forgotten", async || {
        let before = caller.get(&path).await;
        let listed = is_listed().await;
        let after = caller.get(&path).await.0;
        if before.1["deletedAt"].is_string() && after == 200 {
            assert!(listed, "{}", before.1);
            seen.set(seen.get() + 1);
        }
        before.0 == 404
    })
    .await;
    assert!(seen.get() > 0, "it was looked at in time");
    assert!(!is_listed().await);
}

#[tokio::test]
async fn before_2_24_only_the_token_itself_says_how_long_it_lives() {
    let scene = Scene::of(100);
    scene.faults(json!([
        { "fault": "switch", "name": "version", "value": "2.23" },
        { "platform": "run_ai", "fault": "switch", "name": "token_lifetime", "value": 400 },
    ]));
    let http = scene.platform.http();
    assert_eq!(http.sign_in().await, Ok(true));
    for (seconds, calls) in [(350, 1), (20, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        assert_eq!(http.sign_in().await, Ok(true));
        assert_eq!(scene.sent("POST", "/token").len(), calls);
    }
}

#[tokio::test]
async fn a_phase_that_no_page_lists_is_shown_on_request() {
    let scene = Scene::of(100);
    let row = scene.rows().await.remove(0);
    let phases = json!({ row.key.id.raw(): "Hibernating" });
    scene.faults(json!([{ "fault": "switch", "name": "phases", "value": phases }]));
    let Reading::Found(row) = scene.reading(&row.key).await else {
        panic!("it is still there")
    };
    assert_eq!(
        (row.status.word.as_str(), row.status.group),
        ("Hibernating", Group::Unknown)
    );
    assert!(matches!(
        row.offers.stop,
        Offer::ServerDecides(..) | Offer::No(..)
    ));
}

#[tokio::test]
async fn a_batch_of_the_wrong_size_or_shape_is_a_400_and_the_rest_is_told_per_id() {
    let caller = Caller::of(400).await;
    let id = caller.workloads("filterBy=type==Inference").await[0]["id"].clone();
    let many: Vec<String> = (0..101)
        .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
        .collect();
    for order in [
        json!({ "ids": [], "action": "delete" }),
        json!({ "ids": many, "action": "delete" }),
        json!({ "ids": [id], "action": "stop" }),
        json!({ "ids": ["x"], "action": "delete" }),
        json!({ "ids": [format!("{{{}}}", many[0])], "action": "delete" }),
        json!({ "ids": [format!("urn:uuid:{}", many[0])], "action": "delete" }),
        json!({ "ids": [many[0].replace('-', "")], "action": "delete" }),
        json!({ "action": "delete" }),
    ] {
        assert_eq!(caller.batch(&order).await.0, 400, "{order}");
    }
    let (status, answer) = caller
        .batch(&json!({ "ids": [id, many[0]], "action": "suspend" }))
        .await;
    let codes: Vec<&Value> = answer["failed"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|no| &no["code"])
        .collect();
    assert_eq!((status, codes), (200, vec![&json!(400), &json!(404)]));
}

#[tokio::test]
async fn a_workload_tells_its_events_newest_first_and_its_history_oldest_first() {
    let caller = Caller::of(400).await;
    let id = caller.workloads("filterBy=phase==Running").await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let (_, events) = caller.get(&format!("/api/v1/workloads/{id}/events")).await;
    assert_eq!(events["events"][0]["reason"], "Running");
    let (_, history) = caller.get(&format!("/api/v1/workloads/{id}/history")).await;
    assert_eq!(
        history["records"][0]["spec"]["phaseUpdate"]["phase"],
        "Creating"
    );
    let (_, pods) = caller.get(&format!("/api/v1/workloads/{id}/pods")).await;
    assert_eq!(pods["pods"][0]["workloadId"], id.as_str());
    assert_eq!(caller.get("/api/v1/workloads/x/pods").await.0, 404);
}

#[tokio::test]
async fn what_nobody_serves_and_wrong_methods_answer_in_the_error_shape() {
    let caller = Caller::of(100).await;
    assert_eq!(caller.get("/api/v1/nothing").await.1["code"], 404);
    let (status, error) = caller
        .send(caller.client.delete(caller.url("/api/v1/workloads")))
        .await;
    assert_eq!((status, &error["code"]), (405, &json!(405)));
}
