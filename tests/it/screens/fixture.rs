//! A model that is driven as the program drives it: by messages and keys. Rows, ids and people are invented.

use std::sync::Arc;
use std::time::Duration;

use centurion::app::listing::Listing;
use centurion::app::message::{BatchMessage, Effect, Message, Saved};
use centurion::app::table::arrange;
use centurion::app::{Model, Setup, update};
use centurion::domain::connection::{Connection, ConnectionName, Credentials, PlatformId};
use centurion::domain::connection::{ReadOnly, Scopes};
use centurion::domain::error::PlatformError;
use centurion::domain::inspection::{Inquiry, Line, Part};
use centurion::domain::plan::Batch;
use centurion::domain::resource::{Key, Reading, Resource, Scope, Source};
use centurion::domain::text::{Clean, Secret};
use centurion::domain::time::{Moment, Now};
use centurion::ui::draw;
use centurion::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::rows::{hostile, rows};

/// 2026-11-22 09:43:07 UTC.
pub(crate) const START: i64 = 1_795_340_587;

/// A model and what it asked for.
pub(crate) struct Scene {
    pub(crate) model: Model,
    /// Rows it wants to read anew and was not answered for.
    pub(crate) reads: Vec<Key>,
    /// What it asked of rows, by number, newest last.
    pub(crate) inquiries: Vec<(Key, Inquiry, u64)>,
    /// What it copied or wants written to a file, newest last.
    pub(crate) taken_out: Vec<String>,
    /// The last batch it sent.
    /// How often the journal was read.
    pub(crate) lookups: usize,
    pub(crate) batch: Option<Arc<Batch>>,
    theme: Theme,
    second: u64,
}

fn now(second: u64) -> Now {
    let seconds = i64::try_from(second).expect("a small number");
    Now {
        moment: Moment::new(Duration::from_secs(1_000 + second)),
        wall: Timestamp::from_second(START + seconds).expect("within range"),
    }
}

fn connection(name: &str, platform: PlatformId, host: &str) -> Connection {
    let credentials = match platform {
        PlatformId::Kubiya => Credentials::ApiKey(Secret::new("canary".to_owned())),
        PlatformId::SapAiCore | PlatformId::RunAi => Credentials::Client {
            token_url: None,
            id: "centurion-ops".to_owned(),
            secret: Secret::new("canary".to_owned()),
        },
    };
    let scopes = match platform {
        PlatformId::SapAiCore => Scopes::Named(vec![Scope::new("default"), Scope::new("eval")]),
        PlatformId::RunAi | PlatformId::Kubiya => Scopes::All,
    };
    Connection {
        name: ConnectionName::new(name).expect("a good name"),
        platform,
        base_url: format!("https://{host}").parse().expect("a url"),
        credentials,
        scopes,
        protected: platform == PlatformId::SapAiCore,
        color: None,
        read_only: ReadOnly::No,
        ca_file: None,
        origin: "fixture".to_owned(),
    }
}

impl Scene {
    /// Nothing configured.
    pub(crate) fn empty(size: (u16, u16)) -> Self {
        Self::with(size, Vec::new())
    }

    /// Three connections, nothing answered yet.
    pub(crate) fn starting(size: (u16, u16)) -> Self {
        let connections = vec![
            connection("prod-eu", PlatformId::SapAiCore, "api.ai.prod-eu.example"),
            connection("run-ai", PlatformId::RunAi, "acme.run.example"),
            connection("kubiya", PlatformId::Kubiya, "control-plane.kubiya.example"),
        ];
        Self::with(size, connections)
    }

    /// The same, but which resource groups there are is not known yet.
    pub(crate) fn undiscovered(size: (u16, u16)) -> Self {
        let all = vec![
            Connection {
                scopes: Scopes::All,
                ..connection("prod-eu", PlatformId::SapAiCore, "api.ai.prod-eu.example")
            },
            connection("kubiya", PlatformId::Kubiya, "control-plane.kubiya.example"),
        ];
        let mut scene = Self::with(size, all);
        scene.wait(1);
        scene
    }

    /// Three connections, all rows listed three seconds ago.
    pub(crate) fn listed(size: (u16, u16)) -> Self {
        let mut scene = Self::starting(size);
        scene.list_all();
        scene.wait(3);
        scene
    }

    fn with(size: (u16, u16), connections: Vec<Connection>) -> Self {
        let model = Model::new(Setup {
            connections,
            refresh: Duration::from_secs(10),
            user: "ana".to_owned(),
            host: "acme".to_owned(),
            demo: false,
            now: now(0),
            size,
            journal_problem: None,
            config_file: Some("/home/ana/.config/centurion/config.toml".to_owned()),
            warnings: Vec::new(),
        });
        Self {
            model,
            reads: Vec::new(),
            inquiries: Vec::new(),
            taken_out: Vec::new(),
            batch: None,
            lookups: 0,
            theme: Theme::new(true, true),
            second: 0,
        }
    }

    pub(crate) fn themed(mut self, colors: bool, unicode: bool) -> Self {
        self.theme = Theme::new(colors, unicode);
        self
    }

    pub(crate) fn tell(&mut self, message: Message) {
        for effect in update(&mut self.model, message) {
            match effect {
                Effect::Arrange(job) => {
                    let view = arrange(job.generation, &job.listings, &job.query, job.now.wall);
                    self.tell(Message::Arranged(Arc::new(view)));
                }
                Effect::Read(keys) => self.reads.extend(keys),
                Effect::Inspect(key, inquiry, number) => {
                    self.inquiries.push((key, inquiry, number));
                }
                Effect::Copy(text) => self.taken_out.push(text),
                Effect::ReadText(name) => self.taken_out.push(format!("reads {name}")),
                Effect::Demo => self.taken_out.push("the demo".to_owned()),
                Effect::Save(_, Saved::Lines(lines)) => self.taken_out.push(lines.join("\n")),
                Effect::Save(_, Saved::Text(ending, text)) => {
                    self.taken_out.push(format!("{ending} {text}"));
                }
                Effect::Send(_, batch) => self.batch = Some(batch),
                Effect::ReadJournal => self.lookups += 1,
                _ => {}
            }
        }
    }

    /// Every source answers with its rows.
    pub(crate) fn list_all(&mut self) {
        for source in self.sources() {
            let rows = rows(&source);
            self.list(&source, rows);
        }
    }

    pub(crate) fn list(&mut self, source: &Arc<Source>, rows: Vec<Arc<Resource>>) {
        let now = now(self.second);
        let listing = Listing::new(rows, now.moment, now.moment, now.wall);
        self.tell(Message::Listed(source.clone(), Ok(Arc::new(listing))));
    }

    /// Every source of a connection answers again.
    pub(crate) fn list_again(&mut self, connection: &str) {
        let own = |source: &Arc<Source>| source.connection.as_str() == connection;
        for source in self.sources().into_iter().filter(own) {
            let rows = rows(&source);
            self.list(&source, rows);
        }
    }

    pub(crate) fn source(&self, connection: &str, kind: &str) -> Arc<Source> {
        let mut states = self.model.lanes.sources();
        let is_it = |source: &Source| {
            source.connection.as_str() == connection && source.kind.plural() == kind
        };
        let found = states.find(|state| is_it(&state.source));
        found.expect("a source of the fixture").source.clone()
    }

    pub(crate) fn fail(&mut self, source: &Arc<Source>, error: PlatformError) {
        self.tell(Message::Listed(source.clone(), Err((error, None))));
    }

    /// Lets seconds pass.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.second += seconds;
        self.tell(Message::Tick(now(self.second)));
    }

    /// Presses keys: letters, and `<space>`, `<enter>`, `<esc>`, `<tab>`, `<down>`.
    pub(crate) fn press(&mut self, keys: &str) {
        let mut rest = keys;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|text| text.split_once('>'));
            let code = if let Some((name, after)) = named {
                rest = after;
                key_named(name)
            } else {
                rest = &rest[c.len_utf8()..];
                KeyCode::Char(c)
            };
            self.tell(Message::Drawn);
            self.tell(Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
    }

    /// Answers the reads that wait, with the rows as they are listed.
    pub(crate) fn answer_reads(&mut self) {
        let started = now(self.second).moment;
        for key in std::mem::take(&mut self.reads) {
            let rows = rows(&key.source);
            let found = rows.into_iter().find(|row| row.key == key);
            let reading = found.map_or(Reading::Gone, Reading::Found);
            self.tell(Message::Read(key, started, Ok(reading)));
        }
    }

    /// A part of the answer to the newest inquiry: each line with its seconds after the start, if any.
    pub(crate) fn answer(&mut self, title: &'static str, lines: &[(Option<i64>, String)]) {
        let line = |(at, text): &(Option<i64>, String)| Line {
            at: at.map(|second| Timestamp::from_second(START + second).expect("within range")),
            ..Line::plain(text)
        };
        let lines = Ok(lines.iter().map(line).collect());
        self.answer_part(Part {
            title,
            lines,
            note: None,
        });
    }

    /// A part of the answer to the newest inquiry.
    pub(crate) fn answer_part(&mut self, part: Part) {
        let number = self.inquiries.last().expect("something was asked").2;
        self.tell(Message::Told(number, Some(part)));
    }

    /// The end of the answer to the newest inquiry.
    pub(crate) fn answer_ends(&mut self) {
        let number = self.inquiries.last().expect("something was asked").2;
        self.tell(Message::Told(number, None));
    }

    /// Says these texts wherever a server, a file, a ticket or the operator can put one on this screen.
    pub(crate) fn poison(&mut self, texts: &[String]) {
        let sources: Vec<Arc<Source>> = self.sources();
        for source in &sources {
            let mut rows = rows(source);
            rows.extend(texts.iter().map(|text| hostile(source, text)));
            self.list(source, rows);
        }
        self.tell(Message::Previewed(texts.to_vec()));
        for text in texts {
            let why = Clean::new(text);
            self.tell(Message::Notice(text.clone()));
            self.tell(Message::Paste(text.clone()));
            if !self.model.runs.is_empty() {
                self.batch(BatchMessage::Note(why.clone()));
                self.batch(BatchMessage::JournalFailed(why.clone()));
            }
            if let Some((_, _, number)) = self.inquiries.last() {
                let part = Part {
                    title: "raw JSON",
                    lines: Ok(texts.iter().map(|text| Line::plain(text)).collect()),
                    note: Some(why.clone()),
                };
                self.tell(Message::Told(*number, Some(part)));
            }
            if let Some(source) = sources
                .last()
                .filter(|_| !self.model.lanes.troubles().is_empty())
            {
                self.fail(source, PlatformError::Trust { why });
            }
        }
        self.model.config_file = Some(texts.concat());
    }

    pub(crate) fn sources(&self) -> Vec<Arc<Source>> {
        let states = self.model.lanes.sources();
        states.map(|state| state.source.clone()).collect()
    }

    /// The phrase that confirms the open plan.
    pub(crate) fn phrase(&self) -> String {
        match &self.model.screen {
            centurion::app::Screen::Plan(confirm) => confirm.plan.phrase().unwrap_or_default(),
            _ => panic!("no plan is open"),
        }
    }

    pub(crate) fn batch(&mut self, message: BatchMessage) {
        let number = self.model.runs.len();
        self.tell(Message::Batch(number, message));
    }

    pub(crate) fn moment(&self) -> Moment {
        now(self.second).moment
    }

    /// The frame as it would be drawn.
    pub(crate) fn buffer(&self) -> Buffer {
        let (columns, rows) = self.model.size;
        let mut terminal =
            Terminal::new(TestBackend::new(columns, rows)).expect("memory does not fail");
        terminal
            .draw(|frame| draw(&self.model, &self.theme, frame))
            .expect("memory does not fail");
        terminal.backend().buffer().clone()
    }

    /// The last line.
    pub(crate) fn footer(&self) -> String {
        let screen = self.screen();
        screen.lines().last().unwrap_or_default().to_owned()
    }

    /// The screen as one line of words, whatever lines they were broken into.
    pub(crate) fn words(&self) -> String {
        let screen = self.screen().replace(['│', '┌', '└'], " ");
        screen.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The frame as text, without spaces at the ends of lines.
    pub(crate) fn screen(&self) -> String {
        let buffer = self.buffer();
        let mut lines = Vec::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut covered = 0;
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                if covered == 0 {
                    line.push_str(symbol);
                    covered = centurion::domain::text::width(symbol);
                }
                covered = covered.saturating_sub(1);
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }
}

fn key_named(name: &str) -> KeyCode {
    match name {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        other => panic!("no key <{other}>"),
    }
}
