//! What a line can say, in the words and the order in which it is written.
//!
//! Only plans, keys and outcomes can become a record, and none of them holds a secret (P7). Text that
//! comes from a server or the operator is cut to a size; what identifies a row never is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::action::Exclusion;
use crate::domain::outcome::{Outcome, Rejection};
use crate::domain::plan::{Account, Batch, Place, PlanRow};
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::journal::key::RowKey;

/// The longest code, status or account, in bytes.
const SHORT: usize = 256;

/// The longest name, or reason why a row is left out: a hundred of them fit into one line.
const NAME: usize = 512;

/// The longest reason or note (R7).
const WORDS: usize = 4 << 10;

/// One thing that happened to a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Record {
    /// What was confirmed. The first line.
    Intent(Box<Intent>),
    /// The request is about to leave.
    Sending { request: u32 },
    /// What became of one row.
    Answer(Answer),
    /// What a later read showed of one row.
    Seen(Seen),
    /// A remark.
    Note { text: String },
    /// Nothing more will be written.
    End,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) by: String,
    pub(super) action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// The batch it retries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) follows: Option<String>,
    pub(super) confirmed: Timestamp,
    pub(super) connections: Vec<Connection>,
    pub(super) rows: Vec<Marked>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Connection {
    pub(super) name: String,
    pub(super) platform: String,
    pub(super) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Marked {
    pub(super) row: RowKey,
    pub(super) scope: String,
    pub(super) name: String,
    /// Its status when it was last read before sending.
    pub(super) status: String,
    pub(super) planned: Planned,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Planned {
    Send {
        request: u32,
        step: String,
        verb: String,
        target: String,
        /// Why it is a guess whether the platform allows it.
        #[serde(skip_serializing_if = "Option::is_none")]
        guess: Option<String>,
    },
    #[serde(rename = "left out")]
    LeftOut { why: Exclusion, reason: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) row: RowKey,
    #[serde(flatten)]
    pub(super) outcome: Said,
}

/// An [`Outcome`] as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(super) enum Said {
    Scheduled {
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    Rejected {
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
        later: bool,
    },
    Unknown {
        reason: String,
    },
    #[serde(rename = "left out")]
    LeftOut {
        why: Exclusion,
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) row: RowKey,
    pub(super) status: String,
    pub(super) tracking: String,
}

impl Record {
    pub(super) fn intent(batch: &Batch, by: &str) -> Self {
        let requests = numbered(batch);
        Self::Intent(Box::new(Intent {
            by: capped(&Clean::new(by), SHORT),
            action: batch.action().word().to_owned(),
            reason: batch.reason().map(|reason| capped(reason.words(), WORDS)),
            follows: batch.follows().map(|name| capped(&Clean::new(name), SHORT)),
            confirmed: batch.confirmed(),
            connections: batch.accounts().iter().map(Connection::of).collect(),
            rows: batch
                .rows()
                .iter()
                .map(|row| Marked::of(row, &requests))
                .collect(),
        }))
    }

    pub(super) fn answer(key: &Key, outcome: &Outcome) -> Self {
        Self::Answer(Answer {
            row: RowKey::of(key),
            outcome: Said::of(outcome),
        })
    }

    pub(super) fn seen(key: &Key, status: &Clean, tracking: &str) -> Self {
        Self::Seen(Seen {
            row: RowKey::of(key),
            status: capped(status, SHORT),
            tracking: capped(&Clean::new(tracking), SHORT),
        })
    }

    pub(super) fn note(text: &Clean) -> Self {
        Self::Note {
            text: capped(text, WORDS),
        }
    }

    /// The value of `type`.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Intent(_) => "intent",
            Self::Sending { .. } => "sending",
            Self::Answer(_) => "answer",
            Self::Seen(_) => "seen",
            Self::Note { .. } => "note",
            Self::End => "end",
        }
    }
}

/// The keys of a batch that leave, each with the number of its request.
type Numbered<'a> = Vec<(&'a Key, u32)>;

fn numbered(batch: &Batch) -> Numbered<'_> {
    let keys = batch.requests().iter().flat_map(|request| {
        let operations = request.operations().iter();
        operations.map(|operation| (&operation.key, request.number()))
    });
    keys.collect()
}

impl Connection {
    fn of(account: &Account) -> Self {
        Self {
            name: account.connection.as_str().to_owned(),
            platform: account.platform.config_word().to_owned(),
            url: account.url.clone(),
            account: account.account.as_ref().map(|name| capped(name, SHORT)),
        }
    }
}

impl Marked {
    fn of(planned: &PlanRow, requests: &Numbered<'_>) -> Self {
        let row = &planned.row;
        Self {
            row: RowKey::of(&row.key),
            scope: capped(&row.scope, SHORT),
            name: capped(&row.name, NAME),
            status: capped(&row.status.word, SHORT),
            planned: Planned::of(planned, requests),
        }
    }
}

impl Planned {
    fn of(planned: &PlanRow, requests: &Numbered<'_>) -> Self {
        let (verb, guess) = match &planned.place {
            Place::LeftOut { why, words } => {
                return Self::LeftOut {
                    why: *why,
                    reason: capped(words, NAME),
                };
            }
            Place::Send(verb) => (verb, None),
            Place::ServerDecides(verb, guess) => (verb, Some((*guess).to_owned())),
        };
        let own = requests.iter().find(|(key, _)| **key == planned.row.key);
        let (_, request) = own.expect("what a batch sends is in one of its requests");
        Self::Send {
            request: *request,
            step: verb.step.word().to_owned(),
            verb: verb.word.to_owned(),
            target: verb.goal.word().to_owned(),
            guess,
        }
    }
}

impl Said {
    fn of(outcome: &Outcome) -> Self {
        let text = |text: &Option<Clean>, limit| text.as_ref().map(|text| capped(text, limit));
        match outcome {
            Outcome::Scheduled { message } => Self::Scheduled {
                message: text(message, WORDS),
            },
            Outcome::Rejected(no) => Self::Rejected {
                code: text(&no.code, SHORT),
                reason: capped(&no.reason, WORDS),
                request_id: text(&no.request_id, SHORT),
                later: no.later,
            },
            Outcome::Unknown(why) => Self::Unknown {
                reason: capped(why, WORDS),
            },
            Outcome::LeftOut(why, words) => Self::LeftOut {
                why: *why,
                reason: capped(words, WORDS),
            },
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        let text = |text: &Option<String>| text.as_deref().map(Clean::new);
        match self {
            Self::Scheduled { message } => Outcome::Scheduled {
                message: text(message),
            },
            Self::Rejected {
                code,
                reason,
                request_id,
                later,
            } => Outcome::Rejected(Rejection {
                code: text(code),
                reason: Clean::new(reason),
                request_id: text(request_id),
                later: *later,
            }),
            Self::Unknown { reason } => Outcome::Unknown(Clean::new(reason)),
            Self::LeftOut { why, reason } => Outcome::LeftOut(*why, Clean::new(reason)),
        }
    }
}

/// The text, cut between characters and marked with `…` where it is longer than that many bytes.
fn capped(text: &Clean, bytes: usize) -> String {
    let text = text.as_str();
    if text.len() <= bytes {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(|&end| end <= bytes).last().unwrap_or(0);
    format!("{}…", &text[..end])
}
