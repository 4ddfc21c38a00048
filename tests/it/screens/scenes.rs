//! One scene a screen: how one gets there.

use std::sync::Arc;
use std::time::Duration;

use centurion::app::message::{BatchMessage, Message};
use centurion::app::run::{Run, Standing};
use centurion::domain::error::{PlatformError, Refusal};
use centurion::domain::inspection::Part;
use centurion::domain::outcome::{Answer, Rejection};
use centurion::domain::resource::{Key, Reading, Resource, Status};
use centurion::domain::text::Clean;

use super::fixture::Scene;
use super::rows::rows;

pub(super) type Size = (u16, u16);

/// How one gets to a screen.
type Way = fn(Size) -> Scene;

/// Every screen by name.
pub(crate) const SCENES: &[(&str, Way)] = &[
    ("first_run", Scene::empty),
    ("connecting", Scene::starting),
    ("list", Scene::listed),
    ("list_marked", marked),
    ("list_in_trouble", in_trouble),
    ("list_range", range),
    ("list_filter", filter),
    ("list_filter_complaint", filter_complaint),
    ("list_no_match", no_match),
    ("list_only_marked", only_marked),
    ("list_notices", notices),
    ("detail", detail),
    ("detail_parts", detail_parts),
    ("logs", logs),
    ("logs_search", logs_search),
    ("menu", menu),
    ("menu_one_platform", menu_one_platform),
    ("statuses", statuses),
    ("sort", sort),
    ("too_many", too_many),
    ("plan_reading", plan_reading),
    ("plan", plan),
    ("plan_rows", plan_rows),
    ("plan_complaint", plan_complaint),
    ("plan_resume", plan_resume),
    ("plan_wire", plan_wire),
    ("plan_busy", plan_busy),
    ("plan_find", plan_find),
    ("plan_find_nothing", plan_find_nothing),
    ("plan_clean_up", plan_clean_up),
    ("plan_of_nothing", plan_of_nothing),
    ("results_sending", results_sending),
    ("results", results),
    ("results_left", results_left),
    ("results_folds", results_folds),
    ("results_row", results_row),
    ("results_out_of_reach", results_out_of_reach),
    ("results_notices", results_notices),
    ("export", export),
    ("results_journal", results_journal),
    ("batches", batches),
    ("batches_earlier", batches_earlier),
    ("list_wide", list_wide),
    ("palette", palette),
    ("sources", sources),
    ("messages", messages),
    ("help", help),
    ("quit", quit),
];

pub(crate) fn marked(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("!<space><space><down><space><space><space>/llama<enter>");
    scene
}

fn timeout() -> PlatformError {
    PlatformError::TimedOut {
        host: "control-plane.kubiya.example".to_owned(),
        limit: Duration::from_secs(30),
    }
}

pub(crate) fn refused() -> PlatformError {
    PlatformError::Unauthorized {
        platform: centurion::domain::connection::PlatformId::RunAi,
        setting: "client_secret",
        said: Refusal {
            status: 401,
            code: None,
            message: Clean::new("Invalid client credentials"),
            request_id: None,
            own_shape: true,
        },
    }
}

fn in_trouble(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("!a");
    scene.wait(134);
    scene.list_again("prod-eu");
    let kubiya = scene.source("kubiya", "executions");
    scene.fail(&kubiya, timeout());
    let run_ai = scene.source("run-ai", "workloads");
    scene.fail(&run_ai, refused());
    scene
}

fn range(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("<space><down>v<down><down>");
    scene
}

fn filter(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("/llama");
    scene
}

fn filter_complaint(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("/age>x");
    scene
}

fn no_match(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("/lamma<enter>");
    scene
}

fn only_marked(size: Size) -> Scene {
    let mut scene = marked(size);
    scene.press("m");
    scene
}

fn notices(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    for text in [
        "batch 2026-11-22-0006 has settled: 8 of 8 reached their target   B batches",
        "rows that were not sent did not fit into the marks: see the results",
        "sandbox: its URL, account or protection changed; restart to use it",
    ] {
        scene.tell(Message::Notice(text.to_owned()));
    }
    scene
}

fn detail(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("G<enter>");
    scene
}

fn detail_parts(size: Size) -> Scene {
    let mut scene = detail(size);
    let row = serde_json::json!({"id": "9a66c0de-3c1f-4a5d-8e0b-77aa10c4d9f0", "phase": "Stopped"});
    scene.answer_part(Part::raw(&row));
    scene.answer_part(Part {
        title: "history",
        lines: Err(timeout()),
        note: None,
    });
    scene.press("j");
    scene
}

fn logs(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("Gl");
    let words = [
        "Scheduled",
        "Pulling image",
        "Started",
        "Killing container: node pressure",
    ];
    let line = |nth: usize| {
        (
            Some(7 * i64::try_from(nth).expect("small")),
            words[nth % 4].to_owned(),
        )
    };
    let lines: Vec<_> = (0..40).map(line).collect();
    scene.answer("events", &lines);
    scene.answer_part(Part {
        title: "logs",
        lines: Ok(Vec::new()),
        note: Some(Clean::new(
            "this platform has no call for them: `runai training logs fraud-scorer -p team-vision`",
        )),
    });
    scene.answer_ends();
    scene.press("f");
    scene
}

fn logs_search(size: Size) -> Scene {
    let mut scene = logs(size);
    scene.press("/killing<enter>n/node");
    scene
}

pub(crate) fn menu(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("ax<down>");
    scene
}

fn menu_one_platform(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("3ax");
    scene
}

fn statuses(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("s<down><space>");
    scene
}

fn sort(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("o<down>");
    scene
}

fn too_many(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    let source = scene.source("prod-eu", "executions");
    let template = rows(&source)[0].clone();
    let many = (0..237).map(|n| {
        let mut row = Resource::clone(&template);
        row.key.id = centurion::domain::resource::Id::new(&format!("e{n:015x}"));
        Arc::new(row)
    });
    scene.list(&source, many.collect());
    scene.press("1<space><space><space>a");
    scene
}

fn plan_reading(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("axs");
    scene
}

pub(crate) fn plan(size: Size) -> Scene {
    let mut scene = plan_reading(size);
    scene.wait(1);
    scene.answer_reads();
    scene.press("runaway fine-tunes, INC-4812 cleanup<enter>stop 1");
    scene
}

fn plan_rows(size: Size) -> Scene {
    let mut scene = plan(size);
    scene.press("<tab><down><space><down><down>");
    scene
}

fn plan_complaint(size: Size) -> Scene {
    let mut scene = plan(size);
    scene.press("<enter>");
    scene
}

fn plan_resume(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("3axu");
    scene.answer_reads();
    scene
}

fn plan_wire(size: Size) -> Scene {
    let mut scene = plan(size);
    scene.press("<tab>c");
    let body = r#"{
  "deployments": [
    { "id": "d5f00c1177e31b20", "targetStatus": "STOPPED" },
    { "id": "d5f00c1177e32c45", "targetStatus": "STOPPED" }
  ]
}"#;
    let mut lines = vec!["PATCH https://api.ai.prod-eu.example/v2/lm/deployments".to_owned()];
    lines.extend(body.lines().map(str::to_owned));
    lines.push(String::new());
    lines.push(
        "curl -X PATCH https://api.ai.prod-eu.example/v2/lm/deployments -H \"Authorization: Bearer $TOKEN\" -d '{}'"
            .to_owned(),
    );
    scene.tell(Message::Previewed(lines));
    scene
}

pub(crate) fn results_sending(size: Size) -> Scene {
    let mut scene = plan(size);
    let phrase = match &scene.model.screen {
        centurion::app::Screen::Plan(confirm) => confirm.plan.phrase(),
        _ => None,
    };
    let phrase = phrase.expect("a stop asks for a phrase");
    let rest = phrase.strip_prefix("stop 1").expect("more than ten rows");
    scene.press(&format!("{rest}<enter>"));
    assert!(scene.batch.is_some(), "the batch is sent");
    scene.batch(BatchMessage::Opened("2026-11-22-0007".to_owned()));
    scene.batch(BatchMessage::Sending(1));
    scene.wait(1);
    scene
}

fn sent_keys(scene: &Scene) -> Vec<Key> {
    let batch = scene.batch.as_ref().expect("a batch was sent");
    let operations = batch
        .requests()
        .iter()
        .flat_map(centurion::domain::plan::Request::operations);
    operations.map(|operation| operation.key.clone()).collect()
}

/// A mixed end: two rejected, one unknown, the others scheduled, some of them at their target.
pub(crate) fn results(size: Size) -> Scene {
    let mut scene = results_sending(size);
    let keys = sent_keys(&scene);
    for number in 1..=scene
        .batch
        .as_ref()
        .map_or(0, |batch| batch.requests().len())
    {
        scene.batch(BatchMessage::Sending(u32::try_from(number).expect("small")));
    }
    let at = scene.moment();
    for (place, key) in keys.iter().enumerate() {
        let answer = match place {
            1 => Answer::Rejected(Rejection {
                code: Some(Clean::new("01010076")),
                reason: Clean::new("Deployment is in transition"),
                request_id: Some(Clean::new("5d20c1ee-41ab")),
                later: true,
            }),
            4 => Answer::Rejected(Rejection {
                code: Some(Clean::new("403")),
                reason: Clean::new("workload is owned by another project"),
                request_id: None,
                later: false,
            }),
            7 => Answer::Unknown(Clean::new("connection cut")),
            _ => Answer::Scheduled { message: None },
        };
        scene.batch(BatchMessage::Answered(key.clone(), answer, at));
    }
    let note = "prod-eu: this runtime reports no bulk updates; 4 rows left in 4 single requests";
    scene.batch(BatchMessage::Note(Clean::new(note)));
    scene.batch(BatchMessage::Done);
    scene.wait(30);
    for key in keys.iter().take(3) {
        let row = rows(&key.source).into_iter().find(|row| row.key == *key);
        let mut row = Resource::clone(&row.expect("a row of the fixture"));
        row.status = Status {
            word: Clean::new("STOPPED"),
            group: centurion::domain::resource::Group::Ended,
        };
        let reading = Ok(Reading::Found(Arc::new(row)));
        let started = scene.moment();
        scene.tell(Message::Read(key.clone(), started, reading));
    }
    scene.wait(41);
    scene
}

pub(crate) fn results_left(size: Size) -> Scene {
    let mut scene = results(size);
    scene.press("<esc>");
    scene
}

fn results_journal(size: Size) -> Scene {
    let mut scene = results_sending(size);
    let run_ai = centurion::domain::connection::ConnectionName::new("run-ai");
    scene.batch(BatchMessage::Waiting(run_ai.expect("a good name"), 38));
    let why = "cannot write /home/ana/.local/state/centurion/2026-11-22-0007.jsonl: no space left";
    scene.batch(BatchMessage::JournalFailed(Clean::new(why)));
    scene
}

fn list_wide(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("!w");
    scene
}

fn palette(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press(":s<down>");
    scene
}

fn sources(size: Size) -> Scene {
    let mut scene = in_trouble(size);
    scene.press(":sources<enter><down>");
    let counts = [("prod-eu", 12), ("run-ai", 3), ("kubiya", 33)];
    let name = |name| centurion::domain::connection::ConnectionName::new(name);
    let counts = counts.map(|(of, count)| (name(of).expect("a good name"), count));
    scene.tell(Message::Requests(counts.into()));
    scene
}

fn messages(size: Size) -> Scene {
    let mut scene = notices(size);
    scene.press("Rm:messages<enter>");
    scene
}

/// Eight equal refusals and two others.
fn results_folds(size: Size) -> Scene {
    let mut scene = results_sending(size);
    let at = scene.moment();
    for (place, key) in (0..).zip(sent_keys(&scene)) {
        let reason = match place {
            2 => "workload is gone",
            5 => "Deployment is in transition",
            _ => "workload is owned by another project",
        };
        let no = Rejection {
            code: Some(Clean::new("403")),
            reason: Clean::new(reason),
            request_id: None,
            later: false,
        };
        scene.batch(BatchMessage::Answered(key, Answer::Rejected(no), at));
    }
    scene.batch(BatchMessage::Done);
    scene
}

fn results_row(size: Size) -> Scene {
    let mut scene = results(size);
    scene.press("<down><down><enter>");
    scene
}

fn export(size: Size) -> Scene {
    let mut scene = results(size);
    scene.press("e");
    scene
}

/// The journal of three other runs: one ended, one live elsewhere, one out of reach.
fn earlier(scene: &mut Scene) {
    let mut before = results(scene.model.size);
    let report = before.model.runs.remove(0).report;
    let runs = [
        ("2026-11-21-0003", "ivo@acme", Standing::Ended),
        ("2026-11-22-0004", "ivo@acme", Standing::Elsewhere),
        ("2026-11-22-0005", "ana@acme", Standing::Unfinished),
    ];
    let runs = runs.map(|(name, by, standing)| {
        let out_of_reach = match standing {
            Standing::Unfinished => {
                vec![Clean::new("run-ai: the connection is no longer configured")]
            }
            _ => Vec::new(),
        };
        Run {
            standing,
            name: Some(name.to_owned()),
            out_of_reach,
            done: true,
            ..Run::new(report.clone(), Clean::new(by), scene.model.now)
        }
    });
    scene.tell(Message::Journal(runs.into()));
}

fn results_out_of_reach(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    earlier(&mut scene);
    // What cannot be read back is not tracked either; here it stands in for a batch of another connection.
    scene.model.runs[2].standing = Standing::Unfinished;
    scene.press("B<enter>");
    scene
}

fn plan_busy(size: Size) -> Scene {
    let mut scene = plan(size);
    earlier(&mut scene);
    scene
}

fn plan_find(size: Size) -> Scene {
    let mut scene = plan(size);
    scene.press("<tab>/notebook");
    scene
}

pub(crate) fn plan_find_nothing(size: Size) -> Scene {
    let mut scene = plan(size);
    scene.press("<tab>/no such row<enter>");
    scene
}

/// Stops and deletes in one plan, on all platforms.
pub(crate) fn plan_clean_up(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("saa<enter>axc");
    scene.wait(1);
    scene.answer_reads();
    scene.press("weekly<enter>");
    scene
}

/// Workloads that run cannot be deleted: no row of a protected connection, and none that would leave.
pub(crate) fn plan_of_nothing(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("3axd");
    scene
}

/// More notices than one over results that fill the screen.
pub(crate) fn results_notices(size: Size) -> Scene {
    let mut scene = results(size);
    for words in ["first", "second", "third"] {
        scene.tell(Message::Notice(format!("the {words} notice")));
    }
    scene
}

fn batches_earlier(size: Size) -> Scene {
    let mut scene = results(size);
    earlier(&mut scene);
    scene.press("B<down>");
    scene
}

fn batches(size: Size) -> Scene {
    let mut scene = results(size);
    scene.press("B");
    scene
}

fn help(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("?");
    scene
}

fn quit(size: Size) -> Scene {
    let mut scene = results(size);
    scene.press("<esc>q");
    scene
}
