//! One `[[connection]]` of the file, checked key by key.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use crate::config::address::{self, UrlFault};
use crate::config::document::{Entry, Section};
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, shown};
use crate::config::finding::Finding;
use crate::config::keys::{self, Key};
use crate::config::parts::Parts;
use crate::config::read_only::Run;
use crate::config::sap_ai_core;
use crate::config::scopes;
use crate::config::secret::{Read, SecretSource};
use crate::domain::connection::{Connection, ConnectionName, Credentials, PlatformId, Scopes};
use crate::domain::text::{Clean, Secret};

/// What the values of a file are read against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// Where secrets may come from.
    pub(super) environment: &'a Environment,
    /// The file; relative paths in it start at its folder.
    pub(super) file: &'a Path,
    /// What was said on the command line.
    pub(super) run: Run,
}

impl Scene<'_> {
    /// The path a value names: `~/` is the home folder, and relative paths start at the file's folder.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), &self.environment.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.file.parent().unwrap_or(Path::new("")).join(text),
        }
    }

    /// The place a finding names.
    pub(super) fn origin(&self, line: usize) -> String {
        format!("{}:{line}", shown(self.file))
    }
}

/// A connection of which only name and platform were read; all its keys belong there.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    section: Section<'a>,
    scene: Scene<'a>,
    /// What the operator calls it.
    pub(super) name: ConnectionName,
    platform: PlatformId,
    /// Where each of its values came from.
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(super) fn open(section: Section<'a>, scene: Scene<'a>) -> Result<Self, ConfigError> {
        let name = name(section.require(&keys::NAME)?)?;
        let platform = platform(section.require(&keys::PLATFORM)?)?;
        section.refuse_foreign(platform)?;
        Ok(Self {
            section,
            scene,
            name,
            platform,
            findings: Vec::new(),
        })
    }

    /// Refuses the name, as another connection has it.
    pub(super) fn repeats(&self, first: &Self) -> ConfigError {
        let (name, line) = (&first.name, first.section.line());
        let entry = self.section.get(&keys::NAME);
        let entry = entry.expect("it was read with a name");
        entry.error(format!(
            "the name \"{name}\" is taken by the connection of line {line}"
        ))
    }

    /// Reads the rest of it, and says where each of its values came from.
    pub(super) fn read(mut self) -> Result<(Connection, Vec<Finding>), ConfigError> {
        let origin = self.scene.origin(self.section.line());
        let heading = Finding::new(&self.name, self.platform.name(), &origin);
        self.findings.push(heading);
        let (base_url, credentials) = match self.platform {
            PlatformId::SapAiCore => self.sap_ai_core()?,
            PlatformId::RunAi => (self.base_url()?, self.client(None)?),
            PlatformId::Kubiya => self.kubiya()?,
        };
        let connection = Connection {
            scopes: self.scopes()?,
            protected: self.flag(&keys::PROTECTED)?,
            color: self.color()?,
            read_only: self.scene.run.or_file(self.flag(&keys::READ_ONLY)?),
            ca_file: self.ca_file()?,
            name: self.name,
            platform: self.platform,
            base_url,
            credentials,
            origin,
        };
        Ok((connection, self.findings))
    }

    fn sap_ai_core(&mut self) -> Result<(Url, Credentials), ConfigError> {
        if let Some(entry) = self.section.get(&keys::SERVICE_KEY) {
            return self.service_key(entry);
        }
        let (base_url, token_url) = (self.base_url()?, self.token_url()?);
        let pair = [&keys::CERTIFICATE, &keys::PRIVATE_KEY];
        let credentials = match pair.into_iter().find_map(|key| self.section.get(key)) {
            Some(entry) => self.certificate(entry, token_url)?,
            None => self.client(Some(token_url))?,
        };
        Ok((base_url, credentials))
    }

    fn certificate(&mut self, entry: Entry<'_>, url: Url) -> Result<Credentials, ConfigError> {
        self.refuse_beside(entry, &[&keys::CLIENT_SECRET])?;
        Ok(Credentials::Certificate {
            token_url: url,
            id: self.client_id()?,
            certificate: self.secret(&keys::CERTIFICATE, SecretSource::certificate)?,
            key: self.secret(&keys::PRIVATE_KEY, SecretSource::private_key)?,
        })
    }

    /// Addresses of the file come before those of the service key: they are what the operator wrote.
    fn service_key(&mut self, entry: Entry<'_>) -> Result<(Url, Credentials), ConfigError> {
        let others = [
            &keys::CLIENT_ID,
            &keys::CLIENT_SECRET,
            &keys::CERTIFICATE,
            &keys::PRIVATE_KEY,
        ];
        self.refuse_beside(entry, &others)?;
        let key = entry.key.name;
        let text = self.fetch(entry, SecretSource::document)?;
        let json = sap_ai_core::service_key(text.expose(), entry.place(), key)?;
        let names = &sap_ai_core::SERVICE_KEY;
        let parts = Parts::of_json(entry.place(), Some(key), &json, names.all());
        let base_url = match self.section.get(&keys::URL) {
            Some(_) => self.base_url()?,
            None => self.noted(&keys::URL, names.base_url(&parts)?, key),
        };
        let token_url = match self.section.get(&keys::AUTH_URL) {
            Some(_) => self.token_url()?,
            None => self.noted(&keys::AUTH_URL, names.token_url(&parts)?, key),
        };
        let credentials = names.credentials(&parts, token_url, self.scene.environment)?;
        Ok((base_url, credentials))
    }

    fn refuse_beside(&self, entry: Entry<'_>, others: &[&'static Key]) -> Result<(), ConfigError> {
        let Some(double) = others.iter().find_map(|key| self.section.get(key)) else {
            return Ok(());
        };
        let (other, key) = (double.key.name, entry.key.name);
        Err(double.error(format!(
            "`{other}` cannot stand beside `{key}`; keep one of them"
        )))
    }

    fn kubiya(&mut self) -> Result<(Url, Credentials), ConfigError> {
        let base_url = match self.section.get(&keys::URL) {
            Some(_) => self.base_url()?,
            None => self.noted(&keys::URL, address::kubiya(), "default"),
        };
        let key = self.secret(&keys::API_KEY, SecretSource::line)?;
        Ok((base_url, Credentials::ApiKey(key)))
    }

    fn client(&mut self, token_url: Option<Url>) -> Result<Credentials, ConfigError> {
        Ok(Credentials::Client {
            token_url,
            id: self.client_id()?,
            secret: self.secret(&keys::CLIENT_SECRET, SecretSource::line)?,
        })
    }

    fn client_id(&mut self) -> Result<String, ConfigError> {
        let entry = self.section.require(&keys::CLIENT_ID)?;
        let id = entry.text()?;
        if id.trim().is_empty() || id.chars().any(char::is_control) {
            return Err(entry.wrong("is empty or holds control characters"));
        }
        self.note(entry, id);
        Ok(id.to_owned())
    }

    fn base_url(&mut self) -> Result<Url, ConfigError> {
        let platform = self.platform;
        self.url(&keys::URL, |text| address::base(platform, text))
    }

    fn token_url(&mut self) -> Result<Url, ConfigError> {
        self.url(&keys::AUTH_URL, address::token)
    }

    fn url(
        &mut self,
        key: &'static Key,
        read: impl Fn(&str) -> Result<Url, UrlFault>,
    ) -> Result<Url, ConfigError> {
        let entry = self.section.require(key)?;
        let wrong = |fault| entry.error(format!("`{}` {fault}", key.name));
        let url = read(entry.text()?).map_err(wrong)?;
        self.note(entry, url.as_str());
        Ok(url)
    }

    fn secret(&mut self, key: &'static Key, read: Read) -> Result<Secret, ConfigError> {
        self.fetch(self.section.require(key)?, read)
    }

    fn fetch(&mut self, entry: Entry<'_>, read: Read) -> Result<Secret, ConfigError> {
        let source = SecretSource::of(entry, |text| self.scene.path(text))?;
        let (key, origin) = (entry.key.name, source.to_string());
        self.found(key, "***", &origin);
        let wrong = |fault| entry.place().no_secret(key, &origin, fault);
        read(&source, self.scene.environment).map_err(wrong)
    }

    fn scopes(&mut self) -> Result<Scopes, ConfigError> {
        let Some(entry) = self.section.get(&keys::SCOPES) else {
            return Ok(scopes::usual(self.platform));
        };
        let scopes = scopes::read(entry, self.platform)?;
        self.note(entry, &scopes::shown(&scopes));
        Ok(scopes)
    }

    fn flag(&mut self, key: &'static Key) -> Result<bool, ConfigError> {
        let Some(entry) = self.section.get(key) else {
            return Ok(false);
        };
        let flag = entry.flag()?;
        self.note(entry, if flag { "true" } else { "false" });
        Ok(flag)
    }

    fn color(&mut self) -> Result<Option<String>, ConfigError> {
        let Some(entry) = self.section.get(&keys::COLOR) else {
            return Ok(None);
        };
        let text = entry.text()?;
        let plain = text.strip_prefix("bright-").unwrap_or(text);
        if !keys::COLORS.contains(&plain) {
            return Err(entry.wrong_value(text));
        }
        self.note(entry, text);
        Ok(Some(text.to_owned()))
    }

    fn note(&mut self, entry: Entry<'_>, value: &str) {
        let origin = self.scene.origin(entry.line());
        self.found(entry.key.name, value, &origin);
    }

    /// Passes on an address that does not stand in the file.
    fn noted(&mut self, key: &'static Key, url: Url, origin: &str) -> Url {
        self.found(key.name, url.as_str(), origin);
        url
    }

    fn found(&mut self, key: &str, value: &str, origin: &str) {
        let finding = Finding::of(&self.name, key, value, origin);
        self.findings.push(finding);
    }

    fn ca_file(&mut self) -> Result<Option<PathBuf>, ConfigError> {
        let Some(entry) = self.section.get(&keys::CA_FILE) else {
            return Ok(None);
        };
        let path = self.scene.path(entry.text()?);
        let unreadable = |error: io::Error| {
            let why = Clean::new(&error.to_string());
            entry.wrong(format!("cannot be read ({why})"))
        };
        // Looked at before it is opened: opening a pipe would wait for its other end.
        if !fs::metadata(&path).map_err(unreadable)?.is_file() {
            return Err(entry.wrong("is not a regular file"));
        }
        File::open(&path).map_err(unreadable)?;
        self.note(entry, shown(&path).as_str());
        Ok(Some(path))
    }
}

fn name(entry: Entry<'_>) -> Result<ConnectionName, ConfigError> {
    let text = entry.text()?;
    ConnectionName::new(text).ok_or_else(|| entry.wrong_value(text))
}

fn platform(entry: Entry<'_>) -> Result<PlatformId, ConfigError> {
    let text = entry.text()?;
    let mut all = PlatformId::ALL.into_iter();
    let found = all.find(|platform| platform.config_word() == text);
    found.ok_or_else(|| entry.wrong_value(text))
}
