//! Service keys of SAP AI Core (`specs/sap-ai-core.md` 7). No message repeats a value of one.

use serde_json::Value;
use url::Url;

use crate::config::address::{self, UrlFault};
use crate::config::secret::{SecretFault, one_line};
use crate::domain::connection::{Credentials, PlatformId};
use crate::domain::text::Secret;

/// What a service key does not hold, as the rest of a sentence that begins with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ServiceKeyFault {
    #[error("is not a service key: it is not a JSON object")]
    NotJson,
    #[error("is not a whole service key: {0} missing")]
    Lacks(String),
    #[error(
        "holds an X.509 service key, and X.509 service keys are not supported yet; take one with a client secret"
    )]
    X509,
    #[error("holds a service key whose `{member}` {fault}")]
    Url {
        member: &'static str,
        fault: UrlFault,
    },
    #[error("holds a service key whose `clientsecret` {0}")]
    Secret(SecretFault),
}

/// A service key with a client secret.
#[derive(Debug)]
pub(super) struct ServiceKey {
    id: String,
    secret: Secret,
    auth_url: Option<String>,
    api_url: Option<String>,
}

impl ServiceKey {
    /// Reads the JSON text.
    pub(super) fn parse(text: &str) -> Result<Self, ServiceKeyFault> {
        let text = text.trim_start_matches('\u{feff}');
        let json = serde_json::from_str(text).map_err(|_| ServiceKeyFault::NotJson)?;
        Self::of(&json)
    }

    /// Reads the JSON of a service key, or the `credentials` of a service binding.
    pub(super) fn of(json: &Value) -> Result<Self, ServiceKeyFault> {
        if !json.is_object() {
            return Err(ServiceKeyFault::NotJson);
        }
        let member = |pointer: &str| member(json, pointer);
        if ["/certificate", "/key"]
            .into_iter()
            .any(|pointer| member(pointer).is_some())
        {
            return Err(ServiceKeyFault::X509);
        }
        let (Some(id), Some(secret)) = (member("/clientid"), member("/clientsecret")) else {
            let names = ["clientid", "clientsecret"];
            let lacking = names
                .into_iter()
                .filter(|name| member(&format!("/{name}")).is_none());
            return Err(ServiceKeyFault::Lacks(
                lacking.collect::<Vec<_>>().join(", "),
            ));
        };
        Ok(Self {
            id: id.to_owned(),
            secret: one_line(secret.to_owned()).map_err(ServiceKeyFault::Secret)?,
            auth_url: member("/url").map(str::to_owned),
            api_url: member("/serviceurls/AI_API_URL").map(str::to_owned),
        })
    }

    /// The root of the API, from `serviceurls.AI_API_URL`.
    pub(super) fn base_url(&self) -> Result<Url, ServiceKeyFault> {
        let member = "serviceurls.AI_API_URL";
        let base = |text: &str| address::base(PlatformId::SapAiCore, text);
        member_url(member, self.api_url.as_deref(), base)
    }

    /// Where its tokens come from.
    pub(super) fn token_url(&self) -> Result<Url, ServiceKeyFault> {
        member_url("url", self.auth_url.as_deref(), address::token)
    }

    /// The credentials, with tokens from that address.
    pub(super) fn sign_in(self, token_url: Url) -> Credentials {
        Credentials::Client {
            token_url: Some(token_url),
            id: self.id,
            secret: self.secret,
        }
    }
}

/// The text at that place, unless it is empty.
fn member<'a>(json: &'a Value, pointer: &str) -> Option<&'a str> {
    let text = json.pointer(pointer)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

fn member_url(
    member: &'static str,
    text: Option<&str>,
    read: impl Fn(&str) -> Result<Url, UrlFault>,
) -> Result<Url, ServiceKeyFault> {
    let text = text.ok_or_else(|| ServiceKeyFault::Lacks(member.to_owned()))?;
    read(text).map_err(|fault| ServiceKeyFault::Url { member, fault })
}
