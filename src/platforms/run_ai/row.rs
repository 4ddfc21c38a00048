//! The row that a workload becomes: clean text, times, and what each action would do to it.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::resource::{Key, Resource, Status};
use crate::domain::text::Clean;
use crate::domain::time::long_span;
use crate::platforms::listing::Lexicon;
use crate::platforms::loose::Loose;
use crate::platforms::run_ai::batch::Bulk;
use crate::platforms::run_ai::rules;
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
        let lower = |word: &Clean| Clean::new(&word.as_str().to_lowercase());
        let subtype = self.subtype.0.as_ref().map(lower);
        let offers = rules::offers(&self, subtype.as_ref().map_or("", Clean::as_str), bulk);
        let phase = self.phase.0.unwrap_or_else(|| Clean::new(""));
        let allocated = self.allocated_resources.0;
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
            gpus: allocated.and_then(|allocated| allocated.gpu.0),
            scheduled: false,
            offers,
            facts,
            key,
        }
    }

    fn facts(&self, words: &mut Lexicon) -> Box<[(&'static str, Clean)]> {
        let node_pools =
            joined(&self.current_node_pools).or_else(|| joined(&self.requested_node_pools));
        let facts = [
            ("category", self.category.0.clone()),
            ("phase reason", self.phase_reason.0.clone()),
            ("phase since", time(&self.phase_updated_at)),
            ("scheduling", self.scheduling()),
            ("k8s phase", self.k8s_phase.0.clone()),
            ("node pools", node_pools),
            ("pods", self.pods()),
            (
                "idle GPUs",
                self.idle_allocated_gpus
                    .clean()
                    .or_else(|| self.idle_gpus.clean()),
            ),
            ("priority", self.priority()),
            ("preemptible", self.preemptible.0.map(yes_or_no)),
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
        let pods = self.requested_pods.0.as_ref();
        let range = || Some(format!("{}-{}", pods?.min.0?, pods?.max.0?));
        let requested = pods
            .and_then(|pods| Some(pods.number.0?.to_string()))
            .or_else(range);
        let text = match (self.running_pods.0, requested) {
            (Some(running), Some(requested)) => format!("{running}/{requested}"),
            (Some(running), None) => running.to_string(),
            (None, Some(requested)) => format!("?/{requested}"),
            (None, None) => return None,
        };
        Some(Clean::new(&text))
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
        let line = |waiting: &Waiting| {
            let why = waiting
                .user_message
                .clean()
                .or_else(|| waiting.reason.clean())?;
            let pool = waiting.node_pool.0.as_ref();
            Some(pool.map_or_else(|| why.to_string(), |pool| format!("{pool}: {why}")))
        };
        let tried = self.pending_scheduling_messages.0.as_ref()?;
        let lines: Vec<String> = tried.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| Clean::new(&lines.join("; ")))
    }
}

fn yes_or_no(is: bool) -> Clean {
    Clean::new(if is { "yes" } else { "no" })
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
