//! Request bodies as the service checks them, and its 422 (`specs/kubiya.md` 6.3).

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::refused::Refused;

/// The most ids a batch may have.
const MOST_IDS: usize = 100;

/// The most Unicode code points a reason may have.
const LONGEST_REASON: usize = 500;

/// A body that could be parsed, or was not meant to be.
#[derive(Debug)]
pub(super) enum Sent {
    /// There is none.
    Nothing,
    /// It is not called JSON; what it says is echoed.
    Text(String),
    /// JSON of any shape.
    Json(Value),
}

impl Sent {
    /// Parses a body. Broken JSON is the only thing refused before the key is looked at.
    pub(super) fn parse(headers: &HeaderMap, body: &Bytes) -> Result<Self, Refused> {
        if body.is_empty() {
            return Ok(Self::Nothing);
        }
        let named = headers
            .get(header::CONTENT_TYPE)
            .and_then(|name| name.to_str().ok());
        if !named.is_some_and(|name| name.starts_with("application/json")) {
            return Ok(Self::Text(String::from_utf8_lossy(body).into_owned()));
        }
        serde_json::from_slice(body)
            .map(Self::Json)
            .map_err(|error| {
                Refused::invalid(vec![json!({
                    "type": "json_invalid",
                    "loc": ["body", offset(body, &error)],
                    "msg": "JSON decode error",
                    "input": {},
                    "ctx": {"error": "Expecting value"},
                })])
            })
    }

    /// The object it must be.
    fn object(&self) -> Result<&Value, Refused> {
        let item = match self {
            Self::Json(object @ Value::Object(_)) => return Ok(object),
            Self::Nothing | Self::Json(Value::Null) => missing(&json!(["body"]), &Value::Null),
            Self::Text(text) => not_an_object(&json!(text)),
            Self::Json(other) => not_an_object(other),
        };
        Err(Refused::invalid(vec![item]))
    }
}

/// Where the parser gave up, counted from the start of the body.
fn offset(body: &[u8], error: &serde_json::Error) -> usize {
    let lines = body.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before + error.column().saturating_sub(1)
}

/// What is wrong, where, and what was sent there.
fn wrong(kind: &str, loc: &Value, msg: &str, input: &Value) -> Value {
    json!({"type": kind, "loc": loc, "msg": msg, "input": input})
}

fn missing(loc: &Value, input: &Value) -> Value {
    wrong("missing", loc, "Field required", input)
}

fn not_an_object(input: &Value) -> Value {
    let msg = "Input should be a valid dictionary or object to extract fields from";
    wrong("model_attributes_type", &json!(["body"]), msg, input)
}

/// What a batch is asked with: the ids as sent. The reason is checked, logged by the service and lost.
pub(super) fn batch(sent: &Sent) -> Result<Vec<String>, Refused> {
    let object = sent.object()?;
    let ids = ids(object);
    let mut wrong = ids.clone().err().unwrap_or_default();
    wrong.extend(reason(object));
    match ids {
        Ok(ids) if wrong.is_empty() => Ok(ids),
        Ok(_) | Err(_) => Err(Refused::invalid(wrong)),
    }
}

/// What a single terminate is asked with.
pub(super) fn single(sent: &Sent) -> Result<(), Refused> {
    match reason(sent.object()?) {
        Some(wrong) => Err(Refused::invalid(vec![wrong])),
        None => Ok(()),
    }
}

fn ids(object: &Value) -> Result<Vec<String>, Vec<Value>> {
    let loc = json!(["body", "execution_ids"]);
    let Some(input) = object.get("execution_ids") else {
        return Err(vec![missing(&loc, object)]);
    };
    let Value::Array(items) = input else {
        return Err(vec![wrong(
            "list_type",
            &loc,
            "Input should be a valid list",
            input,
        )]);
    };
    let length = items.len();
    let (kind, bound, limit, words) = match length {
        0 => ("too_short", "min_length", 1, "least 1 item"),
        1..=MOST_IDS => return strings(items),
        _ => ("too_long", "max_length", MOST_IDS, "most 100 items"),
    };
    let msg = format!("List should have at {words} after validation, not {length}");
    let mut wrong = wrong(kind, &loc, &msg, input);
    wrong["ctx"] = json!({"field_type": "List", bound: limit, "actual_length": length});
    Err(vec![wrong])
}

fn strings(items: &[Value]) -> Result<Vec<String>, Vec<Value>> {
    let others = items
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.is_string());
    let others =
        others.map(|(place, item)| not_a_string(&json!(["body", "execution_ids", place]), item));
    let others: Vec<Value> = others.collect();
    if !others.is_empty() {
        return Err(others);
    }
    Ok(items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect())
}

fn reason(object: &Value) -> Option<Value> {
    let loc = json!(["body", "reason"]);
    let Some(input) = object.get("reason") else {
        return Some(missing(&loc, object));
    };
    let Some(text) = input.as_str() else {
        return Some(not_a_string(&loc, input));
    };
    let (kind, bound, limit, words) = match text.chars().count() {
        0 => ("string_too_short", "min_length", 1, "least 1 character"),
        1..=LONGEST_REASON => return None,
        _ => (
            "string_too_long",
            "max_length",
            LONGEST_REASON,
            "most 500 characters",
        ),
    };
    let mut wrong = wrong(kind, &loc, &format!("String should have at {words}"), input);
    wrong["ctx"] = json!({ bound: limit });
    Some(wrong)
}

fn not_a_string(loc: &Value, input: &Value) -> Value {
    wrong("string_type", loc, "Input should be a valid string", input)
}
