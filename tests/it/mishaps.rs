//! What the dashboard says of a connection that is set up wrong.

use centurion::domain::connection::{Connection, Credentials, PlatformId, Scopes};
use centurion::domain::resource::Scope;
use centurion::domain::text::Secret;
use serde_json::{Value, json};

use crate::harness::world;
use crate::tls::{Authority, Front};

/// What the dashboard says of a connection of that platform, once it is as adjusted.
async fn trouble(
    platform: PlatformId,
    faults: &Value,
    adjust: impl Fn(&mut Connection) + 'static,
) -> String {
    let world = world().faults(faults.clone());
    let dashboard = world.adjust(move |connection| {
        if connection.platform == platform {
            adjust(connection);
        }
    });
    let dashboard = dashboard.open().await;
    let states = dashboard.model().lanes.sources();
    let mut errors = states
        .filter(|state| state.source.platform == platform)
        .filter_map(|state| state.health.error());
    errors.next().expect("a source that fails").to_string()
}

fn with_a_wrong_secret(connection: &mut Connection) {
    match &mut connection.credentials {
        Credentials::Client { secret, .. } | Credentials::ApiKey(secret) => {
            *secret = Secret::new("c4n4ry-7f3e".to_owned());
        }
        Credentials::Certificate { .. } => panic!("the simulator knows secrets"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_mishaps_of_a_connection_give_five_different_texts_on_the_dashboard_of_each_platform()
{
    let authority = Authority::new("ours");
    let expired = authority.signs("127.0.0.1", (2000, 2001), "h2");
    for platform in PlatformId::ALL {
        let file = authority.file();
        let front = Front::before("http://127.0.0.1:1", expired.clone());
        let https = format!("https://{}", front.address);
        let forbidden = json!([{"method": "GET", "path": "*s", "fault": "status", "status": 403, "body": "RBAC: access denied"}]);
        let none = json!([]);
        let mut texts = vec![
            (
                "HTTP 404",
                trouble(platform, &none, |connection| {
                    let path = format!("/elsewhere{}", connection.base_url.path());
                    connection.base_url.set_path(&path);
                })
                .await,
            ),
            (
                "refused the credentials",
                trouble(platform, &none, with_a_wrong_secret).await,
            ),
            (
                "its certificate has expired",
                trouble(platform, &none, move |connection| {
                    connection.base_url = https.parse().expect("a URL");
                    connection.ca_file = Some(file.clone());
                })
                .await,
            ),
            ("not permitted", trouble(platform, &forbidden, |_| ()).await),
        ];
        if platform == PlatformId::SapAiCore {
            assert!(texts[0].1.contains("check `url`"), "{}", texts[0].1);
            assert!(texts[3].1.contains("lacks a role"), "{}", texts[3].1);
            let wrong = trouble(platform, &none, |connection| {
                connection.scopes = Scopes::Named(vec![Scope::new("no-such-group")]);
            });
            texts.push(("does not have: check `scopes`", wrong.await));
        }
        for (words, text) in &texts {
            let fitting: Vec<_> = texts
                .iter()
                .filter(|(words, _)| text.contains(words))
                .collect();
            assert_eq!(fitting.len(), 1, "{text}: {fitting:?}");
            assert!(text.contains(words), "{words} is not in: {text}");
        }
    }
}
