//! What the environment tells every program of the network: the proxy, and whom to trust besides the system.

use std::fs;
use std::io;
use std::path::PathBuf;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::config::address;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Place, shown};
use crate::config::finding::Finding;
use crate::domain::connection::Connection;
use crate::domain::text::Clean;

/// Where the library under the platforms' SDKs (`requests`) looks for authorities; the first that is set counts.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The variables for https, then those for everything.
const PROXIES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const EXEMPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Has connections without a `ca_file` trust the authorities of the environment as well as the system's: what was
/// found because its own SDK would, what was configured because such a bundle is about the network of this
/// machine, as a proxy is. The error says that a bundle cannot be used; then nobody more is trusted.
pub(super) fn trust(
    environment: &Environment,
    connections: &mut [Connection],
    findings: &mut Vec<Finding>,
) -> Result<(), ConfigError> {
    let set = |name: &&str| environment.variable(name).is_some();
    let Some(name) = BUNDLES.into_iter().find(set) else {
        return Ok(());
    };
    let path = environment.text(name)?.map(PathBuf::from);
    let path = path.unwrap_or_default();
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let opened = fs::metadata(&path).and_then(|found| {
        if found.is_file() || found.is_dir() {
            return fs::File::open(&path);
        }
        Err(io::Error::other("it is neither a file nor a folder"))
    });
    if let Err(error) = opened {
        let (path, why) = (shown(&path), Clean::new(&error.to_string()));
        let problem = format!("`{name}` names {path}, which cannot be read: {why}");
        return Err(Place::Environment.error(problem));
    }
    for connection in connections {
        if connection.ca_file.is_none() {
            let found = Finding::of(&connection.name, "ca_file", shown(&path).as_str(), name);
            findings.push(found);
            connection.ca_file = Some(path.clone());
        }
    }
    Ok(())
}

/// Says which proxy counts. One that cannot be used is an error: it must not lead to a direct connection.
pub(super) fn proxy(
    environment: &Environment,
    connections: &[Connection],
    findings: &mut Vec<Finding>,
) -> Result<(), ConfigError> {
    let mut set = Vec::new();
    for names in PROXIES {
        set.extend(first(environment, names)?);
    }
    // As the library does that connects: one that is empty gives way to the next.
    let Some((name, value)) = set.into_iter().find(|(_, value)| !value.is_empty()) else {
        return Ok(());
    };
    let exempt = first(environment, EXEMPT)?.map_or("", |(_, text)| text);
    let through = |proxy: &str| {
        let matcher = Matcher::builder().https(proxy.to_owned());
        matcher.no(exempt.to_owned()).build()
    };
    let (any, real) = (through("http://any"), through(value));
    let far = |connection: &&Connection| !address::is_loopback(&connection.base_url);
    for connection in connections.iter().filter(far) {
        let Ok(url) = connection.base_url.as_str().parse() else {
            continue;
        };
        if any.intercept(&url).is_none() {
            continue;
        }
        let proxy = real.intercept(&url);
        let Some(shown) = proxy.and_then(|proxy| without_account(&proxy, value)) else {
            let form = "http://HOST:PORT, or https, socks5 or socks5h in place of http";
            return Err(Place::Environment.wrong(name, "is no proxy that can be used", form));
        };
        findings.push(Finding::of(&connection.name, "proxy", &shown, name));
    }
    Ok(())
}

/// Scheme, host and port of a proxy, from behind the last `@` of its value: the library ends the account at the
/// first one. `None` where it takes something else for the host, as it does where a `/` stands in a password.
fn without_account(proxy: &Intercept, value: &str) -> Option<String> {
    let uri = proxy.uri();
    let taken = uri.authority()?.as_str().rsplit('@').next()?;
    let place = value.rsplit('@').next()?.rsplit("://").next()?;
    let place = place.split(['/', '?', '#']).next()?;
    (place == taken).then(|| format!("{}://{place}", uri.scheme_str().unwrap_or_default()))
}

/// The first of the variables that is there, be it empty, with its name.
fn first<'a>(
    environment: &'a Environment,
    names: [&'static str; 2],
) -> Result<Option<(&'static str, &'a str)>, ConfigError> {
    let Some(name) = names.into_iter().find(|name| environment.has(name)) else {
        return Ok(None);
    };
    let text = environment.text(name)?;
    Ok(text.map(|text| (name, text)))
}
