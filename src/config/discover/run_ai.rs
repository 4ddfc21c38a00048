//! Run:ai's variables (`specs/run-ai.md` 9).

use crate::config::address;
use crate::config::discover::Account;
use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::parts::Parts;
use crate::config::scopes;
use crate::domain::connection::{Credentials, PlatformId};

const NAMES: [&str; 3] = ["RUNAI_BASE_URL", "RUNAI_CLIENT_ID", "RUNAI_CLIENT_SECRET"];

pub(super) fn find(
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    let parts = Parts::of_environment(environment, NAMES)?;
    if parts.is_empty() {
        findings.push(Finding::new(PlatformId::RunAi, "not found", &listed(NAMES)));
        return Ok(None);
    }
    parts.require(&NAMES)?;
    Ok(Some(Account {
        base_url: parts.url(NAMES[0], |text| address::base(PlatformId::RunAi, text))?,
        credentials: Credentials::Client {
            token_url: None,
            id: parts.client_id(NAMES[1])?,
            secret: parts.secret(NAMES[2])?,
        },
        scopes: scopes::usual(PlatformId::RunAi),
        origin: listed(NAMES),
    }))
}
