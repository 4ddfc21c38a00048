//! The one harness: the real program without its terminal, real clients over real HTTP, the simulator.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use centurion::app::message::Message;
use centurion::app::{Model, Screen, Setup};
use centurion::domain::connection::Connection;
use centurion::domain::time::Moment;
use centurion::journal::{Journal, Probe};
use centurion::runtime::{Clock, Context, Session};
use centurion::simulator::{Options, Recorded, Simulator};
use centurion::ui;
use centurion::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::Value;
use tempfile::TempDir;

use crate::wire::Wire;

/// Long enough for a loaded machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(120);

/// A dashboard on a simulated world.
pub(crate) struct Dashboard {
    pub session: Session,
    pub wire: Wire,
    pub simulator: Arc<Simulator>,
    pub folder: TempDir,
    size: (u16, u16),
}

/// How a dashboard's world is made.
pub(crate) struct World {
    options: Options,
    faults: Value,
    refresh: Duration,
    size: (u16, u16),
    probe: Probe,
    journal: Option<PathBuf>,
    adjust: Box<dyn Fn(&mut Connection)>,
    reloaded: fn(&mut Connection),
    simulator: Option<Arc<Simulator>>,
    alone: Option<&'static str>,
    demo: bool,
}

/// The demo's world, moving a hundred times as fast.
pub(crate) fn world() -> World {
    let options = Options {
        speed: 100.0,
        ..Options::default()
    };
    World {
        options,
        faults: Value::Array(Vec::new()),
        refresh: Duration::from_secs(5),
        size: (120, 35),
        probe: Probe::default(),
        journal: None,
        adjust: Box::new(|_| ()),
        reloaded: |_| (),
        simulator: None,
        alone: None,
        demo: true,
    }
}

impl World {
    pub(crate) fn rows(mut self, rows: usize) -> Self {
        self.options.rows = rows;
        self
    }

    pub(crate) fn speed(mut self, speed: f64) -> Self {
        self.options.speed = speed;
        self
    }

    pub(crate) fn faults(mut self, faults: Value) -> Self {
        self.faults = faults;
        self
    }

    /// What is asked before each step of the journal on disk.
    pub(crate) fn probe(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    /// A journal folder of the test's own, for two dashboards over one.
    pub(crate) fn journal(mut self, folder: PathBuf) -> Self {
        self.journal = Some(folder);
        self
    }

    /// Changes each connection before it is opened.
    pub(crate) fn adjust(mut self, adjust: impl Fn(&mut Connection) + 'static) -> Self {
        self.adjust = Box::new(adjust);
        self
    }

    /// Changes each connection that is read again for a new sign-in.
    pub(crate) fn reloaded(mut self, adjust: fn(&mut Connection)) -> Self {
        self.reloaded = adjust;
        self
    }

    /// How often a source is read.
    pub(crate) fn refresh(mut self, refresh: Duration) -> Self {
        self.refresh = refresh;
        self
    }

    /// Over the world that another dashboard has acted on.
    pub(crate) fn over(mut self, simulator: Arc<Simulator>) -> Self {
        self.simulator = Some(simulator);
        self
    }

    /// With this connection alone, read as often as where nothing is set.
    pub(crate) fn alone(mut self, name: &'static str) -> Self {
        self.alone = Some(name);
        self.refresh = Duration::from_secs(10);
        self
    }

    /// As if the connections were not those of a demo.
    pub(crate) fn real(mut self) -> Self {
        self.demo = false;
        self
    }

    /// Opens the dashboard; nothing has been read yet.
    pub(crate) fn start(self) -> Dashboard {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let simulator = self
            .simulator
            .unwrap_or_else(|| Arc::new(Simulator::start(self.options).expect("a free port")));
        simulator
            .set_faults(self.faults)
            .expect("a valid set of faults");
        let mut connections = simulator.connections();
        connections.retain(|one| self.alone.is_none_or(|name| one.name.as_str() == name));
        connections.iter_mut().for_each(self.adjust);
        let clock = Clock::start();
        let setup = Setup {
            connections: connections.clone(),
            refresh: self.refresh,
            user: "ana".to_owned(),
            host: "ops-1".to_owned(),
            demo: self.demo,
            now: clock.now(),
            size: self.size,
            journal_problem: None,
            config_file: None,
            warnings: Vec::new(),
        };
        let journal_folder = self
            .journal
            .unwrap_or_else(|| folder.path().join("journal"));
        let wire = Wire::new(&simulator, journal_folder.clone());
        let journal = Journal::open(journal_folder).with_probe(self.probe);
        let mut again = connections.clone();
        again.iter_mut().for_each(self.reloaded);
        let reload = Box::new(move |name: &_| again.iter().find(|c| c.name == *name).cloned());
        let context = Context::new(&connections, journal, "ana@ops-1".to_owned(), clock, reload)
            .saving_into(folder.path().to_owned());
        let session = Session::start(Model::new(setup), context);
        Dashboard {
            session,
            wire,
            simulator,
            folder,
            size: self.size,
        }
    }

    /// Opens the dashboard and waits until every source has answered or failed.
    pub(crate) async fn open(self) -> Dashboard {
        let mut dashboard = self.start();
        dashboard
            .until("every source has answered", |model| {
                let mut states = model.lanes.sources().peekable();
                states.peek().is_some()
                    && states.all(|state| state.listing.is_some() || state.health.error().is_some())
            })
            .await;
        dashboard.settle().await;
        dashboard
    }
}

impl Dashboard {
    pub(crate) fn model(&self) -> &Model {
        &self.session.model
    }

    /// Takes in messages until the model is as expected.
    pub(crate) async fn until(&mut self, what: &str, holds: impl Fn(&Model) -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !holds(&self.session.model) {
                let message = self.session.next().await;
                self.session.handle(message);
                self.session.handle(Message::Drawn);
            }
        })
        .await;
        assert!(
            waited.is_ok(),
            "waited in vain until {what}:\n{}",
            self.screen()
        );
    }

    /// Takes in messages until the list shows what the model knows.
    pub(crate) async fn settle(&mut self) {
        while let Some(message) = self.session.waiting() {
            self.session.handle(message);
        }
        self.until("the list is arranged", |model| model.browse.is_arranged())
            .await;
        self.session.handle(Message::Drawn);
    }

    /// Presses keys: characters as they are, others as `<enter>`, `<esc>`, `<tab>`, `<space>`, `<down>`, `<ctrl-c>`.
    pub(crate) async fn press(&mut self, keys: &str) {
        for key in parse(keys) {
            self.session.tick();
            self.session.handle(Message::Key(key));
            self.settle().await;
        }
    }

    /// Presses keys without waiting for anything in between.
    pub(crate) fn type_ahead(&mut self, keys: &str) {
        for key in parse(keys) {
            self.session.handle(Message::Key(key));
        }
    }

    /// Filters the list.
    pub(crate) async fn filter(&mut self, text: &str) {
        self.press("<esc>/").await;
        self.press(&text.replace(' ', "<space>")).await;
        self.press("<enter>").await;
    }

    /// Waits until the plan's rows were all read anew.
    pub(crate) async fn plan_is_read(&mut self) {
        self.until("the plan's rows were read", |model| match &model.screen {
            Screen::Plan(confirm) => !confirm.is_checking(),
            _ => false,
        })
        .await;
    }

    /// Lets so many seconds pass, which nobody sits through. However slow this machine is: no second passes while
    /// something is being read, and what it takes is part of those seconds. Only on a runtime of one thread.
    pub(crate) async fn pass(&mut self, seconds: u64) {
        self.session.tick();
        let begun = self.model().now.moment;
        loop {
            self.until("nothing is being read", |model| {
                let mut sources = model.lanes.sources();
                model.read_now.is_empty()
                    && model.looked_for.is_empty()
                    && sources.all(|source| source.reading.is_none())
            })
            .await;
            let Some(left) = self.left(seconds, begun) else {
                return;
            };
            self.skip(left).await;
        }
    }

    /// The same where a server stalls or trickles: the answers of a second are taken in as far as they have come.
    pub(crate) async fn pass_unanswered(&mut self, seconds: u64) {
        self.session.tick();
        let begun = self.model().now.moment;
        while let Some(left) = self.left(seconds, begun) {
            self.skip(left).await;
        }
    }

    /// What is left of so many seconds, by the last tick: another one might begin to read.
    fn left(&self, seconds: u64, begun: Moment) -> Option<Duration> {
        let passed = self.model().now.moment.since(begun);
        let left = Duration::from_secs(seconds).checked_sub(passed);
        left.filter(|left| !left.is_zero())
    }

    async fn skip(&mut self, span: Duration) {
        tokio::time::pause();
        tokio::time::advance(span.min(Duration::from_secs(1))).await;
        tokio::time::resume();
        self.session.tick();
        let calm = Duration::from_millis(15);
        while let Ok(message) = tokio::time::timeout(calm, self.session.next()).await {
            self.session.handle(message);
        }
    }

    /// Plans an action, by its key in the menu, for the first rows that a filter shows; confirms it and
    /// waits until every request has ended.
    pub(crate) async fn send(&mut self, action: char, filter: &str, rows: usize) {
        self.plan(action, filter, rows).await;
        self.confirm("INC-1").await;
        self.sent().await;
    }

    /// Opens the plan for that, and waits until its rows are read.
    pub(crate) async fn plan(&mut self, action: char, filter: &str, rows: usize) {
        self.mark(filter, rows).await;
        self.press(&format!("x{action}")).await;
        self.plan_is_read().await;
    }

    /// Marks the first rows that a filter shows.
    pub(crate) async fn mark(&mut self, filter: &str, rows: usize) {
        self.filter(filter).await;
        assert!(self.model().shown_len() >= rows, "{}", self.screen());
        self.press("g").await;
        self.press(&"<space>".repeat(rows)).await;
    }

    /// The phrase that confirms the open plan.
    pub(crate) fn phrase(&self) -> String {
        match &self.model().screen {
            Screen::Plan(confirm) => confirm.plan.phrase().unwrap_or_default(),
            _ => panic!("no plan is open:\n{}", self.screen()),
        }
    }

    /// Gives a reason where one is asked for, types the phrase and confirms.
    pub(crate) async fn confirm(&mut self, reason: &str) {
        self.plan_is_read().await;
        if self.model().place() == centurion::app::keymap::Place::PlanReason {
            self.press(&reason.replace(' ', "<space>")).await;
            self.press("<enter>").await;
        }
        let phrase = self.phrase();
        self.press(&phrase.replace(' ', "<space>")).await;
        self.press("<enter>").await;
    }

    /// Waits until every request of the newest batch has ended.
    pub(crate) async fn sent(&mut self) {
        self.until("the batch was sent", |model| {
            model.followed().last().is_some_and(|(_, run)| run.done)
        })
        .await;
    }

    /// Waits until no row of any batch moves any more.
    pub(crate) async fn settled(&mut self) {
        self.until("all batches have settled", |model| {
            model.followed().all(|(_, run)| run.settled.is_some())
        })
        .await;
    }

    /// What the simulator received that changes something, oldest first.
    pub(crate) fn changes(&self) -> Vec<Recorded> {
        self.wire.changes()
    }

    /// Suspends a workload as another client would; the answer's HTTP status.
    pub(crate) async fn suspend_by_somebody_else(&mut self, id: &str) -> u16 {
        self.wire.by_others.push(id.to_owned());
        let ready = serde_json::to_value(self.simulator.ready()).expect("plain data");
        let of = |name: &str| ready["run_ai"][name].as_str().expect("text").to_owned();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .expect("a client");
        let sign_in = serde_json::json!({
            "grantType": "client_credentials",
            "clientID": of("client_id"),
            "clientSecret": of("client_secret"),
        });
        let url = self.simulator.url();
        let token = client
            .post(format!("{url}/api/v1/token"))
            .json(&sign_in)
            .send()
            .await
            .expect("an answer");
        let token: Value = token.json().await.expect("JSON");
        let call = client
            .post(format!("{url}/api/v1/workloads/batch"))
            .bearer_auth(token["accessToken"].as_str().expect("a token"))
            .json(&serde_json::json!({"ids": [id], "action": "suspend"}));
        call.send().await.expect("an answer").status().as_u16()
    }

    /// The screen as text.
    pub(crate) fn screen(&self) -> String {
        draw(self.model(), self.size)
    }
}

/// Draws a model at a size, without colors.
pub(crate) fn draw(model: &Model, (columns, rows): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("memory");
    let theme = Theme::new(false, true);
    terminal
        .draw(|frame| ui::draw(model, &theme, frame))
        .expect("memory");
    terminal.backend().to_string()
}

fn parse(keys: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        let named = rest
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'));
        let (code, modifiers) = if let Some((name, after)) = named {
            rest = after;
            named_key(name)
        } else {
            rest = &rest[first.len_utf8()..];
            (KeyCode::Char(first), KeyModifiers::NONE)
        };
        events.push(KeyEvent::new(code, modifiers));
    }
    events
}

fn named_key(name: &str) -> (KeyCode, KeyModifiers) {
    if let Some(letter) = name.strip_prefix("ctrl-") {
        let letter = letter.chars().next().expect("a letter after ctrl-");
        return (KeyCode::Char(letter), KeyModifiers::CONTROL);
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "backspace" => KeyCode::Backspace,
        other => panic!("no such key: <{other}>"),
    };
    (code, KeyModifiers::NONE)
}
