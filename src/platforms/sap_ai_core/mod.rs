//! SAP AI Core by the AI API v2: executions and deployments of resource groups (`specs/sap-ai-core.md`).

mod change;
mod client;
mod listing;
mod meta;
mod rules;
mod simulator;
mod wire;
mod words;

use std::sync::Arc;
use std::time::Duration;

use crate::domain::connection::{Connection, Credentials, PlatformId};
use crate::domain::error::PlatformError;
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::{Authorization, Dialect, Http, TokenRequest};
use crate::platforms::sap_ai_core::client::Client;
use crate::platforms::{Entry, Platform};

/// The way in.
pub static ENTRY: Entry = Entry {
    id: PlatformId::SapAiCore,
    open,
    verbs: &rules::VERBS,
    simulated: &simulator::SIMULATED,
};

fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    let dialect = Dialect {
        authorization: Authorization::Token(token_request(&connection.credentials)?),
        setting: "client_id, client_secret",
        headers: &[("AI-Client-Type", "centurion")],
        change_limit: Duration::from_secs(120),
        error_body: words::refusal,
    };
    let http = Http::open(connection, dialect)?;
    Ok(Arc::new(Client::new(connection.clone(), http)))
}

/// Client credentials as a form: ids have `!` and `|` in them, secrets `$`, `=` and `+` (section 7).
fn token_request(credentials: &Credentials) -> Result<TokenRequest, PlatformError> {
    let Credentials::Client {
        token_url: Some(url),
        id,
        secret,
    } = credentials
    else {
        let why = "SAP AI Core signs in with `auth_url`, `client_id` and `client_secret`";
        return Err(PlatformError::Trust {
            why: Clean::new(why),
        });
    };
    Ok(TokenRequest {
        url: url.clone(),
        members: vec![
            ("grant_type", Secret::new("client_credentials".to_owned())),
            ("client_id", Secret::new(id.clone())),
            ("client_secret", secret.clone()),
        ],
        json: false,
        grant: words::grant,
    })
}
