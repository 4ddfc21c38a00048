//! The facts and rules of a row, in words.

use jiff::Timestamp;

use crate::app::Model;
use crate::domain::action::{Action, Exclusion, Offer};
use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::time::{age, long_span, short_span, time_of_day};
use crate::ui::table::failure;
use crate::ui::theme::Tone;
use crate::ui::words::Words;

/// A label and its value.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) tone: Tone,
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        label,
        value: value.into(),
        tone: Tone::Plain,
    }
}

/// What the table has no column for, the most telling first.
pub(super) fn telling(model: &Model, row: &Resource) -> Vec<Fact> {
    let mut facts = Vec::new();
    let failure = failure(row);
    if !failure.is_empty() {
        facts.push(Fact {
            tone: Tone::Warn,
            ..fact("message", failure)
        });
    }
    facts.extend(since_marked(model, row));
    let own = row.facts.iter();
    facts.extend(own.map(|(label, value)| fact(label, value.as_str())));
    if let Some(message) = row.message.as_ref().filter(|_| failure.is_empty()) {
        facts.push(fact("message", message.as_str()));
    }
    facts
}

/// When it was made, changed and read.
pub(super) fn times(model: &Model, row: &Resource) -> Vec<Fact> {
    let ago = |at: Timestamp| format!("{} ago", short_span(age(model.now.wall, at)));
    let mut facts = Vec::new();
    if let Some(created) = row.created {
        let date = created.strftime("%Y-%m-%d %H:%MZ");
        facts.push(fact("created", date.to_string()));
    }
    if let Some(modified) = row.modified {
        facts.push(fact("modified", ago(modified)));
    }
    facts.push(fact("last seen", seen(model, row)));
    facts
}

/// How long ago its source was read.
pub(super) fn seen(model: &Model, row: &Resource) -> String {
    let state = model.lanes.source(&row.key.source);
    let listing = state.and_then(|state| state.listing.as_ref());
    listing.map_or_else(
        || "not listed now".to_owned(),
        |listing| {
            format!(
                "{} ago",
                short_span(model.now.moment.since(listing.finished))
            )
        },
    )
}

/// What changed since the row was marked.
fn since_marked(model: &Model, row: &Resource) -> Option<Fact> {
    let mark = model.selection.get(&row.key)?;
    let value = match (mark.gone, mark.changed) {
        (Some(gone), _) => format!("gone since {}", time_of_day(gone)),
        (None, Some(at)) => {
            let (before, now) = (&mark.marked_as, &mark.row.status.word);
            format!("{before} → {now}, {}", time_of_day(at))
        }
        (None, None) => return None,
    };
    Some(Fact {
        tone: Tone::Warn,
        ..fact("since marked", value)
    })
}

/// Everything, for the page.
pub(super) fn all(model: &Model, row: &Resource) -> Vec<Fact> {
    let source = &row.key.source;
    let word = |word: &Option<Clean>| word.as_ref().map(|word| word.as_str().to_owned());
    let ago = |at: Timestamp| {
        let date = at.strftime("%Y-%m-%d %H:%M:%SZ");
        format!("{date}, {} ago", long_span(age(model.now.wall, at)))
    };
    let known = [
        ("status", Some(row.status.word.to_string())),
        ("group", Some(row.status.group.word().to_owned())),
        ("target", word(&row.target)),
        ("platform", Some(source.platform.name().to_owned())),
        ("connection", Some(source.connection.to_string())),
        (scope_label(row), Some(row.scope.to_string())),
        ("kind", Some(row.kind_word().to_owned())),
        ("owner", word(&row.owner)),
        ("GPUs held", row.gpus.map(|gpus| gpus.to_string())),
        (
            "scheduled",
            row.scheduled
                .then(|| "started by a schedule, which starts new ones".to_owned()),
        ),
        ("created", row.created.map(ago)),
        ("modified", row.modified.map(ago)),
        ("last seen", Some(seen(model, row))),
    ];
    let known = known.into_iter();
    let mut facts: Vec<Fact> = known
        .filter_map(|(label, value)| Some(fact(label, value?)))
        .collect();
    facts.splice(3..3, telling(model, row));
    facts
}

fn scope_label(row: &Resource) -> &'static str {
    use crate::domain::connection::PlatformId;
    match row.key.source.platform {
        PlatformId::SapAiCore => "resource group",
        PlatformId::RunAi => "project",
        PlatformId::Kubiya => "organisation",
    }
}

/// What the row answers to an action, in a word and in words; `in_full` with what cannot be undone.
pub(super) fn rule(
    model: &Model,
    row: &Resource,
    action: Action,
    in_full: bool,
) -> (Words, String) {
    if let Some((_, words)) = model.lanes.bar(&row.key) {
        return (Words::new().say(Tone::Quiet, "no"), words.to_string());
    }
    match row.offers.to(action) {
        Offer::Yes(verb) => {
            let mut words = format!("sent as {}", verb.word);
            if in_full && !verb.consequence.is_empty() {
                words = format!("{words}; {}", verb.consequence);
            }
            (Words::new().say(Tone::Good, "yes"), words)
        }
        Offer::ServerDecides(_, guess) => (
            Words::new().say(Tone::Warn, "try"),
            format!("server decides: {guess}"),
        ),
        Offer::No(Exclusion::NotOffered, why) => (Words::new().quiet("n/a"), why.to_owned()),
        Offer::No(_, why) => (Words::new().quiet("no"), why.to_owned()),
    }
}
