//! Batches and what became of them.

use std::sync::Arc;

use centurion::app::message::{BatchMessage, Message};
use centurion::app::run::{Run, Standing};
use centurion::domain::outcome::{Answer, Rejection};
use centurion::domain::resource::{Key, Reading, Resource, Status};
use centurion::domain::text::Clean;

use super::super::fixture::Scene;
use super::super::rows::rows;
use super::{Size, plan};

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

pub(crate) fn sent_keys(scene: &Scene) -> Vec<Key> {
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
                of_row: false,
                code: Some(Clean::new("01010076")),
                reason: Clean::new("Deployment is in transition"),
                request_id: Some(Clean::new("5d20c1ee-41ab")),
                later: true,
            }),
            4 => Answer::Rejected(Rejection {
                of_row: false,
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

pub(crate) fn results_journal(size: Size) -> Scene {
    let mut scene = results_sending(size);
    let run_ai = centurion::domain::connection::ConnectionName::new("run-ai");
    scene.batch(BatchMessage::Waiting(2, run_ai.expect("a good name"), 38));
    let why = "cannot write /home/ana/.local/state/centurion/2026-11-22-0007.jsonl: no space left";
    scene.batch(BatchMessage::JournalFailed(Clean::new(why)));
    scene
}

/// Eight equal refusals and two others.
pub(crate) fn results_folds(size: Size) -> Scene {
    let mut scene = results_sending(size);
    let at = scene.moment();
    for (place, key) in (0..).zip(sent_keys(&scene)) {
        let reason = match place {
            2 => "workload is gone",
            5 => "Deployment is in transition",
            _ => "workload is owned by another project",
        };
        let no = Rejection {
            of_row: false,
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

/// The journal of three other runs: one ended, one live elsewhere, one out of reach.
pub(crate) fn earlier(scene: &mut Scene) {
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
    scene.tell(Message::Journal {
        batches: runs.into(),
        not_read: 0,
    });
}

pub(crate) fn results_out_of_reach(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    earlier(&mut scene);
    // What cannot be read back is not tracked either; here it stands in for a batch of another connection.
    scene.model.runs[2].standing = Standing::Unfinished;
    scene.press("B<enter>");
    scene
}

pub(crate) fn batches_earlier(size: Size) -> Scene {
    let mut scene = results(size);
    earlier(&mut scene);
    scene.press("B<down>");
    scene
}

/// More notices than one over results that fill the screen.
pub(super) fn results_notices(size: Size) -> Scene {
    let mut scene = results(size);
    for words in ["first", "second", "third"] {
        scene.tell(Message::Notice(format!("the {words} notice")));
    }
    scene
}
