//! One row in full, and its logs: what is asked, what is shown of the answer, search, follow, save.

use std::os::unix::fs::PermissionsExt;

use centurion::app::message::Message;
use centurion::domain::error::{PlatformError, Refusal};
use centurion::domain::inspection::{Inquiry, Part};
use centurion::domain::text::Clean;

use crate::harness::{Dashboard, draw, world};
use crate::screens::fixture::{START, Scene};

const SIZE: (u16, u16) = (120, 35);

fn texts(words: &[&str]) -> Vec<(Option<i64>, String)> {
    words
        .iter()
        .map(|word| (None, (*word).to_owned()))
        .collect()
}

/// Lines that were written in these seconds.
fn lines(seconds: std::ops::Range<i64>) -> Vec<(Option<i64>, String)> {
    seconds
        .map(|at| (Some(at), format!("step {at} done")))
        .collect()
}

fn logs() -> Scene {
    let mut scene = Scene::listed(SIZE);
    scene.press("l");
    scene
}

#[test]
fn the_facts_stand_at_once_and_each_part_as_it_comes() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>");
    assert!(scene.screen().contains("rules for this row"));
    assert!(scene.screen().contains("asking…"));
    assert_eq!(scene.inquiries.len(), 1);
    assert_eq!(scene.inquiries[0].1, Inquiry::Detail);
    scene.answer("raw JSON", &texts(&["{", "  \"a\": 1", "}"]));
    assert!(scene.screen().contains("\"a\": 1"));
    assert!(scene.screen().contains("asking…"), "more may come");
    scene.answer_ends();
    assert!(!scene.screen().contains("asking…"));
}

#[test]
fn a_part_that_fails_says_what_to_do_and_hides_no_other() {
    let mut scene = logs();
    let said = Refusal {
        status: 403,
        code: None,
        message: Clean::new("logs need the role mlops"),
        request_id: None,
        own_shape: true,
    };
    scene.answer_part(Part {
        title: "logs",
        lines: Err(PlatformError::Forbidden { said }),
        note: None,
    });
    scene.answer("history", &texts(&["created"]));
    let screen = scene.screen();
    for words in [
        "logs need the role mlops",
        "needs a role",
        "history",
        "created",
    ] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
}

#[test]
fn what_comes_late_for_a_row_that_is_no_longer_open_is_dropped() {
    let mut scene = logs();
    let late = scene.inquiries[0].2;
    scene.press("<esc><down>l");
    let part = Part::raw(&serde_json::json!("of the row before"));
    scene.tell(Message::Told(late, Some(part)));
    assert!(!scene.screen().contains("of the row before"));
    scene.tell(Message::Told(late, None));
    assert!(
        scene.screen().contains("asking"),
        "its own answer is still awaited"
    );
}

#[test]
fn esc_leads_from_the_logs_to_the_detail_and_to_the_list() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>");
    scene.answer("raw JSON", &texts(&["the document"]));
    scene.press("l");
    assert!(matches!(
        scene.inquiries[1].1,
        Inquiry::Logs { since: None }
    ));
    scene.press("<esc>");
    assert!(scene.screen().contains("the document"));
    assert_eq!(
        scene.inquiries[2].1,
        Inquiry::Detail,
        "its answer was given up half way"
    );
    scene.answer_ends();
    scene.press("l");
    scene.press("<esc>");
    assert_eq!(
        scene.inquiries.len(),
        4,
        "a whole answer is not asked for twice"
    );
    scene.press("<esc>");
    assert!(scene.screen().contains("all 12 of 14 match"));
}

#[test]
fn the_whole_document_can_be_scrolled_to_at_every_size() {
    let members = (0..300).map(|n| (format!("key {n}"), serde_json::json!("long ".repeat(40))));
    let document = serde_json::Value::Object(members.collect());
    for size in [(60, 15), (80, 24), (120, 35), (200, 60)] {
        let mut scene = Scene::listed(size);
        scene.press("<enter>");
        scene.answer_part(Part::raw(&document));
        scene.press("G");
        let screen = scene.screen();
        let inside: Vec<&str> = screen
            .lines()
            .filter(|line| line.starts_with('│'))
            .collect();
        let last = inside.last().expect("a page");
        assert!(last.trim_matches(['│', ' ']) == "}", "{size:?}\n{screen}");
        let first: usize = scene.model.size.1.into();
        scene.press(&"k".repeat(first));
        assert!(!scene.screen().contains("│ }"), "one line a key");
    }
}

#[test]
fn a_search_goes_from_place_to_place_and_round_the_end() {
    let mut scene = logs();
    scene.answer("logs", &lines(0..200));
    scene.press("g");
    for (keys, place, line) in [
        ("/STEP 1<enter>", "1 of 111", "step 1 done"),
        ("n", "2 of 111", "step 10 done"),
        ("NN", "111 of 111", "step 199 done"),
        ("n", "1 of 111", "step 1 done"),
    ] {
        scene.press(keys);
        let screen = scene.screen();
        assert!(
            screen.contains(place) && screen.contains(line),
            "{keys}\n{screen}"
        );
    }
    scene.press("/nowhere<enter>");
    assert!(scene.screen().contains("nothing here says `nowhere`"));
    scene.press("/x<esc>");
    assert!(
        scene.screen().contains("logs llama"),
        "esc leaves the search alone"
    );
}

#[test]
fn a_followed_page_asks_for_what_is_new_six_times_a_minute_and_stays_at_its_end() {
    let mut scene = logs();
    scene.answer("logs", &lines(0..60));
    scene.answer_ends();
    assert!(
        scene.screen().contains("step 59 done"),
        "opened at the newest"
    );
    let (mut newest, mut answered) = (59, 1);
    for minute in 1..=3 {
        for _ in 0..60 {
            if scene.inquiries.len() > answered {
                answered += 1;
                let since = jiff::Timestamp::from_second(START + newest).ok();
                assert_eq!(scene.inquiries[answered - 1].1, Inquiry::Logs { since });
                // The platform tells the last line again, and one more.
                scene.answer("logs", &lines(newest..newest + 2));
                scene.answer_ends();
                newest += 1;
            }
            assert!(scene.screen().contains(&format!("step {newest} done")));
            scene.wait(1);
        }
        assert!((2..=6 * minute + 1).contains(&answered), "{answered}");
    }
    scene.press("e");
    let saved = scene.taken_out.last().expect("a file");
    let twice = (0..newest).filter(|n| saved.matches(&format!("step {n} done")).count() != 1);
    assert_eq!(
        twice.collect::<Vec<_>>(),
        [0_i64; 0],
        "no line is lost or doubled"
    );
}

#[test]
fn following_ends_by_moving_up_and_rests_while_the_refresh_is_held() {
    let mut scene = logs();
    scene.answer("logs", &lines(0..60));
    scene.answer_ends();
    assert!(scene.screen().contains("following"));
    scene.model.lanes.held = true;
    let asked = scene.inquiries.len();
    scene.wait(60);
    assert_eq!(scene.inquiries.len(), asked);
    scene.model.lanes.held = false;
    scene.press("k");
    scene.wait(60);
    assert_eq!(scene.inquiries.len(), asked);
    assert!(!scene.screen().contains("following"));
    scene.press("g");
    assert!(scene.screen().contains("step 0 done"));
    scene.press("f");
    scene.answer_ends();
    assert!(scene.screen().contains("following"));
}

#[test]
fn of_endless_logs_the_newest_lines_are_kept_and_the_cut_is_said() {
    let mut scene = logs();
    scene.answer("logs", &lines(0..12_000));
    scene.answer_ends();
    assert!(scene.screen().contains("step 11999 done"));
    scene.press("g");
    assert!(scene.screen().contains("7 000 older lines are not shown"));
}

#[test]
fn a_document_is_saved_whole_and_the_screen_says_where_it_is_cut() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>");
    let document = serde_json::json!({
        "a": format!("{}\u{1b}[2Jend", "x".repeat(1_000_000)),
        "b": vec!["y"; 12_000],
    });
    scene.answer_part(Part::raw(&document));
    scene.press("/xxxx<enter>");
    scene.press(&"j".repeat(20));
    let screen = scene.screen();
    assert!(
        screen.contains("bytes more of this line are not shown: e saves it whole"),
        "{screen}"
    );
    scene.press("G");
    let screen = scene.screen();
    assert!(
        screen.contains("7 005 lines more are not shown: e saves them"),
        "{screen}"
    );
    scene.press("e");
    let saved = scene.taken_out.last().expect("a file");
    assert_eq!(saved.matches("\"y\"").count(), 12_000);
    assert!(
        saved.contains(&format!("{}\\u001b[2Jend", "x".repeat(1_000_000))),
        "cleaned, and no more"
    );
    assert!(!saved.contains("not shown"));
}

#[test]
fn a_search_goes_to_what_is_shown_and_counts_what_is_not() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>");
    let mut long = lines(0..6_000);
    long[5_500].1 = "a needle".to_owned();
    scene.answer("manifest", &long);
    let mut after = lines(0..200);
    after[0].1 = "a needle".to_owned();
    scene.answer("events", &after);
    scene.press("/needle<enter>");
    let screen = scene.screen();
    assert!(
        screen.contains("a needle") && screen.contains("1 of 1"),
        "{screen}"
    );
    assert!(
        screen.contains("not shown: 1 more line with `needle`; e saves them"),
        "{screen}"
    );
}

#[test]
fn the_command_line_of_a_note_is_shown_and_copied() {
    let mut scene = logs();
    scene.answer_part(Part {
        title: "logs",
        lines: Ok(Vec::new()),
        note: Some(Clean::new("no call for them: `runai logs llama -p nlp`")),
    });
    assert!(scene.screen().contains("runai logs llama -p nlp"));
    scene.press("y");
    assert_eq!(scene.taken_out, ["runai logs llama -p nlp"]);
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>y");
    assert_eq!(scene.taken_out[0].len(), 36, "the id of the row");
}

#[test]
fn a_row_that_vanishes_while_it_is_open_stays_and_is_said_to_be_gone() {
    let mut scene = Scene::listed(SIZE);
    scene.press("<enter>");
    let kubiya = scene.source("kubiya", "executions");
    scene.list(&kubiya, Vec::new());
    let screen = scene.screen();
    assert!(screen.contains("no longer listed since"), "{screen}");
    assert!(screen.contains("llama cost report"), "{screen}");
    scene.list_again("kubiya");
    assert!(!scene.screen().contains("no longer listed"));
}

#[tokio::test]
async fn what_is_saved_is_a_new_file_that_only_the_operator_can_read() {
    let mut dashboard = world().open().await;
    dashboard.press("<enter>").await;
    for count in 1..=2 {
        dashboard.press("e").await;
        let folder = dashboard.folder.path().to_owned();
        let files = || {
            let entries = std::fs::read_dir(&folder).expect("a folder");
            let paths = entries.map(|entry| entry.expect("an entry").path());
            let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
            files.sort();
            files
        };
        dashboard
            .until("the path is told", |model| {
                let told = |path: &std::path::PathBuf| {
                    let path = path.display().to_string();
                    model
                        .notices
                        .iter()
                        .any(|notice| notice.text.ends_with(&path))
                };
                files().len() == count && files().iter().any(told)
            })
            .await;
        for path in files() {
            let text = std::fs::read_to_string(&path).expect("text");
            assert!(
                text.starts_with("name: ") && text.contains("\nstatus: "),
                "{text}"
            );
            let mode = path.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

#[tokio::test]
async fn logs_of_sap_come_over_http_and_are_followed_from_the_last_line_on() {
    let mut dashboard = world().open().await;
    dashboard
        .filter("platform:sap status:RUNNING kind:execution")
        .await;
    dashboard.press("gl").await;
    dashboard
        .until("logs are shown", |model| draw(model, SIZE).contains("step"))
        .await;
    dashboard.pass(12).await;
    let asked = |dashboard: &Dashboard| -> Vec<String> {
        let all = dashboard.simulator.requests().into_iter();
        let logs = all.filter(|request| request.path.ends_with("/logs"));
        logs.map(|request| request.query).collect()
    };
    for _ in 0..1_000 {
        if asked(&dashboard).len() > 1 {
            break;
        }
        let message = dashboard.session.next().await;
        dashboard.session.handle(message);
    }
    let queries = asked(&dashboard);
    assert_eq!(queries.len(), 2, "{queries:?}");
    let start = |query: &str| {
        let mut pairs = query.split('&');
        pairs.find_map(|pair| pair.strip_prefix("start=").map(str::to_owned))
    };
    assert!(
        start(&queries[0]) < start(&queries[1]),
        "the second begins where the first ended: {queries:?}"
    );
}
