//! Kubiya Agent Control Plane (`specs/kubiya.md`): executions of AI agents, ended by batch terminate.
//!
//! - `client` carries out [`crate::platforms::Platform`] over HTTP; `listing` walks the pages of one source
//! - `wire` and `words` are what the service sends; `refusal` reads its error bodies
//! - `rows` makes rows of it, `rules` says what each status allows, `answers` what an answer means for each id
//! - `inspect` asks for the document and the messages of one execution
//! - `simulator` stands in for the service. It shares nothing with the files above

mod answers;
mod client;
mod inspect;
mod listing;
mod refusal;
mod rows;
mod rules;
mod simulator;
mod wire;
mod words;

use crate::domain::connection::PlatformId;
use crate::platforms::Entry;

/// The way in.
pub static ENTRY: Entry = Entry {
    id: PlatformId::Kubiya,
    open: client::open,
    answers: client::answered,
    verbs: &rules::VERBS,
    simulated: &simulator::SIMULATED,
};
