//! Reads: pages, rows by id, capabilities and resource groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use centurion::domain::action::Action;
use centurion::domain::resource::{Page, Reading};
use futures_util::StreamExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::{EXECUTIONS, Sap, asked, eval, json_answer, listing, page_of, row};
use crate::canned::{self, Canned, Say, answer};

pub(super) const COUNT: &str = "GET /v2/lm/executions/$count";

pub(super) fn notices(pages: &[Page]) -> Vec<String> {
    let notices = pages.iter().filter_map(|page| page.notice.as_ref());
    notices.map(ToString::to_string).collect()
}

/// A full page of a thousand ids from `first` on.
fn full_page(first: usize) -> Say {
    let rows: Vec<Value> = (first..first + 1_000)
        .map(|n| row(&format!("e{n:04}"), "DEAD"))
        .collect();
    json_answer(200, &json!({"resources": rows}))
}

#[tokio::test]
async fn every_call_names_its_resource_group_and_the_client() {
    let sap = Sap::with_bulk(|_, _| listing(&[("e001", "RUNNING")])).await;
    sap.rows().await;
    let heard = sap.server.heard();
    let lines: Vec<&str> = heard.iter().map(|heard| heard.line.as_str()).collect();
    let expected = ["POST /oauth/token", EXECUTIONS, "GET /v2/lm/meta", COUNT];
    assert_eq!(lines, expected);
    assert_eq!(
        heard[0].body,
        "grant_type=client_credentials&client_id=sb-1%21b2%7Caicore%21b3&client_secret=s%24e%3Dc%2Bret"
    );
    for call in &heard[1..] {
        assert_eq!(call.header("ai-resource-group"), Some("eval"));
        assert_eq!(call.header("ai-client-type"), Some("centurion"));
        assert_eq!(call.header("authorization"), Some("Bearer t"));
    }
}

#[tokio::test]
async fn l01_l02_pages_are_read_until_one_is_short_and_an_id_comes_once() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => full_page(0),
        _ => listing(&[("e0999", "DEAD"), ("e1000", "DEAD"), ("e1000", "DEAD")]),
    })
    .await;
    let pages = sap.pages().await;
    let sizes: Vec<usize> = pages.iter().map(|page| page.rows.len()).collect();
    assert_eq!(sizes, [1_000, 1]);
    let notice = pages[1].notice.as_ref().map(ToString::to_string);
    assert_eq!(
        notice.as_deref(),
        Some("2 rows came twice and are shown once")
    );
    assert!(!pages[1].lacks_rows);
    assert_eq!(
        sap.server
            .count("GET /v2/lm/executions?%24top=1000&%24skip=1000"),
        1
    );
}

#[tokio::test]
async fn l03_a_server_that_repeats_its_page_for_ever_is_not_read_for_ever() {
    let sap = Sap::with_bulk(|_, _| full_page(0)).await;
    let pages = sap.pages().await;
    assert_eq!(pages.len(), 2);
    let notice = pages[1].notice.as_ref().map(ToString::to_string);
    assert_eq!(
        notice.as_deref(),
        Some("list incomplete: the server repeats a page")
    );
}

#[tokio::test]
async fn l04_a_server_that_gives_fewer_rows_than_are_asked_for_is_read_to_its_count() {
    for (all, sizes) in [(1_200, vec![500, 500, 200]), (1_000, vec![500, 500])] {
        let sap = Sap::counted(move |heard, _| match heard.line.as_str() {
            COUNT => canned::json(200, &all.to_string()),
            _ => page_of(all, heard, 500),
        })
        .await;
        for listings in 1..3 {
            let pages = sap.pages().await;
            let came: Vec<usize> = pages.iter().map(|page| page.rows.len()).collect();
            assert_eq!(came, sizes);
            assert_eq!(pages.last().and_then(|page| page.total), Some(all));
            assert!(notices(&pages).is_empty());
            assert_eq!(sap.server.count(COUNT), listings);
        }
    }
}

#[tokio::test]
async fn l04_rows_that_the_server_counts_and_does_not_give_are_counted() {
    let sap = Sap::counted(|heard, _| match heard.line.as_str() {
        COUNT => answer(200, "content-type: text/plain", "500\n"),
        _ => page_of(480, heard, 1_000),
    })
    .await;
    for _ in 0..2 {
        let pages = sap.pages().await;
        let came: usize = pages.iter().map(|page| page.rows.len()).sum();
        assert_eq!(
            (came, pages.last().and_then(|page| page.total)),
            (480, Some(500))
        );
    }
    assert_eq!(
        sap.server
            .count("GET /v2/lm/executions?%24top=1000&%24skip=480"),
        2
    );
}

#[tokio::test]
async fn l04_a_count_that_cannot_be_had_or_read_costs_one_more_page() {
    for count in ["many", "-1", r#"{"count":7}"#, ""] {
        let sap = Sap::counted(move |heard, _| match heard.line.as_str() {
            COUNT => canned::json(200, count),
            _ => page_of(3, heard, 1_000),
        })
        .await;
        let pages = sap.pages().await;
        let came = pages.iter().map(|page| (page.rows.len(), page.total));
        assert_eq!(came.collect::<Vec<_>>(), [(3, None), (0, None)]);
        assert!(notices(&pages).is_empty());
        let more = "GET /v2/lm/executions?%24top=1000&%24skip=3";
        assert_eq!((sap.server.count(COUNT), sap.server.count(more)), (1, 1));
    }
}

#[tokio::test]
async fn l04_without_a_count_pages_are_read_until_one_is_shorter_than_another() {
    let sap = Sap::counted(|heard, _| match heard.line.as_str() {
        COUNT => canned::json(404, ""),
        _ => page_of(1_200, heard, 500),
    })
    .await;
    let pages = sap.pages().await;
    let came: Vec<usize> = pages.iter().map(|page| page.rows.len()).collect();
    assert_eq!(came, [500, 500, 200]);
}

#[tokio::test]
async fn only_a_source_with_as_many_rows_as_ever_came_at_once_is_counted_and_that_each_time() {
    let sap = Sap::counted(|heard, _| match heard.line.as_str() {
        COUNT => canned::json(200, "40"),
        line if line.contains("executions") => page_of(40, heard, 1_000),
        _ => page_of(39, heard, 1_000),
    })
    .await;
    for listings in 1..4 {
        for (source, rows) in sap.sources().iter().zip([40, 39]) {
            assert_eq!(sap.rows_of(source).await.len(), rows);
        }
        assert_eq!(sap.server.count(COUNT), listings);
    }
    assert_eq!(sap.server.count("GET /v2/lm/deployments/$count"), 0);
}

#[tokio::test]
async fn l04_rows_that_are_new_behind_a_page_that_stays_full_are_seen_at_once() {
    let all = Arc::new(AtomicUsize::new(500));
    let there = Arc::clone(&all);
    let sap = Sap::counted(move |heard, _| {
        let all = there.load(Ordering::Relaxed);
        match heard.line.as_str() {
            COUNT => canned::json(200, &all.to_string()),
            _ => page_of(all, heard, 500),
        }
    })
    .await;
    for rows in [500, 500, 501, 1_200] {
        all.store(rows, Ordering::Relaxed);
        assert_eq!(sap.rows().await.len(), rows);
    }
}

/// So much time passes at once.
pub(super) async fn pass(time: Duration) {
    pause();
    advance(time).await;
    resume();
}

#[tokio::test]
async fn l03_a_server_that_counts_without_end_is_read_for_a_thousand_pages() {
    let sap = Sap::counted(|heard, _| match heard.line.as_str() {
        COUNT => canned::json(200, "1000000000"),
        _ => page_of(usize::MAX, heard, 2),
    })
    .await;
    let pages = sap.pages().await;
    assert_eq!(pages.len(), 1_000);
    assert_eq!(
        notices(&pages),
        ["list incomplete: only the first 1,000 pages are read"]
    );
    let lacking: Vec<bool> = pages.iter().map(|page| page.lacks_rows).collect();
    assert_eq!(lacking.iter().filter(|lacks| **lacks).count(), 1);
}

#[tokio::test]
async fn n15_a_page_that_is_too_large_is_read_in_halves_and_a_row_that_is_alone_is_said() {
    let sap = Sap::counted(|heard, _| match heard.line.as_str() {
        COUNT => canned::json(200, "600"),
        line if !line.contains("top") => canned::json(404, ""),
        _ => {
            let (top, skip) = asked(heard);
            let monster = 300;
            if (skip..skip + top).contains(&monster) && skip < 600 {
                return canned::json(200, &" ".repeat(17 << 20));
            }
            page_of(600, heard, 1_000)
        }
    })
    .await;
    let pages = sap.pages().await;
    assert_eq!(pages[0].rows.len(), 599);
    assert_eq!(
        notices(&pages),
        ["list incomplete: 1 row is too large to be read"]
    );
    assert_eq!(pages[1].total, Some(600));
}

#[tokio::test]
async fn a_page_that_the_server_finds_too_large_is_read_in_halves() {
    let sap = Sap::with_bulk(|heard, _| match asked(heard) {
        (501.., _) => canned::json(413, r#"{"error":{"code":"413","message":"at most 500"}}"#),
        _ => page_of(700, heard, 1_000),
    })
    .await;
    let pages = sap.pages().await;
    assert_eq!(pages[0].rows.len(), 700);
    assert!(notices(&pages).is_empty());
}

#[tokio::test]
async fn rows_do_not_wait_for_capabilities_or_a_count_that_never_come() {
    let server = Canned::start(|heard, _| match heard.line.as_str() {
        "POST /oauth/token" => json_answer(200, &json!({"access_token": "t"})),
        EXECUTIONS => listing(&[("e001", "RUNNING")]),
        "GET /v2/lm/executions?%24top=1000&%24skip=1" => listing(&[]),
        _ => Say::Silence,
    })
    .await;
    let sap = Sap::over(server, eval());
    let source = sap.source();
    let mut pages = sap.client.list(&source);
    for (waits_for, rows) in [("GET /v2/lm/meta", 1), (COUNT, 0)] {
        let mut next = pages.next();
        while sap.server.count(waits_for) == 0 {
            assert!(futures_util::poll!(&mut next).is_pending());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        pass(Duration::from_secs(3)).await;
        let page = next.await.expect("a page").expect("rows");
        assert_eq!((page.rows.len(), page.total), (rows, None));
    }
    assert!(pages.next().await.is_none());
    // Bulk was not heard of: one by one works everywhere.
    assert_eq!(
        sap.plan(&source, Action::Stop).await[0].operations().len(),
        1
    );
}

#[tokio::test]
async fn a_page_that_fails_ends_the_listing_after_the_rows_before_it() {
    let sap = Sap::with_bulk(|heard, _| match heard.line.as_str() {
        EXECUTIONS => full_page(0),
        _ => canned::json(400, r#"{"error":{"code":"1","message":"no more"}}"#),
    })
    .await;
    let source = sap.source();
    let pages: Vec<_> = sap.client.list(&source).collect().await;
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0].as_ref().map(|page| page.rows.len()), Ok(1_000));
    assert!(pages[1].is_err());
}

#[tokio::test]
async fn a_listing_that_is_none_is_an_error_and_not_an_empty_list() {
    for body in ["{}", r#"{"resources":null}"#, "[]", ""] {
        let sap = Sap::with_bulk(move |_, _| canned::json(200, body)).await;
        let source = sap.source();
        let pages: Vec<_> = sap.client.list(&source).collect().await;
        assert!(matches!(pages.as_slice(), [Err(_)]), "{body}: {pages:?}");
    }
}

#[tokio::test]
async fn n23_n24_a_missing_row_rejects_its_change_and_only_the_platform_can_say_that_it_is_gone() {
    let own = r#"{"error":{"code":"01010020","message":"Execution not found"}}"#;
    let sap = Sap::without_bulk(move |heard, _| match heard.line.as_str() {
        EXECUTIONS => listing(&[("e001", "DEAD")]),
        "GET /v2/lm/executions/e009" => answer(404, "content-type: text/html", "<html>no route"),
        "GET /v2/lm/executions/e007" => canned::json(404, "no healthy upstream"),
        "GET /v2/lm/executions/e008" => canned::json(
            404,
            r#"{"error":{"code":"01000404","message":"Not found"}}"#,
        ),
        _ => canned::json(404, own),
    })
    .await;
    let told = sap.carry_out(Action::Delete).await;
    assert_eq!(told, ["e001: rejected 01010020 Execution not found []"]);
    assert_eq!(sap.read("e001").await, Ok(Reading::Gone));
    assert_eq!(
        sap.read("e008").await,
        Ok(Reading::Gone),
        "whatever its code"
    );
    let text = sap.read("e007").await.expect_err("no proof");
    assert_eq!(text, "refused: HTTP 404: no healthy upstream; check `url`");
    let page = sap.read("e009").await.expect_err("no proof");
    assert_eq!(
        page,
        "refused: HTTP 404: Not Found: a page, not an API answer; check `url`"
    );
}

#[tokio::test]
async fn r12_a_deployment_that_is_not_found_by_id_and_listed_as_unknown_is_there() {
    const NEW: &str = "GET /v2/lm/deployments?%24top=1000&%24skip=0&status=UNKNOWN";
    const MORE: &str = "GET /v2/lm/deployments?%24top=1000&%24skip=1&status=UNKNOWN";
    let sap = Sap::with_bulk(|heard, before| match (heard.line.as_str(), before) {
        (NEW, 0 | 1) => listing(&[("d000", "UNKNOWN")]),
        (MORE, 0) => listing(&[("d001", "UNKNOWN")]),
        (NEW, _) => canned::json(400, r#"{"error":{"code":"1","message":"no"}}"#),
        (line, _) if line.ends_with("UNKNOWN") => listing(&[]),
        _ => canned::json(
            404,
            r#"{"error":{"code":"01010016","message":"Deployment not found"}}"#,
        ),
    })
    .await;
    let deployments = sap.sources().swap_remove(1);
    let Ok(Reading::Found(found)) = sap.read_of(&deployments, "d001").await else {
        panic!("it is listed")
    };
    assert_eq!(
        (found.key.id.raw(), found.status.word.as_str()),
        ("d001", "UNKNOWN")
    );
    // Once for all reads of some seconds, however many rows of a batch are gone.
    let gone = join_all((2..102).map(|n| {
        let id = format!("d{n:03}");
        let (sap, deployments) = (&sap, &deployments);
        async move { sap.read_of(deployments, &id).await }
    }))
    .await;
    assert!(gone.iter().all(|reading| *reading == Ok(Reading::Gone)));
    assert_eq!(sap.server.count(NEW), 1);
    pass(Duration::from_secs(6)).await;
    assert_eq!(sap.read_of(&deployments, "d001").await, Ok(Reading::Gone));
    pass(Duration::from_secs(6)).await;
    let failed = sap.read_of(&deployments, "d001").await;
    assert_eq!(failed, Err("refused: HTTP 400: no, code 1".to_owned()));
    assert_eq!(sap.read("e001").await, Ok(Reading::Gone));
    assert_eq!(sap.server.count(NEW), 3, "executions are found at once");
    let asked = sap.server.heard();
    let asked = asked.iter().find(|heard| heard.line == NEW);
    assert_eq!(
        asked.and_then(|heard| heard.header("ai-resource-group")),
        Some("eval")
    );
}

#[tokio::test]
async fn a_row_read_by_id_is_that_row() {
    let sap = Sap::with_bulk(|_, _| json_answer(200, &row("e001", "STOPPING"))).await;
    let Ok(Reading::Found(found)) = sap.read("e001").await else {
        panic!("it is there")
    };
    assert_eq!(found.status.word.as_str(), "STOPPING");
    assert_eq!(found.scope.as_str(), "eval");
    assert!(
        sap.read("e002").await.is_err(),
        "an answer about another id proves nothing"
    );
}
