//! Text of executions, which may be megabytes long, as far as it is shown.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::text::Clean;
use crate::platforms::loose::{FromJson, LONGEST_TEXT, Loose, shortened};

/// Text for the screen: one line, at most `N` characters of it and an ellipsis. Blank text is absent.
#[derive(Debug, Default)]
pub(super) struct Words<const N: usize>(pub(super) Option<Clean>);

impl<'de, const N: usize> Deserialize<'de> for Words<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Loose::<String>::deserialize(deserializer)?;
        let text = text.text().trim();
        Ok(Self((!text.is_empty()).then(|| shortened(text, N))))
    }
}

/// The first line of an error that is not blank, as a row shows it.
#[derive(Debug)]
pub(super) struct Line(pub(super) Clean);

impl FromJson for Line {
    fn from_json(value: Value) -> Option<Self> {
        let mut lines = value.as_str()?.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty())?;
        Some(Self(shortened(line, 200)))
    }
}

/// An error or a warning; database errors bring kilobytes of SQL along. What is no text is told as JSON, so that it is not taken for none.
#[derive(Debug)]
pub(super) struct Told(pub(super) Clean);

impl FromJson for Told {
    fn from_json(value: Value) -> Option<Self> {
        let text = match &value {
            Value::Null => return None,
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        (!text.is_empty()).then(|| Self(shortened(&text, LONGEST_TEXT)))
    }
}

/// How many elements an array has.
#[derive(Debug)]
pub(super) struct Length(pub(super) usize);

impl FromJson for Length {
    fn from_json(value: Value) -> Option<Self> {
        Some(Self(value.as_array()?.len()))
    }
}
