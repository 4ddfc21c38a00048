//! Signing in: each form of the token call, for the servers that know it, and no call more than needed.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const V1: &str = "POST /api/v1/token";
const V2: &str = "POST /api/v2/token";
const REFUSED: &str = r#"{"code":400,"message":"Invalid client credentials"}"#;

fn granted() -> Say {
    canned::json(200, r#"{"accessToken":"t","expiresIn":null}"#)
}

/// What came of the first sign-in, and the token calls it took.
async fn signed_in(
    say: impl Fn(&Heard) -> Say + Send + Sync + 'static,
) -> (Result<bool, PlatformError>, Vec<Heard>) {
    let server = Canned::start(move |heard, _| say(heard)).await;
    let client = client_of(&server, credentials());
    let first = client.http().sign_in().await;
    (first, server.heard())
}

#[tokio::test]
async fn a_server_that_knows_client_credentials_is_asked_once_in_the_spelling_of_the_spec() {
    let (answer, heard) = signed_in(|_| granted()).await;
    assert_eq!((answer, heard.len()), (Ok(true), 1));
    assert_eq!(heard[0].line, V1);
    let members =
        json!({ "grantType": "client_credentials", "clientID": "app", "clientSecret": "s3cret" });
    assert_eq!(heard[0].json(), members);
}

#[tokio::test]
async fn a_server_before_2_20_is_asked_for_an_app_token() {
    for refusal in [
        r#"{"code":400,"message":"grantType: client_credentials is not one of the allowed values"}"#,
        r#"{"error":"unsupported_grant_type"}"#,
    ] {
        let (answer, heard) = signed_in(move |heard| match heard.json()["grantType"].as_str() {
            Some("app_token") => granted(),
            _ => canned::json(400, refusal),
        })
        .await;
        let own = json!({ "grantType": "app_token", "appID": "app", "appSecret": "s3cret" });
        assert_eq!((answer, heard.len(), heard[1].json()), (Ok(true), 2, own));
    }
}

#[tokio::test]
async fn a_way_that_worked_is_the_way_of_every_later_token() {
    let scene = Scene::of(100);
    scene.version("2.19");
    let grants = || {
        let sent = scene.sent("POST", "/token").into_iter();
        sent.map(|call| {
            call.body["grantType"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect::<Vec<_>>()
    };
    assert!(!scene.rows().await.is_empty());
    assert_eq!(grants(), ["client_credentials", "app_token"]);
    scene.faults(json!([
        { "fault": "switch", "name": "version", "value": "2.19" },
        { "platform": "run_ai", "fault": "token_expired" },
    ]));
    assert!(!scene.rows().await.is_empty());
    assert_eq!(grants(), ["client_credentials", "app_token", "app_token"]);
}

#[tokio::test]
async fn a_server_without_version_1_is_asked_by_form() {
    let (answer, heard) = signed_in(|heard| match heard.line.as_str() {
        V1 => refuse(404, "Resource id not found."),
        _ => canned::json(
            200,
            r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#,
        ),
    })
    .await;
    assert_eq!(answer, Ok(true));
    let lines: Vec<&str> = heard.iter().map(|heard| heard.line.as_str()).collect();
    assert_eq!(lines, [V1, V2]);
    assert_eq!(
        heard[1].body,
        "grant_type=client_credentials&client_id=app&client_secret=s3cret"
    );
    assert_eq!(
        heard[1].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

#[tokio::test]
async fn refused_credentials_are_told_at_once_in_the_words_of_each_form() {
    let oauth =
        r#"{"error":"invalid_client","error_description":"Invalid client or client credentials"}"#;
    for (status, body, calls, words) in [
        (400, REFUSED, 1, "Invalid client credentials"),
        (
            401,
            r#"{"code":401,"message":"Issuer is not familiar."}"#,
            1,
            "Issuer is not familiar.",
        ),
        (
            403,
            r#"{"code":403,"message":"no","details":"blocked"}"#,
            1,
            "no: blocked",
        ),
        (
            400,
            r#"{"code":400,"message":"invalid_grant"}"#,
            1,
            "invalid_grant",
        ),
        (401, oauth, 1, "Invalid client or client credentials"),
    ] {
        let (answer, heard) = signed_in(move |_| canned::json(status, body)).await;
        let Err(PlatformError::Unauthorized { said, setting, .. }) = answer else {
            panic!("{body}: {answer:?}")
        };
        assert_eq!(
            (said.message.as_str(), setting, heard.len()),
            (words, "client_secret", calls)
        );
    }
    let (answer, heard) = signed_in(move |heard| match heard.line.as_str() {
        V1 => refuse(405, "Method not allowed."),
        _ => canned::json(401, oauth),
    })
    .await;
    let shown = answer.expect_err("refused").to_string();
    assert!(
        shown.contains("Invalid client or client credentials"),
        "{shown}"
    );
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn what_does_not_show_that_a_form_is_unknown_brings_no_other_form() {
    for (status, body) in [
        (404, "<html>no route</html>"),
        (405, "not here"),
        (400, "grant type"),
        (500, r#"{"code":500,"message":"Something went wrong."}"#),
        (200, r#"{"token":"canary"}"#),
        (200, r#"{"accessToken":"","expiresIn":60}"#),
    ] {
        let (answer, heard) = signed_in(move |_| canned::json(status, body)).await;
        let shown = answer.expect_err("no token").to_string();
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(heard.len(), 1, "{status} {body}");
    }
    // Nor is there a third: the other way was refused too.
    let (answer, heard) = signed_in(|_| refuse(400, "Grant type is not supported")).await;
    assert!(
        matches!(answer, Err(PlatformError::Unauthorized { .. })),
        "{answer:?}"
    );
    assert_eq!(heard.len(), 2);
}

/// A token that says so of itself.
fn jwt(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_answer_says_else_as_it_says_itself() {
    let now = Timestamp::now().as_second();
    let lives = |claims: &Value, expires_in: Value| {
        json!({ "accessToken": jwt(claims), "expiresIn": expires_in }).to_string()
    };
    // By a clock that is off by years, as long as the token has both its times.
    let own = json!({ "iat": 1_000, "exp": 1_900 });
    for (answer, seconds) in [
        (lives(&own, json!(3_600)), 3_540),
        (lives(&own, json!("3600")), 3_540),
        (lives(&own, json!(3_600.5)), 3_540),
        (lives(&own, json!(null)), 840),
        (lives(&own, json!("soon")), 840),
        (lives(&json!({ "exp": now + 700 }), json!(null)), 640),
        (lives(&json!({ "exp": 10 }), json!(null)), 270),
        (lives(&json!({ "exp": "later" }), json!(null)), 270),
        (json!({ "accessToken": "opaque" }).to_string(), 270),
    ] {
        let server = Canned::start(move |_, _| canned::json(200, &answer)).await;
        let client = client_of(&server, credentials());
        assert_eq!(client.http().sign_in().await, Ok(true));
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds - 20)).await;
        assert!(client.http().sign_in().await.is_ok());
        assert_eq!(server.count(V1), 1, "{seconds} s");
        tokio::time::advance(Duration::from_secs(40)).await;
        tokio::time::resume();
        assert!(client.http().sign_in().await.is_ok());
        assert_eq!(server.count(V1), 2, "{seconds} s");
    }
}

#[tokio::test]
async fn the_token_of_the_cli_is_used_as_it_is_and_its_end_names_the_command() {
    let server = Canned::start(|heard, _| match heard.header("authorization") {
        Some("Bearer of-the-cli") => canned::json(200, r#"{"workloads":[]}"#),
        _ => refuse(401, "Issuer is not familiar."),
    })
    .await;
    for (token, ends) in [("of-the-cli", false), ("ended", true)] {
        let client = client_of(&server, Credentials::ApiKey(Secret::new(token.to_owned())));
        let sources = client.sources().await.expect("known");
        let page = client.list(&sources[0]).next().await.expect("a page");
        assert_eq!(page.is_err(), ends);
        let shown = page.map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(shown.contains("run `runai login`"), ends, "{shown}");
    }
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.line.starts_with("GET "))
    );
    assert_eq!(server.heard().len(), 4, "a page and a count each");
}
