//! Reading JSON that keeps no promises: a member that is null, missing or of another type is absent,
//! and never spoils the rest of its row (`RELIABILITY.md` L5 to L8).

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::text::Clean;

/// A value that is there only where it has the expected type.
#[derive(Debug)]
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What can be read leniently. A type answers to the JSON types it expects; the others make it absent.
pub(super) trait Expected: Sized {
    /// From a string.
    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    /// From `true` or `false`.
    fn from_flag(_flag: bool) -> Option<Self> {
        None
    }

    /// From a whole number that is not negative.
    fn from_number(_number: u64) -> Option<Self> {
        None
    }

    /// From an array.
    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// From an object.
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: Expected> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyType(PhantomData)).map(Self)
    }
}

struct AnyType<T>(PhantomData<T>);

impl<'de, T: Expected> Visitor<'de> for AnyType<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::from_text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Option<T>, E> {
        Ok(T::from_flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<T>, E> {
        Ok(T::from_number(number))
    }

    fn visit_i64<E>(self, _negative: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _broken: f64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<T>, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<T>, A::Error> {
        T::from_object(object)
    }
}

impl Expected for bool {
    fn from_flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

impl Expected for u64 {
    fn from_number(number: u64) -> Option<Self> {
        Some(number)
    }
}

impl<T: Expected> Expected for Vec<Maybe<T>> {
    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut all = Self::new();
        while let Some(element) = list.next_element()? {
            all.push(element);
        }
        Ok(Some(all))
    }
}

/// How many elements an array has.
#[derive(Debug)]
pub(super) struct Length(pub(super) usize);

impl Expected for Length {
    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut length = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        Ok(Some(Self(length)))
    }
}

/// An id, byte for byte up to [`RawId::LONGEST`].
#[derive(Debug)]
pub(super) struct RawId(pub(super) Box<str>);

impl RawId {
    /// More than a sound id has, so that what is cut stays unsound.
    const LONGEST: usize = 200;
}

impl Expected for RawId {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(start(text, Self::LONGEST).into()))
    }
}

/// Text for the screen: one line, at most `N` characters of it and an ellipsis. Blank text is absent.
#[derive(Debug)]
pub(super) struct Words<const N: usize>(pub(super) Clean);

impl<const N: usize> Expected for Words<N> {
    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(shortened(text, N)))
    }
}

/// As [`Words`], of the first line that is not blank.
#[derive(Debug)]
pub(super) struct Line<const N: usize>(pub(super) Clean);

impl<const N: usize> Expected for Line<N> {
    fn from_text(text: &str) -> Option<Self> {
        first_line(text, N).map(Self)
    }
}

/// The first line that is not blank: at most so many characters, and an ellipsis where it was cut.
pub(super) fn first_line(text: &str, characters: usize) -> Option<Clean> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(shortened(line, characters))
}

fn shortened(text: &str, characters: usize) -> Clean {
    match start(text, characters) {
        whole if whole.len() == text.len() => Clean::new(text),
        start => Clean::new(&format!("{start}…")),
    }
}

fn start(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    end.map_or(text, |(end, _)| &text[..end])
}

impl Expected for Timestamp {
    /// RFC 3339, or the same without a zone, which is UTC (`specs/kubiya.md` 4). Nothing here ran
    /// before 1970, so what lies there is a zero value and no time (L8).
    fn from_text(text: &str) -> Option<Self> {
        let zoned = text.parse::<Self>();
        let time = zoned.or_else(|_| {
            text.parse::<DateTime>()?
                .to_zoned(TimeZone::UTC)
                .map(|z| z.timestamp())
        });
        time.ok().filter(|time| time.as_second() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<String> {
        Timestamp::from_text(text).map(|time| time.to_string())
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        let utc = Some("2026-01-10T12:00:00.123456Z".to_owned());
        assert_eq!(time("2026-01-10T12:00:00.123456+00:00"), utc);
        assert_eq!(time("2026-01-10T12:00:00.123456Z"), utc);
        assert_eq!(time("2026-01-10T12:00:00.123456"), utc);
        assert_eq!(time("2026-01-10 12:00:00.123456"), utc);
        assert_eq!(time("2026-01-10T14:00:00.123456+02:00"), utc);
    }

    #[test]
    fn what_is_no_time_is_absent() {
        for text in [
            "",
            " ",
            "yesterday",
            "1767268800000",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
        ] {
            assert_eq!(time(text), None, "{text:?}");
        }
    }

    #[test]
    fn each_type_takes_what_it_expects_and_ignores_the_rest() {
        let json = r#"[null, true, 7, -7, 7.5, "seven", [7, [7]], {"a": {"b": 7}}]"#;
        let flags: Vec<Maybe<bool>> = serde_json::from_str(json).expect("lenient");
        let numbers: Vec<Maybe<u64>> = serde_json::from_str(json).expect("lenient");
        let words: Vec<Maybe<Words<3>>> = serde_json::from_str(json).expect("lenient");
        let lengths: Vec<Maybe<Length>> = serde_json::from_str(json).expect("lenient");
        assert_eq!(
            flags.iter().filter_map(|flag| flag.0).collect::<Vec<_>>(),
            [true]
        );
        assert_eq!(
            numbers
                .iter()
                .filter_map(|number| number.0)
                .collect::<Vec<_>>(),
            [7]
        );
        assert_eq!(
            words[5].0.as_ref().map(|words| words.0.as_str()),
            Some("sev…")
        );
        assert_eq!(lengths[6].0.as_ref().map(|length| length.0), Some(2));
    }

    #[test]
    fn text_is_one_clean_line() {
        let hostile =
            Words::<40>::from_text("\n one\n\u{1b}[31mtwo \u{202e}three ").expect("not blank");
        assert_eq!(hostile.0.as_str(), "one \\u{1b}[31mtwo \\u{202e}three");
        assert_eq!(
            first_line("\n\n first \nsecond", 40),
            Some(Clean::new("first"))
        );
        assert_eq!(first_line(" \n ", 40), None);
    }
}
