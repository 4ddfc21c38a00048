//! What is read from where, and which source wins.

use std::path::PathBuf;
use std::time::Duration;

use centurion::config::{self, SAMPLE, Wanted};
use centurion::domain::connection::{PlatformId, ReadOnly, Scopes};
use centurion::domain::resource::Scope;

use crate::config::{CANARY, KUBIYA, Scene, client, error_of, kubiya, only, service_key};
#[test]
fn c1_no_file_and_nothing_in_the_environment_is_no_fault() {
    let scene = Scene::new();
    let settings = scene.load();
    assert!(settings.connections.is_empty());
    assert_eq!(settings.file, None);
    assert_eq!(settings.refresh, Duration::from_secs(10));
    assert_eq!(
        settings.journal,
        Some(scene.path(".local/state/centurion/journal"))
    );
}

#[test]
fn a_whole_file_becomes_connections_in_its_order() {
    let scene = Scene::with(
        r#"
        refresh = "1m"
        journal = "~/books"
        [[connection]]
        name = "prod-eu"
        platform = "sap-ai-core"
        protected = true
        color = "bright-red"
        url = "https://api.ai.example.com/"
        auth_url = "https://auth.example.com"
        client_id = "sb-1!b2|aicore!b3"
        client_secret = { env = "SECRET" }
        scopes = ["default", "eval"]
        read_only = true
        ca_file = "ca.pem"
        [[connection]]
        name = "gpu"
        platform = "run-ai"
        url = "https://tenant.run.ai"
        client_id = "app"
        client_secret = { env = "SECRET" }
        scopes = "*"
        "#,
    )
    .set("SECRET", CANARY);
    scene.file(".config/centurion/ca.pem", "", 0o644);
    let settings = scene.load();
    assert_eq!(settings.refresh, Duration::from_secs(60));
    assert_eq!(settings.journal, Some(scene.path("books")));
    let [sap, gpu] = settings.connections.as_slice() else {
        panic!("two connections")
    };
    assert_eq!(
        (sap.name.as_str(), sap.platform),
        ("prod-eu", PlatformId::SapAiCore)
    );
    assert_eq!(sap.base_url.as_str(), "https://api.ai.example.com/v2");
    let token_url = Some("https://auth.example.com/oauth/token".to_owned());
    assert_eq!(client(sap), ("sb-1!b2|aicore!b3".to_owned(), token_url));
    assert_eq!(
        sap.scopes,
        Scopes::Named(vec![Scope::new("default"), Scope::new("eval")])
    );
    assert_eq!(
        (sap.protected, sap.color.as_deref()),
        (true, Some("bright-red"))
    );
    assert_eq!(sap.read_only, ReadOnly::ByFile);
    assert_eq!(sap.ca_file, Some(scene.path(".config/centurion/ca.pem")));
    assert!(sap.origin.ends_with("config.toml:4"), "{}", sap.origin);
    assert_eq!(
        (gpu.name.as_str(), client(gpu)),
        ("gpu", ("app".to_owned(), None))
    );
    assert_eq!((&gpu.scopes, gpu.read_only), (&Scopes::All, ReadOnly::No));
}

#[test]
fn what_is_not_said_has_the_usual_value() {
    let connection = kubiya("");
    assert_eq!(
        connection.base_url.as_str(),
        "https://control-plane.kubiya.ai/"
    );
    assert_eq!(connection.scopes, Scopes::All);
    assert_eq!((connection.protected, connection.color), (false, None));
    assert_eq!(connection.read_only, ReadOnly::No);
}

#[test]
fn c2_a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text = format!("\u{feff}{}", KUBIYA.replace('\n', "\r\n"));
    let settings = Scene::with(&text).set("SECRET", CANARY).load();
    assert_eq!(only(&settings).name.as_str(), "a");
    let broken = format!("\u{feff}# one\r\n{}", "refresh = 10\r\n");
    assert!(
        error_of(&broken).starts_with("CONFIG:2:11: "),
        "{}",
        error_of(&broken)
    );
}

#[test]
fn the_sample_is_sound_as_it_is_and_with_everything_taken_in() {
    assert!(Scene::with(SAMPLE).load().connections.is_empty());
    let setting = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
    let taken_in = |line: &str| {
        if setting(line) {
            line[1..].to_owned()
        } else {
            line.to_owned()
        }
    };
    let lines: Vec<_> = SAMPLE.lines().map(taken_in).collect();
    let text = lines.join("\n").replace(
        r#"["pass", "show", "run-ai/centurion"]"#,
        r#"["echo", "x"]"#,
    );
    let scene = Scene::with(text)
        .set("SAP_PROD_SECRET", CANARY)
        .set("KUBIYA_API_KEY", CANARY);
    scene.file(".config/centurion/company-ca.pem", "", 0o644);
    scene.file(".config/centurion/service-key.json", service_key(), 0o600);
    let settings = scene.load();
    assert_eq!(
        settings
            .findings
            .iter()
            .filter(|finding| finding.value.as_str() == "***")
            .count(),
        4
    );
    let configured = settings
        .connections
        .iter()
        .filter(|one| one.origin.contains("config.toml"));
    let read_only: Vec<_> = configured.map(|one| one.read_only).collect();
    assert_eq!(read_only, [ReadOnly::ByFile; 4]);
}

#[test]
fn the_flag_comes_before_the_variable_and_the_variable_before_the_usual_file() {
    let named = |name: &str| KUBIYA.replace("\"a\"", &format!("\"{name}\""));
    let scene = Scene::with(named("usual")).set("SECRET", CANARY);
    scene.file("flag.toml", named("flag"), 0o644);
    scene.file("variable.toml", named("variable"), 0o644);
    assert_eq!(only(&scene.load()).name.as_str(), "usual");
    let variable = scene.path("variable.toml").display().to_string();
    let scene = scene.set("CENTURION_CONFIG", &variable);
    assert_eq!(only(&scene.load()).name.as_str(), "variable");
    let flag = scene.path("flag.toml");
    let settings = scene.try_load(&Wanted {
        file: Some(&flag),
        read_only: false,
    });
    assert_eq!(
        only(&settings.expect("the file is sound")).name.as_str(),
        "flag"
    );
}

#[test]
fn a_file_that_was_named_has_to_be_there() {
    let scene = Scene::new().set("CENTURION_CONFIG", "/nowhere/c.toml");
    let expected = "/nowhere/c.toml: cannot be read: No such file or directory (os error 2)";
    assert_eq!(scene.error(), expected);
}

#[test]
fn the_journal_of_the_variable_comes_first_and_the_demo_keeps_its_own() {
    let scene = Scene::with("journal = \"books\"\n");
    assert_eq!(
        scene.load().journal,
        Some(scene.path(".config/centurion/books"))
    );
    let demo = config::demo_journal(&scene.environment());
    assert_eq!(
        demo,
        Some(scene.path(".local/state/centurion/demo-journal"))
    );
    let scene = scene.set("CENTURION_JOURNAL", "/elsewhere/demo-journal");
    assert_eq!(
        scene.load().journal,
        Some(PathBuf::from("/elsewhere/demo-journal"))
    );
    let demo = config::demo_journal(&scene.environment());
    assert_eq!(demo, Some(PathBuf::from("/elsewhere/demo-demo-journal")));
}

#[test]
fn t23_the_strictest_source_of_read_only_wins() {
    let both = format!(
        "{KUBIYA}read_only = true\n{}",
        KUBIYA.replace("\"a\"", "\"b\"")
    );
    let loaded = |variable: &str, flag: bool| -> Vec<ReadOnly> {
        let scene = Scene::with(&both)
            .set("SECRET", CANARY)
            .set("CENTURION_READ_ONLY", variable);
        let settings = scene.try_load(&Wanted {
            file: None,
            read_only: flag,
        });
        let connections = settings.expect("the file is sound").connections;
        connections
            .iter()
            .map(|connection| connection.read_only)
            .collect()
    };
    for allowing in ["", "0", "false", "FALSE"] {
        assert_eq!(
            loaded(allowing, false),
            [ReadOnly::ByFile, ReadOnly::No],
            "{allowing}"
        );
        assert_eq!(loaded(allowing, true), [ReadOnly::ByRun; 2]);
    }
    for forbidding in ["1", "true", "yes", "no", " "] {
        assert_eq!(
            loaded(forbidding, false),
            [ReadOnly::ByRun; 2],
            "{forbidding}"
        );
    }
}
