//! Waiting and trying again: how often, how long, and how many at once.

use std::collections::HashSet;
use std::pin::{Pin, pin};
use std::time::Duration;

use centurion::domain::error::PlatformError;
use centurion::domain::outcome::ChangeEvent;
use centurion::platforms::http::{Sending, Sent};
use futures_util::future::join_all;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, poll};
use tokio::time::{advance, pause, resume};

use super::{end, get, post, with_key};
use crate::canned::{Canned, Say, answer};

/// The next event, after a wait of so long that nobody has to sit through.
async fn skip(events: &mut BoxStream<'_, Sending>, seconds: u64) -> Option<Sending> {
    pause();
    let mut next = pin!(events.next());
    assert!(poll!(&mut next).is_pending(), "the wait is observed");
    advance(Duration::from_secs(seconds)).await;
    resume();
    next.await
}

/// How long is waited before the change is sent again.
fn wait(event: Option<&Sending>) -> u64 {
    let Some(Sending::Meanwhile(ChangeEvent::Waiting { seconds })) = event else {
        panic!("{event:?}")
    };
    *seconds
}

#[tokio::test]
async fn n27_every_form_of_retry_after_gives_a_wait_that_is_shown_and_capped() {
    let forms = [
        ("retry-after: 7", 7..=7),
        (
            "date: Sun, 22 Nov 2026 09:41:00 GMT\r\nretry-after: Sun, 22 Nov 2026 09:41:30 GMT",
            30..=30,
        ),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT", 5..=6),
        ("retry-after: soon", 5..=6),
        ("x-nothing: said", 5..=6),
        ("retry-after: 31536000", 120..=120),
        ("retry-after: 0", 1..=1),
    ];
    for (header, expected) in forms {
        let server = Canned::start(move |_, _| answer(429, header, "slow down")).await;
        let http = with_key(&server);
        let first = http.change(post()).next().await;
        assert!(
            expected.contains(&wait(first.as_ref())),
            "{header}: {first:?}"
        );
        assert_eq!(server.heard().len(), 1);
    }
}

#[tokio::test]
async fn n27_a_change_is_sent_three_times_at_most() {
    let server = Canned::start(|_, _| answer(429, "retry-after: 90", "slow down")).await;
    let http = with_key(&server);
    let mut events = http.change(post());
    assert_eq!(wait(events.next().await.as_ref()), 90);
    assert_eq!(wait(skip(&mut events, 90).await.as_ref()), 90);
    let last = skip(&mut events, 90).await;
    let Some(Sending::Ended(Sent::Refused(PlatformError::RateLimited { retry_after, .. }))) = last
    else {
        panic!("{last:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(90)));
    assert!(events.next().await.is_none());
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn n27_waits_grow_and_differ_where_the_server_names_none() {
    let server = Canned::start(|_, _| answer(429, "x-nothing: said", "slow down")).await;
    let http = with_key(&server);
    let mut later = HashSet::new();
    for _ in 0..64 {
        let mut events = http.change(post());
        let first = wait(events.next().await.as_ref());
        assert!((5..=6).contains(&first), "{first}");
        let second = wait(skip(&mut events, first).await.as_ref());
        assert!((10..=12).contains(&second), "{second}");
        later.insert(second);
    }
    assert!(later.len() > 1, "all would come back together: {later:?}");
}

#[tokio::test]
async fn n27_a_wait_that_is_not_sat_out_sends_nothing() {
    let server = Canned::start(|_, _| answer(429, "retry-after: 1", "")).await;
    let http = with_key(&server);
    let mut events = http.change(post());
    events.next().await;
    drop(events);
    pause();
    advance(Duration::from_secs(5)).await;
    resume();
    // A second request, were there one, would have come by now.
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn n28_a_read_is_tried_three_times_until_the_retries_of_the_connection_are_used_up() {
    let server = Canned::start(|_, _| answer(503, "retry-after: 0", "{}")).await;
    let http = with_key(&server);
    let error = http.read(get()).await.expect_err("down");
    assert!(
        matches!(error, PlatformError::ServerFailed { .. }),
        "{error}"
    );
    assert_eq!(server.heard().len(), 3);
    for _ in 0..9 {
        http.read(get()).await.expect_err("down");
    }
    assert_eq!(server.heard().len(), 10 + 10, "ten reads share ten retries");
}

#[tokio::test]
async fn n27_a_read_does_not_sit_out_a_long_wait() {
    let server = Canned::start(|_, _| answer(429, "retry-after: 60", "")).await;
    let error = with_key(&server).read(get()).await.expect_err("limited");
    assert_eq!(error.to_string(), "rate limit: HTTP 429, retry after 1m00s");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn n27_a_read_that_is_not_told_when_to_come_back_leaves_the_wait_to_its_source() {
    for header in ["x-nothing: said", "retry-after: soon"] {
        let server = Canned::start(move |_, _| answer(429, header, "slow down")).await;
        let error = with_key(&server).read(get()).await.expect_err("limited");
        assert_eq!(error.to_string(), "rate limit: HTTP 429");
        assert_eq!(server.heard().len(), 1, "{header}");
    }
}

#[tokio::test]
async fn eight_calls_of_a_connection_are_in_flight_at_most() {
    let server = Canned::start(|_, _| Say::Silence).await;
    let http = with_key(&server);
    let mut reads = pin!(join_all((0..20).map(|_| http.read(get()))));
    let mut turns = 0;
    while server.heard().len() < 8 || turns < 500 {
        assert!(poll!(&mut reads).is_pending());
        tokio::task::yield_now().await;
        turns += 1;
    }
    assert_eq!(server.heard().len(), 8);
}

/// Lets both sides run until the server has heard the call, then as many seconds pass.
async fn silent_for<T>(server: &Canned, mut call: Pin<&mut impl Future<Output = T>>, seconds: u64) {
    while server.heard().is_empty() {
        assert!(poll!(call.as_mut()).is_pending());
        tokio::task::yield_now().await;
    }
    pause();
    advance(Duration::from_secs(seconds)).await;
    resume();
}

#[tokio::test]
async fn n03_silence_ends_a_read_after_its_idle_limit_and_it_is_not_tried_again() {
    let server = Canned::start(|_, _| Say::Silence).await;
    let http = with_key(&server);
    let mut read = pin!(http.read(get()));
    silent_for(&server, read.as_mut(), 31).await;
    let error = read.await.expect_err("silence");
    assert!(error.to_string().ends_with("within 30 s"), "{error}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn n03_a_change_may_think_for_longer_and_is_lost_at_its_total_limit() {
    let server = Canned::start(|_, _| Say::Silence).await;
    let http = with_key(&server);
    let mut change = pin!(end(http.change(post())));
    silent_for(&server, change.as_mut(), 160).await;
    assert!(poll!(change.as_mut()).is_pending());
    silent_for(&server, change.as_mut(), 21).await;
    let sent = change.await;
    let Sent::Lost(error) = sent else {
        panic!("{sent:?}")
    };
    assert!(error.to_string().ends_with("within 3m00s"), "{error}");
    assert_eq!(server.heard().len(), 1);
}
