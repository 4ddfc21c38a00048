//! The bearer of each call: a key, or a token that is fetched, kept and renewed.
//!
//! All calls of a connection share one token. Whoever needs a new one first fetches it; the others wait
//! for the same answer, good or bad (N19, N20). Its age is told by a clock that never steps (N33).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::{Clean, Secret};
use crate::platforms::http::answer::{Peer, Reply, unreadable};
use crate::platforms::http::failure::{Failure, Fate};
use crate::platforms::http::line::{Lines, Purpose};

/// How a token is fetched.
#[derive(Debug)]
pub struct TokenRequest {
    /// Where from.
    pub url: Url,
    /// Members of the request.
    pub members: Vec<(&'static str, Secret)>,
    /// Whether the members travel as JSON or as a form.
    pub json: bool,
    /// Reads the answer; the error is one line on what is missing.
    pub grant: fn(&[u8]) -> Result<Grant, String>,
    /// Other ways to ask, for servers that do not know this one; each is tried once at most.
    pub others: Vec<Otherwise>,
}

/// Another way to ask for a token.
#[derive(Debug)]
pub struct Otherwise {
    /// Whether a refusal shows that the server does not know the first way; of wrong credentials it does not.
    pub when: fn(&Refusal) -> bool,
    /// How to ask then, and from then on where it works.
    pub request: TokenRequest,
}

/// A token.
#[derive(Debug)]
pub struct Grant {
    /// What goes into the header.
    pub token: Secret,
    /// How long it lives; `None` where the answer does not say, then 5 minutes are assumed.
    pub lifetime: Option<Duration>,
}

impl Grant {
    /// Reads an answer, by what the token and its lifetime may be called. A lifetime is a number of seconds, as such or
    /// as text; one that is not positive is not believed.
    pub(in crate::platforms) fn read(
        body: &[u8],
        token: &[&str],
        lifetime: &[&str],
    ) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON")?;
        let mut tokens = token.iter().filter_map(|name| body[name].as_str());
        let text = tokens.find(|text| !text.is_empty());
        let text = text.ok_or_else(|| format!("`{}` is missing", token[0]))?;
        let seconds = |name: &&str| {
            body[name]
                .as_f64()
                .or_else(|| body[name].as_str()?.parse().ok())
        };
        let seconds = lifetime.iter().find_map(seconds);
        let seconds = seconds.filter(|seconds| *seconds > 0.0);
        Ok(Self {
            token: Secret::new(text.to_owned()),
            lifetime: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        })
    }
}

/// Assumed of a token whose lifetime is not said, or not believed.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// No token is kept for longer, whatever it says of itself.
const LONGEST_LIFETIME: Duration = Duration::from_secs(7 * 86_400);

/// A token is renewed that long before it ends, a short one after nine tenths of its life.
const RENEW_EARLY: Duration = Duration::from_secs(60);

/// No token is used for less, so that one which says it lives a second brings no tight loop.
const SHORTEST_USE: Duration = Duration::from_secs(5);

/// For so long a refusal of the credentials stands without asking again.
const REFUSAL_STANDS: Duration = Duration::from_secs(30);

/// What a call goes out with.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    /// What the bearer header carries.
    pub(super) bearer: Secret,
    /// Which token of the connection it is.
    generation: u64,
}

/// The token of a connection.
#[derive(Debug)]
pub(super) struct Tokens {
    request: TokenRequest,
    peer: Peer,
    state: Mutex<State>,
    /// The newest generation that a call got through with.
    accepted: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    /// Which of [`TokenRequest::others`] the server was found to need.
    way: Option<usize>,
    last_failure: Option<(Instant, PlatformError)>,
}

#[derive(Debug)]
struct Held {
    pass: Pass,
    renew_at: Instant,
    /// When it was fetched, where that was because the token before it was refused.
    replaced_at: Option<Instant>,
}

impl State {
    /// The failure that answers a caller who began to wait at `asked`: one that ended since, or a
    /// refusal that still stands.
    fn failure_for(&self, asked: Instant) -> Option<&PlatformError> {
        let (at, error) = self.last_failure.as_ref()?;
        let stands = error.needs_operator() && at.elapsed() < REFUSAL_STANDS;
        (*at >= asked || stands).then_some(error)
    }
}

impl Tokens {
    pub(super) fn new(request: TokenRequest, peer: Peer) -> Self {
        Self {
            request,
            peer,
            state: Mutex::default(),
            accepted: AtomicU64::new(0),
        }
    }

    /// The token in force, fetched first where there is none or it is about to end.
    pub(super) async fn pass(&self, lines: &Lines) -> Result<Pass, Failure> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        match &state.held {
            Some(held) if Instant::now() < held.renew_at => Ok(held.pass.clone()),
            _ => Ok(self.fetch(lines, &mut state, asked).await?.pass.clone()),
        }
    }

    /// Sees to another token than `used`, which was refused: the one that someone else has fetched meanwhile,
    /// or a new one. Says whether there is one: not where `used` itself had just replaced a refused one, so
    /// that no loop begins.
    pub(super) async fn renew(&self, lines: &Lines, used: &Pass) -> Result<bool, Failure> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(held) = &state.held {
            if held.pass.generation != used.generation {
                return Ok(true);
            }
            let never_accepted = self.accepted.load(Ordering::Relaxed) < used.generation;
            let replaced = held.replaced_at.map(|at| at.elapsed());
            if never_accepted && replaced.is_some_and(|ago| ago < REFUSAL_STANDS) {
                return Ok(false);
            }
        }
        let held = self.fetch(lines, &mut state, asked).await?;
        held.replaced_at = Some(Instant::now());
        Ok(true)
    }

    /// Notes that a call got through with it.
    pub(super) fn accepted(&self, pass: &Pass) {
        self.accepted.fetch_max(pass.generation, Ordering::Relaxed);
    }

    async fn fetch<'a>(
        &self,
        lines: &Lines,
        state: &'a mut State,
        asked: Instant,
    ) -> Result<&'a mut Held, Failure> {
        if let Some(error) = state.failure_for(asked) {
            return Err(Failure::new(Fate::NotReceived, error.clone()));
        }
        let grant = match self.ask(lines, &mut state.way).await {
            Ok(grant) => grant,
            Err(failure) => {
                state.last_failure = Some((Instant::now(), failure.error.clone()));
                // Whatever became of the token, the call it was for never left.
                return Err(Failure {
                    fate: Fate::NotReceived,
                    ..failure
                });
            }
        };
        let before = state.held.as_ref();
        let pass = Pass {
            bearer: grant.token,
            generation: before.map_or(1, |held| held.pass.generation + 1),
        };
        Ok(state.held.insert(Held {
            pass,
            renew_at: Instant::now() + useful_life(grant.lifetime),
            replaced_at: None,
        }))
    }

    async fn ask(&self, lines: &Lines, way: &mut Option<usize>) -> Result<Grant, Failure> {
        let others = &self.request.others;
        if let Some(known) = *way {
            return self.ask_by(lines, &others[known].request).await;
        }
        let failure = match self.ask_by(lines, &self.request).await {
            Err(failure) => failure,
            granted @ Ok(_) => return granted,
        };
        let shows = |said: &Refusal| others.iter().position(|other| (other.when)(said));
        let Some(other) = failure.error.said().and_then(shows) else {
            return Err(failure);
        };
        let granted = self.ask_by(lines, &others[other].request).await?;
        *way = Some(other);
        Ok(granted)
    }

    async fn ask_by(&self, lines: &Lines, asked: &TokenRequest) -> Result<Grant, Failure> {
        let request = lines.request(Purpose::SignIn, "POST", asked.url.clone());
        let members = asked
            .members
            .iter()
            .map(|(name, value)| (*name, value.expose()));
        let request = if asked.json {
            let body: serde_json::Map<String, Value> = members
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            request.json(&body)
        } else {
            request.form(&members.collect::<Vec<_>>())
        };
        let answer = lines.exchange(Purpose::SignIn, request, &self.peer).await;
        let reply = answer.map_err(|failure| self.refused(failure))?;
        self.grant(asked, &reply)
    }

    fn grant(&self, asked: &TokenRequest, reply: &Reply) -> Result<Grant, Failure> {
        (asked.grant)(&reply.body).map_err(|why| {
            let why = format!("no token from {}: {why}", self.peer.host);
            Failure::new(Fate::NotReceived, unreadable(&why))
        })
    }

    /// At a token endpoint 400 and 403 speak of the credentials as 401 does (N21).
    fn refused(&self, failure: Failure) -> Failure {
        let error = match failure.error {
            PlatformError::Forbidden { said } => self.peer.unauthorized(said),
            PlatformError::Refused { said } if said.status == 400 => self.peer.unauthorized(said),
            other => other,
        };
        Failure { error, ..failure }
    }
}

/// How long a token of that lifetime is used.
fn useful_life(lifetime: Option<Duration>) -> Duration {
    let believed = lifetime.filter(|lifetime| !lifetime.is_zero());
    let lifetime = believed.unwrap_or(DEFAULT_LIFETIME).min(LONGEST_LIFETIME);
    let early = RENEW_EARLY.min(lifetime / 10);
    lifetime.saturating_sub(early).max(SHORTEST_USE)
}

/// The error shape of OAuth endpoints: `{"error": "invalid_client", "error_description": "…"}` (RFC 6749, 5.2).
pub(super) fn oauth_error(status: u16, body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body.get("error")?.as_str()?;
    let message = body
        .get("error_description")
        .and_then(Value::as_str)
        .unwrap_or(code);
    Some(Refusal {
        status,
        code: Some(Clean::new(code)),
        message: Clean::new(message),
        request_id: None,
        own_shape: true,
    })
}
