//! One execution as answers have it: every field, nulls included (`specs/kubiya.md` 6.1).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::execution::Execution;
use super::organisation::Organisation;
use super::{stored, zoneless};
use crate::simulator::merged;

/// One row in so many has a prompt of hostile strings, each of so many.
const ODD_ONE_IN: u32 = 23;
const ODD_STRINGS: usize = 20;

/// What an execution that waits for input has said last.
const QUESTION: &str = "Shall I go on with the 3 changes listed above?";

const SYSTEM_PROMPT: &str =
    "You are an operations agent. Never act without saying what you will do.";

/// One row as the listing has it.
pub(super) fn listed(
    organisation: &Organisation,
    row: &Execution,
    status: &str,
    now: Timestamp,
) -> Value {
    merged([
        work(organisation, row, status, now),
        people(organisation, row),
        times(row, status, now),
    ])
}

fn work(organisation: &Organisation, row: &Execution, status: &str, now: Timestamp) -> Value {
    let agent = row.agent.map(|index| &organisation.agents[index]);
    let ended = row.completed(now).is_some();
    json!({
        "id": row.id,
        "organization_id": organisation.slug,
        "execution_type": row.kind,
        "entity_id": agent.map(|agent| agent.id.to_string()).unwrap_or_default(),
        "entity_name": agent.map(|agent| &agent.name),
        "prompt": prompt(organisation, row),
        "system_prompt": row.salt.is_multiple_of(3).then_some(SYSTEM_PROMPT),
        "status": status,
        "response": (status == "completed").then(|| response(row)),
        "error_message": row.error.filter(|_| ended),
        "usage": usage(row),
        "execution_metadata": metadata(organisation, row),
        "runner_name": row.queue,
    })
}

fn people(organisation: &Organisation, row: &Execution) -> Value {
    let owner = row.owner.map(|index| &organisation.people[index]);
    json!({
        "user_id": owner.map(|owner| owner.id),
        "user_name": owner.map(|owner| &owner.name),
        "user_email": owner.map(|owner| &owner.email),
        "user_avatar": null,
        "participants": participants(organisation, row),
    })
}

fn times(row: &Execution, status: &str, now: Timestamp) -> Value {
    let asks = status == "waiting_for_input";
    let updated = match row.salt % 53 {
        7 => String::new(),
        _ => stored(row.updated(now)),
    };
    json!({
        "created_at": stored(row.created),
        "started_at": row.started.map(stored),
        "completed_at": row.completed(now).map(stored),
        "updated_at": updated,
        "last_message_at": row.started.filter(|_| asks).map(zoneless),
        "last_message_preview": asks.then_some(QUESTION),
    })
}

/// What was asked of it.
pub(super) fn prompt(organisation: &Organisation, row: &Execution) -> String {
    let salt = row.salt;
    if salt % ODD_ONE_IN == 1 {
        let hostile = &organisation.engine.world.hostile;
        let from = salt as usize / 97 % hostile.len();
        let words = hostile.iter().cycle().skip(from).take(ODD_STRINGS);
        let words: Vec<&str> = words.map(String::as_str).collect();
        return format!("Explain: {}", words.join(" "));
    }
    let agent = row.agent.map(|index| &organisation.agents[index]);
    agent.map_or_else(
        || "Plan the work of this week".to_owned(),
        |agent| agent.prompt.clone(),
    )
}

/// What it said last, and when: its answer, or what it asks.
pub(super) fn said(row: &Execution, now: Timestamp) -> Option<(String, Timestamp)> {
    if row.shown(now) == Some("waiting_for_input") {
        return Some((QUESTION.to_owned(), row.started?));
    }
    let ended = row.completed(now).filter(|_| row.error.is_none());
    Some((response(row), ended?))
}

/// What it answered.
fn response(row: &Execution) -> String {
    let times = if row.salt.is_multiple_of(41) { 200 } else { 1 };
    let line = "Checked, changed and checked again; nothing else was touched.\n";
    format!("Done.\n\n{}", line.repeat(times))
}

/// Agents and teams count tokens under different names; what has not started has counted none.
fn usage(row: &Execution) -> Value {
    if row.started.is_none() {
        return json!({});
    }
    let (sent, received) = (row.salt % 9_000, row.salt % 700);
    let [sent_name, received_name] = match row.kind {
        "TEAM" => ["input_tokens", "output_tokens"],
        _ => ["prompt_tokens", "completion_tokens"],
    };
    json!({sent_name: sent, received_name: received, "total_tokens": sent + received})
}

fn metadata(organisation: &Organisation, row: &Execution) -> Value {
    let mut metadata = json!({
        "kubiya_org_id": organisation.slug,
        "worker_queue_name": row.queue,
    });
    if let Some(trigger) = row.trigger {
        metadata["trigger_type"] = trigger.into();
        metadata["job_id"] = format!("job-{}", row.salt % 40).into();
        metadata["job_name"] = format!("nightly-{}", row.salt % 40).into();
    }
    metadata
}

fn participants(organisation: &Organisation, row: &Execution) -> Value {
    let Some(owner) = row.owner.filter(|_| row.salt.is_multiple_of(4)) else {
        return json!([]);
    };
    let owner = &organisation.people[owner];
    json!([{
        "id": owner.id,
        "user_id": owner.id,
        "user_name": owner.name,
        "user_email": owner.email,
        "user_avatar": null,
        "role": "owner",
        "joined_at": stored(row.created),
        "last_active_at": "",
    }])
}
