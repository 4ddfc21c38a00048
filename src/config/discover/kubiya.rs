//! Kubiya's variables (`specs/kubiya.md` 2). Its context files contradict each other and are not read.

use crate::config::address;
use crate::config::discover::Account;
use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::parts::Parts;
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
    let parts = Parts::of_environment(environment, [KEY].into_iter().chain(URLS))?;
    if !parts.has(KEY) && !parts.has(OWN_URL) {
        findings.push(Finding::new(PlatformId::Kubiya, "not found", KEY));
        return Ok(None);
    }
    parts.require(&[KEY])?;
    let url = URLS.into_iter().find(|name| parts.has(name));
    Ok(Some(Account {
        base_url: match url {
            Some(name) => parts.url(name, |text| address::base(PlatformId::Kubiya, text))?,
            None => address::kubiya(),
        },
        credentials: Credentials::ApiKey(parts.secret(KEY)?),
        scopes: scopes::usual(PlatformId::Kubiya),
        origin: listed([KEY].into_iter().chain(url)),
    }))
}
