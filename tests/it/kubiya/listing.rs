//! Listing and reading.

use std::collections::HashSet;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use centurion::domain::connection::PlatformId;
use centurion::domain::error::PlatformError;
use centurion::domain::resource::{Id, Page, Reading, Resource};
use centurion::domain::text::Clean;
use centurion::platforms::{self, Platform};
use futures_util::{StreamExt, future, poll};
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::{Scene, connection};
use crate::canned::{self, Canned};

#[tokio::test]
async fn every_row_is_listed_although_the_service_drops_some() {
    let scene = Scene::new();
    let pages = scene.pages().await;
    let rows: Vec<&Resource> = pages.iter().flat_map(|page| &page.rows).collect();
    let tenant = scene
        .world
        .tenants(PlatformId::Kubiya)
        .next()
        .expect("a tenant");
    assert_eq!(rows.len(), tenant.rows);
    assert!(
        pages
            .iter()
            .any(|page| page.rows.len() < scene.client.page_size())
    );
    let notices: Vec<_> = pages
        .iter()
        .filter_map(|page| page.notice.as_ref())
        .collect();
    assert!(
        notices
            .iter()
            .any(|notice| notice.as_str().contains("rows the server left out"))
    );
    assert!(pages.iter().any(|page| page.lacks_rows));
    let skips: Vec<_> = scene
        .simulator
        .requests()
        .into_iter()
        .map(|request| request.query)
        .collect();
    let expected = [0, 100, 200, 300].map(|skip| format!("skip={skip}&limit=100"));
    assert_eq!(skips, expected);
}

#[tokio::test]
async fn every_status_occurs_and_most_rows_are_live() {
    let rows = Scene::new().rows().await;
    let words: HashSet<&str> = rows.iter().map(|row| row.status.word.as_str()).collect();
    for word in [
        "pending",
        "queued",
        "running",
        "waiting_for_input",
        "paused",
        "completed",
        "failed",
        "cancelled",
        "interrupted",
        "terminated",
        "compacting",
    ] {
        assert!(words.contains(word), "{word}");
    }
    let live = rows.iter().filter(|row| row.status.group.is_live()).count();
    assert!(live * 3 > rows.len() * 2, "{live} of {}", rows.len());
    assert!(
        rows.iter()
            .all(|row| row.key.id.is_sound() && row.created.is_some())
    );
    assert!(rows.iter().any(|row| row.scheduled) && rows.iter().any(|row| row.owner.is_none()));
}

#[tokio::test]
async fn pages_that_shift_bring_no_row_twice() {
    let scene = Scene::new();
    scene.faults(json!([{"fault": "shift_pages", "path": "/api/v1/executions"}]));
    let rows = scene.rows().await;
    let ids: HashSet<&Id> = rows.iter().map(|row| &row.key.id).collect();
    let tenant = scene
        .world
        .tenants(PlatformId::Kubiya)
        .next()
        .expect("a tenant");
    assert_eq!((ids.len(), rows.len()), (tenant.rows, tenant.rows));
}

#[tokio::test]
async fn a_page_that_is_too_large_is_read_again_in_halves() {
    let scene = Scene::new();
    let expected = scene.rows().await;
    let huge = "x".repeat((16 << 20) + 1);
    scene
        .faults(json!([{"fault": "body", "path": "/api/v1/executions", "times": 2, "text": huge}]));
    let before = scene.simulator.requests().len();
    assert_eq!(scene.rows().await.len(), expected.len());
    let requests = scene.simulator.requests().split_off(before);
    let queries: Vec<&str> = requests
        .iter()
        .map(|request| request.query.as_str())
        .collect();
    assert_eq!(
        queries[..5],
        [
            "skip=0&limit=100",
            "skip=0&limit=50",
            "skip=0&limit=25",
            "skip=25&limit=25",
            "skip=50&limit=50",
        ]
    );
}

#[tokio::test]
async fn a_server_that_repeats_itself_is_not_read_for_ever() {
    let scene = Scene::new();
    let page = r#"[{"id": "3f2b6c1e-8d54-4c0a-9a57-0c1d2e3f4a5b", "status": "running"}]"#;
    scene.faults(json!([{"fault": "body", "path": "/api/v1/executions", "text": page}]));
    let pages = scene.pages().await;
    assert_eq!(pages.iter().map(|page| page.rows.len()).sum::<usize>(), 1);
    let last = pages
        .last()
        .and_then(|page| page.notice.as_ref())
        .expect("a notice");
    assert!(last.as_str().contains("list incomplete"), "{last}");
}

#[tokio::test]
async fn a_row_is_read_by_its_id_as_it_was_listed() {
    let scene = Scene::new();
    let rows = scene.rows().await;
    let row = &rows[3];
    let Ok(Reading::Found(read)) = scene.client.read(&row.key).await else {
        panic!("not found");
    };
    assert_eq!(
        (&read.key, &read.name, &read.status),
        (&row.key, &row.name, &row.status)
    );
    let shouted = row.key.id.raw().to_uppercase();
    assert!(
        matches!(scene.read(&shouted).await, Ok(Reading::Found(row)) if row.key.id.raw() == shouted)
    );
}

#[tokio::test]
async fn only_the_services_own_words_say_that_a_row_is_gone() {
    let scene = Scene::new();
    let nobody = "00000000-0000-4000-8000-00000000dead";
    assert_eq!(scene.read(nobody).await, Ok(Reading::Gone));
    let page = json!([{"fault": "status", "status": 404, "body": "<html>Not here</html>"}]);
    scene.faults(page);
    assert!(matches!(
        scene.read(nobody).await,
        Err(PlatformError::Refused { .. })
    ));
    let route = json!([{"fault": "status", "status": 404, "body": {"detail": "Not Found"}}]);
    scene.faults(route);
    assert!(matches!(
        scene.read(nobody).await,
        Err(PlatformError::Refused { .. })
    ));
}

#[tokio::test]
async fn an_answer_about_another_execution_is_no_answer() {
    let scene = Scene::new();
    let rows = scene.rows().await;
    let other = format!(
        r#"[{{"id": "{}", "status": "cancelled"}}]"#,
        rows[1].key.id.raw()
    );
    scene.faults(json!([{"fault": "body", "text": other}]));
    let read = scene.client.read(&rows[0].key).await;
    assert!(matches!(read, Err(PlatformError::Unreadable { .. })));
    assert!(matches!(
        scene.client.read(&rows[1].key).await,
        Ok(Reading::Found(_))
    ));
}

#[tokio::test]
async fn rows_of_another_organisation_are_not_there() {
    let scene = Scene::new();
    let lab = platforms::open(&connection(&scene.simulator, "agents-lab")).expect("opens");
    let source = lab.sources().await.expect("known").remove(0);
    let page = lab
        .list(&source)
        .next()
        .await
        .expect("a page")
        .expect("listed");
    assert_eq!(page.rows[0].scope.as_str(), "acme-lab");
    assert_eq!(
        scene.read(page.rows[0].key.id.raw()).await,
        Ok(Reading::Gone)
    );
}

fn client_of(server: &Canned) -> Arc<dyn Platform> {
    let mut connection = Scene::new().client.connection().clone();
    connection.base_url = server.url("http", "");
    platforms::open(&connection).expect("opens")
}

/// The pages of a server with 250 executions, of which those are larger than an answer may be.
async fn pages_with(huge: &'static [usize]) -> Vec<Result<Page, PlatformError>> {
    let too_large = "x".repeat((16 << 20) + 1);
    let server = Canned::start(move |heard, _| {
        let skip = heard.number("skip=");
        let end = 250.min(skip + heard.number("limit="));
        if huge.iter().any(|row| (skip..end).contains(row)) {
            return canned::json(200, &too_large);
        }
        let row = |n: usize| json!({"id": format!("00000000-0000-4000-8000-{n:012}")});
        let rows: Vec<Value> = (skip..end).map(row).collect();
        canned::json(200, &json!(rows).to_string())
    });
    let client = client_of(&server.await);
    let source = client.sources().await.expect("known").remove(0);
    client.list(&source).collect().await
}

#[tokio::test]
async fn n15_a_row_that_is_too_large_is_passed_over_and_the_fourth_of_a_page_ends_the_listing() {
    let pages = pages_with(&[2, 100, 101, 102, 103]).await;
    let [Ok(first), Err(PlatformError::TooLarge { .. })] = &pages[..] else {
        panic!("{pages:?}")
    };
    let notice = first.notice.as_ref().map(Clean::as_str);
    let words = "list incomplete: 1 row is too large to be read";
    assert_eq!((first.rows.len(), notice), (99, Some(words)));
}

#[tokio::test]
async fn n24_a_route_that_nobody_serves_points_at_the_url() {
    let scene = Scene::new();
    let rows = scene.willing("running", 1).await;
    let route = json!({"detail": "Not Found"});
    scene.faults(json!([{"fault": "status", "status": 404, "body": route}]));
    let words = "refused: HTTP 404: Not Found; check `url`";
    let read = scene.client.read(&rows[0].key).await;
    assert_eq!(read.expect_err("no proof").to_string(), words);
    let source = scene.source();
    let listed = scene.client.list(&source).next().await.expect("an answer");
    assert_eq!(listed.expect_err("refused").to_string(), words);
}

#[tokio::test]
async fn hostile_prompts_reach_the_screen_as_one_clean_line() {
    let scene = Scene::new();
    let rows = scene.rows().await;
    let prompts = rows
        .iter()
        .flat_map(|row| &row.facts)
        .filter(|(label, _)| *label == "prompt");
    let texts: Vec<&str> = prompts.map(|(_, prompt)| prompt.as_str()).collect();
    let corpus: Vec<String> =
        serde_json::from_str(include_str!("../../../assets/hostile.json")).expect("texts");
    assert_eq!(scene.world.hostile, corpus, "there is one list of them");
    assert!(texts.iter().any(|text| text.contains("\\u{")));
    assert!(
        texts
            .iter()
            .all(|text| !text.contains(['\n', '\r', '\t', '\u{1b}', '\u{202e}', '\u{9b}']))
    );
}

#[tokio::test]
async fn of_two_rows_with_one_id_the_newer_is_kept_and_said() {
    let scene = Scene::new();
    let row = |status: &str, time: &str| json!({"id": "3f2b6c1e-8d54-4c0a-9a57-0c1d2e3f4a5b", "status": status, "updated_at": time});
    let page = json!([
        row("pending", "2026-01-10T12:00:00+00:00"),
        row("running", "2026-01-10T12:00:05+00:00"),
        row("queued", "2026-01-10T11:00:00"),
        {"status": "running"},
        {"id": "", "status": "running"},
    ]);
    let faults = json!([
        {"fault": "body", "path": "/api/v1/executions", "times": 1, "text": page.to_string()},
        {"fault": "body", "path": "/api/v1/executions", "text": "[]"},
    ]);
    scene.faults(faults);
    let pages = scene.pages().await;
    let words: Vec<&str> = pages[0]
        .rows
        .iter()
        .map(|row| row.status.word.as_str())
        .collect();
    assert_eq!(words, ["running"; 3], "rows without an id are each shown");
    let notice = pages[0].notice.as_ref().expect("a notice");
    assert_eq!(notice.as_str(), "2 rows came twice and are shown once");
}

#[tokio::test]
async fn an_empty_organisation_is_one_empty_page() {
    let scene = Scene::new();
    scene.faults(json!([{"fault": "body", "text": "[]"}]));
    let pages = scene.pages().await;
    assert_eq!((pages.len(), pages[0].rows.len()), (1, 0));
    assert_eq!(scene.simulator.requests().len(), 1);
}

#[tokio::test]
async fn a_page_that_is_not_a_list_ends_the_listing_with_an_error() {
    let scene = Scene::new();
    scene.faults(json!([{"fault": "body", "text": r#"{"executions": []}"#}]));
    let source = scene.source();
    let pages: Vec<_> = scene.client.list(&source).collect().await;
    assert!(matches!(pages[..], [Err(PlatformError::Unreadable { .. })]));
}

/// Lets both sides run until the server has heard so many requests, then a minute pass.
async fn a_minute_after<T>(
    server: &Canned,
    requests: usize,
    mut next: Pin<&mut impl Future<Output = T>>,
) -> T {
    while server.heard().len() < requests {
        assert!(poll!(next.as_mut()).is_pending(), "{requests} requests");
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        assert!(poll!(next.as_mut()).is_pending(), "it waits");
        tokio::task::yield_now().await;
    }
    assert_eq!(server.heard().len(), requests);
    pause();
    advance(Duration::from_secs(61)).await;
    resume();
    next.await
}

#[tokio::test]
async fn n27_a_rate_limit_in_the_middle_of_a_listing_is_waited_for_and_kept_to_from_then_on() {
    let server = Canned::start(|heard, before| match (heard.number("skip="), before) {
        (100, 0) => canned::answer(429, "retry-after: 60", ""),
        (8_000.., _) => canned::json(200, "[]"),
        (skip, _) => {
            let id = format!("3f2b6c1e-8d54-4c0a-9a57-{skip:012}");
            canned::json(200, &json!([{"id": id, "status": "running"}]).to_string())
        }
    })
    .await;
    let client = client_of(&server);
    let source = client.sources().await.expect("known").remove(0);
    let mut pages = client.list(&source);
    assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    let second = a_minute_after(&server, 2, pin!(pages.next())).await;
    assert!(
        second.is_some_and(|page| page.is_ok()),
        "the page behind the limit"
    );
    // The first two are a minute old.
    for _ in 0..66 {
        assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    }
    let next = a_minute_after(&server, 2 + 67, pin!(pages.next())).await;
    assert!(next.is_some_and(|page| page.is_ok()));
    assert!(pages.all(|page| future::ready(page.is_ok())).await);
}
