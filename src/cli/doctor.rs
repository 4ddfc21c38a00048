//! `centurion doctor`: a line for each connection and step; one that fails says what to do. It only reads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use url::Url;

use crate::cli::{Failure, dashboard};
use crate::config::{self, Environment, Finding, Settings, Wanted};
use crate::domain::connection::{Connection, ReadOnly};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Scope, Source};
use crate::domain::text::Clean;
use crate::domain::time::long_span;
use crate::journal::Journal;
use crate::platforms::{self, Platform};
use crate::runtime::{self, Refusal};

use self::Verdict::{Fail, Warn, Well};

/// Connections that are checked at the same time.
const AT_ONCE: usize = 8;

/// A clock that is off by more makes ages and waits wrong.
const CLOCK_OFF: u64 = 60;

/// Checks everything and prints a block each, in the order of the configuration; 1 where something failed.
pub(super) fn run(environment: &Environment, wanted: &Wanted<'_>) -> Result<u8, Failure> {
    let settings = config::load(environment, wanted)?;
    let mut failed = files(&settings).print()?;
    let connections = settings.connections.iter();
    dashboard::in_runtime(async {
        let checks = connections.map(|connection| check(connection, &settings.findings));
        let mut blocks = stream::iter(checks).buffered(AT_ONCE);
        while let Some(block) = blocks.next().await {
            failed |= block.print()?;
        }
        failed |= terminal().print()?;
        Ok(u8::from(failed))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    Warn,
    Fail,
}

const NETWORK: &str = "check `url` and its port, the VPN, HTTPS_PROXY and NO_PROXY";
const REVOKED: &str =
    "a revoked or expired one has to be replaced where the settings above say it is from";
const UNEXPECTED: &str = "show this to those who run the platform";
const LATER: &str = "try again in some minutes, the trouble is on its side";

/// What was found of one thing.
struct Block {
    heading: String,
    lines: Vec<(Verdict, &'static str, String)>,
}

impl Block {
    fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            lines: Vec::new(),
        }
    }

    fn add(&mut self, verdict: Verdict, step: &'static str, words: impl Into<String>) {
        self.lines.push((verdict, step, words.into()));
    }

    /// A call that failed: at its own step where the error tells it, else at `step`; and what to do about it
    /// where it does not say so itself.
    fn failed(&mut self, step: &'static str, what: &str, error: &PlatformError, to: &dyn Platform) {
        let Connection {
            platform, base_url, ..
        } = to.connection();
        let needs = format!("the account needs {}", to.roles());
        let wrong = format!(
            "{base_url} does not answer as {platform} does: wrong `url`, or a portal before it"
        );
        let (step, to_do) = match error {
            PlatformError::HostNotFound { .. } => ("name", ""),
            PlatformError::Tls { .. } | PlatformError::Trust { .. } => ("tls", ""),
            PlatformError::Unreachable { .. }
            | PlatformError::Stopped
            | PlatformError::TimedOut { .. } => ("connect", NETWORK),
            PlatformError::Unauthorized { .. } => ("sign-in", REVOKED),
            PlatformError::Cut { .. } => (step, NETWORK),
            PlatformError::Forbidden { .. } => (step, needs.as_str()),
            PlatformError::Redirected { .. } => (step, ""),
            // The client has found out what is wrong.
            PlatformError::Refused { said } if said.status == 403 => (step, ""),
            PlatformError::Refused { said } if said.status != 404 => (step, UNEXPECTED),
            PlatformError::NotAnApi { .. }
            | PlatformError::Unreadable { .. }
            | PlatformError::TooLarge { .. }
            | PlatformError::Refused { .. } => (step, wrong.as_str()),
            PlatformError::RateLimited { .. } | PlatformError::ServerFailed { .. } => (step, LATER),
        };
        let before = if to_do.is_empty() { "" } else { "; " };
        self.add(Fail, step, format!("{what}{error}{before}{to_do}"));
    }

    /// Prints it and says whether something failed.
    fn print(self) -> Result<bool, Failure> {
        let failed = self.lines.iter().any(|(verdict, ..)| *verdict == Fail);
        let lines = self.lines.into_iter().map(|(verdict, step, words)| {
            let verdict = match verdict {
                Well => "ok",
                Warn => "warn",
                Fail => "FAIL",
            };
            format!("  {verdict:<4}  {step:<8}  {}", Clean::new(&words))
        });
        let heading = Clean::new(&self.heading).to_string();
        let lines: Vec<String> = std::iter::once(heading).chain(lines).collect();
        super::print(&lines)?;
        Ok(failed)
    }
}

/// What belongs to no connection: which files count, what was looked at in vain, the journal.
fn files(settings: &Settings) -> Block {
    let mut block = Block::new("configuration");
    let names = || settings.connections.iter().map(|c| c.name.as_str());
    for finding in &settings.findings {
        let subject = finding.subject.as_str();
        if !names().any(|name| subject == name || setting_of(name, finding).is_some()) {
            block.add(Well, "setting", finding.to_string());
        }
    }
    for error in &settings.unusable {
        block.add(Fail, "not used", error.to_string());
    }
    let journal = settings
        .journal
        .clone()
        .map_or_else(Journal::nowhere, Journal::open);
    match journal.check() {
        Ok(()) => block.add(Well, "journal", "a batch can be recorded"),
        Err(error) => block.add(Fail, "journal", format!("nothing can be sent: {error}")),
    }
    if settings.connections.is_empty() {
        block.add(
            Fail,
            "connect",
            "there is no connection; `centurion config init` writes a file to fill in, \
             and the README names the variables that need none",
        );
    }
    block
}

/// The key that a finding is about, where it is one of that connection. Names may have dots, keys have none.
fn setting_of<'a>(name: &str, finding: &'a Finding) -> Option<&'a str> {
    let key = finding
        .subject
        .as_str()
        .strip_prefix(name)?
        .strip_prefix('.')?;
    (!key.contains('.')).then_some(key)
}

async fn check(connection: &Connection, findings: &[Finding]) -> Block {
    let (name, platform, url) = (&connection.name, connection.platform, &connection.base_url);
    let mut block = Block::new(format!(
        "{name}  {platform}  {url}  from {}",
        connection.origin
    ));
    for finding in findings {
        if let Some(key) = setting_of(name.as_str(), finding) {
            let words = format!("{key}: {} ({})", finding.value, finding.origin);
            block.add(Well, "setting", words);
        }
    }
    resolve(url, &mut block).await;
    if let Some(token_url) = connection.credentials.token_url()
        && token_url.host() != url.host()
    {
        resolve(token_url, &mut block).await;
    }
    match platforms::open(connection) {
        Ok(client) => ask(&*client, &mut block).await,
        Err(error) => block.add(Fail, "tls", error.to_string()),
    }
    block
}

/// No failure by itself: behind a proxy, names are the proxy's matter. Without one the sign-in fails next.
async fn resolve(url: &Url, block: &mut Block) {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
    match found.map(|addresses| addresses.map(|a| a.ip().to_string()).collect::<Vec<_>>()) {
        Ok(addresses) if !addresses.is_empty() => {
            block.add(Well, "name", format!("{host} -> {}", addresses.join(", ")));
        }
        Ok(_) | Err(_) => block.add(
            Warn,
            "name",
            format!("{host} is not known here; that is well only behind a proxy"),
        ),
    }
}

async fn ask(client: &dyn Platform, block: &mut Block) {
    let (begun, at) = (Instant::now(), block.lines.len());
    match client.http().sign_in().await {
        Ok(token) => {
            let words = if token {
                since(begun)
            } else {
                "the key was accepted".to_owned()
            };
            // A key is only known to be good once something was listed with it.
            if list(client, block).await || token {
                block.lines.insert(at, (Well, "sign-in", words));
            }
        }
        Err(error) => block.failed("sign-in", "", &error, client),
    }
    let Some(ahead) = client.http().clock_ahead() else {
        return;
    };
    let tls = client.connection().base_url.scheme() == "https";
    if tls && block.lines.iter().all(|(_, step, _)| *step != "tls") {
        let words = "the certificate was accepted".to_owned();
        block.lines.insert(at, (Well, "tls", words));
    }
    clock(ahead, block);
}

/// The first page of each source; says whether there was one. After a failure that is not about that source
/// alone, no other is tried.
async fn list(client: &dyn Platform, block: &mut Block) -> bool {
    let sources = match client.sources().await {
        Ok(sources) => sources,
        Err(error) => {
            block.failed("list", "scopes: ", &error, client);
            return false;
        }
    };
    let mut listed = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let (begun, place) = (Instant::now(), place(source));
        match client.list(source).next().await.transpose() {
            Ok(page) => {
                let page = page.unwrap_or_default();
                let notice = page.notice.map(|notice| format!("; {notice}"));
                let (rows, notice) = (page.rows.len(), notice.unwrap_or_default());
                let words = format!(
                    "{place}: {rows} rows on the first page, {}{notice}",
                    since(begun)
                );
                block.add(Well, "list", words);
                listed.push(source);
            }
            Err(error) => {
                block.failed("list", &format!("{place}: "), &error, client);
                let left = sources.len() - number - 1;
                let is_alone = error.said().is_some_and(|said| said.status == 403);
                if left > 0 && !is_alone {
                    block.add(Warn, "list", format!("{left} more were not tried"));
                    break;
                }
            }
        }
    }
    changes(client, &listed, block).await;
    !listed.is_empty()
}

/// What may be changed, as far as that is known without changing anything.
async fn changes(client: &dyn Platform, listed: &[&Arc<Source>], block: &mut Block) {
    let allowed = match client.connection().read_only {
        ReadOnly::No => "allowed here, the account's roles decide",
        ReadOnly::ByFile => "refused, by `read_only` in the file",
        ReadOnly::ByRun => "refused, by --read-only or CENTURION_READ_ONLY",
    };
    for &kind in client.connection().platform.kinds() {
        let Some(source) = listed.iter().find(|source| source.kind == kind) else {
            continue;
        };
        let kind = kind.plural();
        match client.bulk(source).await {
            Ok(bulk) => block.add(Well, "changes", format!("{kind}: {allowed}; {bulk}")),
            Err(error) => block.add(Warn,
                "changes",
                format!("{kind}: {allowed}; one request for each row, as capabilities are not known: {error}"),
            ),
        }
    }
}

fn place(source: &Source) -> String {
    let kind = source.kind.plural();
    match source.scope.raw() {
        Scope::EVERYTHING => kind.to_owned(),
        _ => format!("{} {kind}", source.scope.shown()),
    }
}

fn clock(ahead: i64, block: &mut Block) {
    let off = ahead.unsigned_abs();
    let span = long_span(Duration::from_secs(off));
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    if off > CLOCK_OFF {
        let words =
            format!("this machine is {span} {side} the server, so ages are wrong; set its clock");
        block.add(Warn, "clock", words);
    } else {
        block.add(Well, "clock", format!("{span} {side} the server"));
    }
}

/// The dashboard's terminal; a doctor whose output is a pipe is well.
fn terminal() -> Block {
    let term = dashboard::variable("TERM");
    let mut block = Block::new("terminal");
    let why = match runtime::usable(term.as_deref()) {
        Ok(()) => None,
        Err(Refusal::NoTerminal) => Some("this is not one; the dashboard needs one"),
        Err(Refusal::Dumb) => {
            Some("it cannot move its cursor (TERM is dumb or not set), as the dashboard must")
        }
    };
    if let Some(why) = why {
        block.add(Warn, "terminal", why);
        return block;
    }
    let (columns, rows) = runtime::size();
    let text = if dashboard::unicode() {
        "UTF-8"
    } else {
        "ASCII only"
    };
    let colors = if dashboard::colors() {
        "16 colors"
    } else {
        "no colors"
    };
    let words = format!(
        "{} {columns}x{rows}, {text}, {colors}",
        term.unwrap_or_default()
    );
    block.add(Well, "terminal", words);
    block
}

fn since(begun: Instant) -> String {
    format!("{} ms", begun.elapsed().as_millis())
}
