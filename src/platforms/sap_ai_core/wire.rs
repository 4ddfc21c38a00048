//! What SAP AI Core sends, read so that one bad field costs that field and one bad row that row.
//!
//! Section 2 of `specs/sap-ai-core.md`. Nothing here asks anybody.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::resource::{Id, Key, Resource, Source, Status};
use crate::domain::text::Clean;
use crate::platforms::loose::{LONGEST_TEXT, Loose, Rows, loose_objects, shortened};
use crate::platforms::sap_ai_core::rules::{self, Changes};

/// A page of a listing; what is no object is a row without anything.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    /// The rows.
    pub(super) resources: Rows<Row>,
}

/// One execution or deployment (section 2).
#[derive(Clone, Debug, Default, Deserialize)]
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
    #[serde(rename = "latestRunningConfigurationId")]
    latest_configuration: Loose<String>,
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
            ("latest configuration", self.latest_configuration.clean()),
            ("schedule", self.execution_schedule_id.clean()),
            ("model", self.model()),
            ("url", self.deployment_url.clean()),
            ("ttl", self.ttl.clean()),
            ("last operation", self.last_operation.clean()),
            ("submitted", self.submission_time.clean()),
            ("started", self.start_time.clean()),
            ("completed", self.completion_time.clean()),
            ("artifacts", self.artifacts()),
            ("details", self.reasons()),
        ];
        let facts = facts.into_iter();
        facts
            .filter_map(|(label, value)| Some((label, value?)))
            .collect()
    }

    /// The model a deployment serves, under either spelling of its parent (section 2).
    fn model(&self) -> Option<Clean> {
        let resources = &self.details["resources"];
        let model = |back_end: &str| resources.get(back_end)?.get("model");
        let model = model("backendDetails").or_else(|| model("backend_details"))?;
        let name = model["name"].as_str()?;
        let version = model["version"].as_str().unwrap_or_default();
        Some(Clean::new(format!("{name} {version}").trim_end()))
    }

    /// What an execution made: `churn-model (model), report (other)`.
    fn artifacts(&self) -> Option<Clean> {
        let shown = |artifact: &Value| {
            let kind = artifact["kind"].as_str().unwrap_or("other");
            Some(format!("{} ({kind})", artifact["name"].as_str()?))
        };
        let artifacts = self.output_artifacts.as_array()?.iter();
        let names: Vec<String> = artifacts.filter_map(shown).collect();
        (!names.is_empty()).then(|| Clean::new(&names.join(", ")))
    }

    /// The free-form reasons of the status, as JSON.
    fn reasons(&self) -> Option<Clean> {
        let text = self.status_details.to_string();
        let is_empty = matches!(text.as_str(), "null" | "{}");
        (!is_empty).then(|| shortened(&text, LONGEST_TEXT))
    }
}
