//! Error bodies (`specs/sap-ai-core.md` 6).

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::row::Kind;
use crate::simulator::{Answer, mixed};

/// A refusal, of a whole request or of one item of a bulk update.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    code: &'static str,
    message: String,
    /// The service's own path, which is not the one that was called.
    target: String,
}

impl Failure {
    /// Outside the documented ones, the code is the status with leading zeros.
    pub(super) fn new(
        (status, code): (u16, &'static str),
        message: impl Into<String>,
        target: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            target: target.into(),
        }
    }

    pub(super) fn bad_request(message: impl Into<String>, target: &str) -> Self {
        Self::new((400, "01000400"), message, target)
    }

    /// A value of the query that cannot be.
    pub(super) fn invalid(name: &str, target: &str) -> Self {
        Self::bad_request(format!("Invalid value of {name}"), target)
    }

    pub(super) fn not_found(message: &str, target: &str) -> Self {
        Self::new((404, "01000404"), message, target)
    }

    /// No such row in the resource group.
    pub(super) fn unknown_id(kind: &Kind) -> Self {
        let message = format!("{} not found", kind.title);
        Self::new((404, kind.unknown_code), message, kind.target())
    }

    /// The status does not allow the change.
    pub(super) fn status_forbids(kind: &Kind, status: &str) -> Self {
        Self::locked(kind, &format!("Current status {status}"))
    }

    /// The service is busy with the row, whatever its status says.
    pub(super) fn in_transition(kind: &Kind) -> Self {
        Self::locked(kind, &format!("{} is in transition and", kind.title))
    }

    fn locked(kind: &Kind, why: &str) -> Self {
        let message = format!("Invalid Request, {why} cannot be changed..");
        Self::new((412, "01010076"), message, kind.target())
    }

    /// With 400 in the place of 412: which of the two it is, no page says (section 5.2).
    pub(super) fn or_bad_request(mut self) -> Self {
        if self.status == 412 {
            self.status = 400;
        }
        self
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
        let hash = mixed(0, &said);
        let bytes = [hash.to_be_bytes(), hash.rotate_left(29).to_le_bytes()].concat();
        uuid::Builder::from_random_bytes(bytes.try_into().expect("twice eight bytes")).into_uuid()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        Answer(self.status, self.body()).into_response()
    }
}
