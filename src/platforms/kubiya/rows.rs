//! Rows of the table, made of what the service sent.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::resource::{Id, Key, Resource, Scope, Source, Status};
use crate::domain::text::Clean;
use crate::platforms::kubiya::rules;
use crate::platforms::kubiya::wire::Row;
use crate::platforms::kubiya::words::Words;
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::{Loose, shortened};

/// How much of the prompt names an execution that has no entity, in characters.
const NAME: usize = 60;

impl Row {
    /// The id as sent; empty where there is none.
    pub(super) fn id(&self) -> &str {
        self.id.text()
    }

    /// Whether the row lives in the scope of a source. A row that does not say so does.
    pub(super) fn is_in(&self, scope: &Scope) -> bool {
        let organisation = self.organization_id.0.as_ref();
        scope.raw() == Scope::EVERYTHING
            || organisation.is_none_or(|words| words.0 == scope.shown())
    }
}

/// One row, listed or read.
pub(super) fn resource(source: &Arc<Source>, row: Row, lexicon: &mut Lexicon) -> Resource {
    let id = Id::new(row.id());
    let word = lexicon.share(text(&row.status).unwrap_or_else(|| Clean::new("")));
    Resource {
        scope: lexicon.share(text(&row.organization_id).unwrap_or_else(|| Clean::new(""))),
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
        owner: text(&row.user_email)
            .or_else(|| text(&row.user_name))
            .map(|owner| lexicon.share(owner)),
        message: row.error_message.0.as_ref().map(|line| line.0.clone()),
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

fn shared<const N: usize>(words: Loose<Words<N>>, lexicon: &mut Lexicon) -> Option<Clean> {
    words.0.map(|words| lexicon.share(words.0))
}

fn text<const N: usize>(words: &Loose<Words<N>>) -> Option<Clean> {
    words.0.as_ref().map(|words| words.0.clone())
}

fn name(row: &Row, id: &Id) -> Clean {
    let asked = || text(&row.prompt).map(|prompt| shortened(prompt.as_str(), NAME));
    text(&row.entity_name)
        .or_else(asked)
        .unwrap_or_else(|| id.shown())
}

/// A schedule that started one will start another. The words are free text: `cron`, `schedule`, `scheduled`.
fn is_scheduled(row: &Row) -> bool {
    let metadata = row.execution_metadata.0.as_ref();
    let trigger = metadata.and_then(|metadata| text(&metadata.trigger_type));
    trigger.is_some_and(|trigger| {
        let trigger = trigger.as_str().to_ascii_lowercase();
        trigger.contains("cron") || trigger.contains("schedule")
    })
}

fn facts(row: Row, lexicon: &mut Lexicon) -> Box<[(&'static str, Clean)]> {
    let metadata = row.execution_metadata.0.unwrap_or_default();
    let tokens = row.usage.0.and_then(|usage| usage.tokens());
    let people = row.participants.0.filter(|people| people.0 > 0);
    let all = [
        ("prompt", row.prompt.0.map(|words| words.0)),
        ("response", row.response.0.map(|words| words.0)),
        (
            "last message",
            row.last_message_preview.0.map(|words| words.0),
        ),
        ("type", shared(row.execution_type, lexicon)),
        ("runner", shared(row.runner_name, lexicon)),
        ("entity id", shared(row.entity_id, lexicon)),
        ("job", shared(metadata.job_name, lexicon)),
        ("trigger", shared(metadata.trigger_type, lexicon)),
        ("started", row.started_at.0.map(to_the_second)),
        ("completed", row.completed_at.0.map(to_the_second)),
        (
            "tokens used",
            tokens.map(|tokens| Clean::new(&tokens.to_string())),
        ),
        (
            "participants",
            people.map(|people| Clean::new(&people.0.to_string())),
        ),
    ];
    let known = |(label, value): (&'static str, Option<Clean>)| Some((label, value?));
    all.into_iter().filter_map(known).collect()
}

fn to_the_second(time: Timestamp) -> Clean {
    Clean::new(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::connection::{ConnectionName, PlatformId};
    use crate::domain::resource::{Group, Kind};

    fn source() -> Arc<Source> {
        Arc::new(Source {
            connection: ConnectionName::new("agents").expect("typeable"),
            platform: PlatformId::Kubiya,
            scope: Scope::new(Scope::EVERYTHING),
            kind: Kind::Execution,
        })
    }

    fn rows(json: &str) -> Vec<Resource> {
        let rows: Vec<Loose<Row>> = serde_json::from_str(json).expect("an array");
        let mut lexicon = Lexicon::default();
        let row = |row: Loose<Row>| resource(&source(), row.0.unwrap_or_default(), &mut lexicon);
        rows.into_iter().map(row).collect()
    }

    fn fact<'a>(row: &'a Resource, label: &str) -> Option<&'a str> {
        let found = row.facts.iter().find(|(known, _)| *known == label);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_published_example_becomes_a_row() {
        let row = rows(
            r#"[{"id": "3f2b6c1e-8d54-4c0a-9a57-0c1d2e3f4a5b", "organization_id": "acme", "execution_type": "agent",
            "entity_id": "a7d0f3b2-51c9-4e0e-8a55-7f1f5b0c9d21", "entity_name": "release-helper",
            "prompt": "Roll back checkout-api\nto the previous image", "system_prompt": null, "status": "Running",
            "response": null, "error_message": null, "usage": {"prompt_tokens": 812, "completion_tokens": 96},
            "execution_metadata": {"job_name": "nightly", "trigger_type": "cron"}, "runner_name": "prod-queue",
            "user_name": "Dana Levi", "user_email": "dana@acme.test", "created_at": "2026-01-10T12:00:00.123456+00:00",
            "started_at": "2026-01-10T12:00:02.004511+00:00", "completed_at": null, "updated_at": "",
            "participants": [], "last_message_at": null, "last_message_preview": null}]"#,
        )
        .remove(0);
        assert_eq!(
            (row.scope.as_str(), row.name.as_str()),
            ("acme", "release-helper")
        );
        assert_eq!(
            (row.status.word.as_str(), row.status.group),
            ("Running", Group::Active)
        );
        assert_eq!(
            row.owner.as_ref().map(Clean::as_str),
            Some("dana@acme.test")
        );
        assert!(row.created.is_some() && row.modified.is_none() && row.scheduled);
        assert_eq!(
            fact(&row, "prompt"),
            Some("Roll back checkout-api to the previous image")
        );
        assert_eq!(fact(&row, "tokens used"), Some("908"));
        assert_eq!(fact(&row, "started"), Some("2026-01-10T12:00:02Z"));
        assert_eq!(fact(&row, "completed"), None);
        assert!(row.offers.stop.verb().is_some());
    }

    #[test]
    fn one_bad_row_never_hides_the_page() {
        let rows = rows(
            r#"[null, 7, "row", [], {}, {"id": 7, "status": {"a": [1]}, "created_at": 1767268800000, "usage": 3,
            "execution_metadata": [], "participants": "none", "entity_name": null, "new": {"x": [[]]}},
            {"id": "3f2b6c1e-8d54-4c0a-9a57-0c1d2e3f4a5b", "prompt": "Why?", "status": null}]"#,
        );
        assert_eq!(rows.len(), 7);
        assert!(
            rows[..6]
                .iter()
                .all(|row| !row.key.id.is_sound() && row.offers.stop.verb().is_none())
        );
        assert!(rows[6].key.id.is_sound());
        assert_eq!(
            (rows[6].name.as_str(), rows[6].status.group),
            ("Why?", Group::Unknown)
        );
    }

    #[test]
    fn long_and_hostile_text_is_cut_and_cleaned() {
        let prompt = format!("\\u001b]0;x\\u0007{}", "y".repeat(100_000));
        let row = rows(&format!(
            r#"[{{"prompt": "{prompt}", "error_message": "\n first\nsecond"}}]"#
        ))
        .remove(0);
        assert!(row.name.as_str().starts_with("\\u{1b}]0;x\\u{7}"));
        assert!(fact(&row, "prompt").is_some_and(|prompt| prompt.len() < 400));
        assert_eq!(row.message.as_ref().map(Clean::as_str), Some("first"));
    }

    #[test]
    fn an_id_of_any_length_stays_unsound() {
        let row = rows(&format!(r#"[{{"id": "{}"}}]"#, "a".repeat(10_000))).remove(0);
        assert!(!row.key.id.is_sound());
    }
}
