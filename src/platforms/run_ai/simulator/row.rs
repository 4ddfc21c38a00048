//! What the service says of a workload: the members of section 2.5, with every null and absence it names.
//!
//! Nothing here is stored: what a workload does not keep follows from its id.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::simulator::{Switch, merged};

use super::site::{Site, Tenancy};
use super::workload::{GONE, PHASES, Workload};

/// How a tenant's workloads look at one moment, through a control plane of one version.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) tenancy: &'a Tenancy,
    pub(super) now: Timestamp,
    version: u32,
    /// Phase words that are shown instead, by id (switch `phases`).
    phases: Option<Value>,
}

/// Members that older control planes do not send yet (section 11).
#[rustfmt::skip]
const SINCE: [(u32, &str); 5] = [
    (219, "priority phaseReason command arguments environmentVariables"),
    (220, "idleAllocatedGpus"),
    (222, "category"),
    (223, "sourceApi totalPendingTimeSeconds totalRunningTimeSeconds guaranteedRuntimeEndsAt"),
    (224, "topology"),
];

/// What one row in nine leaves out.
const SPARSE: &str = "requestedPods allocatedResources urls images completedAt phaseReason";

impl<'a> View<'a> {
    pub(super) fn of(site: &Site, tenancy: &'a Tenancy) -> Self {
        Self {
            tenancy,
            now: site.engine.clock.now(),
            version: site.version(),
            phases: site.engine.faults.switch(Switch::Phases),
        }
    }

    pub(super) fn phase(&self, row: &Workload) -> &str {
        let shown = self
            .phases
            .as_ref()
            .and_then(|phases| phases[row.id.to_string()].as_str());
        shown.unwrap_or_else(|| row.stage(self.now).word())
    }

    pub(super) fn project(&self, row: &Workload) -> &str {
        let scopes = &self.tenancy.tenant.scopes;
        scopes.get(row.project).map_or("default", String::as_str)
    }

    /// Where it was submitted decides whether anyone is known to have done it.
    pub(super) fn submitted_by(&self, row: &Workload) -> Option<&str> {
        let owner = self.tenancy.people.get(row.owner).map(String::as_str);
        owner.filter(|_| row.source() != "Other")
    }

    pub(super) fn completed_at(&self, row: &Workload) -> Option<Timestamp> {
        let stage = row.stage(self.now);
        matches!(stage.phase, "Completed" | "Failed").then_some(stage.since)
    }

    pub(super) fn deleted_at(&self, row: &Workload) -> Option<Timestamp> {
        let stage = row.stage(self.now);
        (stage.phase == GONE).then_some(stage.since)
    }

    /// A deleted workload is listed and readable for two weeks (section 8).
    pub(super) fn is_kept(&self, row: &Workload) -> bool {
        let deleted = self.deleted_at(row);
        deleted.is_none_or(|at| self.now.duration_since(at) < SignedDuration::from_hours(14 * 24))
    }

    pub(super) fn allocated_gpus(&self, row: &Workload) -> Option<f64> {
        row.stage(self.now).is_up().then(|| row.gpus())
    }

    pub(super) fn idle_gpus(&self, row: &Workload) -> Option<f64> {
        let idle = [None, Some(0.0), Some(1.0)][row.pick("idle", 3)];
        idle.filter(|idle| self.allocated_gpus(row).is_some_and(|gpus| gpus >= *idle))
    }

    pub(super) fn running_seconds(&self, row: &Workload) -> Option<i64> {
        let stage = row.stage(self.now);
        let span = self.now.duration_since(stage.since);
        stage.is_up().then_some(span.as_secs())
    }

    pub(super) fn pending_seconds(&self, row: &Workload) -> Option<i64> {
        let waited = i64::try_from(row.lot("waited", 900)).ok();
        waited.filter(|_| row.stage(self.now).is_up())
    }

    pub(super) fn guaranteed_until(&self, row: &Workload) -> Option<Timestamp> {
        let since = row.stage(self.now).since;
        let end = since.checked_add(SignedDuration::from_hours(12)).ok();
        end.filter(|_| row.lot("guaranteed", 4) == 0)
    }

    /// The whole object.
    pub(super) fn json(&self, row: &Workload) -> Value {
        let parts = [
            self.identity(row),
            self.state(row),
            self.times(row),
            self.resources(row),
            row.content(),
        ];
        let mut workload = merged(parts);
        if let Some(members) = workload.as_object_mut() {
            let absent = self.absent(row).flat_map(str::split_whitespace);
            absent.for_each(|name| drop(members.remove(name)));
        }
        workload
    }

    fn absent(&self, row: &Workload) -> impl Iterator<Item = &'static str> {
        let newer = SINCE.iter().filter(|(since, _)| self.version < *since);
        let by_chance = [
            ("actionsSupport", row.lot("support", 12) == 0),
            ("submittedBy", self.submitted_by(row).is_none()),
            ("distributedFramework", row.class.framework.is_none()),
            (SPARSE, row.lot("sparse", 9) == 0),
        ];
        let by_chance = by_chance.into_iter().filter(|(_, is_absent)| *is_absent);
        newer
            .map(|(_, names)| *names)
            .chain(by_chance.map(|(names, _)| names))
    }

    fn identity(&self, row: &Workload) -> Value {
        let project = self.project(row);
        let is_of_second_api = row.class.segment.is_none() && row.lot("api", 2) == 0;
        json!({
            "tenantId": self.tenancy.number,
            "id": row.id,
            "name": row.name,
            "type": row.class.word,
            "category": row.class.category,
            "source": row.source(),
            "sourceApi": is_of_second_api.then_some("WorkloadsV2"),
            "projectId": row.project_id(),
            "projectName": project,
            "departmentId": "3",
            "departmentName": "research",
            "clusterId": self.tenancy.cluster,
            "namespace": format!("runai-{project}"),
            "submittedBy": self.submitted_by(row),
        })
    }

    fn state(&self, row: &Workload) -> Value {
        let stage = row.stage(self.now);
        let known = PHASES.iter().find(|(word, ..)| *word == stage.word());
        let (_, k8s_phase, message) = known.expect("the table has every phase");
        let ready = if stage.is_up() { "True" } else { "False" };
        let over_quota = stage.phase == "Pending" && row.lot("quota", 3) == 0;
        json!({
            "phase": self.phase(row),
            "phaseMessage": message,
            "phaseReason": over_quota.then_some("NonPreemptibleOverQuota"),
            "k8sPhase": k8s_phase,
            "conditions": [{ "type": "Ready", "status": ready, "lastTransitionTime": null }],
            "actionsSupport": { "delete": true, "suspend": row.class.suspends },
            "priority": row.priority(),
            "priorityClassName": row.priority_class(),
            "preemptible": row.preemptible(),
        })
    }

    fn times(&self, row: &Workload) -> Value {
        let since = row.stage(self.now).since;
        json!({
            "createdAt": row.created,
            "updatedAt": since,
            "phaseUpdatedAt": since,
            "k8sPhaseUpdatedAt": since,
            "completedAt": self.completed_at(row),
            "deletedAt": self.deleted_at(row),
            "totalPendingTimeSeconds": self.pending_seconds(row),
            "totalRunningTimeSeconds": self.running_seconds(row),
            "guaranteedRuntimeEndsAt": self.guaranteed_until(row),
        })
    }

    fn resources(&self, row: &Workload) -> Value {
        let gpus = self.allocated_gpus(row);
        let memory = gpus.map(|gpus| format!("{}Gi", gpus * 80.0));
        let pods = row.pods();
        let fixed = (row.class.category != "Deploy").then_some(pods);
        let most = fixed.is_none().then_some(pods);
        let asked =
            json!({ "gpuRequestType": null, "gpu": { "request": row.gpus(), "limit": null } });
        json!({
            "runningPods": if gpus.is_some() { pods } else { 0 },
            "requestedPods": {
                "number": fixed, "min": most.and(Some(1)), "max": most, "parallelism": fixed, "completions": null,
            },
            "requestedNodePools": [row.node_pool()],
            "currentNodePools": if gpus.is_some() { json!([row.node_pool()]) } else { json!([]) },
            "workloadRequestedResources": asked,
            "podsRequestedResources": null,
            "allocatedResources": gpus.map(|gpus| json!({
                "gpu": gpus, "gpuMemory": memory, "cpu": null, "cpuMemory": "0", "extendedResources": null,
            })),
            "idleAllocatedGpus": self.idle_gpus(row),
            "idleGpus": null,
            "topology": null,
        })
    }
}

impl Workload {
    fn content(&self) -> Value {
        let urls = (self.class.category != "Train")
            .then(|| format!("https://{}.runai.example", self.name));
        json!({
            "images": [format!("registry.acme.example/{}:4.1", self.class.word.to_lowercase())],
            "urls": urls.into_iter().collect::<Vec<_>>(),
            "datasources": [],
            "environments": [],
            "externalConnections": [],
            "distributedFramework": self.class.framework,
            "environmentVariables": { "WANDB_API_KEY": "not-for-any-screen" },
            "command": "python",
            "arguments": "train.py --token not-for-any-screen",
            // What a later version might send.
            "unlistedByNow": { "since": "3.1" },
            "additionalFields": { "scheduler": { "gang": self.pods() > 1 } },
        })
    }

    pub(super) fn source(&self) -> &'static str {
        let sources = ["CLI", "CLI", "Control-plane", "Other"];
        let last = if self.class.segment.is_none() { 4 } else { 3 };
        sources[self.pick("source", last)]
    }

    pub(super) fn project_id(&self) -> String {
        (4_500_017 + self.project).to_string()
    }

    /// What it asks for.
    pub(super) fn gpus(&self) -> f64 {
        self.class.gpus[self.pick("gpus", self.class.gpus.len())]
    }

    pub(super) fn pods(&self) -> u64 {
        match self.class.category {
            "Deploy" => 1 + self.lot("pods", 3),
            _ if self.class.framework.is_some() => 2 + self.lot("pods", 3) * 2,
            _ => 1,
        }
    }

    pub(super) fn priority(&self) -> Option<i64> {
        let by_class = [25, 50, 75, 100][self.pick("class", 4)];
        (self.lot("priority", 7) > 0).then_some(by_class)
    }

    pub(super) fn priority_class(&self) -> &'static str {
        ["low", "medium", "high", "very-high"][self.pick("class", 4)]
    }

    fn preemptible(&self) -> Option<bool> {
        [None, Some(true), Some(false)][self.pick("preemptible", 3)]
    }

    pub(super) fn node_pool(&self) -> &'static str {
        ["a100", "h100", "l40s"][self.pick("pool", 3)]
    }
}
