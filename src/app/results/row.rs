//! One row of the results in full: what was asked, what the server said word by word, what was seen since.

use crate::app::facts::Weight;
use crate::app::run::Run;
use crate::domain::action::Verb;
use crate::domain::export::Said;
use crate::domain::outcome::Outcome;
use crate::domain::report::{Fate, ReportRow};
use crate::domain::text::folded;
use crate::domain::time::{Moment, long_span};
use crate::domain::tracking::{Track, Tracking};

/// Columns of the labels.
pub(crate) const LABEL: usize = 14;

/// One line: its label, which is empty where the line goes on and `None` where it has the whole width.
pub(crate) type RowLine = (Option<&'static str>, Weight, String);

/// The lines, folded to so many columns.
pub(crate) fn lines(now: Moment, run: &Run, row: &ReportRow, columns: usize) -> Vec<RowLine> {
    let mut lines = Vec::new();
    for (mut label, weight, value) in facts(now, run, row) {
        let column = label.map_or(0, |_| LABEL);
        for part in folded(&value, columns.saturating_sub(column)) {
            lines.push((label, weight, part.to_owned()));
            label = label.and(Some(""));
        }
    }
    lines
}

/// What is known of the row, without what is not, and our own explanation beside the server's words.
fn facts(now: Moment, run: &Run, row: &ReportRow) -> impl Iterator<Item = RowLine> {
    let (said, resource) = (Said::of(row), &row.row);
    let source = &resource.key.source;
    let (platform, connection) = (source.platform, &source.connection);
    let (prefix, scope) = (platform.scope_prefix(), &resource.scope);
    let place = format!("{platform} {connection} · {prefix} {scope}");
    let asked = |verb: &Verb| format!("{} → {}", verb.word, verb.goal.word());
    let asked = row.verb.map(asked).unwrap_or_default();
    let request = |number| format!("{number} of batch {}", run.title());
    let request = row.request.map(request).unwrap_or_default();
    let seen = |track| format!("{}   {}", status(track), since(now, track, true));
    let seen = row.shown().and(row.track()).map(seen).unwrap_or_default();
    let facts = [
        ("id", Weight::Strong, resource.key.id.shown().to_string()),
        ("name", Weight::Strong, resource.name.to_string()),
        ("where", Weight::Plain, place),
        ("asked", Weight::Plain, asked),
        ("request", Weight::Plain, request),
        ("outcome", Weight::Strong, said.outcome.to_owned()),
        ("code", Weight::Warn, said.code),
        ("words", Weight::Plain, said.reason),
        ("request id", Weight::Plain, said.request_id),
        ("seen since", Weight::Plain, seen),
    ];
    let facts = facts.into_iter().filter(|(_, _, value)| !value.is_empty());
    let facts = facts.map(|(label, weight, value)| (Some(label), weight, value));
    let meaning = ["", meaning(row.fate())];
    facts.chain(meaning.map(|text| (None, Weight::Quiet, text.to_owned())))
}

/// The status now.
pub(crate) fn status(track: &Track) -> String {
    let is_gone = matches!(track.state(), Tracking::Reached | Tracking::Diverged);
    match track.last_word() {
        Some(word) => word.to_string(),
        None if is_gone => "gone".to_owned(),
        None => "–".to_owned(),
    }
}

/// What tracking shows, in full or in a few words.
pub(crate) fn since(now: Moment, track: &Track, in_full: bool) -> String {
    let state = track.state();
    let word = state.word();
    let more = match state {
        Tracking::Reached => {
            let span = track.reached_after().map(long_span);
            return span.map_or_else(|| word.to_owned(), |span| format!("{word} {span}"));
        }
        Tracking::Slow => {
            let span = long_span(track.unchanged_for(now));
            let words = if in_full { "no change for " } else { "" };
            return format!("{word}: {words}{span}");
        }
        Tracking::Waiting | Tracking::Moving | Tracking::NotApplied => "",
        Tracking::Reverted => ": left its target again",
        Tracking::Diverged => ": ended otherwise",
        Tracking::LostSight => ": no read for 5 min",
    };
    let more = if in_full { more } else { "" };
    format!("{word}{more}")
}

/// Our own explanation, beside the server's words and never instead of them.
fn meaning(fate: &Fate) -> &'static str {
    match fate {
        Fate::Queued | Fate::Sent => "There is no answer for this id yet.",
        Fate::Known(Outcome::Scheduled { .. }) => {
            "The server acknowledged this id. Done is what later reads show."
        }
        Fate::Known(Outcome::Rejected(no)) if no.later => {
            "The server refused this id for now. Its words stand above as it sent them, cleaned. \
             Asking again later may help, as a new plan."
        }
        Fate::Known(Outcome::Rejected(_)) => {
            "The server refused this id. Its words stand above as it sent them, cleaned. \
             Asking again as it stands is not expected to help."
        }
        Fate::Known(Outcome::Unknown(_)) => {
            "The request may have arrived and there is no usable answer. Nothing is sent again before \
             reads have shown that it was not applied, and then only as a new plan."
        }
        Fate::Known(Outcome::LeftOut(..)) => "Nothing for this id reached the server.",
    }
}
