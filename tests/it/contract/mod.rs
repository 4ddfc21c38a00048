//! The contract of each platform as a table, `assets/contract/*.toml`: each documented call with its documented
//! answer, run against the client (a canned server plays the answer) and against the simulator (it is sent the call).

mod case;
mod client;
mod compare;
mod made;
mod script;
mod simulated;

use std::io::Write;

use centurion::domain::connection::PlatformId;

use case::{Case, Table};

/// So many cases ran when this was last changed, for each platform: against the client, against the simulator.
/// Fewer is a loss of what is held to the documents.
const FLOORS: [(PlatformId, usize, usize); 3] = [
    (PlatformId::SapAiCore, 63, 100),
    (PlatformId::RunAi, 65, 94),
    (PlatformId::Kubiya, 45, 81),
];

#[tokio::test]
async fn each_client_sends_the_documented_call_and_reads_the_documented_answer() {
    for (platform, floor, _) in FLOORS {
        let table = Table::of(platform);
        let mut run = Run::default();
        for case in table.cases().filter(|case| case.is_for_client(&table)) {
            run.note(case, client::run(platform, &table, case).await);
        }
        run.end(platform, "client", floor);
    }
}

#[tokio::test]
async fn each_simulator_gives_the_documented_answer_to_the_documented_call() {
    for (platform, _, floor) in FLOORS {
        let table = Table::of(platform);
        let mut run = Run::default();
        for case in table.cases().filter(|case| case.is_for_simulator()) {
            run.note(case, simulated::run(platform, &table, case).await);
        }
        run.end(platform, "simulator", floor);
    }
}

/// The cases of one platform in one direction.
#[derive(Default)]
struct Run {
    count: usize,
    wrong: Vec<String>,
}

impl Run {
    fn note(&mut self, case: &Case, differences: Vec<String>) {
        self.count += 1;
        let told = differences
            .into_iter()
            .map(|what| format!("{} ({}): {what}", case.name, case.source));
        self.wrong.extend(told);
    }

    /// Says how many there were, past the test harness, which keeps quiet about tests that pass.
    fn end(self, platform: PlatformId, direction: &str, floor: usize) {
        let Self { count, wrong } = self;
        let told = writeln!(
            std::io::stdout(),
            "contract: {platform}, {direction}: {count} cases, at least {floor}"
        );
        told.expect("standard output takes a line");
        assert!(
            wrong.is_empty(),
            "{platform}, {direction}:\n{}",
            wrong.join("\n")
        );
        assert!(
            count >= floor,
            "{platform}, {direction}: {count} cases, fewer than {floor}"
        );
    }
}
