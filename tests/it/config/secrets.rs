//! Secrets and service keys: how they are had, and that no message holds one.

use centurion::config::{self};
use centurion::domain::connection::Scopes;
use centurion::domain::resource::Scope;

use crate::config::{
    CANARY, KUBIYA, PEM, Scene, certified, certified_service_key, client, error_in_connection,
    only, service_key,
};

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    assert_eq!(
        error_in_connection(&format!("api_key = \"{CANARY}\"")),
        "CONFIG:4:11: `api_key` is written out here; a secret comes from { env = \"NAME\" }, \
         { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }"
    );
}

#[test]
fn a_secret_has_exactly_one_source() {
    let forms = "expected { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }";
    for (value, expected) in [
        (
            "{}",
            format!("CONFIG:4:11: `api_key` names 0 sources, {forms}"),
        ),
        (
            "{ env = \"A\", file = \"b\" }",
            format!("CONFIG:4:11: `api_key` names 2 sources, {forms}"),
        ),
        ("7", format!("CONFIG:4:11: `api_key` is a number, {forms}")),
        (
            "{ enw = \"A\" }",
            "CONFIG:4:13: unknown key `enw`; did you mean `env`?".to_owned(),
        ),
        (
            "{ command = [] }",
            "CONFIG:4:23: `command` names no program, expected a list: a program and its arguments"
                .to_owned(),
        ),
    ] {
        assert_eq!(error_in_connection(&format!("api_key = {value}")), expected);
    }
}

#[test]
fn a_secret_in_the_place_of_a_variable_is_not_repeated() {
    assert_eq!(
        error_in_connection(&format!("api_key = {{ env = \"{CANARY}\" }}")),
        "CONFIG:4:19: `env` is not of letters, digits and '_', expected the name of an environment variable"
    );
}

#[test]
fn c5_a_variable_that_is_not_set_is_named() {
    assert_eq!(
        error_in_connection("api_key = { env = \"NOT_THERE\" }"),
        "CONFIG:4:11: `api_key`: environment variable NOT_THERE is not set"
    );
}

#[cfg(unix)]
#[test]
fn c5_a_helper_gives_one_line_or_is_named_without_its_output() {
    let with = |script: &str| {
        let line = format!("api_key = {{ command = [\"sh\", \"-c\", \"{script}\"] }}");
        Scene::with(format!(
            "[[connection]]\nname = \"a\"\nplatform = \"kubiya\"\n{line}\n"
        ))
    };
    for script in [
        "echo $WORD",
        "printf 's3cret\\\\r\\\\n'",
        "printf ' inner space '",
    ] {
        let settings = with(script).set("WORD", CANARY).load();
        assert_eq!(only(&settings).name.as_str(), "a", "{script}");
    }
    for (script, expected) in [
        (
            "echo CANARY; exit 3",
            "ended with exit status 3; run it by hand to see why",
        ),
        ("echo CANARY >&2; kill -9 $$", "was ended by a signal"),
        (
            "echo CANARY; echo CANARY",
            "holds 2 lines, expected exactly one",
        ),
        ("printf 'CANARY\\\\033[0m'", "holds control characters"),
        ("printf ''", "is empty"),
        ("echo '  '", "is empty"),
        ("echo CANARY; echo", "holds 2 lines, expected exactly one"),
        ("printf 'CANARY\\\\302\\\\233'", "holds control characters"),
        (
            "yes CANARY | head -c 200000; exit 0",
            "holds more than 64 KiB",
        ),
        ("printf '\\\\377'", "holds something that is not text"),
    ] {
        let message = with(&script.replace("CANARY", CANARY)).error();
        assert_eq!(
            message,
            format!("CONFIG:4:11: `api_key`: command sh {expected}")
        );
    }
    let missing = "api_key = { command = [\"/nowhere/helper\"] }";
    assert_eq!(
        error_in_connection(missing),
        "CONFIG:4:11: `api_key`: command /nowhere/helper cannot be run: No such file or directory (os error 2)"
    );
}

#[cfg(unix)]
#[test]
fn c4_a_secret_file_that_others_can_read_is_not_loaded_and_the_fix_is_shown() {
    let text = KUBIYA.replace("{ env = \"SECRET\" }", "{ file = \"key\" }");
    let scene = Scene::with(&text);
    scene.file(".config/centurion/key", format!("{CANARY}\n"), 0o600);
    assert_eq!(only(&scene.load()).name.as_str(), "a");
    let refused = "CONFIG:4:11: `api_key`: file HOME/.config/centurion/key can be read or changed by others, \
                   so it was not loaded; run:";
    for mode in [0o640, 0o604, 0o620, 0o602] {
        scene.file(".config/centurion/key", CANARY, mode);
        assert_eq!(
            scene.error(),
            format!("{refused} chmod 600 HOME/.config/centurion/key")
        );
    }
    scene.folder(".config/centurion", 0o755);
    assert_eq!(
        scene.error(),
        format!(
            "{refused} chmod 600 HOME/.config/centurion/key && chmod 700 HOME/.config/centurion"
        )
    );
    scene.file(".config/centurion/key", CANARY, 0o600);
    assert_eq!(
        scene.error(),
        format!("{refused} chmod 700 HOME/.config/centurion")
    );
    // The fix can be pasted into a shell.
    scene.folder(".config/centurion/a b's", 0o755);
    scene.file(".config/centurion/a b's/key", CANARY, 0o600);
    scene.file(
        ".config/centurion/config.toml",
        text.replace("\"key\"", "\"a b's/key\""),
        0o644,
    );
    let told = scene.error();
    assert!(
        told.ends_with(r"run: chmod 700 'HOME/.config/centurion/a b'\''s'"),
        "{told}"
    );
}

#[test]
fn no_listing_of_the_settings_holds_a_secret() {
    let text = format!("discover = true\n{KUBIYA}");
    let scene = Scene::with(text)
        .set("SECRET", CANARY)
        .set("AICORE_SERVICE_KEY", &service_key())
        .set("RUNAI_BASE_URL", "https://tenant.run.ai")
        .set("RUNAI_CLIENT_ID", "app")
        .set("RUNAI_CLIENT_SECRET", CANARY);
    let settings = scene.load();
    assert_eq!(settings.connections.len(), 3);
    let shown = format!(
        "{settings:?}{:?}{:?}",
        config::explain(&settings),
        scene.environment()
    );
    assert!(!shown.contains(CANARY), "{shown}");
}

#[test]
fn each_value_is_explained_with_its_origin() {
    let scene = Scene::with(format!("{KUBIYA}read_only = true\n")).set("SECRET", CANARY);
    let home = scene.path("").display().to_string();
    let lines = config::explain(&scene.load())
        .join("\n")
        .replace(&home, "HOME/");
    let expected = "\
file: HOME/.config/centurion/config.toml (default)
a: Kubiya (HOME/.config/centurion/config.toml:1)
a.url: https://control-plane.kubiya.ai/ (default)
a.api_key: *** (environment variable SECRET)
a.read_only: true (HOME/.config/centurion/config.toml:5)
refresh: 10s (default)
journal: HOME/.local/state/centurion/journal (default)";
    assert_eq!(lines, expected);
}

const SAP: &str = "[[connection]]\nname = \"s\"\nplatform = \"sap-ai-core\"\n";

#[test]
fn a_service_key_gives_addresses_and_account_and_the_file_may_name_others() {
    let text = format!("{SAP}service_key = {{ env = \"KEY\" }}\n");
    let settings = Scene::with(&text).set("KEY", &service_key()).load();
    let connection = only(&settings);
    assert_eq!(connection.base_url.as_str(), "https://api.example.com/v2");
    let token_url = Some("https://auth.example.com/oauth/token".to_owned());
    assert_eq!(client(connection), ("sb-1".to_owned(), token_url));
    assert_eq!(
        connection.scopes,
        Scopes::Named(vec![Scope::new("default")])
    );
    let text = format!("{text}url = \"http://127.0.0.1:9/v2\"\n");
    let settings = Scene::with(text).set("KEY", &service_key()).load();
    assert_eq!(only(&settings).base_url.as_str(), "http://127.0.0.1:9/v2");
}

#[test]
fn a_service_key_stands_alone_and_whole() {
    let with = |key: &str, more: &str| {
        let text = format!("{SAP}service_key = {{ env = \"KEY\" }}\n{more}");
        Scene::with(text).set("KEY", key).error()
    };
    assert_eq!(
        with(&service_key(), "client_id = \"a\"\n"),
        "CONFIG:5:13: `client_id` cannot stand beside `service_key`; keep one of them"
    );
    for (key, expected) in [
        (
            r#"["canary"]"#,
            " is not a service key: it is not a JSON object",
        ),
        (CANARY, " is not a service key: it is not a JSON object"),
        (
            r#"{"serviceurls":{"AI_API_URL":"https://h"},"url":"https://h","clientid":"a","clientsecret":7}"#,
            ": serviceurls.AI_API_URL, url, clientid found, but not clientsecret; \
             set what is missing, or unset what is there",
        ),
        (
            r#"{"clientid":"a","clientsecret":"c4n4ry-7f3e"}"#,
            ": clientid, clientsecret found, but not serviceurls.AI_API_URL; \
             set what is missing, or unset what is there",
        ),
        (
            r#"{"serviceurls":{"AI_API_URL":"https://h"},"url":"https://h","clientid":"a","clientsecret":"c4n4ry-7f3e\u001b"}"#,
            ": `clientsecret`: the value holds control characters",
        ),
        (
            r#"{"clientid":"a","clientsecret":"b","serviceurls":{"AI_API_URL":"https://canary@h"}}"#,
            ": `serviceurls.AI_API_URL` holds a user name or password before the host; \
             take it out, and change that password if others could see it",
        ),
        (
            r#"{"serviceurls":{"AI_API_URL":"https://h"},"url":"https://h","clientid":"a","clientsecret":"b","key":"canary"}"#,
            ": clientsecret, key found; keep one way to sign in",
        ),
    ] {
        assert_eq!(
            with(key, ""),
            format!("CONFIG:4:15: `service_key`{expected}")
        );
    }
}

#[test]
fn a_certificate_of_the_file_signs_in_with_its_key_and_nothing_beside_it() {
    let text = format!(
        "{SAP}url = \"https://api.example.com\"\nauth_url = \"https://cert.example.com\"\nclient_id = \"sb-1\"\n\
         certificate = {{ file = \"c.pem\" }}\n"
    );
    let with = |more: &str| {
        let scene = Scene::with(format!("{text}{more}\n")).set("KEY", PEM);
        scene.file(".config/centurion/c.pem", PEM, 0o644);
        scene
    };
    let settings = with("key = { env = \"KEY\" }").load();
    let expected = ("sb-1", "https://cert.example.com/oauth/token");
    assert_eq!(certified(only(&settings)), expected);
    assert!(with("").error().contains("`key` is missing, expected {"));
    assert_eq!(
        with("key = { env = \"KEY\" }\nclient_secret = { env = \"KEY\" }").error(),
        "CONFIG:9:17: `client_secret` cannot stand beside `certificate`; keep one of them"
    );
    let no_pem = with("key = { env = \"KEY\" }");
    no_pem.file(".config/centurion/c.pem", CANARY, 0o644);
    assert_eq!(
        no_pem.error(),
        "CONFIG:7:15: `certificate`: file HOME/.config/centurion/c.pem is not PEM text, which begins with -----BEGIN"
    );
}

#[test]
fn a_service_key_with_a_certificate_asks_its_certurl_for_tokens() {
    let text = format!("{SAP}service_key = {{ env = \"KEY\" }}\n");
    let scene = Scene::with(text).set("KEY", &certified_service_key());
    let expected = ("sb-1", "https://cert.example.com/oauth/token");
    assert_eq!(certified(only(&scene.load())), expected);
}
