//! Text from outside: [`Clean`] is safe to draw, [`Secret`] is safe to log.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text that can neither drive the terminal nor forge or hide a line (P8, T2, T3).
///
/// Line breaks, tabs and every other blank are spaces; control, format, private and unassigned characters are
/// shown as escapes such as `\u{202e}`, zero-width characters and fillers as `·`. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Clean(Arc<str>);

/// What is read from a file is cleaned on the way in, whoever wrote it.
impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl From<Clean> for String {
    fn from(clean: Clean) -> Self {
        clean.as_str().to_owned()
    }
}

impl Clean {
    /// Cleans one line of text.
    pub fn new(raw: &str) -> Self {
        if raw.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Self(raw.into());
        }
        let mut out = String::with_capacity(raw.len());
        let mut combining = 0;
        for c in raw.chars() {
            combining = if is_combining(c) { combining + 1 } else { 0 };
            push_clean(&mut out, c, combining);
        }
        Self(out.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// More combining marks than that on one letter are dropped: no script needs them, and they would
/// draw over the lines above and below (T4).
const COMBINING_MARKS: usize = 4;

fn is_combining(c: char) -> bool {
    !c.is_ascii() && c.width() == Some(0)
}

fn push_clean(out: &mut String, c: char, combining: usize) {
    match c {
        '\t' | '\n' | '\r' => out.push(' '),
        // Without a width, or blank: joiners, fillers and marks that are ignorable by the Unicode Character
        // Database (`Default_Ignorable_Code_Point`), the empty braille pattern, note head and Khitan filler.
        '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{16fe4}'
        | '\u{1d159}' => out.push('·'),
        // Variation selectors only change how the character before them looks, and its width.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {}
        _ if c.is_whitespace() && !c.is_control() => out.push(' '),
        _ if !is_printed(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ if combining > COMBINING_MARKS => {}
        _ => out.push(c),
    }
}

/// Whether the standard library prints it as it is, by its tables of Unicode's general categories: no control
/// (Cc), format (Cf), private (Co) or unassigned (Cn) character. Looked at behind a letter, as a mark stands.
fn is_printed(c: char) -> bool {
    c.is_ascii_graphic() || c == ' ' || format!("a{c}").escape_debug().nth(1) == Some(c)
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// A count with its thousands apart: `412`, `1 200`, `100 000`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let head = digits.len() % 3;
    let mut out = digits[..head].to_owned();
    for (place, digit) in digits[head..].chars().enumerate() {
        if place % 3 == 0 && !out.is_empty() {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A count and what it counts, with its verb where one follows: `1 row is`, `2 rows are`.
pub fn counted(count: usize, one: &str, several: &str) -> String {
    let words = if count == 1 { one } else { several };
    format!("{} {words}", grouped(count))
}

/// Whether an id may be marked and sent: 1 to 128 printable ASCII characters without a space.
pub(crate) fn is_sound_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
}

/// How many columns the text takes, drawn grapheme by grapheme as terminals and ratatui do: together,
/// letters that join into a ligature would count for fewer (T4).
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.width();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The start of the text that fits, cut between graphemes and marked with `…` where it was cut.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(1) else {
        return String::new();
    };
    let mut out = take(text.graphemes(true), room);
    out.push('…');
    out
}

/// The text on lines of at most so many columns: broken after a space, and inside words that are longer.
/// A text without a letter has one empty line.
pub fn folded(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = fitting(text, columns.max(1));
        let (fits, more) = text.split_at(end);
        if more.trim().is_empty() {
            rest = None;
            return Some(fits.trim_end());
        }
        // A line that a long word would leave more than half empty is filled with its start.
        let space = fits
            .rfind(' ')
            .filter(|at| !more.starts_with(' ') && at * 2 >= end);
        let (line, more) = text.split_at(space.unwrap_or(end));
        rest = Some(more.trim_start());
        Some(line.trim_end())
    })
}

/// How many bytes of the text fit into so many columns; at least one letter.
fn fitting(text: &str, columns: usize) -> usize {
    // No letter has more columns than bytes.
    if text.len() <= columns {
        return text.len();
    }
    if text.as_bytes()[..=columns].is_ascii() {
        return columns;
    }
    let mut used = 0;
    let over = text.grapheme_indices(true).find(|(at, grapheme)| {
        used += width(grapheme);
        used > columns && *at > 0
    });
    over.map_or(text.len(), |(at, _)| at)
}

/// Start and end of the text with `…` between them, for ids in narrow columns.
pub fn cut_middle(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(1) else {
        return String::new();
    };
    let tail = room / 3;
    let mut end: Vec<&str> = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        used += width(grapheme);
        if used > tail {
            break;
        }
        end.push(grapheme);
    }
    let mut out = take(text.graphemes(true), room - tail);
    out.push('…');
    out.extend(end.into_iter().rev());
    out
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, columns: usize) -> String {
    let mut used = 0;
    graphemes
        .take_while(|grapheme| {
            used += width(grapheme);
            used <= columns
        })
        .collect()
}

/// A credential. Prints as `***` and is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself: for the header or body that carries it to the host it belongs to, nothing else.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
