//! Error answers: always `{"detail": …}`, with a string, an object or an array in it (`specs/kubiya.md` 3).

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    detail: Value,
}

impl Refused {
    /// With a sentence.
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            status,
            detail: detail.into(),
        }
    }

    /// No usable token: an object, with a hint.
    pub(super) fn unauthorized(message: &str, hint: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            detail: json!({"error": "Unauthorized", "message": message, "hint": hint}),
        }
    }

    /// Members that are not as they must be: an array, an item each.
    pub(super) fn invalid(items: Vec<Value>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail: items.into(),
        }
    }

    /// An id that is unknown or of another organisation.
    pub(super) fn no_execution() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Execution not found")
    }

    /// Anything the service did not expect.
    pub(super) fn failed(detail: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"detail": self.detail}))).into_response()
    }
}

/// The UUID of a path; anything else is an internal error, not a missing row.
pub(super) fn uuid_for(doing: &str, id: &str) -> Result<Uuid, Refused> {
    let malformed = |_| {
        Refused::failed(&format!(
            "Failed to {doing}: badly formed hexadecimal UUID string"
        ))
    };
    Uuid::try_parse(id).map_err(malformed)
}

/// For the engine: the answer to a route nobody serves.
pub(super) fn unknown_route() -> (u16, Value) {
    (404, json!({"detail": "Not Found"}))
}

/// The answer to a wrong method; the `Allow` header is added by the router.
pub(super) async fn method_not_allowed() -> Refused {
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

/// The answer to a path with a slash too many: absolute, and always `http` (1).
pub(super) async fn without_slash(headers: HeaderMap, request: Request) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let path = request.uri().path().trim_end_matches('/');
    let query = request.uri().query().map(|query| format!("?{query}"));
    let target = format!(
        "http://{}{path}{}",
        host.unwrap_or("localhost"),
        query.unwrap_or_default()
    );
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response()
}
