//! The pure core: what is known ([`Model`]), what happens to it ([`update`]), what is to be done outside
//! ([`message::Effect`]). No HTTP, no files, no terminal, no clock: time arrives in a message.

mod able;
pub mod browse;
pub(crate) mod choices;
pub mod confirm;
pub mod detail;
mod exporting;
pub(crate) mod facts;
pub mod filter;
mod following;
pub(crate) mod ids;
pub mod key_press;
pub mod keymap;
pub mod lanes;
pub(crate) mod layout;
pub mod listing;
pub(crate) mod menu;
pub mod message;
pub(crate) mod page;
pub mod palette;
mod popup;
pub mod results;
pub mod run;
pub mod selection;
mod switching;
pub mod table;
pub mod trouble;
mod typing;

mod update;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::app::browse::Browse;
use crate::app::confirm::Confirm;
use crate::app::detail::Detail;
use crate::app::keymap::Place;
use crate::app::lanes::Lanes;
use crate::app::message::{BatchNumber, Effect};
use crate::app::page::Topic;
use crate::app::results::Results;
use crate::app::run::{Lookup, Run};
use crate::app::selection::Selection;
use crate::domain::connection::{Connection, ConnectionName};
use crate::domain::report::{Awaited, Report};
use crate::domain::resource::Key;
use crate::domain::text::counted;
use crate::domain::time::{Moment, Now};

pub(crate) use popup::Popup;
pub use update::update;

/// How long a notice stays.
const NOTICE_STAYS: Duration = Duration::from_secs(8);

/// How many messages of the run are remembered.
const SAID: usize = 200;
/// How long one stays that must not be overlooked.
const WARNING_STAYS: Duration = Duration::from_secs(60);

/// What the program starts with.
#[derive(Debug)]
pub struct Setup {
    /// The connections; none opens the first-run screen.
    pub connections: Vec<Connection>,
    /// The refresh period.
    pub refresh: Duration,
    /// The operator's local name, for `owner:me`: what comes before the `@` of an owner.
    pub user: String,
    /// The machine's name, for "by" in plan and results.
    pub host: String,
    /// Whether the simulator of the demo is behind the connections.
    pub demo: bool,
    /// The present.
    pub now: Now,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Why batches cannot be journaled, if so: then nothing can be sent (J8).
    pub journal_problem: Option<String>,
    /// The configuration file that is read, or would be.
    pub config_file: Option<String>,
    /// What was found and cannot be used, told at the start.
    pub warnings: Vec<String>,
}

/// All that is known.
#[derive(Debug)]
pub struct Model {
    /// The present, as of the last message.
    pub now: Now,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What the program was started with.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// Whether the simulator of the demo is behind the connections; marked on every screen.
    pub demo: bool,
    /// Why batches cannot be journaled, if so.
    pub journal_problem: Option<String>,
    /// The configuration file that is read, or would be.
    pub config_file: Option<String>,
    /// Connections, sources, listings.
    pub lanes: Lanes,
    /// The list.
    pub browse: Browse,
    /// The marked rows.
    pub selection: Selection,
    /// What fills the screen.
    pub screen: Screen,
    /// What lies over it.
    pub(crate) popup: Option<Popup>,
    /// The batches sent here, and of other runs those that were found in the journal; of those that are over
    /// only the newest.
    pub runs: Vec<Run>,
    /// How many batches were numbered.
    batches_seen: BatchNumber,
    lookup: Lookup,
    /// Rows that are being read by id because a listing did not show them.
    pub looked_for: HashSet<Key>,
    /// Rows of batches that are being read: a slow platform is not asked for them again meanwhile.
    pub read_now: HashSet<Key>,
    /// How many inquiries about rows were made.
    pub(crate) inquiries: u64,
    /// Short notices, newest last.
    pub notices: Vec<Notice>,
    /// What was said in this run and when, newest last; the oldest are forgotten.
    pub said: VecDeque<(Timestamp, String)>,
    /// Requests of the last minute, by connection; counted while the sources are shown.
    pub requests: HashMap<ConnectionName, usize>,
    /// What fixed colors are chosen for; without, they are the terminal's own 16.
    pub background: Option<Background>,
    /// Whether the one line on what to press is shown.
    pub hint: bool,
    /// What is to be done outside, since the last message.
    effects: Vec<Effect>,
    /// The confirm screen has opened and was not drawn yet: keys typed ahead are dropped (T17).
    pub unseen_dialog: bool,
}

/// What fills the screen.
#[derive(Debug)]
pub enum Screen {
    /// No connection is configured.
    FirstRun,
    /// The list.
    Browse,
    /// A plan to be confirmed.
    Plan(Box<Confirm>),
    /// A batch and what became of it.
    Results(Results),
    /// One row in full.
    Detail(Box<Detail>),
}

/// What colors stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Black or nearly so.
    Dark,
    /// White or nearly so.
    Light,
}

/// A line that goes away by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One line.
    pub text: String,
    /// When it goes.
    pub until: Moment,
    pub(crate) stay: Stay,
}

/// What a notice outlives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// Nothing: it answers a key, and goes with the next one.
    UntilKey,
    /// Keys, but not its screen.
    OnScreen,
    /// Both: it tells of a batch, or of the program.
    Anywhere,
}

impl Model {
    /// The model at the start.
    pub fn new(setup: Setup) -> Self {
        let screen = if setup.connections.is_empty() {
            Screen::FirstRun
        } else {
            Screen::Browse
        };
        let mut model = Self {
            now: setup.now,
            size: setup.size,
            user: setup.user,
            host: setup.host,
            demo: setup.demo,
            journal_problem: setup.journal_problem,
            config_file: setup.config_file,
            lanes: Lanes::new(setup.connections, setup.refresh, setup.now.moment),
            browse: Browse::default(),
            selection: Selection::default(),
            screen,
            popup: None,
            runs: Vec::new(),
            batches_seen: 0,
            lookup: Lookup::default(),
            looked_for: HashSet::new(),
            read_now: HashSet::new(),
            inquiries: 0,
            notices: Vec::new(),
            said: VecDeque::new(),
            requests: HashMap::new(),
            background: None,
            hint: true,
            effects: Vec::new(),
            unseen_dialog: false,
        };
        for warning in setup.warnings {
            model.warn(warning);
        }
        model
    }

    /// Where keys go now.
    pub fn place(&self) -> Place {
        if let Some(popup) = &self.popup {
            return popup.place();
        }
        match &self.screen {
            Screen::FirstRun => Place::FirstRun,
            Screen::Browse if self.browse.typing.is_some() => Place::Filter,
            Screen::Browse if self.browse.range.is_some() => Place::Range,
            Screen::Browse => Place::Browse,
            Screen::Plan(confirm) => confirm.place(),
            Screen::Results(results) => results.place(),
            Screen::Detail(detail) if detail.typing.is_some() => Place::Search,
            Screen::Detail(detail) => match detail.page.topic {
                Topic::Detail => Place::Detail,
                Topic::Logs => Place::Logs,
            },
        }
    }

    /// Answers a key; gone with the next one.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.notice(text.into(), Stay::UntilKey, NOTICE_STAYS);
    }

    /// Tells what came of something done on this screen.
    pub(crate) fn say_here(&mut self, text: impl Into<String>) {
        self.notice(text.into(), Stay::OnScreen, NOTICE_STAYS);
    }

    /// Tells of something that happened by itself.
    pub(crate) fn announce(&mut self, text: impl Into<String>) {
        self.notice(text.into(), Stay::Anywhere, NOTICE_STAYS);
    }

    /// Tells of something that must not be overlooked.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        self.notice(text.into(), Stay::Anywhere, WARNING_STAYS);
    }

    fn notice(&mut self, text: String, stay: Stay, span: Duration) {
        let until = self.now.moment.after(span);
        self.notices.retain(|notice| notice.text != text);
        self.remember(text.clone());
        self.notices.push(Notice { text, until, stay });
    }

    /// Keeps what other parts of the screen tell while it lasts, for the messages of the run.
    pub(crate) fn remember(&mut self, text: String) {
        self.said.push_back((self.now.wall, text));
        if self.said.len() > SAID {
            self.said.pop_front();
        }
    }

    /// Rows that are still expected to move or to be seen, and of how many batches.
    pub fn awaited(&self) -> (Awaited, usize) {
        let reports = || self.followed().map(|(_, run)| &run.report);
        let open = reports().filter(|report| report.awaited().all() > 0);
        (Awaited::of(reports().flat_map(Report::rows)), open.count())
    }

    /// Whether a request of some batch is queued or without its answer.
    pub fn is_sending(&self) -> bool {
        self.followed().any(|(_, run)| run.report.is_sending())
    }
}

/// `1 row`, `2 rows`.
pub fn rows(count: usize) -> String {
    counted(count, "row", "rows")
}
