//! Values by name from one place that is not our file: variables, a service key, the SDK's configuration file.

use std::fmt::Display;

use serde_json::Value;
use url::Url;

use crate::config::address::UrlFault;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place};
use crate::config::keys::listed;
use crate::config::secret::{SecretFault, one_line};
use crate::domain::text::{Clean, Secret};

/// Those values of one place that are there, and not empty.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    place: Place,
    /// Which value of the place all of them stand in, for messages: "`AICORE_SERVICE_KEY`: ".
    within: String,
    values: Vec<(&'static str, &'a str)>,
}

impl<'a> Parts<'a> {
    pub(super) fn of_environment(
        environment: &'a Environment,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, ConfigError> {
        let mut values = Vec::new();
        for name in names {
            values.extend(environment.text(name)?.map(|text| (name, text)));
        }
        Ok(Self {
            place: Place::Environment,
            within: String::new(),
            values,
        })
    }

    /// Members of an object; `serviceurls.AI_API_URL` is a member of a member.
    pub(super) fn of_json(
        place: Place,
        within: Option<&str>,
        json: &'a Value,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let value = |name: &'static str| {
            let pointer = format!("/{}", name.replace('.', "/"));
            let text = json.pointer(&pointer)?.as_str()?;
            (!text.is_empty()).then_some((name, text))
        };
        Self {
            place,
            within: within.map_or_else(String::new, |key| format!("`{key}`: ")),
            values: names.into_iter().filter_map(value).collect(),
        }
    }

    /// The names of the values that are there.
    pub(super) fn present(&self) -> impl Iterator<Item = &'static str> {
        self.values.iter().map(|(name, _)| *name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.present().any(|present| present == name)
    }

    /// An error that names all of these that are not there.
    pub(super) fn require(&self, names: &[&'static str]) -> Result<(), ConfigError> {
        let missing = listed(names.iter().copied().filter(|name| !self.has(name)));
        if missing.is_empty() {
            return Ok(());
        }
        let found = listed(self.present());
        Err(self.error(format!(
            "{found} found, but not {missing}; set what is missing, or unset what is there"
        )))
    }

    /// The value; an error where there is none.
    pub(super) fn text(&self, name: &'static str) -> Result<&'a str, ConfigError> {
        self.require(&[name])?;
        let found = self.values.iter().find(|(known, _)| *known == name);
        Ok(found.expect("it was required").1)
    }

    pub(super) fn url(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Result<Url, UrlFault>,
    ) -> Result<Url, ConfigError> {
        let wrong = |fault| self.error(format!("`{name}` {fault}"));
        read(self.text(name)?).map_err(wrong)
    }

    pub(super) fn client_id(&self, name: &'static str) -> Result<String, ConfigError> {
        let text = self.text(name)?;
        if !text.chars().any(char::is_control) {
            return Ok(text.to_owned());
        }
        let found = Clean::new(text);
        Err(self.error(format!(
            "`{name}` is \"{found}\", expected a client id without control characters"
        )))
    }

    /// A value of one line.
    pub(super) fn secret(&self, name: &'static str) -> Result<Secret, ConfigError> {
        self.read(name, one_line)
    }

    pub(super) fn read(
        &self,
        name: &'static str,
        read: fn(&str) -> Result<Secret, SecretFault>,
    ) -> Result<Secret, ConfigError> {
        let secret = read(self.text(name)?);
        secret.map_err(|fault| self.error(format!("`{name}`: the value {fault}")))
    }

    pub(super) fn error(&self, problem: impl Display) -> ConfigError {
        self.place
            .clone()
            .error(format!("{}{problem}", self.within))
    }
}
