//! Text of executions, which may be megabytes long, as far as it is shown.

use serde_json::Value;

use crate::domain::text::Clean;
use crate::platforms::loose::{FromJson, shortened};

/// Text for the screen: one line, at most `N` characters of it and an ellipsis. Blank text is absent.
#[derive(Debug)]
pub(super) struct Words<const N: usize>(pub(super) Clean);

impl<const N: usize> FromJson for Words<N> {
    fn from_json(value: Value) -> Option<Self> {
        let text = value.as_str()?.trim();
        (!text.is_empty()).then(|| Self(shortened(text, N)))
    }
}

/// As [`Words`], of the first line that is not blank.
#[derive(Debug)]
pub(super) struct Line<const N: usize>(pub(super) Clean);

impl<const N: usize> FromJson for Line<N> {
    fn from_json(value: Value) -> Option<Self> {
        first_line(value.as_str()?, N).map(Self)
    }
}

/// The first line that is not blank, cut as [`Words`] are.
pub(super) fn first_line(text: &str, characters: usize) -> Option<Clean> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(shortened(line, characters))
}

/// How many elements an array has.
#[derive(Debug)]
pub(super) struct Length(pub(super) usize);

impl FromJson for Length {
    fn from_json(value: Value) -> Option<Self> {
        Some(Self(value.as_array()?.len()))
    }
}
