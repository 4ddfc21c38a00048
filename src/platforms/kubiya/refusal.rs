//! Error bodies: `detail` is a string, an object or an array (`specs/kubiya.md` 3).

use serde_json::Value;

use crate::domain::error::Refusal;
use crate::domain::text::Clean;
use crate::platforms::http;
use crate::platforms::loose::{LONGEST_TEXT, shortened};

/// The only 404 that says something of an id; an unknown route answers `Not Found` (N24).
const NOT_FOUND: &str = "Execution not found";

/// An execution in which nothing was said yet.
const NO_SESSION: &str = "Session not found";

/// Reads an error body; `None` where it is no JSON. Of JSON without words nothing is shown but what its status
/// means: it may echo what was sent.
pub(super) fn read(status: u16, body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let said = said(&body);
    let own_shape = said
        .as_ref()
        .is_some_and(|(_, words)| status != 404 || words == NOT_FOUND);
    let (code, words) = said.unwrap_or_else(|| (None, http::reason(status).to_owned()));
    let is_route = status == 404 && ![NOT_FOUND, NO_SESSION].contains(&words.as_str());
    let hint = if is_route { "; check `url`" } else { "" };
    Some(Refusal {
        status,
        code: code.map(|code| shortened(&code, 60)),
        message: Clean::new(&format!("{}{hint}", shortened(&words, LONGEST_TEXT))),
        request_id: None,
        own_shape,
    })
}

/// Code and message, in the order of 3: the first shape in which there are words.
fn said(body: &Value) -> Option<(Option<String>, String)> {
    let (detail, error) = (&body["detail"], &body["error"]);
    let shapes = [
        (None, text(detail)),
        (text(&detail["error"]), hinted(detail)),
        (text(&detail[0]["type"]), invalid(detail)),
        (text(&error["code"]), text(&error["message"])),
        (None, text(&body["message"])),
    ];
    let mut shapes = shapes.into_iter();
    shapes.find_map(|(code, words)| Some((code, words?)))
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn hinted(detail: &Value) -> Option<String> {
    let message = text(&detail["message"])?;
    let hint = text(&detail["hint"]).map(|hint| format!(": {hint}"));
    Some(message + &hint.unwrap_or_default())
}

/// Where and what, of each item. `input` echoes what was sent and stays out.
fn invalid(detail: &Value) -> Option<String> {
    let word = |part: &Value| {
        part.as_str()
            .map_or_else(|| part.to_string(), str::to_owned)
    };
    let item = |item: &Value| {
        let place = item["loc"].as_array().into_iter().flatten().map(word);
        let place: Vec<String> = place.collect();
        let colon = if place.is_empty() { "" } else { ": " };
        Some(place.join(".") + colon + &text(&item["msg"])?)
    };
    let all: Vec<String> = detail.as_array()?.iter().filter_map(item).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Whether the error says that the execution has no session: nothing was said in it yet.
pub(super) fn is_no_session(said: &Refusal) -> bool {
    said.status == 404 && said.message.as_str() == NO_SESSION
}
