//! What SAP AI Core sends, read so that one bad field costs that field and one bad row that row.
//!
//! Section 2 of `specs/sap-ai-core.md`. Nothing here asks anybody.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::resource::{Id, Key, Resource, Source, Status};
use crate::domain::text::Clean;
use crate::platforms::loose::{Loose, Rows, loose_objects, shortened};
use crate::platforms::sap_ai_core::rules::{self, Changes};
use crate::platforms::sap_ai_core::words::LONGEST_TEXT;

/// A page of a listing; what is no object is a row without anything.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    /// The rows.
    pub(super) resources: Rows<Row>,
}

/// One execution or deployment (section 2).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    id: Loose<String>,
    configuration_id: Loose<String>,
    configuration_name: Loose<String>,
    executable_id: Loose<String>,
    scenario_id: Loose<String>,
    status: Loose<String>,
    target_status: Loose<String>,
    status_message: Loose<String>,
    status_details: Value,
    created_at: Loose<Timestamp>,
    modified_at: Loose<Timestamp>,
    submission_time: Loose<Timestamp>,
    start_time: Loose<Timestamp>,
    completion_time: Loose<Timestamp>,
    output_artifacts: Value,
    execution_schedule_id: Loose<String>,
    deployment_url: Loose<String>,
    last_operation: Loose<String>,
    latest_running_configuration_id: Loose<String>,
    ttl: Loose<String>,
    details: Value,
}

loose_objects!(Row);

impl Row {
    /// Its id; empty where it has none, and then not sound.
    pub(super) fn id(&self) -> &str {
        self.id.text()
    }

    /// As the rest of the program knows it.
    pub(super) fn into_resource(self, source: &Arc<Source>, changes: Changes) -> Resource {
        let id = Id::new(self.id());
        let (status, target) = (self.status.text(), self.target_status.0.as_deref());
        Resource {
            scope: source.scope.shown(),
            name: self
                .configuration_name
                .clean()
                .unwrap_or_else(|| id.shown()),
            subtype: None,
            status: Status {
                word: Clean::new(status),
                group: rules::group(status, target),
            },
            target: self.target_status.clean(),
            created: self.created_at.0,
            modified: self.modified_at.0,
            owner: None,
            message: self.status_message.clean(),
            gpus: None,
            attention: false,
            scheduled: self.execution_schedule_id.clean().is_some(),
            offers: rules::offers(status, target, changes),
            facts: self.facts(),
            key: Key {
                source: source.clone(),
                id,
            },
        }
    }

    fn facts(&self) -> Box<[(&'static str, Clean)]> {
        let facts = [
            ("scenario", self.scenario_id.clean()),
            ("executable", self.executable_id.clean()),
            ("configuration", self.configuration_id.clean()),
            (
                "latest configuration",
                self.latest_running_configuration_id.clean(),
            ),
            ("schedule", self.execution_schedule_id.clean()),
            ("model", self.model()),
            ("url", self.deployment_url.clean()),
            ("ttl", self.ttl.clean()),
            ("last operation", self.last_operation.clean()),
            ("submitted", self.submission_time.clean()),
            ("started", self.start_time.clean()),
            ("completed", self.completion_time.clean()),
            ("artifacts", self.artifacts()),
            ("details", details(&self.status_details)),
        ];
        let known = facts
            .into_iter()
            .filter_map(|(label, value)| Some((label, value?)));
        known.collect()
    }

    /// The model a deployment serves, under either spelling of its parent (section 2).
    fn model(&self) -> Option<Clean> {
        let resources = self.details.get("resources")?;
        let back_end = resources
            .get("backendDetails")
            .or_else(|| resources.get("backend_details"))?;
        let part = |name| back_end.get("model")?.get(name)?.as_str();
        let name = part("name")?;
        Some(match part("version") {
            Some(version) => Clean::new(&format!("{name} {version}")),
            None => Clean::new(name),
        })
    }

    /// What an execution made: `churn-model (model), report (other)`.
    fn artifacts(&self) -> Option<Clean> {
        let shown = |artifact: &Value| {
            let text = |name| artifact.get(name).and_then(Value::as_str);
            Some(format!(
                "{} ({})",
                text("name")?,
                text("kind").unwrap_or("other")
            ))
        };
        let names: Vec<String> = self
            .output_artifacts
            .as_array()?
            .iter()
            .filter_map(shown)
            .collect();
        (!names.is_empty()).then(|| Clean::new(&names.join(", ")))
    }
}

/// Free-form details of a status, as JSON.
fn details(value: &Value) -> Option<Clean> {
    let empty = match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    };
    (!empty).then(|| shortened(&value.to_string(), LONGEST_TEXT))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::connection::{ConnectionName, PlatformId};
    use crate::domain::resource::{Group, Kind, Scope};
    use crate::platforms::loose::FromJson;

    fn resource(item: Value) -> Resource {
        let source = Source {
            connection: ConnectionName::new("prod").expect("a name"),
            platform: PlatformId::SapAiCore,
            scope: Scope::new("default"),
            kind: Kind::Deployment,
        };
        let row = Row::from_json(item).unwrap_or_default();
        row.into_resource(&Arc::new(source), Changes::InBulk)
    }

    fn fact<'a>(resource: &'a Resource, label: &str) -> Option<&'a str> {
        let mut facts = resource.facts.iter();
        facts
            .find(|(name, _)| *name == label)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_deployment_of_the_documents_becomes_a_row() {
        let row = resource(json!({
            "id": "d90b6e12c4f7a385",
            "deploymentUrl": "",
            "configurationId": "a2c87d04-91b6-4a5f-b6cf-2d1e9f30c5a8",
            "configurationName": "chat-large",
            "executableId": null,
            "scenarioId": "foundation-models",
            "status": "RUNNING",
            "statusMessage": null,
            "targetStatus": "RUNNING",
            "lastOperation": "CREATE",
            "ttl": null,
            "details": {"resources": {"backend_details": {"model": {"name": "demo", "version": "latest"}}}},
            "createdAt": "2026-04-20T11:31:24+00:00",
            "modifiedAt": "2026-04-30T13:36:38Z",
            "completionTime": null
        }));
        assert_eq!(row.name.as_str(), "chat-large");
        assert_eq!(
            (row.status.word.as_str(), row.status.group),
            ("RUNNING", Group::Active)
        );
        assert_eq!(
            row.created.map(|at| at.to_string()).as_deref(),
            Some("2026-04-20T11:31:24Z")
        );
        assert_eq!(fact(&row, "model"), Some("demo latest"));
        assert_eq!((fact(&row, "url"), fact(&row, "ttl")), (None, None));
        assert_eq!(row.message, None);
    }

    #[test]
    fn l06_l08_a_field_of_the_wrong_type_costs_that_field_only() {
        let row = resource(json!({
            "id": "e4c1a09b7f3d2586",
            "configurationName": 7,
            "status": ["RUNNING"],
            "createdAt": 1_777_882_442_000_i64,
            "modifiedAt": "0000-01-01T00:00:00Z",
            "startTime": "yesterday",
            "outputArtifacts": "none",
            "statusDetails": {}
        }));
        assert_eq!(row.name.as_str(), "e4c1a09b7f3d2586");
        assert!(row.key.id.is_sound());
        assert_eq!((row.created, row.modified), (None, None));
        assert_eq!(
            (row.status.word.as_str(), row.status.group),
            ("", Group::Unknown)
        );
        assert!(row.facts.is_empty(), "{:?}", row.facts);
    }

    #[test]
    fn l05_a_row_without_an_id_is_kept_and_not_sound() {
        for item in [
            json!({"status": "DEAD"}),
            json!({"id": null}),
            json!({"id": 5}),
            json!(null),
            json!("row"),
            json!(["e1"]),
        ] {
            assert!(!resource(item).key.id.is_sound());
        }
    }
}
