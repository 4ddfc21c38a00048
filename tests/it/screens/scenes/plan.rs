//! The plan.

use centurion::app::message::Message;

use super::super::fixture::Scene;
use super::Size;
use super::results::earlier;

pub(crate) fn plan_reading(size: Size) -> Scene {
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

pub(crate) fn plan_resume(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("3axu");
    scene.answer_reads();
    scene
}

pub(crate) fn plan_wire(size: Size) -> Scene {
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

pub(crate) fn plan_busy(size: Size) -> Scene {
    let mut scene = plan(size);
    earlier(&mut scene);
    scene
}

/// Stops and deletes in one plan, on all platforms.
pub(super) fn plan_clean_up(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("saa<enter>axc");
    scene.wait(1);
    scene.answer_reads();
    scene.press("weekly<enter>");
    scene
}
