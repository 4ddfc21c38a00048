//! `/_simulator/...`: the record and the faults, for tests in any language. Not recorded itself.

use axum::Json;
use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Server;
use crate::simulator::faults;

/// Paths below it are the simulator's own.
pub(super) const PREFIX: &str = "/_simulator/";

pub(super) fn answer(server: &Server, method: &Method, path: &str, body: &Bytes) -> Response {
    let faults = &server.engine.faults;
    match (method.as_str(), path.trim_start_matches(PREFIX)) {
        ("GET", "requests") => Json(server.record.all()).into_response(),
        ("GET", "faults") => Json(faults.shown()).into_response(),
        ("POST", "faults") => replace(server, body),
        _ => {
            let error = "expected GET /_simulator/requests, or GET or POST /_simulator/faults";
            refuse(StatusCode::NOT_FOUND, error)
        }
    }
}

fn replace(server: &Server, body: &[u8]) -> Response {
    let faults = &server.engine.faults;
    match faults::parse(&String::from_utf8_lossy(body)) {
        Ok(set) => {
            faults.replace(set);
            Json(faults.shown()).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
