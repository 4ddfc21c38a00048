//! The list, what lies over it, and one row in full.

use std::sync::Arc;
use std::time::Duration;

use centurion::app::message::Message;
use centurion::domain::error::{PlatformError, Refusal};
use centurion::domain::inspection::Part;
use centurion::domain::resource::Resource;
use centurion::domain::text::Clean;

use super::super::fixture::Scene;
use super::super::rows::rows;
use super::{Size, detail};

pub(crate) fn timeout() -> PlatformError {
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

pub(crate) fn in_trouble(size: Size) -> Scene {
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

pub(crate) fn notices(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    for text in [
        "batch 2026-11-22-0006 has settled: 8 of 8 reached their target   B batches",
        "rows that were not sent did not fit into the marks: see the results",
        "sandbox: more than its secret changed; restart to use it",
    ] {
        scene.tell(Message::Notice(text.to_owned()));
    }
    scene
}

pub(crate) fn detail_parts(size: Size) -> Scene {
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

pub(crate) fn logs(size: Size) -> Scene {
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
    scene
}

pub(crate) fn too_many(size: Size) -> Scene {
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

pub(crate) fn sources(size: Size) -> Scene {
    let mut scene = in_trouble(size);
    scene.press(":sources<enter><down>");
    let counts = [("prod-eu", 12), ("run-ai", 3), ("kubiya", 33)];
    let name = |name| centurion::domain::connection::ConnectionName::new(name);
    let counts = counts.map(|(of, count)| (name(of).expect("a good name"), count));
    scene.tell(Message::Requests(counts.into()));
    scene
}

/// A ticket that names two rows, one of them in a link, and an id that no source lists.
const TICKET: &str = "INC-4812: please stop\n  e3f1a9c2b7d44f01,\nhttps://acme.run.example/7c1e0f52-5b0c-4f0e-9d0a-2c51c0aa9a02\n\
                      and 00000000-1111-4222-8333-444444444444 (ivo, 2026-11-21T10:00:00Z)";

pub(crate) fn ids(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press(":ids<enter>");
    scene.tell(Message::Paste(TICKET.to_owned()));
    scene
}

pub(crate) fn ids_missing(size: Size) -> Scene {
    let mut scene = ids(size);
    scene.press("<enter>");
    scene.list_all();
    scene
}
