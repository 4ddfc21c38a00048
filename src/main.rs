//! Parses the arguments, calls the library, turns the result into an exit status.

use std::process::ExitCode;

use centurion::cli::{self, Arguments};
use clap::Parser as _;

fn main() -> ExitCode {
    match cli::run(Arguments::parse()) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            cli::complain(&failure);
            ExitCode::from(failure.status())
        }
    }
}
