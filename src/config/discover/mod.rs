//! What the platforms' own tools left in the environment, taken without being configured.
//!
//! A source that is set in part is an error, never an account half signed in.

mod kubiya;
mod run_ai;
mod sap_ai_core;

use url::Url;

use crate::config::address;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place};
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::read_only::Run;
use crate::config::scopes;
use crate::config::secret::one_line;
use crate::domain::connection::{Connection, ConnectionName, Credentials, PlatformId, Scopes};
use crate::domain::text::{Clean, Secret};

/// An account found in the environment.
struct Account {
    base_url: Url,
    credentials: Credentials,
    scopes: Scopes,
    /// The variables or the file it was found in.
    origin: String,
}

/// What is found for each platform, as connections that bear the platform's name. A name that the
/// file gave to a connection of its own is not looked for.
pub(super) fn find(
    environment: &Environment,
    configured: &[Connection],
    run: Run,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Connection>, ConfigError> {
    let mut connections = Vec::new();
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
        if let Some(account) = account(platform, environment, findings)? {
            note(&account, platform, &name, findings);
            connections.push(connection(account, platform, name, run));
        }
    }
    Ok(connections)
}

fn account(
    platform: PlatformId,
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    match platform {
        PlatformId::SapAiCore => sap_ai_core::find(environment, findings),
        PlatformId::RunAi => run_ai::find(environment, findings),
        PlatformId::Kubiya => kubiya::find(environment, findings),
    }
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
    findings.push(Finding::of(name, "url", account.base_url.as_str(), origin));
    if let Some(id) = account.credentials.account() {
        findings.push(Finding::of(name, "client_id", id.as_str(), origin));
    }
    findings.push(Finding::of(
        name,
        "scopes",
        &scopes::shown(&account.scopes),
        origin,
    ));
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

/// Values by name from one place.
struct Parts<'a> {
    place: Place,
    values: Vec<(&'static str, Option<&'a str>)>,
}

impl<'a> Parts<'a> {
    fn of_environment(
        environment: &'a Environment,
        names: &[&'static str],
    ) -> Result<Self, ConfigError> {
        let value = |name: &&'static str| Ok((*name, environment.text(name)?));
        let values = names
            .iter()
            .map(value)
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            place: Place::Environment,
            values,
        })
    }

    /// The names of the values that are there.
    fn present(&self) -> impl Iterator<Item = &'static str> {
        self.values
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(name, _)| *name)
    }

    fn is_empty(&self) -> bool {
        self.present().next().is_none()
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.and_then(|(_, value)| *value)
    }

    /// The values of these names, in their order; an error where one is not there.
    fn all<const N: usize>(&self, names: [&'static str; N]) -> Result<[&'a str; N], ConfigError> {
        let values: Vec<_> = names.iter().filter_map(|name| self.value(name)).collect();
        values.try_into().map_err(|_| self.incomplete(&names))
    }

    fn incomplete(&self, names: &[&'static str]) -> ConfigError {
        let missing = names
            .iter()
            .copied()
            .filter(|name| self.value(name).is_none());
        let (found, missing) = (listed(self.present()), listed(missing));
        self.place.clone().error(format!(
            "{found} found, but not {missing}; set what is missing, or unset what is there"
        ))
    }

    fn base_url(
        &self,
        platform: PlatformId,
        key: &'static str,
        text: &str,
    ) -> Result<Url, ConfigError> {
        let wrong = |fault| self.place.clone().error(format!("`{key}` {fault}"));
        address::base(platform, text).map_err(wrong)
    }

    fn token_url(&self, key: &'static str, text: &str) -> Result<Url, ConfigError> {
        let wrong = |fault| self.place.clone().error(format!("`{key}` {fault}"));
        address::token(text).map_err(wrong)
    }

    fn secret(&self, key: &'static str, text: &str) -> Result<Secret, ConfigError> {
        let wrong = |fault| self.place.clone().no_secret(key, "the value", fault);
        one_line(text.to_owned()).map_err(wrong)
    }

    fn client_id(&self, key: &'static str, text: &str) -> Result<String, ConfigError> {
        if !text.chars().any(char::is_control) {
            return Ok(text.to_owned());
        }
        let found = format!("is \"{}\"", Clean::new(text));
        let form = "a client id without control characters";
        Err(self.place.clone().wrong(key, found, form))
    }
}
