//! Carries out the faults of whole calls.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::sync::watch;
use url::form_urlencoded;

use super::Server;
use super::answer::{Dropped, Received};
use super::wire::Aside;
use crate::simulator::faults::{BodyFault, CallFault, Faults, Trouble, WireFault};

/// What a gateway shows to those who are not signed in.
const SIGN_IN_PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head>\
    <body><form action=\"/login\"><input name=\"user\"></form></body></html>";

/// Query members that say where a page begins, on the three platforms.
const PAGE_STARTS: [&str; 3] = ["$skip", "skip", "offset"];

/// Answers a call, or closes its connection, as the faults in force for it say.
pub(super) async fn answer(
    server: &Server,
    aside: &Aside,
    trouble: Trouble,
    received: Received,
) -> Result<Response, Dropped> {
    let Trouble {
        delay,
        fault,
        replaced,
    } = trouble;
    let answered = match fault {
        None | Some(CallFault::Delay { .. }) => Ok(act(server, received).await),
        Some(CallFault::Stall {}) => Ok(act_once(replaced, server, received).await),
        Some(CallFault::TokenExpired {} | CallFault::Unauthorized {}) => {
            Ok(act(server, without_token(received)).await)
        }
        Some(CallFault::ShiftPages {}) => Ok(act(server, one_row_earlier(received)).await),
        Some(CallFault::Wire(fault)) => sent(server, aside, fault, received).await,
        Some(CallFault::Body(fault)) => Ok(said(fault, act(server, received)).await),
    };
    if let Some(ms) = delay {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    answered
}

/// What leaves of the platform's answer through a connection that goes wrong.
async fn sent(
    server: &Server,
    aside: &Aside,
    fault: WireFault,
    received: Received,
) -> Result<Response, Dropped> {
    match fault {
        WireFault::SlowBytes { ms } => {
            aside.wish().pace = Some(Duration::from_millis(ms));
            Ok(act(server, received).await)
        }
        WireFault::CloseKept {} => {
            let answer = act(server, received).await;
            aside.wish().ends = true;
            Ok(answer)
        }
        WireFault::DropBefore {} => Err(Dropped),
        WireFault::DropAfter {} => {
            act(server, received).await;
            Err(Dropped)
        }
        WireFault::ActLate { ms } => {
            server.act_later(Duration::from_millis(ms), received);
            Err(Dropped)
        }
        WireFault::Raw {
            text,
            base64,
            act: acts,
        } => {
            if acts {
                act(server, received).await;
            }
            aside.wish().last_words = base64.unwrap_or(text.into_bytes());
            Err(Dropped)
        }
    }
}

/// What becomes of the platform's answer, which may never be asked for.
async fn said(fault: BodyFault, answer: impl Future<Output = Response>) -> Response {
    match fault {
        BodyFault::SlowBody { ms } => trickling(answer.await, ms).await,
        BodyFault::Cut { at } => cut(answer.await, at).await,
        BodyFault::Status {
            status,
            body,
            act,
            headers,
        } => {
            if act {
                answer.await;
            }
            with_headers((status, spoken(body)), headers)
        }
        BodyFault::Header { name, value } => {
            with_headers(answer.await, HeaderMap::from_iter([(name, value)]))
        }
        BodyFault::Body {
            text,
            base64,
            headers,
        } => {
            answer.await;
            let json = [(header::CONTENT_TYPE, "application/json")];
            with_headers((json, base64.unwrap_or(text.into_bytes())), headers)
        }
        BodyFault::Html {} => Html(SIGN_IN_PAGE).into_response(),
        BodyFault::RetryAfter { value } => too_many_requests(value),
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
        late.spawn(Faults::still_answering(async move {
            tokio::time::sleep(wait).await;
            let _nobody_waits = routes.call(received.into_request()).await;
        }));
    }
}

async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}

/// The head at once, and one byte of the body each so many milliseconds.
async fn trickling(response: Response, ms: u64) -> Response {
    let (head, body) = response.into_parts();
    let bytes = stream::iter(whole(body).await).then(move |byte| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok::<_, Infallible>(vec![byte])
    });
    Response::from_parts(head, Body::from_stream(bytes))
}

/// Announces the whole body and sends its first `at` bytes.
async fn cut(response: Response, at: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = whole(body).await;
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

fn with_headers(answer: impl IntoResponse, headers: HeaderMap) -> Response {
    let mut answer = answer.into_response();
    answer.headers_mut().extend(headers);
    answer
}

fn spoken(body: Value) -> Response {
    match body {
        Value::Null => Body::empty().into_response(),
        Value::String(text) => text.into_response(),
        json => Json(json).into_response(),
    }
}

fn too_many_requests(value: Option<Value>) -> Response {
    let text = value.map(|value| match value {
        Value::String(text) => text,
        number => number.to_string(),
    });
    let value = text.and_then(|text| HeaderValue::try_from(text).ok());
    let headers = value.map(|value| (header::RETRY_AFTER, value));
    with_headers(StatusCode::TOO_MANY_REQUESTS, headers.into_iter().collect())
}

/// Each platform then refuses in its own shape.
fn without_token(mut received: Received) -> Received {
    received.parts.headers.remove(header::AUTHORIZATION);
    received
}

fn one_row_earlier(mut received: Received) -> Received {
    let uri = &received.parts.uri;
    let mut earlier = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let start = value.parse::<u64>().ok();
        match start.filter(|_| PAGE_STARTS.contains(&&*name)) {
            Some(start) => earlier.append_pair(&name, &start.saturating_sub(1).to_string()),
            None => earlier.append_pair(&name, &value),
        };
    }
    if let Ok(uri) = format!("{}?{}", uri.path(), earlier.finish()).parse() {
        received.parts.uri = uri;
    }
    received
}
