//! What SAP AI Core says beside rows: refusals of requests and of ids, and tokens.
//!
//! Sections 5.1, 6 and 7 of `specs/sap-ai-core.md`. Nothing here asks anybody.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::error::Refusal;
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::Grant;
use crate::platforms::loose::{Loose, shortened};

/// The longest text of a server that is kept whole, in characters: a page of details, not a megabyte (R7).
pub(super) const LONGEST_TEXT: usize = 4_000;

/// An error of a whole request or of one id (sections 5.1 and 6). A help page spells the request's id `requestID`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ErrorBody {
    code: Value,
    message: Loose<String>,
    #[serde(alias = "requestID")]
    request_id: Loose<String>,
}

impl ErrorBody {
    /// Reads the member `error` of an answer or of one of its items; a bare text is its message.
    pub(super) fn of(error: &Value) -> Self {
        match error {
            Value::String(text) => Self {
                message: Loose(Some(text.clone())),
                ..Self::default()
            },
            Value::Object(_) => Self::deserialize(error).unwrap_or_default(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Self::default(),
        }
    }

    /// The code as text: documented as one, with leading zeros.
    pub(super) fn code(&self) -> Option<Clean> {
        match &self.code {
            Value::String(code) if !code.is_empty() => Some(shortened(code, LONGEST_TEXT)),
            Value::Number(code) => Some(Clean::new(&code.to_string())),
            Value::Null
            | Value::Bool(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// The reason (R7).
    pub(super) fn message(&self) -> Clean {
        let text = self.message.text();
        if text.is_empty() {
            Clean::new("no reason given")
        } else {
            shortened(text, LONGEST_TEXT)
        }
    }

    /// What SAP's support asks for.
    pub(super) fn request_id(&self) -> Option<Clean> {
        self.request_id.clean()
    }
}

/// Reads the error shape of section 6; `None` where the body is not in it.
pub(super) fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error").filter(|error| error.is_object())?;
    let error = ErrorBody::of(error);
    if error.code().is_none() && error.message.text().is_empty() {
        return None;
    }
    Some(Refusal {
        status,
        code: error.code(),
        message: error.message(),
        request_id: error.request_id(),
        own_shape: true,
    })
}

/// Reads a token (section 7). A lifetime that is no positive number is not believed.
pub(super) fn grant(body: &[u8]) -> Result<Grant, String> {
    let body: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON")?;
    let token = body
        .get("access_token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if token.is_empty() {
        return Err("`access_token` is missing".to_owned());
    }
    let seconds = match body.get("expires_in") {
        Some(Value::Number(seconds)) => seconds.as_f64(),
        Some(Value::String(seconds)) => seconds.parse().ok(),
        Some(_) | None => None,
    };
    let lifetime = seconds.filter(|seconds| *seconds > 0.0);
    Ok(Grant {
        token: Secret::new(token.to_owned()),
        lifetime: lifetime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_is_read_with_code_message_and_either_spelling_of_the_request_id() {
        for name in ["requestId", "requestID"] {
            let body = json!({"error": {"code": "01010076", "message": "no", name: "r-1", "target": "/x"}});
            let said = refusal(412, body.to_string().as_bytes()).expect("the platform's shape");
            assert_eq!(said.code.as_ref().map(Clean::as_str), Some("01010076"));
            assert_eq!(said.request_id.as_ref().map(Clean::as_str), Some("r-1"));
            assert!(said.own_shape);
        }
    }

    #[test]
    fn n24_no_other_body_counts_as_the_platforms_own() {
        for body in [
            "",
            "RBAC: access denied",
            "<html>",
            r#"{"error":"unauthorized"}"#,
            r#"{"error":{}}"#,
            "[]",
        ] {
            assert!(refusal(404, body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn n21_a_token_without_a_believable_lifetime_gets_the_default_one() {
        for (expires_in, expected) in [
            (json!(43_199), Some(43_199)),
            (json!("7199"), Some(7_199)),
            (json!(0), None),
            (json!(-5), None),
            (json!("soon"), None),
            (json!(null), None),
        ] {
            let body = json!({"access_token": "t", "expires_in": expires_in}).to_string();
            let lifetime = grant(body.as_bytes()).expect("a token").lifetime;
            assert_eq!(
                lifetime.map(|lifetime| lifetime.as_secs()),
                expected,
                "{expires_in}"
            );
        }
        assert!(grant(b"{}").is_err() && grant(b"<html>").is_err());
    }

    #[test]
    fn r07_a_reason_of_a_mebibyte_is_shortened_and_none_is_said_to_be_none() {
        let long = ErrorBody::of(&json!({"message": "x".repeat(1 << 20)}));
        assert!(long.message().as_str().len() < 5_000);
        assert_eq!(
            ErrorBody::of(&json!(null)).message().as_str(),
            "no reason given"
        );
        assert_eq!(
            ErrorBody::of(&json!("plain words")).message().as_str(),
            "plain words"
        );
    }
}
