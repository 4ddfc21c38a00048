//! Error bodies: `detail` is a string, an object or an array (`specs/kubiya.md` 3).

use serde_json::Value;

use crate::domain::error::Refusal;
use crate::platforms::kubiya::words::first_line;

/// How much of a message is shown; database errors bring kilobytes of SQL along.
const LONGEST: usize = 200;

/// The only 404 that says something of an id; an unknown route answers `Not Found` (N24).
const NOT_FOUND: &str = "Execution not found";

/// Reads an error body: what the service says, or `None` where it says nothing it would say.
pub(super) fn read(status: u16, body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let (code, message) = said(&body)?;
    Some(Refusal {
        status,
        code: code.and_then(|code| first_line(code, 60)),
        own_shape: status != 404 || body["detail"] == NOT_FOUND,
        message: first_line(&message, LONGEST)?,
        request_id: None,
    })
}

/// Code and message, in the order of 3: the first shape that fits.
fn said(body: &Value) -> Option<(Option<&str>, String)> {
    let detail = &body["detail"];
    let error = &body["error"];
    match detail {
        Value::String(text) => Some((None, text.clone())),
        Value::Array(items) => Some((items.first()?["type"].as_str(), invalid(items)?)),
        Value::Object(_) if detail["message"].is_string() => {
            Some((detail["error"].as_str(), with_hint(detail)))
        }
        _ if error["message"].is_string() => {
            Some((error["code"].as_str(), text(&error["message"])))
        }
        _ => body["message"]
            .as_str()
            .map(|message| (None, message.to_owned())),
    }
}

fn with_hint(detail: &Value) -> String {
    match detail["hint"].as_str() {
        Some(hint) => format!("{}: {hint}", text(&detail["message"])),
        None => text(&detail["message"]),
    }
}

/// Where and what, of each item. `input` echoes what was sent and stays out.
fn invalid(items: &[Value]) -> Option<String> {
    let item = |item: &Value| {
        let place: Vec<String> = item["loc"].as_array()?.iter().map(text).collect();
        Some(format!("{}: {}", place.join("."), item["msg"].as_str()?))
    };
    let all: Vec<String> = items.iter().filter_map(item).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the error says that there is no execution with the id that was asked for.
pub(super) fn is_gone(said: &Refusal) -> bool {
    said.status == 404 && said.own_shape
}

/// Whether the error says that the execution has no session: nothing was said in it yet.
pub(super) fn is_no_session(said: &Refusal) -> bool {
    said.status == 404 && said.message.as_str() == "Session not found"
}
