//! Where a secret comes from, and how it is had. What a source gives is never repeated in a message.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::command;
use crate::config::document::Entry;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, shown};
use crate::config::keys;
use crate::config::system;
use crate::domain::text::{Clean, Secret};

/// Bytes of the largest secret or service key that is read.
pub(super) const LARGEST: u64 = 64 << 10;

/// How long a helper command may take (C5).
const HELPER_LIMIT: Duration = Duration::from_secs(10);

/// Why a secret was not had, as the rest of a sentence that begins with its source.
pub(super) type SecretFault = String;

const NOT_TEXT: &str = "holds something that is not text";

/// One of the ways to read a source.
pub(super) type Read = fn(&SecretSource, &Environment) -> Result<Secret, SecretFault>;

/// The three ways to a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SecretSource {
    Variable(String),
    File(PathBuf),
    Command(Vec<String>),
}

impl fmt::Display for SecretSource {
    /// Names the source; of a command the program alone, as its arguments may be telling.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "environment variable {}", Clean::new(name)),
            Self::File(path) => write!(f, "file {}", shown(path)),
            Self::Command(command) => write!(f, "command {}", Clean::new(&command[0])),
        }
    }
}

impl SecretSource {
    /// Reads which way an entry names; `resolve` makes a path of what a file is called there.
    pub(super) fn of(
        entry: Entry<'_>,
        resolve: impl Fn(&str) -> PathBuf,
    ) -> Result<Self, ConfigError> {
        let key = entry.key.name;
        if entry.is_text() {
            return Err(entry.error(format!(
                "`{key}` is written out here; a secret comes from {}",
                keys::SECRET_FORM
            )));
        }
        let section = entry.section(&keys::IN_SECRET)?;
        let named = |key| section.get(key).filter(|_| section.len() == 1);
        if let Some(variable) = named(&keys::ENV) {
            return self::variable(variable).map(Self::Variable);
        }
        if let Some(file) = named(&keys::FILE) {
            return Ok(Self::File(resolve(filled(file)?)));
        }
        if let Some(command) = named(&keys::COMMAND) {
            return program(command).map(Self::Command);
        }
        Err(entry.wrong(format!("names {} sources", section.len())))
    }

    /// A secret: one line of text. The line break at its end is taken off.
    pub(super) fn line(&self, environment: &Environment) -> Result<Secret, SecretFault> {
        one_line(&self.text(environment, private)?)
    }

    /// A whole text, such as a service key.
    pub(super) fn document(&self, environment: &Environment) -> Result<Secret, SecretFault> {
        self.text(environment, private).map(Secret::new)
    }

    /// A private key as PEM.
    pub(super) fn private_key(&self, environment: &Environment) -> Result<Secret, SecretFault> {
        pem(&self.text(environment, private)?)
    }

    /// Certificates as PEM: no secret, so that others may read the file.
    pub(super) fn certificate(&self, environment: &Environment) -> Result<Secret, SecretFault> {
        pem(&self.text(environment, |path| read(&open(path)?.1))?)
    }

    fn text(
        &self,
        environment: &Environment,
        file: fn(&Path) -> Result<Vec<u8>, SecretFault>,
    ) -> Result<String, SecretFault> {
        let bytes = match self {
            Self::Variable(name) => {
                let value = environment.variable(name).ok_or("is not set")?;
                return Ok(value.to_str().ok_or(NOT_TEXT)?.to_owned());
            }
            Self::File(path) => file(path)?,
            Self::Command(command) => command::output(command, environment, HELPER_LIMIT)?,
        };
        if bytes.len() as u64 > LARGEST {
            return Err("holds more than 64 KiB".to_owned());
        }
        String::from_utf8(bytes).map_err(|_| NOT_TEXT.to_owned())
    }
}

/// The name of a variable. What cannot be one is not repeated: it may be the secret itself.
fn variable(entry: Entry<'_>) -> Result<String, ConfigError> {
    let name = filled(entry)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(allowed) {
        return Err(entry.wrong("is not of letters, digits and '_'"));
    }
    Ok(name.to_owned())
}

fn filled(entry: Entry<'_>) -> Result<&str, ConfigError> {
    let text = entry.text()?;
    if text.is_empty() || text.contains('\0') {
        return Err(entry.wrong("is empty or holds a zero byte"));
    }
    Ok(text)
}

fn program(entry: Entry<'_>) -> Result<Vec<String>, ConfigError> {
    let words: Vec<_> = entry
        .list()?
        .iter()
        .map(Entry::text)
        .collect::<Result<_, _>>()?;
    if words.first().is_none_or(|program| program.is_empty()) {
        return Err(entry.wrong("names no program"));
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// Takes one line of text for a secret.
pub(super) fn one_line(text: &str) -> Result<Secret, SecretFault> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    let lines = text.split('\n').count();
    if lines > 1 {
        return Err(format!("holds {lines} lines, expected exactly one"));
    }
    if text.chars().any(char::is_control) {
        return Err("holds control characters".to_owned());
    }
    Ok(Secret::new(text.to_owned()))
}

/// Takes PEM text; its line breaks may be written out as `\n` (`specs/sap-ai-core.md` 7).
pub(super) fn pem(text: &str) -> Result<Secret, SecretFault> {
    if !text.contains("-----BEGIN ") {
        return Err("is not PEM text, which begins with -----BEGIN".to_owned());
    }
    Ok(Secret::new(text.replace("\\n", "\n")))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unreadable(error: io::Error) -> SecretFault {
    format!("cannot be read: {}", Clean::new(&error.to_string()))
}

/// The file, and where it really is.
fn open(path: &Path) -> Result<(PathBuf, File), SecretFault> {
    // Through links, and before it is opened: opening a pipe would wait for its other end.
    let path = fs::canonicalize(path).map_err(unreadable)?;
    if !fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let file = File::open(&path).map_err(unreadable)?;
    Ok((path, file))
}

/// The content of a file only its owner may read, in a folder only its owner may look into (C4).
pub(super) fn private(path: &Path) -> Result<Vec<u8>, SecretFault> {
    let (path, file) = open(path)?;
    let folder = path.parent().expect("a file lies in a folder");
    let own = file.metadata().map_err(unreadable)?;
    let around = fs::metadata(folder).map_err(unreadable)?;
    let exposed = |fix: &str| {
        let fix = Clean::new(fix);
        format!("can be read or changed by others, so it was not loaded; {fix}")
    };
    if system::shared(&around) {
        return Err(exposed("move it into a folder only you may read"));
    }
    let chmod = |mode: &str, path: &Path| format!("chmod {mode} {}", quoted(path));
    let own = system::exposed(&own).then(|| chmod("600", &path));
    let around = system::exposed(&around).then(|| chmod("700", folder));
    let fixes: Vec<String> = own.into_iter().chain(around).collect();
    if fixes.is_empty() {
        return read(&file);
    }
    Err(exposed(&format!("run: {}", fixes.join(" && "))))
}

fn read(file: &File) -> Result<Vec<u8>, SecretFault> {
    let mut bytes = Vec::new();
    let mut limited = file.take(LARGEST + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if path.chars().all(plain) {
        return path.into_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}
