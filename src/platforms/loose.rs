//! Reading JSON that keeps no promises: a member that is missing, null, or of another type than documented
//! is `None`. It never fails the row it stands in, nor the page (`RELIABILITY.md` L5 to L8).

use std::fmt::{self, Display, Formatter};
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::resource::Id;
use crate::domain::text::Clean;

/// A member as far as it could be read.
#[derive(Clone, Debug)]
pub(super) struct Loose<T>(pub(super) Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The rows of one page. No platform is asked for more than a thousand at once: a list that is longer than this
/// is no answer, and is not kept in memory to find that out (N16).
#[derive(Debug)]
pub(super) struct Rows<T>(pub(super) Vec<Loose<T>>);

/// Elements of one list that are read at most.
pub(super) const MOST_ROWS: usize = 10_000;

/// The longest text of a server that is kept whole, in characters: a page of details, not a megabyte (R7).
pub(super) const LONGEST_TEXT: usize = 4_000;

impl<'de, T: FromJson> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: FromJson> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST_ROWS} rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            if rows.len() == MOST_ROWS {
                return Err(A::Error::invalid_length(MOST_ROWS + 1, &self));
            }
            rows.push(row);
        }
        Ok(Rows(rows))
    }
}

/// What can be made of JSON; `None` of JSON that is not for it.
pub(super) trait FromJson: Sized {
    /// Reads it.
    fn from_json(value: Value) -> Option<Self>;
}

impl<'de, T: FromJson> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(T::from_json(value)))
    }
}

impl Loose<String> {
    /// The text as sent; empty where there is none.
    pub(super) fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<T: Display> Loose<T> {
    /// As text that is safe to draw, unless there is none.
    pub(super) fn clean(&self) -> Option<Clean> {
        let text = self.0.as_ref()?.to_string();
        (!text.is_empty()).then(|| Clean::new(&text))
    }
}

impl FromJson for String {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl FromJson for Clean {
    fn from_json(value: Value) -> Option<Self> {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(Self::new(text))
    }
}

impl FromJson for Timestamp {
    /// RFC 3339, or the same without a zone, which is UTC. Go's zero time (year 1) and anything else
    /// before 1970 means "never".
    fn from_json(value: Value) -> Option<Self> {
        let text = value.as_str()?;
        let in_utc = || text.parse::<DateTime>()?.to_zoned(TimeZone::UTC);
        let time = text.parse().or_else(|_| in_utc().map(|at| at.timestamp()));
        time.ok().filter(|time: &Self| time.as_second() > 0)
    }
}

/// What JSON has a type of its own for.
macro_rules! plain_values {
    ($($kind:ty: $read:ident),+) => {$(
        impl FromJson for $kind {
            fn from_json(value: Value) -> Option<Self> {
                value.$read()
            }
        }
    )+};
}
plain_values!(f64: as_f64, u64: as_u64, bool: as_bool);

impl<T: FromJson> FromJson for Vec<T> {
    /// What of the list can be read.
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => Some(items.into_iter().filter_map(T::from_json).collect()),
            _ => None,
        }
    }
}

/// Objects whose members are loose themselves.
macro_rules! loose_objects {
    ($($object:ty),+) => {$(
        impl crate::platforms::loose::FromJson for $object {
            fn from_json(value: serde_json::Value) -> Option<Self> {
                value.is_object().then(|| serde_json::from_value(value).ok())?
            }
        }
    )+};
}
pub(super) use loose_objects;

/// The text, safe to draw: at most so many characters, and an ellipsis where it was cut.
pub(super) fn shortened(text: &str, characters: usize) -> Clean {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Clean::new(&format!("{}…", &text[..end])),
        None => Clean::new(text),
    }
}

/// The id by value, where it is a UUID with hyphens: letter case does not count (R8).
pub(super) fn uuid(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}

/// Whether two ids are the same UUID; what is no UUID is never the same.
pub(super) fn same_uuid(one: &str, other: &str) -> bool {
    uuid(one).is_some_and(|one| uuid(other) == Some(one))
}

/// The id of a row: a UUID in small letters, so that however it is spelt it is one row, and leaves once in a batch.
pub(super) fn id(text: &str) -> Id {
    uuid(text).map_or_else(|| Id::new(text), |uuid| Id::new(&uuid.to_string()))
}
