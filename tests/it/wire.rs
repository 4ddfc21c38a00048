//! What changes left on the wire, and whether each of them was confirmed: held against the journal at the end
//! of every test that has a simulator and sends (P1, P2).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use centurion::domain::connection::PlatformId;
use centurion::journal::{Journal, Planned};
use centurion::simulator::{Recorded, Simulator};
use serde_json::Value;

/// What stands behind the id in the path of a call for one row.
const VERBS: [&str; 4] = ["suspend", "resume", "cancel", "terminate"];

/// Answers of a server that did nothing, and how often an id may leave because of them, the first time included.
const REFUSED: [(u16, usize); 2] = [(401, 2), (429, 3)];

/// What a server answers that has no call for many ids: they may leave once more, one by one.
const NO_SUCH_CALL: [u16; 3] = [400, 404, 405];

/// A simulator and the journal of whoever sends to it. Looks at both when it goes.
pub(crate) struct Wire {
    simulator: Weak<Simulator>,
    journal: PathBuf,
    /// Ids that a test changes as another client would.
    pub(crate) by_others: Vec<String>,
}

impl Wire {
    pub(crate) fn new(simulator: &Arc<Simulator>, journal: PathBuf) -> Self {
        Self {
            simulator: Arc::downgrade(simulator),
            journal,
            by_others: Vec::new(),
        }
    }

    /// What the simulator received that changes something, oldest first.
    pub(crate) fn changes(&self) -> Vec<Recorded> {
        let simulator = self.simulator.upgrade();
        let requests = simulator.map_or_else(Vec::new, |simulator| simulator.requests());
        let changes = requests
            .into_iter()
            .filter(|request| request.method != "GET");
        changes
            .filter(|request| !request.path.ends_with("/token"))
            .collect()
    }

    /// How often each id was confirmed.
    fn confirmed(&self) -> BTreeMap<String, usize> {
        let mut confirmed = BTreeMap::new();
        let batches = Journal::open(self.journal.clone()).batches(usize::MAX);
        let rows = batches
            .unwrap_or_default()
            .into_iter()
            .flat_map(|past| past.rows);
        let sent = rows.filter(|row| matches!(row.planned, Planned::Send { .. }));
        let ids = sent.map(|row| row.id.to_string());
        for id in ids.chain(self.by_others.iter().cloned()) {
            *confirmed.entry(id).or_default() += 1;
        }
        confirmed
    }

    /// Fails where an id left that was not confirmed, or left again without a new confirmation.
    pub(crate) fn assert_confirmed(&self) {
        let changes = self.changes();
        if !changes.is_empty() {
            assert_confirmed(&changes, &self.confirmed());
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_confirmed();
        }
    }
}

/// The ids that a change names: those of the list in its body, else the one in its path.
pub(crate) fn ids(change: &Recorded) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let lists = ["executions", "deployments", "ids", "execution_ids"];
    let listed = lists.iter().filter_map(|list| change.body.get(list));
    let listed: Vec<&Value> = listed.filter_map(Value::as_array).flatten().collect();
    if listed.is_empty() {
        let mut parts = change.path.rsplit('/');
        let id = parts.find(|part| !VERBS.contains(part));
        return id.map(str::to_owned).into_iter().collect();
    }
    let id = |entry: &&Value| text(entry).or_else(|| text(entry.get("id")?));
    let ids = listed.iter().map(id);
    let named: Option<Vec<String>> = ids.collect();
    named.unwrap_or_else(|| panic!("an entry without an id: {change:?}"))
}

/// The platform's share of recorded requests.
pub(crate) fn on(platform: PlatformId, request: &Recorded) -> bool {
    let path = request.path.as_str();
    match platform {
        PlatformId::SapAiCore => path.starts_with("/v2"),
        PlatformId::RunAi => path.starts_with("/api/v1/workloads"),
        PlatformId::Kubiya => path.starts_with("/api/v1/executions"),
    }
}

/// How often an id left, by what it was answered with.
#[derive(Default)]
struct Sends {
    refused: [usize; REFUSED.len()],
    without_call: usize,
    /// Answered otherwise, or not at all: it may have been carried out.
    counted: usize,
}

impl Sends {
    fn add(&mut self, change: &Recorded) {
        let is_status = |known: &u16| change.status == Some(*known);
        let refused = REFUSED.iter().position(|(status, _)| is_status(status));
        let is_bulk = change.path.ends_with("/workloads/batch");
        *match refused {
            Some(place) => &mut self.refused[place],
            None if is_bulk && NO_SUCH_CALL.iter().any(is_status) => &mut self.without_call,
            None => &mut self.counted,
        } += 1;
    }

    /// Whether so many confirmations allow it.
    fn are_allowed(&self, confirmed: usize) -> bool {
        let mut refused = REFUSED.iter().zip(self.refused);
        self.counted <= confirmed
            && self.without_call <= confirmed
            && refused.all(|((_, most), times)| times + self.counted <= most * confirmed)
    }
}

fn assert_confirmed(changes: &[Recorded], confirmed: &BTreeMap<String, usize>) {
    let mut left: BTreeMap<String, Sends> = BTreeMap::new();
    for change in changes {
        for id in ids(change) {
            let confirmed = confirmed.get(&id).copied().unwrap_or_default();
            assert!(confirmed > 0, "{id} was not confirmed: {change:?}");
            let sends = left.entry(id.clone()).or_default();
            sends.add(change);
            assert!(sends.are_allowed(confirmed), "{id} left again: {change:?}");
        }
    }
}

fn change(path: &str, ids: &[&str], status: Option<u16>) -> Recorded {
    Recorded {
        time: jiff::Timestamp::UNIX_EPOCH,
        method: "POST".to_owned(),
        path: path.to_owned(),
        query: String::new(),
        body: match ids {
            [] => Value::Null,
            ids => serde_json::json!({"ids": ids, "action": "suspend"}),
        },
        status,
    }
}

fn batch(ids: &[&str], status: impl Into<Option<u16>>) -> Recorded {
    change("/api/v1/workloads/batch", ids, status.into())
}

fn single(id: &str) -> Recorded {
    let path = format!("/api/v1/workloads/trainings/{id}/suspend");
    change(&path, &[], Some(202))
}

/// Whether these changes pass where `a` and `b` were confirmed.
fn passes(changes: Vec<Recorded>) -> bool {
    let confirmed = ["a", "b"].map(|id| (id.to_owned(), 1)).into();
    std::panic::catch_unwind(move || assert_confirmed(&changes, &confirmed)).is_ok()
}

#[test]
fn p1_p2_the_check_of_the_wire_sees_foreign_ids_and_second_changes() {
    let twice = |first, second| vec![batch(&["a"], first), batch(&["a"], second)];
    let mut third = twice(401, 401);
    third.push(batch(&["a"], 200));
    for (wrong, changes) in [
        (
            "a foreign id among confirmed ones",
            vec![batch(&["a", "x"], 200)],
        ),
        ("a foreign id alone", vec![single("x")]),
        ("the same id twice in a list", vec![batch(&["a", "a"], 200)]),
        ("no id", vec![batch(&[], 200)]),
        ("a second change", vec![batch(&["a"], 200), single("a")]),
        (
            "a second one after silence",
            vec![batch(&["a"], None), single("a")],
        ),
        ("a second one after a 500", twice(500, 200)),
        ("a resend after the second 401", third),
        ("a fourth send", vec![batch(&["a"], 429); 4]),
    ] {
        assert!(!passes(changes), "{wrong}");
    }
}

#[test]
fn p1_the_check_of_the_wire_allows_what_may_be_resent() {
    let refused = [401, 429].map(|status| batch(&["a"], status));
    let resent = refused.into_iter().chain([batch(&["a"], 200)]);
    assert!(passes(resent.collect()));
    let fallback = vec![batch(&["a", "b"], 404), single("a"), single("b")];
    assert!(passes(fallback));
}
