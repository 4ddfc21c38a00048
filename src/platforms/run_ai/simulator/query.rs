//! List and count, and their query: bounds, order, filters (sections 2.1 to 2.4).
//!
//! Our own reading where the page is silent: items of `filterBy` are joined by AND, text is compared
//! with case, `search` looks without case into name, project, type and submitter.

use std::borrow::Cow;
use std::cmp::Ordering;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::no;
use super::row::View;
use super::site::Caller;
use super::workload::Workload;
use crate::simulator::Answer;

/// A member of a workload, as filters and orders see it.
#[derive(Debug, PartialEq, PartialOrd)]
enum Cell<'a> {
    /// Sorts before everything.
    Null,
    Text(Cow<'a, str>),
    Number(f64),
    Date(Timestamp),
}

impl<'a> Cell<'a> {
    fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    fn known<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds and priorities are small"
    )]
    fn whole(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    Text,
    Number,
    Date,
}

/// A member that can be sorted by and filtered by.
#[derive(Debug)]
struct Field {
    name: &'static str,
    sort: Sort,
    cell: for<'a> fn(&'a View<'a>, &'a Workload) -> Cell<'a>,
}

/// Name, sort and cell.
macro_rules! fields {
    ($($name:literal $sort:ident |$view:pat_param, $row:pat_param| $cell:expr;)+) => {
        [$(Field { name: $name, sort: Sort::$sort, cell: |$view, $row| $cell }),+]
    };
}

/// Section 2.2: the whole list, which is also the one for filters.
static FIELDS: [Field; 26] = fields! {
    "type"                    Text   |_, row|     Cell::text(row.class.word);
    "name"                    Text   |_, row|     Cell::text(&row.name);
    "clusterId"               Text   |view, _|    Cell::text(view.tenancy.cluster.to_string());
    "projectId"               Text   |_, row|     Cell::text(row.project_id());
    "projectName"             Text   |view, row|  Cell::text(view.project(row));
    "departmentId"            Text   |_, _|       Cell::text("3");
    "departmentName"          Text   |_, _|       Cell::text("research");
    "createdAt"               Date   |_, row|     Cell::Date(row.created);
    "deletedAt"               Date   |view, row|  Cell::known(view.deleted_at(row), Cell::Date);
    "submittedBy"             Text   |view, row|  Cell::known(view.submitted_by(row), Cell::text);
    "phase"                   Text   |view, row|  Cell::text(view.phase(row));
    "completedAt"             Date   |view, row|  Cell::known(view.completed_at(row), Cell::Date);
    "nodepool"                Text   |_, row|     Cell::text(row.node_pool());
    "distributedFramework"    Text   |_, row|     Cell::known(row.class.framework, Cell::text);
    "allocatedGPU"            Number |view, row|  Cell::known(view.allocated_gpus(row), Cell::Number);
    "idleGpus"                Number |_, _|       Cell::Null;
    "idleAllocatedGpus"       Number |view, row|  Cell::known(view.idle_gpus(row), Cell::Number);
    "phaseUpdatedAt"          Date   |view, row|  Cell::Date(row.stage(view.now).since);
    "category"                Text   |_, row|     Cell::text(row.class.category);
    "priority"                Number |_, row|     Cell::known(row.priority(), Cell::whole);
    "totalPendingTimeSeconds" Number |view, row|  Cell::known(view.pending_seconds(row), Cell::whole);
    "totalRunningTimeSeconds" Number |view, row|  Cell::known(view.running_seconds(row), Cell::whole);
    "priorityClassName"       Text   |_, row|     Cell::text(row.priority_class());
    "guaranteedRuntimeEndsAt" Date   |view, row|  Cell::known(view.guaranteed_until(row), Cell::Date);
    "aiApplicationId"         Text   |_, _|       Cell::Null;
    "aiApplicationName"       Text   |_, _|       Cell::Null;
};

/// Its sign, whether it is for text alone, and what it holds of a member and the value asked for.
#[derive(Debug)]
struct Operator(&'static str, bool, fn(&Cell<'_>, &Cell<'_>) -> bool);

#[rustfmt::skip]
static OPERATORS: [Operator; 8] = [
    Operator("==", false, |cell, value| order(cell, value).is_some_and(Ordering::is_eq)),
    Operator("!=", false, |cell, value| !order(cell, value).is_some_and(Ordering::is_eq)),
    Operator("<=", false, |cell, value| order(cell, value).is_some_and(Ordering::is_le)),
    Operator(">=", false, |cell, value| order(cell, value).is_some_and(Ordering::is_ge)),
    Operator("=@", true, |cell, value| texts(cell, value, |all, part| all.contains(part))),
    Operator("!@", true, |cell, value| !texts(cell, value, |all, part| all.contains(part))),
    Operator("=^", true, |cell, value| texts(cell, value, |all, part| all.starts_with(part))),
    Operator("=$", true, |cell, value| texts(cell, value, |all, part| all.ends_with(part))),
];

/// Null equals nothing and is in no order.
fn order(cell: &Cell<'_>, value: &Cell<'_>) -> Option<Ordering> {
    cell.partial_cmp(value).filter(|_| *cell != Cell::Null)
}

fn texts(cell: &Cell<'_>, value: &Cell<'_>, holds: fn(&str, &str) -> bool) -> bool {
    matches!((cell, value), (Cell::Text(cell), Cell::Text(value)) if holds(cell, value))
}

#[derive(Debug)]
struct Filter {
    field: &'static Field,
    operator: &'static Operator,
    value: Cell<'static>,
}

impl Filter {
    /// `<field><operator><value>`; whatever is no such thing is a 400.
    fn read(item: &str) -> Result<Self, String> {
        let fits = |field: &'static Field| {
            let rest = item.strip_prefix(field.name)?;
            let operator = OPERATORS
                .iter()
                .find(|operator| rest.starts_with(operator.0))?;
            let value = rest
                .strip_prefix(operator.0)
                .filter(|value| !value.is_empty())?;
            Some(Self {
                value: field.value(operator, value)?,
                field,
                operator,
            })
        };
        let invalid = || format!("filterBy: {item:?} is not <field><operator><value>");
        FIELDS.iter().find_map(fits).ok_or_else(invalid)
    }

    fn matches(&self, view: &View<'_>, row: &Workload) -> bool {
        (self.operator.2)(&(self.field.cell)(view, row), &self.value)
    }
}

impl Field {
    fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }

    /// Dates and numbers take only the four comparisons.
    fn value(&self, operator: &Operator, value: &str) -> Option<Cell<'static>> {
        match self.sort {
            Sort::Text => Some(Cell::text(value.to_owned())),
            Sort::Number | Sort::Date if operator.1 => None,
            Sort::Number => value.parse().ok().map(Cell::Number),
            Sort::Date => value.parse().ok().map(Cell::Date),
        }
    }
}

pub(super) async fn list(caller: Caller, query: Query) -> Json<Value> {
    let view = caller.view();
    let rows = view.tenancy.rows();
    let rows = query.sorted(&view, rows.rows());
    Json(query.page("workloads", rows.into_iter().map(|row| view.json(row))))
}

pub(super) async fn count(caller: Caller, query: Query) -> Json<Value> {
    let view = caller.view();
    let rows = view.tenancy.rows();
    let count = rows.rows().filter(|row| query.matches(&view, row)).count();
    Json(json!({ "count": count }))
}

/// What a list or count call asks for.
#[derive(Debug, Default)]
pub(super) struct Query {
    offset: usize,
    limit: usize,
    deleted: bool,
    sort_by: Option<&'static Field>,
    pub(super) descending: Option<bool>,
    filters: Vec<Filter>,
    search: Option<String>,
}

/// Without a limit, so many come: the trap of section 2.1.
const DEFAULT_LIMIT: usize = 50;

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Answer;

    /// Parameters nobody knows are ignored.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Answer> {
        let mut query = Self {
            limit: DEFAULT_LIMIT,
            ..Self::default()
        };
        let raw = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            query.take(&name, &value).map_err(|why| no(400, why))?;
        }
        Ok(query)
    }
}

impl Query {
    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let invalid = || format!("{name}: {value:?} is not allowed");
        match name {
            "offset" => {
                let offset = value.parse::<i32>().map(usize::try_from);
                self.offset = offset.ok().and_then(Result::ok).ok_or_else(invalid)?;
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=500).contains(limit));
                self.limit = limit.ok_or_else(invalid)?;
            }
            "deleted" => self.deleted = value.parse().map_err(|_| invalid())?,
            "sortBy" => self.sort_by = Some(Field::named(value).ok_or_else(invalid)?),
            "sortOrder" => {
                let known = ["asc", "desc"].iter().position(|order| *order == value);
                self.descending = Some(known.ok_or_else(invalid)? == 1);
            }
            // The value is decoded by now: the SDK encodes the commas too.
            "filterBy" => {
                for item in value.split(',') {
                    self.filters.push(Filter::read(item)?);
                }
            }
            "search" => self.search = Some(value.to_lowercase()),
            _ => {}
        }
        Ok(())
    }

    /// The page of a list that is asked for, under its name, and where the next one begins. What is on no page
    /// is not made.
    pub(super) fn page(&self, name: &str, all: impl Iterator<Item = Value>) -> Value {
        let mut rest = all.skip(self.offset);
        let page: Vec<Value> = rest.by_ref().take(self.limit).collect();
        let mut body = json!({ name: page });
        if rest.next().is_some() {
            body["next"] = (self.offset + self.limit).into();
        }
        body
    }

    /// The rows that are asked for, on whatever page. Rows are kept by age, so the order every client pages by costs no
    /// sorting.
    fn sorted<'a>(
        &self,
        view: &View<'_>,
        rows: impl Iterator<Item = &'a Workload>,
    ) -> Vec<&'a Workload> {
        let mut all: Vec<&Workload> = rows.filter(|row| self.matches(view, row)).collect();
        if let Some(field) = self.sort_by.filter(|field| field.name != "createdAt") {
            let order =
                |one, other| (field.cell)(view, one).partial_cmp(&(field.cell)(view, other));
            all.sort_by(|one, other| order(one, other).unwrap_or(Ordering::Equal));
        }
        if self.descending == Some(true) {
            all.reverse();
        }
        all
    }

    fn matches(&self, view: &View<'_>, row: &Workload) -> bool {
        view.deleted_at(row).is_some() == self.deleted
            && view.is_kept(row)
            && self.filters.iter().all(|filter| filter.matches(view, row))
            && self
                .search
                .as_ref()
                .is_none_or(|text| found(view, row, text))
    }
}

fn found(view: &View<'_>, row: &Workload, text: &str) -> bool {
    let places = [
        &row.name,
        view.project(row),
        row.class.word,
        view.submitted_by(row).unwrap_or_default(),
    ];
    places
        .iter()
        .any(|place| place.to_lowercase().contains(text))
}
