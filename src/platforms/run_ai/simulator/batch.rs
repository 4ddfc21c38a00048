//! `POST /api/v1/workloads/batch` (section 5, and the client's page).

use axum::Json;
use axum::body::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::connection::PlatformId;
use crate::simulator::IdFault;

use super::actions::{Action, act};
use super::place::{Caller, No, Site, Tenancy};

/// "The number of ids is limited to 100": the prose of the schema.
const MOST_IDS: usize = 100;

pub(super) async fn batch(caller: Caller, body: Bytes) -> Result<Json<Value>, No> {
    let site = &*caller.site;
    if site.version() < 219 {
        return Err(No::such_id());
    }
    let (ids, action) = order(site, &body).map_err(|why| No::new(400, why))?;
    let mut results = Results::default();
    for id in ids {
        results.carry_out(site, caller.tenancy(), &id.to_string(), action);
    }
    let extra = site.engine.faults.extra(PlatformId::RunAi);
    results.succeeded.extend(extra.into_iter().map(Value::from));
    Ok(Json(results.json(site)))
}

/// Ids, each once, and the action; the error is the message of a 400.
fn order(site: &Site, body: &[u8]) -> Result<(Vec<Uuid>, Action), String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|_| "Required parameter is missing".to_owned())?;
    let (Some(ids), Some(word)) = (body["ids"].as_array(), body["action"].as_str()) else {
        return Err("Required parameter is missing".to_owned());
    };
    let known = Action::ALL.into_iter().find(|action| action.word() == word);
    let action = known.filter(|action| *action == Action::Delete || site.version() >= 222);
    let action =
        action.ok_or_else(|| format!("action: {word:?} is not one of the allowed values"))?;
    if !(1..=MOST_IDS).contains(&ids.len()) {
        return Err(format!(
            "ids: {} given, 1 to {MOST_IDS} are allowed",
            ids.len()
        ));
    }
    let mut read: Vec<Uuid> = Vec::with_capacity(ids.len());
    for id in ids {
        let uuid = id.as_str().and_then(|id| Uuid::try_parse(id).ok());
        let uuid = uuid.ok_or_else(|| format!("ids: {id} is not a uuid"))?;
        if !read.contains(&uuid) {
            read.push(uuid);
        }
    }
    Ok((read, action))
}

#[derive(Debug, Default)]
struct Results {
    succeeded: Vec<Value>,
    failed: Vec<Value>,
}

impl Results {
    fn carry_out(&mut self, site: &Site, tenancy: &Tenancy, id: &str, action: Action) {
        let fault = site.engine.faults.for_id(PlatformId::RunAi, id);
        let result = match tenancy.place_of(id) {
            Some(place) => act(site, &mut tenancy.rows()[place], action, fault),
            None => Err(No::such_id()),
        };
        let times = match fault {
            Some(IdFault::Missing) => 0,
            Some(IdFault::Duplicate) => 2,
            Some(IdFault::Contradictory | IdFault::Refused | IdFault::Stuck) | None => 1,
        };
        for _ in 0..times {
            self.tell(id, &result);
        }
        if fault == Some(IdFault::Contradictory) {
            let contrary = match result {
                Ok(()) => Err(No::new(500, "Something went wrong.")),
                Err(_) => Ok(()),
            };
            self.tell(id, &contrary);
        }
    }

    fn tell(&mut self, id: &str, result: &Result<(), No>) {
        match result {
            Ok(()) => self.succeeded.push(json!(id)),
            Err(no) => self.failed.push(no.of_id(id)),
        }
    }

    /// No order is promised, and an empty list may be absent.
    fn json(mut self, site: &Site) -> Value {
        if site.switch("reversed").is_some() {
            self.succeeded.reverse();
            self.failed.reverse();
        }
        let omit_empty = site.switch("omit_empty").is_some();
        let mut body = json!({ "id": Uuid::new_v4() });
        for (name, list) in [("succeeded", self.succeeded), ("failed", self.failed)] {
            if !(omit_empty && list.is_empty()) {
                body[name] = list.into();
            }
        }
        body
    }
}
