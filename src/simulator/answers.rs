//! What the simulated platforms answer alike: a no, the odd entries of a batch, members of a query.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::IdFault;

/// An answer with another status than 200; each platform fills the body in its own shape.
#[derive(Clone, Debug)]
pub(crate) struct Answer(pub(crate) u16, pub(crate) Value);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).expect("every status here is written down");
        (status, Json(self.1)).into_response()
    }
}

/// How often the answer to a batch has the entry of an id, and whether beside its contrary.
pub(crate) fn entries<T: Clone>(
    fault: Option<IdFault>,
    entry: T,
    contrary: impl FnOnce(&T) -> T,
) -> Vec<T> {
    match fault {
        Some(IdFault::Missing) => vec![],
        Some(IdFault::Duplicate) => vec![entry.clone(), entry],
        Some(IdFault::Contradictory) => {
            let contrary = contrary(&entry);
            vec![entry, contrary]
        }
        Some(IdFault::Refused | IdFault::Stuck) | None => vec![entry],
    }
}

/// The members of several objects in one.
pub(crate) fn merged(parts: impl IntoIterator<Item = Value>) -> Value {
    let objects = parts.into_iter().filter_map(|part| match part {
        Value::Object(members) => Some(members),
        _ => None,
    });
    Value::Object(objects.flatten().collect())
}

/// The last value of a member of a query or form.
pub(crate) fn member(query: &[u8], name: &str) -> Option<String> {
    let values = form_urlencoded::parse(query).filter(|(key, _)| key == name);
    values.last().map(|(_, value)| value.into_owned())
}

/// A header as text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
