//! What an HTTP answer means: a whole [`Reply`], or a [`Failure`] in the words of the server.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::domain::connection::PlatformId;
use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::Clean;
use crate::platforms::http::failure::{self, Failure, Fate};
use crate::platforms::http::hidden::Hidden;
use crate::platforms::http::retry;

/// More of one body than this is not read, counted after unpacking (N15).
pub(super) const CAP: usize = 16 << 20;

/// How much of a body is shown where it cannot be read (N11).
const SHOWN: usize = 200;

/// A whole 2xx answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, unpacked; at most the cap.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as JSON of that shape, else [`PlatformError::Unreadable`] or [`PlatformError::NotAnApi`].
    /// Bytes that are no UTF-8 are replaced, so that one bad row does not hide a page.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PlatformError> {
        if is_markup(&self.body) {
            return Err(not_an_api("markup", &self.body));
        }
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            // The library quotes what it did not expect, however long that is.
            let why: String = error.to_string().chars().take(SHOWN).collect();
            self.unreadable(&why)
        })
    }

    /// That it makes no sense for this reason, though it may be JSON.
    pub(in crate::platforms) fn unreadable(&self, why: &str) -> PlatformError {
        PlatformError::Unreadable {
            why: Clean::new(why),
            start: start(&self.body),
        }
    }
}

/// That an answer makes no sense for this reason; nothing of it is shown, as it may hold a secret.
pub(in crate::platforms) fn unreadable(why: &str) -> PlatformError {
    PlatformError::Unreadable {
        why: Clean::new(why),
        start: Clean::new("(not shown)"),
    }
}

/// Reads one error shape: status and body in, what it says out.
pub(super) type ErrorShape = fn(u16, &[u8]) -> Option<Refusal>;

/// Who answers, and how its refusals are read and named.
#[derive(Debug)]
pub(super) struct Peer {
    /// Its platform.
    pub(super) platform: PlatformId,
    /// Host and port.
    pub(super) host: String,
    /// The settings to look at when it refuses the credentials.
    pub(super) setting: &'static str,
    /// What it must not be heard to say back.
    pub(super) hidden: Hidden,
    /// The error shapes it speaks, the first that fits wins.
    pub(super) shapes: Vec<ErrorShape>,
}

impl Peer {
    /// Reads the answer to its end, strikes out what is to be hidden, and says what it means. `limit` tells which
    /// time limit cut it.
    pub(super) async fn hear(
        &self,
        mut response: Response,
        hidden: &Hidden,
        limit: impl Fn() -> Duration,
    ) -> Result<Reply, Failure> {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let end = self.drain(&mut response, &mut body, limit).await;
        let header = |name| {
            let value = response.headers().get(name)?;
            let value = hidden.strike(value.as_bytes().to_vec());
            Some(String::from_utf8_lossy(&value).into_owned())
        };
        match status {
            200..=299 => end.and_then(|()| {
                let content_type = header(CONTENT_TYPE);
                whole(status, content_type, hidden.strike(body))
            }),
            300..=399 => {
                let error = self.redirected(response.url(), header(LOCATION));
                Err(Failure::new(Fate::Uncertain, error))
            }
            _ => Err(self.refused(status, &response, &hidden.strike(body))),
        }
    }

    async fn drain(
        &self,
        response: &mut Response,
        body: &mut Vec<u8>,
        limit: impl Fn() -> Duration,
    ) -> Result<(), Failure> {
        loop {
            let chunk = response.chunk().await;
            let chunk =
                chunk.map_err(|error| failure::of_transport(&error, &self.host, limit()))?;
            let Some(chunk) = chunk else { return Ok(()) };
            if body.len() + chunk.len() > CAP {
                let error = PlatformError::TooLarge { cap: CAP };
                return Err(Failure::new(Fate::Uncertain, error));
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn redirected(&self, from: &Url, location: Option<String>) -> PlatformError {
        let target = location.and_then(|location| from.join(&location).ok());
        let target = target.as_ref().map(origin);
        PlatformError::Redirected {
            host: self.host.clone(),
            target: Clean::new(target.as_deref().unwrap_or("an unreadable address")),
        }
    }

    fn refused(&self, status: u16, response: &Response, body: &[u8]) -> Failure {
        let said = self.refusal(status, body);
        let asked_wait = retry::asked_wait(response.headers());
        let (fate, error) = match status {
            401 => (Fate::Refused, self.unauthorized(said)),
            403 => (Fate::Refused, PlatformError::Forbidden { said }),
            // The server gave up waiting for the rest of the request: what it did with it is open.
            408 => (Fate::Uncertain, PlatformError::Refused { said }),
            429 => (
                Fate::Refused,
                PlatformError::RateLimited {
                    retry_after: asked_wait,
                    said,
                },
            ),
            400..=499 => (Fate::Refused, PlatformError::Refused { said }),
            _ => (Fate::Uncertain, PlatformError::ServerFailed { said }),
        };
        Failure {
            asked_wait,
            ..Failure::new(fate, error)
        }
    }

    /// Credentials refused, in the server's words.
    pub(super) fn unauthorized(&self, said: Refusal) -> PlatformError {
        PlatformError::Unauthorized {
            platform: self.platform,
            setting: self.setting,
            said,
        }
    }

    fn refusal(&self, status: u16, body: &[u8]) -> Refusal {
        let said = self.shapes.iter().find_map(|shape| shape(status, body));
        said.unwrap_or_else(|| Refusal {
            status,
            code: None,
            message: foreign_words(status, body),
            request_id: None,
            own_shape: false,
        })
    }
}

fn whole(status: u16, content_type: Option<String>, body: Vec<u8>) -> Result<Reply, Failure> {
    match content_type {
        Some(name) if name.to_ascii_lowercase().contains("html") => {
            Err(Failure::new(Fate::Uncertain, not_an_api(&name, &body)))
        }
        _ => Ok(Reply { status, body }),
    }
}

fn not_an_api(content_type: &str, body: &[u8]) -> PlatformError {
    PlatformError::NotAnApi {
        content_type: Clean::new(content_type),
        start: start(body),
    }
}

/// What a status means by itself: `Not Found`.
pub(in crate::platforms) fn reason(status: u16) -> &'static str {
    let known = StatusCode::from_u16(status).ok();
    let reason = known.and_then(|status| status.canonical_reason());
    reason.unwrap_or("no reason given")
}

/// What to say of a refusal that is not in the platform's own shape.
fn foreign_words(status: u16, body: &[u8]) -> Clean {
    let reason = reason(status);
    if is_markup(body) {
        return Clean::new(&format!("{reason}: a page, not an API answer; check `url`"));
    }
    let start = start(body);
    let words = if start.is_empty() {
        reason
    } else {
        start.as_str()
    };
    match status {
        404 => Clean::new(&format!("{words}; check `url`")),
        _ => Clean::new(words),
    }
}

fn is_markup(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.trim_ascii_start().first() == Some(&b'<')
}

/// The first characters of a body, cleaned.
fn start(body: &[u8]) -> Clean {
    // A character has four bytes at most.
    let head = &body[..body.len().min(4 * SHOWN)];
    let text = String::from_utf8_lossy(head);
    Clean::new(&text.trim().chars().take(SHOWN).collect::<String>())
}

/// Scheme and host: neither path nor query of a redirect is shown, they may carry a session.
fn origin(url: &Url) -> String {
    format!("{}://{}", url.scheme(), host_and_port(url))
}

/// Host and port of a URL, the port also where it is the scheme's own.
pub(super) fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
