//! Certificates, authorities of a connection's own, HTTP/2; and in `machine` what the real binary makes of
//! proxies and certificate stores.

mod front;
mod machine;
mod proxy;

use centurion::domain::error::PlatformError;
use centurion::platforms;
use centurion::platforms::http::{Http, Sent};
use futures_util::future::join_all;
use reqwest::Url;
use reqwest::Version;

use crate::canned::{Canned, json};
use crate::http::{connection_to, end, get, key, open, post};

pub(crate) use front::{ALWAYS, Authority, Front, Identity};

const HOST: &str = "127.0.0.1";

/// A connection to a front, which trusts that authority.
fn to(front: &Front, authority: Option<&Authority>) -> Http {
    let url = Url::parse(&format!("https://{}", front.address)).expect("a URL");
    let mut connection = connection_to(url);
    connection.ca_file = authority.map(Authority::file);
    open(&connection, key())
}

#[tokio::test]
async fn n01_a_host_that_is_not_found_leaves_the_change_unsent() {
    // A name that never resolves (RFC 6761).
    let http = open(
        &connection_to("https://nowhere.invalid".parse().expect("a URL")),
        key(),
    );
    tokio::time::pause();
    let Sent::NotSent(error) = end(http.change(post())).await else {
        panic!("it was sent")
    };
    assert_eq!(
        error.to_string(),
        "cannot find host nowhere.invalid:443; check `url` and the network"
    );
}

#[tokio::test]
async fn n05_n33_each_fault_of_a_certificate_is_told_from_the_others_and_nothing_is_sent() {
    let (known, unknown) = (Authority::new("ours"), Authority::new("theirs"));
    let server = Canned::start(|_, _| json(200, "{}")).await;
    let cases = [
        (&unknown, HOST, ALWAYS, "not from a trusted issuer"),
        (
            &Authority::new("ours"),
            HOST,
            ALWAYS,
            "not from the authority it names",
        ),
        (&known, HOST, (2000, 2001), "has expired"),
        (&known, HOST, (3000, 3001), "not valid yet"),
        (&known, "other.example", ALWAYS, "for another host name"),
    ];
    for (authority, host, years, words) in cases {
        let identity = authority.signs(host, years, "http/1.1");
        let front = Front::before(server.url("http", "").as_str(), identity);
        let http = to(&front, Some(&known));
        let Sent::NotSent(change) = end(http.change(post())).await else {
            panic!("{words}: it was sent")
        };
        let read = http.read(get()).await.expect_err(words);
        for error in [change, read] {
            assert!(matches!(error, PlatformError::Tls { .. }), "{error:?}");
            let error = error.to_string();
            let place = front.address.to_string();
            for part in [words, "`ca_file`", &place] {
                assert!(error.contains(part), "{part} is not in: {error}");
            }
            let by_date = years != ALWAYS;
            assert_eq!(error.contains("this machine's clock"), by_date, "{error}");
            let mut others = cases.iter().filter(|(.., other)| *other != words);
            assert!(others.all(|(.., other)| !error.contains(other)));
        }
    }
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn n06_a_private_authority_is_trusted_by_the_connection_that_names_it_and_by_no_other() {
    let authority = Authority::new("ours");
    let server = Canned::start(|_, _| json(200, "{}")).await;
    let identity = authority.signs(HOST, ALWAYS, "http/1.1");
    let front = Front::before(server.url("http", "").as_str(), identity);
    let trusting = to(&front, Some(&authority));
    trusting.read(get()).await.expect("a trusted server");
    assert!(matches!(
        end(trusting.change(post())).await,
        Sent::Answered(_)
    ));
    let other = to(&front, None).read(get()).await.expect_err("no trust");
    assert!(other.to_string().contains("`ca_file`"), "{other}");
    trusting.read(get()).await.expect("still trusted");
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn a_hundred_single_calls_are_answered_over_http_2_and_over_http_1() {
    let authority = Authority::new("ours");
    for (protocol, version) in [("h2", Version::HTTP_2), ("http/1.1", Version::HTTP_11)] {
        let server = Canned::start(|_, _| json(202, "{}")).await;
        let identity = authority.signs(HOST, ALWAYS, protocol);
        let front = Front::before(server.url("http", "").as_str(), identity);
        let http = to(&front, Some(&authority));
        let sent = join_all((0..100).map(|_| end(http.change(post())))).await;
        assert!(sent.iter().all(|sent| matches!(sent, Sent::Answered(_))));
        assert_eq!(server.heard().len(), 100, "{protocol}");
        assert!(front.came().iter().all(|came| came.version == version));
    }
}

#[test]
fn n06_in_a_folder_of_authorities_what_cannot_be_read_is_passed_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = "https://127.0.0.1:1".parse().expect("a URL");
    let mut connection = connection_to(url);
    connection.ca_file = Some(folder.path().to_owned());
    let (own, link) = (folder.path().join("a.pem"), folder.path().join("b.pem"));
    std::fs::copy(Authority::new("ours").file(), own).expect("copied");
    std::os::unix::fs::symlink("/does/not/exist.pem", link).expect("linked");
    assert!(platforms::open(&connection).is_ok());
}

#[test]
fn a_ca_file_that_is_missing_or_holds_no_certificate_is_named() {
    for (file, words) in [
        ("/does/not/exist.pem", "No such file"),
        ("/dev/null", "no PEM certificate"),
    ] {
        let url = "https://127.0.0.1:1".parse().expect("a URL");
        let mut connection = connection_to(url);
        connection.ca_file = Some(file.into());
        let error = platforms::open(&connection).expect_err("nothing to trust");
        let error = error.to_string();
        let named = error.contains(&format!("`ca_file` {file}"));
        assert!(named && error.contains(words), "{error}");
    }
}
