//! The shape of `assets/contract/*.toml`.
//!
//! `$token`, `$id`, `$secret` and `$basic` (the two of them as HTTP has it) stand for the credentials of whoever
//! calls. Ids that are keys of `rows` stand for rows in that state: a canned server lists them, the simulator is
//! searched for rows that have these members.

use std::collections::BTreeMap;

use centurion::domain::connection::PlatformId;
use serde::Deserialize;
use serde_json::Value;

/// A map in the order of its keys.
pub(super) type Map<T> = BTreeMap<String, T>;

/// All cases of a platform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Where the answer to the call `sign-in` has the token; absent where calls carry a key.
    pub(super) token: Option<String>,
    /// Answers that the canned server gives beside the one of the case, by method and path.
    pub(super) beside: Map<Answer>,
    /// Objects by name: each member's types, see `compare.rs`.
    shapes: Map<Map<String>>,
    calls: Map<Call>,
    case: Vec<Case>,
}

/// A call; members that are absent are those of the call it is `like`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Call {
    /// The operation of the client that makes it; absent where none does.
    does: Option<String>,
    method: Option<String>,
    path: Option<String>,
    /// As sent, percent-encoded.
    query: Option<String>,
    /// Those that matter, names in lower case.
    headers: Option<Map<String>>,
    /// JSON.
    body: Option<String>,
    /// `name=value&…`, not encoded.
    form: Option<String>,
    /// The source the client is asked about, where it is not `default` or everything.
    scope: Option<String>,
    /// The path of the listing that has the rows, with the query that shows the simulator's.
    listing: Option<String>,
    rows: Option<Map<Value>>,
    /// Instead of those of the table.
    beside: Option<Map<Answer>>,
    /// Bodies of the pages after the first, by query.
    pages: Option<Map<String>>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    /// Page and section.
    pub(super) source: String,
    /// The name of a call.
    like: String,
    /// What of that call is different here.
    #[serde(default)]
    call: Call,
    pub(super) answer: Answer,
    /// Pointers into the answer to values of which only the type is held; `*` is any member.
    #[serde(default)]
    pub(super) free: Vec<String>,
    /// Pointers to objects that are held to a shape.
    #[serde(default)]
    pub(super) shapes: Map<String>,
    /// Pointers to members of those objects of which the value is held too.
    #[serde(default)]
    pub(super) same: Vec<String>,
    /// What the client makes of the answer, a line each.
    #[serde(default)]
    pub(super) makes: Vec<String>,
    /// How often the client sends the call: once, unless the answer invites it to come again.
    #[serde(default = "once")]
    pub(super) sends: usize,
    #[serde(default)]
    only: Option<Only>,
    /// Faults that bring the simulator into the state in which it answers so, as JSON.
    #[serde(default)]
    pub(super) faults: Option<String>,
    /// The simulator answers so because it is told to: by no state of its own.
    #[serde(default)]
    pub(super) played: bool,
}

/// The only direction in which a case makes sense.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Only {
    Client,
    Simulator,
}

/// A documented answer.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    #[serde(default = "ok")]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: Map<String>,
    /// Text; JSON where it is some.
    #[serde(default)]
    pub(super) body: String,
}

const fn ok() -> u16 {
    200
}

const fn once() -> usize {
    1
}

impl Table {
    /// Reads the table of a platform.
    pub(super) fn of(platform: PlatformId) -> Self {
        let text = match platform {
            PlatformId::SapAiCore => include_str!("../../../assets/contract/sap-ai-core.toml"),
            PlatformId::RunAi => include_str!("../../../assets/contract/run-ai.toml"),
            PlatformId::Kubiya => include_str!("../../../assets/contract/kubiya.toml"),
        };
        toml::from_str(text).unwrap_or_else(|error| panic!("{platform}: {error}"))
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = &Case> {
        self.case.iter()
    }

    /// The call of a case.
    pub(super) fn call(&self, case: &Case) -> Call {
        case.call.clone().or(self.named(&case.like))
    }

    /// The types of each member of a shape; its own before those of the shape it is `like`.
    pub(super) fn shape(&self, name: &str) -> Map<String> {
        let mut own = self.shapes.get(name).cloned();
        let base = own.as_mut().and_then(|own| own.remove("like"));
        let mut all = base.map_or_else(Map::new, |base| self.shape(&base));
        all.extend(own.unwrap_or_else(|| panic!("no shape is named {name}")));
        all
    }

    /// The call of that name.
    pub(super) fn named(&self, name: &str) -> &Call {
        let named = self.calls.get(name);
        named.unwrap_or_else(|| panic!("no call is named {name}"))
    }
}

impl Case {
    /// Whether a client has the operation for it.
    pub(super) fn is_for_client(&self, table: &Table) -> bool {
        table.call(self).does().is_some() && self.only != Some(Only::Simulator)
    }

    pub(super) fn is_for_simulator(&self) -> bool {
        self.only != Some(Only::Client)
    }
}

impl Call {
    fn or(self, base: &Self) -> Self {
        let base = base.clone();
        Self {
            does: self.does.or(base.does),
            method: self.method.or(base.method),
            path: self.path.or(base.path),
            query: self.query.or(base.query),
            headers: self.headers.or(base.headers),
            body: self.body.or(base.body),
            form: self.form.or(base.form),
            scope: self.scope.or(base.scope),
            listing: self.listing.or(base.listing),
            rows: self.rows.or(base.rows),
            beside: self.beside.or(base.beside),
            pages: self.pages.or(base.pages),
        }
    }

    pub(super) fn does(&self) -> Option<&str> {
        self.does.as_deref().filter(|does| *does != "nothing")
    }

    pub(super) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("GET")
    }

    pub(super) fn path(&self) -> &str {
        self.path.as_deref().expect("a call has a path")
    }

    /// Method and path.
    pub(super) fn route(&self) -> String {
        format!("{} {}", self.method(), self.path())
    }

    /// Path and query, as sent.
    pub(super) fn target(&self) -> String {
        match self.query.as_deref().unwrap_or_default() {
            "" => self.path().to_owned(),
            query => format!("{}?{query}", self.path()),
        }
    }

    pub(super) fn headers(&self) -> Map<String> {
        self.headers.clone().unwrap_or_default()
    }

    pub(super) fn body(&self) -> Option<&str> {
        self.body.as_deref().filter(|body| !body.is_empty())
    }

    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    pub(super) fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    pub(super) fn listing(&self) -> &str {
        self.listing.as_deref().unwrap_or_default()
    }

    pub(super) fn rows(&self) -> Map<Value> {
        self.rows.clone().unwrap_or_default()
    }

    pub(super) fn beside(&self, table: &Table) -> Map<Answer> {
        let mut all = table.beside.clone();
        all.extend(self.beside.clone().unwrap_or_default());
        all
    }

    pub(super) fn pages(&self) -> Map<String> {
        self.pages.clone().unwrap_or_default()
    }
}

/// Who calls, for the marks in calls.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: String,
}

impl Credentials {
    /// The text with the credentials in it.
    pub(super) fn fill(&self, text: &str) -> String {
        use base64::Engine as _;
        let basic = format!("{}:{}", self.id, self.secret);
        let basic = base64::prelude::BASE64_STANDARD.encode(basic);
        let marks = [
            ("$token", &self.token),
            ("$secret", &self.secret),
            ("$basic", &basic),
            ("$id", &self.id),
        ];
        marks.iter().fold(text.to_owned(), |text, (mark, value)| {
            text.replace(mark, value)
        })
    }

    /// The members of a form, with the credentials in them.
    pub(super) fn form(&self, form: &str) -> Vec<(String, String)> {
        let members = form.split('&').filter_map(|member| member.split_once('='));
        members
            .map(|(name, value)| (name.to_owned(), self.fill(value)))
            .collect()
    }
}
