//! What leaves a connection and what it makes of the answers, told by a server that misbehaves on purpose.

mod sign_in;
mod waits;

use std::fmt::Write as _;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use centurion::domain::connection::{
    Connection, ConnectionName, Credentials, PlatformId, ReadOnly, Scopes,
};
use centurion::domain::error::{PlatformError, Refusal};
use centurion::domain::outcome::ChangeEvent;
use centurion::domain::text::Secret;
use centurion::platforms::http::{
    Authorization, Call, Dialect, Grant, Http, Sending, Sent, TokenRequest, lane_stop,
    until_stopped,
};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, poll};
use serde_json::Value;
use tokio::time::{advance, pause, resume};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::canned::{Canned, Heard, Say, answer, json};

fn connection(server: &Canned, scheme: &str) -> Connection {
    connection_to(server.url(scheme, ""))
}

pub(crate) fn connection_to(base_url: Url) -> Connection {
    Connection {
        name: ConnectionName::new("prod").expect("a name"),
        platform: PlatformId::Kubiya,
        base_url,
        credentials: Credentials::ApiKey(secret("key")),
        scopes: Scopes::All,
        protected: false,
        color: None,
        read_only: ReadOnly::No,
        ca_file: None,
        origin: "a test".to_owned(),
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn open(connection: &Connection, authorization: Authorization) -> Http {
    let dialect = Dialect {
        authorization,
        setting: "api_key",
        headers: &[("x-client", "centurion")],
        error_body: |_, _| -> Option<Refusal> { None },
    };
    Http::open(connection, dialect).expect("loopback needs no certificates")
}

pub(crate) fn key() -> Authorization {
    Authorization::Key(secret("key"))
}

fn with_key(server: &Canned) -> Http {
    open(&connection(server, "http"), key())
}

/// Tokens from `token_server`: its whole answer is the token.
fn with_token(server: &Canned, token_server: &Canned) -> Http {
    let request = TokenRequest {
        url: token_server.url("http", "/token"),
        members: vec![("client_secret", secret("canary$with=odd+chars"))],
        json: false,
        grant: |body| match std::str::from_utf8(body) {
            Ok(token) if !token.is_empty() => Ok(Grant {
                token: secret(token),
                lifetime: None,
            }),
            _ => Err("no token in it".to_owned()),
        },
        others: Vec::new(),
    };
    open(&connection(server, "http"), Authorization::Token(request))
}

pub(crate) fn get() -> Call {
    Call::get(["rows"])
}

pub(crate) fn post() -> Call {
    let body = serde_json::json!({"ids": ["a"]});
    Call::new("POST", ["batch"]).json("application/json", &body)
}

/// How a change ends that nobody asks to wait for.
pub(crate) async fn end(mut events: BoxStream<'_, Sending>) -> Sent {
    loop {
        match events.next().await {
            Some(Sending::Meanwhile(ChangeEvent::Note(_))) => {}
            Some(Sending::Ended(sent)) => return sent,
            other => panic!("expected the end, got {other:?}"),
        }
    }
}

/// Runs a future that sleeps and waits for no other machine, with the clock pushed on.
async fn hurried<T>(future: impl Future<Output = T>) -> T {
    pause();
    let mut future = pin!(future);
    loop {
        if let std::task::Poll::Ready(out) = poll!(&mut future) {
            resume();
            return out;
        }
        advance(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_call_carries_its_headers_its_bearer_and_an_encoded_path() {
    let server = Canned::start(|_, _| json(200, "{}")).await;
    let call = Call::get(["rows", "a/b", "$count"])
        .query("q", "x y")
        .header("ai-resource-group", "eval");
    let http = with_key(&server);
    assert_eq!(http.path_of(&call), "/rows/a%2Fb/$count");
    http.read(call).await.expect("an answer");
    let heard = &server.heard()[0];
    assert_eq!(heard.line, "GET /rows/a%2Fb/$count?q=x+y");
    assert_eq!(heard.header("authorization"), Some("Bearer key"));
    assert_eq!(heard.header("ai-resource-group"), Some("eval"));
    assert_eq!(heard.header("x-client"), Some("centurion"));
}

#[tokio::test]
async fn n08_n09_a_change_whose_connection_closes_unanswered_is_lost_and_left_once() {
    let fresh = Canned::start(|_, _| Say::Nothing).await;
    let sent = end(with_key(&fresh).change(post())).await;
    assert!(
        matches!(sent, Sent::Lost(PlatformError::Cut { .. })),
        "{sent:?}"
    );
    assert_eq!(fresh.heard().len(), 1);

    let reused = Canned::start(|_, before| {
        if before == 0 {
            json(200, "{}")
        } else {
            Say::Nothing
        }
    })
    .await;
    let http = with_key(&reused);
    assert!(matches!(end(http.change(post())).await, Sent::Answered(_)));
    let sent = end(http.change(post())).await;
    assert!(
        matches!(sent, Sent::Lost(PlatformError::Cut { .. })),
        "{sent:?}"
    );
    assert_eq!(reused.heard().len(), 2);
}

#[tokio::test]
async fn n10_n11_an_answer_that_is_cut_or_no_http_is_a_lost_change() {
    let broken: [&str; 4] = [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"a\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\nconnection: close\r\n\r\nabcd",
        "connection: close\r\n\r\n",
    ];
    for bytes in broken {
        let server = Canned::start(move |_, _| Say::Bytes(bytes.into())).await;
        let sent = end(with_key(&server).change(post())).await;
        assert!(
            matches!(sent, Sent::Lost(PlatformError::Cut { .. })),
            "{bytes}: {sent:?}"
        );
        assert_eq!(server.heard().len(), 1, "{bytes}");
    }
}

#[tokio::test]
async fn n16_an_answer_that_names_a_member_twice_or_lists_too_much_is_a_lost_change() {
    let list = |length: usize| format!(r#"{{"ok":["a"{}]}}"#, r#","b""#.repeat(length - 1));
    let answers = [
        (
            r#"{"ok":["a"],"no":[{"id":"a"}]," no":[{"id":"b"}]}"#,
            false,
        ),
        (r#"{"ok":["a"],"no":[{"id":"a"}],"no":[]}"#, true),
        (r#"[{"id":"a","error":{"code":1},"\u0065rror":null}]"#, true),
        ("{\"ok\":", true),
        (" ", false),
        (&list(10_000), false),
        (&list(10_001), true),
    ];
    for (body, lost) in answers {
        let sent = body.to_owned();
        let server = Canned::start(move |_, _| json(200, &sent)).await;
        let sent = end(with_key(&server).change(post())).await;
        assert_eq!(matches!(sent, Sent::Lost(_)), lost, "{body}: {sent:?}");
        assert_eq!(matches!(sent, Sent::Answered(_)), !lost, "{body}: {sent:?}");
    }
}

#[tokio::test]
async fn n14_nothing_reaches_the_target_of_a_redirect() {
    let target = Canned::start(|_, _| json(200, "token")).await;
    for status in [301, 302, 303, 307, 308] {
        let header = format!("location: {}?code=secret", target.url("http", "/elsewhere"));
        let server = Canned::start(move |_, _| answer(status, &header, "")).await;
        let sent = end(with_key(&server).change(post())).await;
        let Sent::Lost(error) = sent else {
            panic!("{sent:?}")
        };
        let host = target.url("http", "").to_string();
        assert!(
            error.to_string().contains(host.trim_end_matches('/')),
            "{error}"
        );
        assert!(!error.to_string().contains("secret"), "{error}");

        let read = with_key(&server).read(get()).await;
        assert!(
            matches!(read, Err(PlatformError::Redirected { .. })),
            "{read:?}"
        );
        let signed_in = with_token(&target, &server).read(get()).await;
        assert!(
            matches!(signed_in, Err(PlatformError::Redirected { .. })),
            "{signed_in:?}"
        );
    }
    assert_eq!(target.heard().len(), 0);
}

#[tokio::test]
async fn n12_a_page_is_not_an_answer() {
    let page = |_: &Heard, _| answer(200, "content-type: text/html", "<html>sign in</html>");
    let server = Canned::start(page).await;
    let http = with_key(&server);
    let read = http.read(get()).await.expect_err("a page");
    assert!(
        read.to_string().contains("signed out, or behind a portal?"),
        "{read}"
    );
    let sent = end(http.change(post())).await;
    assert!(
        matches!(sent, Sent::Lost(PlatformError::NotAnApi { .. })),
        "{sent:?}"
    );
}

#[tokio::test]
async fn statuses_of_a_change_say_whether_it_can_have_happened() {
    for (status, lost) in [
        (400, false),
        (404, false),
        (409, false),
        (413, false),
        (422, false),
    ]
    .into_iter()
    .chain([
        (408, true),
        (500, true),
        (502, true),
        (503, true),
        (504, true),
    ]) {
        let server = Canned::start(move |_, _| json(status, "why")).await;
        let sent = end(with_key(&server).change(post())).await;
        assert_eq!(matches!(sent, Sent::Lost(_)), lost, "{status}: {sent:?}");
        assert_eq!(
            matches!(sent, Sent::Refused(_)),
            !lost,
            "{status}: {sent:?}"
        );
        assert_eq!(server.heard().len(), 1, "{status}");
    }
}

/// A gzip stream of `'a'` that unpacks to about `size` bytes: one literal, then matches of 258 bytes, in
/// fixed Huffman codes (RFC 1951, 3.2.6).
pub(crate) fn gzip_bomb(size: usize) -> Vec<u8> {
    let mut bits: Vec<u8> = vec![1, 1, 0];
    let mut code = |value: u32, length: u32| {
        bits.extend((0..length).rev().map(|bit| (value >> bit & 1) as u8));
    };
    code(0x30 + u32::from(b'a'), 8);
    for _ in 0..size / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    let packed = bits
        .chunks(8)
        .map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | bit));
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend(packed);
    out.extend([0; 8]);
    out
}

#[tokio::test]
async fn n15_a_body_is_read_up_to_the_cap_counted_after_unpacking() {
    let bomb = gzip_bomb(20 << 20);
    assert!(bomb.len() < 1 << 20);
    let server = Canned::start(move |_, _| {
        let mut head = String::from("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n");
        let _ = write!(
            head,
            "content-length: {}\r\nconnection: close\r\n\r\n",
            bomb.len()
        );
        Say::Bytes([head.as_bytes(), &bomb].concat())
    })
    .await;
    let http = with_key(&server);
    let read = http.read(get()).await.expect_err("too large");
    assert!(read.to_string().contains("larger than 16 MiB"), "{read}");
    let sent = end(http.change(post())).await;
    assert!(
        matches!(sent, Sent::Lost(PlatformError::TooLarge { .. })),
        "{sent:?}"
    );
}

#[tokio::test]
async fn n02_a_refused_connection_leaves_the_change_unsent_and_names_host_and_port() {
    let server = Canned::start(|_, _| Say::Nothing).await;
    let mut gone = connection(&server, "http");
    // Port 1 is reserved, and nobody listens there.
    gone.base_url.set_port(Some(1)).expect("a port");
    let http = open(&gone, key());
    let sent = hurried(end(http.change(post()))).await;
    let Sent::NotSent(error) = sent else {
        panic!("{sent:?}")
    };
    assert!(
        error
            .to_string()
            .starts_with("cannot connect to 127.0.0.1:1: Connection refused"),
        "{error}"
    );
}

#[tokio::test]
async fn n02_n19_n27_what_a_server_said_before_it_was_gone_stands() {
    let tokens = Canned::start(|_, before| json(200, &format!("t{before}"))).await;
    for status in [429, 401] {
        let last_words = "connection: close\r\nretry-after: 1";
        let said = move |_: &Heard, _| answer(status, last_words, "not now");
        let server = Canned::gone_after_one(said).await;
        let http = with_token(&server, &tokens);
        let mut events = http.change(post());
        let first = events.next().await;
        assert!(matches!(first, Some(Sending::Meanwhile(_))), "{first:?}");
        let sent = hurried(end(events)).await;
        let Sent::Refused(error) = sent else {
            panic!("{status}: {sent:?}")
        };
        let said = error.said().expect("the server's own words");
        assert_eq!((said.status, said.message.as_str()), (status, "not now"));
        assert_eq!(server.heard().len(), 1);
    }
}

#[tokio::test]
async fn n19_a_change_that_is_stopped_after_a_401_was_refused() {
    let stop = CancellationToken::new();
    let stops = stop.clone();
    let tokens = Canned::start(move |_, before| {
        if before == 1 {
            stops.cancel();
        }
        json(200, &format!("t{before}"))
    })
    .await;
    let server = Canned::start(|_, _| json(401, "old token")).await;
    let http = with_token(&server, &tokens);
    let sent = until_stopped(stop, end(http.change(post()))).await;
    let Sent::Refused(error) = &sent else {
        panic!("{sent:?}")
    };
    let said = error.said().expect("the server's own words");
    assert_eq!((said.status, said.message.as_str()), (401, "old token"));
    // The credentials have just brought a new token: other calls of the lane may well fare better.
    assert_eq!(lane_stop(&sent, false), None);
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn n05_a_server_without_tls_leaves_the_change_unsent() {
    let server = Canned::start(|_, _| Say::Nothing).await;
    let http = open(&connection(&server, "https"), key());
    let sent = end(http.change(post())).await;
    assert!(
        matches!(sent, Sent::NotSent(PlatformError::Tls { .. })),
        "{sent:?}"
    );
}

#[tokio::test]
async fn an_id_that_would_widen_the_call_never_leaves() {
    let server = Canned::start(|_, _| json(202, "{}")).await;
    let sent = end(with_key(&server).change(Call::new("DELETE", ["executions", ".."]))).await;
    assert!(matches!(sent, Sent::NotSent(_)), "{sent:?}");
    assert_eq!(server.heard().len(), 0);
}

#[tokio::test]
async fn n11_n17_what_cannot_be_read_shows_its_first_200_characters_cleaned_and_odd_bytes_are_replaced()
 {
    let bodies = [
        format!("{{\"a\": \u{1b}[2J {}", "x".repeat(500)).into_bytes(),
        b"\xef\xbb\xbf{\"a\":\"\xff\"}".to_vec(),
    ];
    let server = Canned::start(move |_, before| {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            bodies[before].len()
        );
        Say::Bytes([head.as_bytes(), &bodies[before]].concat())
    })
    .await;
    let http = with_key(&server);
    let cut = http.read(get()).await.expect("whole").json::<Value>();
    let Err(PlatformError::Unreadable { start, .. }) = cut else {
        panic!("cut JSON was read: {cut:?}")
    };
    assert!(
        start.as_str().starts_with("{\"a\": \\u{1b}[2J xxx"),
        "{start}"
    );
    assert!((200..210).contains(&start.as_str().len()), "{start}");
    let odd = http.read(get()).await.expect("whole").json::<Value>();
    assert_eq!(odd.expect("JSON")["a"], "\u{fffd}");
}

#[tokio::test]
async fn a_refusal_in_a_foreign_shape_is_told_by_its_start() {
    let cases = [
        (403, "RBAC: access denied\n", "RBAC: access denied"),
        (404, "", "Not Found; check `url`"),
        (
            404,
            "<html>",
            "Not Found: a page, not an API answer; check `url`",
        ),
        (499, " ", "no reason given"),
    ];
    for (status, body, words) in cases {
        let server = Canned::start(move |_, _| json(status, body)).await;
        let error = with_key(&server).read(get()).await.expect_err("refused");
        assert_eq!(error.said().expect("words").message.as_str(), words);
    }
}
