//! The server of a case: it plays the documented answer to the documented call, and has what else the client asks.

use centurion::domain::connection::PlatformId;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::case::{Answer, Call, Case, Credentials, Map, Table};
use crate::canned::{self, Heard, Say};

/// What the server says, and what it is to hear.
pub(super) struct Script {
    pub(super) call: Call,
    caller: Credentials,
    answer: Answer,
    beside: Map<Answer>,
    /// Route and body of the listing that has the rows of the call.
    listing: (String, String),
}

impl Script {
    pub(super) fn of(
        platform: PlatformId,
        table: &Table,
        case: &Case,
        caller: Credentials,
    ) -> Self {
        let call = table.call(case);
        let path = call.listing().split('?').next().unwrap_or_default();
        Self {
            answer: case.answer.clone(),
            beside: call.beside(table),
            listing: (format!("GET {path}"), listing(platform, &call.rows())),
            caller,
            call,
        }
    }

    /// The answer to one request.
    pub(super) fn say(&self, heard: &Heard) -> Say {
        let (route, query) = parts(heard);
        if self.is_of_the_case(heard) {
            let page = self.call.pages().remove(query);
            return page.map_or_else(
                || self.played(&self.answer),
                |body| canned::json(200, &body),
            );
        }
        match self.beside.get(route) {
            Some(answer) => self.played(answer),
            // That is no more than came: the listing of SAP AI Core ends.
            None if route.ends_with("/$count") => canned::json(200, "0"),
            // Kubiya's listing ends with an empty page.
            None if query.contains("skip=100") => canned::json(200, "[]"),
            None if route == self.listing.0 => canned::json(200, &self.listing.1),
            None => canned::answer(404, "content-type: text/plain", "not in the table"),
        }
    }

    /// Whether it is the call that the case is about. One that another answer is known for must have the body, too.
    fn is_of_the_case(&self, heard: &Heard) -> bool {
        let (route, _) = parts(heard);
        let alone = !self.beside.contains_key(route);
        route == self.call.route() && (alone || self.unlike_the_body(&heard.body).is_none())
    }

    fn played(&self, answer: &Answer) -> Say {
        let json = serde_json::from_str::<Value>(&answer.body).is_ok();
        let own = if json {
            "application/json"
        } else {
            "text/plain"
        };
        let mut headers = Map::from([("content-type".to_owned(), own.to_owned())]);
        headers.extend(answer.headers.clone());
        let headers = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"));
        let headers: Vec<String> = headers.collect();
        let body = self.caller.fill(&answer.body);
        canned::answer(answer.status, &headers.join("\r\n"), &body)
    }

    /// How what was sent differs from the documented call.
    pub(super) fn unlike_the_call(&self, sends: usize, heard: &[Heard]) -> Vec<String> {
        let call = &self.call;
        let sends = sends + call.pages().len();
        let sent = heard.iter().filter(|heard| self.is_of_the_case(heard));
        let sent: Vec<&Heard> = sent.collect();
        let mut wrong = Vec::new();
        if sent.len() != sends {
            let lines: Vec<&str> = heard.iter().map(|heard| heard.line.as_str()).collect();
            wrong.push(format!(
                "sent {} times, not {sends}; heard {lines:?}",
                sent.len()
            ));
        }
        if let Some(first) = sent.first() {
            let line = format!("{} {}", call.method(), call.target());
            if first.line != line {
                wrong.push(format!("sent as {}, documented as {line}", first.line));
            }
            wrong.extend(self.unlike_the_headers(first));
            wrong.extend(self.unlike_the_body(&first.body));
        }
        wrong
    }

    fn unlike_the_headers(&self, sent: &Heard) -> Vec<String> {
        let documented = self.call.headers().into_iter();
        let filled = documented.map(|(name, value)| (name, self.caller.fill(&value)));
        let other = filled.filter(|(name, value)| sent.header(name) != Some(value.as_str()));
        let told = |(name, value): (String, String)| {
            format!(
                "header {name} is {:?}, documented as {value}",
                sent.header(&name)
            )
        };
        other.map(told).collect()
    }

    fn unlike_the_body(&self, sent: &str) -> Option<String> {
        let same = match (self.call.body(), self.call.form()) {
            (Some(body), _) => parsed(&self.caller.fill(body)) == parsed(sent),
            (None, Some(form)) => {
                let members = form_urlencoded::parse(sent.as_bytes()).into_owned();
                members.collect::<Vec<_>>() == self.caller.form(form)
            }
            (None, None) => sent.is_empty(),
        };
        (!same).then(|| format!("sent the body {sent}"))
    }
}

/// Method and path, and the query.
fn parts(heard: &Heard) -> (&str, &str) {
    heard.line.split_once('?').unwrap_or((&heard.line, ""))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// A listing of these rows, each with no more than is said of it.
fn listing(platform: PlatformId, rows: &Map<Value>) -> String {
    let row = |(id, members): (&String, &Value)| {
        let mut row = members.clone();
        row["id"] = id.as_str().into();
        row
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    let body = match platform {
        PlatformId::SapAiCore => json!({ "resources": rows }),
        PlatformId::RunAi => json!({ "workloads": rows }),
        PlatformId::Kubiya => json!(rows),
    };
    body.to_string()
}
