//! The dashboard, on real connections or on the demo.

use std::env;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::panic;
use std::path::PathBuf;
use std::process::Command;

use crate::app::Setup;
use crate::cli::drill::Drills;
use crate::cli::{Failure, World};
use crate::config::{self, Environment, Wanted};
use crate::domain::connection::{Connection, ConnectionName, ReadOnly};
use crate::journal::Journal;
use crate::runtime::{self, Clock, Context, Ending, Reload};
use crate::ui::theme::Theme;

/// The dashboard on the configured connections.
pub(super) fn run(
    environment: &Environment,
    wanted: &Wanted<'_>,
    ascii: bool,
) -> Result<u8, Failure> {
    runtime::usable(variable("TERM").as_deref())?;
    let settings = config::load(environment, wanted)?;
    let file = settings
        .file
        .clone()
        .or_else(|| config::default_file(environment));
    let reload = reload(environment.clone(), wanted);
    let journal = settings
        .journal
        .map_or_else(Journal::nowhere, Journal::open);
    let start = Start {
        connections: settings.connections,
        journal,
        file,
        demo: false,
        refresh: settings.refresh,
        warnings: settings
            .unusable
            .iter()
            .map(|error| format!("not used: {error}"))
            .collect(),
    };
    match in_runtime(start.run(reload, ascii))? {
        Ending::Status(status) => Ok(status),
        Ending::Demo => Err(become_the_demo(wanted, ascii)),
    }
}

/// Goes on as `centurion demo`: anew, so that no thread of this run reads its keys.
fn become_the_demo(wanted: &Wanted<'_>, ascii: bool) -> Failure {
    let program = env::current_exe().unwrap_or_else(|_| "centurion".into());
    let flags = [(ascii, "--ascii"), (wanted.read_only, "--read-only")];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
    let mut demo = Command::new(program);
    demo.arg("demo").args(flags.map(|(_, flag)| flag));
    Failure::Machine("`centurion demo` did not start", demo.exec())
}

/// The dashboard on a simulator inside this program.
pub(super) fn demo(
    environment: &Environment,
    wanted: &Wanted<'_>,
    world: &World,
    ascii: bool,
) -> Result<u8, Failure> {
    runtime::usable(variable("TERM").as_deref())?;
    let journal = config::demo_journal(environment).map_or_else(Journal::nowhere, Journal::open);
    in_runtime(async {
        let simulator = world.start(SocketAddr::from(([127, 0, 0, 1], 0)), "demo")?;
        let mut connections = simulator.connections();
        if config::is_read_only(environment, wanted) {
            for connection in &mut connections {
                connection.read_only = ReadOnly::ByRun;
            }
        }
        let again = connections.clone();
        let reload: Reload = Box::new(move |name| again.iter().find(|c| c.name == *name).cloned());
        let refresh = std::time::Duration::from_secs(5);
        let start = Start {
            connections,
            journal,
            file: None,
            demo: true,
            refresh,
            warnings: Vec::new(),
        };
        match start.run(reload, ascii).await? {
            Ending::Status(status) => Ok(status),
            Ending::Demo => Ok(0),
        }
    })
}

/// Reads configuration and secrets again, for a new sign-in.
fn reload(environment: Environment, wanted: &Wanted<'_>) -> Reload {
    let (file, read_only) = (wanted.file.map(PathBuf::from), wanted.read_only);
    Box::new(move |name: &ConnectionName| {
        let wanted = Wanted {
            file: file.as_deref(),
            read_only,
        };
        let settings = config::load(&environment, &wanted).ok()?;
        settings
            .connections
            .into_iter()
            .find(|connection| connection.name == *name)
    })
}

/// Runs it to its end.
pub(super) fn in_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|error| Failure::Machine("no threads", error))?;
    let status = runtime.block_on(work);
    // A helper command or a disk that hangs must not keep the program from ending.
    runtime.shutdown_background();
    status
}

/// What a dashboard starts with.
struct Start {
    connections: Vec<Connection>,
    journal: Journal,
    file: Option<PathBuf>,
    demo: bool,
    refresh: std::time::Duration,
    warnings: Vec<String>,
}

impl Start {
    async fn run(self, reload: Reload, ascii: bool) -> Result<Ending, Failure> {
        let clock = Clock::start();
        let (user, host) = (user(), host());
        let journal_problem = self
            .journal
            .check()
            .err()
            .map(|error| format!("nothing can be sent: {error}"));
        let setup = Setup {
            connections: self.connections.clone(),
            refresh: self.refresh,
            user: user.clone(),
            host: host.clone(),
            demo: self.demo,
            now: clock.now(),
            size: (80, 24),
            journal_problem,
            warnings: self.warnings,
            config_file: self.file.map(|file| super::shown(&file)),
        };
        let drills = Drills::of(&variable("CENTURION_DRILL").unwrap_or_default());
        complain_of_panics(drills.clone());
        let context = Context::new(
            &self.connections,
            self.journal.with_probe(drills.probe()),
            format!("{user}@{host}"),
            clock,
            reload,
        );
        let ended = runtime::run(setup, context, theme(ascii), || drills.at("draw")).await;
        let (ending, parting) =
            ended.map_err(|error| Failure::Machine("the terminal failed", error))?;
        for line in parting {
            super::say(&line);
        }
        Ok(ending)
    }
}

/// Words a panic for whoever was at the keyboard, clean (T6).
fn complain_of_panics(drills: Drills) {
    panic::set_hook(Box::new(move |about| {
        drills.at("hook");
        let place = about.location().map(ToString::to_string);
        let words = about.payload().downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| about.payload().downcast_ref::<&str>().copied());
        super::say(&format!(
            "a fault of the program at {}: {}; what was sent is in `centurion history`",
            place.unwrap_or_default(),
            words.unwrap_or("no reason given"),
        ));
    }));
}

fn theme(ascii: bool) -> Theme {
    Theme::new(colors(), !ascii && unicode())
}

/// Whether the locale can show more than ASCII.
pub(super) fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Whether colors are wanted.
pub(super) fn colors() -> bool {
    variable("NO_COLOR").is_none() && variable("CLICOLOR").as_deref() != Some("0")
}

fn user() -> String {
    variable("USER")
        .or_else(|| variable("LOGNAME"))
        .unwrap_or_else(|| "unknown".to_owned())
}

fn host() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

/// An environment variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
