//! Kubiya Agent Control Plane (`specs/kubiya.md`): executions of AI agents, ended by batch terminate.
//!
//! - `client` carries out [`Platform`] over HTTP; `listing` walks the pages of one source
//! - `wire` and `words` are what the service sends; `refusal` reads its error bodies
//! - `rows` makes rows of it, `rules` says what each status allows, `answers` what an answer means for each id
//! - `simulator` stands in for the service. It shares nothing with the files above

mod answers;
mod client;
mod listing;
mod refusal;
mod rows;
mod rules;
mod simulator;
mod wire;
mod words;

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::connection::{Connection, PlatformId};
use crate::domain::error::PlatformError;
use crate::platforms::{Entry, Platform};

/// The way in.
pub static ENTRY: Entry = Entry {
    id: PlatformId::Kubiya,
    open,
    verbs: &rules::VERBS,
    simulated: &simulator::SIMULATED,
};

fn open(connection: &Connection) -> Result<Arc<dyn Platform>, PlatformError> {
    Ok(Arc::new(client::Kubiya::open(connection)?))
}

/// The id by value, where it is a UUID with hyphens; letter case does not count (`specs/kubiya.md` 4).
fn uuid(id: &str) -> Option<Uuid> {
    let hyphenated = id.len() == 36;
    Uuid::try_parse(id).ok().filter(|_| hyphenated)
}
