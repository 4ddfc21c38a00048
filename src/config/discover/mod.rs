//! What the platforms' own tools left in the environment, taken without being configured.
//!
//! A source that is set in part is a fault, never an account half signed in, and stops no other.

mod kubiya;
mod run_ai;
mod sap_ai_core;

use url::Url;

use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::config::finding::Finding;
use crate::config::read_only::Run;
use crate::config::scopes;
use crate::domain::connection::{Connection, ConnectionName, Credentials, PlatformId, Scopes};

/// An account found in the environment.
struct Account {
    base_url: Url,
    credentials: Credentials,
    scopes: Scopes,
    /// The variables or the file it was found in.
    origin: String,
}

/// What is found for each platform, as connections that bear the platform's name, and why others cannot
/// be used. A name that the file gave to a connection of its own is not looked for.
pub(super) fn find(
    environment: &Environment,
    configured: &[Connection],
    run: Run,
    findings: &mut Vec<Finding>,
) -> (Vec<Connection>, Vec<ConfigError>) {
    let (mut connections, mut unusable) = (Vec::new(), Vec::new());
    for platform in PlatformId::ALL {
        let name = ConnectionName::new(platform.config_word()).expect("platforms have sound names");
        if let Some(taken) = configured.iter().find(|connection| connection.name == name) {
            findings.push(Finding::new(
                platform,
                "not looked for, its name is taken",
                &taken.origin,
            ));
            continue;
        }
        let find = match platform {
            PlatformId::SapAiCore => sap_ai_core::find,
            PlatformId::RunAi => run_ai::find,
            PlatformId::Kubiya => kubiya::find,
        };
        match find(environment, findings) {
            Ok(Some(account)) => {
                note(&account, platform, &name, findings);
                connections.push(connection(account, platform, name, run));
            }
            Ok(None) => {}
            Err(error) => unusable.push(error),
        }
    }
    (connections, unusable)
}

fn note(
    account: &Account,
    platform: PlatformId,
    name: &ConnectionName,
    findings: &mut Vec<Finding>,
) {
    let origin = &account.origin;
    let value = format!("found, used as connection {name}");
    findings.push(Finding::new(platform, &value, origin));
    let mut of = |key, value: &str| findings.push(Finding::of(name, key, value, origin));
    of("url", account.base_url.as_str());
    if let Some(id) = account.credentials.account() {
        of("client_id", id.as_str());
    }
    of("scopes", &scopes::shown(&account.scopes));
}

fn connection(
    account: Account,
    platform: PlatformId,
    name: ConnectionName,
    run: Run,
) -> Connection {
    Connection {
        name,
        platform,
        base_url: account.base_url,
        credentials: account.credentials,
        scopes: account.scopes,
        protected: false,
        color: None,
        read_only: run.or_file(false),
        ca_file: None,
        origin: account.origin,
    }
}
