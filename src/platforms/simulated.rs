//! Starts the simulator with every platform in it: the engine itself knows none.

use std::io;

use super::ALL;
use crate::simulator::{Options, Simulator};

impl Simulator {
    /// Binds the port and serves every platform on it. Must be called inside a Tokio runtime.
    ///
    /// Refuses an address that others could reach (C12) and a speed at which time would not move.
    pub fn start(options: Options) -> io::Result<Self> {
        Self::serving(options, &ALL.map(|entry| entry.simulated))
    }
}
