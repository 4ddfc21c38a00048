//! Reading members that may be missing, null, or of another type than documented.
//!
//! Such a member is `None`; it never fails the row it stands in, nor the page (`RELIABILITY.md` L6, L8).
//! Texts become [`Clean`] here, without a raw copy in between.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::resource::Id;
use crate::domain::text::Clean;

/// A member as far as it could be read.
#[derive(Debug)]
pub(super) struct Loose<T>(pub(super) Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What can be made of JSON, by the JSON's type. What a type does not name is not for it.
pub(super) trait FromLoose: Sized {
    /// Of a string.
    fn text(_: &str) -> Option<Self> {
        None
    }
    /// Of any number.
    fn number(_: f64) -> Option<Self> {
        None
    }
    /// Of `true` and `false`.
    fn flag(_: bool) -> Option<Self> {
        None
    }
    /// Of an array, which must be read to its end.
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    /// Of an object, which must be read to its end.
    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// Reads an object as a struct whose own members are loose; the body of [`FromLoose::object`] for those.
pub(super) fn members<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    object: A,
) -> Result<Option<T>, A::Error> {
    T::deserialize(MapAccessDeserializer::new(object)).map(Some)
}

impl FromLoose for Clean {
    fn text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(text))
    }
}

impl FromLoose for Id {
    fn text(text: &str) -> Option<Self> {
        Some(Self::new(text))
    }
}

impl FromLoose for Timestamp {
    /// Go's zero time (year 1) and anything else before 1970 means "never".
    fn text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|time: &Self| time.as_second() > 0)
    }
}

impl FromLoose for f64 {
    fn number(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl FromLoose for bool {
    fn flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

/// A code that comes as a number in one version and may come as text in another.
#[derive(Debug)]
pub(super) struct Code(pub(super) Clean);

impl FromLoose for Code {
    fn text(text: &str) -> Option<Self> {
        Clean::text(text).map(Self)
    }
    fn number(number: f64) -> Option<Self> {
        Some(Self(Clean::new(&number.to_string())))
    }
}

impl<T: FromLoose> FromLoose for Vec<T> {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut read = Self::new();
        while let Some(Loose(element)) = list.next_element::<Loose<T>>()? {
            read.extend(element);
        }
        Ok(Some(read))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: FromLoose> Visitor<'de> for Reader<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose(T::text(text)))
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Loose(T::flag(flag)))
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and codes are far below 2^52"
    )]
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Loose(T::number(number as f64)))
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and codes are far below 2^52"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Loose(T::number(number as f64)))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Loose(T::number(number)))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose(None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::list(list).map(Loose)
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::object(object).map(Loose)
    }
}

impl<'de, T: FromLoose> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromLoose>(json: &str) -> Option<T> {
        serde_json::from_str::<Loose<T>>(json)
            .expect("any JSON is read")
            .0
    }

    #[test]
    fn a_member_of_another_type_is_none_and_what_follows_it_is_still_read() {
        for odd in ["null", "1", "true", "[1,{\"a\":[]}]", "{\"a\":{\"b\":1}}"] {
            let both: (Loose<Clean>, Loose<Clean>) =
                serde_json::from_str(&format!("[{odd},\"next\"]")).expect("any JSON is read");
            assert_eq!(
                (both.0.0, both.1.0),
                (None, Some(Clean::new("next"))),
                "{odd}"
            );
        }
    }

    #[test]
    fn a_list_keeps_what_it_can_read() {
        assert_eq!(
            read::<Vec<bool>>("[true,null,7,false]"),
            Some(vec![true, false])
        );
        assert_eq!(read::<Vec<bool>>("{}"), None);
    }

    #[test]
    fn a_time_is_rfc_3339_after_1970() {
        let time = |json| read::<Timestamp>(json).map(Timestamp::as_second);
        assert_eq!(time("\"1970-01-01T01:00:10+01:00\""), Some(10));
        for never in [
            "1740000000000",
            "\"0001-01-01T00:00:00Z\"",
            "\"0000-00-00T00:00:00Z\"",
            "\"soon\"",
            "\"\"",
        ] {
            assert_eq!(time(never), None, "{never}");
        }
    }
}
