//! Rows of the table, made of what the service sent.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::resource::{Id, Key, Resource, Source, Status};
use crate::domain::text::Clean;
use crate::platforms::kubiya::rules;
use crate::platforms::kubiya::wire::Row;
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::{self, shortened};

/// How much of the prompt names an execution that has no entity, in characters.
const NAME: usize = 60;

impl Row {
    /// The id as sent; empty where there is none.
    pub(super) fn id(&self) -> &str {
        self.id.text()
    }
}

/// One row, listed or read.
pub(super) fn resource(source: &Arc<Source>, mut row: Row, lexicon: &mut Lexicon) -> Resource {
    let id = loose::id(row.id());
    let nothing = || Clean::new("");
    let word = lexicon.share(row.status.0.clone().unwrap_or_else(nothing));
    let owner = row.user_email.0.clone().or_else(|| row.user_name.0.clone());
    Resource {
        scope: lexicon.share(row.organization_id.0.clone().unwrap_or_else(nothing)),
        name: lexicon.share(name(&row, &id)),
        subtype: None,
        offers: rules::offers(id.raw(), word.as_str()),
        status: Status {
            group: rules::group(word.as_str()),
            word,
        },
        target: None,
        created: row.created_at.0,
        modified: row.updated_at.0,
        owner: owner.map(|owner| lexicon.share(owner)),
        message: message(&mut row),
        gpus: None,
        attention: false,
        scheduled: is_scheduled(&row),
        key: Key {
            source: source.clone(),
            id,
        },
        facts: facts(row, lexicon),
    }
}

/// Why it failed; of one that waits, what it asks.
fn message(row: &mut Row) -> Option<Clean> {
    let error = row.error_message.0.take().map(|line| line.0);
    let status = row.status.0.as_ref();
    let waits = status.is_some_and(|word| rules::waits(word.as_str()));
    error.or_else(|| row.last_message_preview.0.take_if(|_| waits))
}

fn name(row: &Row, id: &Id) -> Clean {
    let asked = || Some(shortened(row.prompt.0.as_ref()?.as_str(), NAME));
    let name = row.entity_name.0.clone().or_else(asked);
    name.unwrap_or_else(|| id.shown())
}

/// A schedule that started one will start another. The words are free text: `cron`, `schedule`, `scheduled`.
fn is_scheduled(row: &Row) -> bool {
    let metadata = row.execution_metadata.0.as_ref();
    let trigger = metadata.and_then(|metadata| metadata.trigger_type.0.as_ref());
    trigger.is_some_and(|trigger| {
        let trigger = trigger.as_str().to_ascii_lowercase();
        trigger.contains("cron") || trigger.contains("schedule")
    })
}

fn facts(row: Row, lexicon: &mut Lexicon) -> Box<[(&'static str, Clean)]> {
    let metadata = row.execution_metadata.0.unwrap_or_default();
    let people = row.participants.0.filter(|people| people.0 > 0);
    let mut shared = |words: Option<Clean>| words.map(|words| lexicon.share(words));
    let all = [
        ("prompt", row.prompt.0),
        ("response", row.response.0),
        ("last message", row.last_message_preview.0),
        ("type", shared(row.execution_type.0)),
        ("runner", shared(row.runner_name.0)),
        ("entity id", shared(row.entity_id.0)),
        ("job", shared(metadata.job_name.0)),
        ("trigger", shared(metadata.trigger_type.0)),
        ("started", row.started_at.0.map(to_the_second)),
        ("completed", row.completed_at.0.map(to_the_second)),
        ("tokens used", row.usage.0.map(|tokens| number(tokens.0))),
        ("participants", people.map(|people| number(people.0 as u64))),
    ];
    let known = |(label, value): (&'static str, Option<Clean>)| Some((label, value?));
    all.into_iter().filter_map(known).collect()
}

fn number(number: u64) -> Clean {
    Clean::new(&number.to_string())
}

fn to_the_second(time: Timestamp) -> Clean {
    Clean::new(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
