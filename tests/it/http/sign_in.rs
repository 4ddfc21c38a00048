//! Signing in: one token for all calls, one renewal, and no loop when neither is taken.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{
    BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD,
};
use centurion::domain::connection::Credentials;
use centurion::domain::error::PlatformError;
use centurion::domain::outcome::ChangeEvent;
use centurion::platforms::http::{Authorization, Grant, Http, Sending, Sent, TokenRequest};
use futures_util::StreamExt;
use futures_util::future::join_all;
use tokio::time::{advance, pause, resume};

use super::{connection, connection_to, end, get, open, post, secret, with_key, with_token};
use crate::canned::{Canned, Heard, Say, answer, json};

#[tokio::test]
async fn n19_one_new_token_serves_all_calls_that_used_the_old_one() {
    let tokens = Canned::start(|_, before| json(200, &format!("t{before}"))).await;
    let stale = |heard: &Heard| heard.header("authorization") == Some("Bearer t0");
    let server =
        Canned::start(move |heard, _| json(if stale(heard) { 401 } else { 200 }, "{}")).await;
    let http = with_token(&server, &tokens);
    let answers = join_all((0..6).map(|_| http.read(get()))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(tokens.count("POST /token"), 2);
    assert_eq!(server.heard().len(), 12);
    assert_eq!(
        tokens.heard()[0].body,
        "client_secret=canary%24with%3Dodd%2Bchars"
    );
}

#[tokio::test]
async fn n19_a_change_refused_with_an_old_token_leaves_once_more() {
    let tokens = Canned::start(|_, before| json(200, &format!("t{before}"))).await;
    let server = Canned::start(|_, before| json(if before == 0 { 401 } else { 202 }, "{}")).await;
    let http = with_token(&server, &tokens);
    let events: Vec<Sending> = http.change(post()).collect().await;
    let [
        Sending::Meanwhile(ChangeEvent::Note(note)),
        Sending::Ended(Sent::Answered(_)),
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(note.as_str(), "signed in again: the token had ended");
    assert_eq!((server.heard().len(), tokens.heard().len()), (2, 2));
}

#[tokio::test]
async fn n20_a_change_that_got_a_401_is_refused_where_no_new_token_can_be_had() {
    let broken: [fn() -> Say; 3] = [
        || json(401, r#"{"error":"invalid_client"}"#),
        || json(503, "{}"),
        || Say::Nothing,
    ];
    for say in broken {
        let first = move |before| if before == 0 { json(200, "t0") } else { say() };
        let tokens = Canned::start(move |_, before| first(before)).await;
        let server = Canned::start(|_, _| json(401, "no")).await;
        let sent = end(with_token(&server, &tokens).change(post())).await;
        assert!(
            matches!(sent, Sent::Refused(PlatformError::Unauthorized { .. })),
            "{sent:?}"
        );
        assert_eq!(server.heard().len(), 1, "one send");
        assert_eq!(tokens.heard().len(), 2, "the first token and one refresh");
    }
}

#[tokio::test]
async fn n20_a_new_token_that_is_refused_too_brings_no_further_token_call() {
    let tokens = Canned::start(|_, before| json(200, &format!("t{before}"))).await;
    let server = Canned::start(|_, _| json(401, "go away")).await;
    let http = with_token(&server, &tokens);
    let answers = join_all((0..6).map(|_| http.read(get()))).await;
    let sent = end(http.change(post())).await;
    for answer in answers {
        assert!(
            matches!(answer, Err(PlatformError::Unauthorized { .. })),
            "{answer:?}"
        );
    }
    assert!(
        matches!(sent, Sent::Refused(PlatformError::Unauthorized { .. })),
        "{sent:?}"
    );
    assert_eq!(tokens.count("POST /token"), 2, "the first and one renewal");
}

#[tokio::test]
async fn n20_n21_a_refused_sign_in_is_asked_once_and_told_in_the_endpoints_own_words() {
    let body = r#"{"error":"unauthorized","error_description":"Bad credentials"}"#;
    for status in [400, 401, 403] {
        let tokens = Canned::start(move |_, _| json(status, body)).await;
        let server = Canned::start(|_, _| json(200, "{}")).await;
        let http = with_token(&server, &tokens);
        let answers = join_all((0..6).map(|_| http.read(get()))).await;
        for answer in answers {
            let error = answer.expect_err("no sign-in").to_string();
            assert_eq!(
                error,
                "Kubiya refused the credentials (Bad credentials, code unauthorized); check `api_key`"
            );
        }
        let sent = end(http.change(post())).await;
        assert!(
            matches!(sent, Sent::NotSent(PlatformError::Unauthorized { .. })),
            "{sent:?}"
        );
        assert_eq!(
            (tokens.heard().len(), server.heard().len()),
            (1, 0),
            "{status}"
        );
    }
}

#[tokio::test]
async fn n21_a_token_endpoint_that_fails_is_told_from_refused_credentials() {
    type Case = (fn() -> Say, &'static str);
    let cases: [Case; 3] = [
        (
            || answer(503, "retry-after: 0", "{}"),
            "the server failed: HTTP 503",
        ),
        (
            || answer(200, "content-type: text/html", "<html>sign in"),
            "not an API answer",
        ),
        (|| json(200, ""), "no token in it"),
    ];
    for (say, words) in cases {
        let tokens = Canned::start(move |_, _| say()).await;
        let server = Canned::start(|_, _| json(200, "{}")).await;
        let error = with_token(&server, &tokens)
            .read(get())
            .await
            .expect_err("no token");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(server.heard().len(), 0);
    }
}

#[tokio::test]
async fn a_key_that_is_refused_is_refused_at_once() {
    let server = Canned::start(|_, _| json(401, "")).await;
    let error = with_key(&server).read(get()).await.expect_err("refused");
    assert!(
        matches!(error, PlatformError::Unauthorized { .. }),
        "{error}"
    );
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn p7_no_secret_shows_in_debug_output() {
    let server = Canned::start(|_, _| json(200, "{}")).await;
    let http = with_token(&server, &server);
    http.read(get()).await.expect("an answer");
    assert!(!format!("{http:?}").contains("canary"));
}

/// The key of a connection, as a server may say it back within a JSON text.
const ECHOES: [&str; 9] = [
    r#"S3cret\"Canary$=+x&/y"#,
    r#"S3cret\"Canary$=+x\u0026\/y"#,
    r"S3cret\u0022Canary$=\u002Bx\u0026\u002fy",
    r"\u0053\u0033cret\u0022\u0043anary\u0024\u003d\u002b\u0078\u0026\u002f\u0079",
    r#"S3cret\\\"Canary$=+x\\u0026\\\/y"#,
    "S3cret%22Canary%24%3D%2Bx%26%2Fy",
    "S3cret%22Canary%24%3d%2bx%26%2fy",
    "UzNjcmV0IkNhbmFyeSQ9K3gmL3",
    "TM2NyZXQiQ2FuYXJ5JD0reCYve",
];

const ODD_KEY: &str = r#"S3cret"Canary$=+x&/y"#;

fn with_odd_key(server: &Canned) -> Http {
    with_this_key(server, ODD_KEY)
}

fn with_this_key(server: &Canned, key: &str) -> Http {
    let mut connection = connection_to(server.url("http", ""));
    let key = || secret(key);
    connection.credentials = Credentials::ApiKey(key());
    open(&connection, Authorization::Key(key()))
}

#[tokio::test]
async fn p7_a_secret_that_a_server_says_back_is_struck_out_of_its_answer() {
    for status in [200, 400, 500] {
        let echo = move |_: &Heard, _| json(status, &format!("\"you sent {}\"", ECHOES.join(" ")));
        let server = Canned::start(echo).await;
        let sent = end(with_odd_key(&server).change(post())).await;
        let told = match &sent {
            Sent::Answered(reply) => reply.json::<String>().expect("still JSON"),
            Sent::Refused(error) | Sent::Lost(error) | Sent::NotSent(error) => format!("{error:?}"),
        };
        let struck = format!("you sent{}", " ***".repeat(ECHOES.len()));
        assert!(told.contains(&struck), "{told}");
        let sent = server.heard().remove(0);
        let bearer = sent.header("authorization").expect("a key");
        assert_eq!(
            bearer,
            format!("Bearer {ODD_KEY}"),
            "only what comes back is changed"
        );
    }
}

#[tokio::test]
async fn p7_a_secret_is_struck_wherever_a_base64_text_holds_it() {
    let texts =
        ["", "a", "ab", "Bearer ", "client:"].map(|text| format!("{text}{ODD_KEY} and more"));
    let codes = [STANDARD_NO_PAD, URL_SAFE_NO_PAD]
        .map(|code| texts.each_ref().map(|text| code.encode(text)));
    let said = codes.concat().join(" ");
    let body = format!("\"{}\"", said.replace('/', "\\/"));
    let server = Canned::start(move |_, _| json(200, &body)).await;
    let reply = with_odd_key(&server).read(get()).await.expect("whole");
    let told = reply.json::<String>().expect("a text");
    for (said, told) in said.split(' ').zip(told.split(' ')) {
        let (head, tail) = told.split_once("***").expect("struck out");
        assert!(
            said.len() - head.len() - tail.len() >= ODD_KEY.len(),
            "{told}"
        );
    }
}

#[tokio::test]
async fn ordinary_words_stay_whatever_a_secret_may_be_read_as() {
    let body = r#""ABC \\\\u00zz \\\\ 100% %zz""#;
    let server = Canned::start(move |_, _| json(200, body)).await;
    for key in ["%41%42%43", r"\\\\\\\\\\", "ABC", ODD_KEY] {
        let http = with_this_key(&server, key);
        let reply = http.read(get()).await.expect("whole");
        assert_eq!(String::from_utf8_lossy(&reply.body), body, "{key}");
    }
}

#[tokio::test]
async fn p7_a_secret_that_a_server_says_back_in_a_header_is_struck_out_of_the_error() {
    for (status, header, words) in [
        (
            200,
            r#"content-type: text/html; for="S3cret"Canary$=+x&/y""#,
            r#"(text/html; for="***")"#,
        ),
        (
            302,
            "location: https://s3cret.S3cret%22Canary%24%3d%2bx%26%2fy.test/",
            "redirect to https://s3cret.***.test:443",
        ),
    ] {
        let server = Canned::start(move |_, _| answer(status, header, "x")).await;
        let error = with_odd_key(&server).read(get()).await.expect_err("odd");
        assert!(error.to_string().contains(words), "{error}");
    }
}

/// How a token server words the lifetime: in seconds, or not at all.
fn lifetime(body: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(body).expect("text");
    text.parse().ok().map(Duration::from_secs)
}

#[tokio::test]
async fn n21_a_token_is_renewed_in_time_and_neither_in_a_tight_loop_nor_never() {
    let day = 86_400;
    for (said, used) in [
        ("43199", 43_139),
        ("600", 540),
        ("100", 90),
        ("1", 5),
        ("0", 270),
        ("soon", 270),
        ("18446744073709551615", 7 * day - 60),
    ] {
        let tokens = Canned::start(move |_, _| json(200, said)).await;
        let server = Canned::start(|_, _| json(200, "{}")).await;
        let request = TokenRequest {
            url: tokens.url("http", "/token"),
            members: Vec::new(),
            json: false,
            grant: |body| {
                Ok(Grant {
                    token: secret("t"),
                    lifetime: lifetime(body),
                })
            },
            others: Vec::new(),
        };
        let http = open(&connection(&server, "http"), Authorization::Token(request));
        for (pass, calls) in [(0, 1), (used - 2, 1), (3, 2)] {
            pause();
            advance(Duration::from_secs(pass)).await;
            resume();
            http.read(get()).await.expect("an answer");
            assert_eq!(tokens.heard().len(), calls, "{said} after {pass} s");
        }
    }
}
