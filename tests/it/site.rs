//! The real binary on a configuration file, over a simulator in the test's own process.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use centurion::domain::connection::PlatformId;
use centurion::journal::Journal;
use centurion::simulator::{Options, Recorded, Simulator, Tenant, World};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::canned::{Canned, Heard, Say};
use crate::pty::{Start, centurion};
use crate::wire::Wire;

/// Prints what a long run has done, or how it can be repeated.
#[expect(clippy::print_stdout, reason = "the counts of a run are its result")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A number that a variable sets, such as `CENTURION_SEED`; printed, so that the run can be repeated.
pub(crate) fn number(name: &str, usual: u64) -> u64 {
    let value = std::env::var(name).ok();
    let number = value.and_then(|value| value.parse().ok()).unwrap_or(usual);
    say(&format!("{name}={number}"));
    number
}

/// The file in which each helper command leaves its environment and its command line.
pub(crate) const HELPERS_SAW: &str = "secret-helpers-saw";

/// The variables in which the platforms' own tools keep secrets.
const TOOLS: [&str; 6] = [
    "AICORE_CLIENT_SECRET",
    "AICORE_KEY_STR",
    "AICORE_SERVICE_KEY",
    "KUBIYA_API_KEY",
    "RUNAI_CLIENT_SECRET",
    "VCAP_SERVICES",
];

/// What somebody in front of the simulator answers in its place.
type Front = Box<dyn Fn(&Heard) -> Option<Say> + Send + Sync>;

/// A simulated organisation, and a folder with a configuration of all its accounts and a journal.
pub(crate) struct Site {
    wire: Wire,
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) folder: TempDir,
    /// Where the configuration sends the program.
    url: String,
    _runtime: Runtime,
}

impl Site {
    pub(crate) fn new(options: Options) -> Self {
        Self::of(options, |_| true, None)
    }

    /// One with a single connection.
    pub(crate) fn with_only(options: Options, connection: &str) -> Self {
        Self::of(options, |tenant| tenant.name == connection, None)
    }

    /// One whose every request passes somebody who may answer it instead.
    pub(crate) fn behind(
        options: Options,
        says: impl Fn(&Heard) -> Option<Say> + Send + Sync + 'static,
    ) -> Self {
        Self::of(options, |_| true, Some(Box::new(says)))
    }

    fn of(options: Options, is_wanted: impl Fn(&Tenant) -> bool, front: Option<Front>) -> Self {
        let runtime = Runtime::new().expect("threads");
        let simulator = {
            let _inside = runtime.enter();
            Arc::new(Simulator::start(options).expect("a free port"))
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut url = simulator.url().to_owned();
        if let Some(says) = front {
            let behind = url.trim_start_matches("http://").to_owned();
            let say = move |heard: &Heard, _| says(heard).unwrap_or_else(|| heard.pass_on(&behind));
            let front = runtime.block_on(Canned::start(say));
            let root = front.url("http", "").origin();
            url = root.ascii_serialization();
        }
        let site = Self {
            wire: Wire::new(&simulator, folder.path().join("journal")),
            simulator,
            folder,
            url,
            _runtime: runtime,
        };
        fs::set_permissions(site.folder.path(), fs::Permissions::from_mode(0o700)).expect("ours");
        let mut text = "refresh = \"5s\"\n".to_owned();
        let tenants = World::of(options.seed, options.rows).tenants;
        let numbered = tenants.iter().enumerate();
        for (number, tenant) in numbered.filter(|(_, tenant)| is_wanted(tenant)) {
            text.push_str(&site.connection(number, tenant));
        }
        fs::write(site.path("config.toml"), text).expect("writable");
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Its secret comes from a file, a helper command or a variable, in turn.
    fn connection(&self, number: usize, tenant: &Tenant) -> String {
        let file = self.path(&format!("secret-{number}"));
        fs::write(&file, &tenant.secret).expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
        let helper = self.path(&format!("helper-{number}"));
        let (seen, from) = (self.shown(HELPERS_SAW), file.display());
        let look = format!(
            "tr '\\0' '\\n' < /proc/$$/environ >> '{seen}'\ntr '\\0' '\\n' < /proc/$$/cmdline >> '{seen}'"
        );
        fs::write(&helper, format!("{look}\ncat '{from}'\n")).expect("writable");
        let (file, helper) = (file.to_string_lossy(), helper.to_string_lossy());
        let secret = match number % 3 {
            0 => format!("{{ file = {file:?} }}"),
            1 => format!("{{ command = [\"/bin/sh\", {helper:?}] }}"),
            _ => format!("{{ env = \"SECRET_{number}\" }}"),
        };
        let (url, word) = (&self.url, tenant.platform.config_word());
        let mut text = format!(
            "[[connection]]\nname = {:?}\nplatform = {word:?}\n",
            tenant.name
        );
        let id = &tenant.client_id;
        // Writing to a string does not fail.
        let _ = match tenant.platform {
            PlatformId::SapAiCore => writeln!(
                text,
                "url = \"{url}/v2\"\nauth_url = \"{url}/oauth/token\"\nclient_id = {id:?}\n\
                 scopes = {:?}\nclient_secret = {secret}",
                tenant.scopes
            ),
            PlatformId::RunAi => {
                writeln!(
                    text,
                    "url = {url:?}\nclient_id = {id:?}\nclient_secret = {secret}"
                )
            }
            PlatformId::Kubiya => writeln!(text, "url = {url:?}\napi_key = {secret}"),
        };
        text
    }

    /// The variables that the program needs here.
    fn variables(&self) -> Vec<(String, String)> {
        let secret = |number: usize| {
            let secret = fs::read_to_string(self.path(&format!("secret-{number}")));
            Some((format!("SECRET_{number}"), secret.ok()?))
        };
        let folders = [
            ("CENTURION_CONFIG", "config.toml"),
            ("CENTURION_JOURNAL", "journal"),
        ];
        let folders = folders.map(|(name, file)| (name.to_owned(), self.shown(file)));
        // Those of the platforms' tools are not read here, but they are there.
        let foreign = TOOLS.map(|name| Some((name.to_owned(), secret(0)?.1)));
        folders
            .into_iter()
            .chain((2..9).step_by(3).filter_map(secret))
            .chain(foreign.into_iter().flatten())
            .collect()
    }

    /// The dashboard, to be started in a terminal.
    pub(crate) fn dashboard(&self) -> Start {
        let start = centurion(&[]);
        let variables = self.variables().into_iter();
        variables.fold(start, |start, (name, value)| start.variable(&name, &value))
    }

    /// What a command that needs no terminal prints, on both of its outputs.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_centurion"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", "/usr/bin:/bin")
            .envs(self.variables())
            .stdin(Stdio::null())
            .output();
        let output = output.expect("the binary runs");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    pub(crate) fn journal(&self) -> Journal {
        Journal::open(self.path("journal"))
    }

    /// What the simulator received that changes something, oldest first.
    pub(crate) fn changes(&self) -> Vec<Recorded> {
        self.wire.changes()
    }

    /// Fails where an id left that was not confirmed, or left again.
    pub(crate) fn assert_confirmed(&self) {
        self.wire.assert_confirmed();
    }
}
