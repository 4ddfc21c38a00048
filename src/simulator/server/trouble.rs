//! Carries out the faults of whole calls.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::stream;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::sync::watch;
use url::form_urlencoded;

use super::Server;
use super::answer::{Dropped, Received};
use super::wire::Pace;
use crate::simulator::faults::{BodyFault, CallFault, StatusFault, Trouble};

/// What a gateway shows to those who are not signed in.
const SIGN_IN_PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head>\
    <body><form action=\"/login\"><input name=\"user\"></form></body></html>";

/// Query members that say where a page begins, on the three platforms.
const PAGE_STARTS: [&str; 3] = ["$skip", "skip", "offset"];

/// Answers a call, or closes its connection, as the faults in force for it say.
pub(super) async fn answer(
    server: &Arc<Server>,
    pace: &Pace,
    trouble: Trouble,
    received: Received,
) -> Result<Response, Dropped> {
    let Trouble {
        delay,
        fault,
        replaced,
    } = trouble;
    let answered = match fault {
        None => Ok(act(server, received).await),
        Some(CallFault::Stall {}) => Ok(act_once(replaced, server, received).await),
        Some(fault) => troubled(server, pace, fault, received).await,
    };
    if let Some(ms) = delay {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    answered
}

async fn troubled(
    server: &Arc<Server>,
    pace: &Pace,
    fault: CallFault,
    received: Received,
) -> Result<Response, Dropped> {
    let act = |received| act(server, received);
    match fault {
        CallFault::Delay { .. } | CallFault::Stall {} => Ok(act(received).await),
        CallFault::SlowBytes { ms } => Ok(slowly(act(received).await, pace, ms)),
        CallFault::DropBefore {} => Err(Dropped),
        CallFault::DropAfter {} => {
            act(received).await;
            Err(Dropped)
        }
        CallFault::ActLate { ms } => {
            server.act_later(Duration::from_millis(ms), received);
            Err(Dropped)
        }
        CallFault::Cut { at } => Ok(cut(act(received).await, at).await),
        CallFault::Status(made) => {
            if made.act {
                act(received).await;
            }
            Ok(made_up(made))
        }
        CallFault::Header { name, value } => {
            let headers = BTreeMap::from([(name, value)]);
            Ok(with_headers(act(received).await, &headers))
        }
        CallFault::Body(other) => {
            act(received).await;
            Ok(other_body(other))
        }
        CallFault::Html {} => Ok(Html(SIGN_IN_PAGE).into_response()),
        CallFault::RetryAfter { value } => Ok(too_many_requests(value)),
        CallFault::TokenExpired {} | CallFault::Unauthorized {} => {
            Ok(act(without_token(received)).await)
        }
        CallFault::ShiftPages {} => Ok(act(one_row_earlier(received)).await),
    }
}

/// Lets the platform answer.
async fn act(server: &Server, received: Received) -> Response {
    let routes = TowerToHyperService::new(server.routes.clone());
    let answered: Result<_, Infallible> = routes.call(received.into_request()).await;
    answered.unwrap_or_else(|never| match never {})
}

/// Waits until the set of faults is replaced, then lets the platform answer.
async fn act_once(
    mut replaced: watch::Receiver<u64>,
    server: &Server,
    received: Received,
) -> Response {
    let released = replaced.changed().await;
    released.expect("the set of faults lives as long as the server");
    act(server, received).await
}

impl Server {
    fn act_later(&self, wait: Duration, received: Received) {
        let routes = TowerToHyperService::new(self.routes.clone());
        let mut late = self.late.lock().expect("nobody panics while holding it");
        late.spawn(async move {
            tokio::time::sleep(wait).await;
            let _nobody_waits = routes.call(received.into_request()).await;
        });
    }
}

fn slowly(response: Response, pace: &Pace, ms: u64) -> Response {
    pace.set(ms);
    response
}

/// Announces the whole body and sends its first `at` bytes.
async fn cut(response: Response, at: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, whole.len().into());
    let start = whole.slice(..at.min(whole.len()));
    let chunks = stream::unfold(Some(start), |start| async move {
        let Some(start) = start else {
            // What was sent before must have left: an error discards what still waits.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Some((Err(Dropped), None));
        };
        Some((Ok::<Bytes, Dropped>(start), None))
    });
    Response::from_parts(parts, Body::from_stream(chunks))
}

fn with_headers(mut response: Response, headers: &BTreeMap<String, String>) -> Response {
    for (name, value) in headers {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn made_up(made: StatusFault) -> Response {
    let status = StatusCode::from_u16(made.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match made.body {
        Value::Null => Body::empty().into_response(),
        Value::String(text) => text.into_response(),
        json => Json(json).into_response(),
    };
    with_headers((status, body).into_response(), &made.headers)
}

fn other_body(other: BodyFault) -> Response {
    let decoded = other
        .base64
        .and_then(|coded| BASE64_STANDARD.decode(coded).ok());
    let bytes = decoded.unwrap_or_else(|| other.text.into_bytes());
    let json = [(header::CONTENT_TYPE, "application/json")];
    with_headers((json, bytes).into_response(), &other.headers)
}

fn too_many_requests(value: Option<Value>) -> Response {
    let value = value.map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    let headers = value.map(|value| (header::RETRY_AFTER.to_string(), value));
    with_headers(
        StatusCode::TOO_MANY_REQUESTS.into_response(),
        &headers.into_iter().collect(),
    )
}

/// Each platform then refuses in its own shape.
fn without_token(mut received: Received) -> Received {
    received.parts.headers.remove(header::AUTHORIZATION);
    received
}

fn one_row_earlier(mut received: Received) -> Received {
    let query = received.parts.uri.query().unwrap_or_default();
    let earlier = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        let start = value
            .parse::<u64>()
            .ok()
            .filter(|_| PAGE_STARTS.contains(&&*name));
        let value = start.map_or_else(
            || value.into_owned(),
            |start| start.saturating_sub(1).to_string(),
        );
        (name.into_owned(), value)
    };
    let members = form_urlencoded::parse(query.as_bytes()).map(earlier);
    let shifted = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(members)
        .finish();
    let path = received.parts.uri.path();
    if let Ok(uri) = format!("{path}?{shifted}").parse() {
        received.parts.uri = uri;
    }
    received
}
