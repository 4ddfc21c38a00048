//! The rows of the results, section by section, ids whole and first.

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::results::row::{since, status};
use crate::app::results::{Fold, Line, Results, Section};
use crate::app::run::Run;
use crate::domain::outcome::{Outcome, Rejection};
use crate::domain::report::{Fate, ReportRow};
use crate::domain::text::{Clean, cut, width};
use crate::domain::tracking::{Track, Tracking};
use crate::ui::results::tally;
use crate::ui::scroll::Scroll;
use crate::ui::sheet::{Entry, Sheet, WIDE};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, hanging, plain, quiet, strong};
use crate::ui::{glyph, header};

/// The list with the cursor's line, and the notes behind it.
pub(super) fn scroll(model: &Model, run: &Run, results: &Results, columns: usize) -> Scroll {
    let report = &run.report;
    let lines = results.lines(report);
    let mut scroll = Scroll::default();
    let mut sheet = Sheet::measure(&[], &[], columns);
    let mut has_reason_above = false;
    for (place, line) in lines.iter().enumerate() {
        let has_cursor = place == results.cursor;
        match line {
            Line::Head(fold, count, is_folded) => {
                has_reason_above = fold.reason.is_some();
                if !has_reason_above {
                    let entries = entries(model, run, fold.section, columns);
                    let titles = titles(run, fold.section, columns);
                    sheet = Sheet::measure(&entries, &titles, columns);
                }
                let head = head(run, fold, *count, *is_folded, &sheet, columns);
                let is_unknown = fold.reason.is_none() && fold.section == Section::Unknown;
                let told = is_unknown.then(|| read_back(model, run));
                let told = told.unwrap_or_default();
                scroll.add(flow(head, told, glyph::DOT, columns), has_cursor);
            }
            Line::Row(index) => {
                let row = &report.rows()[*index];
                let entry = entry(model, run, row, has_reason_above, columns);
                scroll.add(sheet.lines(&entry), has_cursor);
            }
        }
    }
    scroll.with_tail(notes(run, columns))
}

fn entries(model: &Model, run: &Run, section: Section, columns: usize) -> Vec<Entry> {
    let rows = run.report.rows().iter();
    rows.filter(|row| Section::of(row) == section)
        .map(|row| entry(model, run, row, false, columns))
        .collect()
}

fn head(
    run: &Run,
    fold: &Fold,
    count: usize,
    is_folded: bool,
    sheet: &Sheet,
    columns: usize,
) -> Words {
    let turn = [glyph::OPEN, glyph::FOLDED][usize::from(is_folded)];
    if let Some(reason) = &fold.reason {
        let count = format!(" ×{count} {turn}");
        let room = columns.saturating_sub(width(&count) + 4);
        return plain("   ").plain(cut(reason.as_str(), room)).strong(count);
    }
    let section = fold.section;
    let (title, tone) = match section {
        Section::Rejected => ("REJECTED", Tone::Bad),
        Section::Unknown => ("UNKNOWN", Tone::Warn),
        Section::Open => ("WITHOUT AN ANSWER YET", Tone::Busy),
        Section::Scheduled => ("SCHEDULED", Tone::Strong),
        Section::LeftOut => ("LEFT OUT", Tone::Strong),
    };
    let line = strong(format!(" {turn} ")).say(tone, format!("{title} {count}"));
    match section {
        Section::Scheduled | Section::Rejected if !is_folded => {
            sheet.heads(line, &titles(run, section, columns))
        }
        Section::Scheduled | Section::Open | Section::Rejected => line,
        Section::Unknown => line.plain("   "),
        Section::LeftOut => line.quiet("   never sent"),
    }
}

/// What the cells of a section's rows show, where that is not said by themselves.
fn titles(run: &Run, section: Section, columns: usize) -> Vec<&'static str> {
    // What is not followed here was seen by whoever did, until then.
    let now = if run.is_followed() {
        "now"
    } else {
        "last seen"
    };
    let mut titles = match section {
        Section::Scheduled => vec![now, "target", "tracking"],
        Section::Rejected => vec![now, "asked", "answer"],
        Section::Unknown | Section::Open | Section::LeftOut => Vec::new(),
    };
    if columns < WIDE && !titles.is_empty() {
        titles.remove(1);
    }
    titles
}

/// What reads have shown of the unknown rows, folded away or not, and when the next one is due.
fn read_back(model: &Model, run: &Run) -> Vec<Words> {
    let rows = run.report.rows().iter();
    let rows = rows.filter(|row| Section::of(row) == Section::Unknown);
    let mut told = tally(rows.clone());
    if !run.is_followed() {
        return told;
    }
    let tracks = rows.filter_map(ReportRow::track);
    let due = tracks.filter(|track| track.next_read().is_some());
    let next = due.min_by_key(|track| track.next_read());
    told.extend(next.map(|track| quiet(next_read(model, track))));
    told
}

/// When the row is read again, and how many of its own reads were made.
fn next_read(model: &Model, track: &Track) -> String {
    let (made, all) = track.reads();
    match track.next_read().map(|next| seconds_until(next, model.now)) {
        Some(0) => format!("re-reading now ({made}/{all})"),
        Some(seconds) => format!("re-reading in {seconds} s ({made}/{all})"),
        None => "read with each refresh".to_owned(),
    }
}

/// A row; the reason is not said again where it stands above.
fn entry(
    model: &Model,
    run: &Run,
    row: &ReportRow,
    has_reason_above: bool,
    columns: usize,
) -> Entry {
    let platform = row.row.platform();
    let (cells, note) = match row.fate() {
        Fate::Queued => (vec![(Tone::Quiet, "queued".to_owned())], String::new()),
        Fate::Sent => {
            let words = if run.is_held_back(row) {
                "refused by the rate limit, sent again after the wait"
            } else {
                "sent, waiting for the answer"
            };
            (vec![(Tone::Busy, words.to_owned())], String::new())
        }
        Fate::Known(Outcome::Rejected(no)) => rejected(row, no, has_reason_above, columns),
        Fate::Known(Outcome::Unknown(why)) => {
            let why = if has_reason_above { "" } else { why.as_str() };
            (progress(model, row, columns), unknown(row, why))
        }
        // The platforms say the same of each scheduled row; what counts is what is read since.
        Fate::Known(Outcome::Scheduled { .. }) => (progress(model, row, columns), String::new()),
        Fate::Known(Outcome::LeftOut(..)) if has_reason_above => (Vec::new(), String::new()),
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

fn rejected(
    row: &ReportRow,
    no: &Rejection,
    has_reason_above: bool,
    columns: usize,
) -> (Vec<(Tone, String)>, String) {
    let code = no.code.as_ref().map(|code| format!("code {code}"));
    let asked = row.verb.map_or("", |verb| verb.word);
    let mut cells = vec![
        (Tone::Plain, row.last_status().to_string()),
        (Tone::Quiet, asked.to_owned()),
        (Tone::Bad, code.unwrap_or_else(|| "rejected".to_owned())),
    ];
    if columns < WIDE {
        cells.remove(1);
    }
    let mut notes = vec![format!("retry: {}", if no.later { "later" } else { "no" })];
    if !has_reason_above {
        notes.insert(0, format!("\"{}\"", no.reason));
    }
    notes.extend(no.request_id.as_ref().map(|id| format!("request id {id}")));
    if row.tracking() == Some(Tracking::Reached) {
        notes.push("seen at its target all the same".to_owned());
    }
    (cells, notes.join(glyph::DOT))
}

/// The reason, where it is not said above; what may be planned again.
fn unknown(row: &ReportRow, why: &str) -> String {
    let again = match row.tracking() {
        Some(Tracking::NotApplied) => "reads show no trace of it: it may be planned again",
        Some(_) | None => "",
    };
    let parts = [why, again].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("; ")
}

/// Status now, target where there is room, and what tracking shows.
fn progress(model: &Model, row: &ReportRow, columns: usize) -> Vec<(Tone, String)> {
    let state = row.shown().unwrap_or(Tracking::Waiting);
    let (now, since) = match row.track() {
        Some(track) => (
            status(track),
            since(model.now.moment, track, columns >= WIDE),
        ),
        None => (glyph::NONE.to_owned(), state.word().to_owned()),
    };
    let words = format!("{} {since}", glyph::of_tracking(state));
    let goal = row.verb.map_or("", |verb| verb.goal.word()).to_owned();
    let mut cells = vec![
        (Tone::Plain, now),
        (Tone::Quiet, goal),
        (theme::of_tracking(state), words),
    ];
    if columns < WIDE {
        cells.remove(1);
    }
    cells
}

/// What happened beside the rows.
fn notes(run: &Run, columns: usize) -> Vec<Words> {
    if run.notes.is_empty() {
        return Vec::new();
    }
    let head = strong(format!("   NOTES {}", run.notes.len()));
    let columns = columns.saturating_sub(2);
    let note = |note: &Clean| hanging(plain("  "), Tone::Plain, note.as_str(), columns, usize::MAX);
    let notes = run.notes.iter().flat_map(note);
    [Words::new(), head].into_iter().chain(notes).collect()
}
