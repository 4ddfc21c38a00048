//! The configuration: what is read, what is refused, and what a message may say (C1 to C8, T23).

mod found;
mod network;
mod read;
mod refused;
mod secrets;

use std::fs;
use std::path::{Path, PathBuf};

use centurion::config::{self, Environment, Settings, Wanted};
use centurion::domain::connection::{Connection, Credentials};
use tempfile::TempDir;

/// Stands for every secret; it must be in no message and no listing.
const CANARY: &str = "c4n4ry-7f3e";

/// A home folder with a configuration file in it, and an environment.
struct Scene {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let scene = Self {
            home,
            variables: Vec::new(),
        };
        scene.folder(".config/centurion", 0o700);
        scene
    }

    /// With that text as its usual configuration file.
    fn with(text: impl AsRef<[u8]>) -> Self {
        let scene = Self::new();
        scene.file(".config/centurion/config.toml", text, 0o644);
        scene
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        let home = self
            .home
            .path()
            .canonicalize()
            .expect("the folder is there");
        home.join(name)
    }

    fn folder(&self, name: &str, mode: u32) {
        fs::create_dir_all(self.path(name)).expect("a folder can be made");
        protect(&self.path(name), mode);
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) {
        fs::write(self.path(name), text).expect("a file can be written");
        protect(&self.path(name), mode);
    }

    fn environment(&self) -> Environment {
        Environment::from_pairs(self.variables.clone(), &self.path(""))
    }

    fn load(&self) -> Settings {
        self.try_load(&Wanted::default())
            .expect("the configuration is sound")
    }

    fn try_load(&self, wanted: &Wanted<'_>) -> Result<Settings, String> {
        config::load(&self.environment(), wanted).map_err(|error| {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(CANARY), "{shown}");
            error.to_string()
        })
    }

    /// The message, with `CONFIG` for the file and `HOME` for the folder.
    fn error(&self) -> String {
        let message = self
            .try_load(&Wanted::default())
            .expect_err("the configuration is refused");
        let home = self.path("").display().to_string();
        let home = home.trim_end_matches('/');
        let file = format!("{home}/.config/centurion/config.toml");
        message.replace(&file, "CONFIG").replace(home, "HOME")
    }
}

#[cfg(unix)]
fn protect(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("modes can be set");
}

#[cfg(not(unix))]
fn protect(_: &Path, _: u32) {}

/// The message about a file of that text, with the canary in the variable `SECRET`.
fn error_of(text: &str) -> String {
    Scene::with(text).set("SECRET", CANARY).error()
}

/// The message about a Kubiya connection with these lines from line 4 on.
fn error_in_connection(lines: &str) -> String {
    error_of(&format!(
        "[[connection]]\nname = \"a\"\nplatform = \"kubiya\"\n{lines}\n"
    ))
}

fn only(settings: &Settings) -> &Connection {
    let [connection] = settings.connections.as_slice() else {
        panic!("{} connections", settings.connections.len());
    };
    connection
}

const KUBIYA: &str =
    "[[connection]]\nname = \"a\"\nplatform = \"kubiya\"\napi_key = { env = \"SECRET\" }\n";

fn kubiya(more: &str) -> Connection {
    let settings = Scene::with(format!("{KUBIYA}{more}"))
        .set("SECRET", CANARY)
        .load();
    only(&settings).clone()
}

fn client(connection: &Connection) -> (String, Option<String>) {
    match &connection.credentials {
        Credentials::Client { id, token_url, .. } => {
            (id.clone(), token_url.as_ref().map(ToString::to_string))
        }
        Credentials::Certificate { .. } | Credentials::ApiKey(_) => {
            panic!("{} has no client secret", connection.name)
        }
    }
}

/// A service key of SAP AI Core as JSON.
fn service_key() -> String {
    format!(
        r#"{{"clientid": "sb-1", "clientsecret": "{CANARY}", "url": "https://auth.example.com",
        "serviceurls": {{"AI_API_URL": "https://api.example.com"}}}}"#
    )
}

const PEM: &str = "-----BEGIN C4n4ry-----\\nc4n4ry-7f3e\\n-----END C4n4ry-----\\n";

/// The X.509 form of a service key.
fn certified_service_key() -> String {
    format!(
        r#"{{"clientid": "sb-1", "certificate": "{PEM}", "key": "{PEM}", "url": "https://auth.example.com",
        "certurl": "https://cert.example.com", "serviceurls": {{"AI_API_URL": "https://api.example.com/"}}}}"#
    )
}

/// Id and token address of a connection that signs in with a certificate.
fn certified(connection: &Connection) -> (&str, &str) {
    let Credentials::Certificate { token_url, id, .. } = &connection.credentials else {
        panic!("{} has no certificate", connection.name);
    };
    assert_eq!(connection.base_url.as_str(), "https://api.example.com/v2");
    (id, token_url.as_str())
}
