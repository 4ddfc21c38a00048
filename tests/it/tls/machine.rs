//! The real binary on machines with proxies in their environment, or without a single trusted certificate.

use std::path::Path;
use std::process::{Command, Stdio};

use centurion::simulator::{Options, Simulator};
use tempfile::TempDir;

use super::proxy::{Proxy, socks};
use super::{ALWAYS, Authority, Front};
use crate::pty::centurion;

/// An address that no route leads to (RFC 5737): only through a proxy is it of use.
const FAR: &str = "192.0.2.10";

/// Every address of this machine, and none of those that mean it: what goes there is not exempt from anything.
const NEAR: &str = "0.0.0.0";

const PASSWORD: &str = "c4n4ry-pr0xy";

/// A simulated Kubiya behind HTTPS at an address, and a machine that knows its authority.
struct Scene {
    simulator: Simulator,
    front: Front,
    authority: Authority,
    home: TempDir,
    url: String,
}

impl Scene {
    fn at(host: &str) -> Self {
        let simulator = Simulator::start(Options::default()).expect("a free port");
        let authority = Authority::new("ours");
        let front = Front::before(simulator.url(), authority.signs(host, ALWAYS, "h2"));
        Self {
            url: match host {
                NEAR => format!("https://{host}:{}", front.address.port()),
                _ => format!("https://{host}"),
            },
            home: tempfile::tempdir().expect("a temporary folder"),
            simulator,
            front,
            authority,
        }
    }

    /// Writes the configuration, with more lines for its connection.
    fn config(&self, more: &str) -> String {
        let file = self.home.path().join("centurion.toml");
        let url = &self.url;
        let text = format!(
            "[[connection]]\nname = \"agents\"\nplatform = \"kubiya\"\nurl = \"{url}\"\napi_key = {{ env = \"KEY\" }}\n{more}\n"
        );
        std::fs::write(&file, text).expect("writable");
        file.to_string_lossy().into_owned()
    }

    fn ca_file(&self) -> String {
        format!("ca_file = \"{}\"", self.authority.file().display())
    }

    fn key(&self) -> String {
        self.simulator.ready().kubiya.api_key
    }

    fn command(&self, more: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_centurion"));
        command.args(["doctor", "--config", &self.config(more)]);
        command.env_clear().env("HOME", self.home.path());
        command.env("KEY", self.key()).stdin(Stdio::null());
        command
    }

    /// What doctor prints in an environment of these variables; no secret is in it.
    async fn doctor(&self, more: &str, variables: &[(&str, &str)]) -> String {
        let mut command = self.command(more);
        command.envs(variables.iter().copied());
        let ended = tokio::task::spawn_blocking(move || command.output()).await;
        let output = ended.expect("no panic").expect("the binary runs");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        for secret in [&self.key(), PASSWORD] {
            assert!(!said.contains(secret), "{said}");
        }
        let well = output.status.code() == Some(0);
        assert_eq!(well, !said.contains("FAIL"), "{said}");
        said
    }

    fn trusting(&self) -> (&'static str, String) {
        let file = self.authority.file();
        ("SSL_CERT_FILE", file.to_string_lossy().into_owned())
    }
}

fn listed(said: &str) -> bool {
    said.contains("ok    list      ")
}

fn nowhere(home: &Path) -> String {
    home.join("nowhere").to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n31_the_proxy_of_the_environment_is_used_with_its_own_password_and_sees_no_other_credential()
 {
    let scene = Scene::at(FAR);
    let account = format!("ana:{PASSWORD}");
    let proxy = Proxy::to(scene.front.address, Some(&account)).await;
    let address = format!("http://{account}@{}", proxy.address);
    let (name, file) = scene.trusting();
    let said = scene
        .doctor("", &[("HTTPS_PROXY", &address), (name, &file)])
        .await;
    assert!(listed(&said), "{said}");
    let heads = proxy.heads();
    assert!(!heads.is_empty());
    for head in heads {
        let head = head.to_lowercase();
        assert!(
            head.starts_with("connect 192.0.2.10:443 http/1.1\r\n"),
            "{head}"
        );
        assert!(!head.contains("\r\nauthorization"), "{head}");
        assert!(!head.contains(&scene.key().to_lowercase()), "{head}");
    }
    for came in scene.front.came() {
        assert!(!came.headers.contains("proxy-auth"), "{}", came.headers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n31_a_proxy_that_is_down_or_wants_a_password_is_named_without_the_one_it_was_given() {
    let scene = Scene::at(FAR);
    let asking = Proxy::to(scene.front.address, Some("ana:another")).await;
    let asking = asking.address.to_string();
    for (proxy, words) in [
        (asking.as_str(), "proxy authorization required"),
        // Port 1 is reserved, and nobody listens there.
        ("127.0.0.1:1", "Connection refused"),
    ] {
        let address = format!("http://ana:{PASSWORD}@{proxy}");
        let said = scene
            .doctor(&scene.ca_file(), &[("https_proxy", &address)])
            .await;
        let expected =
            format!("cannot connect to 192.0.2.10:443 through the proxy {proxy}: {words}");
        assert!(said.contains(&expected), "{expected} is not in: {said}");
    }
    assert!(scene.simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n01_a_host_that_is_not_found_is_named() {
    // A name that never resolves (RFC 6761).
    let scene = Scene::at("nowhere.invalid");
    let said = scene.doctor(&scene.ca_file(), &[]).await;
    let expected = "cannot find host nowhere.invalid:443; check `url` and the network";
    assert!(said.contains(expected), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n31_no_proxy_and_this_machine_bypass_the_proxy() {
    let dead = "http://127.0.0.1:1";
    let near = Scene::at(NEAR);
    let proxied = near.doctor(&near.ca_file(), &[("HTTPS_PROXY", dead)]).await;
    assert!(
        proxied.contains("through the proxy 127.0.0.1:1"),
        "{proxied}"
    );
    let exempt = [("HTTPS_PROXY", dead), ("NO_PROXY", "example.com,0.0.0.0")];
    let said = near.doctor(&near.ca_file(), &exempt).await;
    assert!(listed(&said), "{said}");

    let mut local = Scene::at("127.0.0.1");
    for url in [
        format!("https://{}", local.front.address),
        local.simulator.url().to_owned(),
    ] {
        local.url = url;
        let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, dead));
        let said = local.doctor(&local.ca_file(), &variables).await;
        assert!(listed(&said), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n31_a_socks_proxy_of_the_environment_is_used_and_resolves_the_name() {
    let scene = Scene::at("api.nowhere.invalid");
    let proxy = socks(scene.front.address).await;
    let address = format!("socks5h://{}", proxy.address);
    let said = scene
        .doctor(&scene.ca_file(), &[("ALL_PROXY", &address)])
        .await;
    assert!(listed(&said), "{said}");
    let setting = format!("ok    setting   proxy: {address} (ALL_PROXY)");
    assert!(said.contains(&setting), "{said}");
    assert!(
        proxy
            .heads()
            .iter()
            .all(|name| name == "api.nowhere.invalid")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n31_a_proxy_that_cannot_be_used_is_named_and_nothing_goes_out_directly() {
    let scene = Scene::at(NEAR);
    let proxy = format!("socks://ana:{PASSWORD}@127.0.0.1:1080");
    for name in ["ALL_PROXY", "https_proxy"] {
        let mut command = scene.command(&scene.ca_file());
        command.env(name, &proxy);
        let ended = tokio::task::spawn_blocking(move || command.output()).await;
        let output = ended.expect("no panic").expect("the binary runs");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert_eq!(output.status.code(), Some(2), "{said}");
        let expected = format!("`{name}` is no proxy that can be used, expected http://HOST:PORT");
        assert!(
            said.contains(&expected) && !said.contains(PASSWORD),
            "{said}"
        );
    }
    assert!(scene.front.came().is_empty());
    let exempt = [("ALL_PROXY", proxy.as_str()), ("NO_PROXY", "0.0.0.0")];
    let said = scene.doctor(&scene.ca_file(), &exempt).await;
    assert!(listed(&said), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorities_that_the_environment_names_for_requests_are_trusted_as_well() {
    let scene = Scene::at(NEAR);
    let file = scene.authority.file();
    let folder = file.parent().expect("a folder").to_string_lossy();
    let file = file.to_string_lossy();
    for (name, place) in [
        ("REQUESTS_CA_BUNDLE", &file),
        ("CURL_CA_BUNDLE", &file),
        ("CURL_CA_BUNDLE", &folder),
    ] {
        let said = scene.doctor("", &[(name, place)]).await;
        assert!(listed(&said), "{said}");
        assert!(
            said.contains(&format!("setting   ca_file: {place} ({name})")),
            "{said}"
        );
    }
    let theirs = Authority::new("theirs");
    let other = format!("ca_file = {:?}", theirs.file());
    let said = scene.doctor(&other, &[("REQUESTS_CA_BUNDLE", &file)]).await;
    assert!(
        !listed(&said),
        "a connection's own file comes first: {said}"
    );
    let nowhere = nowhere(scene.home.path());
    let said = scene
        .doctor(&scene.ca_file(), &[("REQUESTS_CA_BUNDLE", &nowhere)])
        .await;
    assert!(
        said.contains("`REQUESTS_CA_BUNDLE` names") && listed(&said),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n34_without_a_certificate_store_doctor_says_how_to_add_one_and_a_ca_file_is_enough() {
    let scene = Scene::at(NEAR);
    let nowhere = nowhere(scene.home.path());
    let none = [
        ("SSL_CERT_FILE", nowhere.as_str()),
        ("SSL_CERT_DIR", &nowhere),
    ];
    let said = scene.doctor("", &none).await;
    for part in [
        "FAIL  tls",
        "no trusted certificates found",
        "ca-certificates",
        "SSL_CERT_FILE",
        "`ca_file`",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    let said = scene.doctor(&scene.ca_file(), &none).await;
    assert!(listed(&said), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n34_without_a_certificate_store_the_demo_starts_and_a_real_connection_says_why_it_does_not()
 {
    let scene = Scene::at(NEAR);
    let nowhere = nowhere(scene.home.path());
    let (config, key) = (scene.config(""), scene.key());
    let shown = tokio::task::spawn_blocking(move || {
        let start = |arguments: &[&str]| {
            centurion(arguments)
                .variable("SSL_CERT_FILE", &nowhere)
                .variable("SSL_CERT_DIR", &nowhere)
                .variable("KEY", &key)
                .run()
        };
        start(&["demo"]).wait("RUNNING");
        start(&["--config", &config]).wait("no trusted certificates found");
    });
    shown.await.expect("both screens");
}
