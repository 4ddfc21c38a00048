//! What a line can say, in the words and the order in which it is written.
//!
//! Only plans, keys and outcomes can become a record, and none of them holds a secret (P7). Text that
//! comes from a server or the operator is cut to a size; what identifies a row never is.

use serde::{Deserialize, Serialize};

use crate::domain::action::Exclusion;
use crate::domain::outcome::{Outcome, Rejection};
use crate::domain::plan::{Account, Batch, Place, PlanRow};
use crate::domain::resource::Key;
use crate::domain::text::Clean;
use crate::journal::key::RowKey;
use crate::journal::past::{PastAccount, PastIntent, Planned};

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
    Note { text: Clean },
    /// Nothing more will be written.
    End,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Intent {
    #[serde(flatten)]
    pub(super) past: PastIntent,
    pub(super) rows: Vec<Marked>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Marked {
    pub(super) row: RowKey,
    pub(super) scope: Clean,
    pub(super) name: Clean,
    /// Its status when it was last read before sending.
    pub(super) status: Clean,
    pub(super) planned: Planned,
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
        message: Option<Clean>,
    },
    Rejected(Rejection),
    Unknown {
        reason: Clean,
    },
    #[serde(rename = "left out")]
    LeftOut {
        why: Exclusion,
        reason: Clean,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) row: RowKey,
    pub(super) status: Clean,
    pub(super) tracking: Clean,
}

impl Record {
    pub(super) fn intent(batch: &Batch, by: &str) -> Self {
        let past = PastIntent {
            by: capped(&Clean::new(by), SHORT),
            action: Clean::new(batch.action().word()),
            reason: batch.reason().map(|reason| capped(reason.words(), WORDS)),
            follows: batch.follows().map(|name| capped(&Clean::new(name), SHORT)),
            confirmed: batch.confirmed(),
            accounts: batch.accounts().iter().map(account).collect(),
        };
        let rows = batch.rows().iter().map(|row| Marked::of(row, batch));
        let rows = rows.collect();
        Self::Intent(Box::new(Intent { past, rows }))
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
        let text = capped(text, WORDS);
        Self::Note { text }
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

fn account(account: &Account) -> PastAccount {
    PastAccount {
        connection: Clean::new(account.connection.as_str()),
        platform: Clean::new(account.platform.config_word()),
        url: Clean::new(&account.url),
        account: account.account.as_ref().map(|name| capped(name, SHORT)),
    }
}

impl Marked {
    fn of(planned: &PlanRow, batch: &Batch) -> Self {
        let row = &planned.row;
        Self {
            row: RowKey::of(&row.key),
            scope: capped(&row.scope, SHORT),
            name: capped(&row.name, NAME),
            status: capped(&row.status.word, SHORT),
            planned: how(planned, batch),
        }
    }
}

fn how(planned: &PlanRow, batch: &Batch) -> Planned {
    let (verb, guess) = match &planned.place {
        Place::LeftOut { why, words } => {
            let reason = capped(words, NAME);
            return Planned::LeftOut { why: *why, reason };
        }
        Place::Send(verb) => (verb, None),
        Place::ServerDecides(verb, guess) => (verb, Some(Clean::new(guess))),
    };
    let request = batch.request_of(&planned.row.key);
    Planned::Send {
        request: request.expect("what a batch sends is in one of its requests"),
        step: Clean::new(verb.step.word()),
        verb: Clean::new(verb.word),
        target: Clean::new(verb.goal.word()),
        guess,
    }
}

impl Said {
    fn of(outcome: &Outcome) -> Self {
        let text = |text: &Option<Clean>, limit| text.as_ref().map(|text| capped(text, limit));
        match outcome {
            Outcome::Scheduled { message } => Self::Scheduled {
                message: text(message, WORDS),
            },
            Outcome::Rejected(no) => Self::Rejected(Rejection {
                code: text(&no.code, SHORT),
                reason: capped(&no.reason, WORDS),
                request_id: text(&no.request_id, SHORT),
                later: no.later,
                of_row: no.of_row,
            }),
            Outcome::Unknown(why) => Self::Unknown {
                reason: capped(why, WORDS),
            },
            Outcome::LeftOut(why, words) => Self::LeftOut {
                why: *why,
                reason: capped(words, WORDS),
            },
        }
    }
}

impl From<Said> for Outcome {
    fn from(said: Said) -> Self {
        match said {
            Said::Scheduled { message } => Self::Scheduled { message },
            Said::Rejected(no) => Self::Rejected(no),
            Said::Unknown { reason } => Self::Unknown(reason),
            Said::LeftOut { why, reason } => Self::LeftOut(why, reason),
        }
    }
}

/// The text, cut between characters and marked with `…` where it is longer than that many bytes.
fn capped(text: &Clean, bytes: usize) -> Clean {
    let whole = text.as_str();
    if whole.len() <= bytes {
        return text.clone();
    }
    let end = (0..=bytes).rfind(|&end| whole.is_char_boundary(end));
    Clean::new(&format!("{}…", &whole[..end.unwrap_or(0)]))
}
