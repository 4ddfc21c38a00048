//! Kubiya's variables (`specs/kubiya.md` 2). Its context files contradict each other and are not read.

use crate::config::address;
use crate::config::discover::{Account, Parts};
use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::config::finding::Finding;
use crate::config::scopes;
use crate::domain::connection::{Credentials, PlatformId};

const KEY: &str = "KUBIYA_API_KEY";
const OWN_URL: &str = "KUBIYA_CONTROL_PLANE_BASE_URL";

/// In the order of Kubiya's own tools. The last two are names anybody may use, so that alone they say nothing.
const URLS: [&str; 3] = [OWN_URL, "CONTROL_PLANE_GATEWAY_URL", "CONTROL_PLANE_URL"];

pub(super) fn find(
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    let parts = Parts::of_environment(environment, &[KEY, OWN_URL])?;
    if parts.is_empty() {
        findings.push(Finding::new(PlatformId::Kubiya, "not found", KEY));
        return Ok(None);
    }
    let [secret] = parts.all([KEY])?;
    let (variable, address) = address(environment)?;
    let key = variable.unwrap_or(OWN_URL);
    Ok(Some(Account {
        base_url: parts.base_url(PlatformId::Kubiya, key, address)?,
        credentials: Credentials::ApiKey(parts.secret(KEY, secret)?),
        scopes: scopes::usual(PlatformId::Kubiya),
        origin: variable.map_or_else(|| KEY.to_owned(), |variable| format!("{KEY}, {variable}")),
    }))
}

/// The first address that is set, with its variable, or Kubiya's own.
fn address(environment: &Environment) -> Result<(Option<&'static str>, &str), ConfigError> {
    for name in URLS {
        if let Some(address) = environment.text(name)? {
            return Ok((Some(name), address));
        }
    }
    Ok((None, address::KUBIYA))
}
