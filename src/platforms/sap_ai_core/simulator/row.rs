//! One execution or deployment: its statuses, what they allow, how it is shown (sections 2 to 4).

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::failure::Failure;

/// The two things that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Execution,
    Deployment,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Execution, Self::Deployment];

    /// In paths, and the key of bulk bodies.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Execution => "executions",
            Self::Deployment => "deployments",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Execution => "Execution",
            Self::Deployment => "Deployment",
        }
    }

    /// The first digit of its ids.
    pub(super) const fn initial(self) -> char {
        match self {
            Self::Execution => 'e',
            Self::Deployment => 'd',
        }
    }

    pub(super) const fn unknown_code(self) -> &'static str {
        match self {
            Self::Execution => "01010020",
            Self::Deployment => "01010016",
        }
    }

    pub(super) fn target(self) -> String {
        format!("/api/v2/{}", self.plural())
    }
}

/// What it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Unknown,
    Pending,
    Running,
    Completed,
    Dead,
    Stopping,
    Stopped,
}

const STATUSES: [(Status, &str); 7] = [
    (Status::Unknown, "UNKNOWN"),
    (Status::Pending, "PENDING"),
    (Status::Running, "RUNNING"),
    (Status::Completed, "COMPLETED"),
    (Status::Dead, "DEAD"),
    (Status::Stopping, "STOPPING"),
    (Status::Stopped, "STOPPED"),
];

impl Status {
    pub(super) fn word(self) -> &'static str {
        let named = STATUSES.iter().find(|(status, _)| *status == self);
        named.expect("the table names every status").1
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        STATUSES
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(status, _)| *status)
    }
}

/// Where it is meant to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Target {
    Completed,
    Running,
    Stopped,
    Deleted,
}

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Stop,
    Delete,
}

/// What an execution or deployment is made from.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) executable: String,
    pub(super) scenario: &'static str,
    pub(super) kind: Kind,
    pub(super) created: Timestamp,
}

/// One execution or deployment.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) configuration: Arc<Configuration>,
    pub(super) status: Status,
    pub(super) target: Target,
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
    /// Whether the change is allowed now (the table of section 4).
    pub(super) fn check(&self, change: Change, completed_is_kept: bool) -> Result<(), Failure> {
        let allowed = match change {
            _ if self.target == Target::Deleted => false,
            Change::Stop => matches!(self.status, Status::Pending | Status::Running),
            Change::Delete => self.may_be_deleted(completed_is_kept),
        };
        if !allowed {
            return Err(Failure::status_forbids(self.kind, self.status.word()));
        }
        if self.is_in_transition {
            return Err(Failure::in_transition(self.kind));
        }
        Ok(())
    }

    fn may_be_deleted(&self, completed_is_kept: bool) -> bool {
        match self.status {
            Status::Unknown | Status::Stopped | Status::Dead => true,
            Status::Completed => self.kind == Kind::Execution && !completed_is_kept,
            Status::Pending | Status::Running | Status::Stopping => false,
        }
    }

    /// Says that a change was accepted; what it leads to comes later.
    pub(super) fn accept(&mut self, change: Change, when: Timestamp) {
        self.modified = when;
        match change {
            Change::Stop => {
                self.status = Status::Stopping;
                self.target = Target::Stopped;
                self.last_operation = "UPDATE";
            }
            Change::Delete => {
                self.target = Target::Deleted;
                self.last_operation = "DELETE";
            }
        }
    }

    /// Takes on a status, with the times that go with it.
    pub(super) fn become_status(&mut self, status: Status, when: Timestamp) {
        self.status = status;
        self.modified = when;
        match status {
            Status::Pending => self.submitted = Some(when),
            Status::Running => (self.started, self.completed) = (Some(when), None),
            Status::Completed | Status::Dead | Status::Stopped => self.completed = Some(when),
            Status::Unknown | Status::Stopping => {}
        }
    }

    /// As listed.
    pub(super) fn listed(&self) -> Value {
        let mut members = json!({
            "id": self.id,
            "configurationId": self.configuration.id,
            "configurationName": self.configuration.name,
            "scenarioId": self.configuration.scenario,
            "executableId": self.configuration.executable,
            "status": self.status.word(),
            "statusMessage": self.message,
            "targetStatus": self.target,
            "createdAt": self.time(Some(self.created)),
            "modifiedAt": self.time(Some(self.modified)),
            "submissionTime": self.time(self.submitted),
            "startTime": self.time(self.started),
            "completionTime": self.time(self.completed),
        });
        let members = members.as_object_mut().expect("made as an object");
        let mut own = self.of_its_kind();
        members.append(own.as_object_mut().expect("made as an object"));
        if self.is_sparse {
            members.retain(|_, value| !value.is_null());
        }
        Value::Object(std::mem::take(members))
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
            "status": self.status.word(),
            "createdAt": self.time(Some(self.created)),
            "modifiedAt": self.time(Some(self.modified)),
            "statusDetails": self.status_details(),
        });
        if self.kind == Kind::Deployment {
            shown["details"] = self.details();
        }
        shown
    }

    fn of_its_kind(&self) -> Value {
        let running = self.status == Status::Running;
        match self.kind {
            Kind::Execution => json!({
                "outputArtifacts": [],
                "executionScheduleId": self.schedule,
            }),
            Kind::Deployment => json!({
                "deploymentUrl": if running { self.url() } else { String::new() },
                "lastOperation": self.last_operation,
                "latestRunningConfigurationId": self.configuration.id,
                "ttl": self.ttl,
                "details": self.details(),
            }),
        }
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
        match (self.kind, self.message) {
            (Kind::Deployment, Some(message)) => json!({
                "deployment_info": [{
                    "type": "Ready",
                    "status": "False",
                    "message": message,
                    "last_transition_time": self.time(Some(self.modified)),
                }],
            }),
            (Kind::Deployment, None) | (Kind::Execution, _) => json!({}),
        }
    }

    fn time(&self, time: Option<Timestamp>) -> Option<String> {
        let zone = if self.has_offsets { "+00:00" } else { "Z" };
        time.map(|time| format!("{}{zone}", time.strftime("%Y-%m-%dT%H:%M:%S")))
    }
}
