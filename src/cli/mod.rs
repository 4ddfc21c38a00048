//! Arguments and subcommands. The only place that reads the environment and prints.

mod dashboard;
mod doctor;
mod drill;
mod history;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::config::{self, ConfigError, Environment, Wanted};
use crate::domain::export::Format;
use crate::domain::text::Clean;
use crate::journal::{Journal, JournalError};
use crate::runtime::Refusal;
use crate::simulator::{self, Faults, InvalidFault, Options, Simulator};

/// Stops, deletes and resumes work on SAP AI Core, NVIDIA Run:ai and Kubiya, up to a hundred rows at a time.
///
/// Without a command: the dashboard on the configured connections, or on those found in the environment.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The configuration file [default: config.toml in the configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Refuse every change, whatever the configuration says (also: `CENTURION_READ_ONLY`)
    #[arg(long, global = true)]
    read_only: bool,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    ascii: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The dashboard on a simulated organisation; contacts nobody, needs nothing
    Demo(World),
    /// Only the simulator of the three platforms, for other clients; prints a line of JSON when ready
    #[command(after_long_help = simulator::fault_help())]
    Simulate {
        /// The loopback address to listen on; port 0 picks a free one
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        #[command(flatten)]
        world: World,
    },
    /// The batches of this machine, newest first, or one of them row by row
    History {
        /// A batch by its name, such as 2026-11-22-0007
        batch: Option<String>,
        /// Print that batch for other programs or for a note
        #[arg(long, requires = "batch")]
        format: Option<Form>,
        /// Those of the demo
        #[arg(long)]
        demo: bool,
    },
    /// Checks settings, names, sign-in, what may be listed and changed, clock and terminal; changes nothing.
    /// Ends with 1 where something fails, with 2 where the configuration cannot be read
    Doctor,
    /// The configuration file: a sample, a check, its place
    #[command(subcommand)]
    Config(ConfigCommand),
    /// A completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Write a commented sample where there is no file yet
    Init,
    /// Read the file and the environment, say what each value is and where it comes from
    Check,
    /// Print where the file is looked for
    Path,
}

/// How a batch is printed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Form {
    /// A table for spreadsheets
    Csv,
    /// Facts, counts and rows for programs
    Json,
    /// A Markdown block for an incident note
    Md,
}

impl Form {
    const fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Json => Format::Json,
            Self::Md => Format::Markdown,
        }
    }
}

/// A simulated world.
#[derive(Clone, Debug, Args)]
pub(crate) struct World {
    /// How many rows there are
    #[arg(long, default_value_t = 400)]
    rows: usize,
    /// What everything is derived from; the same seed brings the same world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How fast simulated time runs
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Faults: the name of a set, or a JSON array as POST /_simulator/faults takes it; `simulate --help`
    /// lists them
    #[arg(long, value_name = "SET")]
    faults: Option<String>,
}

/// Why a command ended without doing what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no usable terminal.
    #[error(transparent)]
    Terminal(#[from] Refusal),
    /// `--faults` is wrong.
    #[error("--faults: {0}")]
    Faults(#[from] InvalidFault),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// `config init` would overwrite a file.
    #[error("{0} is there already; it was not touched")]
    Exists(Clean),
    /// There is no folder for the configuration.
    #[error("there is no home folder; name the configuration file with --config")]
    NoHome,
    /// Something of the machine failed.
    #[error("{0}: {1}")]
    Machine(&'static str, #[source] io::Error),
}

impl Failure {
    /// 2 for usage, configuration or no usable terminal, 1 for the rest (`PRODUCT.md` 2).
    pub const fn status(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Terminal(_)
            | Self::Faults(_)
            | Self::Exists(_)
            | Self::NoHome => 2,
            Self::Journal(_) | Self::Machine(..) => 1,
        }
    }
}

/// Does what the arguments ask for and says with which status to end.
pub fn run(arguments: Arguments) -> Result<u8, Failure> {
    no_core_dumps();
    let environment = Environment::of_process();
    let wanted = Wanted {
        file: arguments.config.as_deref(),
        read_only: arguments.read_only,
    };
    match arguments.command {
        None => dashboard::run(&environment, &wanted, arguments.ascii),
        Some(Command::Demo(world)) => {
            dashboard::demo(&environment, &wanted, &world, arguments.ascii)
        }
        Some(Command::Simulate { listen, world }) => simulate(listen, &world),
        Some(Command::History {
            batch,
            format,
            demo,
        }) => {
            let folder = if demo {
                config::demo_journal(&environment)
            } else {
                journal_folder(&environment, &wanted)
            };
            let journal = folder.map_or_else(Journal::nowhere, Journal::open);
            match (batch, format) {
                (Some(batch), Some(form)) => {
                    write(history::export(&journal, &batch, form.format())?.as_bytes())
                }
                (batch, _) => print(&history::lines(&journal, batch.as_deref())?),
            }
        }
        Some(Command::Doctor) => doctor::run(&environment, &wanted),
        Some(Command::Config(command)) => configuration(&environment, &wanted, &command),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "centurion", &mut script);
            write(&script)
        }
    }
}

/// Where batches are journaled. The past is needed most when the configuration is broken.
fn journal_folder(environment: &Environment, wanted: &Wanted<'_>) -> Option<PathBuf> {
    match config::load(environment, wanted) {
        Ok(settings) => settings.journal,
        Err(error) => {
            complain(&Failure::Config(error));
            config::usual_journal(environment)
        }
    }
}

/// A core dump would hold tokens and keys (C10).
fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Where the system refuses this, it also refuses dumps by its own rules or it is not in our hands.
    let _ = setrlimit(Resource::Core, none);
}

impl World {
    /// Starts the simulator with the faults asked for, else with those of `usual`.
    pub(crate) fn start(&self, listen: SocketAddr, usual: &str) -> Result<Simulator, Failure> {
        let faults = Faults::parse(self.faults.as_deref().unwrap_or(usual))?;
        let simulator = Simulator::start(Options {
            listen,
            rows: self.rows,
            seed: self.seed,
            speed: self.speed,
        });
        let simulator =
            simulator.map_err(|error| Failure::Machine("the simulator did not start", error))?;
        simulator.install(faults);
        Ok(simulator)
    }
}

fn simulate(listen: SocketAddr, world: &World) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|error| Failure::Machine("no threads", error))?;
    runtime.block_on(async {
        let simulator = world.start(listen, "none")?;
        let ready = serde_json::to_string(&simulator.ready())
            .expect("its fields are text and lists of text");
        print(&[ready])?;
        let stopped = tokio::signal::ctrl_c().await;
        stopped.map_err(|error| Failure::Machine("no signals", error))?;
        Ok(0)
    })
}

fn configuration(
    environment: &Environment,
    wanted: &Wanted<'_>,
    command: &ConfigCommand,
) -> Result<u8, Failure> {
    let file = wanted
        .file
        .map(PathBuf::from)
        .or_else(|| config::default_file(environment));
    match command {
        ConfigCommand::Check => {
            let settings = config::load(environment, wanted)?;
            print(&config::explain(&settings))?;
            Ok(u8::from(!settings.unusable.is_empty()))
        }
        ConfigCommand::Path => print(&[shown(&file.ok_or(Failure::NoHome)?)]),
        ConfigCommand::Init => {
            let file = file.ok_or(Failure::NoHome)?;
            write_sample(&file)?;
            print(&[format!(
                "wrote {}; its connections are read-only until you change that",
                shown(&file)
            )])
        }
    }
}

fn write_sample(file: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Exists(Clean::new(&shown(file))),
        _ => Failure::Machine("the sample could not be written", error),
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut out = options.open(file).map_err(failed)?;
    out.write_all(config::SAMPLE.as_bytes()).map_err(failed)
}

fn shown(path: &Path) -> String {
    Clean::new(&path.to_string_lossy()).to_string()
}

fn print(lines: &[String]) -> Result<u8, Failure> {
    write((lines.join("\n") + "\n").as_bytes())
}

/// Writes to standard output. A reader that has gone away (`| head`) is no failure.
fn write(bytes: &[u8]) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Machine("standard output", error))
        }
        Ok(()) | Err(_) => Ok(0),
    }
}

/// Prints why a command failed, with its causes, on standard error; every text clean (T6).
pub fn complain(failure: &Failure) {
    let mut words = failure.to_string();
    let mut cause = std::error::Error::source(failure);
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    say(&words);
}

/// Prints a line on standard error, clean.
fn say(words: &str) {
    // It may be closed; then nobody wants to know.
    let _ = writeln!(io::stderr().lock(), "centurion: {}", Clean::new(words));
}
