//! What a batch is called, on disk and on screen.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const ENDING: &str = ".jsonl";

/// The UTC day of a batch and its number on that day, from 1. Orders by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    date: Date,
    number: u32,
}

impl Name {
    /// The first name of the UTC day on which `at` lies.
    pub(super) fn first_on(at: Timestamp) -> Self {
        let date = at.to_zoned(TimeZone::UTC).date();
        Self { date, number: 1 }
    }

    /// The name with the next number.
    pub(super) fn next(self) -> Self {
        Self {
            number: self.number.saturating_add(1),
            ..self
        }
    }

    pub(super) fn is_same_day(self, other: Self) -> bool {
        self.date == other.date
    }

    /// Reads a name; `None` for everything that is not spelt exactly as [`fmt::Display`] spells it, so
    /// that no text from outside becomes a path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, number) = text.rsplit_once('-')?;
        let name = Self {
            date: date.parse().ok()?,
            number: number.parse().ok()?,
        };
        (name.number > 0 && name.to_string() == text).then_some(name)
    }

    /// The name of the batch whose file is called so.
    pub(super) fn of_file(file: &str) -> Option<Self> {
        Self::parse(file.strip_suffix(ENDING)?)
    }

    /// What its file is called.
    pub(super) fn file(self) -> String {
        format!("{self}{ENDING}")
    }

    pub(super) fn path_in(self, folder: &Path) -> PathBuf {
        folder.join(self.file())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.date, self.number)
    }
}
