//! What happened, and what is to be done outside: the two ends of `update`.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use crate::app::Background;
use crate::app::listing::Listing;
use crate::app::run::Run;
use crate::app::table::{Query, View};
use crate::domain::action::Exclusion;
use crate::domain::connection::ConnectionName;
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::outcome::Answer;
use crate::domain::plan::{Batch, Request};
use crate::domain::resource::{Key, Reading, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};
use crate::domain::tracking::Tracking;

/// Which batch of this run, from 1. Its name in the journal is known once the intent is on disk.
pub type BatchNumber = usize;

/// What tracking shows of a row: its key, the status last read, the tracking.
pub type Seen = (Key, Clean, Tracking);

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// How many requests each connection sent in the last minute.
    Requests(Vec<(ConnectionName, usize)>),
    /// Text was pasted.
    Paste(String),
    /// The terminal has a new size: columns, rows.
    Resized(u16, u16),
    /// Time passed.
    Tick(Now),
    /// A frame was drawn: what is on screen has been shown.
    Drawn,
    /// A connection told by what it is listed.
    Sources(ConnectionName, Result<Vec<Arc<Source>>, PlatformError>),
    /// A connection's client was opened anew, for another sign-in.
    SignedInAgain(ConnectionName),
    /// The first listing of a source is on its way: the rows so far.
    Arriving(Arc<Source>, Arc<Listing>),
    /// A listing arrived, or failed with the pages that did arrive.
    Listed(
        Arc<Source>,
        Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>,
    ),
    /// A view is ready.
    Arranged(Arc<View>),
    /// A remark in passing.
    Notice(String),
    /// A row was read by its own; the read began at that moment.
    Read(Key, Moment, Result<Reading, PlatformError>),
    /// A part of the answer to an inquiry, by its number; `None` ends the answer.
    Told(u64, Option<Part>),
    /// A batch came on.
    Batch(BatchNumber, BatchMessage),
    /// What the journal holds.
    Journal {
        /// The newest batches and all without an end, oldest first.
        batches: Vec<Run>,
        /// How many others cannot be read: their rows are neither followed nor warned of (J13).
        not_read: usize,
    },
    /// What requests of the open plan look like on the wire, a text for each.
    Previewed(Vec<String>),
    /// What the terminal's own colors are not made for.
    Background(Background),
    /// The text of a file that was asked for, or why there is none.
    Text(Result<String, String>),
    /// SIGINT, SIGTERM or SIGHUP: its number.
    Signal(i32),
}

/// Something that happened to a batch.
#[derive(Debug)]
pub enum BatchMessage {
    /// The intent is on disk, under that name.
    Opened(String),
    /// The intent could not be written: nothing was sent.
    NotJournaled(Clean),
    /// It cannot be adopted: another program goes on with it, or has ended it.
    Elsewhere,
    /// A later record could not be written: nothing further is sent.
    JournalFailed(Clean),
    /// A request begins to leave.
    Sending(u32),
    /// The answer for one id, and when it came.
    Answered(Key, Answer, Moment),
    /// A row was not sent.
    LeftOut(Key, Exclusion, Clean),
    /// Worth a line.
    Note(Clean),
    /// That request to that connection was refused by a rate limit, and is sent again in so many seconds.
    Waiting(u32, ConnectionName, u64),
    /// A lane stopped.
    LaneStopped(ConnectionName, Clean),
    /// Every request ended.
    Done,
}

/// Something to do outside.
#[derive(Debug)]
pub enum Effect {
    /// Ask a connection by what it is listed.
    Discover(ConnectionName),
    /// List a source.
    List(Arc<Source>),
    /// Filter and sort, off the drawing thread.
    Arrange(ArrangeJob),
    /// Read these rows anew, by id or by listing their source, whichever takes fewer requests.
    Read(Vec<Key>),
    /// Read these rows by id: a listing that does not show them proves nothing.
    ReadById(Vec<Key>),
    /// Ask what the platform tells of a row beyond its listing. The inquiry before it is given up.
    Inspect(Key, Inquiry, u64),
    /// Count the requests of the last minute.
    CountRequests,
    /// Write to a new file, whose name begins with that and is told in a notice.
    Save(String, Saved),
    /// Read a text file of that name.
    ReadText(String),
    /// Write the intent of a confirmed batch, then send it.
    Send(BatchNumber, Arc<Batch>),
    /// Send nothing further of a batch.
    StopSending(BatchNumber),
    /// Read the newest batches of the journal.
    ReadJournal,
    /// Go on with a batch of the journal that has no end: hold its file, write what is seen.
    Adopt(BatchNumber, String),
    /// Journal what tracking shows: key, last status, tracking.
    Record(BatchNumber, Vec<Seen>),
    /// Journal that a batch has settled.
    Finish(BatchNumber),
    /// Show these requests as they would leave.
    Preview(Vec<Request>),
    /// Put text on the clipboard, by the terminal's own means.
    Copy(String),
    /// Sign in again with freshly read secrets, and read everything.
    SignInAgain(ConnectionName),
    /// Give the terminal back and stop, as the shell's job control expects.
    Suspend,
    /// Leave, and open the demo instead.
    Demo,
    /// Leave. The number is the exit status.
    Quit(u8),
}

/// What is written to a file.
#[derive(Debug)]
pub enum Saved {
    /// These lines.
    Lines(Vec<String>),
    /// The rows of the list, as tab-separated values.
    Rows(Arc<View>),
    /// The ending of the file's name, and its text.
    Text(&'static str, String),
}

/// What a view is made of.
#[derive(Debug)]
pub struct ArrangeJob {
    /// Which view this is; later ones win.
    pub generation: u64,
    /// All listings.
    pub listings: Vec<Arc<Listing>>,
    /// What decides.
    pub query: Query,
    /// The present.
    pub now: Now,
}
