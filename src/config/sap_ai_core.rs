//! The values that make an account on SAP AI Core, by the names they have where they stand
//! (`specs/sap-ai-core.md` 7).

use std::slice;

use serde_json::Value;
use url::Url;

use crate::config::address;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place};
use crate::config::keys::listed;
use crate::config::parts::Parts;
use crate::config::secret::{Read, SecretSource, pem};
use crate::domain::connection::{Credentials, PlatformId};
use crate::domain::text::Secret;

/// What the values are called in one kind of place.
#[derive(Debug)]
pub(super) struct Names {
    base_url: &'static str,
    /// Where tokens come from. The first is the one for certificates; where both are there, it counts.
    token_urls: [&'static str; 2],
    client_id: &'static str,
    ways: &'static [Way],
}

/// What proves who is asking.
#[derive(Debug)]
enum Way {
    Secret(&'static str),
    /// A certificate and its key.
    Texts([&'static str; 2]),
    /// Paths of both.
    Files([&'static str; 2]),
}

/// The members of a service key, and of the `credentials` of a service binding.
pub(super) static SERVICE_KEY: Names = Names {
    base_url: "serviceurls.AI_API_URL",
    token_urls: ["certurl", "url"],
    client_id: "clientid",
    ways: &[
        Way::Secret("clientsecret"),
        Way::Texts(["certificate", "key"]),
    ],
};

/// The variables of the SDK, and the members of its configuration file.
pub(super) static SDK: Names = Names {
    base_url: "AICORE_BASE_URL",
    token_urls: ["AICORE_CERT_URL", "AICORE_AUTH_URL"],
    client_id: "AICORE_CLIENT_ID",
    ways: &[
        Way::Secret("AICORE_CLIENT_SECRET"),
        Way::Texts(["AICORE_CERT_STR", "AICORE_KEY_STR"]),
        Way::Files(["AICORE_CERT_FILE_PATH", "AICORE_KEY_FILE_PATH"]),
    ],
};

impl Way {
    fn names(&self) -> &[&'static str] {
        match self {
            Self::Secret(name) => slice::from_ref(name),
            Self::Texts(pair) | Self::Files(pair) => pair,
        }
    }
}

impl Names {
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> {
        let [for_certificates, usual] = self.token_urls;
        let ways = self.ways.iter().flat_map(Way::names).copied();
        [self.base_url, for_certificates, usual, self.client_id]
            .into_iter()
            .chain(ways)
    }

    /// The root of the API.
    pub(super) fn base_url(&self, parts: &Parts<'_>) -> Result<Url, ConfigError> {
        let base = |text: &str| address::base(PlatformId::SapAiCore, text);
        parts.url(self.base_url, base)
    }

    /// Where tokens come from.
    pub(super) fn token_url(&self, parts: &Parts<'_>) -> Result<Url, ConfigError> {
        parts.url(self.token_name(parts), address::token)
    }

    fn token_name(&self, parts: &Parts<'_>) -> &'static str {
        let [for_certificates, usual] = self.token_urls;
        if parts.has(for_certificates) {
            return for_certificates;
        }
        usual
    }

    /// The one way to sign in of which anything is there.
    fn way(&self, parts: &Parts<'_>) -> Result<&'static Way, ConfigError> {
        let begun = |way: &&Way| way.names().iter().any(|name| parts.has(name));
        let begun: Vec<&Way> = self.ways.iter().filter(begun).collect();
        match begun[..] {
            [] => Ok(&self.ways[0]),
            [way] => Ok(way),
            _ => {
                let names = begun.iter().flat_map(|way| way.names());
                let names = listed(names.copied().filter(|name| parts.has(name)));
                Err(parts.error(format!("{names} found; keep one way to sign in")))
            }
        }
    }

    /// The credentials, with tokens from that address.
    pub(super) fn credentials(
        &self,
        parts: &Parts<'_>,
        token_url: Url,
        environment: &Environment,
    ) -> Result<Credentials, ConfigError> {
        let way = self.way(parts)?;
        parts.require(&[&[self.client_id], way.names()].concat())?;
        let id = parts.client_id(self.client_id)?;
        let (certificate, key) = match way {
            Way::Secret(name) => {
                return Ok(Credentials::Client {
                    token_url: Some(token_url),
                    id,
                    secret: parts.secret(name)?,
                });
            }
            Way::Texts([certificate, key]) => {
                (parts.read(certificate, pem)?, parts.read(key, pem)?)
            }
            Way::Files([certificate, key]) => (
                file(parts, certificate, environment, SecretSource::certificate)?,
                file(parts, key, environment, SecretSource::private_key)?,
            ),
        };
        Ok(Credentials::Certificate {
            token_url,
            id,
            certificate,
            key,
        })
    }

    /// Base URL and credentials; an error names everything that is missing.
    pub(super) fn account(
        &self,
        parts: &Parts<'_>,
        environment: &Environment,
    ) -> Result<(Url, Credentials), ConfigError> {
        let own = [self.base_url, self.token_name(parts), self.client_id];
        parts.require(&[&own, self.way(parts)?.names()].concat())?;
        let credentials = self.credentials(parts, self.token_url(parts)?, environment)?;
        Ok((self.base_url(parts)?, credentials))
    }
}

fn file(
    parts: &Parts<'_>,
    name: &'static str,
    environment: &Environment,
    read: Read,
) -> Result<Secret, ConfigError> {
    let source = SecretSource::File(parts.text(name)?.into());
    let wrong = |fault| parts.error(format!("`{name}`: {source} {fault}"));
    read(&source, environment).map_err(wrong)
}

/// A service key as an object. No message repeats a value of one.
pub(super) fn service_key(text: &str, place: Place, key: &str) -> Result<Value, ConfigError> {
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(json @ Value::Object(_)) => Ok(json),
        Ok(_) | Err(_) => Err(place.error(format!(
            "`{key}` is not a service key: it is not a JSON object"
        ))),
    }
}
