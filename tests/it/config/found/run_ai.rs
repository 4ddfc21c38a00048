//! What Run:ai and its CLI left in the environment.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use centurion::config;
use centurion::domain::connection::{Credentials, ReadOnly, Scopes};

use crate::config::{CANARY, Scene, client, only};

#[test]
fn run_ai_is_found_whole_or_refused() {
    let scene = Scene::new().set("RUNAI_BASE_URL", "https://tenant.run.ai/");
    assert_eq!(
        scene.error(),
        "environment: RUNAI_BASE_URL found, but not RUNAI_CLIENT_ID, RUNAI_CLIENT_SECRET; \
         set what is missing, or unset what is there"
    );
    let scene = scene
        .set("RUNAI_CLIENT_ID", "app")
        .set("RUNAI_CLIENT_SECRET", CANARY);
    let settings = scene.load();
    let connection = only(&settings);
    assert_eq!(connection.name.as_str(), "run-ai");
    assert_eq!(connection.base_url.as_str(), "https://tenant.run.ai/");
    assert_eq!(client(connection), ("app".to_owned(), None));
    assert_eq!(
        connection.origin,
        "RUNAI_BASE_URL, RUNAI_CLIENT_ID, RUNAI_CLIENT_SECRET"
    );
    assert_eq!(
        (&connection.scopes, connection.read_only),
        (&Scopes::All, ReadOnly::No)
    );
}

/// `runai login`, with what it would write: the canary in a token, in base64.
fn with_login_of_run_ai(scene: Scene) -> Scene {
    let token = URL_SAFE_NO_PAD.encode(format!("e30.{CANARY}.c2ln"));
    scene.folder(".runai", 0o700);
    let config =
        r#"{"cluster": {"uuid": "x"}, "control_plane": {"url": "https://tenant.run.ai/"}}"#;
    scene.file(".runai/config.json", config, 0o644);
    let login = format!(r#"{{"accessToken": "{token}", "refreshToken": "{CANARY}"}}"#);
    scene.file(".runai/authentication.json", login, 0o600);
    scene
}

fn told_of_run_ai(scene: &Scene) -> String {
    let lines = config::explain(&scene.load()).into_iter();
    let mut own = lines.filter(|line| line.starts_with("Run:ai: "));
    let home = scene.path("").display().to_string();
    own.next()
        .expect("a finding")
        .replace(home.trim_end_matches('/'), "HOME")
}

#[test]
fn the_login_of_the_run_ai_cli_is_found_without_configuration() {
    let scene = with_login_of_run_ai(Scene::new());
    let settings = scene.load();
    let connection = only(&settings);
    let Credentials::ApiKey(token) = &connection.credentials else {
        panic!("the CLI has a token")
    };
    assert!(!format!("{settings:?} {token:?}").contains(CANARY));
    assert_eq!(connection.base_url.as_str(), "https://tenant.run.ai/");
    assert_eq!(connection.credentials.account(), None, "it names nobody");
    assert_eq!(
        told_of_run_ai(&scene),
        "Run:ai: found, used as connection run-ai (HOME/.runai/authentication.json)"
    );
    let scene = scene
        .set("RUNAI_BASE_URL", "https://other.run.ai")
        .set("RUNAI_CLIENT_ID", "app")
        .set("RUNAI_CLIENT_SECRET", CANARY);
    assert_eq!(
        only(&scene.load()).base_url.as_str(),
        "https://other.run.ai/"
    );
    assert_eq!(
        told_of_run_ai(&scene),
        "Run:ai: not used, the variables come first (HOME/.runai/authentication.json)"
    );
}

#[test]
fn the_variables_of_the_run_ai_cli_say_where_its_login_is() {
    let scene = with_login_of_run_ai(Scene::new());
    std::fs::rename(scene.path(".runai"), scene.path("cli")).expect("moved");
    std::fs::rename(scene.path("cli/config.json"), scene.path("cli/eu.json")).expect("moved");
    assert_eq!(
        told_of_run_ai(&scene),
        "Run:ai: not found (RUNAI_BASE_URL, RUNAI_CLIENT_ID, RUNAI_CLIENT_SECRET, HOME/.runai/authentication.json)"
    );
    let folder = scene.path("cli").display().to_string();
    let scene = scene
        .set("RUNAI_CLI_CONFIG_PATH", &folder)
        .set("RUNAI_CLI_CONFIG_FILE", "eu.json");
    assert_eq!(
        only(&scene.load()).base_url.as_str(),
        "https://tenant.run.ai/"
    );
}

#[test]
fn c4_a_login_of_the_run_ai_cli_that_is_no_use_stops_nothing_and_is_told() {
    let cases = [
        (
            r#"{"accessToken": ""}"#,
            0o600,
            "nobody is signed in; run `runai login`",
        ),
        ("half a fi", 0o600, "nobody is signed in; run `runai login`"),
        (
            r#"{"accessToken": "%%"}"#,
            0o600,
            "`accessToken` holds no token; run `runai login`",
        ),
        (
            r#"{"accessToken": "Cg=="}"#,
            0o600,
            "`accessToken` holds no token; run `runai login`",
        ),
        #[cfg(unix)]
        (
            r#"{"accessToken": "ZQ"}"#,
            0o644,
            "it can be read or changed by others, so it was not loaded; run: chmod 600 HOME/.runai/authentication.json",
        ),
    ];
    for (login, mode, why) in cases {
        let scene = with_login_of_run_ai(Scene::new()).set("KUBIYA_API_KEY", CANARY);
        scene.file(".runai/authentication.json", login, mode);
        assert_eq!(only(&scene.load()).name.as_str(), "kubiya");
        let told = format!("Run:ai: not used, {why} (HOME/.runai/authentication.json)");
        assert_eq!(told_of_run_ai(&scene), told);
    }
    let scene = with_login_of_run_ai(Scene::new());
    scene.file(".runai/config.json", "{}", 0o644);
    assert_eq!(
        told_of_run_ai(&scene),
        "Run:ai: not used, HOME/.runai/config.json has no `control_plane.url` (HOME/.runai/authentication.json)"
    );
}
