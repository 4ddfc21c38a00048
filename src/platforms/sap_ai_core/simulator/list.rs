//! Reading: the list, its count, one row (section 1).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde_json::Value;

use super::Listing;
use super::access::InGroup;
use super::failure::Failure;
use super::row::{Kind, Row, STATUSES};
use crate::simulator::{Switch, member};

pub(super) async fn list(
    State(listing): State<Listing>,
    place: InGroup,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let asked = Asked::read(listing.kind, query)?;
    let resources: Vec<Value> = place.account.visit(&listing.service, |holdings| {
        let rows = holdings.rows(place.part(listing.kind)).rows();
        let rows = rows.filter(|row| asked.covers(row)).skip(asked.skip);
        let rows = rows.take(asked.top);
        rows.map(asked.selected.unwrap_or(Row::listed)).collect()
    });
    Ok(Json(super::meta::resources(resources)))
}

pub(super) async fn count(
    State(listing): State<Listing>,
    place: InGroup,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let asked = Asked::read(listing.kind, query)?;
    let count = place.account.visit(&listing.service, |holdings| {
        let rows = holdings.rows(place.part(listing.kind)).rows();
        rows.filter(|row| asked.covers(row)).count()
    });
    Ok(Json(count.into()))
}

pub(super) async fn one(
    listing: State<Listing>,
    place: InGroup,
    Path(id): Path<String>,
    query: RawQuery,
) -> Result<Json<Value>, Failure> {
    // Clients may percent-encode the dollar.
    if id == "$count" {
        return count(listing, place, query).await;
    }
    let asked = Asked::read(listing.kind, query.0)?;
    let hides =
        listing.kind.is_deployment && listing.service.engine.faults.is_on(Switch::NewIsHidden);
    let shown = place.account.visit(&listing.service, |holdings| {
        let row = holdings.rows(place.part(listing.kind)).find(&id);
        let row = row.filter(|row| !hides || row.status != "UNKNOWN");
        row.map(|row| asked.selected.unwrap_or(Row::detailed)(row))
    });
    let unknown = || Failure::unknown_id(listing.kind).about(&id);
    shown.map(Json).ok_or_else(unknown)
}

type Show = fn(&Row) -> Value;

/// The query, as far as it is known; unknown members are ignored.
struct Asked {
    status: Option<&'static str>,
    scenario: Option<String>,
    configuration: Option<String>,
    /// With commas between them.
    executables: Option<String>,
    schedule: Option<String>,
    top: usize,
    skip: usize,
    /// How rows are shown, where a selection of their members was asked for.
    selected: Option<Show>,
}

impl Asked {
    fn read(kind: &Kind, query: Option<String>) -> Result<Self, Failure> {
        let query = query.unwrap_or_default().into_bytes();
        let text = |name: &str| member(&query, name);
        let refuse = |name: &str| Failure::invalid(name, &kind.target());
        let named = |word: String| {
            let known = STATUSES.into_iter().find(|known| *known == word);
            known.ok_or_else(|| refuse("status"))
        };
        let selected = match text("$select").as_deref() {
            None => None,
            Some("status") => Some(Row::selected as Show),
            Some(_) => return Err(refuse("$select")),
        };
        Ok(Self {
            status: text("status").map(named).transpose()?,
            scenario: text("scenarioId"),
            configuration: text("configurationId"),
            executables: text("executableIds"),
            schedule: text("executionScheduleId").filter(|_| !kind.is_deployment),
            top: number(&query, "$top", 10_000, 100_000).map_err(refuse)?,
            skip: number(&query, "$skip", 0, usize::MAX).map_err(refuse)?,
            selected,
        })
    }

    fn covers(&self, row: &Row) -> bool {
        let made = &row.configuration;
        let is = |asked: &Option<String>, found: &str| {
            let mut asked = asked.iter().flat_map(|asked| asked.split(',')).peekable();
            asked.peek().is_none() || asked.any(|asked| asked == found)
        };
        self.status.is_none_or(|status| status == row.status)
            && is(&self.scenario, made.scenario)
            && is(&self.configuration, &made.id)
            && is(&self.executables, &made.executable)
            && is(&self.schedule, row.schedule.as_deref().unwrap_or_default())
    }
}

/// A number of the query; the error is its name.
pub(super) fn number<'a>(
    query: &[u8],
    name: &'a str,
    default: usize,
    largest: usize,
) -> Result<usize, &'a str> {
    let Some(text) = member(query, name) else {
        return Ok(default);
    };
    let value = text.parse().ok().filter(|value| *value <= largest);
    value.ok_or(name)
}
