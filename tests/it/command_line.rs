//! The commands that need no terminal.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn run(home: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_centurion"))
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn without_a_terminal_the_dashboard_says_so_and_ends_with_2() {
    for arguments in [&[][..], &["demo"]] {
        let output = run(&home(), arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            said(&output).contains("needs a terminal"),
            "{}",
            said(&output)
        );
        assert!(!said(&output).contains('\x1b'));
    }
}

#[test]
fn a_wrong_configuration_is_told_with_file_line_and_column_and_ends_with_2() {
    let home = home();
    let file = home.path().join("centurion.toml");
    let text = "refresh = \"10s\"\n[[connection]]\nname = \"prod\"\nplatform = \"run-ai\"\nread_onyl = true\n";
    std::fs::write(&file, text).expect("writable");
    let file = file.to_string_lossy().into_owned();
    let output = run(&home, &["config", "check", "--config", &file]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains("centurion.toml:5:1"), "{said}");
    assert!(
        said.contains("read_only"),
        "the nearest key is named: {said}"
    );
}

#[test]
fn a_sample_is_written_once_and_passes_the_check() {
    let home = home();
    assert_eq!(run(&home, &["config", "init"]).status.code(), Some(0));
    let again = run(&home, &["config", "init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("not touched"));
    let check = run(&home, &["config", "check"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
}

#[test]
fn usage_errors_end_with_2_and_help_with_0() {
    assert_eq!(run(&home(), &["--no-such-flag"]).status.code(), Some(2));
    let help = run(&home(), &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    for command in [
        "demo",
        "simulate",
        "history",
        "doctor",
        "config",
        "completions",
    ] {
        assert!(said(&help).contains(command), "{command}");
    }
}

#[test]
fn history_is_empty_at_first_and_completions_name_the_commands() {
    assert!(said(&run(&home(), &["history"])).contains("no batch"));
    assert!(said(&run(&home(), &["history", "--demo"])).contains("no batch"));
    assert!(said(&run(&home(), &["completions", "bash"])).contains("simulate"));
}

#[test]
fn simulate_prints_one_line_of_json_with_what_a_client_needs() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_centurion"))
        .args(["simulate", "--rows", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut line = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut line).expect("a line");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let url = ready["url"].as_str().expect("a url");
    assert!(url.starts_with("http://127.0.0.1:"));
    let sap = &ready["sap_ai_core"];
    assert_eq!(sap["auth_url"], format!("{url}/oauth/token"));
    assert_eq!(sap["base_url"], format!("{url}/v2"));
    assert_eq!(sap["resource_groups"][0], "default");
    for (platform, names) in [
        ("sap_ai_core", &["client_id", "client_secret"][..]),
        ("run_ai", &["base_url", "client_id", "client_secret"]),
        ("kubiya", &["base_url", "api_key"]),
    ] {
        for name in names {
            assert!(
                ready[platform][name]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{platform} {name}"
            );
        }
    }
}

#[test]
fn c6_no_flag_takes_a_secret() {
    for command in [
        &[][..],
        &["demo"],
        &["simulate"],
        &["history"],
        &["doctor"],
        &["config", "init"],
        &["config", "check"],
        &["config", "path"],
        &["completions"],
    ] {
        let help = said(&run(&home(), &[command, &["--help"]].concat())).to_lowercase();
        let words = help.split_whitespace();
        let flags: Vec<&str> = words.filter(|word| word.starts_with("--")).collect();
        assert!(flags.contains(&"--read-only"), "{command:?}: {help}");
        for flag in flags {
            for secret in ["secret", "token", "password", "key", "credential"] {
                assert!(!flag.contains(secret), "{flag}");
            }
        }
    }
}

#[test]
fn c13_a_port_that_is_taken_is_said_and_nothing_else_is_used() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run(&home(), &["simulate", "--listen", &address]);
    assert_ne!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty(), "no address to connect to");
    assert!(said(&output).contains("in use"), "{}", said(&output));
}
