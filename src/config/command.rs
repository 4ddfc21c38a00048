//! Runs a helper command that prints a secret (C5): no input, no terminal, a time limit.

use std::io;
use std::io::Read as _;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::config::environment::Environment;
use crate::config::secret::{LARGEST, SecretFault};
use crate::config::system;
use crate::domain::text::Clean;

/// How often an unfinished helper is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// What the command prints. Its error output is dropped: it may hold what it failed to hide.
pub(super) fn output(
    command: &[String],
    environment: &Environment,
    limit: Duration,
) -> Result<Vec<u8>, SecretFault> {
    let failed = |error: io::Error| format!("cannot be run: {}", Clean::new(&error.to_string()));
    let mut child = start(command, environment).map_err(failed)?;
    let stdout = child.stdout.take().expect("standard output is piped");
    let reader = thread::spawn(move || read(stdout));
    let Some(status) = wait(&mut child, &reader, limit) else {
        system::end(&mut child);
        return Err(format!("did not end within {limit:?} and was stopped"));
    };
    let bytes = reader
        .join()
        .expect("reading does not panic")
        .map_err(failed)?;
    match (status.success(), status.code()) {
        (true, _) => Ok(bytes),
        (false, Some(code)) => Err(format!(
            "ended with exit status {code}; run it by hand to see why"
        )),
        (false, None) => Err("was ended by a signal".to_owned()),
    }
}

fn start(command: &[String], environment: &Environment) -> io::Result<Child> {
    let (program, arguments) = command
        .split_first()
        .expect("a command was read with a program");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment.for_helpers());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    system::apart(&mut command);
    command.spawn()
}

fn read(stdout: ChildStdout) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stdout.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The status, once the child has ended and closed its output; `None` where that takes too long.
fn wait(
    child: &mut Child,
    reader: &JoinHandle<io::Result<Vec<u8>>>,
    limit: Duration,
) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        if let (true, Ok(Some(status))) = (reader.is_finished(), child.try_wait()) {
            return Some(status);
        }
        if start.elapsed() >= limit {
            return None;
        }
        thread::sleep(LOOK);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_helper_that_hangs_is_ended_with_its_children() {
        let started = Instant::now();
        let command = ["sh", "-c", "sleep 300 & wait"].map(str::to_owned);
        let nothing: [(&str, &str); 0] = [];
        let environment = Environment::from_pairs(nothing, Path::new("/nowhere"));
        let result = output(&command, &environment, Duration::from_millis(50));
        let told = "did not end within 50ms and was stopped";
        assert_eq!(result, Err(told.to_owned()));
        assert!(started.elapsed() < Duration::from_secs(60));
    }
}
