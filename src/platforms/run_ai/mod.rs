//! NVIDIA Run:ai, by `specs/run-ai.md` and the client's page on the workloads batch.
//!
//! | file | what it settles |
//! |---|---|
//! | `client.rs` | the calls: list, read, change |
//! | `sign_in.rs` | the token call, and the error shape of every answer |
//! | `listing.rs` | paging: offsets, repeats, when a listing is incomplete |
//! | `wire.rs` | the JSON of workloads, whatever is missing or odd in it |
//! | `row.rs` | the row a workload becomes |
//! | `rules.rs` | verbs, phases, and what each action would do to a row |
//! | `batch.rs` | the batch call, and its answer for each id |
//! | `refusal.rs` | what a refusal is about, and how a server without the batch call is recognised |
//! | `inspect.rs` | the workload's document, history, pods and events |
//! | `singles.rs` | one call for each workload, where there is no batch |
//! | `simulator/` | a server to try all that on; shares nothing with the files above |

mod batch;
mod client;
mod inspect;
mod listing;
mod refusal;
mod row;
mod rules;
mod sign_in;
mod simulator;
mod singles;
mod wire;

use crate::domain::connection::PlatformId;
use crate::platforms::Entry;

/// Run:ai's way into the program.
pub static ENTRY: Entry = Entry {
    id: PlatformId::RunAi,
    open: client::open,
    answers: batch::answered,
    verbs: &rules::VERBS,
    simulated: &simulator::SIMULATED,
};
