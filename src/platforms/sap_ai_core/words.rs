//! What SAP AI Core says beside rows: refusals of requests and of ids, and failures.
//!
//! Sections 5.1 and 6 of `specs/sap-ai-core.md`. Nothing here asks anybody.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::Clean;
use crate::platforms::http::Reply;
use crate::platforms::loose::{LONGEST_TEXT, shortened};

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

/// A 403 often means the wrong resource group, and its body does not say which (section 6).
pub(super) fn naming_group(error: PlatformError, group: &Clean) -> PlatformError {
    let PlatformError::Forbidden { mut said } = error else {
        return error;
    };
    said.message = Clean::new(&format!("{} in resource group {group}", said.message));
    PlatformError::Forbidden { said }
}
