//! Parses the arguments, calls the library, turns the result into an exit status.

use std::process::ExitCode;

use centurion::cli::{self, Arguments};

fn main() -> ExitCode {
    match cli::run(Arguments::of_process()) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            cli::complain(&failure);
            ExitCode::from(failure.status())
        }
    }
}
