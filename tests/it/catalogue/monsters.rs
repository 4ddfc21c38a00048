//! Bodies that no server should send, at every place where one is read (N15 to N17, N21).

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use centurion::domain::connection::{Connection, PlatformId};
use centurion::domain::resource::Source;
use centurion::platforms::{self, Platform};
use centurion::simulator::{Options, Simulator};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{AGENTS, SANDBOX, TRAININGS, is_unknown, planned, run};
use crate::harness::world;
use crate::pty::centurion;

/// The monsters, by what they are.
pub(crate) fn monsters() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let utf16 = "{\"resources\":[]}".encode_utf16();
    let list = |member| format!("{{\"{member}\":[{}0]}}", "0,".repeat(1_000_000)).into_bytes();
    vec![
        ("a million executions", list("executions")),
        ("a million that succeeded", list("succeeded")),
        ("a million results", list("results")),
        ("nested arrays", deep("[")),
        ("nested objects", deep("{\"a\":")),
        (
            "a million elements",
            format!("[{}0]", "0,".repeat(1_000_000)).into_bytes(),
        ),
        ("a number beyond all numbers", b"[1e400]".to_vec()),
        ("a number where an object is", b"1e400".to_vec()),
        (
            "a key twice",
            br#"{"resources":[],"resources":3,"executions":{},"executions":[],"ids":1,"ids":2}"#
                .to_vec(),
        ),
        ("no UTF-8", b"\xff\xfe\xfd{\"\xc3\x28\":\"\xff\"}".to_vec()),
        ("a byte order mark alone", b"\xef\xbb\xbf".to_vec()),
        ("UTF-16", utf16.flat_map(u16::to_le_bytes).collect()),
        ("half a JSON", b"{\"resources\":[{\"id\":".to_vec()),
        ("JSON and noise", b"{} {} x".to_vec()),
        (
            "markup that calls itself JSON",
            b"\n<!doctype html><p>".to_vec(),
        ),
    ]
}

/// The fault that puts a body in place of what is answered to the calls of a method.
fn body(method: &str, path: &str, bytes: &[u8]) -> Value {
    json!({"method": method, "path": path, "fault": "body", "base64": BASE64_STANDARD.encode(bytes)})
}

/// A client for one connection of each platform, and what it lists.
async fn clients(simulator: &Simulator) -> Vec<(Arc<dyn Platform>, Arc<Source>)> {
    let connections = simulator.connections();
    let mut clients = Vec::new();
    for platform in PlatformId::ALL {
        let mut connections = connections.iter();
        let connection: &Connection = connections
            .find(|connection| connection.platform == platform)
            .expect("each platform has one");
        let client = platforms::open(connection).expect("nothing to fail");
        let source = client.sources().await.expect("sources").remove(0);
        clients.push((client, source));
    }
    clients
}

#[tokio::test]
async fn n16_n17_a_monstrous_answer_to_a_read_is_an_error_or_no_rows_and_never_a_crash() {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    for (client, source) in clients(&simulator).await {
        let page = client.list(&source).next().await.expect("a page");
        let key = page.expect("rows").rows[0].key.clone();
        for (name, bytes) in monsters() {
            let platform = source.platform;
            let faults = json!([body("GET", "*", &bytes)]);
            simulator.set_faults(faults).expect("valid");
            let listed = client.list(&source).next().await;
            let rows = listed
                .and_then(Result::ok)
                .map_or(0, |page| page.rows.len());
            assert_eq!(rows, 0, "{platform}: {name}");
            assert!(client.read(&key).await.is_err(), "{platform}: {name}");
            // What a connection can do is asked for once; a fresh one asks here.
            let fresh = platforms::open(client.connection()).expect("opens");
            let _only_no_crash = fresh.bulk(&source).await;
            let _only_no_crash = fresh.sources().await;
        }
        simulator.set_faults(json!([])).expect("valid");
        let again = client.list(&source).next().await;
        assert!(again.is_some_and(|page| page.is_ok()), "it recovers");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n16_n17_a_monstrous_answer_to_a_change_leaves_every_row_unknown_on_each_platform() {
    for (name, bytes) in monsters() {
        let mut dashboard = world().open().await;
        for rows in [
            SANDBOX,
            AGENTS,
            "in:prod-eu scope:default kind:execution status:RUNNING",
        ] {
            dashboard.filter(rows).await;
            dashboard.press("g<space>").await;
        }
        dashboard.plan('s', TRAININGS, 1).await;
        let ids = planned(&dashboard);
        assert_eq!(ids.len(), 4);
        let faults = ["PATCH", "POST"].map(|method| body(method, "/*", &bytes));
        dashboard
            .simulator
            .set_faults(json!(faults))
            .expect("valid");
        dashboard.confirm("INC-1").await;
        dashboard.sent().await;
        let unknown = ids.iter().filter(|id| is_unknown(&dashboard, id));
        assert_eq!(
            unknown.count(),
            4,
            "{name}: {:?}",
            run(&dashboard).report.totals()
        );
        assert_eq!(dashboard.changes().len(), 4, "{name}");
    }
}

#[tokio::test]
async fn n16_n17_n21_a_monstrous_token_answer_is_told_and_asked_for_once() {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    for (client, source) in clients(&simulator).await {
        if source.platform == PlatformId::Kubiya {
            continue;
        }
        for (name, bytes) in monsters() {
            let client = platforms::open(client.connection()).expect("opens");
            let faults = json!([body("POST", "*/token", &bytes)]);
            simulator.set_faults(faults).expect("valid");
            let error = client.http().sign_in().await.expect_err(name).to_string();
            assert!(
                error.contains("no token from") || error.contains("not an API"),
                "{name}: {error}"
            );
            assert!(
                client
                    .list(&source)
                    .next()
                    .await
                    .is_some_and(|page| page.is_err())
            );
        }
    }
}

#[tokio::test]
async fn n21_a_lifetime_that_is_absent_zero_negative_or_a_text_gives_one_token_call() {
    for lifetime in [
        None,
        Some(json!(0)),
        Some(json!(-5)),
        Some(json!("soon")),
        Some(json!(1e300)),
    ] {
        let simulator = Simulator::start(Options::default()).expect("a free port");
        for (client, source) in clients(&simulator).await {
            let members = match source.platform {
                PlatformId::SapAiCore => ["access_token", "expires_in"],
                PlatformId::RunAi => ["accessToken", "expiresIn"],
                PlatformId::Kubiya => continue,
            };
            let mut answer = json!({members[0]: "t0ken"});
            if let Some(lifetime) = &lifetime {
                answer[members[1]] = lifetime.clone();
            }
            let token = body("POST", "*/token", answer.to_string().as_bytes());
            let rows = body("GET", "*", b"[]");
            simulator.set_faults(json!([token, rows])).expect("valid");
            let client = platforms::open(client.connection()).expect("opens");
            let before = tokens(&simulator);
            for _ in 0..3 {
                let _odd_rows = client.list(&source).next().await;
            }
            assert_eq!(
                tokens(&simulator) - before,
                1,
                "{lifetime:?} on {}",
                source.platform
            );
        }
    }
}

fn tokens(simulator: &Simulator) -> usize {
    let requests = simulator.requests();
    let tokens = requests
        .iter()
        .filter(|request| request.path.ends_with("/token"));
    tokens.count()
}

/// The most memory a process ever had, in KiB.
fn peak(pid: i32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.expect("a number")
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n15_bombs_and_a_million_rows_leave_the_program_below_200_mib() {
    let simulator = Simulator::start(Options::default()).expect("a free port");
    let bomb = BASE64_STANDARD.encode(crate::http::gzip_bomb(1 << 30));
    let packed = json!({"content-encoding": "gzip"});
    let rows = format!("{{\"workloads\":[{}{{}}]}}", "{},".repeat(1_000_000));
    let cases = [
        (
            json!({"fault": "body", "base64": bomb, "headers": packed}),
            "larger than 16 MiB",
        ),
        (json!({"fault": "body", "text": rows}), "unreadable answer"),
    ];
    let ready = simulator.ready().run_ai;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("centurion.toml");
    let text = format!(
        "[[connection]]\nname = \"gpu\"\nplatform = \"run-ai\"\nurl = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"KEY\" }}\n",
        ready.base_url, ready.client_id
    );
    std::fs::write(&file, text).expect("writable");
    let file = file.to_string_lossy().into_owned();
    for (fault, words) in cases {
        let mut fault = fault;
        fault["method"] = "GET".into();
        simulator.set_faults(json!([fault])).expect("valid");
        let (file, key) = (file.clone(), ready.client_secret.clone());
        let peak = tokio::task::spawn_blocking(move || {
            let mut terminal = centurion(&["--config", &file]).variable("KEY", &key).run();
            terminal.wait(words);
            peak(terminal.pid())
        });
        let peak = peak.await.expect("a number");
        assert!(peak < 200 << 10, "{words}: {peak} KiB");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn l9_ten_thousand_rows_and_their_simulator_fit_into_200_mib() {
    let mut terminal = centurion(&["demo", "--rows", "10000"]).run();
    terminal.wait("RUNNING");
    let peak = peak(terminal.pid());
    assert!(peak < 200 << 10, "{peak} KiB");
}
