//! HTTP as the platforms need it: limits, retries of reads, tokens, error bodies.
//!
//! Reads are tried again within a shared budget; changes are sent again only where the server
//! provably did nothing (`RELIABILITY.md` 3). Redirects are never followed, bodies are read through a
//! cap, and what the HTTP library retries by itself is switched off.

mod answer;
mod call;
mod change;
mod failure;
mod hidden;
mod line;
mod retry;
mod token;
mod unanswered;
mod unique;

use std::time::Duration;

use backon::Retryable;
use futures_util::stream::BoxStream;
use url::Url;

use crate::domain::connection::Connection;
use crate::domain::error::{PlatformError, Refusal};
use crate::domain::text::Secret;
use crate::platforms::http::answer::Peer;
use crate::platforms::http::failure::{Failure, Fate};
use crate::platforms::http::hidden::Hidden;
use crate::platforms::http::line::{Lines, Purpose};
use crate::platforms::http::retry::Budget;
use crate::platforms::http::token::Tokens;

pub use answer::Reply;
pub(super) use answer::{reason, unreadable};
pub use call::Call;
pub use change::{Sending, Sent, until_stopped};
pub use token::{Grant, Otherwise, TokenRequest};
pub use unanswered::{Answers, answer, events, lane_stop, without_answers};

/// What is particular to a platform's HTTP.
#[derive(Debug)]
pub struct Dialect {
    /// How calls are authorised.
    pub authorization: Authorization,
    /// The settings to look at when the credentials are refused.
    pub setting: &'static str,
    /// Headers of every call (`AI-Client-Type`).
    pub headers: &'static [(&'static str, &'static str)],
    /// Reads the platform's own error shape: status and body in, what it says out; `None` where the
    /// body has another shape.
    pub error_body: fn(u16, &[u8]) -> Option<Refusal>,
}

/// How calls are authorised: always a bearer header.
#[derive(Debug)]
pub enum Authorization {
    /// With this key.
    Key(Secret),
    /// With a token that is fetched first, kept for its lifetime, and fetched once more after a 401.
    Token(TokenRequest),
}

/// The HTTP of one connection. Cheap to share by reference; holds at most 8 calls in flight.
#[derive(Debug)]
pub struct Http {
    base: Url,
    peer: Peer,
    headers: &'static [(&'static str, &'static str)],
    bearer: Bearer,
    lines: Lines,
    budget: Budget,
}

#[derive(Debug)]
enum Bearer {
    Key(Secret),
    Tokens(Box<Tokens>),
}

impl Http {
    /// Opens it. Contacts nobody; fails where the machine or `ca_file` gives nothing to trust (N34).
    pub fn open(connection: &Connection, dialect: Dialect) -> Result<Self, PlatformError> {
        let base = connection.base_url.clone();
        let token_url = match &dialect.authorization {
            Authorization::Token(request) => &request.url,
            Authorization::Key(_) => &base,
        };
        let lines = Lines::open(token_url, connection)?;
        let peer = |url: &Url, shapes| Peer {
            platform: connection.platform,
            host: line::named(url),
            setting: dialect.setting,
            hidden: Hidden::of(&connection.credentials),
            shapes,
        };
        let own_peer = peer(&base, vec![dialect.error_body]);
        let bearer = match dialect.authorization {
            Authorization::Key(key) => Bearer::Key(key),
            Authorization::Token(request) => {
                let peer = peer(&request.url, vec![dialect.error_body, token::oauth_error]);
                Bearer::Tokens(Box::new(Tokens::new(request, peer)))
            }
        };
        Ok(Self {
            base,
            peer: own_peer,
            headers: dialect.headers,
            bearer,
            lines,
            budget: Budget::full(),
        })
    }

    /// A read: tried up to 3 times on transport failures, 5xx, and a 429 that says how long to wait, while
    /// the connection's retry budget lasts; a 401 brings one new token. Anything but a whole 2xx is an
    /// error. A time limit ends it, and so does a server that asks for more than 20 s of patience.
    pub async fn read(&self, call: Call) -> Result<Reply, PlatformError> {
        if let Some(failure) = self.unsendable(&call) {
            return Err(failure.error);
        }
        let authorised = || async {
            match self.once(Purpose::Read, &call, true).await {
                Err(refused) if refused.fate == Fate::Renewed => {
                    self.once(Purpose::Read, &call, false).await
                }
                answer => answer,
            }
        };
        let answer = authorised
            .retry(retry::pauses())
            .when(Failure::is_passing)
            .adjust(|failure, own| self.pause(failure, own?))
            .await;
        let reply = answer.map_err(|failure| failure.error)?;
        self.budget.earn();
        Ok(reply)
    }

    /// How many requests left in the last minute, tries and sign-ins included.
    pub fn requests_a_minute(&self) -> usize {
        self.lines.requests_a_minute()
    }

    /// Waits until fewer than so many requests have left in the last minute, for reads that can wait where the
    /// platform limits how many it takes.
    pub async fn calm(&self, most: usize) {
        self.lines.calm(most).await;
    }

    fn pause(&self, failure: &Failure, own: Duration) -> Option<Duration> {
        let pause = retry::pause(failure.asked_wait, own)?;
        self.budget.take().then_some(pause)
    }

    /// Fetches the first token, again where a connection was cut; does nothing where calls carry a key. Says
    /// whether there is a token.
    pub async fn sign_in(&self) -> Result<bool, PlatformError> {
        let Bearer::Tokens(tokens) = &self.bearer else {
            return Ok(false);
        };
        let is_cut = |failure: &Failure| matches!(failure.error, PlatformError::Cut { .. });
        let signed_in = (|| tokens.pass(&self.lines))
            .retry(retry::pauses())
            .when(is_cut)
            .await;
        signed_in.map(|_| true).map_err(|failure| failure.error)
    }

    /// How many seconds the server's clock is ahead of ours, by the `Date` of the first answer.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.lines.clock_ahead()
    }

    /// A change: sent at most 3 times, and again only where the server provably did nothing. Ends with
    /// exactly one [`Sending::Ended`].
    pub fn change(&self, call: Call) -> BoxStream<'_, Sending> {
        change::send(self, call)
    }

    /// The path that a call's URL has, with the base URL's own.
    pub fn path_of(&self, call: &Call) -> String {
        call.url(&self.base).path().to_owned()
    }

    fn unsendable(&self, call: &Call) -> Option<Failure> {
        let segment = call.vanishing_segment()?;
        Some(line::not_addressable(segment, &self.peer.host))
    }

    /// Sends a call once. A 401 brings a new token for the next time, where the call `may_renew` it.
    async fn once(&self, purpose: Purpose, call: &Call, may_renew: bool) -> Result<Reply, Failure> {
        let tokens = match &self.bearer {
            Bearer::Key(key) => return self.send(purpose, call, key).await,
            Bearer::Tokens(tokens) => tokens,
        };
        let pass = tokens.pass(&self.lines).await?;
        let refused = match self.send(purpose, call, &pass.bearer).await {
            Err(failure) if failure.is_unauthorized() && may_renew => failure,
            answer => {
                if answer.is_ok() {
                    tokens.accepted(&pass);
                }
                return answer;
            }
        };
        // The call itself was refused, whatever hinders the next token.
        Err(match tokens.renew(&self.lines, &pass).await {
            Ok(true) => Failure {
                fate: Fate::Renewed,
                ..refused
            },
            Err(renewal) if renewal.is_unauthorized() => Failure {
                error: renewal.error,
                ..refused
            },
            Ok(false) | Err(_) => refused,
        })
    }

    async fn send(&self, purpose: Purpose, call: &Call, bearer: &Secret) -> Result<Reply, Failure> {
        let url = call.url(&self.base);
        let mut request = self.lines.request(purpose, call.method, url);
        let own = call
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        for (name, value) in self.headers.iter().copied().chain(own) {
            request = request.header(name, value);
        }
        if let Some((content_type, body)) = &call.body {
            request = request
                .header("content-type", *content_type)
                .body(body.clone());
        }
        let request = request.bearer_auth(bearer.expose());
        self.lines.exchange(purpose, request, &self.peer).await
    }
}
