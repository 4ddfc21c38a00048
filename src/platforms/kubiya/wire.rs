//! What the service sends, as far as it is used (`specs/kubiya.md` 6). Knows no rules and no rows.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::platforms::kubiya::words::{Length, Line, Told, Words};
use crate::platforms::loose::{FromJson, Loose, loose_objects};

/// One execution of a listing or a read by id (6.1, 6.2). Prompts and responses may be megabytes long:
/// only their start is ever kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) id: Loose<String>,
    pub(super) organization_id: Words<100>,
    pub(super) execution_type: Words<40>,
    pub(super) entity_id: Words<60>,
    pub(super) entity_name: Words<120>,
    pub(super) prompt: Words<300>,
    pub(super) status: Words<60>,
    pub(super) response: Words<200>,
    pub(super) error_message: Loose<Line>,
    pub(super) usage: Loose<Tokens>,
    pub(super) execution_metadata: Loose<Metadata>,
    pub(super) runner_name: Words<100>,
    pub(super) user_name: Words<100>,
    pub(super) user_email: Words<100>,
    pub(super) created_at: Loose<Timestamp>,
    pub(super) started_at: Loose<Timestamp>,
    pub(super) completed_at: Loose<Timestamp>,
    pub(super) updated_at: Loose<Timestamp>,
    pub(super) participants: Loose<Length>,
    pub(super) last_message_preview: Words<150>,
}

/// Tokens spent: the total as sent, else the sum of what was. Agents and teams name the parts differently.
#[derive(Debug)]
pub(super) struct Tokens(pub(super) u64);

impl FromJson for Tokens {
    fn from_json(usage: Value) -> Option<Self> {
        let first = |names: [&str; 2]| names.iter().find_map(|name| usage[name].as_u64());
        let sent = first(["prompt_tokens", "input_tokens"]);
        let received = first(["completion_tokens", "output_tokens"]);
        let parts = [sent, received].into_iter().flatten();
        let total = usage["total_tokens"].as_u64();
        total
            .or_else(|| parts.reduce(u64::saturating_add))
            .map(Self)
    }
}

/// The free-form members that say how the execution came about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) job_name: Words<100>,
    pub(super) trigger_type: Words<40>,
}

/// A read by id: the object, or an array of one, the older form (6.2).
#[derive(Debug)]
pub(super) struct One(pub(super) Row);

/// The answer to batch terminate (6.3).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BatchAnswer {
    pub(super) total_requested: Loose<u64>,
    pub(super) total_succeeded: Loose<u64>,
    pub(super) total_failed: Loose<u64>,
    pub(super) results: Loose<Vec<Said>>,
}

/// What is said of one id: an entry of that answer, or the answer to cancel and resume (6.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    pub(super) execution_id: Loose<String>,
    pub(super) success: Loose<bool>,
    pub(super) error: Loose<Told>,
    pub(super) terminated_at: Words<60>,
    pub(super) message: Words<400>,
    pub(super) warning: Loose<Told>,
}

loose_objects!(Row, Metadata, BatchAnswer, Said);

impl FromJson for One {
    fn from_json(value: Value) -> Option<Self> {
        let row = match value {
            Value::Array(mut rows) if rows.len() == 1 => rows.remove(0),
            other => other,
        };
        Row::from_json(row).map(Self)
    }
}
