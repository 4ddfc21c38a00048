//! Changing: in bulk and one by one (section 5).

use std::collections::HashSet;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::access::InGroup;
use super::account::Account;
use super::failure::Failure;
use super::row::Kind;
use super::{Listing, Service, meta};
use crate::simulator::{Answer, IdFault, Switch, entries, header};

/// Items of one bulk update.
const MOST_ITEMS: usize = 100;

pub(super) async fn bulk(
    State(listing): State<Listing>,
    place: InGroup,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Answer, Failure> {
    let Listing { service, kind } = &listing;
    if !service.engine.faults.is_on(Switch::AnyContentType) && !is_merge_patch(&headers) {
        return Err(Failure::new(
            (415, "01000415"),
            "Content-Type must be application/merge-patch+json",
            kind.target(),
        ));
    }
    let items = items(service, &place.account, kind, &body)
        .map_err(|message| Failure::bad_request(message, &kind.target()))?;
    let answers = items
        .iter()
        .flat_map(|&(ref id, change)| listing.answers(&place, id, change));
    let extra = service.engine.faults.extra();
    let extra = extra.iter().map(|id| listing.scheduled(id));
    let mut entries: Vec<Value> = answers.chain(extra).collect();
    if service.engine.faults.is_on(Switch::Reversed) {
        entries.reverse();
    }
    Ok(Answer(202, json!({ (kind.plural): entries })))
}

fn is_merge_patch(headers: &HeaderMap) -> bool {
    let sent = header(headers, "Content-Type");
    sent.is_some_and(|sent| sent.starts_with("application/merge-patch+json"))
}

/// The items of a bulk update, or why the whole of it is refused.
fn items(
    service: &Service,
    account: &Account,
    kind: &Kind,
    body: &[u8],
) -> Result<Vec<(String, &'static str)>, String> {
    if !meta::is_bulk_on(service, account, kind) {
        return Err(format!("Bulk updates of {} are not enabled", kind.plural));
    }
    let body: Map<String, Value> =
        serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let items = body.get(kind.plural).and_then(Value::as_array);
    let items = items.ok_or_else(|| format!("Expected an array {}", kind.plural))?;
    if !(1..=MOST_ITEMS).contains(&items.len()) {
        return Err(format!(
            "Expected 1 to {MOST_ITEMS} items, not {}",
            items.len()
        ));
    }
    let read: Vec<_> = items.iter().map(item).collect::<Result<_, _>>()?;
    let different: HashSet<_> = read.iter().map(|(id, _)| id).collect();
    if different.len() < read.len() {
        return Err("An id can only appear once per request".to_owned());
    }
    Ok(read)
}

fn item(item: &Value) -> Result<(String, &'static str), String> {
    let id = item["id"].as_str().filter(|id| is_id(id));
    let id = id.ok_or_else(|| format!("Invalid id {}", item["id"]))?;
    let change = match item["targetStatus"].as_str() {
        Some("STOPPED") => "STOPPED",
        Some("DELETED") => "DELETED",
        _ => return Err(format!("Invalid targetStatus {}", item["targetStatus"])),
    };
    Ok((id.to_owned(), change))
}

/// `^[\w.-]{4,64}$`
fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (4..=64).contains(&id.len()) && id.chars().all(allowed)
}

impl Listing {
    /// What a bulk answer says of one id: one entry, unless a fault says otherwise.
    fn answers(&self, place: &InGroup, id: &str, change: &'static str) -> Vec<Value> {
        let refused = |failure: &Failure| json!({ "id": id, "error": failure.item() });
        let fault = self.service.engine.faults.for_id(id);
        let entry = match self.obey(place, id, change, fault) {
            Ok(()) => self.scheduled(id),
            Err(failure) => refused(&failure),
        };
        let contrary = |_: &Value| refused(&Failure::in_transition(self.kind));
        entries(fault, entry, contrary)
    }

    fn scheduled(&self, id: &str) -> Value {
        json!({ "id": id, "message": format!("{} modification scheduled", self.kind.title) })
    }

    /// Carries out one change, unless a fault says that it is refused or that nothing moves.
    fn obey(
        &self,
        place: &InGroup,
        id: &str,
        change: &'static str,
        fault: Option<IdFault>,
    ) -> Result<(), Failure> {
        match fault {
            Some(IdFault::Refused) => return Err(Failure::in_transition(self.kind)),
            Some(IdFault::Stuck) => return Ok(()),
            Some(IdFault::Missing | IdFault::Duplicate | IdFault::Contradictory) | None => {}
        }
        place.account.visit(&self.service, |holdings| {
            holdings.change(&self.service, place.part(self.kind), id, change)
        })
    }
}

/// A stop of one, or another configuration for one deployment.
pub(super) async fn modify(
    State(listing): State<Listing>,
    place: InGroup,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Answer, Failure> {
    let kind = listing.kind;
    let refuse = |message: &str| Failure::bad_request(message, &kind.target()).about(&id);
    let body: Map<String, Value> =
        serde_json::from_slice(&body).map_err(|error| refuse(&error.to_string()))?;
    match (
        kind.is_deployment,
        body.get("targetStatus"),
        body.get("configurationId"),
    ) {
        (_, Some(Value::String(word)), None) if word == "STOPPED" => {
            listing.one(&place, &id, "STOPPED")?;
        }
        (true, None, Some(Value::String(configuration))) => {
            listing.reconfigure(&place, &id, configuration)?;
        }
        _ => return Err(refuse("Expected targetStatus STOPPED")),
    }
    Ok(Answer(202, listing.scheduled(&id)))
}

pub(super) async fn delete(
    State(listing): State<Listing>,
    place: InGroup,
    Path(id): Path<String>,
) -> Result<Answer, Failure> {
    listing.one(&place, &id, "DELETED")?;
    let said = json!({ "id": id, "message": "Deletion scheduled", "targetStatus": "DELETED" });
    Ok(Answer(202, said))
}

impl Listing {
    /// Faults about what a bulk answer says of an id mean nothing here.
    fn one(&self, place: &InGroup, id: &str, change: &'static str) -> Result<(), Failure> {
        let fault = self.service.engine.faults.for_id(id);
        let obeyed = self.obey(place, id, change, fault);
        obeyed.map_err(|failure| self.alone(failure, id))
    }

    /// A refusal of a call for this row alone.
    fn alone(&self, failure: Failure, id: &str) -> Failure {
        let failure = failure.about(id);
        if self.service.engine.faults.is_on(Switch::WrongStatusIs400) {
            failure.or_bad_request()
        } else {
            failure
        }
    }

    fn reconfigure(&self, place: &InGroup, id: &str, configuration: &str) -> Result<(), Failure> {
        let known = place
            .account
            .configurations
            .iter()
            .find(|known| known.id == configuration);
        let no_such =
            || Failure::bad_request("Configuration not found", &self.kind.target()).about(id);
        let known = known.ok_or_else(no_such)?.clone();
        let now = self.service.engine.clock.now();
        place.account.visit(&self.service, |holdings| {
            let found = holdings.rows(place.part(self.kind)).find(id);
            let row = found.ok_or_else(|| Failure::unknown_id(self.kind).about(id))?;
            // What may be stopped may be reconfigured.
            row.check("STOPPED", false)
                .map_err(|failure| self.alone(failure, id))?;
            row.configuration = known;
            row.last_operation = "UPDATE";
            row.modified = now;
            Ok(())
        })
    }
}
