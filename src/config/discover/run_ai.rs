//! Run:ai's variables, else the login of its command line (`specs/run-ai.md` 9).

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::config::address;
use crate::config::discover::Account;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, shown};
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::parts::Parts;
use crate::config::scopes;
use crate::config::secret::{one_line, private};
use crate::domain::connection::{Credentials, PlatformId};

const NAMES: [&str; 3] = ["RUNAI_BASE_URL", "RUNAI_CLIENT_ID", "RUNAI_CLIENT_SECRET"];

pub(super) fn find(
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    let parts = Parts::of_environment(environment, NAMES)?;
    let login = Login::of(environment);
    let at = login
        .as_ref()
        .map_or_else(String::new, |login| shown(&login.token).to_string());
    let login = login.filter(|login| login.token.exists());
    let mut tell = |value: &str, origin: &str| {
        findings.push(Finding::new(PlatformId::RunAi, value, origin));
    };
    match (parts.is_empty(), login) {
        (true, None) => {
            tell("not found", &listed(NAMES.into_iter().chain([at.as_str()])));
            Ok(None)
        }
        (true, Some(login)) => {
            let found = login.account(&at);
            Ok(found
                .map_err(|why| tell(&format!("not used, {why}"), &at))
                .ok())
        }
        (false, login) => {
            if login.is_some() {
                tell("not used, the variables come first", &at);
            }
            of_variables(&parts).map(Some)
        }
    }
}

fn of_variables(parts: &Parts<'_>) -> Result<Account, ConfigError> {
    parts.require(&NAMES)?;
    Ok(Account {
        base_url: parts.url(NAMES[0], |text| address::base(PlatformId::RunAi, text))?,
        credentials: Credentials::Client {
            token_url: None,
            id: parts.client_id(NAMES[1])?,
            secret: parts.secret(NAMES[2])?,
        },
        scopes: scopes::usual(PlatformId::RunAi),
        origin: listed(NAMES),
    })
}

/// The two files that `runai login` writes. Nobody set them for us, so what is wrong with them is told and
/// stops nothing.
struct Login {
    /// `accessToken`: base64url of a JWT.
    token: PathBuf,
    /// `control_plane.url`.
    config: PathBuf,
}

impl Login {
    /// Where the CLI would look for them.
    fn of(environment: &Environment) -> Option<Self> {
        let named = environment
            .variable("RUNAI_CLI_CONFIG_PATH")
            .map(PathBuf::from);
        let folder = named.or_else(|| Some(environment.home.as_ref()?.join(".runai")))?;
        let config = environment.variable("RUNAI_CLI_CONFIG_FILE");
        Some(Self {
            token: folder.join("authentication.json"),
            config: folder.join(config.unwrap_or("config.json".as_ref())),
        })
    }

    fn account(&self, origin: &str) -> Result<Account, String> {
        let text = private(&self.token).map_err(|fault| format!("it {fault}"))?;
        let token = object(&text)["accessToken"].as_str().map(str::to_owned);
        let token = token.filter(|token| !token.is_empty());
        let token = token.ok_or("nobody is signed in; run `runai login`")?;
        let token = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).ok();
        let token = token.and_then(|bytes| one_line(&String::from_utf8(bytes).ok()?).ok());
        let token = token.ok_or("`accessToken` holds no token; run `runai login`")?;
        Ok(Account {
            base_url: control_plane(&self.config)?,
            credentials: Credentials::ApiKey(token),
            scopes: scopes::usual(PlatformId::RunAi),
            origin: origin.to_owned(),
        })
    }
}

/// The folder is the operator's alone by now, so the file's own mode does not matter.
fn control_plane(file: &Path) -> Result<url::Url, String> {
    let bytes = std::fs::read(file).unwrap_or_default();
    let config = object(&bytes);
    let Some(url) = config["control_plane"]["url"].as_str() else {
        return Err(format!("{} has no `control_plane.url`", shown(file)));
    };
    let wrong = |fault| format!("`control_plane.url` of {} {fault}", shown(file));
    address::base(PlatformId::RunAi, url).map_err(wrong)
}

/// The JSON of a file; what cannot be read has no members.
fn object(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}
