//! `centurion history`: the journal in lines, every text clean.

use crate::domain::export::{Format, Table};
use crate::domain::outcome::Outcome;
use crate::domain::report::Totals;
use crate::domain::text::Clean;
use crate::domain::time::{Moment, long_span};
use crate::domain::tracking::Tracking;
use crate::journal::{Journal, JournalError, Past, PastRow, Planned, State};
use crate::runtime;

/// How many batches are listed, beside older ones without an end.
const BATCHES: usize = 200;

/// One batch in a form for other programs or for a note: what the dashboard's `e` saves.
pub(super) fn export(
    journal: &Journal,
    batch: &str,
    format: Format,
) -> Result<String, JournalError> {
    let past = journal.batch(batch)?;
    let report = runtime::report(&past, Moment::default(), None);
    let (by, notes) = (runtime::by(&past), runtime::notes(&past));
    Ok(Table::of_results(&past.name, by.as_str(), &report, &notes).text(format))
}

/// The newest batches a line each, or one batch with its rows.
pub(super) fn lines(journal: &Journal, batch: Option<&str>) -> Result<Vec<String>, JournalError> {
    if let Some(name) = batch {
        Ok(whole(&journal.batch(name)?))
    } else {
        let batches = [journal.batches(BATCHES)?, journal.unended(BATCHES)?].concat();
        if batches.is_empty() {
            return Ok(vec!["no batch was sent from this machine yet".to_owned()]);
        }
        Ok(batches.iter().map(line).collect())
    }
}

fn line(past: &Past) -> String {
    let words = match &past.intent {
        Some(intent) => {
            let reason = intent.reason.as_ref();
            let reason = reason.map(|reason| format!("  \"{reason}\""));
            let (action, by) = (intent.action.as_str(), &intent.by);
            let reason = reason.unwrap_or_default();
            format!("{action:<9} {}  by {by}{reason}", counts(past))
        }
        None => "the intent cannot be read".to_owned(),
    };
    format!("{}  {:<10} {words}", past.name, state(past.state))
}

const fn state(state: State) -> &'static str {
    match state {
        State::Live => "live",
        State::Ended => "ended",
        State::Unfinished => "unfinished",
        State::NeverBegun => "never sent",
        State::NotRead => "not read",
    }
}

/// What became of a row; of a batch that nobody goes on with, every row is accounted for (J2).
fn outcome(past: &Past, row: &PastRow) -> Option<Outcome> {
    match past.state {
        State::Live => row.outcome.clone(),
        State::Ended | State::Unfinished | State::NeverBegun | State::NotRead => {
            Some(row.accounted())
        }
    }
}

fn counts(past: &Past) -> String {
    let outcomes: Vec<_> = past.rows.iter().map(|row| outcome(past, row)).collect();
    let totals = Totals::of(outcomes.iter().map(Option::as_ref));
    let counts = totals.named().into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let seen = Tracking::ALL.map(|state| {
        let rows = past.rows.iter().filter_map(|row| row.seen.as_ref());
        let count = rows.filter(|seen| seen.tracking.as_str() == state.word());
        (state.word(), count.count())
    });
    let seen = seen.into_iter().filter(|(_, count)| *count > 0);
    let seen: Vec<_> = seen
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let seen = match seen.as_slice() {
        [] => String::new(),
        seen => format!("; seen since: {}", seen.join(", ")),
    };
    format!("{} marked: {}{seen}", totals.marked(), counts.join(", "))
}

fn whole(past: &Past) -> Vec<String> {
    let mut lines = vec![line(past)];
    if let Some(intent) = &past.intent {
        let (confirmed, took) = (intent.confirmed, long_span(past.took()));
        lines.push(format!("confirmed {confirmed}  took {took}"));
        for account in &intent.accounts {
            lines.push(format!("through   {}  {}", account.connection, account.url));
        }
    }
    lines.extend(past.rows.iter().map(|marked| row(past, marked)));
    for (at, words) in &past.notes {
        lines.push(format!("note      {at}  {words}"));
    }
    for problem in &past.problems {
        lines.push(format!("damaged   {problem}"));
    }
    if past.from_newer_version {
        lines.push("some of it was written by a newer version".to_owned());
    }
    lines
}

fn row(past: &Past, row: &PastRow) -> String {
    let planned = match &row.planned {
        Planned::Send { verb, .. } => verb.clone(),
        Planned::LeftOut { .. } | Planned::NotKnown => Clean::new("-"),
    };
    let outcome = match outcome(past, row) {
        Some(Outcome::Scheduled { .. }) => "scheduled".to_owned(),
        Some(Outcome::Rejected(no)) => {
            let code = no.code.map(|code| format!("{code} ")).unwrap_or_default();
            format!("rejected  {code}{}", no.reason)
        }
        Some(Outcome::Unknown(why)) => format!("unknown   {why}"),
        Some(Outcome::LeftOut(_, why)) => format!("left out  {why}"),
        None => "no answer recorded".to_owned(),
    };
    let seen = row.seen.as_ref();
    let seen = seen
        .map(|seen| format!("  {}: {}", seen.tracking, seen.status))
        .unwrap_or_default();
    format!(
        "  {:<36}  {:<12} {:<10} {outcome}{seen}  {}",
        row.id, row.connection, planned, row.name
    )
}
