//! How the room of the terminal is divided: the breakpoints of `UX.md` 3. Scrolling needs the numbers,
//! drawing uses the same.

use crate::app::keymap::{Command, Move};

/// The smallest terminal anything but a notice is drawn on.
pub(crate) const SMALLEST: (u16, u16) = (60, 15);

/// Whether nothing but a notice is drawn on a terminal of that size. What cannot be seen cannot be
/// confirmed either (T1).
pub(crate) const fn is_too_small((columns, rows): (u16, u16)) -> bool {
    columns < SMALLEST.0 || rows < SMALLEST.1
}

/// How many lines the help shows on a terminal of so many rows.
pub(crate) const fn help_page(rows: u16) -> u16 {
    rows.saturating_sub(4)
}

/// Screens with a box of their own give up the header below so many rows.
pub(crate) const ROOM_FOR_HEADER: u16 = 30;

/// The columns and lines of a page in the box of plan or results, on a terminal of that size.
pub(super) fn box_page((columns, rows): (u16, u16)) -> (usize, usize) {
    let around = 3 + u16::from(rows >= ROOM_FOR_HEADER);
    let lines = rows.saturating_sub(around).max(1);
    (usize::from(columns.saturating_sub(4)), usize::from(lines))
}

/// The first line on screen of a page of `len` lines, after a command that may move.
pub(super) fn paged(first: usize, len: usize, page: usize, command: Command) -> usize {
    let last = len.saturating_sub(page);
    let first = first.min(last);
    moved(first, last + 1, page, command).unwrap_or(first)
}

/// Where the detail pane of the list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    /// Beside the table, that wide.
    Right(u16),
    /// Under the table, that high.
    Below(u16),
    Line,
    None,
}

/// The division of the list's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The detail pane.
    pub(crate) pane: Pane,
    /// Lines under the table for it.
    pub(crate) below: u16,
    /// Lines between tabs and table that report failures.
    pub(crate) banner: u16,
    /// Whether there is a line on what to press.
    pub(crate) hint: bool,
    /// Lines under the table for notices, where the pane below it leaves them no place.
    pub(crate) notices: u16,
    /// Rows of the table's body.
    pub(crate) body: u16,
}

/// How many notices are shown at once.
pub(crate) const NOTICES: usize = 3;

/// Header, tabs, two borders, column heads, marks, footer.
const CHROME: u16 = 7;

impl Layout {
    /// Divides a terminal of that size.
    pub(crate) fn of(
        (columns, rows): (u16, u16),
        pane_on: bool,
        troubles: usize,
        hint: bool,
        notices: usize,
    ) -> Self {
        let pane = match columns {
            140.. if pane_on => Pane::Right((columns / 3).min(64)),
            100..140 if pane_on && rows >= 24 => Pane::Below(7),
            80.. => Pane::Line,
            _ => Pane::None,
        };
        let below = match pane {
            Pane::Below(height) => height,
            Pane::Line => 1,
            Pane::Right(_) | Pane::None => 0,
        };
        let at_most = |count: usize, most: u16| u16::try_from(count).unwrap_or(u16::MAX).min(most);
        let banner = at_most(troubles, if rows >= 30 { 3 } else { 1 });
        let notices = match pane {
            Pane::Below(_) => 0,
            Pane::Right(_) | Pane::Line | Pane::None => at_most(notices, 3),
        };
        let taken = CHROME + below + banner + u16::from(hint) + notices;
        Self {
            pane,
            below,
            banner,
            hint,
            notices,
            body: rows.saturating_sub(taken).max(1),
        }
    }
}

/// Where a moving command leads in a list of `len` rows, of which a page shows `page`; `None` where the
/// command does not move.
pub(super) fn moved(from: usize, len: usize, page: usize, command: Command) -> Option<usize> {
    let last = len.saturating_sub(1);
    let Command::Move(step) = command else {
        return None;
    };
    let to = match step {
        Move::Up => from.saturating_sub(1),
        Move::Down => from + 1,
        Move::Top => 0,
        Move::Bottom => last,
        Move::HalfUp => from.saturating_sub(page / 2),
        Move::HalfDown => from + page / 2,
        Move::PageUp => from.saturating_sub(page),
        Move::PageDown => from + page,
    };
    Some(to.min(last))
}

/// The first row of a page of `page` rows that shows `cursor`, moved as little as possible.
pub(super) fn scrolled(offset: usize, cursor: usize, page: usize) -> usize {
    let page = page.max(1);
    offset.min(cursor).max((cursor + 1).saturating_sub(page))
}
