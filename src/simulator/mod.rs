//! The engine the simulated platforms share: world, clock, faults, request record, server.
//!
//! It speaks bytes over HTTP and shares no wire type with the clients: a misread spec fails a test
//! instead of agreeing with itself. Each platform brings a `Simulated` with its routes and rules.

mod answers;
mod clock;
mod faults;
mod schedule;
mod server;
mod table;
mod tokens;
mod world;

use std::sync::Arc;

use axum::Router;

use crate::domain::connection::PlatformId;

pub(crate) use answers::{Answer, entries, header, member, merged};
pub(crate) use clock::Clock;
pub use faults::{Fault, Faults, InvalidFault, fault_help};
pub(crate) use faults::{IdFault, Switch};
pub use schedule::Schedule;
pub use server::{Options, Ready, Recorded, Simulator};
pub(crate) use table::{Table, drawn, uuid};
pub(crate) use tokens::Tokens;
pub(crate) use world::Agent;
pub(crate) use world::mixed;
pub use world::{Tenant, World};

/// What a platform's simulator gives to the engine.
#[derive(Debug)]
pub(crate) struct Simulated {
    /// Which platform it stands in for.
    pub id: PlatformId,
    /// Its routes over a state that it seeds itself from the world: one state for each of its tenants.
    pub routes: fn(&Arc<Engine>) -> Router,
    /// The error body for a route nobody serves below one of `paths`.
    pub not_found: fn() -> (u16, serde_json::Value),
    /// Path prefixes from the root (`/api/v1/executions`) that are this platform's: unknown routes below them
    /// answer in its error shape, and faults for the platform hold there. The longest prefix wins; what
    /// nobody claims is Run:ai's.
    pub paths: &'static [&'static str],
}

/// What the simulated platforms are given.
#[derive(Debug)]
pub(crate) struct Engine {
    /// Simulated time: runs `--speed` times as fast as the wall clock.
    pub clock: Clock,
    /// What exists: tenants, people, names; everything derived from the seed.
    pub world: World,
    /// Faults that change what is answered for single ids; faults of whole calls are handled before the routes.
    pub faults: Faults,
}
