//! What the keys of a plan may and may not do, without a platform.

use super::scenes::plan;

/// A plan of four rows or so whose phrase is typed, and whose reads are older than ten seconds.
fn about_to_send() -> super::fixture::Scene {
    let mut scene = plan((120, 35));
    scene.press("1");
    scene.wait(11);
    scene
}

#[test]
fn what_was_confirmed_cannot_be_changed_while_it_is_looked_at_once_more() {
    let mut scene = about_to_send();
    let sent = scene.screen().matches("will be sent").count();
    assert_eq!(sent, 1, "{}", scene.screen());
    let phrase = scene.phrase();
    scene.press(&"<backspace>".repeat(20));
    scene.press(&phrase.replace(' ', "<space>"));
    scene.press("<enter>");
    assert!(
        scene.batch.is_none(),
        "rows read too long ago are read once more first"
    );
    scene.press("<tab><space>xt9");
    scene.answer_reads();
    let batch = scene
        .batch
        .as_ref()
        .expect("it is sent after the last look");
    let operations: usize = batch
        .requests()
        .iter()
        .map(|request| request.operations().len())
        .sum();
    assert!(
        phrase.split(' ').any(|word| word == operations.to_string()),
        "{phrase}: {operations}"
    );
}

#[test]
fn esc_during_the_last_look_sends_nothing() {
    let mut scene = about_to_send();
    let phrase = scene.phrase();
    scene.press(&"<backspace>".repeat(20));
    scene.press(&phrase.replace(' ', "<space>"));
    scene.press("<enter><esc>");
    scene.answer_reads();
    assert!(scene.batch.is_none());
}
