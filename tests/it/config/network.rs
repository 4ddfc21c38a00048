//! Authorities and proxies that the environment names for every program.

use centurion::config;

use crate::config::found::sap_ai_core::variables_of_sap;
use crate::config::{CANARY, KUBIYA, PEM, Scene, only};

#[test]
fn authorities_for_requests_go_to_found_and_configured_connections_that_name_none() {
    let scene = Scene::with(format!(
        "discover = true\n{KUBIYA}{}ca_file = \"own.pem\"\n",
        KUBIYA.replace("\"a\"", "\"b\"")
    ));
    scene.file(".config/centurion/own.pem", PEM, 0o644);
    scene.file("bundle.pem", PEM, 0o644);
    let [own, bundle] = [".config/centurion/own.pem", "bundle.pem"].map(|name| scene.path(name));
    let scene = variables_of_sap(scene)
        .set("SECRET", CANARY)
        .set("CURL_CA_BUNDLE", "/nowhere")
        .set("REQUESTS_CA_BUNDLE", &bundle.display().to_string());
    let settings = scene.load();
    let trusted = settings.connections.iter().map(|connection| {
        (
            connection.name.as_str(),
            connection.ca_file.clone().expect("named"),
        )
    });
    let expected = [
        ("a", bundle.clone()),
        ("b", own),
        ("sap-ai-core", bundle.clone()),
    ];
    assert_eq!(trusted.collect::<Vec<_>>(), expected);
    let line = format!(
        "sap-ai-core.ca_file: {} (REQUESTS_CA_BUNDLE)",
        bundle.display()
    );
    assert!(config::explain(&settings).contains(&line));
    assert!(settings.unusable.is_empty());
}

#[test]
fn authorities_that_cannot_be_read_are_told_and_nobody_more_is_trusted() {
    let scene = Scene::with(KUBIYA)
        .set("SECRET", CANARY)
        .set("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem");
    let settings = scene.load();
    assert_eq!(only(&settings).ca_file, None);
    assert_eq!(
        settings.unusable[0].to_string(),
        "environment: `REQUESTS_CA_BUNDLE` names /nowhere/ca.pem, which cannot be read: No such file or directory (os error 2)"
    );
}

#[test]
fn authorities_that_are_no_file_and_no_folder_are_told_before_they_are_opened() {
    // As a pipe would be, at whose opening every start would hang.
    let scene = Scene::with(KUBIYA)
        .set("SECRET", CANARY)
        .set("REQUESTS_CA_BUNDLE", "/dev/null");
    let settings = scene.load();
    assert_eq!(only(&settings).ca_file, None);
    assert_eq!(
        settings.unusable[0].to_string(),
        "environment: `REQUESTS_CA_BUNDLE` names /dev/null, which cannot be read: it is neither a file nor a folder"
    );
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_where_it_would_be_needed() {
    let scene = |variables: &[(&str, &str)]| {
        let scene = Scene::with(KUBIYA).set("SECRET", CANARY);
        variables
            .iter()
            .fold(scene, |scene, (name, value)| scene.set(name, value))
    };
    let told = |name: &str| {
        format!(
            "environment: `{name}` is no proxy that can be used, expected http://HOST:PORT, or https, socks5 or socks5h in place of http"
        )
    };
    let secret = format!("socks://ana:{CANARY}@proxy");
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        assert_eq!(scene(&[(name, &secret)]).error(), told(name));
        let exempt = scene(&[(name, &secret), ("no_proxy", "kubiya.ai")]);
        assert_eq!(only(&exempt.load()).name.as_str(), "a");
    }
    // An empty one that comes first says that there is none, as for the library that connects.
    for (empty, full) in [("HTTPS_PROXY", "https_proxy"), ("ALL_PROXY", "all_proxy")] {
        let off = scene(&[(empty, ""), (full, &secret)]);
        assert_eq!(only(&off.load()).name.as_str(), "a");
    }
    let exempt = [
        ("NO_PROXY", ""),
        ("no_proxy", "kubiya.ai"),
        ("ALL_PROXY", &secret),
    ];
    assert_eq!(scene(&exempt).error(), told("ALL_PROXY"));
    let usable = format!("http://ana:{CANARY}@proxy:3128");
    for (other, https, counts) in [
        (&secret, &usable, "HTTPS_PROXY"),
        (&usable, &String::new(), "ALL_PROXY"),
    ] {
        let both = scene(&[("ALL_PROXY", other), ("HTTPS_PROXY", https)]);
        let line = format!("a.proxy: http://proxy:3128 ({counts})");
        let lines = config::explain(&both.load());
        assert!(lines.contains(&line), "{lines:#?}");
    }
    let wrong = scene(&[("ALL_PROXY", &usable), ("HTTPS_PROXY", &secret)]);
    assert_eq!(wrong.error(), told("HTTPS_PROXY"), "it is not passed over");
}

#[test]
fn p7_n31_no_part_of_a_proxys_password_is_told_however_it_is_written() {
    let scene = |proxy: &str| {
        let scene = Scene::with(KUBIYA).set("SECRET", CANARY);
        scene.set("HTTPS_PROXY", proxy)
    };
    for (proxy, told) in [
        ("http://ana:p@ss-word@proxy:3128", "http://proxy:3128"),
        ("ana:p@ss-word@proxy:3128", "http://proxy:3128"),
        ("socks5h://a@b:p@ss-word@[::1]:1080", "socks5h://[::1]:1080"),
    ] {
        let lines = config::explain(&scene(proxy).load());
        let line = format!("a.proxy: {told} (HTTPS_PROXY)");
        assert!(lines.contains(&line), "{lines:#?}");
        assert!(!lines.concat().contains("ss-word"), "{lines:#?}");
    }
    for proxy in [
        "http://ana:12/34@proxy:3128",
        "http://ana:12?34@proxy:3128",
        "http://ana:12#34@proxy:3128",
    ] {
        let error = scene(proxy).error();
        assert!(
            error.contains("`HTTPS_PROXY` is no proxy that can be used"),
            "{error}"
        );
        assert!(!error.contains("12"), "{error}");
    }
}
