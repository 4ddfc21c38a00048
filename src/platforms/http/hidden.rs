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

/// What must not come back: each secret plain, percent-encoded and in base64.
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
                STANDARD_NO_PAD.encode(secret),
                URL_SAFE_NO_PAD.encode(secret),
            ];
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
