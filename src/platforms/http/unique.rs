//! JSON whose objects name each member once.

use std::collections::HashSet;
use std::fmt::{self, Formatter};

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::platforms::loose::MOST_ROWS;

/// Read from any JSON but that in which an object names a member twice: its readers would take the last
/// and not see what contradicts it (N16). Nor from JSON with a list that is too long for an answer to a change.
pub(super) struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

macro_rules! plain_values {
    ($($visit:ident: $kind:ty),+) => {$(
        fn $visit<E: Error>(self, _: $kind) -> Result<Self, E> {
            Ok(self)
        }
    )+};
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "lists of at most {MOST_ROWS} rows")
    }

    plain_values!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        let mut length = 0;
        while list.next_element::<Self>()?.is_some() {
            length += 1;
            if length > MOST_ROWS {
                return Err(A::Error::invalid_length(length, &self));
            }
        }
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if names.contains(&name) {
                let why = format!("`{name}` stands in an object twice");
                return Err(A::Error::custom(why));
            }
            names.insert(name);
            object.next_value::<Self>()?;
        }
        Ok(self)
    }
}
