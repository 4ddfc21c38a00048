//! The one table of keys: what is pressed, what it does, how footer and help say it.
//!
//! A key that is not in [`BINDINGS`] does nothing, unless the focus is a text field, which takes it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::table::Tab;
use crate::domain::action::Action;
use crate::domain::resource::Kind;

/// Where keys go: the focus of the screen, or its popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// No connection is configured.
    FirstRun,
    /// The table.
    Browse,
    /// The table, with a range being marked.
    Range,
    /// The filter line.
    Filter,
    /// The action menu.
    Menu,
    /// The status chips.
    Statuses,
    /// The sort menu.
    Sort,
    /// More rows than a batch holds.
    TooMany,
    /// The reason of a plan.
    PlanReason,
    /// The line that confirms a plan.
    PlanPhrase,
    /// The rows of a plan.
    PlanRows,
    /// The requests of a plan, as they would leave.
    PlanWire,
    /// The results of a batch.
    Results,
    /// The batches of this run.
    Batches,
    /// One row in full.
    Detail,
    /// Keys and what they do.
    Help,
    /// Leave or not.
    Quit,
}

impl Place {
    /// Whether keys that are not bound are typed into a field.
    pub const fn has_field(self) -> bool {
        matches!(self, Self::Filter | Self::PlanReason | Self::PlanPhrase)
    }

    /// Its name, as the head of the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FirstRun => "first run",
            Self::Browse => "list",
            Self::Range => "range",
            Self::Filter => "filter",
            Self::Menu => "actions",
            Self::Statuses => "status filter",
            Self::Sort => "sort",
            Self::TooMany => "too many",
            Self::PlanReason => "plan: reason",
            Self::PlanPhrase => "plan: confirm",
            Self::PlanRows => "plan: rows",
            Self::PlanWire => "plan: requests",
            Self::Results => "results",
            Self::Batches => "batches",
            Self::Detail => "detail",
            Self::Help => "help",
            Self::Quit => "quit",
        }
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// The first row.
    Top,
    /// The last row.
    Bottom,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Mark or unmark the row and go on.
    Mark,
    /// Begin a range to mark, or mark it.
    RangeMark,
    /// Begin a range to unmark, or unmark it.
    RangeUnmark,
    /// Mark all that matches.
    MarkAll,
    /// Unmark all that matches.
    UnmarkAll,
    /// Invert within what matches.
    Invert,
    /// Only the operator's own rows, or all again.
    Mine,
    /// Only the marked rows, or all again.
    OnlyMarked,
    /// Mark the rows of the last batch.
    LastBatch,
    /// The action menu.
    Actions,
    /// Plan this action.
    Plan(Action),
    /// The row in full.
    Detail,
    /// Type a filter.
    Filter,
    /// Choose statuses.
    Statuses,
    /// Choose the order.
    Sort,
    /// Turn the order round.
    ReverseSort,
    /// Show a tab.
    Tab(Tab),
    /// Copy ids.
    CopyIds,
    /// Copy rows as tab-separated values.
    CopyRows,
    /// Read every source now.
    Refresh,
    /// Hold the refresh, or let it go on.
    Hold,
    /// The detail pane, on or off.
    Pane,
    /// The batches of this run.
    Batches,
    /// The keys of this screen.
    Help,
    /// Put the one line on what to press away.
    Dismiss,
    /// Sign in again where credentials were refused.
    SignInAgain,
    /// Choose, accept, confirm.
    Accept,
    /// Choose or leave a chip, leave a plan row out or take it in.
    Toggle,
    /// No chip: every status passes.
    AllStatuses,
    /// The chips of the start: what is live.
    LiveStatuses,
    /// Mark as many as there is room for.
    MarkWhatFits,
    /// The next field.
    NextFocus,
    /// The field before.
    PreviousFocus,
    /// Stop this row instead of deleting it, or the other way round.
    Retarget,
    /// Only the plan rows that the list's filter hides, or all again.
    OnlyHidden,
    /// The requests as they would leave.
    Wire,
    /// Plan again what can be retried.
    Retry,
    /// Mark what was rejected or is unknown.
    MarkFailed,
    /// Plan the delete of what was stopped.
    DeleteStopped,
    /// Plan the resume of what was suspended.
    ResumeSuspended,
    /// Open or close a group of rows.
    Fold,
    /// Close, go back, clear the filter.
    Back,
    /// Back; at the top: leave.
    Quit,
    /// Close a dialog; stop sending; else as quit.
    Interrupt,
    /// Give the terminal back until `fg`.
    Suspend,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub places: &'static [Place],
    /// The keys; the first one is shown in the footer.
    pub keys: &'static [KeyPress],
    /// What it does.
    pub command: Command,
    /// One or two words for the footer; empty where only the help shows it.
    pub label: &'static str,
    /// A sentence for the help.
    pub help: &'static str,
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    code: KeyCode,
    modifiers: KeyModifiers,
}

const fn plain(code: KeyCode) -> KeyPress {
    KeyPress {
        code,
        modifiers: KeyModifiers::NONE,
    }
}

const fn char(c: char) -> KeyPress {
    plain(KeyCode::Char(c))
}

const fn ctrl(c: char) -> KeyPress {
    KeyPress {
        code: KeyCode::Char(c),
        modifiers: KeyModifiers::CONTROL,
    }
}

impl KeyPress {
    /// Shift is part of the character for letters, and terminals disagree on whether to report it.
    fn is(self, event: KeyEvent) -> bool {
        let modifiers = match event.code {
            KeyCode::Char(_) | KeyCode::BackTab => event.modifiers.difference(KeyModifiers::SHIFT),
            _ => event.modifiers,
        };
        self.code == event.code && self.modifiers == modifiers
    }

    /// As printed on screen: `space`, `ctrl-d`, `↓`.
    pub fn name(self) -> String {
        let key = match self.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::Enter => "enter".to_owned(),
            KeyCode::Esc => "esc".to_owned(),
            KeyCode::Tab => "tab".to_owned(),
            KeyCode::BackTab => "shift-tab".to_owned(),
            KeyCode::Up => "↑".to_owned(),
            KeyCode::Down => "↓".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            other => format!("{other}"),
        };
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            format!("ctrl-{key}")
        } else {
            key
        }
    }
}

use Command as C;
use Place as P;

const fn bind(
    places: &'static [Place],
    keys: &'static [KeyPress],
    command: Command,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        places,
        keys,
        command,
        label,
        help,
    }
}

const LISTS: &[Place] = &[
    P::Browse,
    P::Range,
    P::PlanRows,
    P::Results,
    P::Detail,
    P::PlanWire,
    P::Help,
];
const CHOICES: &[Place] = &[P::Statuses, P::Sort, P::Batches];
const TABLE: &[Place] = &[P::Browse, P::Range];
const FIELDS: &[Place] = &[P::PlanReason, P::PlanPhrase, P::PlanRows];

/// Every key of the program. In each place the order is the order of the footer.
pub const BINDINGS: &[Binding] = &[
    // The table.
    bind(
        TABLE,
        &[char(' ')],
        C::Mark,
        "mark",
        "mark or unmark the row, and move down",
    ),
    bind(
        TABLE,
        &[char('v')],
        C::RangeMark,
        "range",
        "begin a range; again: mark all rows in it",
    ),
    bind(
        TABLE,
        &[char('V')],
        C::RangeUnmark,
        "",
        "begin a range; again: unmark all rows in it",
    ),
    bind(
        &[P::Browse],
        &[char('a')],
        C::MarkAll,
        "all matching",
        "mark everything that matches, also rows not drawn",
    ),
    bind(
        &[P::Browse],
        &[char('A')],
        C::UnmarkAll,
        "",
        "unmark everything that matches",
    ),
    bind(
        &[P::Browse],
        &[char('x')],
        C::Actions,
        "act",
        "choose an action for the marked rows, or for this one",
    ),
    bind(
        &[P::Browse],
        &[char('s')],
        C::Statuses,
        "status",
        "choose statuses, several at once",
    ),
    bind(
        &[P::Browse],
        &[char('/')],
        C::Filter,
        "filter",
        "text, !text, ~regex, owner:ana, age>2h, gpu>4 ...",
    ),
    bind(
        &[P::Browse],
        &[plain(KeyCode::Enter)],
        C::Detail,
        "detail",
        "everything known of this row",
    ),
    bind(
        &[P::Browse],
        &[char('m')],
        C::OnlyMarked,
        "only marked",
        "show only the marked rows, hidden and gone ones too",
    ),
    bind(
        &[P::Browse],
        &[char('i')],
        C::Invert,
        "",
        "invert the marks within what matches",
    ),
    bind(
        &[P::Browse],
        &[char('M')],
        C::Mine,
        "",
        "show only your own rows; again: all",
    ),
    bind(
        &[P::Browse],
        &[char('R')],
        C::LastBatch,
        "",
        "mark the rows of the last batch again",
    ),
    bind(
        &[P::Browse],
        &[char('o')],
        C::Sort,
        "sort",
        "choose the column to sort by",
    ),
    bind(
        &[P::Browse],
        &[char('O')],
        C::ReverseSort,
        "",
        "turn the order round",
    ),
    bind(
        &[P::Browse],
        &[char('0')],
        C::Tab(Tab::All),
        "",
        "all kinds",
    ),
    bind(
        &[P::Browse],
        &[char('1')],
        C::Tab(Tab::Only(Kind::Execution)),
        "",
        "executions only",
    ),
    bind(
        &[P::Browse],
        &[char('2')],
        C::Tab(Tab::Only(Kind::Deployment)),
        "",
        "deployments only",
    ),
    bind(
        &[P::Browse],
        &[char('3')],
        C::Tab(Tab::Only(Kind::Workload)),
        "",
        "workloads only",
    ),
    bind(
        &[P::Browse],
        &[char('y')],
        C::CopyIds,
        "",
        "copy the ids of the marked rows, or of this one",
    ),
    bind(
        &[P::Browse],
        &[char('Y')],
        C::CopyRows,
        "",
        "copy those rows as tab-separated values",
    ),
    bind(
        &[P::Browse],
        &[char('r')],
        C::Refresh,
        "",
        "read every source now",
    ),
    bind(
        &[P::Browse],
        &[char('p')],
        C::Hold,
        "",
        "hold the refresh; again: go on",
    ),
    bind(
        &[P::Browse],
        &[char('L')],
        C::SignInAgain,
        "",
        "sign in again where credentials were refused",
    ),
    bind(
        &[P::Browse],
        &[char('B')],
        C::Batches,
        "batches",
        "the batches of this run and their results",
    ),
    bind(
        &[P::Browse],
        &[plain(KeyCode::Tab)],
        C::Pane,
        "",
        "the detail pane beside the list, on or off",
    ),
    // Moving.
    bind(
        LISTS,
        &[char('j'), plain(KeyCode::Down)],
        C::Down,
        "",
        "down",
    ),
    bind(LISTS, &[char('k'), plain(KeyCode::Up)], C::Up, "", "up"),
    bind(
        LISTS,
        &[char('g'), plain(KeyCode::Home)],
        C::Top,
        "",
        "to the top",
    ),
    bind(
        LISTS,
        &[char('G'), plain(KeyCode::End)],
        C::Bottom,
        "",
        "to the bottom",
    ),
    bind(LISTS, &[ctrl('d')], C::HalfDown, "", "half a page down"),
    bind(LISTS, &[ctrl('u')], C::HalfUp, "", "half a page up"),
    bind(
        LISTS,
        &[plain(KeyCode::PageDown), ctrl('f')],
        C::PageDown,
        "",
        "a page down",
    ),
    bind(
        LISTS,
        &[plain(KeyCode::PageUp), ctrl('b')],
        C::PageUp,
        "",
        "a page up",
    ),
    bind(
        CHOICES,
        &[char('j'), plain(KeyCode::Down)],
        C::Down,
        "",
        "down",
    ),
    bind(CHOICES, &[char('k'), plain(KeyCode::Up)], C::Up, "", "up"),
    // The action menu: single letters, as printed.
    bind(
        &[P::Menu],
        &[char('s')],
        C::Plan(Action::Stop),
        "stop",
        "plan to stop the rows",
    ),
    bind(
        &[P::Menu],
        &[char('d')],
        C::Plan(Action::Delete),
        "delete",
        "plan to delete the rows",
    ),
    bind(
        &[P::Menu],
        &[char('u')],
        C::Plan(Action::Resume),
        "resume",
        "plan to resume the rows",
    ),
    bind(
        &[P::Menu],
        &[char('c')],
        C::Plan(Action::CleanUp),
        "clean up",
        "plan to stop what runs and delete what ended",
    ),
    bind(
        &[P::Menu],
        &[char('j'), plain(KeyCode::Down)],
        C::Down,
        "",
        "down",
    ),
    bind(
        &[P::Menu],
        &[char('k'), plain(KeyCode::Up)],
        C::Up,
        "",
        "up",
    ),
    bind(
        &[P::Menu],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "plan",
        "plan the chosen action; nothing is sent yet",
    ),
    // Status chips and sort menu.
    bind(
        &[P::Statuses],
        &[char(' ')],
        C::Toggle,
        "choose",
        "choose a group or a word; several at once",
    ),
    bind(
        &[P::Statuses],
        &[char('a')],
        C::AllStatuses,
        "all",
        "every status",
    ),
    bind(
        &[P::Statuses],
        &[char('l')],
        C::LiveStatuses,
        "live",
        "what is live: active, moving, paused, unknown",
    ),
    bind(
        &[P::Statuses, P::Sort],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "apply",
        "apply and close",
    ),
    bind(
        &[P::Filter],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "keep",
        "keep the filter and go back to the list",
    ),
    bind(
        &[P::TooMany],
        &[char('1')],
        C::MarkWhatFits,
        "mark what fits",
        "mark as many as there is room for",
    ),
    bind(
        &[P::TooMany],
        &[char('2'), char('/')],
        C::Filter,
        "narrow",
        "narrow the filter first",
    ),
    // The plan.
    bind(
        &[P::PlanPhrase],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "send",
        "send, once the phrase is typed",
    ),
    bind(
        &[P::PlanReason],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "next",
        "go on to the confirm line",
    ),
    bind(
        &[P::PlanRows],
        &[char(' ')],
        C::Toggle,
        "in/out",
        "leave this row out, or take it in again",
    ),
    bind(
        &[P::PlanRows],
        &[char('t')],
        C::Retarget,
        "target",
        "stop this row instead of deleting it, or the other way round",
    ),
    bind(
        &[P::PlanRows],
        &[char('h')],
        C::OnlyHidden,
        "hidden",
        "show only the rows that the list's filter hides",
    ),
    bind(
        &[P::PlanRows],
        &[char('c')],
        C::Wire,
        "requests",
        "the requests as they would leave, without secrets",
    ),
    bind(
        FIELDS,
        &[plain(KeyCode::Tab)],
        C::NextFocus,
        "next field",
        "to the next of reason, confirm line and rows",
    ),
    bind(
        FIELDS,
        &[plain(KeyCode::BackTab)],
        C::PreviousFocus,
        "",
        "to the field before",
    ),
    // Results.
    bind(
        &[P::Results],
        &[char('f')],
        C::Retry,
        "retry",
        "plan again what can be retried",
    ),
    bind(
        &[P::Results],
        &[char('F')],
        C::MarkFailed,
        "re-mark failed",
        "mark what was rejected or is unknown",
    ),
    bind(
        &[P::Results],
        &[char('D')],
        C::DeleteStopped,
        "delete stopped",
        "plan the delete of what was stopped",
    ),
    bind(
        &[P::Results],
        &[char('u')],
        C::ResumeSuspended,
        "",
        "plan the resume of what was suspended",
    ),
    bind(
        &[P::Results],
        &[char('y')],
        C::CopyIds,
        "copy ids",
        "copy the ids of the group under the cursor",
    ),
    bind(
        &[P::Results],
        &[char(' '), plain(KeyCode::Enter)],
        C::Fold,
        "fold",
        "open or close the group under the cursor",
    ),
    bind(
        &[P::Results],
        &[plain(KeyCode::Tab)],
        C::NextFocus,
        "next group",
        "to the next group",
    ),
    bind(
        &[P::Results],
        &[char('B')],
        C::Batches,
        "batches",
        "the batches of this run",
    ),
    bind(
        &[P::Batches],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "open",
        "the results of this batch",
    ),
    bind(
        &[P::Detail],
        &[char('y')],
        C::CopyIds,
        "copy id",
        "copy the id",
    ),
    bind(
        &[P::Quit],
        &[plain(KeyCode::Enter)],
        C::Accept,
        "leave",
        "leave; nothing is undone by it",
    ),
    // Everywhere.
    bind(
        &[P::Browse],
        &[char('!')],
        C::Dismiss,
        "",
        "put the line on what to press away",
    ),
    bind(
        &[P::Browse, P::PlanRows, P::Results, P::Detail, P::FirstRun],
        &[char('?')],
        C::Help,
        "help",
        "the keys of this screen",
    ),
    bind(
        &[
            P::Filter,
            P::Range,
            P::Menu,
            P::Statuses,
            P::Sort,
            P::TooMany,
            P::Batches,
            P::Help,
            P::Quit,
            P::PlanWire,
        ],
        &[plain(KeyCode::Esc)],
        C::Back,
        "back",
        "close, change nothing more",
    ),
    bind(
        FIELDS,
        &[plain(KeyCode::Esc)],
        C::Back,
        "back, nothing sent",
        "back to the list; nothing is sent",
    ),
    bind(
        &[P::Results, P::Detail],
        &[plain(KeyCode::Esc)],
        C::Back,
        "back",
        "back; tracking goes on",
    ),
    bind(
        &[P::Browse],
        &[plain(KeyCode::Esc)],
        C::Back,
        "",
        "clear the filter; marks stay",
    ),
    bind(
        &[P::Browse, P::FirstRun],
        &[char('q')],
        C::Quit,
        "quit",
        "leave",
    ),
    bind(
        &[
            P::Range,
            P::Menu,
            P::Statuses,
            P::Sort,
            P::TooMany,
            P::PlanRows,
            P::PlanWire,
            P::Results,
            P::Batches,
            P::Detail,
            P::Help,
        ],
        &[char('q')],
        C::Quit,
        "",
        "back",
    ),
    bind(
        EVERYWHERE,
        &[ctrl('c')],
        C::Interrupt,
        "",
        "close a dialog; while sending, stop sending; else leave",
    ),
    bind(
        EVERYWHERE,
        &[ctrl('z')],
        C::Suspend,
        "",
        "back to the shell until `fg`",
    ),
];

const EVERYWHERE: &[Place] = &[
    P::FirstRun,
    P::Browse,
    P::Range,
    P::Filter,
    P::Menu,
    P::Statuses,
    P::Sort,
    P::TooMany,
    P::PlanReason,
    P::PlanPhrase,
    P::PlanRows,
    P::PlanWire,
    P::Results,
    P::Batches,
    P::Detail,
    P::Help,
    P::Quit,
];

/// What a key asks for in a place.
pub fn command(place: Place, event: KeyEvent) -> Option<Command> {
    in_place(place)
        .find(|binding| binding.keys.iter().any(|key| key.is(event)))
        .map(|binding| binding.command)
}

/// The bindings of a place, in the order of its footer.
pub fn in_place(place: Place) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.places.contains(&place))
}
