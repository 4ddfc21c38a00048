//! The reader of the configuration: it takes any text, says where it is wrong, and repeats no secret.

use std::fs;

use centurion::config::{self, Environment, Wanted};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{HOSTILE, config};

/// Stands for every secret.
const CANARY: &str = "c4n4ry-7f3e";

/// A home with a configuration file, used again for each input.
struct Home {
    folder: TempDir,
    environment: Environment,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join(".config/centurion")).expect("writable");
        let environment = Environment::from_pairs([("SECRET", CANARY)], folder.path());
        Self {
            folder,
            environment,
        }
    }

    /// What is said of that text: the settings it makes, or what is wrong.
    fn read(&self, text: &[u8]) -> Result<Vec<String>, String> {
        let file = self.folder.path().join(".config/centurion/config.toml");
        fs::write(file, text).expect("writable");
        let settings = config::load(&self.environment, &Wanted::default());
        let settings = settings.map_err(|error| format!("{error} {error:?}"))?;
        Ok(config::explain(&settings))
    }
}

thread_local! {
    static HOME: Home = Home::new();
}

/// Lines that come close to a configuration; none names a command that could be run.
fn line() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "name",
        "platform",
        "url",
        "auth_url",
        "client_id",
        "client_secret",
        "client_secrte",
        "service_key",
        "api_key",
        "scopes",
        "protected",
        "color",
        "read_only",
        "read_onyl",
        "ca_file",
        "refresh",
        "journal",
        "discover",
        "",
        "a.b",
        "\"",
    ]);
    let values = prop::sample::select(vec![
        "true",
        "7",
        "1e9",
        "1e400",
        "[]",
        "{}",
        "\"*\"",
        "[\"a\", 1]",
        "\"a\"",
        "\"kubiya\"",
        "\"run-ai\"",
        "\"sap-ai-core\"",
        "\"\"\"",
        "\"https://a.example/v2\"",
        "\"http://a.example\"",
        "{ env = \"SECRET\" }",
        "{ env = \"NONE\" }",
        "{ file = \"/none\" }",
        "2026-11-22",
        "",
    ]);
    let values = prop_oneof![
        6 => values.prop_map(String::from),
        1 => any::<prop::sample::Index>().prop_map(|at| format!("{:?}", at.get(&HOSTILE))),
        1 => any::<prop::sample::Index>().prop_map(|at| at.get(&HOSTILE).clone()),
    ];
    let pair = (keys, values).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let secret = prop::sample::select(vec![
        "api_key = \"c4n4ry-7f3e\"",
        "client_secrte = \"c4n4ry-7f3e\"",
        "client_secret = { text = \"c4n4ry-7f3e\" }",
        "url = \"https://u:c4n4ry-7f3e@a.example\"",
        "auth_url = \"https://a.example/?t=c4n4ry-7f3e\"",
        "client_secret = \"c4n4ry-7f3e",
    ]);
    prop_oneof![
        2 => Just("[[connection]]\n".to_owned()),
        5 => pair,
        1 => secret.prop_map(|line| format!("{line}\n")),
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn c2_c7_no_text_brings_the_reader_down_or_a_secret_out(
        lines in prop::collection::vec(line(), 0..8),
        noise in prop::option::weighted(0.1, any::<Vec<u8>>()),
    ) {
        let mut text = lines.concat().into_bytes();
        text.extend(noise.unwrap_or_default());
        let said = HOME.with(|home| home.read(&text));
        let is_placed = said.as_ref().map_or_else(|error| error.contains("config.toml"), |_| true);
        prop_assert!(is_placed, "{said:?}");
        let said = format!("{said:?}");
        prop_assert!(!said.contains(CANARY), "{said}");
        prop_assert!(!said.chars().any(char::is_control), "{said:?}");
    }
}
