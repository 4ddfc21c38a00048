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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_utc_day_and_four_digits() {
        let late = "2026-11-22T23:30:00-05:00".parse().expect("a timestamp");
        assert_eq!(Name::first_on(late).next().to_string(), "2026-11-23-0002");
    }

    #[test]
    fn only_exact_names_are_names() {
        for text in [
            "../2026-11-22-0007",
            "2026-11-22-7",
            "2026-11-22-0000",
            "20261122-0007",
            "2026-11-22-+007",
            "",
        ] {
            assert_eq!(Name::parse(text), None, "{text}");
        }
        assert_eq!(Name::parse("2026-11-22-0007.jsonl"), None);
        assert!(Name::of_file("2026-11-22-0007.jsonl").is_some());
    }

    #[test]
    fn names_order_by_age_beyond_four_digits() {
        let name = |text| Name::parse(text).expect("a name");
        assert!(name("2026-11-22-10000") > name("2026-11-22-9999"));
        assert!(name("2026-11-23-0001") > name("2026-11-22-10000"));
    }
}
