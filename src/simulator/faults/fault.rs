//! One fault: where it holds and what happens; how it is read from JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::Call;
use crate::domain::connection::PlatformId;

/// The id that `extra` adds where the fault names none.
pub(super) const NOBODYS_ID: &str = "00000000-0000-4000-8000-0000000000ff";

/// What happens to one id of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFault {
    /// The id is acted upon, but the answer does not mention it.
    Missing,
    /// The answer mentions it twice.
    Duplicate,
    /// The answer calls it both succeeded and failed.
    Contradictory,
    /// It is refused, although the rules would allow it.
    Refused,
    /// It is accepted, and nothing moves.
    Stuck,
}

const ID_FAULTS: [(&str, IdFault); 5] = [
    ("missing", IdFault::Missing),
    ("duplicate", IdFault::Duplicate),
    ("contradictory", IdFault::Contradictory),
    ("refused", IdFault::Refused),
    ("stuck", IdFault::Stuck),
];

const ROW_FAULTS: [&str; 3] = ["extra", "engine_failure", "switch"];

/// What else the platforms' simulators carry out themselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::simulator) enum RowFault {
    /// The answer mentions ids nobody sent: those of `ids`.
    Extra {},
    /// The machinery behind the platform fails for the id, in these words.
    EngineFailure {
        #[serde(default = "workflow_engine_is_gone")]
        text: String,
    },
    /// A setting of the simulated service; each platform's simulator names its own.
    Switch { name: String, value: Value },
}

fn workflow_engine_is_gone() -> String {
    "Failed to terminate workflow: connection to the workflow engine was lost".to_owned()
}

/// What happens to a whole call.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::simulator) enum CallFault {
    /// Acts at once, answers so much later.
    Delay { ms: u64 },
    /// Neither acts nor answers until the set of faults is replaced or the client leaves.
    Stall {},
    /// Acts, then sends one byte of head and body each so many milliseconds.
    SlowBytes { ms: u64 },
    /// The connection is closed, nothing was done.
    DropBefore {},
    /// Acts, then closes the connection without an answer.
    DropAfter {},
    /// Closes the connection, and acts so much later.
    ActLate { ms: u64 },
    /// Acts; announces the whole length, sends so many bytes of the body, and closes the connection.
    Cut { at: usize },
    /// Answers with a status of its own choice.
    Status(StatusFault),
    /// Acts, and sets a header of the answer.
    Header { name: String, value: String },
    /// Acts, and answers 200 with another body.
    Body(BodyFault),
    /// Does not act; answers 200 with the sign-in page of a gateway.
    Html {},
    /// Does not act; answers 429 with this `Retry-After`, or without one.
    RetryAfter {
        #[serde(default)]
        value: Option<Value>,
    },
    /// The token of the call has expired: once where `times` says nothing. Token calls are spared.
    TokenExpired {},
    /// No token is accepted. Token calls are spared.
    Unauthorized {},
    /// Every page but the first begins one row too early, as if a row had been added meanwhile.
    ShiftPages {},
}

/// An answer that the platform did not give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct StatusFault {
    pub(in crate::simulator) status: u16,
    /// JSON, or a string that is sent as plain text.
    #[serde(default)]
    pub(in crate::simulator) body: Value,
    /// Whether what was asked is done all the same.
    #[serde(default)]
    pub(in crate::simulator) act: bool,
    #[serde(default)]
    pub(in crate::simulator) headers: BTreeMap<String, String>,
}

/// A body in place of the platform's own, called JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct BodyFault {
    #[serde(default)]
    pub(in crate::simulator) text: String,
    /// Bytes that are no text, in place of `text`.
    #[serde(default)]
    pub(in crate::simulator) base64: Option<String>,
    #[serde(default)]
    pub(in crate::simulator) headers: BTreeMap<String, String>,
}

/// What happens, by who carries it out.
#[derive(Clone, Debug)]
pub(in crate::simulator) enum Kind {
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
        match &self.kind {
            Kind::Call(CallFault::TokenExpired {}) => Some(self.selector.times.unwrap_or(1)),
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => self.selector.times,
        }
    }

    /// Whether it is about tokens, and so spares the calls that fetch one.
    pub(super) fn is_of_tokens(&self) -> bool {
        matches!(
            self.kind,
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
    #[serde(default)]
    platform: Platforms,
    method: Option<String>,
    path: Option<String>,
    tenant: Option<String>,
    pub(super) ids: Option<Vec<String>>,
    times: Option<u32>,
}

impl Selector {
    pub(super) fn is_of(&self, platform: PlatformId) -> bool {
        match self.platform {
            Platforms::All => true,
            Platforms::One(one) => one == platform,
        }
    }

    /// Whether it holds for the route and the caller.
    pub(super) fn covers(&self, call: &Call) -> bool {
        let method = |method: &String| method == "*" || method.eq_ignore_ascii_case(&call.method);
        self.is_of(call.platform)
            && self.method.as_ref().is_none_or(method)
            && self
                .path
                .as_ref()
                .is_none_or(|path| is_like(&call.path, path))
            && (self.tenant.is_none() || self.tenant == call.tenant)
    }
}

#[derive(Clone, Copy, Debug, Default)]
enum Platforms {
    #[default]
    All,
    One(PlatformId),
}

impl<'de> Deserialize<'de> for Platforms {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        let spelt = word.replace('_', "-");
        let one = PlatformId::ALL
            .into_iter()
            .find(|id| id.config_word() == spelt);
        match one {
            Some(one) => Ok(Self::One(one)),
            None if word == "*" => Ok(Self::All),
            None => Err(serde::de::Error::custom(format!(
                "unknown platform `{word}`, expected `sap_ai_core`, `run_ai`, `kubiya` or `*`"
            ))),
        }
    }
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

pub(super) fn parse(json: &str) -> Result<Vec<Fault>, InvalidFault> {
    let set =
        serde_json::from_str(json).map_err(|error| InvalidFault(format!("not JSON: {error}")))?;
    from_value(set)
}

pub(in crate::simulator) fn from_value(set: Value) -> Result<Vec<Fault>, InvalidFault> {
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
    let selector = serde_json::from_value(selector.into()).map_err(|error| error.to_string())?;
    Ok(Fault {
        selector,
        kind: kind_of(kind)?,
        said,
    })
}

fn kind_of(members: Map<String, Value>) -> Result<Kind, String> {
    let word = members.get("fault").and_then(Value::as_str);
    let word = word.unwrap_or_default().to_owned();
    let of_id = ID_FAULTS.into_iter().find(|(name, _)| *name == word);
    let is_alone = members.len() == 1;
    let members = Value::Object(members);
    let read = match of_id {
        Some((_, fault)) if is_alone => Ok(Kind::Id(fault)),
        Some(_) => return Err(format!("`{word}` takes no numbers")),
        None if ROW_FAULTS.contains(&word.as_str()) => {
            serde_json::from_value(members).map(Kind::Row)
        }
        None => serde_json::from_value(members).map(Kind::Call),
    };
    read.map_err(|error| with_all_kinds(error.to_string()))
}

/// The library's message on an unknown kind names those of whole calls only.
fn with_all_kinds(error: String) -> String {
    if !error.contains("unknown variant") {
        return error;
    }
    let others = ID_FAULTS.map(|(name, _)| name);
    let others = others.into_iter().chain(ROW_FAULTS);
    others.fold(error, |text, name| format!("{text}, `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for pattern in [
            "*",
            "/v2/*",
            "*/executions",
            "/v2/*/exec*",
            "/v2/lm/executions*",
        ] {
            assert!(is_like("/v2/lm/executions", pattern), "{pattern}");
        }
        for pattern in ["", "/v2", "/v2/*/", "*s/", "/v3*"] {
            assert!(!is_like("/v2/lm/executions", pattern), "{pattern}");
        }
    }

    #[test]
    fn an_invalid_fault_is_told_what_was_expected() {
        let cases = [
            ("{}", "expected an array"),
            ("[1]", "fault 1: expected an object"),
            ("[{}]", "missing field `fault`"),
            (r#"[{"fault":"dealy"}]"#, "`delay`"),
            (r#"[{"fault":"dealy"}]"#, "`missing`"),
            (r#"[{"fault":"delay"}]"#, "missing field `ms`"),
            (r#"[{"fault":"stall","ms":1}]"#, "unknown field `ms`"),
            (r#"[{"fault":"stuck","ms":1}]"#, "takes no numbers"),
            (r#"[{"fault":"stuck","platform":"aws"}]"#, "`sap_ai_core`"),
            (r#"[{"fault":"stall","pth":"*"}]"#, "unknown field `pth`"),
        ];
        for (json, part) in cases {
            let said = parse(json).expect_err(json).to_string();
            assert!(said.contains(part), "{json}: {said}");
        }
    }
}
