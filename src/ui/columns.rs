//! Which columns the table has at which width, and how wide each is (`UX.md` 3).

use crate::app::Model;
use crate::app::table::Column;
use crate::domain::connection::PlatformId;
use crate::domain::text::width;
use crate::ui::canvas::fit;

/// From here on platforms have a column for their names.
const WIDE: u16 = 97;
/// From here on the longest status words stand in full.
const ROOMY: u16 = 130;
/// Below that only platform, name and status are shown.
const NARROW: u16 = 77;

const WIDE_ORDER: &[Column] = &[
    Column::Platform,
    Column::Kind,
    Column::Name,
    Column::Id,
    Column::Scope,
    Column::Status,
    Column::Target,
    Column::Age,
    Column::Gpus,
    Column::Owner,
    Column::Message,
];
const MIDDLE_ORDER: &[Column] = &[
    Column::Platform,
    Column::Name,
    Column::Id,
    Column::Status,
    Column::Age,
    Column::Scope,
];
const NARROW_ORDER: &[Column] = &[Column::Platform, Column::Name, Column::Status];

/// What gives way first.
const DROPPED: &[Column] = &[
    Column::Message,
    Column::Gpus,
    Column::Owner,
    Column::Target,
    Column::Kind,
    Column::Scope,
    Column::Age,
];

/// Who takes what is left over, in turns: a column and the width it grows to.
const GROWTH: &[(Column, u16)] = &[
    (Column::Scope, 12),
    (Column::Name, 28),
    (Column::Scope, 18),
    (Column::Id, 36),
    (Column::Owner, 20),
    (Column::Name, 40),
    (Column::Scope, 28),
    (Column::Message, 60),
    (Column::Name, 80),
    (Column::Message, u16::MAX),
];

/// Whether some connection reports GPUs.
fn has_gpus(model: &Model) -> bool {
    let mut lanes = model.lanes.all().iter();
    lanes.any(|lane| lane.connection.platform == PlatformId::RunAi)
}

/// What a column needs; ids and names more where they are to stand whole.
fn least(model: &Model, column: Column, total: u16) -> u16 {
    let whole = model.browse.wide;
    match column {
        Column::Platform if total >= WIDE => 8,
        Column::Platform => 1,
        Column::Name if whole && total >= WIDE => 28,
        Column::Id if whole && total >= NARROW => 36,
        Column::Name if total >= WIDE => 22,
        Column::Name => 20,
        Column::Id => 16,
        Column::Scope if total >= WIDE => 12,
        Column::Kind | Column::Scope => 10,
        Column::Status => status(model, total),
        Column::Target => 9,
        Column::Age => 4,
        Column::Gpus => 5,
        Column::Owner => 8,
        Column::Message => 24,
    }
}

/// Room for the glyph and the longest word of the open tab, up to what the width allows: columns stay where
/// they are while one scrolls.
fn status(model: &Model, total: u16) -> u16 {
    let words = model.browse.view.words.keys();
    let longest = words.map(|(_, word)| width(word.as_str())).max();
    let most = if total >= ROOMY { 19 } else { 14 };
    fit(longest.unwrap_or(0) + 2).clamp(9, most)
}

/// The columns of a table, with their widths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Columns before the first one: cursor, mark and flag.
    pub(super) prefix: u16,
    pub(super) shown: Vec<(Column, u16)>,
    /// How many find no room unless they are scrolled to, and from which of them on they are shown; 0: none is.
    pub(super) more: (usize, usize),
}

impl Columns {
    /// Chooses columns for a table of that inner width.
    pub(super) fn of(model: &Model, total: u16) -> Self {
        let order = match total {
            WIDE.. => WIDE_ORDER,
            NARROW..WIDE => MIDDLE_ORDER,
            0..NARROW => NARROW_ORDER,
        };
        let prefix = if total >= WIDE { 4 } else { 3 };
        let mut shown: Vec<(Column, u16)> = order
            .iter()
            .filter(|column| has_gpus(model) || **column != Column::Gpus)
            .map(|&column| (column, least(model, column, total)))
            .collect();
        let mut dropped = DROPPED.iter();
        while taken(prefix, &shown) > total {
            let Some(next) = dropped.next() else {
                break;
            };
            shown.retain(|(column, _)| column != next);
        }
        let more = (0, 0);
        let mut columns = Self {
            prefix,
            shown,
            more,
        };
        columns.scroll(model, total);
        columns.grow(total);
        columns
    }

    /// Puts columns that have no room in the place of those that give way, as many as fit, and at least one.
    fn scroll(&mut self, model: &Model, total: u16) {
        let is_there = |column: &Column| has_gpus(model) || *column != Column::Gpus;
        let all = WIDE_ORDER.iter().copied().filter(is_there);
        let more: Vec<Column> = all.filter(|column| !self.has(*column)).collect();
        let steps = isize::try_from(more.len() + 1).expect("a handful of columns");
        let step = model.browse.scrolled.rem_euclid(steps).unsigned_abs();
        self.more = (more.len(), step);
        let Some(first) = step.checked_sub(1) else {
            return;
        };
        self.shown.retain(|(column, _)| !DROPPED.contains(column));
        for (place, column) in more.into_iter().enumerate().skip(first) {
            self.shown.push((column, least(model, column, total)));
            if place > first && taken(self.prefix, &self.shown) > total {
                self.shown.pop();
                return;
            }
        }
    }

    fn grow(&mut self, total: u16) {
        let mut spare = total.saturating_sub(taken(self.prefix, &self.shown));
        for (column, wanted) in GROWTH {
            let place = self.shown.iter_mut().find(|(shown, _)| shown == column);
            if let Some((_, width)) = place {
                let more = wanted.saturating_sub(*width).min(spare);
                *width += more;
                spare -= more;
            }
        }
        // Narrower than the least the columns ask for: the name gives way, since nothing else is left.
        let excess = taken(self.prefix, &self.shown).saturating_sub(total);
        let mut shown = self.shown.iter_mut();
        if let Some((_, width)) = shown.find(|(column, _)| *column == Column::Name) {
            *width = width.saturating_sub(excess);
        }
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.shown.iter().any(|(shown, _)| *shown == column)
    }
}

/// The columns with one space between them.
fn taken(prefix: u16, shown: &[(Column, u16)]) -> u16 {
    let gaps = fit(shown.len().saturating_sub(1));
    prefix + gaps + shown.iter().map(|(_, width)| width).sum::<u16>()
}
