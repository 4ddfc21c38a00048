//! Everything that speaks to a platform: one folder each, behind one trait.
//!
//! A platform knows its wire format, its rules and its simulator. It knows nothing of the screen,
//! of batches, or of other platforms. What it returns is clean text and plain data of the domain.

pub mod http;
pub mod kubiya;
mod listing;
mod loose;
mod parts;
pub mod run_ai;
pub mod sap_ai_core;
mod simulated;

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::{self, BoxFuture, FutureExt};
use futures_util::stream::BoxStream;

use crate::domain::action::Verb;
use crate::domain::connection::{Connection, PlatformId};
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::outcome::ChangeEvent;
use crate::domain::plan::Request;
use crate::domain::resource::{Key, Page, Reading, Source};
use crate::platforms::http::{Call, Http};
use crate::simulator::Simulated;

/// One connection of a platform.
pub trait Platform: Debug + Send + Sync {
    /// The connection it speaks for.
    fn connection(&self) -> &Connection;

    /// What the connection is listed by; asks the platform where the configuration says `"*"` and one
    /// listing cannot cover everything.
    fn sources(&self) -> BoxFuture<'_, Result<Vec<Arc<Source>>, PlatformError>> {
        let known = self.connection().known_sources();
        future::ready(Ok(known.expect("one listing covers everything"))).boxed()
    }

    /// All rows of a source, page by page, all statuses. Ends after an error, or after 100,000 rows
    /// with a notice that says so. An id comes once, however pages shift (L1, L2).
    fn list<'a>(&'a self, source: &'a Arc<Source>) -> BoxStream<'a, Result<Page, PlatformError>>;

    /// One row by its id.
    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Reading, PlatformError>>;

    /// What the platform tells of one row beyond its listing, each part as it comes; each fails alone.
    fn inspect<'a>(&'a self, key: &'a Key, inquiry: Inquiry) -> BoxStream<'a, Part>;

    /// Carries out one request: exactly one [`ChangeEvent::Answered`] for each id in it, as they come.
    /// Sends again by itself only where the server provably did nothing (`RELIABILITY.md` 3).
    fn change<'a>(&'a self, request: &'a Request) -> BoxStream<'a, ChangeEvent>;

    /// What [`Platform::change`] would put on the wire, without secrets.
    fn preview(&self, request: &Request) -> Preview;

    /// How many rows one page of [`Platform::list`] holds.
    fn page_size(&self) -> usize;

    /// Its HTTP, to sign in without listing anything.
    fn http(&self) -> &Http;

    /// How many rows a change of that source may name at once, in words; asks the platform where it tells.
    fn bulk<'a>(&'a self, source: &'a Source)
    -> BoxFuture<'a, Result<&'static str, PlatformError>>;

    /// What an account must be given to list and to change.
    fn roles(&self) -> &'static str;
}

/// A request as it would leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// `PATCH`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Path below the host, with the base URL's own path.
    pub path: String,
    /// Headers beside the credential and the content type (`AI-Resource-Group`).
    pub headers: Vec<(&'static str, String)>,
    /// Content type and body; `None` where there is no body.
    pub body: Option<(&'static str, serde_json::Value)>,
}

impl Preview {
    fn of(http: &Http, call: Call) -> Self {
        let json = |(content_type, bytes): (&'static str, Vec<u8>)| {
            Some((content_type, serde_json::from_slice(&bytes).ok()?))
        };
        Self {
            method: call.method,
            path: http.path_of(&call),
            headers: call.headers,
            body: call.body.and_then(json),
        }
    }
}

/// One platform's way into the program.
#[derive(Debug)]
pub struct Entry {
    /// Which one.
    pub id: PlatformId,
    /// Opens a client for a connection. Contacts nobody.
    pub open: fn(&Connection) -> Result<Arc<dyn Platform>, PlatformError>,
    /// What a whole 2xx reply to a request says of each id. Asks nobody, so any reply can be tried on it.
    pub answers: http::Answers,
    /// All its verbs, so that a journal can name one.
    pub verbs: &'static [&'static Verb],
    /// Its simulator.
    pub(crate) simulated: &'static Simulated,
}

/// Every platform; the only list of them.
pub static ALL: [&Entry; 3] = [&sap_ai_core::ENTRY, &run_ai::ENTRY, &kubiya::ENTRY];

fn entry(id: PlatformId) -> &'static Entry {
    let entry = ALL.into_iter().find(|entry| entry.id == id);
    entry.expect("ALL names every platform")
}

/// Opens the client for a connection.
pub fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    (entry(connection.platform).open)(connection)
}

/// The verb that a platform's journal line means by the words for step and verb.
pub fn verb(platform: PlatformId, step: &str, word: &str) -> Option<&'static Verb> {
    let mut verbs = entry(platform).verbs.iter().copied();
    verbs.find(|verb| verb.step.word() == step && verb.word == word)
}
