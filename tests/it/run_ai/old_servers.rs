//! Control planes without the batch call, and answers that only look like theirs.

use super::*;

#[tokio::test]
async fn without_a_batch_call_each_workload_goes_out_alone_by_its_type() {
    let scene = Scene::of(400);
    scene.version("2.18");
    let rows = scene.rows_for(Action::Delete, 20).await;
    let (answers, others) = scene.answers(Action::Delete, &rows).await;
    let [ChangeEvent::Note(note), ..] = others.as_slice() else {
        panic!("{others:?}")
    };
    let rays = rows
        .iter()
        .filter(|row| row.kind_word() == "rayjob")
        .count();
    let instead = format!("single calls instead: {}", 20 - rays);
    let words = format!("batch refused: HTTP 404: Resource id not found; {instead}");
    assert_eq!(note.as_str(), words);
    for (row, answer) in rows.iter().zip(&answers) {
        match (row.kind_word(), answer) {
            // One has no call of its own, that of the other came with 2.22.
            ("rayjob" | "distributedinference", Answer::Rejected(no)) => {
                assert_eq!(no.code.as_ref().map(Clean::as_str), Some("404"));
            }
            (_, answer) => assert!(matches!(answer, Answer::Scheduled { .. }), "{answer:?}"),
        }
    }
    assert_eq!(scene.sent("POST", "/batch").len(), 1);
    assert!(scheduled(&answers) > 10);
}

#[tokio::test]
async fn a_server_that_was_found_to_have_no_batch_call_is_planned_for_with_single_requests() {
    let scene = Scene::of(400);
    scene.version("2.20");
    let first = scene.rows_for(Action::Stop, 2).await;
    let (answers, _) = scene.answers(Action::Stop, &first).await;
    assert_eq!(scheduled(&answers), 2);
    let rows = scene.rows_for(Action::Stop, 3).await;
    let requests = scene.requests_for(Action::Stop, &rows);
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|request| request.verb().grouping == Grouping::Single)
    );
    let preview = scene.platform.preview(&requests[0]);
    assert!(
        preview.path.ends_with("/suspend") && preview.body.is_none(),
        "{preview:?}"
    );
    for request in &requests {
        assert!(matches!(
            scene.change(request).await.as_slice(),
            [ChangeEvent::Answered(_, Answer::Scheduled { .. })]
        ));
    }
    assert_eq!(scene.sent("POST", "/batch").len(), 1);
    let deletes = scene.rows_for(Action::Delete, 3).await;
    assert_eq!(
        scene.request(Action::Delete, &deletes).verb().grouping,
        Grouping::Verb
    );
}

#[tokio::test]
async fn a_400_that_is_about_the_ids_is_a_rejection_and_not_an_old_server() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 3).await;
    let body = json!({ "code": 400, "message": "ids: \"x\" is not a uuid" });
    scene.faults(json!([{ "path": "*/batch", "fault": "status", "status": 400, "body": body }]));
    let (answers, others) = scene.answers(Action::Stop, &rows).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Answer::Rejected(_))),
        "{answers:?}"
    );
    assert_eq!((others, scene.changes().len()), (Vec::new(), 1));
}

#[tokio::test]
async fn once_a_batch_suspend_has_worked_a_400_is_a_rejection() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 4).await;
    scene.answers(Action::Stop, &rows[..1]).await;
    scene.version("2.20");
    let (answers, _) = scene.answers(Action::Stop, &rows[1..]).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Answer::Rejected(_))),
        "{answers:?}"
    );
}

#[tokio::test]
async fn equal_refusals_of_single_calls_stop_the_lane_and_the_rest_is_not_sent() {
    let scene = Scene::of(1_000);
    let mut rows = scene.rows().await;
    rows.retain(|row| row.kind_word() == "training" && row.offers.stop.verb().is_some());
    rows.truncate(40);
    let body = json!({ "code": 403, "message": "You do not have sufficient permissions." });
    scene.faults(json!([
        { "fault": "switch", "name": "version", "value": "2.18" },
        { "path": "*/suspend", "fault": "status", "status": 403, "body": body },
    ]));
    let (answers, others) = scene.answers(Action::Stop, &rows).await;
    let count = |is: fn(&Answer) -> bool| answers.iter().filter(|answer| is(answer)).count();
    let rejected = count(|answer| matches!(answer, Answer::Rejected(_)));
    assert_eq!(
        rejected + count(|answer| matches!(answer, Answer::NotSent(_))),
        40
    );
    assert!((5..=13).contains(&rejected), "{rejected}");
    assert_eq!(scene.sent("POST", "/suspend").len(), rejected);
    assert!(
        matches!(
            others.as_slice(),
            [ChangeEvent::Note(_), ChangeEvent::StopLane(_)]
        ),
        "{others:?}"
    );
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_any_id_does_not_show_that_batches_work() {
    let scene = Scene::of(400);
    let rows = scene.rows_for(Action::Stop, 4).await;
    scene.faults(json!([{ "path": "*/batch", "fault": "body", "text": "{}" }]));
    let (answers, _) = scene.answers(Action::Stop, &rows[..1]).await;
    assert!(matches!(answers[..], [Answer::Unknown(_)]), "{answers:?}");
    scene.version("2.20");
    let (answers, _) = scene.answers(Action::Stop, &rows[1..]).await;
    assert_eq!(scheduled(&answers), 3, "they go out alone: {answers:?}");
}
