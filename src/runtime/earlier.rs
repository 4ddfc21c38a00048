//! Batches of other runs, as the journal tells of them: from its words back to rows that can be read again.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::message::Message;
use crate::app::run::{KEPT, Run, Standing};
use crate::domain::action::{Action, Exclusion, Offer, Offers};
use crate::domain::connection::ConnectionName;
use crate::domain::plan::Account;
use crate::domain::report::{Fate, Intent, Report, ReportRow, SeenBefore};
use crate::domain::resource::{Group, Key, Resource, Status};
use crate::domain::text::Clean;
use crate::domain::time::Moment;
use crate::domain::tracking::Tracking;
use crate::journal::{Departure, JournalError, Past, PastAccount, PastRow, Planned, State};
use crate::platforms;
use crate::runtime::context::{Context, Sender, tell};

impl Context {
    /// Tells of the newest batches and of all without an end, oldest first. A journal that cannot be read has said so at the start.
    pub(super) async fn read_journal(&self, out: Sender) {
        let journal = self.journal.clone();
        let read = move || Ok([journal.batches(KEPT)?, journal.unended(KEPT)?].concat());
        let read: Result<Result<_, JournalError>, _> = tokio::task::spawn_blocking(read).await;
        if let Ok(Ok(batches)) = read {
            let earlier = batches.iter().rev().filter_map(|past| self.earlier(past));
            let not_read = batches.iter().filter(|past| past.state == State::NotRead);
            let message = Message::Journal {
                batches: earlier.collect(),
                not_read: not_read.count(),
            };
            tell(&out, message).await;
        }
    }

    fn earlier(&self, past: &Past) -> Option<Run> {
        let standing = match past.state {
            State::Live => Standing::Elsewhere,
            State::Ended => Standing::Ended,
            State::Unfinished => Standing::Unfinished,
            State::NeverBegun | State::NotRead => return None,
        };
        let intent = past.intent.as_ref();
        let accounts = intent.map_or(&[][..], |intent| &intent.accounts);
        let is_unfinished = standing == Standing::Unfinished;
        let lost: Vec<(&Clean, Clean)> = accounts
            .iter()
            .filter(|_| is_unfinished)
            .filter_map(|account| Some((&account.connection, self.out_of_reach(account)?)))
            .collect();
        let is_in_reach = |row: &PastRow| lost.iter().all(|(name, _)| **name != row.connection);
        let unreadable = "the line that tells what was confirmed is damaged: see its notes";
        let unreadable = (is_unfinished && intent.is_none()).then(|| Clean::new(unreadable));
        let out_of_reach = lost
            .iter()
            .map(|(_, words)| words.clone())
            .chain(unreadable);
        let (by, now) = (by(past), self.clock.now());
        Some(Run {
            standing,
            name: Some(past.name.clone()),
            notes: notes(past),
            out_of_reach: out_of_reach.collect(),
            done: true,
            ..Run::new(report(past, now.moment, Some(&is_in_reach)), by, now)
        })
    }

    /// Why the rows of a connection cannot be read back: another server, or another account, would
    /// answer for rows that are not those of the batch.
    fn out_of_reach(&self, then: &PastAccount) -> Option<Clean> {
        let name = &then.connection;
        let Some(known) = ConnectionName::new(name.as_str()) else {
            return Some(Clean::new(&format!("{name} is no longer configured")));
        };
        match self.client(&known) {
            Err(error) => Some(Clean::new(&format!("{name}: {error}"))),
            Ok(client) => {
                let now = Account::of(client.connection());
                let whose = |account: &Option<Clean>| {
                    let name = account.as_ref().map(Clean::as_str);
                    name.unwrap_or("an account without a name").to_owned()
                };
                let words = if now.url != then.url.as_str() {
                    format!(
                        "{name} leads to {} now, the batch went to {}",
                        now.url, then.url
                    )
                } else if now.account != then.account {
                    let (now, then) = (whose(&now.account), whose(&then.account));
                    format!("{name} signs in as {now} now, the batch went through {then}")
                } else {
                    return None;
                };
                Some(Clean::new(&words))
            }
        }
    }
}

/// What is told beside the rows: remarks, what is wrong with the file, and the rows it cannot show.
pub fn notes(past: &Past) -> Vec<Clean> {
    let remarks = past.notes.iter().map(|(_, words)| words.clone());
    let nameless = past.rows.iter().filter(|row| row.key.is_none());
    let nameless =
        nameless.map(|row| format!("{} of {}: see `centurion history`", row.id, row.connection));
    let problems = past
        .problems
        .iter()
        .map(ToString::to_string)
        .chain(nameless);
    remarks
        .chain(problems.map(|words| Clean::new(&words)))
        .collect()
}

/// Who confirmed it, as `user@host`.
pub fn by(past: &Past) -> Clean {
    let by = past.intent.as_ref().map(|intent| intent.by.clone());
    by.unwrap_or_else(|| Clean::new("?"))
}

/// Whether a row can be read back from here.
type IsInReach<'a> = &'a dyn Fn(&PastRow) -> bool;

/// The report of a batch as far as its file tells; `None` where nothing is read back.
pub fn report(past: &Past, now: Moment, is_in_reach: Option<IsInReach<'_>>) -> Report {
    let rows = past.rows.iter();
    let rows = rows.filter_map(|row| report_row(past, row, now, is_in_reach));
    let intent = past.intent.as_ref();
    let action = |word: &Clean| {
        let mut actions = Action::ALL.into_iter();
        actions.find(|action| action.word() == word.as_str())
    };
    let confirmed = intent.map(|intent| intent.confirmed).or(past.last);
    let intent = Intent {
        action: intent.and_then(|intent| action(&intent.action)),
        reason: intent.and_then(|intent| intent.reason.clone()),
        follows: intent.and_then(|intent| intent.follows.clone()),
        confirmed: confirmed.unwrap_or(Timestamp::UNIX_EPOCH),
    };
    Report::earlier(intent, rows.collect())
}

/// A row as far as its file tells; `None` where this version does not know what it is.
fn report_row(
    past: &Past,
    row: &PastRow,
    now: Moment,
    is_in_reach: Option<IsInReach<'_>>,
) -> Option<ReportRow> {
    let resource = Arc::new(resource(row, row.key.clone()?));
    let (request, verb) = match &row.planned {
        Planned::Send {
            request,
            step,
            verb,
            ..
        } => {
            let verb = platforms::verb(resource.platform(), step.as_str(), verb.as_str());
            (Some(*request), verb)
        }
        Planned::LeftOut { .. } | Planned::NotKnown => (None, None),
    };
    let seen = row.seen.as_ref().and_then(|seen| {
        let mut states = Tracking::ALL.into_iter();
        let state = states.find(|state| state.word() == seen.tracking.as_str())?;
        Some((state, seen.status.clone()))
    });
    // What was still on its way is watched anew.
    let is_read_back = past.state == State::Unfinished && is_in_reach.is_some();
    let seen = seen.filter(|(state, _)| !is_read_back || state.is_settled());
    let is_in_reach = is_in_reach.is_none_or(|is_in_reach| is_in_reach(row));
    let verb = verb.filter(|_| seen.is_some() || is_in_reach);
    let seen = match seen {
        Some((state, word)) => SeenBefore::As(state, word),
        None if is_read_back || past.state == State::Live => SeenBefore::NothingYet,
        None => SeenBefore::Nothing,
    };
    let fate = fate(past, row);
    Some(ReportRow::earlier(resource, verb, request, fate, seen, now))
}

fn fate(past: &Past, row: &PastRow) -> Fate {
    let is_live = past.state == State::Live && row.outcome.is_none();
    match row.departure {
        Departure::Left if is_live => Fate::Sent,
        Departure::NotLeft | Departure::Unsure if is_live => Fate::Queued,
        Departure::Left | Departure::NotLeft | Departure::Unsure => Fate::Known(row.accounted()),
    }
}

/// A row as it was before sending; what may be asked of it is known again once it is read.
fn resource(row: &PastRow, key: Key) -> Resource {
    Resource {
        key,
        scope: row.scope.clone(),
        name: row.name.clone(),
        subtype: None,
        status: Status {
            word: row.status.clone(),
            group: Group::Unknown,
        },
        target: None,
        created: None,
        modified: None,
        owner: None,
        message: None,
        gpus: None,
        attention: false,
        scheduled: false,
        offers: Offers::all(Offer::No(
            Exclusion::NotReadAgain,
            "not read since the batch was sent",
        )),
        facts: Box::default(),
    }
}
