//! The JSON of workloads: `specs/run-ai.md` 2.5.
//!
//! Every member but `id` has a default.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::resource::Id;
use crate::domain::text::Clean;
use crate::platforms::http::{Call, Http, Sending, Sent};
use crate::platforms::loose::{self, FromJson, Loose, Rows, loose_objects};

/// The one `sourceApi` there is: such workloads are deleted one by one under `/api/v2`.
pub(super) const WORKLOADS_V2: &str = "WorkloadsV2";

/// Members that may hold secrets: never shown, and read by nothing here.
pub(super) const PRIVATE: [&str; 3] = ["environmentVariables", "command", "arguments"];

/// What a read gives.
pub(super) async fn read<T: DeserializeOwned>(http: &Http, call: Call) -> Result<T, PlatformError> {
    let reply = http.read(call).await;
    reply.and_then(|reply| reply.json()).map_err(discreet)
}

/// What sending a change comes to, without what may be secret in an answer that cannot be read.
pub(super) fn change(http: &Http, call: Call) -> BoxStream<'_, Sending> {
    let discreetly = |sending| match sending {
        Sending::Ended(Sent::Lost(error)) => Sending::Ended(Sent::Lost(discreet(error))),
        Sending::Ended(_) | Sending::Meanwhile(_) => sending,
    };
    http.change(call).map(discreetly).boxed()
}

/// The error, with as much of the answer's start as stands before the first member that may hold a secret (P7).
fn discreet(mut error: PlatformError) -> PlatformError {
    if let PlatformError::Unreadable { start, .. } | PlatformError::NotAnApi { start, .. } =
        &mut error
    {
        let shown = start.as_str().to_ascii_lowercase();
        let places = PRIVATE.map(|name| shown.find(&name.to_ascii_lowercase()));
        if let Some(place) = places.into_iter().flatten().min() {
            *start = Clean::new(&format!("{}…", &start.as_str()[..place]));
        }
    }
    error
}

/// An answer of `GET /api/v1/workloads`. Without `workloads` it is no listing, so never an empty one;
/// null is what Go makes of an empty list.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    #[serde(default)]
    next: Value,
    #[serde(deserialize_with = "Option::deserialize")]
    workloads: Option<Rows<Workload>>,
}

impl Listing {
    /// The offset of the page after this one. One that is no number leads nowhere: 0, where paging ends as
    /// incomplete.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an odd offset ends the paging"
    )]
    pub(super) fn next(&self) -> Option<usize> {
        match &self.next {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            next => Some(next.as_f64().unwrap_or(0.0) as usize),
        }
    }

    /// The rows in the server's order; nothing in an entry that is no object.
    pub(super) fn into_rows(self) -> Vec<Loose<Workload>> {
        self.workloads.map_or_else(Vec::new, |rows| rows.0)
    }
}

/// One workload, as far as it could be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Workload {
    pub(super) id: Loose<String>,
    pub(super) name: Loose<Clean>,
    #[serde(rename = "type")]
    pub(super) subtype: Loose<Clean>,
    pub(super) category: Loose<Clean>,
    pub(super) phase: Loose<Clean>,
    pub(super) phase_message: Loose<Clean>,
    pub(super) phase_reason: Loose<Clean>,
    pub(super) phase_updated_at: Loose<Timestamp>,
    #[serde(rename = "k8sPhase")]
    pub(super) k8s_phase: Loose<Clean>,
    pub(super) actions_support: Loose<Support>,
    pub(super) source: Loose<Clean>,
    pub(super) source_api: Loose<Clean>,
    pub(super) project_name: Loose<Clean>,
    pub(super) department_name: Loose<Clean>,
    pub(super) cluster_id: Loose<Clean>,
    pub(super) namespace: Loose<Clean>,
    pub(super) submitted_by: Loose<Clean>,
    pub(super) created_at: Loose<Timestamp>,
    pub(super) updated_at: Loose<Timestamp>,
    pub(super) completed_at: Loose<Timestamp>,
    pub(super) deleted_at: Loose<Timestamp>,
    pub(super) priority: Loose<Code>,
    pub(super) priority_class_name: Loose<Clean>,
    pub(super) preemptible: Loose<bool>,
    pub(super) running_pods: Loose<f64>,
    pub(super) requested_pods: Loose<Pods>,
    pub(super) requested_node_pools: Loose<Vec<Clean>>,
    pub(super) current_node_pools: Loose<Vec<Clean>>,
    pub(super) allocated_resources: Loose<Allocated>,
    pub(super) idle_allocated_gpus: Loose<f64>,
    pub(super) idle_gpus: Loose<f64>,
    pub(super) total_pending_time_seconds: Loose<f64>,
    pub(super) total_running_time_seconds: Loose<f64>,
    pub(super) guaranteed_runtime_ends_at: Loose<Timestamp>,
    pub(super) distributed_framework: Loose<Clean>,
    pub(super) images: Loose<Vec<Clean>>,
    pub(super) urls: Loose<Vec<Clean>>,
    pub(super) pending_scheduling_messages: Loose<Vec<Waiting>>,
}

/// `actionsSupport`: there is no member for resume, `suspend` speaks for both (section 4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Support {
    pub(super) suspend: Loose<bool>,
    pub(super) delete: Loose<bool>,
}

/// `requestedPods`: a number, or a range for what scales.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pods {
    pub(super) number: Loose<f64>,
    pub(super) min: Loose<f64>,
    pub(super) max: Loose<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Allocated {
    pub(super) gpu: Loose<f64>,
}

/// `pendingSchedulingMessages`, only in reads by id.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Waiting {
    pub(super) node_pool: Loose<Clean>,
    pub(super) reason: Loose<Clean>,
    pub(super) user_message: Loose<Clean>,
}

loose_objects!(Workload, Support, Pods, Allocated, Waiting);

/// A code that comes as a number in one version and may come as text in another.
#[derive(Debug)]
pub(super) struct Code(pub(super) Clean);

impl FromJson for Code {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self(Clean::new(&number.to_string()))),
            other => Clean::from_json(other).map(Self),
        }
    }
}

impl Workload {
    /// The id; empty where the row has none, and so never sound (L5).
    pub(super) fn id(&self) -> Id {
        loose::id(self.id.text())
    }

    /// Deleted workloads stay readable for 14 days (section 8).
    pub(super) fn is_deleted(&self) -> bool {
        self.deleted_at.0.is_some()
    }

    /// Whether it lives in the project of that name.
    pub(super) fn is_of(&self, project: &str) -> bool {
        self.project_name.0 == Some(Clean::new(project))
    }
}
