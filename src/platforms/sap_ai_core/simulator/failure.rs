//! Error bodies (`specs/sap-ai-core.md` 6).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::row::Kind;

/// A refusal, of a whole request or of one item of a bulk update.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The service's own path, which is not the one that was called.
    target: String,
}

impl Failure {
    pub(super) fn bad_request(message: impl Into<String>, target: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "01000400", message.into(), target)
    }

    pub(super) fn not_found(message: &str, target: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "01000404",
            message.to_owned(),
            target,
        )
    }

    pub(super) fn unsupported_content_type(target: &str) -> Self {
        let message = "Content-Type must be application/merge-patch+json".to_owned();
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "01000415",
            message,
            target,
        )
    }

    pub(super) fn page_expired(target: &str) -> Self {
        Self::new(
            StatusCode::GONE,
            "01000410",
            "The continueToken has expired".to_owned(),
            target,
        )
    }

    /// No such row in the resource group.
    pub(super) fn unknown_id(kind: Kind) -> Self {
        let message = format!("{} not found", kind.title());
        Self::new(
            StatusCode::NOT_FOUND,
            kind.unknown_code(),
            message,
            &kind.target(),
        )
    }

    /// The status does not allow the change.
    pub(super) fn status_forbids(kind: Kind, status: &str) -> Self {
        let message = format!("Invalid Request, Current status {status} cannot be changed..");
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "01010076",
            message,
            &kind.target(),
        )
    }

    /// The service is busy with the row, whatever its status says.
    pub(super) fn in_transition(kind: Kind) -> Self {
        let message = format!(
            "Invalid Request, {} is in transition and cannot be changed..",
            kind.title()
        );
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "01010076",
            message,
            &kind.target(),
        )
    }

    fn new(status: StatusCode, code: &'static str, message: String, target: &str) -> Self {
        let target = target.to_owned();
        Self {
            status,
            code,
            message,
            target,
        }
    }

    /// About one row, where the request named it in its path.
    pub(super) fn about(mut self, id: &str) -> Self {
        self.target = format!("{}/{id}", self.target);
        self
    }

    /// The error of one item: all four members, which the Python SDK insists on.
    pub(super) fn item(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "requestId": self.request_id().to_string(),
            "target": self.target,
        })
    }

    /// The body of a request that was refused as a whole.
    pub(super) fn body(&self) -> Value {
        let mut error = self.item();
        error["details"] = json!({});
        json!({ "error": error })
    }

    /// Follows from what is said, so that the same scene always looks the same.
    fn request_id(&self) -> Uuid {
        let said = [self.code, &self.message, &self.target].concat();
        let hash = said.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let bytes = [hash.to_be_bytes(), hash.rotate_left(29).to_le_bytes()].concat();
        uuid::Builder::from_random_bytes(bytes.try_into().expect("twice eight bytes")).into_uuid()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
