//! The rows of a plan in their three groups, ids whole and first.

use std::collections::BTreeSet;

use crate::app::Model;
use crate::app::confirm::{Confirm, Focus};
use crate::app::run::Run;
use crate::domain::action::{Grouping, Verb};
use crate::domain::plan::{Place, PlanRow};
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::ui::glyph;
use crate::ui::plan::groups::{self, Group};
use crate::ui::scroll::Scroll;
use crate::ui::sheet::{Entry, Sheet, WIDE};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, strong};

/// Lines of one of the three groups, and which row each belongs to.
type Section<'a> = Vec<(Words, Option<&'a Key>)>;

/// The list, with the cursor on its row while the rows have the focus; each group names its account
/// where that has no room elsewhere.
pub(super) fn scroll(
    model: &Model,
    confirm: &Confirm,
    (columns, height): (usize, usize),
    names_accounts: bool,
) -> Scroll {
    let rows = confirm.rows(model);
    let groups = groups::of(&rows, &confirm.plan, names_accounts);
    let (shared, busy) = (groups::shared(&groups), model.on_their_way());
    let entry = |row: &PlanRow| entry(model, row, busy.get(&row.row.key).copied(), columns);
    let sections = groups.chunk_by(|a, b| a.title() == b.title());
    let sections: Vec<Section> = sections
        .map(|groups| section(groups, &entry, &shared, columns))
        .collect();
    let len: usize = sections.iter().map(Vec::len).sum();
    let has_air = len + sections.len().saturating_sub(1) <= height;
    let cursor = rows.get(confirm.cursor).filter(|_| match confirm.focus {
        Focus::Rows => true,
        Focus::Find => !confirm.nothing_found,
        Focus::Reason | Focus::Phrase => false,
    });
    let cursor = cursor.map(|row| &row.row.key);
    let mut scroll = Scroll::default();
    for section in sections {
        if has_air && !scroll.lines.is_empty() {
            scroll.add([Words::new()], false);
        }
        for (line, key) in section {
            scroll.add([line], key.is_some() && key == cursor);
        }
    }
    scroll
}

/// Groups under one title.
fn section<'a>(
    groups: &[Group<'a>],
    entry: &dyn Fn(&PlanRow) -> Entry,
    shared: &BTreeSet<u32>,
    columns: usize,
) -> Section<'a> {
    let rows = groups.iter().flat_map(|group| group.rows);
    let entries: Vec<Entry> = rows.map(|row| entry(row)).collect();
    let (title, words) = groups[0].title();
    let head = strong(format!(" {title} {}", entries.len()));
    let mut section = vec![(head.quiet(format!("   {words}")), None)];
    let common = Sheet::measure(&entries, &[], columns);
    let mut rest = entries.as_slice();
    for group in groups {
        let lines = group.lines(shared, columns).into_iter();
        section.extend(lines.map(|line| (line, None)));
        let (own, after) = rest.split_at(group.rows.len());
        rest = after;
        // One set of columns for all groups reads best; where there is little room each has its own.
        let narrow = Sheet::measure(own, &[], columns);
        let sheet = if columns < WIDE { &narrow } else { &common };
        for (row, entry) in group.rows.iter().zip(own) {
            let lines = sheet.lines(entry).into_iter();
            section.extend(lines.map(|line| (line, Some(&row.row.key))));
        }
    }
    section
}

/// A row; `busy` is the batch that is moving it already.
fn entry(model: &Model, row: &PlanRow, busy: Option<&Run>, columns: usize) -> Entry {
    let status = &row.row.status;
    let (cell, note) = match &row.place {
        Place::LeftOut { words, .. } => {
            let cell = (theme::of_group(status.group), status.word.to_string());
            (cell, (Tone::Plain, left_out(row, words)))
        }
        Place::Send(verb) | Place::ServerDecides(verb, _) => {
            // The line of the group says the target as well.
            let goal = if columns < WIDE {
                String::new()
            } else {
                format!(" {} {}", glyph::ARROW, verb.goal.word())
            };
            let notes = notes(model, row, verb, busy).join(", ");
            let cell = (Tone::Plain, format!("{}{goal}", status.word));
            (cell, (Tone::Warn, notes))
        }
    };
    Entry {
        lead: "",
        id: row.row.key.id.shown().to_string(),
        name: row.row.name.to_string(),
        cells: vec![cell],
        note,
    }
}

/// What is easily overlooked of a row that leaves.
fn notes(model: &Model, row: &PlanRow, verb: &Verb, busy: Option<&Run>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    notes.extend(busy.map(|run| format!("in batch {}", run.title())));
    if let Place::ServerDecides(_, guess) = &row.place {
        notes.push((*guess).to_owned());
    }
    if row.marked_as != row.row.status.word {
        notes.push(format!("{} when marked", row.marked_as));
    }
    // Run:ai puts rows of several projects into one request; elsewhere the line of the group names it.
    if verb.grouping == Grouping::Verb {
        notes.push(row.row.scope.to_string());
    }
    if row.row.scheduled {
        notes.push("on a schedule".to_owned());
    }
    let owner = row.row.owner.as_ref();
    let owner = owner.filter(|_| model.is_of_another(&row.row));
    notes.extend(owner.map(|owner| format!("of {owner}")));
    notes
}

fn left_out(row: &PlanRow, words: &Clean) -> String {
    let mut note = words.to_string();
    if row.marked_as != row.row.status.word {
        note = format!("{note} ({} when marked)", row.marked_as);
    }
    if row.may_return() {
        note = format!("{note}; space takes it in");
    }
    note
}
