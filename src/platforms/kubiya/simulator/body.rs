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
        let wrong = match self {
            Self::Json(object @ Value::Object(_)) => return Ok(object),
            Self::Nothing | Self::Json(Value::Null) => missing(&["body"], &Value::Null),
            Self::Text(text) => not_an_object(&json!(text)),
            Self::Json(other) => not_an_object(other),
        };
        Err(Refused::invalid(vec![wrong]))
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

fn missing(loc: &[&str], input: &Value) -> Value {
    json!({"type": "missing", "loc": loc, "msg": "Field required", "input": input})
}

fn not_an_object(input: &Value) -> Value {
    json!({
        "type": "model_attributes_type",
        "loc": ["body"],
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": input,
    })
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
    let Some(input) = object.get("execution_ids") else {
        return Err(vec![missing(&["body", "execution_ids"], object)]);
    };
    let Value::Array(items) = input else {
        let msg = "Input should be a valid list";
        return Err(vec![
            json!({"type": "list_type", "loc": ["body", "execution_ids"], "msg": msg, "input": input}),
        ]);
    };
    if let Some(wrong) = wrong_length(items) {
        return Err(vec![wrong]);
    }
    let text = |(place, item): (usize, &Value)| match item.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(not_a_string(&json!(["body", "execution_ids", place]), item)),
    };
    let (texts, others): (Vec<_>, Vec<_>) =
        items.iter().enumerate().map(text).partition(Result::is_ok);
    if others.is_empty() {
        return Ok(texts.into_iter().flatten().collect());
    }
    Err(others.into_iter().filter_map(Result::err).collect())
}

fn wrong_length(items: &[Value]) -> Option<Value> {
    let length = items.len();
    let (sort, limit, word, bound) = match length {
        0 => ("too_short", 1, "item", "min_length"),
        1..=MOST_IDS => return None,
        _ => ("too_long", MOST_IDS, "items", "max_length"),
    };
    let least = if length == 0 { "least" } else { "most" };
    Some(json!({
        "type": sort,
        "loc": ["body", "execution_ids"],
        "msg": format!("List should have at {least} {limit} {word} after validation, not {length}"),
        "input": items,
        "ctx": {"field_type": "List", bound: limit, "actual_length": length},
    }))
}

fn reason(object: &Value) -> Option<Value> {
    let Some(input) = object.get("reason") else {
        return Some(missing(&["body", "reason"], object));
    };
    let Some(text) = input.as_str() else {
        return Some(not_a_string(&json!(["body", "reason"]), input));
    };
    let (sort, msg, ctx) = match text.chars().count() {
        0 => (
            "string_too_short",
            "String should have at least 1 character",
            json!({"min_length": 1}),
        ),
        1..=LONGEST_REASON => return None,
        _ => {
            let ctx = json!({"max_length": LONGEST_REASON});
            (
                "string_too_long",
                "String should have at most 500 characters",
                ctx,
            )
        }
    };
    Some(json!({"type": sort, "loc": ["body", "reason"], "msg": msg, "input": input, "ctx": ctx}))
}

fn not_a_string(loc: &Value, input: &Value) -> Value {
    json!({"type": "string_type", "loc": loc, "msg": "Input should be a valid string", "input": input})
}
