//! Tokens that the simulated platforms give out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Tenant;

/// By their text: the client id of the tenant, and until when they hold. Timed by the wall clock, as clients do,
/// not by simulated time.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, (String, Instant)>>);

impl Tokens {
    /// A token of three parts, as real ones have, so that nobody can mistake it for anything else in a log.
    pub(crate) fn issue(&self, tenant: &Tenant, seconds: u64) -> String {
        let mut tokens = self.all();
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(&json!({ "alg": "HS256", "typ": "JWT" }));
        let now = Timestamp::now().as_second();
        let claims = part(&json!({
            "iss": "centurion-simulator",
            "sub": tenant.client_id,
            "jti": tokens.len(),
            "iat": now,
            "exp": now.saturating_add_unsigned(seconds),
        }));
        let text = format!("{head}.{claims}.{}", part(&json!("simulated")));
        let until = Instant::now() + Duration::from_secs(seconds);
        tokens.insert(text.clone(), (tenant.client_id.clone(), until));
        text
    }

    /// The client id whose token it is, while it holds.
    pub(crate) fn holder(&self, token: &str) -> Option<String> {
        let tokens = self.all();
        let (holder, until) = tokens.get(token)?;
        (Instant::now() < *until).then(|| holder.clone())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, (String, Instant)>> {
        let tokens = self.0.lock();
        tokens.expect("nobody panics while holding the tokens")
    }
}
