//! `POST /api/v1/workloads/batch` (section 5, and the client's page).

use axum::Json;
use axum::body::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::site::{Caller, Site};
use super::{id_of, no, no_such_id};
use crate::simulator::{Answer, Switch, entries};

/// "The number of ids is limited to 100": the prose of the schema.
const MOST_IDS: usize = 100;

pub(super) async fn batch(caller: Caller, body: Bytes) -> Result<Json<Value>, Answer> {
    let site = &*caller.site;
    if site.version() < 219 {
        return Err(no_such_id());
    }
    let (ids, action) = order(site, &body).map_err(|why| no(400, why))?;
    let (mut succeeded, mut failed): (Vec<Value>, Vec<Value>) = Default::default();
    for uuid in ids {
        let id = uuid.to_string();
        let fault = site.engine.faults.for_id(&id);
        let done = match caller.tenancy.rows().find(&uuid) {
            Some(row) => site.act(row, &action, fault),
            None => Err(no_such_id()),
        };
        let contrary = |done: &Result<(), Answer>| match done {
            Ok(()) => Err(no(500, "Something went wrong.")),
            Err(_) => Ok(()),
        };
        for told in entries(fault, done, contrary) {
            match told {
                Ok(()) => succeeded.push(json!(id)),
                Err(Answer(_, mut body)) => {
                    body["id"] = json!(id);
                    failed.push(body);
                }
            }
        }
    }
    let extra = site.engine.faults.extra();
    succeeded.extend(extra.into_iter().map(Value::from));
    Ok(Json(told(site, succeeded, failed)))
}

/// No order is promised, and an empty list may be absent.
fn told(site: &Site, succeeded: Vec<Value>, failed: Vec<Value>) -> Value {
    let reversed = site.engine.faults.is_on(Switch::Reversed);
    let omit_empty = site.engine.faults.is_on(Switch::OmitEmpty);
    let mut body = json!({ "id": Uuid::new_v4() });
    for (name, mut list) in [("succeeded", succeeded), ("failed", failed)] {
        if reversed {
            list.reverse();
        }
        if !(omit_empty && list.is_empty()) {
            body[name] = list.into();
        }
    }
    body
}

/// Ids, each once, and the action; the error is the message of a 400.
fn order(site: &Site, body: &[u8]) -> Result<(Vec<Uuid>, String), String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let (Some(ids), Some(word)) = (body["ids"].as_array(), body["action"].as_str()) else {
        return Err("Required parameter is missing".to_owned());
    };
    let suspends = matches!(word, "suspend" | "resume") && site.version() >= 222;
    if word != "delete" && !suspends {
        return Err(format!("action: {word:?} is not one of the allowed values"));
    }
    if !(1..=MOST_IDS).contains(&ids.len()) {
        let given = ids.len();
        return Err(format!("ids: {given} given, 1 to {MOST_IDS} are allowed"));
    }
    let mut read: Vec<Uuid> = Vec::with_capacity(ids.len());
    for id in ids {
        let uuid = id.as_str().and_then(id_of);
        let uuid = uuid.ok_or_else(|| format!("ids: {id} is not a uuid"))?;
        if !read.contains(&uuid) {
            read.push(uuid);
        }
    }
    Ok((read, word.to_owned()))
}
