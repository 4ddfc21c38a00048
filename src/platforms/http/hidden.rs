//! Secrets that a server says back: struck out of its answer before anything reads it (P7).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
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
            let mut forms = vec![
                secret.to_owned(),
                byte_serialize(secret.as_bytes()).collect(),
            ];
            forms.extend(in_base64(secret));
            forms.dedup();
            self.0.extend(forms.into_iter().map(String::into_bytes));
        }
        self
    }

    /// The body without them.
    pub(super) fn strike(&self, body: Vec<u8>) -> Vec<u8> {
        self.0.iter().fold(body, |body, form| {
            let mut found = memmem::find_iter(&body, form).peekable();
            if found.peek().is_none() {
                return body;
            }
            let (mut out, mut from) = (Vec::with_capacity(body.len()), 0);
            for at in found {
                out.extend_from_slice(&body[from..at]);
                out.extend_from_slice(STRUCK);
                from = at + form.len();
            }
            out.extend_from_slice(&body[from..]);
            out
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p7_a_secret_is_struck_wherever_a_base64_text_holds_it() {
        let secret = "cd-1f>?~long-secret";
        for before in ["", "a", "ab", "Bearer ", "client:"] {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{before}{secret} and more"));
                let struck = Hidden::default().and(secret).strike(text.clone().into());
                let struck = String::from_utf8(struck).expect("text");
                let (head, tail) = struck.split_once("***").expect("struck out");
                assert!(
                    text.len() - head.len() - tail.len() >= secret.len(),
                    "{struck}"
                );
            }
        }
    }
}
