//! Sending a change: at most three times, and again only where the server provably did nothing.

use std::time::Duration;

use backon::BackoffBuilder;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio_util::sync::CancellationToken;

use crate::domain::error::PlatformError;
use crate::domain::outcome::ChangeEvent;
use crate::domain::text::Clean;
use crate::platforms::http::answer::Reply;
use crate::platforms::http::failure::{Failure, Fate};
use crate::platforms::http::line::Purpose;
use crate::platforms::http::unique::Unique;
use crate::platforms::http::{Call, Http, retry};

tokio::task_local! {
    static STOP: CancellationToken;
}

/// Does work in which no change leaves any more once `stop` is cancelled: what waits for its turn, for a
/// token or for a rate limit does not go out. What has begun to leave is heard to its end.
pub async fn until_stopped<F: Future>(stop: CancellationToken, work: F) -> F::Output {
    STOP.scope(stop, work).await
}

/// What ends the work this call is made in; outside [`until_stopped`] nothing does.
pub(super) fn stop() -> CancellationToken {
    STOP.try_with(Clone::clone).unwrap_or_default()
}

/// How sending a change goes.
#[derive(Debug)]
pub enum Sending {
    /// The same call is sent again: after the wait that the server asked for, or with a new token.
    Meanwhile(ChangeEvent),
    /// The last event.
    Ended(Sent),
}

/// How sending a change ended.
#[derive(Debug)]
pub enum Sent {
    /// 2xx, whole; with JSON of unique members, where it has a body.
    Answered(Reply),
    /// The server refused the whole call and did nothing: any 4xx but 408, 401 and 429 after their resends.
    Refused(PlatformError),
    /// It may have been received and there is no usable answer: time limit, cut, unreadable, 3xx, 408, 5xx.
    Lost(PlatformError),
    /// Provably never received: host not found, connection refused, TLS, or no token.
    NotSent(PlatformError),
}

impl From<Result<Reply, Failure>> for Sent {
    fn from(answer: Result<Reply, Failure>) -> Self {
        let failure = match answer {
            // The empty answers are for the platforms to judge.
            Ok(reply) if reply.body.trim_ascii().is_empty() => return Self::Answered(reply),
            Ok(reply) => {
                let read = reply.json::<Unique>();
                return read.map_or_else(Self::Lost, |Unique| Self::Answered(reply));
            }
            Err(failure) => failure,
        };
        match failure.fate {
            Fate::Refused => Self::Refused(failure.error),
            // The credentials hold: they have just brought a token, with which nothing left any more.
            Fate::Renewed => Self::Refused(match failure.error {
                PlatformError::Unauthorized { said, .. } => PlatformError::Refused { said },
                error => error,
            }),
            Fate::Uncertain => Self::Lost(failure.error),
            Fate::NotReceived => Self::NotSent(failure.error),
        }
    }
}

/// A change between two of its sends.
struct Change {
    call: Call,
    sends_left: u32,
    wait: Duration,
    /// What the server said to the last send that it refused.
    refusal: Option<Failure>,
}

impl Change {
    async fn send(&mut self, http: &Http) -> Result<Reply, Failure> {
        self.sends_left -= 1;
        let renewed = |said: &Failure| said.fate == Fate::Renewed;
        let may_renew = self.sends_left > 0 && !self.refusal.as_ref().is_some_and(renewed);
        http.once(Purpose::Change, &self.call, may_renew).await
    }

    fn again(&mut self, wait: u64, refusal: Failure, event: ChangeEvent) -> Sending {
        self.wait = Duration::from_secs(wait);
        self.refusal = Some(refusal);
        Sending::Meanwhile(event)
    }

    /// Where the last send did not reach the server, what it said to an earlier one stands.
    fn end(&mut self, last: Result<Reply, Failure>) -> Sending {
        let end = match (last, self.refusal.take()) {
            (Err(last), Some(refusal)) if last.fate == Fate::NotReceived => Err(refusal),
            (last, _) => last,
        };
        Sending::Ended(end.into())
    }
}

/// The events of one change; nothing is sent before the first is asked for, and nothing more once the
/// stream is dropped.
pub(super) fn send(http: &Http, call: Call) -> BoxStream<'_, Sending> {
    if let Some(failure) = http.unsendable(&call) {
        return stream::iter([Sending::Ended(Err(failure).into())]).boxed();
    }
    let change = Change {
        call,
        sends_left: retry::SENDS,
        wait: Duration::ZERO,
        refusal: None,
    };
    let steps = stream::unfold(Some(change), |change| async {
        let mut change = change?;
        let event = step(http, &mut change).await;
        let ended = matches!(event, Sending::Ended(_));
        Some((event, (!ended).then_some(change)))
    });
    steps.boxed()
}

/// Sends until there is something to tell.
async fn step(http: &Http, change: &mut Change) -> Sending {
    let stop = stop();
    tokio::select! {
        () = tokio::time::sleep(change.wait) => {}
        () = stop.cancelled() => {
            let stopped = Failure::new(Fate::NotReceived, PlatformError::Stopped);
            return change.end(Err(stopped));
        }
    }
    let mut pauses = retry::pauses().build();
    loop {
        let failure = match change.send(http).await {
            Err(failure) if change.sends_left > 0 => failure,
            last => return change.end(last),
        };
        match failure.fate {
            Fate::Renewed => {
                let words = Clean::new("signed in again: the token had ended");
                return change.again(0, failure, ChangeEvent::Note(words));
            }
            Fate::Refused if failure.is_rate_limit() => {
                let sends = retry::SENDS - change.sends_left;
                let seconds = retry::wait_seconds(failure.asked_wait, sends);
                return change.again(seconds, failure, ChangeEvent::Waiting { seconds });
            }
            Fate::NotReceived if failure.is_unreached() => {
                let pause = pauses.next().unwrap_or_default();
                tokio::time::sleep(retry::jittered(pause)).await;
            }
            Fate::NotReceived | Fate::Refused | Fate::Uncertain => {
                return change.end(Err(failure));
            }
        }
    }
}
