//! What the platforms' own tools left in the environment; here Kubiya, and what holds for all.

mod run_ai;
pub(super) mod sap_ai_core;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use centurion::domain::connection::{Credentials, ReadOnly};
use centurion::domain::text::{Clean, Secret};

use crate::config::{CANARY, KUBIYA, Scene, only};

#[test]
fn kubiya_is_found_with_the_first_of_its_addresses() {
    let scene = Scene::new().set("CONTROL_PLANE_URL", "https://third.example.com");
    assert!(scene.load().connections.is_empty());
    let scene = Scene::new().set("KUBIYA_API_KEY", CANARY);
    let url = |scene: &Scene| only(&scene.load()).base_url.to_string();
    assert_eq!(url(&scene), "https://control-plane.kubiya.ai/");
    let scene = scene.set("CONTROL_PLANE_URL", "https://third.example.com/api/v1/");
    assert_eq!(url(&scene), "https://third.example.com/");
    let scene = scene.set("CONTROL_PLANE_GATEWAY_URL", "https://second.example.com");
    assert_eq!(url(&scene), "https://second.example.com/");
    let scene = scene.set(
        "KUBIYA_CONTROL_PLANE_BASE_URL",
        "https://first.example.com/api",
    );
    assert_eq!(url(&scene), "https://first.example.com/");
    assert_eq!(
        only(&scene.load()).origin,
        "KUBIYA_API_KEY, KUBIYA_CONTROL_PLANE_BASE_URL"
    );
}

/// `specs/kubiya.md` 2: names of its older API and of its Terraform provider, and the files of its CLI.
#[test]
fn what_other_tools_of_kubiya_left_says_nothing_about_the_control_plane() {
    let other = "https://other.example.com";
    let scene = Scene::new()
        .set("KUBIYA_API_KEY", CANARY)
        .set("KUBIYA_BASE_URL", "https://api.kubiya.ai/api/v1")
        .set("KUBIYA_CONTROL_PLANE_URL", other)
        .set("KUBIYA_CONTROL_PLANE_API_KEY", "of-terraform")
        .set("KUBIYA_CONTROL_PLANE_ORG_ID", "of-terraform")
        .set("KUBIYA_CONTEXT", "other");
    scene.folder(".kubiya", 0o700);
    let file = format!("control_plane_url: {other}\napi_key: of-file\n");
    scene.file(".kubiya/config.yaml", &file, 0o600);
    scene.file(".kubiya/config", &file, 0o600);
    let config = scene.path(".kubiya/config").display().to_string();
    let settings = scene.set("KUBIYA_CONFIG", &config).load();
    let connection = only(&settings);
    let Credentials::ApiKey(key) = &connection.credentials else {
        panic!("Kubiya has a key")
    };
    assert_eq!(
        format!("{:?}", Secret::new(CANARY.to_owned())),
        format!("{key:?}")
    );
    assert_eq!(
        connection.base_url.as_str(),
        "https://control-plane.kubiya.ai/"
    );
    assert_eq!(connection.origin, "KUBIYA_API_KEY");
}

#[test]
fn c9_a_key_that_is_a_jwt_names_the_account_it_belongs_to() {
    for (payload, expected) in [
        (
            r#"{"email":"ana@acme.example","sub":"7"}"#,
            Some("ana@acme.example"),
        ),
        (r#"{"sub":"service|7"}"#, Some("service|7")),
        (r#"{"organization":"acme"}"#, None),
        ("no JSON", None),
    ] {
        let key = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        let settings = Scene::new().set("KUBIYA_API_KEY", &key).load();
        let account = only(&settings).credentials.account();
        assert_eq!(account.as_ref().map(Clean::as_str), expected, "{payload}");
    }
}

#[test]
fn an_address_of_kubiya_without_its_key_is_refused() {
    let scene = Scene::new().set("KUBIYA_CONTROL_PLANE_BASE_URL", "https://first.example.com");
    assert_eq!(
        scene.error(),
        "environment: KUBIYA_CONTROL_PLANE_BASE_URL found, but not KUBIYA_API_KEY; \
         set what is missing, or unset what is there"
    );
}

#[test]
fn an_address_in_the_environment_obeys_the_same_rules() {
    let url = format!("https://user:{CANARY}@h.example.com");
    let scene = Scene::new()
        .set("KUBIYA_API_KEY", CANARY)
        .set("CONTROL_PLANE_URL", &url);
    assert_eq!(
        scene.error(),
        "environment: `CONTROL_PLANE_URL` holds a user name or password before the host; take it out, \
         and change that password if others could see it"
    );
}

#[test]
fn a_file_with_a_connection_is_taken_alone_unless_it_says_discover() {
    let names = |text: &str| -> Vec<String> {
        let scene = Scene::with(text)
            .set("SECRET", CANARY)
            .set("KUBIYA_API_KEY", CANARY);
        let settings = scene.load();
        settings
            .connections
            .iter()
            .map(|connection| connection.name.to_string())
            .collect()
    };
    assert_eq!(names(KUBIYA), ["a"]);
    assert_eq!(
        names(&format!("discover = true\n{KUBIYA}")),
        ["a", "kubiya"]
    );
    assert_eq!(names("refresh = \"10s\"\n"), ["kubiya"]);
    assert_eq!(names("discover = false\n"), [""; 0]);
    let own = KUBIYA.replace("\"a\"", "\"kubiya\"");
    assert_eq!(names(&format!("discover = true\n{own}")), ["kubiya"]);
}

#[test]
fn what_is_found_is_read_only_when_the_run_is() {
    let scene = Scene::new()
        .set("KUBIYA_API_KEY", CANARY)
        .set("CENTURION_READ_ONLY", "1");
    assert_eq!(only(&scene.load()).read_only, ReadOnly::ByRun);
}
