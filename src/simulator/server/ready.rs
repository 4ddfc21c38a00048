//! How to reach the tenants: as JSON for other programs, as connections for the demo.

use serde::Serialize;
use url::Url;

use crate::domain::connection::{
    Connection, ConnectionName, Credentials, PlatformId, ReadOnly, Scopes,
};
use crate::domain::resource::Scope;
use crate::domain::text::Secret;
use crate::simulator::{Tenant, World};

/// What `simulate` prints when it is ready: the base URL and the credentials of each platform's first tenant.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// The root of all paths.
    pub url: String,
    /// SAP AI Core, with bulk updates on.
    pub sap_ai_core: SapAiCore,
    /// Run:ai.
    pub run_ai: RunAi,
    /// Kubiya.
    pub kubiya: Kubiya,
}

/// How to sign in to the simulated SAP AI Core.
#[derive(Clone, Debug, Serialize)]
pub struct SapAiCore {
    /// Where tokens come from.
    pub auth_url: String,
    /// Ends in `/v2`.
    pub base_url: String,
    /// The OAuth client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Those that have rows.
    pub resource_groups: Vec<String>,
}

/// How to sign in to the simulated Run:ai.
#[derive(Clone, Debug, Serialize)]
pub struct RunAi {
    /// Without `/api`.
    pub base_url: String,
    /// The application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// How to sign in to the simulated Kubiya.
#[derive(Clone, Debug, Serialize)]
pub struct Kubiya {
    /// Without `/api`.
    pub base_url: String,
    /// Sent as bearer.
    pub api_key: String,
}

impl Ready {
    pub(super) fn of(url: &str, world: &World) -> Self {
        let first = |platform| {
            let tenant = world.tenants(platform).next();
            tenant.expect("every platform has a tenant").clone()
        };
        let sap = first(PlatformId::SapAiCore);
        let run_ai = first(PlatformId::RunAi);
        let kubiya = first(PlatformId::Kubiya);
        Self {
            url: url.to_owned(),
            sap_ai_core: SapAiCore {
                auth_url: token_url(url),
                base_url: base_url(url, PlatformId::SapAiCore),
                client_id: sap.client_id,
                client_secret: sap.secret,
                resource_groups: sap.scopes,
            },
            run_ai: RunAi {
                base_url: base_url(url, PlatformId::RunAi),
                client_id: run_ai.client_id,
                client_secret: run_ai.secret,
            },
            kubiya: Kubiya {
                base_url: base_url(url, PlatformId::Kubiya),
                api_key: kubiya.secret,
            },
        }
    }
}

/// A connection for each tenant.
pub(super) fn connections(url: &str, world: &World) -> Vec<Connection> {
    let connection = |tenant: &Tenant| Connection {
        name: ConnectionName::new(&tenant.name).expect("assets/world.toml has typeable names"),
        platform: tenant.platform,
        base_url: parsed(&base_url(url, tenant.platform)),
        credentials: credentials(url, tenant),
        scopes: scopes(tenant),
        protected: tenant.protected,
        color: None,
        read_only: ReadOnly::No,
        ca_file: None,
        origin: "demo".to_owned(),
    };
    world.tenants.iter().map(connection).collect()
}

fn credentials(url: &str, tenant: &Tenant) -> Credentials {
    let secret = Secret::new(tenant.secret.clone());
    let client = |token_url| Credentials::Client {
        token_url,
        id: tenant.client_id.clone(),
        secret: secret.clone(),
    };
    match tenant.platform {
        PlatformId::SapAiCore => client(Some(parsed(&token_url(url)))),
        PlatformId::RunAi => client(None),
        PlatformId::Kubiya => Credentials::ApiKey(secret),
    }
}

/// SAP AI Core is listed by resource group; the others show all there is in one listing.
fn scopes(tenant: &Tenant) -> Scopes {
    match tenant.platform {
        PlatformId::SapAiCore => {
            Scopes::Named(tenant.scopes.iter().map(|name| Scope::new(name)).collect())
        }
        PlatformId::RunAi | PlatformId::Kubiya => Scopes::All,
    }
}

fn base_url(url: &str, platform: PlatformId) -> String {
    match platform {
        PlatformId::SapAiCore => format!("{url}/v2"),
        PlatformId::RunAi | PlatformId::Kubiya => url.to_owned(),
    }
}

fn token_url(url: &str) -> String {
    format!("{url}/oauth/token")
}

fn parsed(url: &str) -> Url {
    Url::parse(url).expect("the URL of a bound socket is one")
}
