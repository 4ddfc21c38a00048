//! The marked rows: at most 100, kept by key whatever refreshes, sorts or filters do (`UX.md` 6).

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::plan::LIMIT;
use crate::domain::resource::{Key, Reading, Resource};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};

/// A marked row.
#[derive(Clone, Debug)]
pub struct Mark {
    /// As last read.
    pub row: Arc<Resource>,
    /// Its status when it was marked.
    pub marked_as: Clean,
    /// When its status was first seen to differ from that, if it does.
    pub changed: Option<Timestamp>,
    /// Since when a read by id answers that it is not there.
    pub gone: Option<Timestamp>,
    /// When the read that `row` comes from began.
    read: Moment,
}

/// Why a row was not marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMarked {
    /// There are 100 already.
    Full,
    /// Its id cannot be trusted on the wire (`Id::is_sound`).
    UnsoundId,
}

/// The marked rows, in the order of marking.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    marks: Vec<Mark>,
}

impl Selection {
    /// The marks, oldest first.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// How many rows are marked.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// How many more may be marked.
    pub fn room(&self) -> usize {
        LIMIT - self.marks.len()
    }

    /// The mark of a row.
    pub fn get(&self, key: &Key) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.row.key == *key)
    }

    /// Whether a row is marked.
    pub fn contains(&self, key: &Key) -> bool {
        self.get(key).is_some()
    }

    /// Marks a row; a marked one stays as it is. Never takes a 101st.
    pub fn mark(&mut self, row: &Arc<Resource>, read: Moment) -> Result<(), NotMarked> {
        if self.contains(&row.key) {
            return Ok(());
        }
        if !row.key.id.is_sound() {
            return Err(NotMarked::UnsoundId);
        }
        if self.room() == 0 {
            return Err(NotMarked::Full);
        }
        self.marks.push(Mark {
            row: row.clone(),
            marked_as: row.status.word.clone(),
            changed: None,
            gone: None,
            read,
        });
        Ok(())
    }

    /// Unmarks a row.
    pub fn unmark(&mut self, key: &Key) {
        self.marks.retain(|mark| mark.row.key != *key);
    }

    /// Unmarks these rows.
    pub fn unmark_rows(&mut self, rows: &[Arc<Resource>]) {
        self.marks
            .retain(|mark| rows.iter().all(|row| row.key != mark.row.key));
    }

    /// Unmarks every row for which `leaves` holds.
    pub fn unmark_where(&mut self, leaves: impl Fn(&Mark) -> bool) {
        self.marks.retain(|mark| !leaves(mark));
    }

    /// Takes in a read that began at `started`; older ones than the row's own are late.
    pub fn observe(&mut self, key: &Key, reading: &Reading, started: Moment, now: Now) {
        let Some(mark) = self.marks.iter_mut().find(|mark| mark.row.key == *key) else {
            return;
        };
        let another = matches!(reading, Reading::Found(row) if row.key != *key);
        if started < mark.read || another {
            return;
        }
        mark.read = started;
        match reading {
            Reading::Gone => {
                mark.gone.get_or_insert(now.wall);
            }
            Reading::Found(row) => {
                mark.row = row.clone();
                mark.gone = None;
                let differs = row.status.word != mark.marked_as;
                mark.changed = differs.then(|| mark.changed.unwrap_or(now.wall));
            }
        }
    }

    /// How many rows are gone.
    pub fn gone(&self) -> usize {
        self.marks.iter().filter(|mark| mark.gone.is_some()).count()
    }

    /// How many rows have another status than when they were marked.
    pub fn changed(&self) -> usize {
        let there = self.marks.iter().filter(|mark| mark.gone.is_none());
        there.filter(|mark| mark.changed.is_some()).count()
    }

    /// GPUs held by the marked rows.
    pub fn gpus(&self) -> f64 {
        self.marks.iter().filter_map(|mark| mark.row.gpus).sum()
    }
}
