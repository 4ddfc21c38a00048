//! The rows of a plan in their three groups, ids whole and first.

use std::collections::BTreeSet;

use crate::app::Model;
use crate::app::confirm::{Confirm, Focus};
use crate::app::run::Run;
use crate::domain::action::Grouping;
use crate::domain::plan::{Place, PlanRow};
use crate::domain::resource::Key;
use crate::ui::glyph;
use crate::ui::plan::groups::{self, Group};
use crate::ui::scroll::Scroll;
use crate::ui::sheet::{Entry, Sheet};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, strong};

/// From here on each row says its target.
const WIDE: usize = 108;

/// Lines of one of the three groups, and which row each belongs to.
type Section<'a> = Vec<(Words, Option<&'a Key>)>;

/// The list, with the cursor on its row while the rows have the focus.
pub(super) fn scroll(model: &Model, confirm: &Confirm, columns: usize, height: usize) -> Scroll {
    let rows = confirm.rows(|row| model.hides(row));
    let sections = sections(model, confirm, &rows, columns);
    let cursor = rows.get(confirm.cursor).map(|row| &row.row.key);
    let cursor = cursor.filter(|_| matches!(confirm.focus, Focus::Rows | Focus::Find));
    let len: usize = sections.iter().map(Vec::len).sum();
    let has_air = len + sections.len().saturating_sub(1) <= height;
    let mut lines: Section = Vec::with_capacity(len + 2);
    for section in sections {
        if has_air && !lines.is_empty() {
            lines.push((Words::new(), None));
        }
        lines.extend(section);
    }
    let is_cursor = |line: &(Words, Option<&Key>)| line.1.is_some() && line.1 == cursor;
    let first = lines.iter().position(is_cursor).unwrap_or(0);
    let last = lines.iter().rposition(is_cursor).map_or(0, |last| last + 1);
    Scroll {
        lines: lines.into_iter().map(|(line, _)| line).collect(),
        cursor: first..last,
        tail: 0,
    }
}

fn sections<'a>(
    model: &Model,
    confirm: &Confirm,
    rows: &[&'a PlanRow],
    columns: usize,
) -> Vec<Section<'a>> {
    let of = |is: fn(&Place) -> bool| -> Vec<&'a PlanRow> {
        rows.iter().copied().filter(|row| is(&row.place)).collect()
    };
    let send = of(|place| matches!(place, Place::Send(_)));
    let guess = of(|place| matches!(place, Place::ServerDecides(..)));
    let left = of(|place| matches!(place, Place::LeftOut { .. }));
    let carriers = groups::carriers(&confirm.plan);
    let [send, guess] = [&send, &guess].map(|rows| groups::of(rows, &carriers));
    let mut all: Vec<Group> = Vec::new();
    let first_guess = send.len();
    all.extend(send);
    all.extend(guess);
    let shared = groups::shared(&all);
    let (send, guess) = all.split_at(first_guess);
    let guess_words = "the documents are silent or disagree here: sent, not promised";
    let busy = model.on_their_way();
    let entry = |row: &PlanRow| entry(model, row, busy.get(&row.row.key).copied(), columns);
    [
        grouped(&entry, "SEND", "", send, &shared, columns),
        grouped(
            &entry,
            "SERVER DECIDES",
            guess_words,
            guess,
            &shared,
            columns,
        ),
        left_out(&left, columns),
    ]
    .into_iter()
    .filter(|section| !section.is_empty())
    .collect()
}

fn head(title: &str, count: usize, words: &str) -> (Words, Option<&'static Key>) {
    let line = strong(format!(" {title} {count}"));
    (line.quiet(format!("   {words}")), None)
}

fn grouped<'a>(
    entry: &dyn Fn(&PlanRow) -> Entry,
    title: &str,
    words: &str,
    groups: &[Group<'a>],
    shared: &BTreeSet<u32>,
    columns: usize,
) -> Section<'a> {
    let count: usize = groups.iter().map(|group| group.rows.len()).sum();
    if count == 0 {
        return Section::new();
    }
    let entries = |rows: &[&PlanRow]| -> Vec<Entry> { rows.iter().map(|row| entry(row)).collect() };
    let all: Vec<&PlanRow> = groups.iter().flat_map(|group| group.rows.clone()).collect();
    // One set of columns for all groups reads best; where there is little room each has its own.
    let common = (columns >= WIDE).then(|| Sheet::measure(&entries(&all), columns));
    let mut section = vec![head(title, count, words)];
    for group in groups {
        let lines = group.lines(shared, columns);
        section.extend(lines.into_iter().map(|line| (line, None)));
        let entries = entries(&group.rows);
        let own = Sheet::measure(&entries, columns);
        let sheet = common.as_ref().unwrap_or(&own);
        for (row, entry) in group.rows.iter().zip(&entries) {
            let lines = sheet.lines(entry).into_iter();
            section.extend(lines.map(|line| (line, Some(&row.row.key))));
        }
    }
    section
}

fn left_out<'a>(rows: &[&'a PlanRow], columns: usize) -> Section<'a> {
    if rows.is_empty() {
        return Section::new();
    }
    let entries: Vec<Entry> = rows.iter().map(|row| entry_left_out(row)).collect();
    let sheet = Sheet::measure(&entries, columns);
    let mut section = vec![head("LEFT OUT", rows.len(), "never sent")];
    for (row, entry) in rows.iter().zip(&entries) {
        let lines = sheet.lines(entry).into_iter();
        section.extend(lines.map(|line| (line, Some(&row.row.key))));
    }
    section
}

/// A row that leaves; `busy` is the batch that is moving it already.
fn entry(model: &Model, row: &PlanRow, busy: Option<&Run>, columns: usize) -> Entry {
    let goal = row.place.verb().map_or("", |verb| verb.goal.word());
    let word = &row.row.status.word;
    // The line of the group says the target as well.
    let change = if columns < WIDE {
        word.to_string()
    } else {
        format!("{word} {} {goal}", glyph::ARROW)
    };
    let mut notes: Vec<String> = Vec::new();
    if let Some(run) = busy {
        notes.push(format!("in batch {}", run.name.as_deref().unwrap_or("?")));
    }
    if let Place::ServerDecides(_, guess) = &row.place {
        notes.push((*guess).to_owned());
    }
    if row.marked_as != *word {
        notes.push(format!("{} when marked", row.marked_as));
    }
    // Run:ai puts rows of several projects into one request; elsewhere the line of the group names it.
    if row
        .place
        .verb()
        .is_some_and(|verb| verb.grouping == Grouping::Verb)
    {
        notes.push(row.row.scope.to_string());
    }
    if row.row.scheduled {
        notes.push("on a schedule".to_owned());
    }
    if let Some(owner) = row
        .row
        .owner
        .as_ref()
        .filter(|_| model.is_of_another(&row.row))
    {
        notes.push(format!("of {owner}"));
    }
    Entry {
        lead: "",
        id: row.row.key.id.shown().to_string(),
        name: row.row.name.to_string(),
        cells: vec![(Tone::Plain, change)],
        note: (Tone::Warn, notes.join(", ")),
    }
}

fn entry_left_out(row: &PlanRow) -> Entry {
    let status = &row.row.status;
    let mut note = match &row.place {
        Place::LeftOut { words, .. } => words.to_string(),
        Place::Send(_) | Place::ServerDecides(..) => String::new(),
    };
    if row.marked_as != status.word {
        note = format!("{note} ({} when marked)", row.marked_as);
    }
    if row.may_return() {
        note = format!("{note}; space takes it in");
    }
    Entry {
        lead: "",
        id: row.row.key.id.shown().to_string(),
        name: row.row.name.to_string(),
        cells: vec![(theme::of_group(status.group), status.word.to_string())],
        note: (Tone::Plain, note),
    }
}
