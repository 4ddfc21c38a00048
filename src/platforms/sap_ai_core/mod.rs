//! SAP AI Core by the AI API v2: executions and deployments of resource groups (`specs/sap-ai-core.md`).

mod change;
mod client;
mod inspect;
mod listing;
mod meta;
mod rules;
mod simulator;
mod wire;
mod words;

use std::sync::Arc;

use crate::domain::connection::{Connection, Credentials, PlatformId};
use crate::domain::error::PlatformError;
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::{Authorization, Dialect, Grant, Http, TokenRequest};
use crate::platforms::sap_ai_core::client::Client;
use crate::platforms::{Entry, Platform};

/// The way in.
pub static ENTRY: Entry = Entry {
    id: PlatformId::SapAiCore,
    open,
    answers: change::answered,
    verbs: &rules::VERBS,
    simulated: &simulator::SIMULATED,
};

fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    let (request, setting) = sign_in(&connection.credentials)?;
    let dialect = Dialect {
        authorization: Authorization::Token(request),
        setting,
        headers: &[("AI-Client-Type", "centurion")],
        error_body: words::refusal,
    };
    let http = Http::open(connection, dialect)?;
    Ok(Arc::new(Client::new(connection.clone(), http)))
}

/// The token call and the settings behind it. Its members travel as a form: ids have `!` and `|` in them,
/// secrets `$`, `=` and `+` (section 7). A certificate stands in for the secret, in the handshake.
fn sign_in(credentials: &Credentials) -> Result<(TokenRequest, &'static str), PlatformError> {
    let (url, id, secret, setting) = match credentials {
        Credentials::Client {
            token_url: Some(url),
            id,
            secret,
        } => (url, id, Some(secret), "client_id, client_secret"),
        Credentials::Certificate { token_url, id, .. } => {
            (token_url, id, None, "client_id, certificate, key")
        }
        Credentials::Client {
            token_url: None, ..
        }
        | Credentials::ApiKey(_) => {
            let why = "SAP AI Core signs in with `auth_url`, `client_id` and `client_secret`";
            return Err(PlatformError::Trust {
                why: Clean::new(why),
            });
        }
    };
    let mut members = vec![
        ("grant_type", Secret::new("client_credentials".to_owned())),
        ("client_id", Secret::new(id.clone())),
    ];
    members.extend(secret.map(|secret| ("client_secret", secret.clone())));
    let request = TokenRequest {
        url: url.clone(),
        members,
        json: false,
        grant: |body| Grant::read(body, &["access_token"], &["expires_in"]),
        others: Vec::new(),
    };
    Ok((request, setting))
}
