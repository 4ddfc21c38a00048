//! What the tools of SAP AI Core left in the environment, in their own order.

use centurion::config;
use centurion::domain::connection::Scopes;
use centurion::domain::resource::Scope;

use crate::config::{
    CANARY, PEM, Scene, certified, certified_service_key, client, only, service_key,
};

pub(crate) fn variables_of_sap(scene: Scene) -> Scene {
    scene
        .set("AICORE_CLIENT_ID", "of-variables")
        .set("AICORE_CLIENT_SECRET", CANARY)
        .set("AICORE_AUTH_URL", "https://auth.example.com/oauth/token")
        .set("AICORE_BASE_URL", "https://api.example.com/v2")
}

fn config_file_of_sap(id: &str) -> String {
    format!(
        r#"{{"AICORE_CLIENT_ID": "{id}", "AICORE_CLIENT_SECRET": "{CANARY}",
        "AICORE_AUTH_URL": "https://auth.example.com", "AICORE_BASE_URL": "https://api.example.com",
        "AICORE_RESOURCE_GROUP": "of-file"}}"#
    )
}

fn with_config_file_of_sap(scene: Scene) -> Scene {
    scene.folder(".aicore", 0o700);
    scene.file(".aicore/config.json", config_file_of_sap("of-file"), 0o600);
    scene.file(
        ".aicore/config_team.json",
        config_file_of_sap("of-profile"),
        0o600,
    );
    scene
}

fn bindings() -> String {
    format!(
        r#"{{"aicore": [{{"label": "aicore", "credentials": {}}}]}}"#,
        service_key()
    )
}

fn id_and_group(scene: &Scene) -> (String, Scopes) {
    let settings = scene.load();
    let connection = only(&settings);
    assert_eq!(connection.name.as_str(), "sap-ai-core");
    assert_eq!(connection.base_url.as_str(), "https://api.example.com/v2");
    let (id, token_url) = client(connection);
    assert_eq!(
        token_url.as_deref(),
        Some("https://auth.example.com/oauth/token")
    );
    (id, connection.scopes.clone())
}

fn group(name: &str) -> Scopes {
    Scopes::Named(vec![Scope::new(name)])
}

#[test]
fn sap_is_found_in_the_order_of_its_own_tools() {
    let scene = Scene::new().set("VCAP_SERVICES", &bindings());
    assert_eq!(id_and_group(&scene), ("sb-1".to_owned(), group("default")));
    let scene = with_config_file_of_sap(scene);
    assert_eq!(
        id_and_group(&scene),
        ("of-file".to_owned(), group("of-file"))
    );
    let scene = variables_of_sap(scene);
    assert_eq!(
        id_and_group(&scene),
        ("of-variables".to_owned(), group("of-file"))
    );
    let scene = scene.set("AICORE_SERVICE_KEY", &service_key());
    assert_eq!(id_and_group(&scene), ("sb-1".to_owned(), group("of-file")));
    let scene = scene.set("AICORE_RESOURCE_GROUP", "of-variable");
    assert_eq!(
        id_and_group(&scene),
        ("sb-1".to_owned(), group("of-variable"))
    );
    let lines = config::explain(&scene.load());
    let losers = lines
        .iter()
        .filter(|line| line.contains("not used, AICORE_SERVICE_KEY comes first"));
    assert_eq!(losers.count(), 3, "{lines:#?}");
}

#[test]
fn a_profile_of_sap_is_taken_and_has_to_be_there() {
    let scene = with_config_file_of_sap(Scene::new()).set("AICORE_PROFILE", "team");
    assert_eq!(id_and_group(&scene).0, "of-profile");
    assert_eq!(
        scene.set("AICORE_PROFILE", "none").error(),
        "HOME/.aicore/config_none.json: cannot be read: No such file or directory (os error 2)"
    );
}

#[test]
fn a_config_file_of_sap_that_was_named_is_taken() {
    let scene = with_config_file_of_sap(Scene::new());
    let path = scene.path(".aicore/config_team.json").display().to_string();
    assert_eq!(
        id_and_group(&scene.set("AICORE_CONFIG", &path)).0,
        "of-profile"
    );
}

#[cfg(unix)]
#[test]
fn c4_a_config_file_of_sap_that_others_can_read_is_not_loaded_and_stops_no_other_platform() {
    let scene = with_config_file_of_sap(Scene::new());
    scene.file(".aicore/config.json", config_file_of_sap("of-file"), 0o644);
    let told = "environment: `AICORE_CLIENT_SECRET`: file HOME/.aicore/config.json can be read or changed by others, \
                so it was not loaded; run: chmod 600 HOME/.aicore/config.json";
    assert_eq!(scene.error(), told);
    let scene = scene.set("KUBIYA_API_KEY", CANARY);
    let settings = scene.load();
    assert_eq!(only(&settings).name.as_str(), "kubiya");
    let home = scene.path("").display().to_string();
    let unusable = settings.unusable[0]
        .to_string()
        .replace(home.trim_end_matches('/'), "HOME");
    assert_eq!(unusable, told);
}

#[test]
fn a_lone_variable_of_sap_hides_what_comes_after_it_and_is_refused() {
    let scene = with_config_file_of_sap(Scene::new()).set("AICORE_CLIENT_ID", "alone");
    assert_eq!(
        scene.error(),
        "environment: AICORE_CLIENT_ID found, but not AICORE_BASE_URL, AICORE_AUTH_URL, AICORE_CLIENT_SECRET; \
         set what is missing, or unset what is there"
    );
}

/// An account that signs in with a certificate, without it.
fn uncertified(scene: Scene) -> Scene {
    scene
        .set("AICORE_CLIENT_ID", "sb-1")
        .set("AICORE_CERT_URL", "https://cert.example.com/")
        .set("AICORE_BASE_URL", "https://api.example.com/")
}

#[test]
fn a_certificate_of_sap_is_taken_from_wherever_its_own_tools_take_it() {
    let files = Scene::new();
    files.folder("pem", 0o700);
    files.file("pem/certificate", PEM, 0o644);
    files.file("pem/key", PEM, 0o600);
    let [certificate, key] = ["certificate", "key"].map(|name| {
        let path = files.path("pem").join(name);
        path.display().to_string()
    });
    let file = Scene::new();
    file.folder(".aicore", 0o700);
    let json = format!(
        r#"{{"AICORE_CLIENT_ID": "sb-1", "AICORE_CERT_URL": "https://cert.example.com", "AICORE_CERT_STR": "{PEM}",
        "AICORE_KEY_STR": "{PEM}", "AICORE_BASE_URL": "https://api.example.com"}}"#
    );
    file.file(".aicore/config.json", json, 0o600);
    let bindings = format!(
        r#"{{"aicore": [{{"label": "aicore", "credentials": {}}}]}}"#,
        certified_service_key()
    );
    for scene in [
        uncertified(Scene::new())
            .set("AICORE_CERT_STR", PEM)
            .set("AICORE_KEY_STR", &PEM.replace("\\n", "\n")),
        uncertified(files)
            .set("AICORE_CERT_FILE_PATH", &certificate)
            .set("AICORE_KEY_FILE_PATH", &key),
        file,
        Scene::new().set("AICORE_SERVICE_KEY", &certified_service_key()),
        Scene::new().set("VCAP_SERVICES", &bindings),
    ] {
        let settings = scene.load();
        let expected = ("sb-1", "https://cert.example.com/oauth/token");
        assert_eq!(certified(only(&settings)), expected);
        let shown = format!("{settings:?} {:?}", config::explain(&settings));
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn a_certificate_of_sap_without_an_address_of_its_own_goes_to_the_usual_one() {
    let scene = Scene::new()
        .set("AICORE_CLIENT_ID", "sb-1")
        .set("AICORE_AUTH_URL", "https://auth.example.com")
        .set("AICORE_BASE_URL", "https://api.example.com")
        .set("AICORE_CERT_STR", PEM)
        .set("AICORE_KEY_STR", PEM);
    let settings = scene.load();
    let token_url = certified(only(&settings)).1;
    assert_eq!(token_url, "https://auth.example.com/oauth/token");
}

#[cfg(unix)]
#[test]
fn a_certificate_of_sap_that_is_not_whole_or_not_the_only_way_is_refused() {
    let half = uncertified(Scene::new()).set("AICORE_CERT_STR", PEM);
    assert_eq!(
        half.error(),
        "environment: AICORE_BASE_URL, AICORE_CERT_URL, AICORE_CLIENT_ID, AICORE_CERT_STR found, \
         but not AICORE_KEY_STR; set what is missing, or unset what is there"
    );
    let two = half.set("AICORE_CLIENT_SECRET", CANARY);
    assert_eq!(
        two.error(),
        "environment: AICORE_CLIENT_SECRET, AICORE_CERT_STR found; keep one way to sign in"
    );
    let no_pem = uncertified(Scene::new())
        .set("AICORE_CERT_STR", PEM)
        .set("AICORE_KEY_STR", CANARY);
    assert_eq!(
        no_pem.error(),
        "environment: `AICORE_KEY_STR`: the value is not PEM text, which begins with -----BEGIN"
    );
    let open = Scene::new();
    open.folder("pem", 0o700);
    open.file("pem/key", PEM, 0o644);
    let path = open.path("pem/key").display().to_string();
    let open = uncertified(open)
        .set("AICORE_CERT_FILE_PATH", &path)
        .set("AICORE_KEY_FILE_PATH", &path);
    assert_eq!(
        open.error(),
        "environment: `AICORE_KEY_FILE_PATH`: file HOME/pem/key can be read or changed by others, \
         so it was not loaded; run: chmod 600 HOME/pem/key"
    );
}

#[test]
fn a_source_of_sap_without_a_value_hides_nothing() {
    let binding = |entry: &str| {
        format!(
            r#"{{"user-provided": [{{{entry}, "credentials": {}}}]}}"#,
            service_key()
        )
    };
    let scene = Scene::new()
        .set("AICORE_SERVICE_KEY", "{}")
        .set("AICORE_CLIENT_ID", "")
        .set("AICORE_CONFIG", "/nowhere/config.json")
        .set(
            "VCAP_SERVICES",
            &binding(r#""label": "other", "name": "aicore""#),
        );
    assert_eq!(id_and_group(&scene).0, "sb-1");
    let scene = with_config_file_of_sap(Scene::new());
    scene.file(
        ".aicore/config.json",
        r#"{"AICORE_RESOURCE_GROUP": "of-file"}"#,
        0o600,
    );
    let scene = scene.set("VCAP_SERVICES", &binding(r#""label": "aicore""#));
    assert_eq!(id_and_group(&scene), ("sb-1".to_owned(), group("of-file")));
    let none = Scene::new().set("VCAP_SERVICES", &binding(r#""label": "other""#));
    assert!(none.load().connections.is_empty());
}

#[test]
fn what_is_no_json_where_sap_has_json_is_refused_whatever_else_is_there() {
    let scene = variables_of_sap(Scene::new());
    scene.folder(".aicore", 0o700);
    scene.file(".aicore/config.json", CANARY, 0o600);
    assert_eq!(scene.error(), "HOME/.aicore/config.json: not a JSON object");
    let key = variables_of_sap(Scene::new()).set("AICORE_SERVICE_KEY", CANARY);
    assert_eq!(
        key.error(),
        "environment: `AICORE_SERVICE_KEY` is not a service key: it is not a JSON object"
    );
    let binding = variables_of_sap(Scene::new()).set("VCAP_SERVICES", CANARY);
    assert_eq!(
        binding.error(),
        "environment: `VCAP_SERVICES` is not JSON of this form, expected an object with lists of service bindings"
    );
}

#[test]
fn the_home_of_saps_tools_may_be_elsewhere_and_its_default_profile_is_none() {
    let scene = with_config_file_of_sap(Scene::new());
    let home = scene.path(".aicore").display().to_string();
    let elsewhere = Scene::new().set("AICORE_HOME", &home);
    let elsewhere = elsewhere.set("AICORE_PROFILE", "default");
    assert_eq!(id_and_group(&elsewhere).0, "of-file");
}

#[test]
fn a_resource_group_that_cannot_be_one_is_refused() {
    let scene = variables_of_sap(Scene::new()).set("AICORE_RESOURCE_GROUP", "a\nb: c");
    assert_eq!(
        scene.error(),
        "environment: `AICORE_RESOURCE_GROUP` is \"a b: c\", expected 3 to 253 letters, digits, '-' and '.', \
         with a letter or digit at both ends"
    );
}
