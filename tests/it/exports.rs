//! Exports: what is written, and how it gets to its place (J14, T6).

use std::fs;
use std::path::{Path, PathBuf};

use centurion::domain::action::{Action, Exclusion};
use centurion::domain::export::{Format, Table};
use centurion::domain::outcome::{Outcome, Rejection};
use centurion::domain::report::Report;
use centurion::domain::resource::{Group, Reading, Resource};
use centurion::domain::text::Clean;
use centurion::domain::time::Moment;
use serde_json::{Value, json};

use crate::fixture::{STOP, confirmed, only, plan, row, sap};
use crate::harness::{Dashboard, world};

const TRAININGS: &str = "in:gpu-cluster kind:training status:Running";

/// Two rows, one of them rejected, whose texts try everything an export could be abused for.
fn hostile() -> Report {
    let bad = "=cmd|' /C calc'!A0\u{7f}\u{9b}2J\u{202e}evil\n\"x\", [y](http://z) `|`";
    let named = |id: &str, name: &str| {
        let row = row(&sap(), id, "RUNNING", Group::Active, only(&STOP, false));
        std::sync::Arc::new(Resource {
            name: Clean::new(name),
            ..Resource::clone(&row)
        })
    };
    let rows = [named("e0", bad), named("e1", "-1+1")];
    let mut report = Report::waiting_for(&confirmed(plan(Action::Stop, &rows)));
    let no = Rejection {
        of_row: false,
        code: Some(Clean::new("@403")),
        reason: Clean::new(bad),
        request_id: Some(Clean::new(&crate::properties::HOSTILE.concat())),
        later: false,
    };
    report.settle(&rows[0].key, Outcome::Rejected(no), Moment::default());
    report
}

fn text(format: Format) -> String {
    let notes = [Clean::new(&crate::properties::HOSTILE.concat())];
    Table::of_results("2026-11-22-0007", "ana@acme", &hostile(), &notes).text(format)
}

#[test]
fn t06_no_export_holds_a_control_or_bidi_character() {
    for format in Format::ALL {
        let text = text(format);
        let is_bad = |c: char| c != '\n' && crate::properties::is_hidden(c);
        assert!(!text.contains(is_bad), "{text:?}");
        assert!(
            text.contains("u{202e}") || text.contains("u\\{202e}"),
            "made visible: {text}"
        );
    }
}

#[test]
fn t06_no_cell_of_a_csv_is_a_formula() {
    let text = text(Format::Csv);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "a head and two rows: {text}");
    assert!(lines[0].starts_with("batch,platform,connection,scope,kind,id,name"));
    assert!(
        lines[1].contains("\"'=cmd|' /C calc'!A0") && lines[1].contains("'@403"),
        "{text}"
    );
    assert!(lines[2].contains(",'-1+1,"), "{text}");
    assert!(
        lines[1].contains("\"\"x\"\", [y]"),
        "quotes are doubled: {text}"
    );
}

#[test]
fn t06_a_markdown_block_tells_who_when_why_and_holds_no_foreign_markup() {
    let text = text(Format::Markdown);
    for words in [
        "### batch 2026-11-22-0007",
        "- by: ana@acme",
        "- confirmed: ",
        "- rows: 2 marked, 1 rejected",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert!(text.contains("\\[y\\](http://z) \\`\\|\\`"), "{text}");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let table: Vec<usize> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(cells)
        .collect();
    assert_eq!(table, [17, 17, 17, 17], "{text}");
}

#[test]
fn t06_json_holds_facts_counts_that_add_up_and_a_row_for_each_row() {
    let whole: Value = serde_json::from_str(&text(Format::Json)).expect("JSON");
    assert_eq!(whole["action"], "stop");
    assert_eq!(whole["counts"]["marked"], 2);
    assert_eq!(whole["counts"]["rejected"], 1);
    assert_eq!(whole["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(whole["rows"][0]["code"], "@403");
}

/// Four rows: scheduled and seen stopped, rejected, unknown, left out.
fn mixed() -> Table {
    let names = ["e0", "e1", "e2", "e3"];
    let rows = names.map(|id| row(&sap(), id, "RUNNING", Group::Active, only(&STOP, false)));
    let mut report = Report::waiting_for(&confirmed(plan(Action::Stop, &rows)));
    let no = Rejection {
        of_row: false,
        code: Some(Clean::new("403")),
        reason: Clean::new("not yours"),
        request_id: None,
        later: false,
    };
    let outcomes = [
        Outcome::Scheduled { message: None },
        Outcome::Rejected(no),
        Outcome::Unknown(Clean::new("connection cut")),
    ];
    for (row, outcome) in rows.iter().zip(outcomes) {
        report.settle(&row.key, outcome, Moment::default());
    }
    report.close(
        Exclusion::Cancelled,
        &Clean::new("cancelled"),
        Moment::default(),
    );
    let stopped = row(&sap(), "e0", "STOPPED", Group::Ended, only(&STOP, false));
    let later = Moment::new(std::time::Duration::from_secs(2));
    report.observe(&rows[0].key, &Reading::Found(stopped), later, later);
    Table::of_results(
        "2026-11-22-0007",
        "ana@acme",
        &report,
        &[Clean::new("lane stopped")],
    )
}

#[test]
fn every_form_of_a_mixed_batch_tells_who_when_why_the_counts_and_what_was_seen() {
    let table = mixed();
    let note = table.text(Format::Markdown);
    for words in [
        "- action: stop\n- by: ana@acme\n- confirmed: ",
        "- reason: ",
        "- rows: 4 marked, 1 scheduled, 1 rejected, 1 unknown, 1 left out\n",
        "- seen since: 1 nothing seen yet, 1 reached\n",
        "- note: lane stopped\n",
        "| e0 |",
        "| unknown |  | connection cut |  | nothing seen yet |",
    ] {
        assert!(note.contains(words), "{words} in\n{note}");
    }
    let whole: Value = serde_json::from_str(&table.text(Format::Json)).expect("JSON");
    assert_eq!(whole["by"], "ana@acme");
    assert_eq!(whole["notes"][0], "lane stopped");
    let confirmed = whole["confirmed"].as_str().expect("a time");
    assert_eq!(confirmed.len(), "2026-11-22T13:54:44Z".len(), "{confirmed}");
    assert_eq!(whole["counts"]["unknown"], 1);
    assert_eq!(whole["seen since"]["reached"], 1);
    assert_eq!(whole["rows"][1]["reason"], "not yours");
    let lines = table.text(Format::Csv);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(
        lines[1].ends_with(",scheduled,,,,reached,STOPPED,STOPPED"),
        "{lines:?}"
    );
    assert!(lines[4].contains(",left out,,cancelled,"), "{lines:?}");
}

/// The files beside the journal, by name.
fn files(dashboard: &Dashboard) -> Vec<PathBuf> {
    let entries = fs::read_dir(dashboard.folder.path()).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

async fn export(dashboard: &mut Dashboard, key: char) {
    dashboard.press(&format!("e{key}")).await;
    let told = |model: &centurion::app::Model| {
        model
            .notices
            .iter()
            .any(|notice| notice.text.contains("saved to"))
    };
    dashboard.until("the export is told", told).await;
    let screen = dashboard.screen();
    assert!(screen.contains("saved to"), "{screen}");
    dashboard.session.model.notices.clear();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j14_results_are_exported_while_the_batch_runs_each_time_to_a_new_whole_file() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 2).await;
    let stall = json!([{"platform": "run_ai", "method": "POST", "fault": "stall"}]);
    dashboard.simulator.set_faults(stall).expect("valid");
    dashboard.confirm("").await;
    dashboard
        .until("the request is on its way", |model| {
            let rows = model.runs[0].report.rows().iter();
            model.runs[0].name.is_some() && rows.clone().all(|row| row.outcome().is_none())
        })
        .await;
    for key in ['c', 'j', 'm', 'c'] {
        export(&mut dashboard, key).await;
    }
    let files = files(&dashboard);
    let endings: Vec<String> = files.iter().map(|path| ending(path)).collect();
    let name = dashboard.model().runs[0].name.clone().expect("a name");
    assert_eq!(
        endings,
        [
            format!("{name}-2.csv"),
            format!("{name}.csv"),
            format!("{name}.json"),
            format!("{name}.md")
        ]
    );
    for file in &files {
        assert_is_private(file);
    }
    let json: Value = serde_json::from_slice(&fs::read(&files[2]).expect("a file")).expect("JSON");
    assert_eq!(json["counts"]["without an answer yet"], 2);
    assert_eq!(json["by"], "ana@ops-1");
}

fn ending(path: &Path) -> String {
    let name = path.file_name().expect("a name").to_string_lossy();
    name.strip_prefix("centurion-")
        .expect("our prefix")
        .to_owned()
}

fn assert_is_private(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_exported_from_its_rows_and_a_row_of_it_is_found_by_typing() {
    let mut dashboard = world().open().await;
    dashboard.plan('s', TRAININGS, 3).await;
    dashboard.press("<tab>").await;
    let last = {
        let centurion::app::Screen::Plan(confirm) = &dashboard.model().screen else {
            panic!("a plan")
        };
        confirm.rows(dashboard.model())[2]
            .row
            .key
            .id
            .raw()
            .to_owned()
    };
    dashboard.press("/").await;
    dashboard.press(&last).await;
    dashboard.press("<enter>").await;
    let centurion::app::Screen::Plan(confirm) = &dashboard.model().screen else {
        panic!("a plan")
    };
    assert_eq!(confirm.cursor, 2);
    export(&mut dashboard, 'm').await;
    let text = fs::read_to_string(&files(&dashboard)[0]).expect("a file");
    assert!(text.contains("### plan to stop, not sent"), "{text}");
    assert!(dashboard.changes().is_empty());
}
