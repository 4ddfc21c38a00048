//! Tokens and resource groups (sections 1 and 7).

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{EXECUTIONS, FAST, Sap, read, text};

#[tokio::test]
async fn a_token_is_given_for_the_secret_in_the_form_or_as_basic() {
    let sap = Sap::start(FAST).await;
    let ready = sap.simulator.ready().sap_ai_core;
    let wrong = sap.sign_in(&ready.client_id, "wrong").await;
    assert_eq!(wrong.status(), 401);
    let body: Value = wrong.json().await.expect("JSON");
    assert_eq!(
        body,
        json!({ "error": "unauthorized", "error_description": "Bad credentials" })
    );
    assert_eq!(sap.sign_in("nobody", "wrong").await.status(), 401);
    let basic = sap
        .client
        .post(sap.url("/oauth/token"))
        .basic_auth(ready.client_id, Some(ready.client_secret));
    let (status, granted) = read(basic.form(&[("grant_type", "client_credentials")])).await;
    assert_eq!(
        (status.as_u16(), &granted["expires_in"]),
        (200, &json!(43_199))
    );
    let (_, granted) = read(
        sap.client
            .post(sap.url("/oauth/token"))
            .form(&[("grant_type", "x")]),
    )
    .await;
    assert_eq!(granted["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn a_token_holds_for_its_lifetime() {
    let mut sap = Sap::start(FAST).await;
    sap.switched("token_lifetime", &json!(0));
    let ready = sap.simulator.ready().sap_ai_core;
    let granted: Value = sap
        .sign_in(&ready.client_id, &ready.client_secret)
        .await
        .json()
        .await
        .expect("JSON");
    sap.token = text(&granted["access_token"]);
    assert_eq!(sap.get("/v2/lm/meta").await.0, 401);
}

#[tokio::test]
async fn every_call_needs_a_token_and_every_listing_a_known_resource_group() {
    let mut sap = Sap::start(FAST).await;
    let bare = sap.client.get(sap.url(EXECUTIONS));
    assert_eq!(read(bare).await.0, 401);
    let without_group = sap.client.get(sap.url(EXECUTIONS)).bearer_auth(&sap.token);
    let (status, body) = read(without_group).await;
    assert_eq!(status, 400);
    assert!(text(&body["error"]["message"]).contains("AI-Resource-Group"));
    sap.group = "elsewhere";
    assert_eq!(
        sap.get(EXECUTIONS).await,
        (StatusCode::FORBIDDEN, json!("RBAC: access denied"))
    );
}
