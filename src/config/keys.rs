//! Every key of `config.toml`: its name, the form of its value and the platforms it is for.
//!
//! The one table behind the reader, its error messages and the hint at a misspelt key.

use crate::domain::connection::PlatformId;

/// A key that may stand in the file.
#[derive(Debug)]
pub(super) struct Key {
    /// As it is written.
    pub(super) name: &'static str,
    /// What its value looks like, after "expected".
    pub(super) form: &'static str,
    /// The platforms whose connections take it.
    pub(super) platforms: &'static [PlatformId],
}

const ALL: &[PlatformId] = &PlatformId::ALL;
const SAP: &[PlatformId] = &[PlatformId::SapAiCore];
const KUBIYA: &[PlatformId] = &[PlatformId::Kubiya];
const CLIENTS: &[PlatformId] = &[PlatformId::SapAiCore, PlatformId::RunAi];

/// The ways to a secret.
pub(super) const SECRET_FORM: &str =
    "{ env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }";

const fn key(name: &'static str, platforms: &'static [PlatformId], form: &'static str) -> Key {
    Key {
        name,
        form,
        platforms,
    }
}

pub(super) static REFRESH: Key = key("refresh", ALL, "a span such as \"10s\" or \"1m\"");
pub(super) static JOURNAL: Key = key("journal", ALL, "the path of a folder");
pub(super) static DISCOVER: Key = key("discover", ALL, "true or false");
pub(super) static CONNECTION: Key = key("connection", ALL, CONNECTION_FORM);

pub(super) static NAME: Key = key("name", ALL, "1 to 40 of a-z, A-Z, 0-9, '-', '_' and '.'");
pub(super) static PLATFORM: Key = key("platform", ALL, "\"sap-ai-core\", \"run-ai\" or \"kubiya\"");
pub(super) static URL: Key = key("url", ALL, URL_FORM);
pub(super) static AUTH_URL: Key = key("auth_url", SAP, AUTH_URL_FORM);
pub(super) static CLIENT_ID: Key = key("client_id", CLIENTS, "the client id as text");
pub(super) static CLIENT_SECRET: Key = key("client_secret", CLIENTS, SECRET_FORM);
pub(super) static SERVICE_KEY: Key = key("service_key", SAP, SECRET_FORM);
pub(super) static CERTIFICATE: Key = key("certificate", SAP, SECRET_FORM);
pub(super) static PRIVATE_KEY: Key = key("key", SAP, SECRET_FORM);
pub(super) static API_KEY: Key = key("api_key", KUBIYA, SECRET_FORM);
pub(super) static SCOPES: Key = key("scopes", CLIENTS, SCOPES_FORM);
pub(super) static PROTECTED: Key = key("protected", ALL, "true or false");
pub(super) static COLOR: Key = key("color", ALL, COLOR_FORM);
pub(super) static READ_ONLY: Key = key("read_only", ALL, "true or false");
pub(super) static CA_FILE: Key = key("ca_file", ALL, "the path of a file with certificates");

pub(super) static ENV: Key = key("env", ALL, "the name of an environment variable");
pub(super) static FILE: Key = key("file", ALL, "the path of a file");
pub(super) static COMMAND: Key = key("command", ALL, "a list: a program and its arguments");

const CONNECTION_FORM: &str = "[[connection]] in double brackets before the keys of each one";
const URL_FORM: &str = "the address of the platform, such as \"https://…\"";
const AUTH_URL_FORM: &str = "the address tokens come from, such as \"https://…\"";
const SCOPES_FORM: &str = "a list of names without repetition, or \"*\"";
const COLOR_FORM: &str = "black, red, green, yellow, blue, magenta, cyan or white, \
                          or one of them after \"bright-\"";

/// The colors of [`COLOR`], by their ANSI names.
pub(super) const COLORS: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

/// A part of the file with keys of its own.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it is, for a key that stands elsewhere: "belongs …".
    home: &'static str,
    /// Its keys, in the order they are explained.
    pub(super) keys: &'static [&'static Key],
}

pub(super) static TOP: Part = Part {
    home: "at the top of the file, above the first [[connection]]",
    keys: &[&REFRESH, &JOURNAL, &DISCOVER, &CONNECTION],
};

#[rustfmt::skip]
pub(super) static IN_CONNECTION: Part = Part {
    home: "below a [[connection]]",
    keys: &[
        &NAME, &PLATFORM, &URL, &AUTH_URL, &CLIENT_ID, &CLIENT_SECRET, &SERVICE_KEY, &CERTIFICATE, &PRIVATE_KEY,
        &API_KEY, &SCOPES, &PROTECTED, &COLOR, &READ_ONLY, &CA_FILE,
    ],
};

pub(super) static IN_SECRET: Part = Part {
    home: "inside the braces of a secret",
    keys: &[&ENV, &FILE, &COMMAND],
};

impl Part {
    /// The key of exactly that name.
    pub(super) fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().copied().find(|key| key.name == name)
    }

    /// The key the operator may have meant, where one is near enough.
    pub(super) fn nearest(&self, name: &str) -> Option<&'static Key> {
        let meant = name.to_lowercase().replace('-', "_");
        let far = |key: &&Key| distance(&meant, key.name);
        let key = self.keys.iter().copied().min_by_key(far)?;
        (far(&key) <= 1 + key.name.len() / 3).then_some(key)
    }

    /// The names of its keys, in one line.
    pub(super) fn names(&self) -> String {
        listed(self.keys.iter().map(|key| key.name))
    }

    /// The names of the keys a connection of that platform may have, in one line.
    pub(super) fn names_for(&self, platform: PlatformId) -> String {
        let keys = self.keys.iter();
        let own = keys.filter(|key| key.platforms.contains(&platform));
        listed(own.map(|key| key.name))
    }
}

/// The part of the file a key of that name belongs to, where it stands in the wrong one.
pub(super) fn home_of(name: &str) -> Option<(&'static Key, &'static str)> {
    let mut parts = [&TOP, &IN_CONNECTION].into_iter();
    parts.find_map(|part| Some((part.find(name)?, part.home)))
}

/// Names with commas between them.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// No key is nearly that long; longer ones are not measured.
const LONGEST_MEASURED: usize = 40;

/// How many letters have to be changed, put in or taken out to make one word of the other.
fn distance(word: &str, key: &str) -> usize {
    let word: Vec<char> = word.chars().take(LONGEST_MEASURED).collect();
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (line, letter) in key.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in word.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[word.len()]
}
