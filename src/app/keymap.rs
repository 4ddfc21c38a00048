//! The one table of keys: what is pressed, what it does, how footer and help say it.
//!
//! A key that is not in [`BINDINGS`] does nothing, unless the focus is a text field, which takes it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::key_press::KeyPress;
use crate::app::table::Tab;
use crate::domain::action::Action;
use crate::domain::export::Format;
use crate::domain::resource::Kind;

macro_rules! place_table {
    ($($place:ident $title:literal)+) => {
        /// Where keys go: the focus of the screen, or its popup.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each has a title")]
        pub enum Place {
            $($place,)+
        }

        const EVERYWHERE: &[Place] = &[$(Place::$place),+];

        impl Place {
            /// Its name, as the head of the help.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$place => $title,)+
                }
            }
        }
    };
}

place_table! {
    FirstRun "first run"
    Browse "list"
    Range "range"
    Filter "filter"
    Menu "actions"
    Statuses "status filter"
    Sort "sort"
    TooMany "too many"
    PlanReason "plan: reason"
    PlanPhrase "plan: confirm"
    PlanRows "plan: rows"
    PlanWire "plan: requests"
    PlanFind "plan: find"
    Results "results"
    ResultsRow "results: row"
    Export "export"
    Batches "batches"
    Palette "commands"
    Ids "ids"
    IdsMissing "ids not found"
    Sources "sources"
    Messages "messages"
    Detail "detail"
    Logs "logs"
    Search "search"
    Help "help"
    Quit "quit"
}

impl Place {
    /// Whether keys that are not bound are typed into a field.
    pub const fn has_field(self) -> bool {
        matches!(
            self,
            Self::Filter
                | Self::Search
                | Self::Palette
                | Self::Ids
                | Self::PlanReason
                | Self::PlanPhrase
                | Self::PlanFind
        )
    }
}

/// What a key asks for; [`BINDINGS`] and [`NAMED`](super::palette::NAMED) say what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "the tables of keys and names say what each does"
)]
pub enum Command {
    Move(Move),
    Mark,
    RangeMark,
    RangeUnmark,
    MarkAll,
    UnmarkAll,
    Invert,
    Mine,
    OnlyMarked,
    LastBatch,
    Actions,
    Plan(Action),
    Detail,
    Logs,
    Search,
    NextMatch,
    PreviousMatch,
    Follow,
    Save,
    Filter,
    Statuses,
    Sort,
    ReverseSort,
    Tab(Tab),
    CopyIds,
    CopyRows,
    Refresh,
    Hold,
    Pane,
    Batches,
    /// A reason of an earlier batch, into the field.
    EarlierReason,
    Palette,
    Sources,
    Messages,
    Scope,
    Ids,
    DropGone,
    Theme,
    On,
    Off,
    Demo,
    Wide,
    ColumnsRight,
    ColumnsLeft,
    Help,
    Dismiss,
    SignInAgain,
    Accept,
    Toggle,
    AllStatuses,
    LiveStatuses,
    MarkWhatFits,
    NextFocus,
    PreviousFocus,
    Retarget,
    OnlyHidden,
    Wire,
    Retry,
    MarkFailed,
    DeleteStopped,
    ResumeSuspended,
    SuspendResumed,
    Close,
    Fold,
    Export,
    ExportAs(Format),
    Back,
    Quit,
    Interrupt,
    Suspend,
}

/// Where a moving key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table of keys says what each does")]
pub enum Move {
    Up,
    Down,
    Top,
    Bottom,
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
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

macro_rules! key {
    ((ctrl $c:literal)) => {
        KeyPress::new(KeyCode::Char($c), KeyModifiers::CONTROL)
    };
    ($c:literal) => {
        KeyPress::new(KeyCode::Char($c), KeyModifiers::NONE)
    };
    ($code:ident) => {
        KeyPress::new(KeyCode::$code, KeyModifiers::NONE)
    };
}

macro_rules! places {
    ([$($place:ident)+]) => { &[$(Place::$place),+] };
    ($set:ident) => { $set };
}

/// A line is places, keys, command, label and help.
macro_rules! bindings {
    ($($places:tt [$($key:tt)+] $command:ident $(($of:expr))? $label:literal $help:literal;)+) => {
        &[$(Binding {
            places: places!($places),
            keys: &[$(key!($key)),+],
            command: Command::$command $(($of))?,
            label: $label,
            help: $help,
        }),+]
    };
}

const LISTS: &[Place] =
    places!([Browse Range PlanRows Results ResultsRow Detail Logs PlanWire Help]);
const PAGES: &[Place] = places!([Detail Logs]);
const MOVES: &[Place] = places!([Browse Range PlanRows Results ResultsRow Detail Logs PlanWire Help Menu Statuses Sort Batches IdsMissing Sources Messages]);
const TABLE: &[Place] = places!([Browse Range]);
const FIELDS: &[Place] = places!([PlanReason PlanPhrase PlanRows]);
const QUIT_IS_BACK: &[Place] = places!([Range Menu Statuses Sort TooMany PlanRows PlanWire Results ResultsRow Export Batches IdsMissing Sources Messages Detail Logs Help]);
const HELPED: &[Place] = places!([Browse Statuses IdsMissing Sources Messages PlanRows Results ResultsRow Detail Logs FirstRun]);
const POPUPS: &[Place] = places!([Filter Search Range Menu Statuses Sort TooMany Batches Palette Ids IdsMissing Sources Messages Help Quit PlanWire PlanFind ResultsRow Export]);

/// Every key of the program. In each place the order is the order of the footer.
pub const BINDINGS: &[Binding] = bindings! {
    // The table.
    TABLE             [' ']                 Mark                              "mark"               "mark or unmark the row, and move down";
    TABLE             ['v']                 RangeMark                         "range"              "begin a range; again: mark all rows in it";
    TABLE             ['V']                 RangeUnmark                       ""                   "begin a range; again: unmark all rows in it";
    [Browse]          ['a']                 MarkAll                           "all matching"       "mark everything that matches, also rows not drawn";
    [Browse]          ['A']                 UnmarkAll                         ""                   "unmark everything that matches";
    [Browse]          ['x']                 Actions                           "act"                "choose an action for the marked rows, or for this one";
    [Browse]          ['s']                 Statuses                          "status"             "choose statuses, several at once";
    [Browse]          ['/']                 Filter                            "filter"             "text, !text, ~regex, owner:ana, age>2h, gpu>4 ...";
    [Browse]          [Enter]               Detail                            "detail"             "everything known of this row";
    [Browse Detail]   ['l']                 Logs                              "logs"             "what this row wrote, or what happened to it";
    [Browse]          ['m']                 OnlyMarked                        "only marked"        "show only the marked rows, hidden and gone ones too";
    [Browse]          ['i']                 Invert                            ""                   "invert the marks within what matches";
    [Browse]          ['M']                 Mine                              ""                   "show only your own rows; again: all";
    [Browse]          ['R']                 LastBatch                         ""                   "mark the rows of the last batch again";
    [Browse]          ['o']                 Sort                              "sort"               "choose the column to sort by";
    [Browse]          ['O']                 ReverseSort                       ""                   "turn the order round";
    [Browse]          ['0']                 Tab(Tab::All)                     ""                   "all kinds";
    [Browse]          ['1']                 Tab(Tab::Only(Kind::Execution))   ""                   "executions only";
    [Browse]          ['2']                 Tab(Tab::Only(Kind::Deployment))  ""                   "deployments only";
    [Browse]          ['3']                 Tab(Tab::Only(Kind::Workload))    ""                   "workloads only";
    [Browse]          ['y']                 CopyIds                           ""                   "copy the ids of the marked rows, or of this one";
    [Browse]          ['Y']                 CopyRows                          ""                   "copy those rows as tab-separated values";
    [Browse]          ['r']                 Refresh                           ""                   "read every source now";
    [Browse]          ['p']                 Hold                              ""                   "hold the refresh; again: go on";
    [Browse]          ['L']                 SignInAgain                       ""                   "sign in again where credentials were refused";
    [Browse]          ['B']                 Batches                           "batches"            "the batches of this and earlier runs, and their results";
    [Browse]          [':']                 Palette                           "command"            "commands by name: sources, messages, ids ...";
    [Browse]          ['e']                 Save                              ""                   "write the rows shown to a new file, tab-separated";
    [Browse]          ['w']                 Wide                              ""                   "ids and names whole, others give way; again: as before";
    [Browse]          [Tab]                 Pane                              ""                   "the detail pane beside the list, on or off";
    TABLE             [Right]               ColumnsRight                      ""                   "the columns that have no room, from the next one on";
    TABLE             [Left]                ColumnsLeft                       ""                   "the columns before; from the first ones: the last";
    // Moving.
    MOVES             ['j' Down]            Move(Move::Down)                  ""                   "down";
    MOVES             ['k' Up]              Move(Move::Up)                    ""                   "up";
    LISTS             ['g' Home]            Move(Move::Top)                   ""                   "to the top";
    LISTS             ['G' End]             Move(Move::Bottom)                ""                   "to the bottom";
    LISTS             [(ctrl 'd')]          Move(Move::HalfDown)              ""                   "half a page down";
    LISTS             [(ctrl 'u')]          Move(Move::HalfUp)                ""                   "half a page up";
    LISTS             [PageDown (ctrl 'f')] Move(Move::PageDown)              ""                   "a page down";
    LISTS             [PageUp (ctrl 'b')]   Move(Move::PageUp)                ""                   "a page up";
    [Palette Ids Export] [Down]             Move(Move::Down)                  ""                   "down";
    [Palette Ids Export] [Up]               Move(Move::Up)                    ""                   "up";
    [Palette]         [Enter]               Accept                            "run"                "run the chosen command";
    [Ids]             [Enter]               Accept                            "mark"               "read every source anew, then mark the rows of these ids";
    [IdsMissing]      [Enter]               Back                              "close"              "close; :messages keeps them";
    [FirstRun]        ['4']                 Demo                              "demo"               "look around on simulated platforms, without a network";
    [Sources]         ['r']                 Refresh                           "read now"           "read every source now";
    [Sources]         ['p']                 Hold                              "hold"               "hold the refresh; again: go on";
    // The action menu: single letters, as printed.
    [Menu]            ['s']                 Plan(Action::Stop)                "stop"               "plan to stop the rows";
    [Menu]            ['d']                 Plan(Action::Delete)              "delete"             "plan to delete the rows";
    [Menu]            ['u']                 Plan(Action::Resume)              "resume"             "plan to resume the rows";
    [Menu]            ['c']                 Plan(Action::CleanUp)             "clean up"           "plan to stop what runs and delete what ended";
    [Menu]            [Enter]               Accept                            "plan"               "plan the chosen action; nothing is sent yet";
    // Status chips and sort menu.
    [Statuses]        [' ']                 Toggle                            "choose"             "choose a group or a word; several at once";
    [Statuses]        ['a']                 AllStatuses                       "all"                "every status";
    [Statuses]        ['l']                 LiveStatuses                      "live"               "what is live: active, moving, paused, unknown";
    [Statuses Sort]   [Enter]               Accept                            "apply"              "apply and close";
    [Filter]          [Enter]               Accept                            "keep"               "keep the filter and go back to the list";
    [TooMany]         ['1']                 MarkWhatFits                      "mark what fits"     "mark as many as there is room for";
    [TooMany]         ['2' '/']             Filter                            "narrow"             "narrow the filter first";
    [TooMany]         ['?']                 Help                              "why 100"            "why 100? a platform takes at most 100 ids in one request";
    // The plan.
    [PlanPhrase]      [Enter]               Accept                            "send"               "send, once the phrase is typed";
    [PlanReason]      [Enter]               Accept                            "next"               "go on to the confirm line";
    [PlanReason]      [Up]                  EarlierReason                     "earlier reason"     "a reason given before; again: the one before that";
    [PlanRows]        [' ']                 Toggle                            "in/out"             "leave this row out, or take it in again";
    [PlanRows]        ['t']                 Retarget                          "target"             "stop this row instead of deleting it, or the reverse";
    [PlanRows]        ['h']                 OnlyHidden                        "hidden"             "show only the rows that the list's filter hides";
    [PlanRows]        ['/']                 Filter                            "find"               "go to the row that holds what is typed";
    [PlanFind]        [Enter]               Accept                            "go on"              "back to the rows, on the one that was found";
    [PlanRows]        ['e']                 Export                            "export"             "save the plan as CSV, JSON or Markdown";
    [PlanRows]        ['c']                 Wire                              "requests"           "the requests as they would leave, without secrets";
    FIELDS            [Tab]                 NextFocus                         "next field"         "to the next of reason, confirm line and rows";
    FIELDS            [BackTab]             PreviousFocus                     ""                   "to the field before";
    // Results.
    [Results]         ['f']                 Retry                             "retry"              "plan again what can be retried";
    [Results]         ['F']                 MarkFailed                        "re-mark failed"     "mark rejected and unknown rows not at their target";
    [Results]         ['D']                 DeleteStopped                     "delete stopped"     "plan the delete of what was stopped and cannot be resumed";
    [Results]         ['u']                 ResumeSuspended                   ""                   "plan the resume of what was suspended";
    [Results]         ['s']                 SuspendResumed                    ""                   "plan the suspend of what was resumed";
    [Results]         ['C']                 Close                             "close"              "end a batch whose connections are gone: no further reads";
    [Results]         ['y']                 CopyIds                           "copy ids"           "copy the ids of the group under the cursor";
    [ResultsRow]      ['y']                 CopyIds                           "copy id"            "copy the id";
    [Results ResultsRow] ['e']              Export                            "export"             "save the results as CSV, JSON or Markdown";
    [Results]         [Enter]               Detail                            "row"                "all that was said of this row, word by word";
    [Results]         [' ']                 Fold                              "fold"               "open or close the group under the cursor";
    [Results]         [Tab]                 NextFocus                         "next group"         "to the next group";
    [Results]         ['B']                 Batches                           "batches"            "the batches of this and earlier runs";
    [Export]          ['c']                 ExportAs(Format::Csv)             "CSV"                "a table for spreadsheets";
    [Export]          ['j']                 ExportAs(Format::Json)            "JSON"               "facts, counts and rows for programs";
    [Export]          ['m']                 ExportAs(Format::Markdown)        "Markdown"           "a block for an incident note";
    [Export]          [Enter]               Accept                            "save"               "save in the form under the cursor";
    [Batches]         [Enter]               Accept                            "open"               "the results of this batch";
    [Detail]          ['y']                 CopyIds                           "copy id"            "copy the id";
    PAGES             ['/']                 Search                            "search"             "look for a text; enter goes to the first place";
    PAGES             ['n']                 NextMatch                         "next"               "to the next place it is found";
    PAGES             ['N']                 PreviousMatch                     ""                   "to the place before";
    PAGES             ['f']                 Follow                            "follow"             "ask again every 10 s, newest lines in sight; again: stop";
    PAGES             ['e']                 Save                              "save"               "write all of it to a new file";
    [Logs]            ['y']                 CopyIds                           "copy"               "copy the command line of the note, else the id";
    PAGES             ['r']                 Refresh                           ""                   "ask again now";
    [Search]          [Enter]               Accept                            "find"               "to the first place from here on";
    [Quit]            [Enter]               Accept                            "leave"              "leave; nothing is undone by it";
    // Everywhere.
    [Browse]          ['!']                 Dismiss                           ""                   "put the line on what to press away";
    HELPED            ['?']                 Help                              "help"               "the keys of this screen";
    POPUPS            [Esc]                 Back                              "back"               "close, change nothing more";
    FIELDS            [Esc]                 Back                              "back, nothing sent" "back to the list; nothing is sent";
    [Results Detail Logs] [Esc]                 Back                              "back"               "back; tracking goes on";
    [Browse]          [Esc]                 Back                              ""                   "clear the filter; marks stay";
    [Browse FirstRun] ['q']                 Quit                              "quit"               "leave";
    QUIT_IS_BACK      ['q']                 Quit                              ""                   "back";
    EVERYWHERE        [(ctrl 'c')]          Interrupt                         ""                   "close a dialog; while sending, stop sending; else leave";
    EVERYWHERE        [(ctrl 'z')]          Suspend                           ""                   "back to the shell until `fg`";
};

/// What a key asks for in a place.
pub fn command(place: Place, event: KeyEvent) -> Option<Command> {
    in_place(place)
        .find(|binding| binding.keys.iter().any(|key| key.is(event)))
        .map(|binding| binding.command)
}

/// The key for a command in a place, as printed; empty where none is bound.
pub fn name(place: Place, command: Command) -> String {
    let binding = in_place(place).find(|binding| binding.command == command);
    binding.map_or_else(String::new, |binding| binding.keys[0].name())
}

/// The bindings of a place, in the order of its footer.
pub fn in_place(place: Place) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.places.contains(&place))
}
