//! Reading: the list, its count, one row (section 1).

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Listing;
use super::access::InGroup;
use super::failure::Failure;
use super::row::{Kind, Row, Status};

const DEFAULT_TOP: usize = 10_000;
const LARGEST_TOP: usize = 100_000;

/// The last segment that asks for the count instead of a row of that id.
const COUNT: &str = "$count";

pub(super) async fn list(
    State(listing): State<Listing>,
    place: InGroup,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let asked = Asked::read(listing.kind, query)?;
    let resources: Vec<Value> = place.account.visit(&listing.service, |holdings| {
        let rows = holdings.shelf(place.part(listing.kind)).rows();
        let rows = rows.filter(|row| asked.covers(row)).skip(asked.skip);
        let rows = rows.take(asked.top);
        rows.map(asked.selected.unwrap_or(Row::listed)).collect()
    });
    // The rows of this answer, not of the whole listing.
    Ok(Json(
        json!({ "count": resources.len(), "resources": resources }),
    ))
}

pub(super) async fn count(
    State(listing): State<Listing>,
    place: InGroup,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let asked = Asked::read(listing.kind, query)?;
    let count = place.account.visit(&listing.service, |holdings| {
        let rows = holdings.shelf(place.part(listing.kind)).rows();
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
    if id == COUNT {
        // Clients may percent-encode the dollar.
        return count(listing, place, query).await;
    }
    let asked = Asked::read(listing.kind, query.0)?;
    let unknown = || Failure::unknown_id(listing.kind).about(&id);
    let shown = place.account.visit(&listing.service, |holdings| {
        let row = holdings.shelf(place.part(listing.kind)).find(&id);
        row.map(asked.selected.unwrap_or(Row::detailed))
            .ok_or_else(unknown)
    });
    shown.map(Json)
}

type Show = fn(&Row) -> Value;

/// The query, as far as it is known; unknown members are ignored.
struct Asked {
    status: Option<Status>,
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
    fn read(kind: Kind, query: Option<String>) -> Result<Self, Failure> {
        let query = members(query);
        let text = |name: &str| query.get(name).cloned();
        let refuse = |name: &str| Failure::invalid(name, &kind.target());
        let named = |word: String| Status::named(&word).ok_or_else(|| refuse("status"));
        let selected = match query.get("$select").map(String::as_str) {
            None => None,
            Some("status") => Some(Row::selected as Show),
            Some(_) => return Err(refuse("$select")),
        };
        Ok(Self {
            status: text("status").map(named).transpose()?,
            scenario: text("scenarioId"),
            configuration: text("configurationId"),
            executables: text("executableIds"),
            schedule: text("executionScheduleId").filter(|_| kind == Kind::Execution),
            top: number(&query, "$top", DEFAULT_TOP, LARGEST_TOP).map_err(refuse)?,
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

/// The members of a query, decoded.
pub(super) fn members(query: Option<String>) -> HashMap<String, String> {
    let query = query.unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// A number of the query; the error is its name.
pub(super) fn number<'a>(
    query: &HashMap<String, String>,
    name: &'a str,
    default: usize,
    largest: usize,
) -> Result<usize, &'a str> {
    let Some(text) = query.get(name) else {
        return Ok(default);
    };
    let value = text.parse().ok().filter(|value| *value <= largest);
    value.ok_or(name)
}
