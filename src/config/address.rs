//! The rules for addresses (C7, C8, N7). A fault never repeats the address: it may hold a password.

use url::{Host, Url};

use crate::domain::connection::PlatformId;

/// The rule an address breaks, as the rest of a sentence that begins with its key.
pub(super) type UrlFault = String;

/// Another service of Kubiya's, which `KUBIYA_BASE_URL` names (`specs/kubiya.md` 2).
const OLDER_KUBIYA: &str = "api.kubiya.ai";

/// Where Kubiya is, where nothing says otherwise (`specs/kubiya.md` 1).
pub(super) fn kubiya() -> Url {
    Url::parse("https://control-plane.kubiya.ai").expect("it is sound")
}

/// The root of a platform's paths, in the form [`crate::domain::connection::Connection::base_url`] has.
pub(super) fn base(platform: PlatformId, text: &str) -> Result<Url, UrlFault> {
    let url = parse(text)?;
    match platform {
        PlatformId::SapAiCore => Ok(ending_in(url, "/v2")),
        PlatformId::Kubiya if url.host_str() == Some(OLDER_KUBIYA) => Err(
            "is the address of Kubiya's older API, which has none of these executions; leave it out for \
             https://control-plane.kubiya.ai, or name your own control plane"
                .to_owned(),
        ),
        PlatformId::RunAi | PlatformId::Kubiya => Ok(without(url, &["/api/v1", "/api"])),
    }
}

/// Where SAP AI Core's tokens come from, with the path of the token call.
pub(super) fn token(text: &str) -> Result<Url, UrlFault> {
    Ok(ending_in(parse(text)?, "/oauth/token"))
}

fn parse(text: &str) -> Result<Url, UrlFault> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    if text.contains(odd) {
        return Err("holds a space, a control character or a backslash".to_owned());
    }
    let scheme = text
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !matches!(scheme.as_deref(), Some("https" | "http")) {
        return Err("does not begin with https://".to_owned());
    }
    let mut url = Url::parse(text).map_err(|why| format!("is not an address: {why}"))?;
    check(&url)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn check(url: &Url) -> Result<(), UrlFault> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "holds a user name or password before the host; take it out, \
                    and change that password if others could see it"
                .to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("goes on with `?` or `#`; take that part out, and change the token if there is one in it".to_owned());
    }
    if url.scheme() == "http" && !is_loopback(url) {
        return Err("is plain http, which is for loopback addresses only; use https://".to_owned());
    }
    Ok(())
}

/// Whether the host is this machine, by address or by the one name that means it everywhere.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn ending_in(mut url: Url, end: &str) -> Url {
    if !url.path().ends_with(end) {
        let path = format!("{}{end}", url.path().trim_end_matches('/'));
        url.set_path(&path);
    }
    url
}

fn without(mut url: Url, ends: &[&str]) -> Url {
    let path = url.path().to_owned();
    if let Some(rest) = ends.iter().find_map(|end| path.strip_suffix(end)) {
        url.set_path(rest.trim_end_matches('/'));
    }
    url
}
