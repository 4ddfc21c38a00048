//! Batches: what leaves, and what each answer says of each id.

use super::*;

#[tokio::test]
async fn a_suspended_workload_stops_and_a_resumed_one_runs_again() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 2).await;
    let (answers, notes) = scene.answers(Action::Stop, &rows).await;
    assert_eq!(scheduled(&answers), 2);
    let [ChangeEvent::Note(operation)] = notes.as_slice() else {
        panic!("what support asks for: {notes:?}")
    };
    assert!(operation.as_str().starts_with("batch operation "));
    scene.until(&rows[0].key, is("Stopped")).await;
    let Reading::Found(stopped) = scene.reading(&rows[0].key).await else {
        panic!("it is still there")
    };
    scene.answers(Action::Resume, &[stopped]).await;
    scene.until(&rows[0].key, is("Running")).await;
}

#[tokio::test]
async fn a_deleted_workload_is_gone_whether_it_stays_readable_or_not() {
    let scene = Scene::of(400);
    let row = scene.rows_for(Action::Delete, 1).await.remove(0);
    scene
        .answers(Action::Delete, std::slice::from_ref(&row))
        .await;
    scene
        .until(&row.key, |reading| *reading == Reading::Gone)
        .await;
    scene.faults(json!([{ "fault": "switch", "name": "deleted", "value": "not_found" }]));
    assert_eq!(scene.reading(&row.key).await, Reading::Gone);
    assert!(
        scene
            .rows()
            .await
            .iter()
            .all(|listed| listed.key != row.key)
    );
}

#[tokio::test]
async fn each_id_of_a_batch_gets_its_own_answer_with_code_and_words() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 5).await;
    let refused = rows[1].key.id.raw();
    scene.faults(json!([
        { "platform": "run_ai", "ids": [refused], "fault": "refused" },
        { "fault": "switch", "name": "reversed", "value": true },
    ]));
    let (answers, _) = scene.answers(Action::Stop, &rows).await;
    assert_eq!(scheduled(&answers), 4);
    let Answer::Rejected(rejection) = &answers[1] else {
        panic!("{:?}", answers[1])
    };
    assert_eq!(
        rejection.code.as_ref().map(ToString::to_string).as_deref(),
        Some("403")
    );
    assert_eq!(
        rejection.reason.as_str(),
        "You do not have sufficient permissions."
    );
    let sent = scene.changes();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].body["action"], "suspend");
    assert_eq!(sent[0].body["ids"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_leaves_is_what_the_preview_showed() {
    let scene = Scene::of(400);
    let request = scene.request(Action::Delete, &scene.rows_for(Action::Delete, 3).await);
    let preview = scene.platform.preview(&request);
    scene.change(&request).await;
    let sent = scene.changes().remove(0);
    assert_eq!(
        (preview.method, preview.path),
        (sent.method.as_str(), sent.path.clone())
    );
    assert_eq!(preview.body.map(|(_, body)| body), Some(sent.body));
}

#[tokio::test]
async fn an_answer_that_does_not_add_up_is_unknown_for_those_ids_alone() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 4).await;
    let id = |place: usize| rows[place].key.id.raw();
    scene.faults(json!([
        { "ids": [id(0)], "fault": "missing" },
        { "ids": [id(1)], "fault": "contradictory" },
        { "ids": [id(2)], "fault": "duplicate" },
        { "fault": "extra" },
    ]));
    let (answers, notes) = scene.answers(Action::Stop, &rows).await;
    assert!(matches!(&answers[0], Answer::Unknown(_)), "{answers:?}");
    assert!(
        matches!(&answers[1], Answer::Unknown(why) if why.as_str() == "contradictory answer"),
        "{answers:?}"
    );
    assert_eq!(scheduled(&answers[2..]), 2);
    assert!(
        matches!(
            notes.as_slice(),
            [ChangeEvent::Note(_), ChangeEvent::Note(_)]
        ),
        "{notes:?}"
    );
}

#[tokio::test]
async fn r2_of_any_number_of_foreign_ids_five_remarks_and_their_number_are_told() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 2).await;
    for (foreign, answered) in [(9_000, 2), (100_000, 0)] {
        let mut ids: Vec<String> = (0..foreign).map(|n| format!("foreign-{n}")).collect();
        ids.extend(rows.iter().map(|row| row.key.id.raw().to_owned()));
        let body = json!({ "id": "op", "succeeded": ids }).to_string();
        scene.faults(json!([{ "path": "*/batch", "fault": "body", "text": body }]));
        let (answers, notes) = scene.answers(Action::Stop, &rows).await;
        assert_eq!(
            scheduled(&answers),
            answered,
            "more than 10,000 are no answer"
        );
        assert!(notes.len() <= 6, "{foreign}: {}", notes.len());
        let told = format!("{notes:?}");
        assert_eq!(
            told.contains("further remarks on this answer: 8996"),
            answered > 0,
            "{told}"
        );
    }
}

#[tokio::test]
async fn r8_two_spellings_of_an_id_are_one_row_and_one_id_of_the_batch() {
    let id = "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0";
    let row = |id: &str| json!({ "id": id, "type": "Training", "phase": "Running" });
    let listing = json!({ "workloads": [row(&id.to_uppercase()), row(id)] }).to_string();
    let (server, client) = serving(move |_| canned::json(200, &listing)).await;
    let source = client.sources().await.expect("known").remove(0);
    let page = client.list(&source).next().await.expect("a page");
    let rows: Vec<_> = page
        .expect("listed")
        .rows
        .into_iter()
        .map(Arc::new)
        .collect();
    let request = requests_for(&*client, Action::Stop, &rows).remove(0);
    client.change(&request).collect::<Vec<_>>().await;
    assert_eq!(
        server.heard().last().expect("a batch").json()["ids"],
        json!([id])
    );
}

#[tokio::test]
async fn r8_an_id_is_compared_as_it_was_sent_and_not_as_it_would_be_drawn() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 2).await;
    let drawn_alike = |place: usize| format!("{}\u{fe0f}", rows[place].key.id.raw());
    let failed = json!({ "id": drawn_alike(1), "code": 400, "message": "no" });
    let body = json!({ "id": "op", "succeeded": [drawn_alike(0)], "failed": [failed] });
    scene.faults(json!([{ "path": "*/batch", "fault": "body", "text": body.to_string() }]));
    let (answers, _) = scene.answers(Action::Stop, &rows).await;
    assert!(
        matches!(answers[..], [Answer::Unknown(_), Answer::Unknown(_)]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn an_empty_list_may_be_absent_from_the_answer() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 3).await;
    scene.faults(json!([{ "fault": "switch", "name": "omit_empty", "value": true }]));
    let (answers, _) = scene.answers(Action::Stop, &rows).await;
    assert_eq!(scheduled(&answers), 3);
}

#[tokio::test]
async fn lists_that_are_no_lists_and_answers_that_are_no_json_leave_every_id_unknown() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 2).await;
    for body in [
        r#"{"id":"x"}"#,
        r#"{"succeeded":null,"failed":{}}"#,
        "[]",
        "{\"succ",
        "done",
    ] {
        let path = "/api/v1/workloads/batch";
        scene.faults(json!([{ "path": path, "fault": "body", "text": body }]));
        let (answers, _) = scene.answers(Action::Stop, &rows).await;
        assert!(
            answers
                .iter()
                .all(|answer| matches!(answer, Answer::Unknown(_))),
            "{body}: {answers:?}"
        );
    }
}

#[tokio::test]
async fn a_batch_without_a_usable_answer_is_sent_once_and_unknown() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 3).await;
    scene.faults(json!([{ "method": "POST", "path": "*/batch", "fault": "status", "status": 502, "body": "<html>" }]));
    let (answers, _) = scene.answers(Action::Stop, &rows).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Answer::Unknown(_))),
        "{answers:?}"
    );
    assert_eq!(scene.changes().len(), 1);
}

#[tokio::test]
async fn a_forbidden_batch_is_rejected_as_a_whole_and_stops_the_lane() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 3).await;
    let body = json!({ "code": 403, "message": "You do not have sufficient permissions." });
    scene.faults(json!([{ "path": "*/batch", "fault": "status", "status": 403, "body": body }]));
    let (answers, others) = scene.answers(Action::Stop, &rows).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Answer::Rejected(_))),
        "{answers:?}"
    );
    assert!(
        matches!(others.as_slice(), [ChangeEvent::StopLane(_)]),
        "{others:?}"
    );
}
