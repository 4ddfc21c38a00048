//! What became of one id: the platform's [`Answer`], the [`Outcome`] it sets once, and the
//! [tracking](crate::domain::tracking) beside it that later reads move.

use serde::{Deserialize, Serialize};

use crate::domain::action::Exclusion;
use crate::domain::plan::Request;
use crate::domain::resource::{Id, Key};
use crate::domain::text::Clean;

/// What came back for one id of a request. Every id of a request gets exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The platform acknowledged this id. Not done: scheduled.
    Scheduled {
        /// Its words, where it has some.
        message: Option<Clean>,
    },
    /// The platform said no to this id, or to the whole request.
    Rejected(Rejection),
    /// It may have arrived and there is no usable answer; with the reason.
    Unknown(Clean),
    /// Provably nothing for this id reached the server; with the reason.
    NotSent(Clean),
}

/// A no, in the platform's words. The journal writes the names down, so they stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The platform's code for it, as text; the HTTP status where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Clean>,
    /// Its reason; "no reason given" where it gave none (R7).
    pub reason: Clean,
    /// What its support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Clean>,
    /// Whether asking again later may help: the row was in transition, or the limit was reached.
    pub later: bool,
    /// Whether it is about the state of this one row, and so says nothing of the rows after it (`RELIABILITY.md` 3).
    #[serde(skip)]
    pub of_row: bool,
}

/// What happens while one request is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeEvent {
    /// An id's answer. Comes once for each id of the request.
    Answered(Key, Answer),
    /// Worth a line in journal and results: ids nobody asked for, a mismatch, a fallback to single calls (R2, R5).
    Note(Clean),
    /// The server asked to wait this many seconds before the same request is sent again (N27).
    Waiting {
        /// Already capped.
        seconds: u64,
    },
    /// The whole lane must stop: credentials or permission refused, or the rate limit outlasted
    /// its resends. Comes after the answers of the request.
    StopLane(Clean),
}

/// What became of one marked row. Set once and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Acknowledged by the server.
    Scheduled {
        /// The server's words.
        message: Option<Clean>,
    },
    /// Refused by the server.
    Rejected(Rejection),
    /// It may have reached the server; there is no usable answer.
    Unknown(Clean),
    /// Nothing for it reached the server.
    LeftOut(Exclusion, Clean),
}

/// Answers of one request as they must come out: one for each id, however the server's answer looks.
///
/// Platforms put what they read into it; what was never put in comes out as unknown (R1), an id
/// that was never asked for becomes a note (R2), contradictions become unknown (R3).
#[derive(Debug)]
pub struct Tally<'a> {
    request: &'a Request,
    answers: Vec<Option<Answer>>,
    notes: Vec<Clean>,
    further_notes: usize,
}

/// Remarks on one answer that are kept; of the others their number is.
const MOST_NOTES: usize = 5;

impl<'a> Tally<'a> {
    /// An empty tally for a request.
    pub fn of(request: &'a Request) -> Self {
        Self {
            request,
            answers: vec![None; request.operations().len()],
            notes: Vec::new(),
            further_notes: 0,
        }
    }

    /// Takes an answer for the id that `is_same` recognises. The same answer twice counts once (R4).
    pub fn put(&mut self, id: &str, is_same: impl Fn(&str, &str) -> bool, answer: Answer) {
        let operations = self.request.operations();
        let place = operations.iter().position(|o| is_same(o.key.id.raw(), id));
        let Some(place) = place else {
            let id = Id::new(id).shown();
            return self.note(&format!("the answer names {id}, which was not sent"));
        };
        let slot = &mut self.answers[place];
        let contradicts = slot.as_ref().is_some_and(|earlier| {
            std::mem::discriminant(earlier) != std::mem::discriminant(&answer)
        });
        if contradicts {
            *slot = Some(Answer::Unknown(Clean::new("contradictory answer")));
        } else if slot.is_none() {
            *slot = Some(answer);
        }
    }

    /// Adds a remark on the answer as a whole, such as totals that disagree with the lists (R5).
    pub fn note(&mut self, note: &str) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(Clean::new(note));
        } else {
            self.further_notes += 1;
        }
    }

    /// The events: an answer for each id, then the notes.
    pub fn finish(mut self) -> Vec<ChangeEvent> {
        if self.further_notes > 0 {
            let more = format!("further remarks on this answer: {}", self.further_notes);
            self.notes.push(Clean::new(&more));
        }
        let silent = || Answer::Unknown(Clean::new("the answer does not mention this id"));
        let keys = self.request.operations().iter().map(|o| o.key.clone());
        let answers = keys
            .zip(self.answers)
            .map(|(key, answer)| ChangeEvent::Answered(key, answer.unwrap_or_else(silent)));
        let notes = self.notes.into_iter().map(ChangeEvent::Note);
        answers.chain(notes).collect()
    }
}
