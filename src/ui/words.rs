//! A line of words in several tones, cleaned and measured as it is put together.

use std::borrow::Cow;

use crate::domain::text::{Clean, cut, folded, width};
use crate::ui::theme::Tone;

/// Parts of one line, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    parts: Vec<(Tone, String)>,
    width: usize,
}

/// The text, safe to draw: whatever reaches the screen passes here, wherever it comes from (P8).
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(Clean::new(text).as_str().to_owned())
    }
}

impl Words {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// With more text at the end.
    pub(super) fn say(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        let text = clean(text.as_ref()).into_owned();
        if !text.is_empty() {
            self.width += width(&text);
            self.parts.push((tone, text));
        }
        self
    }

    pub(super) fn plain(self, text: impl AsRef<str>) -> Self {
        self.say(Tone::Plain, text)
    }

    pub(super) fn strong(self, text: impl AsRef<str>) -> Self {
        self.say(Tone::Strong, text)
    }

    pub(super) fn quiet(self, text: impl AsRef<str>) -> Self {
        self.say(Tone::Quiet, text)
    }

    /// With other words at the end.
    pub(super) fn and(mut self, more: Self) -> Self {
        self.width += more.width;
        self.parts.extend(more.parts);
        self
    }

    /// Filled up with spaces to so many columns.
    pub(super) fn pad_to(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width);
        if missing == 0 {
            return self;
        }
        self.plain(" ".repeat(missing))
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn is_empty(&self) -> bool {
        self.width == 0
    }

    pub(super) fn parts(&self) -> &[(Tone, String)] {
        &self.parts
    }

    /// All of it in one tone.
    pub(super) fn toned(mut self, tone: Tone) -> Self {
        self.parts.iter_mut().for_each(|part| part.0 = tone);
        self
    }
}

/// A line that begins with a text in that tone.
pub(super) fn say(tone: Tone, text: impl AsRef<str>) -> Words {
    Words::new().say(tone, text)
}

pub(super) fn plain(text: impl AsRef<str>) -> Words {
    say(Tone::Plain, text)
}

pub(super) fn strong(text: impl AsRef<str>) -> Words {
    say(Tone::Strong, text)
}

pub(super) fn quiet(text: impl AsRef<str>) -> Words {
    say(Tone::Quiet, text)
}

/// Parts in one line, as far as they say something, with a quiet gap between them.
pub(super) fn joined(parts: impl IntoIterator<Item = Words>, gap: &str) -> Words {
    let mut parts = parts.into_iter().filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |line, part| line.quiet(gap).and(part))
}

/// Puts parts side by side with a separator, on as many lines as they need. The first line starts with
/// `head`, the others at its width.
pub(super) fn flow(head: Words, parts: Vec<Words>, separator: &str, columns: usize) -> Vec<Words> {
    let indent = head.width();
    let mut lines = Vec::new();
    let mut line = head;
    let mut is_first = true;
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let gap = if is_first { 0 } else { width(separator) };
        if !is_first && line.width() + gap + part.width() > columns {
            lines.push(std::mem::replace(&mut line, Words::new().pad_to(indent)));
            is_first = true;
        }
        if !is_first {
            line = line.quiet(separator);
        }
        line = line.and(part);
        is_first = false;
    }
    lines.push(line);
    lines
}

/// The words of a text one by one, for [`flow`].
pub(super) fn pieces(text: &str) -> Vec<Words> {
    let words = text.split_whitespace();
    words.map(plain).collect()
}

/// The text on lines of so many columns, broken between words, and inside those that are longer.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let text = clean(text);
    let lines = folded(&text, columns).map(str::to_owned);
    lines.filter(|line| !line.is_empty()).collect()
}

/// The text on at most so many lines; what does not fit ends in `…`.
pub(super) fn wrapped_in(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = wrapped(text, columns);
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(cut(&rest, columns));
    }
    lines
}

/// A text behind `head` that goes on below at the same column, on at most so many lines.
pub(super) fn hanging(
    head: Words,
    tone: Tone,
    text: &str,
    columns: usize,
    most: usize,
) -> Vec<Words> {
    let column = head.width();
    let mut lead = head;
    wrapped_in(text, columns.saturating_sub(column), most)
        .into_iter()
        .map(|line| std::mem::take(&mut lead).pad_to(column).say(tone, line))
        .collect()
}
