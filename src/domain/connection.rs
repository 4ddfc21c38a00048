//! Connections: the configured accounts, checked before anything is contacted.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::domain::resource::{Kind, Scope, Source};
use crate::domain::text::{Clean, Secret};

/// A service centurion speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlatformId {
    /// SAP AI Core, by the AI API v2.
    SapAiCore,
    /// The NVIDIA Run:ai control plane.
    RunAi,
    /// The Kubiya Agent Control Plane.
    Kubiya,
}

impl PlatformId {
    /// Every platform, in the order of the header.
    pub const ALL: [Self; 3] = [Self::SapAiCore, Self::RunAi, Self::Kubiya];

    /// As the configuration names it, and the name of a connection found in the environment.
    pub const fn config_word(self) -> &'static str {
        match self {
            Self::SapAiCore => "sap-ai-core",
            Self::RunAi => "run-ai",
            Self::Kubiya => "kubiya",
        }
    }

    /// The name in sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SapAiCore => "SAP AI Core",
            Self::RunAi => "Run:ai",
            Self::Kubiya => "Kubiya",
        }
    }

    /// What people type for it.
    pub const fn spellings(self) -> [&'static str; 3] {
        match self {
            Self::SapAiCore => ["sap-ai-core", "SAP AI Core", "sapaicore"],
            Self::RunAi => ["run-ai", "Run:ai", "runai"],
            Self::Kubiya => ["kubiya", "Kubiya", "KUBIYA"],
        }
    }

    /// The name in the header and the PLATFORM column, at most six columns.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SapAiCore => "SAP",
            Self::RunAi => "RUN:AI",
            Self::Kubiya => "KUBIYA",
        }
    }

    /// What its scopes are called, before a colon: `rg:default`.
    pub const fn scope_prefix(self) -> &'static str {
        match self {
            Self::SapAiCore => "rg",
            Self::RunAi => "project",
            Self::Kubiya => "org",
        }
    }

    /// What one of its scopes is called, and what several are.
    pub const fn scope_words(self) -> [&'static str; 2] {
        match self {
            Self::SapAiCore => ["resource group", "resource groups"],
            Self::RunAi => ["project", "projects"],
            Self::Kubiya => ["organisation", "organisations"],
        }
    }

    /// How long one of its change requests may take in all (`RELIABILITY.md` 3). A Kubiya batch answers only
    /// when its last id is done, one engine call after the other (`specs/kubiya.md` 7).
    pub const fn change_limit(self) -> Duration {
        match self {
            Self::SapAiCore | Self::RunAi => Duration::from_secs(120),
            Self::Kubiya => Duration::from_secs(180),
        }
    }

    /// The kinds it lists.
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::SapAiCore => &[Kind::Execution, Kind::Deployment],
            Self::RunAi => &[Kind::Workload],
            Self::Kubiya => &[Kind::Execution],
        }
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name the operator gave a connection: 1 to 40 of `a-z A-Z 0-9 - _ .`, checked when read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionName(Arc<str>);

impl ConnectionName {
    /// The name, or `None` where it breaks the rule above. It is typed to confirm, so it must be typeable.
    pub fn new(name: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let good = (1..=40).contains(&name.len()) && name.chars().all(allowed);
        good.then(|| Self(name.into()))
    }

    /// The name; safe to draw.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The parts of a connection that are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes {
    /// These, by name.
    Named(Vec<Scope>),
    /// All the account may see (`"*"`, and the default for Run:ai and Kubiya).
    All,
}

/// How a connection signs in. Secrets were read when the configuration was.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// OAuth client credentials; the token is fetched from `token_url` (SAP) or the base URL (Run:ai: `None`).
    Client {
        /// Where tokens come from, where it is not the base URL.
        token_url: Option<Url>,
        /// The account; shown in the plan.
        id: String,
        /// Its secret.
        secret: Secret,
    },
    /// As [`Credentials::Client`], proven by an X.509 certificate (`specs/sap-ai-core.md` 7).
    Certificate {
        /// Where tokens come from; nobody else is shown the certificate.
        token_url: Url,
        /// The account; shown in the plan.
        id: String,
        /// PEM: the certificate, then those between it and its root.
        certificate: Secret,
        /// PEM: the private key of the certificate.
        key: Secret,
    },
    /// Sent with each call: Kubiya's key, or the token the Run:ai CLI signed in for.
    ApiKey(Secret),
}

impl Credentials {
    /// The account's name, where the credentials have one: keys and tokens that are JWTs name theirs.
    pub fn account(&self) -> Option<Clean> {
        match self {
            Self::Client { id, .. } | Self::Certificate { id, .. } => Some(Clean::new(id)),
            Self::ApiKey(key) => {
                let claims: Value = claims(key.expose())?;
                let names = ["email", "preferred_username", "sub"];
                let name = names.iter().find_map(|name| claims[name].as_str());
                name.map(Clean::new)
            }
        }
    }

    /// Where tokens come from, where that is not the base URL.
    pub fn token_url(&self) -> Option<&Url> {
        match self {
            Self::Client { token_url, .. } => token_url.as_ref(),
            Self::Certificate { token_url, .. } => Some(token_url),
            Self::ApiKey(_) => None,
        }
    }
}

/// Who forbade changes on a connection; the strictest source wins and only the file's can be lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Changes are allowed.
    No,
    /// `read_only = true` in the file.
    ByFile,
    /// `--read-only` or `CENTURION_READ_ONLY`.
    ByRun,
}

/// One configured account on a platform.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What the operator calls it.
    pub name: ConnectionName,
    /// What it speaks to.
    pub platform: PlatformId,
    /// The root of its paths, without a trailing slash; https, or http to a loopback address (N7).
    /// SAP AI Core's ends in `/v2`; Run:ai's and Kubiya's have no `/api`.
    pub base_url: Url,
    /// How it signs in.
    pub credentials: Credentials,
    /// What of it is listed.
    pub scopes: Scopes,
    /// Its name is part of the phrase that confirms a plan, and a warning band is shown.
    pub protected: bool,
    /// The band's color, by its ANSI name.
    pub color: Option<String>,
    /// Whether changes are refused.
    pub read_only: ReadOnly,
    /// A file with certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Where it was found: a file, or the names of environment variables.
    pub origin: String,
}

impl Connection {
    /// What it is listed by, where that is known without asking: `None` for SAP AI Core with all
    /// resource groups, which first have to be listed themselves.
    pub fn known_sources(&self) -> Option<Vec<Arc<Source>>> {
        let scopes = match (&self.scopes, self.platform) {
            (Scopes::All, PlatformId::SapAiCore) => return None,
            (Scopes::All, _) => vec![Scope::new(Scope::EVERYTHING)],
            (Scopes::Named(scopes), _) => scopes.clone(),
        };
        Some(self.sources_of(&scopes))
    }

    /// One source for each of these scopes and each kind of the platform.
    pub fn sources_of(&self, scopes: &[Scope]) -> Vec<Arc<Source>> {
        let kinds = self.platform.kinds();
        let pairs = scopes
            .iter()
            .flat_map(|scope| kinds.iter().map(move |&kind| (scope, kind)));
        let source = |(scope, kind): (&Scope, Kind)| Source {
            connection: self.name.clone(),
            platform: self.platform,
            scope: scope.clone(),
            kind,
        };
        pairs.map(|pair| Arc::new(source(pair))).collect()
    }

    /// Whether it is the other one, with another secret perhaps: what was said of it, and what the trust in it rests
    /// on, is the same.
    pub fn is_but_for_secrets(&self, other: &Self) -> bool {
        let said = |it: &Self| (it.name.clone(), it.platform, it.protected, it.read_only);
        let (ours, theirs) = (&self.credentials, &other.credentials);
        said(self) == said(other)
            && (&self.base_url, &self.scopes) == (&other.base_url, &other.scopes)
            && self.ca_file == other.ca_file
            && (ours.account(), ours.token_url()) == (theirs.account(), theirs.token_url())
    }

    /// The host, with the port where it is not the scheme's own; in ASCII form.
    pub fn host(&self) -> String {
        let host = self.base_url.host_str().unwrap_or_default();
        match self.base_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// What a JWT says of itself, unverified; `None` where the token is none, or says something else.
pub(crate) fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    let payload = token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
