//! Request bodies as the service checks them, and its 422 (`specs/kubiya.md` 6.3).

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::no;
use crate::simulator::{Answer, header as text};

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
    pub(super) fn parse(headers: &HeaderMap, body: &Bytes) -> Result<Self, Answer> {
        if body.is_empty() {
            return Ok(Self::Nothing);
        }
        let named = text(headers, "content-type");
        if !named.is_some_and(|name| name.starts_with("application/json")) {
            return Ok(Self::Text(String::from_utf8_lossy(body).into_owned()));
        }
        let parsed = serde_json::from_slice(body);
        parsed.map(Self::Json).map_err(|error| {
            let place = json!(["body", offset(body, &error)]);
            let mut wrong = wrong("json_invalid", &place, "JSON decode error", &json!({}));
            wrong["ctx"] = json!({"error": "Expecting value"});
            no(422, vec![wrong])
        })
    }

    /// The object it must be.
    fn object(&self) -> Result<&Value, Answer> {
        let input = match self {
            Self::Json(object @ Value::Object(_)) => return Ok(object),
            Self::Nothing | Self::Json(Value::Null) => {
                return Err(no(422, vec![missing(&json!(["body"]), &Value::Null)]));
            }
            Self::Text(text) => json!(text),
            Self::Json(other) => other.clone(),
        };
        let msg = "Input should be a valid dictionary or object to extract fields from";
        let wrong = wrong("model_attributes_type", &json!(["body"]), msg, &input);
        Err(no(422, vec![wrong]))
    }
}

/// Where the parser gave up, counted from the start of the body: at the end of one that is cut.
fn offset(body: &[u8], error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return body.len();
    }
    let lines = body.split_inclusive(|&byte| byte == b'\n');
    let before = lines.take(error.line().saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1)
}

/// What is wrong, where, and what was sent there.
fn wrong(kind: &str, loc: &Value, msg: &str, input: &Value) -> Value {
    json!({"type": kind, "loc": loc, "msg": msg, "input": input})
}

fn missing(loc: &Value, input: &Value) -> Value {
    wrong("missing", loc, "Field required", input)
}

/// What a batch is asked with: the ids as sent. The reason is checked, logged by the service and lost.
pub(super) fn batch(sent: &Sent) -> Result<Vec<String>, Answer> {
    let object = sent.object()?;
    let mut wrong = wrong_ids(object);
    wrong.extend(wrong_reason(object));
    if !wrong.is_empty() {
        return Err(no(422, wrong));
    }
    let ids = object["execution_ids"].as_array().into_iter().flatten();
    Ok(ids.filter_map(|id| Some(id.as_str()?.to_owned())).collect())
}

/// What a single terminate is asked with.
pub(super) fn single(sent: &Sent) -> Result<(), Answer> {
    let wrong = wrong_reason(sent.object()?);
    wrong.map_or(Ok(()), |wrong| Err(no(422, vec![wrong])))
}

fn wrong_ids(object: &Value) -> Vec<Value> {
    let loc = json!(["body", "execution_ids"]);
    let Some(input) = object.get("execution_ids") else {
        return vec![missing(&loc, object)];
    };
    let Some(items) = input.as_array() else {
        let msg = "Input should be a valid list";
        return vec![wrong("list_type", &loc, msg, input)];
    };
    let length = items.len();
    let (kind, bound, limit, words) = match length {
        0 => ("too_short", "min_length", 1, "least 1 item"),
        1..=MOST_IDS => {
            let items = items.iter().enumerate();
            let others = items.filter(|(_, item)| !item.is_string());
            let loc = |place| json!(["body", "execution_ids", place]);
            return others.map(|(at, item)| no_string(&loc(at), item)).collect();
        }
        _ => ("too_long", "max_length", MOST_IDS, "most 100 items"),
    };
    let msg = format!("List should have at {words} after validation, not {length}");
    let mut wrong = wrong(kind, &loc, &msg, input);
    wrong["ctx"] = json!({"field_type": "List", bound: limit, "actual_length": length});
    vec![wrong]
}

fn wrong_reason(object: &Value) -> Option<Value> {
    let loc = json!(["body", "reason"]);
    let Some(input) = object.get("reason") else {
        return Some(missing(&loc, object));
    };
    let Some(text) = input.as_str() else {
        return Some(no_string(&loc, input));
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

fn no_string(loc: &Value, input: &Value) -> Value {
    wrong("string_type", loc, "Input should be a valid string", input)
}
