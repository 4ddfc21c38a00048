//! SAP AI Core's credentials in the order of its own SDK (`specs/sap-ai-core.md` 7).
//!
//! The first source that has any value wins as a whole; nothing is merged across sources.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::discover::Account;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place, shown};
use crate::config::finding::Finding;
use crate::config::keys::listed;
use crate::config::parts::Parts;
use crate::config::sap_ai_core::{self, Names, SDK};
use crate::config::scopes::{self, RESOURCE_GROUP_FORM, is_resource_group};
use crate::config::secret::private;
use crate::domain::connection::{PlatformId, Scopes};
use crate::domain::resource::Scope;
use crate::domain::text::Clean;

const SERVICE_KEY: &str = "AICORE_SERVICE_KEY";
const BINDINGS: &str = "VCAP_SERVICES";
const RESOURCE_GROUP: &str = "AICORE_RESOURCE_GROUP";

/// Where values were looked for, in words.
const PLACES: [&str; 4] = [
    SERVICE_KEY,
    "AICORE_*",
    "AICORE_CONFIG, AICORE_HOME",
    BINDINGS,
];

pub(super) fn find(
    environment: &Environment,
    findings: &mut Vec<Finding>,
) -> Result<Option<Account>, ConfigError> {
    let file = ConfigFile::find(environment)?;
    let key = environment.text(SERVICE_KEY)?;
    let key = key.map(|text| sap_ai_core::service_key(text, Place::Environment, SERVICE_KEY));
    let (key, binding) = (key.transpose()?, binding(environment)?);
    let sources = [
        key.as_ref().map(|key| Source::of_key(SERVICE_KEY, key)),
        Some(Source::of_variables(environment)?),
        file.as_ref().map(ConfigFile::source),
        binding.as_ref().map(|key| Source::of_key(BINDINGS, key)),
    ];
    let sources = sources.into_iter().flatten();
    let mut sources = sources.filter(|source| !source.parts.is_empty());
    let note = |value: &str, origin: &str| Finding::new(PlatformId::SapAiCore, value, origin);
    let Some(winner) = sources.next() else {
        findings.push(note("not found", &listed(PLACES)));
        return Ok(None);
    };
    let beaten = format!("not used, {} comes first", winner.origin);
    findings.extend(sources.map(|loser| note(&beaten, &loser.origin)));
    let scopes = Scopes::Named(vec![resource_group(environment, file.as_ref())?]);
    winner.account(scopes, environment).map(Some)
}

/// A place and the values in it.
struct Source<'a> {
    origin: String,
    parts: Parts<'a>,
    names: &'static Names,
    /// The file it is, where it is one.
    file: Option<&'a Path>,
}

impl<'a> Source<'a> {
    fn of_key(variable: &'static str, key: &'a Value) -> Self {
        let names = &sap_ai_core::SERVICE_KEY;
        Self {
            origin: variable.to_owned(),
            parts: Parts::of_json(Place::Environment, Some(variable), key, names.all()),
            names,
            file: None,
        }
    }

    fn of_variables(environment: &'a Environment) -> Result<Self, ConfigError> {
        let parts = Parts::of_environment(environment, SDK.all())?;
        Ok(Self {
            origin: listed(parts.present()),
            parts,
            names: &SDK,
            file: None,
        })
    }

    fn account(self, scopes: Scopes, environment: &Environment) -> Result<Account, ConfigError> {
        if let Some(Err(fault)) = self.file.map(private) {
            let origin = format!("file {}", self.origin);
            return Err(Place::Environment.no_secret("AICORE_CLIENT_SECRET", &origin, fault));
        }
        let (base_url, credentials) = self.names.account(&self.parts, environment)?;
        Ok(Account {
            base_url,
            credentials,
            scopes,
            origin: self.origin,
        })
    }
}

/// The credentials of the binding that is labelled `aicore`, or else named so, as the SDK for JavaScript takes it.
fn binding(environment: &Environment) -> Result<Option<Value>, ConfigError> {
    let Some(text) = environment.text(BINDINGS)? else {
        return Ok(None);
    };
    let Ok(Value::Object(services)) = serde_json::from_str(text) else {
        let form = "an object with lists of service bindings";
        return Err(Place::Environment.wrong(BINDINGS, "is not JSON of this form", form));
    };
    let bindings = || services.values().filter_map(Value::as_array).flatten();
    let called = |member| bindings().find(|binding| binding[member] == "aicore");
    let own = called("label").or_else(|| called("name"));
    Ok(own.map(|binding| binding["credentials"].clone()))
}

/// The resource group is looked for on its own, whatever source won; never in a service key.
fn resource_group(
    environment: &Environment,
    file: Option<&ConfigFile>,
) -> Result<Scope, ConfigError> {
    let in_file = |file: &'_ ConfigFile| {
        let name = file.json[RESOURCE_GROUP].as_str()?.to_owned();
        (!name.is_empty()).then(|| (Place::File(file.path.clone()), name))
    };
    let usual = || (Place::Environment, scopes::SAP_DEFAULT.to_owned());
    let (place, name) = match environment.text(RESOURCE_GROUP)? {
        Some(name) => (Place::Environment, name.to_owned()),
        None => file.and_then(in_file).unwrap_or_else(usual),
    };
    if is_resource_group(&name) {
        return Ok(Scope::new(&name));
    }
    let found = format!("is \"{}\"", Clean::new(&name));
    Err(place.wrong(RESOURCE_GROUP, found, RESOURCE_GROUP_FORM))
}

/// The SDK's configuration file: one flat object, with the names of the variables.
struct ConfigFile {
    path: PathBuf,
    json: Value,
}

impl ConfigFile {
    /// The file the SDK would read. Only one for a profile has to be there.
    fn find(environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let profile = environment.text("AICORE_PROFILE")?;
        let profile = profile.filter(|profile| *profile != "default");
        let Some(path) = Self::place(environment, profile) else {
            return Ok(None);
        };
        if profile.is_none() && !path.exists() {
            return Ok(None);
        }
        Self::read(path).map(Some)
    }

    fn place(environment: &Environment, profile: Option<&str>) -> Option<PathBuf> {
        if let Some(path) = environment.variable("AICORE_CONFIG") {
            return Some(path.into());
        }
        let usual = || Some(environment.home.as_ref()?.join(".aicore"));
        let named = environment.variable("AICORE_HOME").map(PathBuf::from);
        let name = profile.map_or("config.json".to_owned(), |name| {
            format!("config_{name}.json")
        });
        Some(named.or_else(usual)?.join(name))
    }

    fn read(path: PathBuf) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| Place::File(path.clone()).error(problem);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let why = Clean::new(&error.to_string());
            wrong(&format!("cannot be read: {why}"))
        })?;
        match serde_json::from_str(&text) {
            Ok(json @ Value::Object(_)) => Ok(Self { path, json }),
            Ok(_) | Err(_) => Err(wrong("not a JSON object")),
        }
    }

    fn source(&self) -> Source<'_> {
        Source {
            origin: shown(&self.path).to_string(),
            parts: Parts::of_json(Place::File(self.path.clone()), None, &self.json, SDK.all()),
            names: &SDK,
            file: Some(&self.path),
        }
    }
}
