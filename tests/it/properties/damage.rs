//! Damage to documents and files that shrinks well: a few edits, each by number.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::HOSTILE;

/// One edit: where, what, and which.
pub(super) type Edit = (u16, u8, u8);

/// So many edits, or fewer.
pub(super) fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any::<Edit>(), 0..=most)
}

fn nodes(value: &Value) -> usize {
    let below = match value {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(members) => members.values().map(nodes).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    1 + below
}

/// The node of that number, counted from the root down.
fn node(value: &mut Value, number: usize) -> &mut Value {
    if number == 0 {
        return value;
    }
    let mut left = number - 1;
    let below: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(members) => members.values_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for child in below {
        let size = nodes(child);
        if left < size {
            return node(child, left);
        }
        left -= size;
    }
    unreachable!("the number is below the count")
}

/// The document after an edit: a value of another kind, a member or item gone or doubled, a flag turned.
fn edit(document: &mut Value, (place, what, which): Edit, ids: &[String]) {
    let count = nodes(document);
    let target = node(document, usize::from(place) % count);
    let id = || ids[usize::from(which) % ids.len()].clone();
    *target = match (what % 13, target.take()) {
        (0, _) => Value::Null,
        (1, _) => json!([]),
        (2, _) => json!({}),
        (3, _) => json!(which),
        (4, _) => json!(which % 2 == 0),
        (5, _) => json!(HOSTILE[usize::from(which) % HOSTILE.len()]),
        (6, _) => json!(id()),
        (7, _) => json!(id().to_uppercase()),
        (8, Value::Array(mut items)) if !items.is_empty() => {
            let again = items[usize::from(which) % items.len()].clone();
            items.push(again);
            Value::Array(items)
        }
        (9, Value::Array(mut items)) if !items.is_empty() => {
            items.remove(usize::from(which) % items.len());
            Value::Array(items)
        }
        (10, Value::Object(mut members)) if !members.is_empty() => {
            let name = members
                .keys()
                .nth(usize::from(which) % members.len())
                .cloned();
            members.remove(&name.expect("one of them"));
            Value::Object(members)
        }
        (11, Value::Bool(flag)) => Value::Bool(!flag),
        (12, value) => json!([value]),
        (_, value) => value,
    };
}

/// The bytes of the document after all edits; the last one may also cut them or change one.
pub(super) fn damaged(mut document: Value, edits: &[Edit], ids: &[String]) -> Vec<u8> {
    for step in edits {
        edit(&mut document, *step, ids);
    }
    let mut bytes = document.to_string().into_bytes();
    if let Some((place, what, which)) = edits.last() {
        let place = usize::from(*place) % bytes.len();
        match what {
            0..=7 => bytes.truncate(place),
            8..=15 => bytes[place] = *which,
            _ => {}
        }
    }
    bytes
}
