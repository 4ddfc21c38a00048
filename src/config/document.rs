//! A TOML text whose every value knows its line and column, and the typed ways to read it.
//!
//! Written by hand rather than derived, because derived errors repeat the offending value: here that may be a secret.

use std::fmt::Display;
use std::fs::File;
use std::io;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::error::{ConfigError, Place};
use crate::config::keys::{self, Key, Part, home_of};
use crate::domain::connection::PlatformId;
use crate::domain::text::{Clean, cut};

/// No configuration is larger, so nothing larger is read.
const LARGEST: u64 = 1 << 20;

/// The text of a configuration file.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    text: String,
}

impl Document {
    /// Reads the file; a byte order mark is left out.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let refuse = |why: &str| {
            let place = Place::File(path.to_owned());
            place.error(format!("cannot be read: {why}"))
        };
        let unreadable = |error: io::Error| refuse(Clean::new(&error.to_string()).as_str());
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(refuse("it is larger than 1 MiB"));
        }
        let good = str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let text = String::from_utf8_lossy(&bytes[..good]);
        let document = Self {
            path: path.to_owned(),
            text: text.trim_start_matches('\u{feff}').to_owned(),
        };
        if good < bytes.len() {
            let place = document.place(document.text.len());
            return Err(place.error("this is not UTF-8 text; save the file as UTF-8"));
        }
        Ok(document)
    }

    /// The text as a table. Only the parser's own words are passed on, never the text around the fault.
    pub(super) fn parse(&self) -> Result<DeTable<'_>, ConfigError> {
        DeTable::parse(&self.text)
            .map(Spanned::into_inner)
            .map_err(|error| {
                let at = error.span().map_or(self.text.len(), |span| span.start);
                let words = Clean::new(error.message());
                self.place(at).error(format!("not valid TOML: {words}"))
            })
    }

    fn place(&self, offset: usize) -> Place {
        let before = self.before(offset);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place::At {
            file: self.path.clone(),
            line: self.line(offset),
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.before(offset).matches('\n').count() + 1
    }

    fn before(&self, offset: usize) -> &str {
        let whole = |at: &usize| self.text.is_char_boundary(*at);
        let end = (0..=offset.min(self.text.len())).rev().find(whole);
        &self.text[..end.expect("0 is a boundary")]
    }
}

/// The variables that connections name for their secrets.
pub(super) fn variables(table: &DeTable<'_>) -> Vec<String> {
    let connections = table.get(keys::CONNECTION.name);
    let connections = connections.and_then(|list| list.get_ref().as_array());
    let connections = connections.into_iter().flatten();
    let values = connections
        .filter_map(|one| one.get_ref().as_table())
        .flat_map(DeTable::values);
    let named = values.filter_map(|value| value.get_ref().as_table()?.get(keys::ENV.name));
    named
        .filter_map(|name| name.get_ref().as_str().map(str::to_owned))
        .collect()
}

/// A table of the file in which only the keys of its part stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'d> {
    document: &'d Document,
    table: &'d DeTable<'d>,
    part: &'static Part,
    start: usize,
}

impl<'d> Section<'d> {
    /// The whole file.
    pub(super) fn top(
        document: &'d Document,
        table: &'d DeTable<'d>,
        part: &'static Part,
    ) -> Result<Self, ConfigError> {
        Self::of(document, table, part, 0)
    }

    fn of(
        document: &'d Document,
        table: &'d DeTable<'d>,
        part: &'static Part,
        start: usize,
    ) -> Result<Self, ConfigError> {
        let section = Self {
            document,
            table,
            part,
            start,
        };
        section.refuse_unknown()?;
        Ok(section)
    }

    /// Refuses the first key that is not known here, whatever its value (C3).
    fn refuse_unknown(&self) -> Result<(), ConfigError> {
        let keys = self.table.keys();
        let unknown = keys.filter(|key| self.part.find(key.get_ref()).is_none());
        let Some(key) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let name = key.get_ref();
        let problem = match (home_of(name), self.part.nearest(name)) {
            (Some((key, home)), _) => format!("`{}` belongs {home}", key.name),
            (None, Some(nearest)) => {
                let (key, nearest) = (shortened(name), nearest.name);
                format!("unknown key `{key}`; did you mean `{nearest}`?")
            }
            (None, None) => {
                let (key, known) = (shortened(name), self.part.names());
                format!("unknown key `{key}`, expected one of {known}")
            }
        };
        Err(self.document.place(key.span().start).error(problem))
    }

    /// Refuses the first key that connections of other platforms have.
    pub(super) fn refuse_foreign(&self, platform: PlatformId) -> Result<(), ConfigError> {
        let keys = self.table.keys();
        let known = keys.filter_map(|at| Some((at.span().start, self.part.find(at.get_ref())?)));
        let foreign = known.filter(|(_, key)| !key.platforms.contains(&platform));
        let Some((at, key)) = foreign.min_by_key(|(at, _)| *at) else {
            return Ok(());
        };
        let (key, known) = (key.name, self.part.names_for(platform));
        let platform = platform.config_word();
        Err(self.document.place(at).error(format!(
            "`{key}` is not a key of platform \"{platform}\", which takes {known}"
        )))
    }

    /// What stands at that key.
    pub(super) fn get(&self, key: &'static Key) -> Option<Entry<'d>> {
        let value = self.table.get(key.name)?;
        Some(Entry {
            document: self.document,
            value,
            key,
        })
    }

    /// What stands at that key, where something has to.
    pub(super) fn require(&self, key: &'static Key) -> Result<Entry<'d>, ConfigError> {
        let place = || self.document.place(self.start);
        self.get(key)
            .ok_or_else(|| place().wrong(key.name, "is missing", key.form))
    }

    /// The line it begins in.
    pub(super) fn line(&self) -> usize {
        self.document.line(self.start)
    }

    /// How many keys stand in it.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }
}

/// The value of a key, or one value of its list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'d> {
    document: &'d Document,
    value: &'d Spanned<DeValue<'d>>,
    pub(super) key: &'static Key,
}

impl<'d> Entry<'d> {
    /// The text, where it is one, of one line. Quotes that were not closed take in the lines below, and those
    /// may hold a secret: what has more lines is not repeated (C7).
    pub(super) fn text(&self) -> Result<&'d str, ConfigError> {
        let text = self.value.get_ref().as_str();
        let text = text.ok_or_else(|| self.wrong_type())?;
        if text.contains(char::is_control) {
            return Err(self.wrong("has a line break or another control character"));
        }
        Ok(text)
    }

    /// Whether it is text.
    pub(super) fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// True or false.
    pub(super) fn flag(&self) -> Result<bool, ConfigError> {
        let flag = self.value.get_ref().as_bool();
        flag.ok_or_else(|| self.wrong_type())
    }

    /// The values of a list.
    pub(super) fn list(&self) -> Result<Vec<Self>, ConfigError> {
        let values = self.value.get_ref().as_array();
        let values = values.ok_or_else(|| self.wrong_type())?;
        Ok(values.iter().map(|value| Self { value, ..*self }).collect())
    }

    /// The table, with only the keys of that part in it.
    pub(super) fn section(&self, part: &'static Part) -> Result<Section<'d>, ConfigError> {
        let table = self.value.get_ref().as_table();
        let table = table.ok_or_else(|| self.wrong_type())?;
        Section::of(self.document, table, part, self.value.span().start)
    }

    /// Says what stood there and what should; `found` ends a sentence that begins with the key.
    pub(super) fn wrong(&self, found: impl Display) -> ConfigError {
        self.place().wrong(self.key.name, found, self.key.form)
    }

    /// As [`Entry::wrong`], with the value; not for what may be secret.
    pub(super) fn wrong_value(&self, value: &str) -> ConfigError {
        self.wrong(format!("is \"{}\"", shortened(value)))
    }

    /// A problem at this place.
    pub(super) fn error(&self, problem: impl Into<String>) -> ConfigError {
        self.place().error(problem)
    }

    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        self.document.place(self.value.span().start)
    }

    /// The line it stands in.
    pub(super) fn line(&self) -> usize {
        self.document.line(self.value.span().start)
    }

    fn wrong_type(&self) -> ConfigError {
        self.wrong(format!("is {}", kind(self.value.get_ref())))
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(true) => "true",
        DeValue::Boolean(false) => "false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Columns of a name or value that are repeated in a message.
const SHOWN: usize = 60;

fn shortened(text: &str) -> Clean {
    Clean::new(&cut(Clean::new(text).as_str(), SHOWN))
}
