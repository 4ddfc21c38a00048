//! The rows of the results, section by section, ids whole and first.

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::results::{Line, Results, Run, Section};
use crate::domain::outcome::{Outcome, Rejection};
use crate::domain::report::{Fate, ReportRow};
use crate::domain::time::long_span;
use crate::domain::tracking::{Track, Tracking};
use crate::ui::scroll::Scroll;
use crate::ui::sheet::{Entry, Sheet};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, wrapped};
use crate::ui::{glyph, header};

/// From here on platforms are named, not lettered.
const WIDE: usize = 108;

/// The list with the cursor's line, and the notes behind it.
pub(super) fn scroll(model: &Model, run: &Run, results: &Results, columns: usize) -> Scroll {
    let report = &run.report;
    let lines = results.lines(report);
    let mut scroll = Scroll::default();
    let mut sheet = Sheet::measure(&[], columns);
    for (place, line) in lines.iter().enumerate() {
        let first = scroll.lines.len();
        match line {
            Line::Head(section, count) => {
                let entries = entries(model, run, *section, columns);
                sheet = Sheet::measure(&entries, columns);
                scroll
                    .lines
                    .push(head(run, results, (*section, *count), &sheet, columns));
            }
            Line::Row(index) => {
                let entry = entry(model, &report.rows()[*index], columns);
                scroll.lines.extend(sheet.lines(&entry));
            }
        }
        if place == results.cursor {
            scroll.cursor = first..scroll.lines.len();
        }
    }
    let notes = notes(run, columns);
    scroll.tail = notes.len();
    scroll.lines.extend(notes);
    scroll
}

fn entries(model: &Model, run: &Run, section: Section, columns: usize) -> Vec<Entry> {
    let rows = run.report.rows().iter();
    rows.filter(|row| Section::of(row) == section)
        .map(|row| entry(model, row, columns))
        .collect()
}

fn head(
    run: &Run,
    results: &Results,
    (section, count): (Section, usize),
    sheet: &Sheet,
    columns: usize,
) -> Words {
    let is_folded = results.folded.contains(&section);
    let fold = if is_folded {
        glyph::FOLDED
    } else {
        glyph::OPEN
    };
    let (title, tone) = match section {
        Section::Rejected => ("REJECTED", Tone::Bad),
        Section::Unknown => ("UNKNOWN", Tone::Warn),
        Section::Open => ("WITHOUT AN ANSWER YET", Tone::Busy),
        Section::Scheduled => ("SCHEDULED", Tone::Strong),
        Section::LeftOut => ("LEFT OUT", Tone::Strong),
    };
    let line = Words::new()
        .strong(format!(" {fold} "))
        .say(tone, format!("{title} {count}"));
    match section {
        Section::Scheduled if !is_folded && columns < WIDE => {
            sheet.heads(line, &["now", "tracking"])
        }
        Section::Scheduled if !is_folded => sheet.heads(line, &["now", "target", "tracking"]),
        Section::Scheduled | Section::Open => line,
        Section::Rejected => line.quiet(same_reason(run, count)),
        Section::Unknown => line.quiet("   nothing is resent before the row has been read again"),
        Section::LeftOut => line.quiet("   never sent"),
    }
}

/// The reason, where all rejected rows have the same.
fn same_reason(run: &Run, count: usize) -> String {
    let reason = |row: &ReportRow| match row.outcome() {
        Some(Outcome::Rejected(no)) => Some(no.reason.clone()),
        Some(Outcome::Scheduled { .. } | Outcome::Unknown(_) | Outcome::LeftOut(..)) | None => None,
    };
    let reasons: Vec<_> = run.report.rows().iter().filter_map(reason).collect();
    let same = reasons.iter().all(|reason| *reason == reasons[0]);
    match reasons.first() {
        Some(reason) if same && count > 1 => format!("   {reason} ×{count}"),
        Some(_) | None => String::new(),
    }
}

fn entry(model: &Model, row: &ReportRow, columns: usize) -> Entry {
    let platform = row.row.platform();
    let (cells, note) = match row.fate() {
        Fate::Queued => (vec![(Tone::Quiet, "queued".to_owned())], String::new()),
        Fate::Sent => (
            vec![(Tone::Busy, "sent, waiting for the answer".to_owned())],
            String::new(),
        ),
        Fate::Known(Outcome::Rejected(no)) => rejected(row, no),
        Fate::Known(Outcome::Unknown(why)) => (
            progress(model, row, columns),
            unknown(model, row, why.as_str()),
        ),
        // The platforms say the same of each scheduled row; what counts is what is read since.
        Fate::Known(Outcome::Scheduled { .. }) => (progress(model, row, columns), String::new()),
        Fate::Known(Outcome::LeftOut(_, words)) => (Vec::new(), words.to_string()),
    };
    Entry {
        lead: if columns < WIDE {
            header::letter(platform)
        } else {
            platform.label()
        },
        id: row.row.key.id.shown().to_string(),
        name: row.row.name.to_string(),
        cells,
        note: (Tone::Plain, note),
    }
}

fn rejected(row: &ReportRow, no: &Rejection) -> (Vec<(Tone, String)>, String) {
    let code = no.code.as_ref().map(|code| format!("code {code}"));
    let asked = row.verb.map_or("", |verb| verb.word);
    let cells = vec![
        (Tone::Quiet, asked.to_owned()),
        (Tone::Bad, code.unwrap_or_else(|| "rejected".to_owned())),
    ];
    let mut note = format!(
        "\"{}\" · retry: {}",
        no.reason,
        if no.later { "later" } else { "no" }
    );
    if let Some(id) = &no.request_id {
        note = format!("{note} · request id {id}");
    }
    if row.tracking() == Some(Tracking::Reached) {
        note = format!("{note} · seen at its target all the same");
    }
    (cells, note)
}

fn unknown(model: &Model, row: &ReportRow, why: &str) -> String {
    let Some(track) = row.track() else {
        return why.to_owned();
    };
    let (made, all) = track.reads();
    match track.next_read() {
        Some(next) => {
            let when = match seconds_until(next, model.now) {
                0 => "now".to_owned(),
                seconds => format!("in {seconds} s"),
            };
            format!("{why}; re-reading {when} ({made}/{all})")
        }
        None if track.state() == Tracking::NotApplied => {
            format!("{why}; {made} reads show no trace of it: it may be planned again")
        }
        None => format!("{why}; read with each refresh"),
    }
}

/// Status now, target where there is room, and what tracking shows.
fn progress(model: &Model, row: &ReportRow, columns: usize) -> Vec<(Tone, String)> {
    let Some(track) = row.track() else {
        return Vec::new();
    };
    let goal = row.verb.map_or("", |verb| verb.goal.word());
    let state = track.state();
    let words = format!(
        "{} {}",
        glyph::of_tracking(state),
        since(model, track, columns)
    );
    let mut cells = vec![
        (Tone::Plain, now(track)),
        (Tone::Quiet, goal.to_owned()),
        (theme::of_tracking(state), words),
    ];
    if columns < WIDE {
        cells.remove(1);
    }
    cells
}

fn now(track: &Track) -> String {
    let is_gone = matches!(track.state(), Tracking::Reached | Tracking::Diverged);
    match track.last_word() {
        Some(word) => word.to_string(),
        None if is_gone => "gone".to_owned(),
        None => glyph::NONE.to_owned(),
    }
}

fn since(model: &Model, track: &Track, columns: usize) -> String {
    let word = track.state().word();
    match track.state() {
        Tracking::Reached => match track.reached_after() {
            Some(span) => format!("{word} {}", long_span(span)),
            None => word.to_owned(),
        },
        Tracking::Slow => {
            let span = long_span(track.unchanged_for(model.now.moment));
            let words = if columns < WIDE { "" } else { "no change for " };
            format!("{word}: {words}{span}")
        }
        Tracking::Waiting if track.last_word().is_some() => "read, no trace yet".to_owned(),
        Tracking::Waiting | Tracking::Moving | Tracking::NotApplied => word.to_owned(),
        Tracking::Reverted | Tracking::Diverged | Tracking::LostSight if columns < WIDE => {
            word.to_owned()
        }
        Tracking::Reverted => format!("{word}: left its target again"),
        Tracking::Diverged => format!("{word}: ended otherwise"),
        Tracking::LostSight => format!("{word}: no read for 5 min"),
    }
}

/// What happened beside the rows.
fn notes(run: &Run, columns: usize) -> Vec<Words> {
    if run.notes.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        Words::new(),
        Words::new().strong(format!("   NOTES {}", run.notes.len())),
    ];
    for note in &run.notes {
        let texts = wrapped(note.as_str(), columns.saturating_sub(4)).into_iter();
        lines.extend(texts.map(|text| Words::new().plain("  ").plain(text)));
    }
    lines
}
