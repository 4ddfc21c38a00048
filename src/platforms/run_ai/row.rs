//! The row that a workload becomes: clean text, times, and what each action would do to it.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::resource::{Key, Resource, Status};
use crate::domain::text::Clean;
use crate::domain::time::long_span;
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::Loose;
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::rules::{self, Subject};
use crate::platforms::run_ai::wire::{Code, Waiting, Workload};

const SOURCE_API: &str = "source api";

/// The fact that says where a row's single delete lives; empty for most.
pub(super) fn source_api(row: &Resource) -> &str {
    let fact = row.facts.iter().find(|(label, _)| *label == SOURCE_API);
    fact.map_or("", |(_, value)| value.as_str())
}

impl Workload {
    /// The row, with what each action would do to it on a server with these batch calls.
    pub(super) fn into_row(self, key: Key, bulk: Bulk, words: &mut Lexicon) -> Resource {
        let facts = self.facts(words);
        let subtype = self
            .subtype
            .0
            .as_ref()
            .map(|word| Clean::new(&word.as_str().to_lowercase()));
        let offers = rules::offers(&self.subject(&key, subtype.as_ref()), bulk);
        let phase = self.phase.0.unwrap_or_else(|| Clean::new(""));
        Resource {
            scope: words.share(self.project_name.0.unwrap_or_else(|| Clean::new(""))),
            name: self.name.0.unwrap_or_else(|| key.id.shown()),
            subtype: subtype.map(|word| words.share(word)),
            attention: rules::needs_attention(phase.as_str()),
            status: Status {
                group: rules::group(phase.as_str()),
                word: words.share(phase),
            },
            target: None,
            created: self.created_at.0,
            modified: self.updated_at.0.or(self.phase_updated_at.0),
            owner: self.submitted_by.0.map(|owner| words.share(owner)),
            message: self.phase_message.0.map(|message| words.share(message)),
            gpus: self
                .allocated_resources
                .0
                .and_then(|allocated| allocated.gpu.0),
            scheduled: false,
            offers,
            facts,
            key,
        }
    }

    fn subject<'a>(&'a self, key: &'a Key, subtype: Option<&'a Clean>) -> Subject<'a> {
        let support = self.actions_support.0.as_ref();
        Subject {
            id: key.id.raw(),
            phase: self.phase.0.as_ref().map_or("", Clean::as_str),
            subtype: subtype.map_or("", Clean::as_str),
            source_api: self.source_api.0.as_ref().map_or("", Clean::as_str),
            suspend: support.and_then(|support| support.suspend.0),
            delete: support.and_then(|support| support.delete.0),
        }
    }

    fn facts(&self, words: &mut Lexicon) -> Box<[(&'static str, Clean)]> {
        let node_pools =
            joined(&self.current_node_pools).or_else(|| joined(&self.requested_node_pools));
        let idle = self.idle_allocated_gpus.0.or(self.idle_gpus.0);
        let facts = [
            ("category", self.category.0.clone()),
            ("phase reason", self.phase_reason.0.clone()),
            ("phase since", time(&self.phase_updated_at)),
            ("scheduling", self.scheduling()),
            ("k8s phase", self.k8s_phase.0.clone()),
            ("node pools", node_pools),
            ("pods", self.pods()),
            ("idle GPUs", idle.map(|gpus| Clean::new(&gpus.to_string()))),
            ("priority", self.priority()),
            (
                "preemptible",
                self.preemptible
                    .0
                    .map(|is| Clean::new(if is { "yes" } else { "no" })),
            ),
            ("running for", span(&self.total_running_time_seconds)),
            ("pending for", span(&self.total_pending_time_seconds)),
            ("guaranteed until", time(&self.guaranteed_runtime_ends_at)),
            ("completed", time(&self.completed_at)),
            ("department", self.department_name.0.clone()),
            ("cluster", self.cluster_id.0.clone()),
            ("namespace", self.namespace.0.clone()),
            ("framework", self.distributed_framework.0.clone()),
            ("images", joined(&self.images)),
            ("urls", joined(&self.urls)),
            ("source", self.source.0.clone()),
            (SOURCE_API, self.source_api.0.clone()),
        ];
        let known = facts
            .into_iter()
            .filter_map(|(label, value)| Some((label, words.share(value?))));
        known.collect()
    }

    /// "1/4", "2/1-4", "1", by what is known of running and requested pods.
    fn pods(&self) -> Option<Clean> {
        let requested = self.requested_pods.0.as_ref().and_then(|pods| {
            let range = || Some(format!("{}-{}", pods.min.0?, pods.max.0?));
            pods.number
                .0
                .map(|number| number.to_string())
                .or_else(range)
        });
        match (self.running_pods.0, requested) {
            (Some(running), Some(requested)) => Some(Clean::new(&format!("{running}/{requested}"))),
            (Some(running), None) => Some(Clean::new(&running.to_string())),
            (None, Some(requested)) => Some(Clean::new(&format!("?/{requested}"))),
            (None, None) => None,
        }
    }

    /// "medium (50)", or whichever of the two is known.
    fn priority(&self) -> Option<Clean> {
        match (&self.priority_class_name.0, &self.priority.0) {
            (Some(class), Some(Code(number))) => Some(Clean::new(&format!("{class} ({number})"))),
            (Some(word), None) | (None, Some(Code(word))) => Some(word.clone()),
            (None, None) => None,
        }
    }

    /// Why it waits, for each node pool that was tried.
    fn scheduling(&self) -> Option<Clean> {
        let tried = self.pending_scheduling_messages.0.as_ref()?;
        let line = |waiting: &Waiting| {
            let why = waiting
                .user_message
                .0
                .as_ref()
                .or(waiting.reason.0.as_ref())?;
            let pool = waiting.node_pool.0.as_ref();
            Some(pool.map_or_else(|| why.to_string(), |pool| format!("{pool}: {why}")))
        };
        let lines: Vec<String> = tried.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| Clean::new(&lines.join("; ")))
    }
}

fn joined(list: &Loose<Vec<Clean>>) -> Option<Clean> {
    let words: Vec<&str> = list.0.as_ref()?.iter().map(Clean::as_str).collect();
    (!words.is_empty()).then(|| Clean::new(&words.join(", ")))
}

fn time(time: &Loose<Timestamp>) -> Option<Clean> {
    time.0.map(|time| Clean::new(&format!("{time:.0}")))
}

fn span(seconds: &Loose<f64>) -> Option<Clean> {
    let span = Duration::try_from_secs_f64(seconds.0?).ok()?;
    Some(Clean::new(&long_span(span)))
}
