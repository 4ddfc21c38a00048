//! Secrets that a server says back: struck out of its answer before anything reads it (P7).

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::{memchr2, memmem};
use url::form_urlencoded::byte_serialize;

use crate::domain::connection::Credentials;

/// Anything shorter may be an ordinary word of an answer.
const SHORTEST: usize = 8;

/// What stands where a secret stood.
const STRUCK: &[u8] = b"***";

/// What must not come back: each secret plain, percent-encoded and in base64, alone or within a longer text.
#[derive(Clone, Default)]
pub(super) struct Hidden(Vec<Vec<u8>>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hidden({})", self.0.len())
    }
}

impl Hidden {
    pub(super) fn of(credentials: &Credentials) -> Self {
        let (Credentials::Client { secret, .. }
        | Credentials::Certificate { key: secret, .. }
        | Credentials::ApiKey(secret)) = credentials;
        Self::default().and(secret.expose())
    }

    /// With one more: the token of a call.
    pub(super) fn and(mut self, secret: &str) -> Self {
        if secret.len() >= SHORTEST {
            let in_url = byte_serialize(secret.as_bytes()).collect();
            let forms = [secret.to_owned(), in_url].into_iter();
            let forms = forms.chain(in_base64(secret)).map(String::into_bytes);
            self.0.extend(forms);
        }
        self
    }

    /// The text without them, as it stands and as it reads where JSON or a URL escapes a part of it.
    pub(super) fn strike(&self, text: Vec<u8>) -> Vec<u8> {
        let found = find(&self.0, &text);
        let text = without(text, found, |_| 1);
        let forms: Vec<_> = self.0.iter().map(|form| unescaped(form)).collect();
        let found = find(&forms, &unescaped(&text));
        without(text, found, |rest| {
            escape(rest).map_or(1, |(_, length)| length)
        })
    }
}

fn find(forms: &[Vec<u8>], text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for form in forms.iter().filter(|form| form.len() >= SHORTEST) {
        found.extend(memmem::find_iter(text, form).map(|at| at..at + form.len()));
    }
    found.sort_unstable_by_key(|place| place.start);
    found
}

/// The text without the places found in it; `length` says in how many bytes the next one that was read stands.
fn without(text: Vec<u8>, found: Vec<Range<usize>>, length: fn(&[u8]) -> usize) -> Vec<u8> {
    if found.is_empty() {
        return text;
    }
    let mut found = found.into_iter().peekable();
    let (mut out, mut rest, mut struck_to) = (Vec::with_capacity(text.len()), &text[..], 0);
    for place in 0.. {
        while let Some(struck) = found.next_if(|struck| struck.start == place) {
            if place >= struck_to {
                out.extend_from_slice(STRUCK);
            }
            struck_to = struck_to.max(struck.end);
        }
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at(length(rest));
        if place >= struck_to {
            out.extend_from_slice(piece);
        }
        rest = behind;
    }
    out
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = memchr2(b'\\', b'%', rest) {
        let (byte, length) = escape(&rest[at..]).unwrap_or((rest[at], 1));
        out.extend_from_slice(&rest[..at]);
        out.push(byte);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    out
}

/// The byte that an escape at the start of a text stands for, and how long it is: `%2b`, `\u002B`, `\/`, `\"`, with
/// more backslashes where JSON stands in JSON.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    if let Some(digits) = text.strip_prefix(b"%") {
        return Some((hex(digits)?, 3));
    }
    // A run of them is one step, however long it is.
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    let coded = |after: &[u8]| Some((hex(after.strip_prefix(b"u00")?)?, slashes + 5));
    match &text[slashes..] {
        _ if slashes == 0 => None,
        [byte @ (b'/' | b'"'), ..] => Some((*byte, slashes + 1)),
        after => coded(after).or(Some((b'\\', slashes))),
    }
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// The characters that stand for the secret alone in any base64 text that holds it: wherever in the text it
/// begins, they are one of three.
fn in_base64(secret: &str) -> impl Iterator<Item = String> {
    [STANDARD_NO_PAD, URL_SAFE_NO_PAD]
        .into_iter()
        .flat_map(move |engine| {
            (0..3).map(move |before: usize| {
                let text = engine.encode([&[0; 2][..before], secret.as_bytes()].concat());
                let ends = (before + secret.len()) * 4 / 3;
                text[(before * 4).div_ceil(3)..ends].to_owned()
            })
        })
}
