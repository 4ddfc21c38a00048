//! Sign-in, listing and reads by id.

use std::ops::Range;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use centurion::domain::resource::Page;
use futures_util::poll;

use super::*;

#[tokio::test]
async fn a_listing_pages_through_every_row_once_and_asks_for_500_at_a_time() {
    let scene = Scene::of(4_000);
    let rows = scene.rows().await;
    let ids: HashSet<&Id> = rows.iter().map(|row| &row.key.id).collect();
    assert_eq!(ids.len(), rows.len());
    assert!(rows.len() > 1_000, "{}", rows.len());
    let mut pages = scene.sent("GET", "/api/v1/workloads");
    pages.retain(|page| !page.path.ends_with("/count"));
    assert_eq!(pages.len(), rows.len().div_ceil(500));
    assert!(pages.iter().all(|page| page.query.contains("limit=500") && page.query.contains("sortBy=createdAt")));
}

#[tokio::test]
async fn the_world_has_every_phase_and_most_of_it_runs_or_waits() {
    let rows = Scene::of(400).rows().await;
    let words: HashSet<&str> = rows.iter().map(|row| row.status.word.as_str()).collect();
    assert_eq!(words.len(), 14, "{words:?}");
    let active = rows
        .iter()
        .filter(|row| row.status.group == Group::Active)
        .count();
    assert!(active * 2 > rows.len());
    let kinds: HashSet<&str> = rows.iter().map(|row| row.kind_word()).collect();
    assert!(kinds.is_superset(&HashSet::from([
        "training",
        "workspace",
        "distributed",
        "inference",
        "rayjob"
    ])));
}

#[tokio::test]
async fn what_may_be_secret_in_a_workload_is_not_in_its_row() {
    let rows = Scene::of(400).rows().await;
    assert!(!format!("{rows:?}").contains("not-for-any-screen"));
    assert!(
        rows.iter()
            .any(|row| row.facts.iter().any(|(label, _)| *label == "pods"))
    );
}

#[tokio::test]
async fn a_named_project_is_filtered_by_the_server_and_one_with_a_comma_here() {
    let scene = Scene::seen_by(400, |connection| {
        connection.scopes = Scopes::Named(vec![Scope::new("team-nlp"), Scope::new("team,vision")]);
    });
    let rows = scene.rows().await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row.scope.as_str() == "team-nlp"));
    let filtered = scene
        .sent("GET", "/api/v1/workloads")
        .iter()
        .filter(|r| r.query.contains("filterBy"))
        .count();
    assert_eq!(filtered, 2, "the page, and the count beside it");
}

/// The pages of a server whose listings all say this.
async fn pages_of(body: Value) -> Vec<Page> {
    let scene = Scene::of(100);
    scene.faults(json!([{ "platform": "run_ai", "fault": "body", "path": "/api/v1/workloads", "text": body.to_string() }]));
    let sources = scene
        .platform
        .sources()
        .await
        .expect("known without asking");
    let pages = scene.platform.list(&sources[0]);
    pages.map(|page| page.expect("a page")).collect().await
}

#[tokio::test]
async fn l03_a_server_that_announces_more_and_does_not_go_on_is_not_read_for_ever() {
    let row = json!({ "id": "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0" });
    for (rows, next, pages) in [
        (json!([]), 500, 1),
        (json!([row]), 0, 1),
        (json!([row]), -5, 1),
        (json!([row]), 500, 2),
    ]
    .map(|(rows, next, pages)| (rows, json!(next), pages))
    .into_iter()
    .chain([
        (json!([row]), json!("500"), 1),
        (json!([row]), json!({ "offset": 500 }), 1),
    ]) {
        let listed = pages_of(json!({ "workloads": rows, "next": next })).await;
        let page = listed.last().expect("a page");
        assert!(page.lacks_rows, "absence from it means nothing");
        let last = page.notice.as_ref().expect("a notice");
        assert!(
            listed.len() == pages && last.as_str().starts_with("list incomplete"),
            "{next}: {last}"
        );
    }
}

#[tokio::test]
async fn deleted_rows_and_what_is_no_row_are_left_out() {
    let id = |last: u32| format!("00000000-0000-4000-8000-{last:012}");
    let rows = json!([{ "id": id(1), "deletedAt": "2026-01-01T00:00:00Z" }, "x", {}, { "id": id(2) }, { "id": id(2) }]);
    let page = pages_of(json!({ "workloads": rows, "next": null }))
        .await
        .remove(0);
    let sound: Vec<bool> = page.rows.iter().map(|row| row.key.id.is_sound()).collect();
    assert_eq!(
        sound,
        [false, true],
        "a row without an id is shown, and cannot be sent"
    );
    let notice = page.notice.expect("a notice").to_string();
    assert_eq!(
        notice,
        "entries that are no workloads: 1; 1 row came twice and is shown once"
    );
}

#[tokio::test]
async fn only_a_404_in_the_own_shape_says_that_a_row_is_gone() {
    let scene = Scene::of(100);
    let known = scene.rows().await.remove(0);
    let nobodys = Key {
        id: Id::new("00000000-0000-4000-8000-000000000000"),
        ..known.key.clone()
    };
    assert_eq!(scene.reading(&nobodys).await, Reading::Gone);
    assert!(
        matches!(scene.reading(&known.key).await, Reading::Found(row) if row.name == known.name)
    );
    scene.faults(json!([{ "fault": "switch", "name": "old_not_found", "value": true }]));
    assert_eq!(scene.reading(&nobodys).await, Reading::Gone, "in any words");
    for body in [
        json!("<html>no route"),
        json!({ "code": 404, "message": "page not found" }),
        json!({ "code": 404, "message": "No route for this path" }),
        json!({ "message": "Workload not found" }),
    ] {
        scene.faults(
            json!([{ "platform": "run_ai", "fault": "status", "status": 404, "body": body }]),
        );
        assert!(
            matches!(
                scene.platform.read(&known.key).await,
                Err(PlatformError::Refused { .. })
            ),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_project_with_a_comma_is_picked_out_of_everything() {
    let workloads = json!([{ "id": "6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0", "projectName": "team,vision" },
        { "id": "c2a8e6f1-7d04-4b55-8f1a-90b3d6c4e712", "projectName": "team" }]);
    let body = json!({ "workloads": workloads }).to_string();
    let scene = Scene::seen_by(100, |connection| {
        connection.scopes = Scopes::Named(vec![Scope::new("team,vision")]);
    });
    scene.faults(json!([{ "fault": "body", "path": "/api/v1/workloads", "text": body }]));
    let rows = scene.rows().await;
    let ids: Vec<&str> = rows.iter().map(|row| row.key.id.raw()).collect();
    assert_eq!(ids, ["6f1c0d52-3b7e-4a19-9d2c-8e41f7a3b5d0"]);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_nobody_notices() {
    let scene = Scene::of(400);
    scene.rows().await;
    scene.faults(json!([{ "platform": "run_ai", "fault": "token_expired" }]));
    assert!(!scene.rows().await.is_empty());
    assert_eq!(scene.sent("POST", "/token").len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_names_the_setting() {
    let scene = Scene::seen_by(100, |connection| {
        let id = "centurion-ops".to_owned();
        connection.credentials = Credentials::Client {
            token_url: None,
            id,
            secret: Secret::new("wrong".to_owned()),
        };
    });
    let sources = scene
        .platform
        .sources()
        .await
        .expect("known without asking");
    let error = scene
        .platform
        .list(&sources[0])
        .next()
        .await
        .expect("one event")
        .expect_err("no token");
    assert!(
        matches!(error, PlatformError::Unauthorized { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("client_secret"), "{error}");
}

/// The listing of a server that keeps so many rows, gives at most `most` of them at once, with `huge` of them larger
/// than an answer may be, and the spans it was asked for.
async fn listed(
    rows: usize,
    most: usize,
    huge: Range<usize>,
) -> (Vec<Result<Page, PlatformError>>, Vec<String>) {
    let too_large = "x".repeat((16 << 20) + 1);
    let (server, client) = serving(move |heard| {
        if heard.line.contains("/count") {
            return refuse(503, "Please try again in few minutes.");
        }
        let offset = heard.number("offset=");
        let end = rows.min(offset + heard.number("limit=").min(most));
        if offset < huge.end && huge.start < end {
            return canned::json(200, &too_large);
        }
        let id = |n: usize| json!({ "id": format!("00000000-0000-4000-8000-{n:012}") });
        let page: Vec<Value> = (offset..end).map(id).collect();
        let next = (end < rows).then_some(end);
        canned::json(200, &json!({ "workloads": page, "next": next }).to_string())
    })
    .await;
    let source = client.sources().await.expect("known").remove(0);
    let pages = client.list(&source).collect().await;
    let lines = server.heard().into_iter().map(|heard| heard.line);
    let lines = lines.filter(|line| !line.contains("/count"));
    let spans =
        lines.filter_map(|line| Some(line.split_once('?')?.1.split("&sortBy").next()?.to_owned()));
    (pages, spans.collect())
}

#[tokio::test]
async fn n15_a_page_over_the_cap_is_read_in_halves_and_a_row_that_is_so_alone_is_said_and_passed_over()
 {
    let (pages, spans) = listed(600, 500, 2..3).await;
    let pages: Vec<Page> = pages.into_iter().collect::<Result<_, _>>().expect("pages");
    let rows: Vec<usize> = pages.iter().map(|page| page.rows.len()).collect();
    assert_eq!(rows, [499, 100]);
    let notice = pages[0].notice.as_ref().expect("a notice").as_str();
    assert_eq!(notice, "list incomplete: 1 row is too large to be read");
    assert_eq!(
        spans[..3],
        [
            "offset=0&limit=500",
            "offset=0&limit=250",
            "offset=0&limit=125"
        ]
    );
    assert_eq!(spans.last().expect("one"), "offset=500&limit=500");
    assert_eq!(spans.len(), 20);
}

#[tokio::test]
async fn n15_halves_that_a_server_cuts_short_are_read_to_their_ends() {
    let (pages, _) = listed(900, 100, 2..3).await;
    let pages: Vec<Page> = pages.into_iter().collect::<Result<_, _>>().expect("pages");
    let rows: usize = pages.iter().map(|page| page.rows.len()).sum();
    assert_eq!(rows, 899);
}

#[tokio::test]
async fn n15_a_server_whose_every_answer_is_over_the_cap_is_not_asked_for_each_of_its_rows() {
    let (pages, spans) = listed(600, 500, 0..600).await;
    let [Err(error)] = pages.as_slice() else {
        panic!("{pages:?}")
    };
    assert!(error.to_string().contains("larger than 16 MiB"), "{error}");
    assert!(spans.len() < 20, "{spans:?}");
}

#[tokio::test]
async fn l04_the_count_of_the_server_stands_beside_the_first_page_and_never_holds_it_up() {
    let counted = |body: Value| json!({ "fault": "body", "path": "*/workloads/count", "text": body.to_string() });
    let scene = Scene::of(4_000);
    let rows = scene.rows().await.len();
    for (fault, total) in [
        (json!([]), Some(rows)),
        (json!([counted(json!({ "count": 5_000 }))]), Some(5_000)),
        (json!([counted(json!({ "count": "many" }))]), None),
        (
            json!([{ "fault": "stall", "path": "*/workloads/count" }]),
            None,
        ),
        (
            json!([{ "fault": "status", "status": 403, "path": "*/workloads/count" }]),
            None,
        ),
    ] {
        scene.faults(fault.clone());
        let source = scene.platform.sources().await.expect("known").remove(0);
        let before = scene.sent("GET", "/workloads").len();
        let pages = scene
            .platform
            .list(&source)
            .map(|page| page.expect("a page"));
        let pages = pages.collect::<Vec<Page>>();
        let pages = if fault[0]["fault"] == "stall" {
            without_the_count(&scene, before, pages).await
        } else {
            pages.await
        };
        let totals: Vec<Option<usize>> = pages.iter().map(|page| page.total).collect();
        assert_eq!(
            (totals[0], totals[1..].iter().flatten().count()),
            (total, 0),
            "{fault}"
        );
        let asked = scene.sent("GET", "/workloads").split_off(before);
        let counts = asked.iter().filter(|asked| asked.path.ends_with("/count"));
        assert_eq!(counts.count(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_first_page_that_fails_does_not_wait_for_the_count() {
    let server = Canned::start(|heard, _| match heard.line.as_str() {
        line if line.ends_with("/token") => canned::json(200, r#"{"accessToken":"t"}"#),
        line if line.ends_with("/count") => Say::Silence,
        _ => refuse(400, "no"),
    })
    .await;
    let client = client_of(&server, credentials());
    let source = client.sources().await.expect("known").remove(0);
    let mut pages = client.list(&source);
    let mut first = pages.next();
    // The clock stands still, so that no time limit ends a wait.
    tokio::time::pause();
    let mut turns = 0;
    let failed = loop {
        if let Poll::Ready(page) = futures_util::poll!(&mut first) {
            break page.is_some_and(|page| page.is_err());
        }
        turns += usize::from(server.heard().len() == 3);
        assert!(turns < 50_000, "it waits for the count");
        tokio::task::yield_now().await;
    };
    assert!(failed);
}

/// What is listed where the count never comes: lets both sides run until the first page was answered, then two
/// seconds pass, which nobody sits through.
async fn without_the_count<T>(scene: &Scene, before: usize, listing: impl Future<Output = T>) -> T {
    let mut listing = pin!(listing);
    let is_waiting = || {
        let asked = scene.sent("GET", "/workloads").split_off(before);
        let page = asked.iter().find(|asked| !asked.path.ends_with("/count"));
        asked.len() == 2 && page.is_some_and(|page| page.status.is_some())
    };
    // The answer still has to arrive when the simulator has given it.
    let mut turns = 0;
    while !is_waiting() || turns < 500 {
        if let Poll::Ready(listed) = poll!(listing.as_mut()) {
            return listed;
        }
        tokio::task::yield_now().await;
        turns += 1;
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    listing.await
}
