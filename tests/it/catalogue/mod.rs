//! Rows of `tests/faults.md` that take the whole program: a world, a fault, keys, and what came of it.

mod answers;
mod input;
pub(crate) mod monsters;
mod network;
mod on_disk;
mod real_terminal;
mod refusals;
mod transport;
mod unfinished;

use centurion::app::Screen;
use centurion::app::run::Run;
use centurion::domain::outcome::Outcome;
use centurion::domain::report::ReportRow;
use centurion::domain::tracking::Tracking;

use crate::harness::Dashboard;

/// Run:ai workloads that can be stopped, in one bulk request.
const TRAININGS: &str = "in:gpu-cluster kind:training status:Running";

/// Kubiya executions that can be stopped, in one bulk request.
const AGENTS: &str = "in:agents !in:agents-lab status:running";

/// SAP executions of a connection without bulk calls: a request each.
const SANDBOX: &str = "in:sandbox kind:execution status:RUNNING";

/// The ids of the open plan that would be sent, in the order of the marks.
fn planned(dashboard: &Dashboard) -> Vec<String> {
    let Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("no plan is open:\n{}", dashboard.screen())
    };
    let rows = confirm.plan.rows().iter();
    let sent = rows.filter(|row| row.place.verb().is_some());
    sent.map(|row| row.row.key.id.raw().to_owned()).collect()
}

fn run(dashboard: &Dashboard) -> &Run {
    let (_, run) = dashboard.model().followed().last().expect("a batch");
    run
}

fn row<'a>(dashboard: &'a Dashboard, id: &str) -> &'a ReportRow {
    let mut rows = run(dashboard).report.rows().iter();
    rows.find(|row| row.row.key.id.raw() == id)
        .expect("a row of the batch")
}

fn outcome<'a>(dashboard: &'a Dashboard, id: &str) -> &'a Outcome {
    row(dashboard, id).outcome().expect("an outcome")
}

/// The reason of a refused row.
fn refusal<'a>(dashboard: &'a Dashboard, id: &str) -> &'a str {
    match outcome(dashboard, id) {
        Outcome::Rejected(no) => no.reason.as_str(),
        other => panic!("not rejected: {other:?}"),
    }
}

fn is_unknown(dashboard: &Dashboard, id: &str) -> bool {
    matches!(outcome(dashboard, id), Outcome::Unknown(_))
}

fn is_scheduled(dashboard: &Dashboard, id: &str) -> bool {
    matches!(outcome(dashboard, id), Outcome::Scheduled { .. })
}

/// Waits until every row of the last batch is tracked as `tracking`.
async fn all_become(dashboard: &mut Dashboard, tracking: Tracking) {
    let all = |run: &Run| {
        let mut rows = run.report.rows().iter();
        rows.all(|row| row.tracking() == Some(tracking))
    };
    let what = format!("every row is {}", tracking.word());
    dashboard
        .until(&what, |model| model.runs.last().is_some_and(all))
        .await;
}

/// Whether a remark on the batch contains these words.
fn is_noted(dashboard: &Dashboard, words: &str) -> bool {
    let mut notes = run(dashboard).notes.iter();
    notes.any(|note| note.as_str().contains(words))
}
