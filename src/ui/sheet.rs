//! Rows of plan and results: the id first and whole, the name giving way to it, then cells in columns and
//! a note. What has no room beside the id goes on below it; nothing of an id or a note is lost to width.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{cut, width};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, clean, wrapped_in};

/// From here on there is room for words in full, and for the target beside the status.
pub(super) const WIDE: usize = 108;
/// Columns before everything: cursor and a space.
const INDENT: usize = 2;
/// Between columns.
const GAP: usize = 2;
/// Longer ids than that have lines of their own; a UUID has 36 columns.
const LONGEST_ID: usize = 40;
/// Shorter names than that say nothing: the note goes below instead, or the name goes.
const LEAST_NAME: usize = 10;
/// Lines of a note.
const NOTE_LINES: usize = 3;

/// One row.
pub(super) struct Entry {
    /// The platform, or nothing.
    pub(super) lead: &'static str,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) cells: Vec<(Tone, String)>,
    pub(super) note: (Tone, String),
}

/// The columns that the rows of one group share.
pub(super) struct Sheet {
    columns: usize,
    lead: usize,
    id: usize,
    name: usize,
    cells: Vec<usize>,
    cells_below: bool,
    note_below: bool,
}

impl Sheet {
    /// Measures the rows of a group for so many columns, with room for the titles of their cells.
    pub(super) fn measure(entries: &[Entry], titles: &[&str], columns: usize) -> Self {
        // A column stays free before the edge of the box.
        let columns = columns.saturating_sub(1);
        let widest = |of: &dyn Fn(&Entry) -> usize| entries.iter().map(of).max().unwrap_or(0);
        let lead = widest(&|entry| width(entry.lead));
        let lead = lead + usize::from(lead > 0);
        let id = widest(&|entry| {
            Some(width(&entry.id))
                .filter(|id| *id <= LONGEST_ID)
                .unwrap_or(0)
        });
        let count = widest(&|entry| entry.cells.len());
        let cell = |place: usize| {
            let title = titles.get(place).map_or(0, |title| width(title));
            let text = widest(&|entry| entry.cells.get(place).map_or(0, |c| width(&c.1)));
            text.max(title)
        };
        let cells: Vec<usize> = (0..count).map(cell).collect();
        let name = widest(&|entry| width(&clean(&entry.name)));
        let note = widest(&|entry| width(&clean(&entry.note.1)));

        let fixed = INDENT + lead + id + cells.iter().map(|cell| GAP + cell).sum::<usize>();
        let rest = columns.saturating_sub(fixed);
        let beside = rest.saturating_sub(if note > 0 { note + GAP } else { 0 });
        let note_below = note > 0 && beside < GAP + name.min(LEAST_NAME);
        let room = if note_below { rest } else { beside }.saturating_sub(GAP);
        Self {
            columns,
            lead,
            id,
            name: if room < name.min(LEAST_NAME) {
                0
            } else {
                name.min(room)
            },
            cells,
            cells_below: fixed > columns,
            note_below,
        }
    }

    /// The lines of a row.
    pub(super) fn lines(&self, entry: &Entry) -> Vec<Words> {
        let start = INDENT + self.lead;
        let head = Words::new().pad_to(INDENT).quiet(entry.lead).pad_to(start);
        let mut lines = Vec::new();
        let mut line = if width(&entry.id) > self.id.max(LONGEST_ID) {
            lines.extend(chunks(head, &entry.id, self.columns.saturating_sub(start)));
            Words::new()
        } else {
            head.plain(&entry.id)
        };
        line = line.pad_to(start + self.id);
        if self.name > 0 {
            let name = cut(&clean(&entry.name), self.name);
            line = line
                .plain(" ".repeat(GAP))
                .plain(name)
                .pad_to(start + self.id + GAP + self.name);
        }
        if self.cells_below {
            lines.push(std::mem::replace(&mut line, Words::new().pad_to(start)));
        }
        line = line.and(self.cells(entry));
        let (tone, note) = &entry.note;
        if note.is_empty() {
            lines.push(line);
            return lines;
        }
        if !self.note_below {
            lines.push(line.plain(" ".repeat(GAP)).say(*tone, note));
            return lines;
        }
        lines.push(line);
        lines.extend(self.note_lines(entry));
        lines
    }

    /// The note on lines of its own; with the name, where that had no room above.
    fn note_lines(&self, entry: &Entry) -> impl Iterator<Item = Words> {
        let (tone, note) = &entry.note;
        let note = match self.name {
            0 if !entry.name.is_empty() => format!("{} · {note}", entry.name),
            _ => note.clone(),
        };
        let indent = INDENT + self.lead + GAP;
        let lines = wrapped_in(&note, self.columns.saturating_sub(indent), NOTE_LINES);
        let tone = *tone;
        let lines = lines.into_iter();
        lines.map(move |line| Words::new().pad_to(indent).say(tone, line))
    }

    fn cells(&self, entry: &Entry) -> Words {
        let mut line = Words::new();
        let mut column = 0;
        for (place, width) in self.cells.iter().enumerate() {
            line = line.pad_to(column).plain(" ".repeat(GAP));
            if let Some((tone, text)) = entry.cells.get(place) {
                line = line.say(*tone, text);
            }
            column += GAP + width;
        }
        line.pad_to(column)
    }

    /// A head with titles above the cells, where the cells stand beside the ids.
    pub(super) fn heads(&self, head: Words, titles: &[&str]) -> Words {
        let mut column = INDENT + self.lead + self.id;
        column += if self.name > 0 { GAP + self.name } else { 0 };
        let mut line = head;
        for (title, width) in titles.iter().zip(&self.cells) {
            column += GAP;
            if !self.cells_below && line.width() < column {
                line = line.pad_to(column).quiet(title);
            }
            column += width;
        }
        line
    }
}

/// An id that is longer than a line, on as many lines as it takes.
fn chunks(head: Words, id: &str, columns: usize) -> Vec<Words> {
    let start = head.width();
    let graphemes: Vec<&str> = id.graphemes(true).collect();
    let mut lead = head;
    graphemes
        .chunks(columns.max(1))
        .map(|chunk| {
            let lead = std::mem::replace(&mut lead, Words::new().pad_to(start));
            lead.plain(chunk.concat())
        })
        .collect()
}
