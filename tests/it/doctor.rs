//! `centurion doctor`, the real binary against the simulator: what it says of each mishap, and that it only reads.

use std::process::{Command, Output, Stdio};

use centurion::simulator::{Options, Simulator};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tls::{Authority, Front};

/// A simulator, and a configuration with one connection to each of its platforms.
struct Scene {
    simulator: Simulator,
    home: TempDir,
    config: String,
    /// `SAP_SECRET`, `RUNAI_SECRET`, `KUBIYA_KEY`.
    secrets: [String; 3],
}

impl Scene {
    fn start() -> Self {
        let simulator = Simulator::start(Options::default()).expect("a free port");
        let ready = simulator.ready();
        let (sap, run_ai, kubiya) = (ready.sap_ai_core, ready.run_ai, ready.kubiya);
        let config = format!(
            r#"
[[connection]]
name = "prod"
platform = "sap-ai-core"
url = "{}"
auth_url = "{}"
client_id = "{}"
client_secret = {{ env = "SAP_SECRET" }}
scopes = ["default"]
[[connection]]
name = "gpu"
platform = "run-ai"
url = "{}"
client_id = "{}"
client_secret = {{ env = "RUNAI_SECRET" }}
read_only = true
[[connection]]
name = "agents"
platform = "kubiya"
url = "{}"
api_key = {{ env = "KUBIYA_KEY" }}
"#,
            sap.base_url,
            sap.auth_url,
            sap.client_id,
            run_ai.base_url,
            run_ai.client_id,
            kubiya.base_url
        );
        Self {
            simulator,
            home: tempfile::tempdir().expect("a temporary folder"),
            config,
            secrets: [sap.client_secret, run_ai.client_secret, kubiya.api_key],
        }
    }

    fn with(mut self, from: &str, to: &str) -> Self {
        assert!(self.config.contains(from), "{from}");
        self.config = self.config.replacen(from, to, 1);
        self
    }

    fn faults(self, faults: Value) -> Self {
        self.simulator
            .set_faults(faults)
            .expect("a valid set of faults");
        self
    }

    /// Exit status and everything printed, in which no secret is and no escape.
    async fn doctor(&self) -> (Option<i32>, String) {
        let file = self.home.path().join("centurion.toml");
        std::fs::write(&file, &self.config).expect("writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_centurion"));
        command.arg("doctor").arg("--config").arg(file);
        command.env_clear().env("HOME", self.home.path());
        for (name, secret) in ["SAP_SECRET", "RUNAI_SECRET", "KUBIYA_KEY"]
            .iter()
            .zip(&self.secrets)
        {
            command.env(name, secret);
        }
        let output = run(command).await;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("text");
        for secret in &self.secrets {
            assert!(!said.contains(secret.as_str()), "{said}");
        }
        assert!(!said.contains('\x1b'), "{said}");
        (output.status.code(), said)
    }

    /// The one line that failed, of a run that ends with 1.
    async fn failure(&self) -> String {
        let (status, said) = self.doctor().await;
        assert_eq!(status, Some(1), "{said}");
        let mut failures = said.lines().filter(|line| line.starts_with("  FAIL"));
        let failure = failures.next().unwrap_or_else(|| panic!("{said}"));
        assert_eq!(failures.next(), None, "{said}");
        failure.to_owned()
    }
}

async fn run(mut command: Command) -> Output {
    let command = move || command.stdin(Stdio::null()).output();
    let ended = tokio::task::spawn_blocking(command).await;
    ended.expect("no panic").expect("the binary runs")
}

/// Whether the line has all of these parts.
fn holds(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part} is not in: {line}");
    }
}

#[tokio::test]
async fn all_well_is_a_line_per_step_and_0_and_only_reads() {
    let scene = Scene::start();
    let (status, said) = scene.doctor().await;
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains("FAIL"), "{said}");
    holds(
        &said,
        &[
            "prod  SAP AI Core  http://127.0.0.1",
            "from ",
            "ok    setting   client_secret: *** (env",
            "ok    name      127.0.0.1 -> 127.0.0.1",
            "ok    sign-in   ",
            "ok    sign-in   the key was accepted",
            "ok    list      default executions: ",
            "ok    list      default deployments: ",
            "ok    changes   executions: allowed here, the account's roles decide; bulk updates on",
            "ok    changes   workloads: refused, by `read_only` in the file",
            "ok    clock     0 s",
            "warn  terminal  this is not one; the dashboard needs one",
        ],
    );
    assert!(!said.contains("centurion doctor"), "{said}");
    let changes: Vec<_> = scene
        .simulator
        .requests()
        .into_iter()
        .filter(|request| request.method != "GET" && !request.path.contains("token"))
        .collect();
    assert!(changes.is_empty(), "{changes:?}");
}

#[tokio::test]
async fn a_wrong_secret_names_the_setting_on_each_platform() {
    for (place, setting, platform) in [
        (0, "client_secret", "SAP AI Core"),
        (1, "client_secret", "Run:ai"),
        (2, "api_key", "Kubiya"),
    ] {
        let mut scene = Scene::start();
        scene.secrets[place] = "c4n4ry-7f3e".to_owned();
        holds(
            &scene.failure().await,
            &["sign-in", platform, setting, "revoked or expired"],
        );
    }
}

#[tokio::test]
async fn a_wrong_base_url_is_told_by_what_answers_there() {
    let scene = Scene::start().with("/v2\"", "/elsewhere/v2\"");
    holds(
        &scene.failure().await,
        &[
            "list",
            "404",
            "does not answer as SAP AI Core does",
            "`url`",
        ],
    );
    let page = json!([{"platform": "kubiya", "fault": "html"}]);
    holds(
        &Scene::start().faults(page).failure().await,
        &["list", "not an API answer", "`url`"],
    );
}

#[tokio::test]
async fn a_wrong_resource_group_names_it_and_the_setting() {
    let scene = Scene::start().with("[\"default\"]", "[\"no-such-group\"]");
    let (status, said) = scene.doctor().await;
    assert_eq!(status, Some(1), "{said}");
    holds(
        &said,
        &[
            "FAIL  list      no-such-group executions: refused: HTTP 403: RBAC: access denied in resource group \
             no-such-group, which the account does not have: check `scopes`",
            "FAIL  list      no-such-group deployments: ",
        ],
    );
}

#[tokio::test]
async fn a_group_that_is_refused_where_none_may_be_listed_leaves_both_causes_open() {
    let fault = json!([{"path": "/v2/admin/*", "fault": "status", "status": 403, "body": "RBAC: access denied"}]);
    let scene = Scene::start()
        .with("[\"default\"]", "[\"no-such-group\"]")
        .faults(fault);
    let (status, said) = scene.doctor().await;
    assert_eq!(status, Some(1), "{said}");
    holds(
        &said,
        &[
            "which is wrong in `scopes`, or the account lacks a role (HTTP 403); the account needs scenario_",
        ],
    );
}

#[tokio::test]
async fn five_mishaps_of_a_connection_give_five_different_lines() {
    let role = json!([{"path": "/v2/lm/*", "fault": "status", "status": 403, "body": "RBAC: access denied"}]);
    let mut revoked = Scene::start();
    revoked.secrets[0] = "c4n4ry-7f3e".to_owned();
    let expired = Scene::start();
    let authority = Authority::new("ours");
    let identity = authority.signs("127.0.0.1", (2000, 2001), "h2");
    let front = Front::before(expired.simulator.url(), identity);
    let url = format!(
        "url = \"{}\"",
        expired.simulator.ready().sap_ai_core.base_url
    );
    let file = authority.file();
    let secure = format!("url = \"https://{}/v2\"\nca_file = {file:?}", front.address);
    let scenes = [
        (
            Scene::start().with("/v2\"", "/elsewhere/v2\""),
            "wrong `url`",
        ),
        (
            Scene::start().with("[\"default\"]", "[\"no-such-group\"]"),
            "check `scopes`",
        ),
        (revoked, "check `client_id, client_secret`"),
        (expired.with(&url, &secure), "its certificate has expired"),
        (Scene::start().faults(role), "lacks a role"),
    ];
    for (number, (scene, _)) in scenes.iter().enumerate() {
        let (status, said) = scene.doctor().await;
        assert_eq!(status, Some(1), "{said}");
        let failed = said.lines().find(|line| line.starts_with("  FAIL"));
        let failed = failed.expect("a line that failed");
        for (other, (_, words)) in scenes.iter().enumerate() {
            assert_eq!(failed.contains(words), other == number, "{words}: {failed}");
        }
    }
}

#[tokio::test]
async fn a_missing_role_names_the_roles_and_spoils_nothing_else() {
    let body = json!({"error": {"code": "01000403", "message": "Not authorized", "requestId": "r", "target": "/"}});
    let fault = json!([{"platform": "sap_ai_core", "path": "/v2/lm/deployments", "fault": "status",
        "status": 403, "body": body}]);
    holds(
        &Scene::start().faults(fault).failure().await,
        &[
            "list",
            "default deployments",
            "Not authorized",
            "lacks a role",
            "scenario_deployment_viewer",
        ],
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_told_by_host_and_port() {
    let scene = Scene::start();
    let kubiya = scene.simulator.ready().kubiya.base_url;
    // Port 1 is reserved, and nobody listens there.
    let scene = scene.with(
        &format!("url = \"{kubiya}\"\napi_key"),
        "url = \"http://127.0.0.1:1\"\napi_key",
    );
    holds(
        &scene.failure().await,
        &["connect", "cannot connect to 127.0.0.1:1", "`url`", "VPN"],
    );
}

#[tokio::test]
async fn a_clock_that_is_off_is_a_warning() {
    let header = json!([{"platform": "kubiya", "fault": "header", "name": "date",
        "value": "Sun, 22 Nov 2020 09:41:00 GMT"}]);
    let (status, said) = Scene::start().faults(header).doctor().await;
    assert_eq!(status, Some(0), "{said}");
    holds(
        &said,
        &["warn  clock     this machine is ", "ahead of the server"],
    );
}

#[tokio::test]
async fn no_connection_says_how_to_add_one_and_a_wrong_file_ends_with_2() {
    let mut scene = Scene::start();
    scene.config = String::new();
    holds(
        &scene.failure().await,
        &["no connection", "centurion config init"],
    );
    scene.config = "refersh = \"10s\"".to_owned();
    let (status, said) = scene.doctor().await;
    assert_eq!(status, Some(2), "{said}");
    holds(&said, &["centurion.toml:1:1", "refresh"]);
}
