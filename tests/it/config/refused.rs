//! What is refused, at which place and in which words.

use centurion::config::Wanted;
use proptest::prelude::*;

use crate::config::{CANARY, KUBIYA, Scene, error_in_connection, error_of, kubiya};
#[test]
fn c2_text_that_is_not_toml_is_refused_at_its_place() {
    assert_eq!(
        error_of("refresh = \"10s\n"),
        "CONFIG:1:15: not valid TOML: invalid basic string, expected `\"`"
    );
    assert_eq!(
        error_of(&format!("api_key = {CANARY}\n")),
        "CONFIG:1:11: not valid TOML: string values must be quoted, expected literal string"
    );
    assert_eq!(
        error_of("refresh = \"10s\"\nrefresh = \"10s\"\n"),
        "CONFIG:2:1: not valid TOML: duplicate key"
    );
}

#[test]
fn c2_text_in_another_encoding_is_refused_at_its_place() {
    let utf16: Vec<u8> = "\u{feff}a"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let message = "this is not UTF-8 text; save the file as UTF-8";
    assert_eq!(Scene::with(utf16).error(), format!("CONFIG:1:1: {message}"));
    assert_eq!(
        Scene::with(b"# a\n# \xff").error(),
        format!("CONFIG:2:3: {message}")
    );
}

#[test]
fn c2_a_wrong_type_is_refused_with_what_stood_there_and_what_should() {
    for (lines, expected) in [
        (
            "read_only = \"yes\"",
            "CONFIG:4:13: `read_only` is a string, expected true or false",
        ),
        (
            "protected = 1",
            "CONFIG:4:13: `protected` is a number, expected true or false",
        ),
        (
            "color = true",
            "CONFIG:4:9: `color` is true, expected black, red, green, yellow, blue, magenta, cyan or white, or one of them after \"bright-\"",
        ),
        (
            "ca_file = []",
            "CONFIG:4:11: `ca_file` is a list, expected the path of a file with certificates",
        ),
    ] {
        let lines = format!("api_key = {{ env = \"SECRET\" }}\n{lines}");
        assert_eq!(
            error_in_connection(&lines),
            expected.replace("CONFIG:4", "CONFIG:5")
        );
    }
    assert_eq!(
        error_of("[connection]\nname = \"a\"\n"),
        "CONFIG:1:1: `connection` is a table, expected [[connection]] in double brackets before the keys of each one"
    );
}

#[test]
fn c2_a_value_out_of_bounds_is_refused_with_what_stood_there() {
    let spans = "expected a span such as \"10s\" or \"1m\"";
    assert_eq!(
        error_of("refresh = 10\n"),
        format!("CONFIG:1:11: `refresh` is a number, {spans}")
    );
    assert_eq!(
        error_of("refresh = \"soon\"\n"),
        format!("CONFIG:1:11: `refresh` is \"soon\", {spans}")
    );
    for text in ["", "s", "-10s", "10 parsecs", "99999999999999999999h"] {
        let expected = format!("CONFIG:1:11: `refresh` is \"{text}\", {spans}");
        assert_eq!(error_of(&format!("refresh = \"{text}\"\n")), expected);
    }
    let bounds = "expected a span from 5s to 86400s, such as \"10s\"";
    assert_eq!(
        error_of("refresh = \"2s\"\n"),
        format!("CONFIG:1:11: `refresh` is 2s, {bounds}")
    );
    assert_eq!(
        error_of("[[connection]]\nname = \"a b\"\n"),
        "CONFIG:2:8: `name` is \"a b\", expected 1 to 40 of a-z, A-Z, 0-9, '-', '_' and '.'"
    );
    assert_eq!(
        error_of("[[connection]]\nname = \"a\"\nplatform = \"sap\"\n"),
        "CONFIG:3:12: `platform` is \"sap\", expected \"sap-ai-core\", \"run-ai\" or \"kubiya\""
    );
}

#[test]
fn a_missing_value_is_named_with_the_connection_it_is_missing_in() {
    assert_eq!(
        error_of("\n[[connection]]\nplatform = \"kubiya\"\n"),
        "CONFIG:2:1: `name` is missing, expected 1 to 40 of a-z, A-Z, 0-9, '-', '_' and '.'"
    );
    assert_eq!(
        error_of("[[connection]]\nname = \"a\"\nplatform = \"run-ai\"\n"),
        "CONFIG:1:1: `url` is missing, expected the address of the platform, such as \"https://…\""
    );
    assert_eq!(
        error_in_connection(""),
        "CONFIG:1:1: `api_key` is missing, expected { env = \"NAME\" }, { file = \"PATH\" } or \
         { command = [\"PROGRAM\", \"ARGUMENT\"] }"
    );
}

#[test]
fn c3_an_unknown_key_is_refused_with_the_nearest_one() {
    for (line, expected) in [
        (
            "readonly = true",
            "CONFIG:4:1: unknown key `readonly`; did you mean `read_only`?",
        ),
        (
            "read-only = true",
            "CONFIG:4:1: unknown key `read-only`; did you mean `read_only`?",
        ),
        (
            "protect = true",
            "CONFIG:4:1: unknown key `protect`; did you mean `protected`?",
        ),
        (
            "\"\\u001b[2J\" = 1",
            "CONFIG:4:1: unknown key `\\u{1b}[2J`, expected one of name, platform, url, \
          auth_url, client_id, client_secret, service_key, certificate, key, api_key, scopes, protected, \
          color, read_only, ca_file",
        ),
        (
            "refresh = \"10s\"",
            "CONFIG:4:1: `refresh` belongs at the top of the file, above the first [[connection]]",
        ),
    ] {
        assert_eq!(error_in_connection(line), expected);
    }
    assert_eq!(
        error_of("refesh = \"10s\""),
        "CONFIG:1:1: unknown key `refesh`; did you mean `refresh`?"
    );
    assert_eq!(
        error_of("read_only = true"),
        "CONFIG:1:1: `read_only` belongs below a [[connection]]"
    );
}

#[test]
fn a_key_of_another_platform_is_refused() {
    assert_eq!(
        error_in_connection("client_id = \"a\""),
        "CONFIG:4:1: `client_id` is not a key of platform \"kubiya\", which takes name, platform, url, \
         api_key, protected, color, read_only, ca_file"
    );
    let scopes = error_in_connection("scopes = [\"Acme\"]");
    assert!(scopes.starts_with("CONFIG:4:1: `scopes` is not a key of platform \"kubiya\""));
    let message =
        error_of("[[connection]]\nname = \"a\"\nplatform = \"run-ai\"\nauth_url = \"https://h\"\n");
    assert!(
        message.starts_with("CONFIG:4:1: `auth_url` is not a key of platform \"run-ai\""),
        "{message}"
    );
}

#[test]
fn two_connections_of_one_name_are_refused() {
    assert_eq!(
        error_of(&format!("{KUBIYA}{KUBIYA}")),
        "CONFIG:6:8: the name \"a\" is taken by the connection of line 1"
    );
}

#[test]
fn n7_plain_http_is_refused_but_to_a_loopback_address() {
    let with = |url: &str| {
        error_in_connection(&format!(
            "url = \"{url}\"\napi_key = {{ env = \"SECRET\" }}"
        ))
    };
    let expected =
        "CONFIG:4:7: `url` is plain http, which is for loopback addresses only; use https://";
    assert_eq!(with("http://10.0.0.1:8080"), expected);
    assert_eq!(
        kubiya("url = \"http://127.0.0.1:8080\"\n")
            .base_url
            .as_str(),
        "http://127.0.0.1:8080/"
    );
    for local in [
        "http://127.9.8.7:81/",
        "http://[::1]:81/p",
        "http://localhost:81/",
    ] {
        assert_eq!(
            kubiya(&format!("url = \"{local}\"\n")).base_url.as_str(),
            local
        );
    }
}

#[test]
fn n7_c7_what_breaks_a_rule_for_addresses_is_refused() {
    for (url, fault) in [
        ("h.example.com:443/v2", "does not begin with https://"),
        ("ftp://h.example.com", "does not begin with https://"),
        ("", "does not begin with https://"),
        ("http://localhost.example.com", "is plain http"),
        ("http://128.0.0.1", "is plain http"),
        ("http://[::ffff:127.0.0.1]", "is plain http"),
        (
            "https://:pass@h.example.com",
            "holds a user name or password",
        ),
        ("https://h.example.com?", "goes on with `?` or `#`"),
        ("https://h.example.com/#a", "goes on with `?` or `#`"),
        (
            "https://h.example.com\\n",
            "has a line break or another control character",
        ),
        (
            "https://h.example.com\\\\@evil.example",
            "holds a space, a control character or a backslash",
        ),
        ("https://", "is not an address"),
        ("https://h.example.com:99999", "is not an address"),
    ] {
        let error = error_in_connection(&format!(
            "url = \"{url}\"\napi_key = {{ env = \"SECRET\" }}"
        ));
        assert!(
            error.starts_with(&format!("CONFIG:4:7: `url` {fault}")),
            "{url}: {error}"
        );
    }
}

#[test]
fn c7_an_address_with_a_secret_in_it_is_refused_and_not_repeated() {
    let with = |url: String| {
        error_in_connection(&format!(
            "url = \"{url}\"\napi_key = {{ env = \"SECRET\" }}"
        ))
    };
    assert_eq!(
        with(format!("https://user:{CANARY}@h.example.com")),
        "CONFIG:4:7: `url` holds a user name or password before the host; take it out, \
         and change that password if others could see it"
    );
    assert_eq!(
        with(format!("https://h.example.com/?token={CANARY}")),
        "CONFIG:4:7: `url` goes on with `?` or `#`; take that part out, and change the token if there is one in it"
    );
    assert_eq!(
        with(format!("{CANARY}.example.com")),
        "CONFIG:4:7: `url` does not begin with https://"
    );
}

#[test]
fn c8_an_address_is_joined_right_and_shown_in_ascii() {
    let based = |url: &str| kubiya(&format!("url = \"{url}\"\n"));
    assert_eq!(
        based("https://h.example.com/api/v1/").base_url.as_str(),
        "https://h.example.com/"
    );
    assert_eq!(
        based("https://h.example.com/one/").base_url.as_str(),
        "https://h.example.com/one"
    );
    assert_eq!(
        based("https://bücher.example:8443").host(),
        "xn--bcher-kva.example:8443"
    );
    assert_eq!(based("https://[2001:db8::1]").host(), "[2001:db8::1]");
}

#[test]
fn the_address_of_kubiyas_older_api_is_refused() {
    let why = "is the address of Kubiya's older API, which has none of these executions; \
               leave it out for https://control-plane.kubiya.ai, or name your own control plane";
    for url in ["https://api.kubiya.ai/api/v1", "https://API.kubiya.ai:443"] {
        let lines = format!("api_key = {{ env = \"SECRET\" }}\nurl = \"{url}\"");
        assert_eq!(
            error_in_connection(&lines),
            format!("CONFIG:5:7: `url` {why}")
        );
    }
}

#[test]
fn scopes_are_names_the_platform_can_have() {
    let with = |scopes: &str| {
        error_of(&format!(
            "[[connection]]\nname = \"a\"\nplatform = \"sap-ai-core\"\nurl = \"https://h\"\nauth_url = \"https://h\"\n\
             client_id = \"a\"\nclient_secret = {{ env = \"SECRET\" }}\nscopes = {scopes}\n"
        ))
    };
    let form = "expected a list of names without repetition, or \"*\"";
    assert_eq!(
        with("\"default\""),
        format!("CONFIG:8:10: `scopes` is \"default\", {form}")
    );
    assert_eq!(
        with("[]"),
        format!("CONFIG:8:10: `scopes` is an empty list, {form}")
    );
    assert_eq!(
        with("[\"eval\", \"eval\"]"),
        format!("CONFIG:8:19: `scopes` has \"eval\" in it, {form}")
    );
    assert_eq!(
        with("[\"a b\"]"),
        format!("CONFIG:8:11: `scopes` has \"a b\" in it, {form}")
    );
    assert_eq!(
        with("[\"eval\", \"*\"]"),
        format!("CONFIG:8:19: `scopes` has \"*\" in it, {form}")
    );
}

#[test]
fn a_ca_file_has_to_be_there() {
    let lines = "api_key = { env = \"SECRET\" }\nca_file = \"none.pem\"";
    assert_eq!(
        error_in_connection(lines),
        "CONFIG:5:11: `ca_file` cannot be read (No such file or directory (os error 2)), \
         expected the path of a file with certificates"
    );
}

/// Lines that come close to a configuration; none names a command that could be run.
fn line() -> impl Strategy<Value = String> {
    let keys = "(\\[\\[connection\\]\\]|\\[connection\\]|name|platform|url|auth_url|client_id|client_secret|\
                service_key|api_key|scopes|protected|color|read_only|ca_file|refresh|journal|discover|[a-z_-]{0,9})";
    let values = "(true|7|1e9|\\[\\]|\\{\\}|\"\\*\"|\\[\"a\", 1\\]|\"kubiya\"|\"run-ai\"|\"sap-ai-core\"|\"https://[a-zü:/?#@.]{0,9}\"|\
                  \\{ env = \"SECRET\" \\}|\\{ file = \"[a-z/.]{0,5}\" \\}|\"[^\"\\\\\n]{0,9}\"|\\PC{0,9})";
    (keys, "( = |=|)", values).prop_map(|(key, is, value)| format!("{key}{is}{value}\n"))
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down_or_a_secret_out(
        lines in proptest::collection::vec(line(), 0..12),
        noise in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let text = lines.concat();
        let whole = Scene::with(&text).set("SECRET", CANARY).try_load(&Wanted::default());
        let noisy = Scene::with([text.as_bytes(), &noise].concat()).try_load(&Wanted::default());
        for error in [whole, noisy].into_iter().filter_map(Result::err) {
            prop_assert!(error.contains("config.toml"), "{}", error);
        }
    }
}
