//! One fault: where it holds and what happens; how it is read from JSON.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, from_value};

use super::switch::Switch;
use super::{Call, kinds};
use crate::domain::connection::PlatformId;

/// The id that `extra` adds where the fault names none.
pub(super) const NOBODYS_ID: &str = "00000000-0000-4000-8000-0000000000ff";

/// What happens to one id of an answer; `kinds.rs` says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdFault {
    Missing,
    Duplicate,
    Contradictory,
    Refused,
    Stuck,
}

/// What else the platforms' simulators carry out themselves; `kinds.rs` says what each does.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RowFault {
    Extra {},
    EngineFailure {
        #[serde(default = "workflow_engine_is_gone")]
        text: String,
    },
    Switch {
        name: Switch,
        value: Value,
    },
}

fn workflow_engine_is_gone() -> String {
    "Failed to terminate workflow: connection to the workflow engine was lost".to_owned()
}

/// What happens to a whole call; `kinds.rs` says what each does.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::simulator) enum CallFault {
    Delay {
        ms: u64,
    },
    Stall {},
    TokenExpired {},
    Unauthorized {},
    ShiftPages {},
    #[serde(skip)]
    Wire(WireFault),
    #[serde(skip)]
    Body(BodyFault),
}

/// What happens to the connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::simulator) enum WireFault {
    SlowBytes {
        ms: u64,
    },
    DropBefore {},
    DropAfter {},
    ActLate {
        ms: u64,
    },
    CloseKept {},
    Raw {
        #[serde(default)]
        text: String,
        #[serde(default, deserialize_with = "base64")]
        base64: Option<Vec<u8>>,
        #[serde(default)]
        act: bool,
    },
}

/// What becomes of the answer, or is said in its place.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::simulator) enum BodyFault {
    SlowBody {
        ms: u64,
    },
    Cut {
        at: usize,
    },
    Status {
        #[serde(deserialize_with = "status")]
        status: StatusCode,
        /// JSON, or a string that is sent as plain text.
        #[serde(default)]
        body: Value,
        #[serde(default)]
        act: bool,
        #[serde(default, deserialize_with = "headers")]
        headers: HeaderMap,
    },
    Header {
        #[serde(deserialize_with = "parsed")]
        name: HeaderName,
        #[serde(deserialize_with = "parsed")]
        value: HeaderValue,
    },
    Body {
        #[serde(default)]
        text: String,
        #[serde(default, deserialize_with = "base64")]
        base64: Option<Vec<u8>>,
        #[serde(default, deserialize_with = "headers")]
        headers: HeaderMap,
    },
    Html {},
    RetryAfter {
        #[serde(default)]
        value: Option<Value>,
    },
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(D::Error::custom)
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
    let number = u16::deserialize(from)?;
    let status = StatusCode::from_u16(number).ok();
    let last = status.filter(|status| !status.is_informational());
    last.ok_or_else(|| D::Error::custom("a status is a number from 200 to 999"))
}

fn base64<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    let coded = String::deserialize(from)?;
    let bytes = BASE64_STANDARD.decode(coded);
    bytes
        .map(Some)
        .map_err(|error| D::Error::custom(format!("`base64`: {error}")))
}

fn headers<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderMap, D::Error> {
    let members: HashMap<String, String> = HashMap::deserialize(from)?;
    HeaderMap::try_from(&members).map_err(|error| D::Error::custom(format!("`headers`: {error}")))
}

/// What happens, by who carries it out.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Id(IdFault),
    Row(RowFault),
    Call(CallFault),
}

/// One fault as `/_simulator/faults` takes it.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(super) selector: Selector,
    pub(super) kind: Kind,
    said: Value,
}

impl Fault {
    /// How often it may be used; `None` without limit.
    pub(super) fn uses(&self) -> Option<u32> {
        let once = matches!(self.kind, Kind::Call(CallFault::TokenExpired {}));
        self.selector.times.or(once.then_some(1))
    }

    /// Whether it is about tokens, and so spares the calls that fetch one.
    pub(super) fn is_of_tokens(&self) -> bool {
        let kind = &self.kind;
        matches!(
            kind,
            Kind::Call(CallFault::TokenExpired {} | CallFault::Unauthorized {})
        )
    }

    /// The fault as it came, with the uses left.
    pub(super) fn shown(&self, left: Option<u32>) -> Value {
        let mut shown = self.said.clone();
        if let Some(left) = left {
            shown["times"] = left.into();
        }
        shown
    }
}

const SELECTOR_KEYS: [&str; 6] = ["platform", "method", "path", "tenant", "ids", "times"];

/// Where a fault holds; what is absent holds everywhere.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Selector {
    #[serde(default, deserialize_with = "platform")]
    platform: Option<PlatformId>,
    method: Option<String>,
    path: Option<String>,
    tenant: Option<String>,
    pub(super) ids: Option<Vec<String>>,
    times: Option<u32>,
}

impl Selector {
    /// Whether it holds for the route and the caller.
    pub(super) fn covers(&self, call: &Call) -> bool {
        let method = |method: &String| method == "*" || method.eq_ignore_ascii_case(&call.method);
        let path = |path: &String| is_like(&call.path, path);
        self.platform.is_none_or(|one| one == call.platform)
            && self.method.as_ref().is_none_or(method)
            && self.path.as_ref().is_none_or(path)
            && (self.tenant.is_none() || self.tenant == call.tenant)
    }
}

fn platform<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PlatformId>, D::Error> {
    let word = String::deserialize(from)?;
    let spelt = word.replace('_', "-");
    let mut all = PlatformId::ALL.into_iter();
    let one = all.find(|id| id.config_word() == spelt);
    if one.is_none() && word != "*" {
        let expected = "expected `sap_ai_core`, `run_ai`, `kubiya` or `*`";
        return Err(D::Error::custom(format!(
            "unknown platform `{word}`, {expected}"
        )));
    }
    Ok(one)
}

/// Whether the text is like the pattern, where `*` stands for anything, also for nothing.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(after) = text.strip_prefix(start) else {
        return false;
    };
    let mut starts = after.char_indices().map(|(at, _)| at).chain([after.len()]);
    starts.any(|at| is_like(&after[at..], rest))
}

/// Why a set of faults was not taken.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidFault(pub(super) String);

pub(in crate::simulator) fn parse(json: &str) -> Result<Vec<Fault>, InvalidFault> {
    let set = serde_json::from_str(json);
    read(set.map_err(|error| InvalidFault(format!("not JSON: {error}")))?)
}

pub(in crate::simulator) fn read(set: Value) -> Result<Vec<Fault>, InvalidFault> {
    let Value::Array(faults) = set else {
        return Err(InvalidFault("expected an array of faults".to_owned()));
    };
    let numbered = faults.into_iter().enumerate();
    let read = numbered.map(|(n, fault)| {
        one(fault).map_err(|why| InvalidFault(format!("fault {}: {why}", n + 1)))
    });
    read.collect()
}

fn one(said: Value) -> Result<Fault, String> {
    let Value::Object(members) = said.clone() else {
        return Err("expected an object with `fault` and where it holds".to_owned());
    };
    let is_where = |(key, _): &(String, Value)| SELECTOR_KEYS.contains(&key.as_str());
    let (selector, kind): (Map<_, _>, Map<_, _>) = members.into_iter().partition(is_where);
    let selector: Selector = from_value(selector.into()).map_err(|error| error.to_string())?;
    let kind = kind_of(kind)?;
    if let Kind::Row(RowFault::Switch { name, value }) = &kind {
        name.refuses(selector.platform, value).map_or(Ok(()), Err)?;
    }
    Ok(Fault {
        selector,
        kind,
        said,
    })
}

fn kind_of(members: Map<String, Value>) -> Result<Kind, String> {
    let word = members.get("fault").and_then(Value::as_str);
    let word = word.ok_or("missing field `fault`")?.to_owned();
    if !kinds::names().any(|name| name == word) {
        let known: Vec<String> = kinds::names().map(|name| format!("`{name}`")).collect();
        let known = known.join(", ");
        return Err(format!("unknown fault `{word}`, expected one of {known}"));
    }
    if let Ok(fault) = from_value(word.as_str().into()) {
        let alone = members.len() == 1;
        return alone
            .then_some(Kind::Id(fault))
            .ok_or(format!("`{word}` takes no more than where it holds"));
    }
    let members = Value::Object(members);
    let read = match word.as_str() {
        "extra" | "engine_failure" | "switch" => from_value(members).map(Kind::Row),
        "slow_bytes" | "drop_before" | "drop_after" | "act_late" | "close_kept" | "raw" => {
            from_value(members).map(|fault| Kind::Call(CallFault::Wire(fault)))
        }
        "slow_body" | "cut" | "status" | "header" | "body" | "html" | "retry_after" => {
            from_value(members).map(|fault| Kind::Call(CallFault::Body(fault)))
        }
        _ => from_value(members).map(Kind::Call),
    };
    read.map_err(|error| format!("{word}: {error}"))
}
