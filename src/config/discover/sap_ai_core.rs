//! SAP AI Core's credentials in the order of its own SDK (`specs/sap-ai-core.md` 7).
//!
//! The first source that has any value wins as a whole; nothing is merged across sources.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::config::discover::{Account, Parts};
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place, shown, x509};
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::scopes::{self, RESOURCE_GROUP_FORM, is_resource_group};
use crate::config::secret::{SecretFault, private};
use crate::config::service_key::{ServiceKey, ServiceKeyFault};
use crate::domain::connection::{Credentials, PlatformId, Scopes};
use crate::domain::resource::Scope;
use crate::domain::text::Clean;

const SERVICE_KEY: &str = "AICORE_SERVICE_KEY";
const BINDINGS: &str = "VCAP_SERVICES";
const RESOURCE_GROUP: &str = "AICORE_RESOURCE_GROUP";

/// The four values of an account with a client secret.
const NAMES: [&str; 4] = [
    "AICORE_BASE_URL",
    "AICORE_AUTH_URL",
    "AICORE_CLIENT_ID",
    "AICORE_CLIENT_SECRET",
];

/// The values of an account with a certificate.
const X509_NAMES: [&str; 5] = [
    "AICORE_CERT_URL",
    "AICORE_CERT_FILE_PATH",
    "AICORE_KEY_FILE_PATH",
    "AICORE_CERT_STR",
    "AICORE_KEY_STR",
];

pub(super) fn find(
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    let file = ConfigFile::find(environment)?;
    let mut sources = sources(environment, file.as_ref())?.into_iter();
    let Some(winner) = sources.next() else {
        let looked = [
            SERVICE_KEY,
            "AICORE_*",
            "AICORE_CONFIG, AICORE_HOME",
            BINDINGS,
        ];
        findings.push(Finding::new(
            PlatformId::SapAiCore,
            "not found",
            &listed(looked),
        ));
        return Ok(None);
    };
    for loser in sources {
        let value = format!("not used, {} comes first", winner.origin());
        findings.push(Finding::new(PlatformId::SapAiCore, &value, &loser.origin()));
    }
    let scopes = Scopes::Named(vec![resource_group(environment, file.as_ref())?]);
    winner.account(scopes).map(Some)
}

/// A place that holds at least one value.
enum Source<'a> {
    /// A service key as text.
    ServiceKey(&'a str),
    /// The separate variables.
    Variables(Parts<'a>),
    /// The SDK's configuration file, with the same names.
    File(&'a Path, Parts<'a>),
    /// The credentials of a service binding.
    Binding(Value),
}

fn sources<'a>(
    environment: &'a Environment,
    file: Option<&'a ConfigFile>,
) -> Result<Vec<Source<'a>>, ConfigError> {
    let names: Vec<_> = NAMES.into_iter().chain(X509_NAMES).collect();
    let mut sources = Vec::new();
    sources.extend(environment.text(SERVICE_KEY)?.map(Source::ServiceKey));
    let variables = Parts::of_environment(environment, &names)?;
    if !variables.is_empty() {
        sources.push(Source::Variables(variables));
    }
    if let Some(file) = file {
        let values = file.parts(&names);
        if !values.is_empty() {
            sources.push(Source::File(&file.path, values));
        }
    }
    match environment.text(BINDINGS)?.map(binding) {
        Some(Ok(Some(credentials))) => sources.push(Source::Binding(credentials)),
        Some(Err(error)) if sources.is_empty() => return Err(error),
        Some(Ok(None) | Err(_)) | None => {}
    }
    Ok(sources)
}

/// The credentials of the binding that is labelled `aicore`.
fn binding(text: &str) -> Result<Option<Value>, ConfigError> {
    let Ok(Value::Object(services)) = serde_json::from_str(text) else {
        let (found, form) = (
            "is not JSON of this form",
            "an object with lists of service bindings",
        );
        return Err(Place::Environment.wrong(BINDINGS, found, form));
    };
    let mut bindings = services.values().filter_map(Value::as_array).flatten();
    let own = bindings.find(|binding| binding["label"] == "aicore");
    Ok(own.map(|binding| binding["credentials"].clone()))
}

impl Source<'_> {
    fn origin(&self) -> String {
        match self {
            Self::ServiceKey(_) => SERVICE_KEY.to_owned(),
            Self::Variables(parts) => listed(parts.present()),
            Self::File(path, _) => shown(path).to_string(),
            Self::Binding(_) => BINDINGS.to_owned(),
        }
    }

    fn account(self, scopes: Scopes) -> Result<Account, ConfigError> {
        let origin = self.origin();
        match self {
            Self::ServiceKey(text) => of_key(ServiceKey::parse(text), SERVICE_KEY, scopes),
            Self::Binding(credentials) => of_key(ServiceKey::of(&credentials), BINDINGS, scopes),
            Self::Variables(parts) => of_parts(&parts, origin, scopes),
            Self::File(path, parts) => {
                private(path).map_err(|fault| refuse_file(path, fault))?;
                of_parts(&parts, origin, scopes)
            }
        }
    }
}

fn of_key(
    service_key: Result<ServiceKey, ServiceKeyFault>,
    key: &'static str,
    scopes: Scopes,
) -> Result<Account, ConfigError> {
    let wrong = |fault| Place::Environment.error(format!("`{key}` {fault}"));
    let service_key = service_key.map_err(wrong)?;
    let base_url = service_key.base_url().map_err(wrong)?;
    let token_url = service_key.token_url().map_err(wrong)?;
    let (credentials, origin) = (service_key.sign_in(token_url), key.to_owned());
    Ok(Account {
        base_url,
        credentials,
        scopes,
        origin,
    })
}

fn of_parts(parts: &Parts<'_>, origin: String, scopes: Scopes) -> Result<Account, ConfigError> {
    if let Some(key) = X509_NAMES
        .into_iter()
        .find(|name| parts.present().any(|present| present == *name))
    {
        return Err(parts.place.clone().error(x509(key)));
    }
    let [base, auth, id, secret] = parts.all(NAMES)?;
    Ok(Account {
        base_url: parts.base_url(PlatformId::SapAiCore, NAMES[0], base)?,
        credentials: Credentials::Client {
            token_url: Some(parts.token_url(NAMES[1], auth)?),
            id: parts.client_id(NAMES[2], id)?,
            secret: parts.secret(NAMES[3], secret)?,
        },
        scopes,
        origin,
    })
}

fn refuse_file(path: &Path, fault: SecretFault) -> ConfigError {
    let origin = format!("file {}", shown(path));
    Place::Environment.no_secret(NAMES[3], &origin, fault)
}

/// The resource group is looked for on its own, whatever source won; never in a service key.
fn resource_group(
    environment: &Environment,
    file: Option<&ConfigFile>,
) -> Result<Scope, ConfigError> {
    let in_file = || {
        file.and_then(|file| Some((Place::File(file.path.clone()), file.value(RESOURCE_GROUP)?)))
    };
    let (place, name) = match environment.text(RESOURCE_GROUP)? {
        Some(name) => (Place::Environment, name),
        None => in_file().unwrap_or((Place::Environment, scopes::SAP_DEFAULT)),
    };
    if is_resource_group(name) {
        return Ok(Scope::new(name));
    }
    let found = format!("is \"{}\"", Clean::new(name));
    Err(place.wrong(RESOURCE_GROUP, found, RESOURCE_GROUP_FORM))
}

/// The SDK's configuration file: one flat object, with the names of the variables.
struct ConfigFile {
    path: PathBuf,
    values: Map<String, Value>,
}

impl ConfigFile {
    /// The file the SDK would read. One that was asked for by name has to be there.
    fn find(environment: &Environment) -> Result<Option<Self>, ConfigError> {
        if let Some(path) = environment.variable("AICORE_CONFIG") {
            return Self::read(path.into()).map(Some);
        }
        let named = environment.variable("AICORE_HOME").map(PathBuf::from);
        let usual = || Some(environment.home()?.join(".aicore"));
        let Some(folder) = named.or_else(usual) else {
            return Ok(None);
        };
        match environment.text("AICORE_PROFILE")? {
            None | Some("default") => {
                let path = folder.join("config.json");
                path.exists().then(|| Self::read(path)).transpose()
            }
            Some(profile) => Self::read(folder.join(format!("config_{profile}.json"))).map(Some),
        }
    }

    fn read(path: PathBuf) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                let why = Clean::new(&error.to_string());
                return Err(Place::File(path).error(format!("cannot be read: {why}")));
            }
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(values)) => Ok(Self { path, values }),
            Ok(_) | Err(_) => Err(Place::File(path).error("not a JSON object")),
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    fn parts(&self, names: &[&'static str]) -> Parts<'_> {
        let values = names.iter().map(|name| (*name, self.value(name))).collect();
        Parts {
            place: Place::File(self.path.clone()),
            values,
        }
    }
}
