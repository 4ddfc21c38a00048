//! What SAP AI Core says beside rows: refusals of requests and of ids, failures, and tokens.
//!
//! Sections 5.1, 6 and 7 of `specs/sap-ai-core.md`. Nothing here asks anybody.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::{Grant, Reply};
use crate::platforms::loose::shortened;

/// The longest text of a server that is kept whole, in characters: a page of details, not a megabyte (R7).
pub(super) const LONGEST_TEXT: usize = 4_000;

/// What the member `error` says, of a whole request or of one id (sections 5.1 and 6): an object, or bare text.
/// In the platform's own shape where it says anything. A help page spells the request's id `requestID`.
pub(super) fn said(status: u16, error: &Value) -> Refusal {
    let text = |value: &Value| {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(shortened(text, LONGEST_TEXT))
    };
    let number = |value: &Value| Some(Clean::new(&value.as_number()?.to_string()));
    let code = text(&error["code"]).or_else(|| number(&error["code"]));
    let message = text(error).or_else(|| text(&error["message"]));
    Refusal {
        status,
        own_shape: code.is_some() || message.is_some(),
        code,
        message: message.unwrap_or_else(|| Clean::new("no reason given")),
        request_id: text(&error["requestId"]).or_else(|| text(&error["requestID"])),
    }
}

/// Reads the error shape of section 6; `None` where the body is not in it.
pub(super) fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error").filter(|error| error.is_object())?;
    Some(said(status, error)).filter(|said| said.own_shape)
}

/// What a whole answer holds. A member `error` at its top is a failure under any status (section 6).
pub(super) fn answer<T: DeserializeOwned>(reply: &Reply) -> Result<T, PlatformError> {
    #[derive(Deserialize)]
    struct Failed {
        error: Value,
    }
    match reply.json::<Failed>() {
        Ok(Failed { error }) if !error.is_null() => Err(PlatformError::ServerFailed {
            said: said(reply.status, &error),
        }),
        Ok(_) | Err(_) => reply.json(),
    }
}

/// Reads a token (section 7). A lifetime that is no positive number is not believed.
pub(super) fn grant(body: &[u8]) -> Result<Grant, String> {
    let body: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON")?;
    let token = body["access_token"].as_str().unwrap_or_default();
    if token.is_empty() {
        return Err("`access_token` is missing".to_owned());
    }
    let said = &body["expires_in"];
    let seconds = said.as_f64().or_else(|| said.as_str()?.parse().ok());
    let lifetime = seconds.filter(|seconds| *seconds > 0.0);
    Ok(Grant {
        token: Secret::new(token.to_owned()),
        lifetime: lifetime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    })
}
