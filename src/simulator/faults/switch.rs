//! The switches of the platforms' simulators, each with what it takes: the help, the reader of faults and the
//! simulators read the same table.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::connection::PlatformId;

/// A setting of one platform's simulator that the fault `switch` sets; the table says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Switch {
    BulkUpdates,
    CompletedIsKept,
    AnyContentType,
    Reversed,
    TokenLifetime,
    StopEndsAs,
    Restarts,
    MovesOnTo,
    Still,
    NewIsHidden,
    WrongStatusIs400,
    Version,
    Deleted,
    OldNotFound,
    OmitEmpty,
    Phases,
}

/// What the value of a switch is.
#[derive(Clone, Copy, Debug)]
enum Form {
    Flag,
    Seconds,
    Word(&'static [&'static str]),
    Version,
    /// An object; words take its place where they are named.
    Members(&'static [&'static str]),
}

const STATUSES: &[&str] = &[
    "PENDING",
    "RUNNING",
    "STOPPING",
    "COMPLETED",
    "STOPPED",
    "DEAD",
    "UNKNOWN",
];

use PlatformId::{RunAi, SapAiCore};

#[rustfmt::skip]
const TABLE: [(Switch, &str, &[PlatformId], Form, &str); 16] = [
    (Switch::BulkUpdates, "bulk_updates", &[SapAiCore], Form::Members(&["absent"]),
        "whether bulk changes are offered: true, false, one for each of executions and deployments, or \"absent\""),
    (Switch::CompletedIsKept, "completed_is_kept", &[SapAiCore], Form::Flag, "true: what completed cannot be deleted"),
    (Switch::AnyContentType, "any_content_type", &[SapAiCore], Form::Flag, "true: bulk takes every content type"),
    (Switch::Reversed, "reversed", &[SapAiCore, RunAi], Form::Flag, "true: bulk answers come in reverse"),
    (Switch::TokenLifetime, "token_lifetime", &[SapAiCore, RunAi], Form::Seconds, "seconds that a token lives"),
    (Switch::StopEndsAs, "stop_ends_as", &[SapAiCore], Form::Word(STATUSES), "the status in which a stop ends"),
    (Switch::Restarts, "restarts", &[SapAiCore], Form::Flag, "true: what was stopped runs again"),
    (Switch::MovesOnTo, "moves_on_to", &[SapAiCore], Form::Word(STATUSES),
        "the status that rows have taken between their listing and a change of them"),
    (Switch::Still, "still", &[SapAiCore], Form::Flag, "true: nothing moves but what was asked to"),
    (Switch::NewIsHidden, "new_is_hidden", &[SapAiCore], Form::Flag,
        "true: a deployment whose status is UNKNOWN is listed, and not found by its id"),
    (Switch::WrongStatusIs400, "wrong_status_is_400", &[SapAiCore], Form::Flag,
        "true: a single change that the row's status does not allow is refused with 400, not 412"),
    (Switch::Version, "version", &[RunAi], Form::Version, "the version of the control plane, such as \"2.18\""),
    (Switch::Deleted, "deleted", &[RunAi], Form::Word(&["not_found"]),
        "\"not_found\": a deleted workload cannot be read by id"),
    (Switch::OldNotFound, "old_not_found", &[RunAi], Form::Flag,
        "true: a read of what is not there is a 404 in the words of another version"),
    (Switch::OmitEmpty, "omit_empty", &[RunAi], Form::Flag, "true: empty lists of a batch answer are absent"),
    (Switch::Phases, "phases", &[RunAi], Form::Members(&[]), "phase words that are shown instead: an object, by id"),
];

impl Switch {
    /// Why it cannot be set so, for that platform.
    pub(super) fn refuses(self, platform: Option<PlatformId>, value: &Value) -> Option<String> {
        let row = TABLE.iter().find(|row| row.0 == self);
        let (_, name, platforms, form, does) = row.expect("the table has every switch");
        if platform.is_some_and(|platform| !platforms.contains(&platform)) {
            return Some(format!("`{name}` is a switch of {}", named(platforms)));
        }
        (!form.takes(value)).then(|| format!("`{name}` does not take {value}: {does}"))
    }
}

impl TryFrom<String> for Switch {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let found = TABLE.iter().find(|row| row.1 == word);
        found.map(|row| row.0).ok_or_else(|| {
            let known: Vec<_> = TABLE.iter().map(|row| format!("`{}`", row.1)).collect();
            format!(
                "unknown switch `{word}`, expected one of {}",
                known.join(", ")
            )
        })
    }
}

impl Form {
    fn takes(self, value: &Value) -> bool {
        let is_one_of = |words: &[&str]| value.as_str().is_some_and(|word| words.contains(&word));
        match self {
            Self::Flag => value.is_boolean(),
            Self::Seconds => value.is_u64(),
            Self::Word(words) => is_one_of(words),
            Self::Version => value.as_str().is_some_and(is_version),
            // What else a server might send instead is for the clients to bear.
            Self::Members(words) => {
                value.is_object() || value.is_boolean() && !words.is_empty() || is_one_of(words)
            }
        }
    }
}

fn is_version(text: &str) -> bool {
    let is_number = |part: &str| part.parse::<u8>().is_ok();
    let parts = text.split_once('.');
    parts.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

fn named(platforms: &[PlatformId]) -> String {
    let words = platforms.iter().map(|platform| platform.name());
    words.collect::<Vec<_>>().join(" and ")
}

/// A line for each, for the help.
pub(super) fn help() -> String {
    TABLE
        .iter()
        .fold(String::new(), |mut help, (_, name, platforms, _, does)| {
            let platforms = named(platforms);
            let _ = write!(help, "\n  {name} ({platforms})\n      {does}");
            help
        })
}
