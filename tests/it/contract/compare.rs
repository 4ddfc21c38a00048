//! Whether an answer is like the documented one: the same members and values, but for what is free, and for
//! objects that are held to a shape (a member's types, `|` between them: `text|null|absent`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;
use uuid::Uuid;

use super::case::{Case, Table};

/// What differs, each with its place.
pub(super) fn differences(
    table: &Table,
    case: &Case,
    documented: &Value,
    got: &Value,
) -> Vec<String> {
    let mut comparison = Comparison {
        table,
        case,
        found: Vec::new(),
    };
    comparison.compare("", documented, got);
    comparison.found
}

struct Comparison<'a> {
    table: &'a Table,
    case: &'a Case,
    found: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn compare(&mut self, place: &str, documented: &Value, got: &Value) {
        if let Some(shape) = self.shape_at(place) {
            self.held(place, shape, documented);
            self.held(place, shape, got);
            self.same(place, documented, got);
            return;
        }
        if self.case.free.iter().any(|free| is_at(free, place)) {
            if kind(documented) != kind(got) {
                self.note(
                    place,
                    &format!("{} where a {} is documented", kind(got), kind(documented)),
                );
            }
            return;
        }
        match (documented, got) {
            (Value::Object(documented), Value::Object(got)) => {
                let names = documented
                    .keys()
                    .chain(got.keys().filter(|name| !documented.contains_key(*name)));
                for name in names {
                    let place = format!("{place}/{name}");
                    match (documented.get(name), got.get(name)) {
                        (Some(documented), Some(got)) => self.compare(&place, documented, got),
                        (Some(_), None) => self.note(&place, "is missing"),
                        (None, _) => self.note(&place, "is not documented"),
                    }
                }
            }
            (Value::Array(documented), Value::Array(got)) => self.items(place, documented, got),
            (documented, got) if documented == got => {}
            (documented, got) => {
                self.note(place, &format!("{got} where {documented} is documented"));
            }
        }
    }

    /// Item by item, unless all are of one shape: then there may be any number but none.
    fn items(&mut self, place: &str, documented: &[Value], got: &[Value]) {
        let alike = self.shape_at(&format!("{place}/0")).is_some();
        if alike && got.is_empty() != documented.is_empty()
            || !alike && got.len() != documented.len()
        {
            self.note(
                place,
                &format!("{} items, {} are documented", got.len(), documented.len()),
            );
            return;
        }
        for (number, item) in got.iter().enumerate() {
            let documented = documented.get(number).unwrap_or(&documented[0]);
            self.compare(&format!("{place}/{number}"), documented, item);
        }
    }

    fn shape_at(&self, place: &str) -> Option<&'a str> {
        let case: &'a Case = self.case;
        let mut shapes = case.shapes.iter();
        let found = shapes.find(|(pattern, _)| is_at(pattern, place));
        found.map(|(_, shape)| shape.as_str())
    }

    fn held(&mut self, place: &str, shape: &str, value: &Value) {
        let Some(members) = value.as_object() else {
            self.note(
                place,
                &format!("a {} where a {shape} is documented", kind(value)),
            );
            return;
        };
        let table: &'a Table = self.table;
        let shape = table.shape(shape);
        for name in members.keys().filter(|name| !shape.contains_key(*name)) {
            self.note(&format!("{place}/{name}"), "is not documented");
        }
        for (name, types) in &shape {
            let got = members.get(name);
            if !types.split('|').any(|known| is_of(known, got)) {
                let got = got.map_or("nothing".to_owned(), ToString::to_string);
                self.note(
                    &format!("{place}/{name}"),
                    &format!("{got} where {types} is documented"),
                );
            }
        }
    }

    /// The members of which also the value is held.
    fn same(&mut self, place: &str, documented: &Value, got: &Value) {
        let case: &'a Case = self.case;
        for same in &case.same {
            let (object, name) = same.rsplit_once('/').unwrap_or_default();
            let (documented, got) = (&documented[name], &got[name]);
            if is_at(object, place) && documented != got {
                self.note(
                    place,
                    &format!("has {got} as its {name}, {documented} is documented"),
                );
            }
        }
    }

    fn note(&mut self, place: &str, what: &str) {
        self.found.push(format!(
            "{} {what}",
            if place.is_empty() {
                "the answer"
            } else {
                place
            }
        ));
    }
}

/// Whether a pattern in which `*` is any one member fits a place.
fn is_at(pattern: &str, place: &str) -> bool {
    let (pattern, place) = (pattern.split('/'), place.split('/'));
    pattern.clone().count() == place.clone().count()
        && pattern
            .zip(place)
            .all(|(pattern, name)| pattern == "*" || pattern == name)
}

fn is_of(known: &str, value: Option<&Value>) -> bool {
    let Some(value) = value else {
        return known == "absent";
    };
    match known {
        "date" => value
            .as_str()
            .is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        // Without a zone, as some services store it.
        "local date" => value
            .as_str()
            .is_some_and(|text| text.parse::<DateTime>().is_ok()),
        "empty" => value == "",
        "uuid" => value
            .as_str()
            .is_some_and(|text| Uuid::try_parse(text).is_ok()),
        "whole number" => value.is_i64() || value.is_u64(),
        known => known == kind(value),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
