//! Rows as servers send them, from the fewest members to more than anybody documented, and what each phase allows.

use centurion::domain::action::Exclusion;
use centurion::domain::resource::Page;

use super::*;

const ID: &str = "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0";

/// Reads a whole answer of the list call.
async fn page(answer: Value) -> Result<Page, PlatformError> {
    let (_server, client) = serving(move |_| canned::json(200, &answer.to_string())).await;
    let source = client.sources().await.expect("known").remove(0);
    client.list(&source).next().await.expect("a page")
}

async fn rows(rows: Value) -> Vec<Resource> {
    page(json!({ "workloads": rows }))
        .await
        .expect("a page")
        .rows
}

fn fact<'a>(row: &'a Resource, label: &str) -> Option<&'a str> {
    let fact = row.facts.iter().find(|(name, _)| *name == label)?;
    Some(fact.1.as_str())
}

/// The first row of the example of section 2.6, with what else a server may send.
fn example() -> Value {
    json!({
        "tenantId": 1204, "id": ID, "name": "resnet-sweep-07", "type": "Training",
        "category": "Train", "phase": "Running", "phaseMessage": "", "phaseReason": null,
        "phaseUpdatedAt": "2026-03-02T08:14:09.517Z", "k8sPhase": "Running",
        "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-03-02T08:14:09Z" }],
        "actionsSupport": { "delete": true, "suspend": true }, "source": "CLI", "priority": 50,
        "priorityClassName": "medium", "preemptible": true, "submittedBy": "mira@example.org",
        "projectName": "vision", "departmentName": "research", "namespace": "runai-vision",
        "createdAt": "2026-03-02T08:11:40.004Z", "updatedAt": "2026-03-02T09:30:00.120Z",
        "deletedAt": null, "completedAt": null, "runningPods": 1,
        "requestedPods": { "number": 1, "min": null, "max": null, "parallelism": 1, "completions": 1 },
        "allocatedResources": { "gpu": 2, "gpuMemory": "160Gi" }, "currentNodePools": ["h100"],
        "totalPendingTimeSeconds": 31, "totalRunningTimeSeconds": 4551,
        "environmentVariables": { "TOKEN": "canary" }, "command": "canary", "arguments": "canary",
        "unheardOf": [{ "a": [1, 2, {}] }],
    })
}

/// With these members in place of the example's.
fn with(members: &Value) -> Value {
    let mut row = example();
    for (name, value) in members.as_object().expect("members") {
        row[name] = value.clone();
    }
    row
}

#[tokio::test]
async fn the_documented_example_becomes_a_row() {
    let row = rows(json!([example()])).await.remove(0);
    let words = (row.name.as_str(), row.scope.as_str(), row.kind_word());
    assert_eq!(words, ("resnet-sweep-07", "vision", "training"));
    let status = (row.status.word.as_str(), row.status.group);
    assert_eq!(status, ("Running", Group::Active));
    assert_eq!((row.gpus, row.message.as_ref()), (Some(2.0), None));
    let facts = ["pods", "priority", "running for", "node pools"].map(|label| fact(&row, label));
    assert_eq!(
        facts,
        [
            Some("1/1"),
            Some("medium (50)"),
            Some("1h15m"),
            Some("h100")
        ]
    );
    assert!(!format!("{row:?}").contains("canary"));
    let range =
        json!({ "requestedPods": { "min": 1, "max": 4 }, "priority": null, "runningPods": 2 });
    let degraded =
        with(&json!({ "phase": "Degraded", "phaseMessage": "1 of 3 replicas not ready" }));
    let rows = rows(json!([with(&range), degraded])).await;
    assert_eq!(
        (rows.len(), fact(&rows[0], "pods")),
        (1, Some("2/1-4")),
        "one id, one row"
    );
    assert_eq!(fact(&rows[0], "priority"), Some("medium"));
}

#[tokio::test]
async fn l06_a_server_that_sends_only_required_members_is_read() {
    let row = rows(json!([{ "id": ID }])).await.remove(0);
    assert!(row.key.id.is_sound() && row.facts.is_empty() && !row.attention);
    assert_eq!(
        (row.status.group, row.owner.as_ref(), row.created),
        (Group::Unknown, None, None)
    );
    assert_eq!(row.name.as_str(), ID);
    let (server, client) = serving(|heard| match heard.line.split(' ').next() {
        Some("GET") => canned::json(200, &json!({ "id": ID }).to_string()),
        _ => canned::json(200, r#"{"id":"9d0e4b77-2c16-4a86-b1f3-5e7a08c2d941"}"#),
    })
    .await;
    let Ok(Reading::Found(row)) = client.read(&row.key).await else {
        panic!("it is there")
    };
    let request = requests_for(&*client, Action::Delete, &[row]).remove(0);
    let events: Vec<ChangeEvent> = client.change(&request).collect().await;
    assert!(
        matches!(
            &events[..],
            [
                ChangeEvent::Answered(_, Answer::Unknown(_)),
                ChangeEvent::Note(_)
            ]
        ),
        "{events:?}"
    );
    assert_eq!(server.count("POST /api/v1/workloads/batch"), 1);
}

#[tokio::test]
async fn what_is_no_listing_is_an_error_and_never_an_empty_one() {
    let empty = page(json!({ "workloads": null, "next": null, "more": 1 })).await;
    assert_eq!(empty.map(|page| page.rows.len()), Ok(0));
    for odd in [
        json!({}),
        json!([]),
        json!({ "code": 500, "message": "x" }),
        json!({ "workloads": {} }),
    ] {
        let read = page(odd.clone()).await;
        assert!(
            matches!(read, Err(PlatformError::Unreadable { .. })),
            "{odd}: {read:?}"
        );
    }
}

#[tokio::test]
async fn l05_a_row_without_an_id_is_listed_and_offers_nothing() {
    let odd = json!([{ "name": "a" }, { "id": null }, { "id": 5 }, { "id": "" }]);
    let rows = rows(odd).await;
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter()
            .all(|row| !row.key.id.is_sound() && row.offers.stop.verb().is_none())
    );
}

#[tokio::test]
async fn l08_any_member_may_be_of_any_type_and_the_rest_of_the_row_is_kept() {
    let odds = [
        json!(null),
        json!(7.5),
        json!("x"),
        json!(true),
        json!([1, {}]),
        json!({ "gpu": {} }),
    ];
    let members = example();
    let names = members.as_object().expect("an object").keys();
    for name in names.filter(|name| *name != "id" && *name != "deletedAt") {
        let changed = odds.iter().enumerate().map(|(number, odd)| {
            with(&json!({ name.as_str(): odd, "id": format!("6f1c0d52-3b7e-4a19-9d2c-00000000000{number}") }))
        });
        let rows = rows(changed.collect()).await;
        assert_eq!(rows.len(), odds.len(), "{name}");
        let keep = |row: &Resource| row.name.as_str() == "resnet-sweep-07" || name == "name";
        assert!(
            rows.iter().all(|row| row.key.id.is_sound() && keep(row)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn reasons_for_waiting_are_told_by_node_pool() {
    let reasons = json!([{ "nodePool": "h100", "reason": "Unschedulable", "userMessage": null }, null, { "reason": "Quota" }]);
    let row = rows(json!([with(
        &json!({ "pendingSchedulingMessages": reasons })
    )]))
    .await
    .remove(0);
    assert_eq!(fact(&row, "scheduling"), Some("h100: Unschedulable; Quota"));
}

/// What is offered for stop, resume, delete and clean-up: `y` yes, `?` the server decides, `t` already there,
/// `m` in transition, `n` not offered.
fn letters(row: &Resource) -> String {
    let letter = |action| match row.offers.to(action) {
        Offer::Yes(_) => 'y',
        Offer::ServerDecides(..) => '?',
        Offer::No(Exclusion::AlreadyThere, _) => 't',
        Offer::No(Exclusion::InTransition, _) => 'm',
        Offer::No(..) => 'n',
    };
    [
        Action::Stop,
        Action::Resume,
        Action::Delete,
        Action::CleanUp,
    ]
    .map(letter)
    .iter()
    .collect()
}

#[tokio::test]
async fn l07_each_phase_offers_what_the_table_says_and_what_nobody_lists_is_left_to_the_server() {
    let table = [
        ("Creating", "ytyy"),
        ("Pending", "ytyy"),
        ("Initializing", "ytyy"),
        ("Running", "ytyy"),
        ("Updating", "ytyy"),
        ("Degraded", "ytyy"),
        ("Resuming", "ymym"),
        ("Stopping", "m?ym"),
        ("Deleting", "mmmm"),
        ("Terminating", "mmmm"),
        ("Stopped", "tyyt"),
        ("Completed", "nnyy"),
        ("Failed", "nnyy"),
        ("Unknown", "????"),
        ("Suspended", "????"),
        ("", "????"),
    ];
    for (phase, expected) in table {
        let row = rows(json!([with(&json!({ "phase": phase }))]))
            .await
            .remove(0);
        assert_eq!(letters(&row), expected, "{phase}");
        assert_eq!(
            (row.status.word.as_str(), row.attention),
            (phase, phase == "Degraded")
        );
    }
}

#[tokio::test]
async fn what_a_workload_does_not_support_is_left_out_and_what_is_not_said_is_a_guess() {
    let cases = [
        (
            json!({ "actionsSupport": { "delete": true, "suspend": false } }),
            "nnyn",
        ),
        (json!({ "actionsSupport": null }), "?t??"),
        (
            json!({ "actionsSupport": {}, "phase": "Completed" }),
            "nn??",
        ),
        (json!({ "actionsSupport": { "delete": false } }), "?tn?"),
        (json!({ "id": "abc" }), "nnnn"),
        (json!({ "id": "6f1c0d523b7e4a199d2c8e41f7a3b5d0" }), "nnnn"),
        (json!({ "id": format!("{{{ID}}}") }), "nnnn"),
    ];
    for (members, expected) in cases {
        let row = rows(json!([with(&members)])).await.remove(0);
        assert_eq!(letters(&row), expected, "{members}");
    }
    let verb = |row: &Resource| row.offers.clean_up.verb().map(|verb| verb.word);
    let of = async |phase: &str| verb(&rows(json!([with(&json!({ "phase": phase }))])).await[0]);
    assert_eq!(
        (of("Running").await, of("Failed").await),
        (Some("suspend"), Some("delete"))
    );
}

#[tokio::test]
async fn every_error_body_is_told_in_the_platforms_words_and_code() {
    let cases = [
        (400, "Required parameter is missing"),
        (403, "You do not have sufficient permissions."),
        (404, "Resource id not found."),
        (405, "Method not allowed."),
        (409, "Conflict\u{1b}[2J"),
        (500, "Something went wrong."),
        (503, "Please try again in few minutes."),
    ];
    for (status, message) in cases {
        let body = json!({ "code": status, "message": message, "details": "see\nthe log" });
        let (_server, client) = serving(move |_| canned::json(status, &body.to_string())).await;
        let source = client.sources().await.expect("known").remove(0);
        let error = client
            .list(&source)
            .next()
            .await
            .expect("an answer")
            .expect_err("refused");
        let said = error.said().expect("it spoke");
        assert_eq!(
            said.code.as_ref().map(Clean::as_str),
            Some(status.to_string().as_str())
        );
        let clean = message.replace('\u{1b}', "\\u{1b}");
        assert_eq!(said.message.as_str(), format!("{clean}: see the log"));
        assert!(error.to_string().contains(&clean), "{error}");
    }
    for foreign in [
        r#"{"message":"no Route matched"}"#,
        "<html>",
        "[]",
        "null",
        r#"{"code":"a","message":"b"}"#,
    ] {
        let (_server, client) = serving(move |_| canned::json(404, foreign)).await;
        let key = rows(json!([example()])).await.remove(0).key;
        let read = client.read(&key).await;
        let error = read.expect_err("a 404 that nobody can vouch for proves nothing");
        assert!(
            error
                .said()
                .is_some_and(|said| !said.own_shape && said.code.is_none()),
            "{foreign}"
        );
    }
}
