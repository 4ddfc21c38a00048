//! What is known of a row without asking further: its facts and its rules, in words.

use jiff::Timestamp;

use crate::app::Model;
use crate::domain::action::{Action, Exclusion, Offer};
use crate::domain::resource::{Group, Resource};
use crate::domain::text::Clean;
use crate::domain::time::{age, long_span, short_span, time_of_day};

/// How a piece of text is meant, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Plain,
    Strong,
    Quiet,
    Good,
    Warn,
}

/// A label and its value.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) weight: Weight,
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    let value = value.into();
    Fact {
        label,
        value,
        weight: Weight::Plain,
    }
}

fn warning(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        weight: Weight::Warn,
        ..fact(label, value)
    }
}

/// What a row answers to an action: `yes`, `try`, `no` or `n/a`, and why.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) word: &'static str,
    pub(crate) weight: Weight,
    pub(crate) why: String,
}

/// Why a row failed, in the platform's words; empty where it did not.
pub(crate) fn failure(row: &Resource) -> &str {
    match &row.message {
        Some(message) if row.status.group == Group::Failed || row.attention => message.as_str(),
        Some(_) | None => "",
    }
}

impl Model {
    /// What the table has no column for, the most telling first.
    pub(crate) fn telling(&self, row: &Resource) -> Vec<Fact> {
        let failure = failure(row);
        let failed = (!failure.is_empty()).then(|| warning("message", failure));
        let own = row.facts.iter();
        let own = own.map(|(label, value)| fact(label, value.as_str()));
        let message = row.message.as_ref().filter(|_| failure.is_empty());
        let mut facts: Vec<Fact> = failed.into_iter().collect();
        facts.extend(self.since_marked(row));
        facts.extend(own);
        facts.extend(message.map(|message| fact("message", message.as_str())));
        facts
    }

    /// When it was made, changed and read.
    pub(crate) fn times(&self, row: &Resource) -> Vec<Fact> {
        let created = row.created.map(|at| {
            let date = at.strftime("%Y-%m-%d %H:%MZ");
            fact("created", date.to_string())
        });
        let modified = row.modified.map(|at| {
            let span = short_span(age(self.now.wall, at));
            fact("modified", format!("{span} ago"))
        });
        let seen = fact("last seen", self.seen(row));
        created.into_iter().chain(modified).chain([seen]).collect()
    }

    /// How long ago its source was read.
    pub(crate) fn seen(&self, row: &Resource) -> String {
        let Some(listing) = self.lanes.listing(&row.key.source) else {
            return "not listed now".to_owned();
        };
        let span = self.now.moment.since(listing.finished);
        format!("{} ago", short_span(span))
    }

    /// What changed since the row was marked.
    fn since_marked(&self, row: &Resource) -> Option<Fact> {
        let mark = self.selection.get(&row.key)?;
        let value = match (mark.gone, mark.changed) {
            (Some(gone), _) => format!("gone since {}", time_of_day(gone)),
            (None, Some(at)) => {
                let (before, now) = (&mark.marked_as, &mark.row.status.word);
                format!("{before} → {now}, {}", time_of_day(at))
            }
            (None, None) => return None,
        };
        Some(warning("since marked", value))
    }

    /// Everything that is known of it.
    pub(crate) fn facts(&self, row: &Resource) -> Vec<Fact> {
        let source = &row.key.source;
        let word = |word: &Option<Clean>| word.as_ref().map(Clean::to_string);
        let ago = |at: Timestamp| {
            let date = at.strftime("%Y-%m-%d %H:%M:%SZ");
            format!("{date}, {} ago", long_span(age(self.now.wall, at)))
        };
        let scheduled = "started by a schedule, which starts new ones";
        let known = [
            ("name", Some(row.name.to_string())),
            ("id", Some(row.key.id.shown().to_string())),
            ("status", Some(row.status.word.to_string())),
            ("group", Some(row.status.group.word().to_owned())),
            ("target", word(&row.target)),
            ("platform", Some(source.platform.name().to_owned())),
            ("connection", Some(source.connection.to_string())),
            (
                source.platform.scope_words()[0],
                Some(row.scope.to_string()),
            ),
            ("kind", Some(row.kind_word().to_owned())),
            ("owner", word(&row.owner)),
            ("GPUs held", row.gpus.map(|gpus| gpus.to_string())),
            ("scheduled", row.scheduled.then(|| scheduled.to_owned())),
            ("created", row.created.map(ago)),
            ("modified", row.modified.map(ago)),
            ("last seen", Some(self.seen(row))),
        ];
        let known = known.into_iter();
        let mut facts: Vec<Fact> = known
            .filter_map(|(label, value)| Some(fact(label, value?)))
            .collect();
        facts[..2]
            .iter_mut()
            .for_each(|fact| fact.weight = Weight::Strong);
        let target = facts.iter().take_while(|fact| fact.label != "platform");
        let before = target.count();
        facts.splice(before..before, self.telling(row));
        facts
    }

    /// What the row answers to an action; `in_full` with what cannot be undone.
    pub(crate) fn rule(&self, row: &Resource, action: Action, in_full: bool) -> Rule {
        let (word, weight, why) = match (self.lanes.bar(&row.key), row.offers.to(action)) {
            (Some((_, words)), _) => ("no", Weight::Quiet, words.to_string()),
            (None, Offer::Yes(verb)) if in_full && !verb.consequence.is_empty() => {
                let words = format!("sent as {}; {}", verb.word, verb.consequence);
                ("yes", Weight::Good, words)
            }
            (None, Offer::Yes(verb)) => ("yes", Weight::Good, format!("sent as {}", verb.word)),
            (None, Offer::ServerDecides(_, guess)) => {
                ("try", Weight::Warn, format!("server decides: {guess}"))
            }
            (None, Offer::No(Exclusion::NotOffered, why)) => ("n/a", Weight::Quiet, why.to_owned()),
            (None, Offer::No(_, why)) => ("no", Weight::Quiet, why.to_owned()),
        };
        Rule { word, weight, why }
    }
}
