//! Every kind of secret leaves for its own host and shows nowhere else (P7, C10).
//!
//! The program writes no log, whatever `RUST_LOG` says: its files are those of the journal.

use std::fs;
use std::path::Path;

use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _,
};
use centurion::journal::State;
use centurion::simulator::{Options, Tenant, World};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::canned::{Heard, Say};
use crate::pty::Terminal;
use crate::site::{HELPERS_SAW, Site};

fn site() -> Site {
    Site::new(Options {
        rows: 160,
        speed: 100.0,
        ..Options::default()
    })
}

/// How every access token of the simulator begins.
const TOKEN: &str = "eyJhbGciOi";

/// What must never show: secrets and keys, the tokens they are exchanged for, and what encodes them.
fn canaries(tenants: &[Tenant]) -> Vec<String> {
    let secrets = tenants.iter().map(|tenant| tenant.secret.clone());
    let pairs = tenants
        .iter()
        .map(|tenant| format!("{}:{}", tenant.client_id, tenant.secret));
    let plain: Vec<String> = secrets.chain(pairs).chain([TOKEN.to_owned()]).collect();
    let encoded = plain.iter().flat_map(|text| {
        // Without the last characters, which depend on what follows.
        let start = |text: String| text[..text.len() - 3].to_owned();
        [
            text.clone(),
            start(BASE64_STANDARD_NO_PAD.encode(text)),
            start(BASE64_URL_SAFE_NO_PAD.encode(text)),
            byte_serialize(text.as_bytes()).collect(),
            coded("%", text),
        ]
    });
    encoded.collect()
}

/// Each byte of it in hexadecimal behind a sign: `%` as in URLs, `\u00` as in JSON.
fn coded(sign: &str, text: &str) -> String {
    let codes = text.bytes().map(|byte| format!("{sign}{byte:02x}"));
    codes.collect::<Vec<_>>().concat()
}

fn all_canaries() -> Vec<String> {
    canaries(&World::of(1, 160).tenants)
}

fn found<'a>(canaries: &'a [String], bytes: &[u8]) -> Option<&'a String> {
    let is_in = |canary: &&String| {
        let mut windows = bytes.windows(canary.len());
        windows.any(|window| window == canary.as_bytes())
    };
    canaries.iter().find(is_in)
}

fn assert_clean(canaries: &[String], place: &str, bytes: &[u8]) {
    let found = found(canaries, bytes);
    assert!(found.is_none(), "{found:?} in {place}");
}

/// All files below a folder but the secrets that the configuration names.
fn assert_files_are_clean(canaries: &[String], folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("readable");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| !path.to_string_lossy().contains("/secret-"))
        .map(|path| {
            if path.is_dir() {
                return assert_files_are_clean(canaries, &path);
            }
            assert_clean(
                canaries,
                &path.to_string_lossy(),
                &fs::read(&path).expect("readable"),
            );
            1
        })
        .sum()
}

/// The command line of the program, and environment and command line of its helper commands: they are given what
/// a command needs, and no secret of a connection.
fn assert_processes_are_clean(site: &Site, pid: i32) {
    let line = fs::read(format!("/proc/{pid}/cmdline")).expect("it runs");
    assert_clean(&all_canaries(), "the command line", &line);
    let seen = fs::read_to_string(site.folder.path().join(HELPERS_SAW)).expect("helpers ran");
    for needed in ["USER=", "HOME=", "CENTURION_CONFIG=", "/helper-1"] {
        assert!(seen.contains(needed), "{needed} in {seen}");
    }
    assert_clean(&all_canaries(), "what helpers saw", seen.as_bytes());
}

fn dashboard(site: &Site, drill: &str) -> Terminal {
    let start = site
        .dashboard()
        .variable("RUST_LOG", "trace")
        .variable("RUST_BACKTRACE", "full");
    start.variable("CENTURION_DRILL", drill).run()
}

/// Everything the run left behind: what it wrote to its terminal, its home, the journal.
fn assert_run_is_clean(site: &Site, terminal: &Terminal) -> usize {
    let canaries = all_canaries();
    assert_clean(&canaries, "the terminal", &terminal.raw);
    let home = assert_files_are_clean(&canaries, terminal.home.path());
    assert_eq!(
        home, 0,
        "there is no log and no other file in the home folder"
    );
    assert_files_are_clean(&canaries, site.folder.path())
}

#[test]
fn p7_no_secret_shows_anywhere_in_a_run_of_the_main_job() {
    let site = site();
    let mut terminal = dashboard(&site, "");
    terminal.plan("s", "status:running", 12);
    assert_processes_are_clean(&site, terminal.pid());
    terminal.type_text("\r");
    terminal.wait(" marked = ");
    terminal.until("what was scheduled has arrived", |screen| {
        screen.contains("settled in")
    });
    terminal.type_text("y");
    terminal.wait("copied");
    terminal.type_text("q");
    terminal.wait("? help  q quit");
    terminal.type_text("Y\r");
    terminal.wait("esc back");
    terminal.type_text("q");
    terminal.wait("? help  q quit");
    terminal.type_text("q");
    terminal.end();
    assert!(
        assert_run_is_clean(&site, &terminal) >= 2,
        "configuration and journal"
    );
    let past = site.journal().batches(1).expect("readable").remove(0);
    assert_eq!(past.state, State::Ended);
    for command in [
        &["history"][..],
        &["history", &past.name],
        &["doctor"],
        &["config", "check"],
    ] {
        let said = site.run(command);
        assert!(!said.is_empty());
        assert_clean(&all_canaries(), &command.join(" "), said.as_bytes());
    }
}

#[test]
fn p7_no_secret_shows_where_the_sign_in_fails() {
    let site = site();
    let refused = json!([
        {"method": "POST", "path": "*/token", "fault": "status", "status": 401, "body": {"error": "unauthorized"}},
        {"fault": "unauthorized"},
    ]);
    site.simulator.set_faults(refused).expect("valid");
    let mut terminal = dashboard(&site, "");
    terminal.until("every platform refuses", |screen| {
        let header = screen.lines().next().unwrap_or_default();
        header.matches("✗ down").count() == 3
    });
    terminal.type_text("q");
    terminal.end();
    assert_run_is_clean(&site, &terminal);
    let said = site.run(&["doctor"]);
    assert!(said.contains("FAIL"), "{said}");
    assert_clean(&all_canaries(), "doctor", said.as_bytes());
}

/// An error body in which the request's credential stands plain, in base64, percent-encoded and in escapes of JSON, and
/// so does its body.
fn echo(heard: &Heard) -> Say {
    let header = heard.header("authorization").unwrap_or_default();
    let credential = header.split_once(' ').map_or(header, |(_, rest)| rest);
    let bytes = credential.as_bytes();
    let said = [
        header.to_owned(),
        BASE64_STANDARD.encode(bytes),
        BASE64_URL_SAFE_NO_PAD.encode(bytes),
        byte_serialize(bytes).collect(),
        heard.body.clone(),
        coded("%", credential),
        "ESCAPED".to_owned(),
    ]
    .join(" and ");
    let own = json!({"message": said, "code": "01010000", "requestId": said});
    let body = json!({"error": own, "message": said, "detail": said, "code": 400});
    let escaped = coded("\\u00", credential);
    crate::canned::json(400, &body.to_string().replace("ESCAPED", &escaped))
}

/// A site whose every answer is an echo, for the requests that are chosen.
fn echoing(is_chosen: impl Fn(&Heard) -> bool + Send + Sync + 'static) -> Site {
    let options = Options {
        rows: 160,
        speed: 100.0,
        ..Options::default()
    };
    Site::behind(options, move |heard| is_chosen(heard).then(|| echo(heard)))
}

#[test]
fn p7_a_credential_that_a_server_says_back_to_a_change_shows_nowhere() {
    let is_change =
        |heard: &Heard| !heard.line.starts_with("GET") && !heard.line.ends_with("/token");
    let site = echoing(is_change);
    let mut terminal = dashboard(&site, "");
    terminal.plan("s", "status:running", 30);
    terminal.type_text("\r");
    terminal.wait(" marked = ");
    terminal.until("every change is refused", |screen| {
        screen.contains(" and ***") && screen.contains("30 rejected")
    });
    terminal.type_text("e");
    terminal.wait("Markdown");
    terminal.type_text("m");
    terminal.wait("saved");
    terminal.type_text("q");
    terminal.wait("? help  q quit");
    terminal.type_text("q");
    terminal.end();
    let canaries = all_canaries();
    assert_clean(&canaries, "the terminal", &terminal.raw);
    let exports = assert_files_are_clean(&canaries, terminal.home.path());
    assert_eq!(exports, 1, "the results were saved");
    assert!(assert_files_are_clean(&canaries, site.folder.path()) >= 2);
    let past = site.journal().batches(1).expect("readable").remove(0);
    let said = site.run(&["history", &past.name, "--format", "json"]);
    assert!(said.contains("***"), "{said}");
    assert_clean(&canaries, "history", said.as_bytes());
}

#[test]
fn p7_a_credential_that_a_server_says_back_at_the_sign_in_shows_nowhere() {
    let site = echoing(|_| true);
    let mut terminal = dashboard(&site, "");
    terminal.until("every platform refuses", |screen| {
        let header = screen.lines().next().unwrap_or_default();
        header.matches("✗ down").count() == 3 && screen.contains("***")
    });
    terminal.type_text("q");
    terminal.end();
    assert_run_is_clean(&site, &terminal);
    let said = site.run(&["doctor"]);
    assert!(said.contains("FAIL") && said.contains("***"), "{said}");
    assert_clean(&all_canaries(), "doctor", said.as_bytes());
}

#[test]
fn p7_c10_no_secret_shows_in_what_a_panic_leaves() {
    let site = site();
    let mut terminal = dashboard(&site, "panic write-answer 2");
    terminal.plan("s", "status:running", 12);
    terminal.type_text("\r");
    assert_eq!(terminal.end(), 101);
    assert!(terminal.text().contains("a fault of the program"));
    assert_run_is_clean(&site, &terminal);
}

#[test]
fn the_sweep_finds_a_secret_in_each_of_its_forms() {
    let canaries = all_canaries();
    assert_eq!(
        canaries.len(),
        5 * 11,
        "secrets, pairs and tokens, five forms each"
    );
    for canary in &canaries {
        let text = format!("before {canary} after");
        assert!(found(&canaries, text.as_bytes()).is_some(), "{canary}");
    }
}
