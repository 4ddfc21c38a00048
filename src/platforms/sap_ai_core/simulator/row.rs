//! One execution or deployment: its statuses, what they allow, how it is shown (sections 2 to 4).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::failure::Failure;
use crate::simulator::merged;

/// One of the two things that run.
#[derive(Debug)]
pub(super) struct Kind {
    /// In paths, and the key of bulk bodies.
    pub(super) plural: &'static str,
    pub(super) title: &'static str,
    /// The first digit of its ids.
    pub(super) initial: char,
    /// Of the error about an id that is not there.
    pub(super) unknown_code: &'static str,
    pub(super) is_deployment: bool,
    /// The target of one that nobody asked to stop.
    pub(super) goal: &'static str,
    /// Of a hundred so many have each status, after the first of each group, which show all.
    pub(super) shares: &'static [(&'static str, u32)],
}

pub(super) static EXECUTION: Kind = Kind {
    plural: "executions",
    title: "Execution",
    initial: 'e',
    unknown_code: "01010020",
    is_deployment: false,
    goal: "COMPLETED",
    shares: &[
        ("RUNNING", 34),
        ("COMPLETED", 30),
        ("STOPPED", 12),
        ("DEAD", 10),
        ("PENDING", 9),
        ("UNKNOWN", 4),
        ("STOPPING", 1),
    ],
};

pub(super) static DEPLOYMENT: Kind = Kind {
    plural: "deployments",
    title: "Deployment",
    initial: 'd',
    unknown_code: "01010016",
    is_deployment: true,
    goal: "RUNNING",
    shares: &[
        ("RUNNING", 52),
        ("STOPPED", 20),
        ("DEAD", 11),
        ("PENDING", 9),
        ("UNKNOWN", 6),
        ("STOPPING", 2),
    ],
};

impl Kind {
    pub(super) fn target(&self) -> String {
        format!("/api/v2/{}", self.plural)
    }
}

/// What a row can be doing.
#[rustfmt::skip]
pub(super) const STATUSES: [&str; 7] =
    ["UNKNOWN", "PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPING", "STOPPED"];

/// What an execution or deployment is made from.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) executable: String,
    pub(super) scenario: &'static str,
    pub(super) kind: &'static Kind,
    pub(super) created: Timestamp,
}

/// One execution or deployment.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) kind: &'static Kind,
    pub(super) id: String,
    pub(super) configuration: Arc<Configuration>,
    pub(super) status: &'static str,
    /// Where it is meant to go: COMPLETED, RUNNING, STOPPED or DELETED.
    pub(super) target: &'static str,
    pub(super) message: Option<&'static str>,
    pub(super) schedule: Option<String>,
    pub(super) ttl: Option<&'static str>,
    pub(super) last_operation: &'static str,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) submitted: Option<Timestamp>,
    pub(super) started: Option<Timestamp>,
    pub(super) completed: Option<Timestamp>,
    /// Absent members are left out instead of null; real tenants do both.
    pub(super) is_sparse: bool,
    /// Times end in `+00:00` instead of `Z`; real tenants do both.
    pub(super) has_offsets: bool,
    /// The service refuses changes of it although its status allows them.
    pub(super) is_in_transition: bool,
}

impl Row {
    /// Whether it may go to that target now (the table of section 4).
    pub(super) fn check(&self, target: &str, completed_is_kept: bool) -> Result<(), Failure> {
        let allowed = match self.status {
            _ if self.target == "DELETED" => false,
            "PENDING" | "RUNNING" => target == "STOPPED",
            "UNKNOWN" | "STOPPED" | "DEAD" => target == "DELETED",
            "COMPLETED" => target == "DELETED" && !self.kind.is_deployment && !completed_is_kept,
            _ => false,
        };
        if !allowed {
            return Err(Failure::status_forbids(self.kind, self.status));
        }
        if self.is_in_transition {
            return Err(Failure::in_transition(self.kind));
        }
        Ok(())
    }

    /// Says that a change was accepted; what it leads to comes later.
    pub(super) fn accept(&mut self, target: &'static str, when: Timestamp) {
        (self.modified, self.target, self.last_operation) = (when, target, "DELETE");
        if target == "STOPPED" {
            (self.status, self.last_operation) = ("STOPPING", "UPDATE");
        }
    }

    /// Takes on a status, with the times that go with it.
    pub(super) fn become_status(&mut self, status: &'static str, when: Timestamp) {
        (self.status, self.modified) = (status, when);
        match status {
            "PENDING" => self.submitted = Some(when),
            "RUNNING" => (self.started, self.completed) = (Some(when), None),
            "COMPLETED" | "DEAD" | "STOPPED" => self.completed = Some(when),
            _ => {}
        }
    }

    /// As listed.
    pub(super) fn listed(&self) -> Value {
        let members = json!({
            "id": self.id,
            "configurationId": self.configuration.id,
            "configurationName": self.configuration.name,
            "scenarioId": self.configuration.scenario,
            "executableId": self.configuration.executable,
            "status": self.status,
            "statusMessage": self.message,
            "targetStatus": self.target,
            "createdAt": self.time(Some(self.created)),
            "modifiedAt": self.time(Some(self.modified)),
            "submissionTime": self.time(self.submitted),
            "startTime": self.time(self.started),
            "completionTime": self.time(self.completed),
        });
        let mut shown = merged([members, self.of_its_kind()]);
        if let Some(members) = shown.as_object_mut().filter(|_| self.is_sparse) {
            members.retain(|_, value| !value.is_null());
        }
        shown
    }

    /// As read by id.
    pub(super) fn detailed(&self) -> Value {
        let mut shown = self.listed();
        shown["statusDetails"] = self.status_details();
        shown
    }

    /// As `$select=status` shows it: these members and no others, or the Python SDK refuses the row.
    pub(super) fn selected(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "configurationId": self.configuration.id,
            "status": self.status,
            "createdAt": self.time(Some(self.created)),
            "modifiedAt": self.time(Some(self.modified)),
            "statusDetails": self.status_details(),
        });
        if self.kind.is_deployment {
            shown["details"] = self.details();
        }
        shown
    }

    fn of_its_kind(&self) -> Value {
        if !self.kind.is_deployment {
            return json!({ "outputArtifacts": [], "executionScheduleId": self.schedule });
        }
        let running = self.status == "RUNNING";
        json!({
            "deploymentUrl": if running { self.url() } else { String::new() },
            "lastOperation": self.last_operation,
            "latestRunningConfigurationId": self.configuration.id,
            "ttl": self.ttl,
            "details": self.details(),
        })
    }

    fn url(&self) -> String {
        let host = "https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com";
        format!("{host}/v2/inference/deployments/{}", self.id)
    }

    fn details(&self) -> Value {
        let resources = match self.configuration.scenario {
            "foundation-models" => {
                json!({ "model": { "name": self.configuration.name, "version": "latest" } })
            }
            _ => json!({}),
        };
        json!({
            "scaling": { "backendDetails": {}, "backend_details": {} },
            "resources": { "backendDetails": resources, "backend_details": resources },
        })
    }

    fn status_details(&self) -> Value {
        let Some(message) = self.message.filter(|_| self.kind.is_deployment) else {
            return json!({});
        };
        json!({
            "deployment_info": [{
                "type": "Ready",
                "status": "False",
                "message": message,
                "last_transition_time": self.time(Some(self.modified)),
            }],
        })
    }

    fn time(&self, time: Option<Timestamp>) -> Option<String> {
        let zone = if self.has_offsets { "+00:00" } else { "Z" };
        time.map(|time| format!("{}{zone}", time.strftime("%Y-%m-%dT%H:%M:%S")))
    }
}
