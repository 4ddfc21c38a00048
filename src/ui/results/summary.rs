//! The first lines of the results: which batch, what became of its rows in numbers, what holds it up.

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::run::{Run, Standing};
use crate::domain::action::Action;
use crate::domain::time::{long_span, time_of_day};
use crate::domain::tracking::Tracking;
use crate::ui::glyph;
use crate::ui::results::{outcomes, standing, tally};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, hanging, plain, quiet, say};

/// A bar shorter than that says nothing: the words stand below it instead.
const SHORTEST_BAR: usize = 12;

/// The lines, each with what stands at its right end.
pub(super) fn lines(model: &Model, run: &Run, columns: usize) -> Vec<(Words, Words)> {
    let mut lines = vec![(title(run, columns), elapsed(model, run))];
    let more = outcomes(run, columns).into_iter().chain(seen(run, columns));
    lines.extend(more.map(|line| (line, Words::new())));
    let mut warn = |text: &str, tone| {
        let more = hanging(plain(" "), tone, text, columns.saturating_sub(1), 2);
        lines.extend(more.into_iter().map(|line| (line, Words::new())));
    };
    if let Some(trouble) = &run.trouble {
        warn(&format!("THE JOURNAL FAILED: {trouble}"), Tone::Bad);
    }
    for reason in &run.out_of_reach {
        let text = format!("NOT READ BACK: {reason}");
        warn(&text, Tone::Warn);
    }
    for waiting in &run.waiting {
        let seconds = seconds_until(waiting.until, model.now);
        let text = format!(
            " {} waits for the rate limit: {seconds} s",
            waiting.connection
        );
        lines.push((say(Tone::Warn, text), Words::new()));
    }
    lines
}

fn title(run: &Run, columns: usize) -> Words {
    let intent = run.report.intent();
    let mut line = quiet(" BATCH ")
        .strong(run.title())
        .plain("  ")
        .strong(intent.action.map_or("?", Action::word))
        .plain(format!(" · sent {}", time_of_day(intent.confirmed)));
    if columns >= 98 || run.standing != Standing::Own {
        line = line.plain(format!(" by {}", run.by));
    }
    if let Some(followed) = &intent.follows {
        line = line.plain(format!(" · retries {followed}"));
    }
    if let Some(reason) = &intent.reason {
        line = line.plain(format!(" · \"{reason}\""));
    }
    line
}

fn elapsed(model: &Model, run: &Run) -> Words {
    if let Some(words) = standing(run) {
        return say(Tone::Warn, format!("{words} "));
    }
    let word = if run.settled.is_some() {
        "settled in"
    } else {
        "elapsed"
    };
    let until = run.settled.unwrap_or(model.now).moment;
    quiet(format!(
        "{word} {} ",
        long_span(until.since(run.started.moment))
    ))
}

/// The rows as one bar: reached, on their way, and the rest; beside or below it what reads show of them.
fn seen(run: &Run, columns: usize) -> Vec<Words> {
    let report = &run.report;
    let parts = tally(report.rows().iter());
    let head = if parts.is_empty() {
        ""
    } else {
        " seen since: "
    };
    let mut words = flow(quiet(head), parts, glyph::DOT, columns);
    let beside = columns.saturating_sub(words[0].width() + 2);
    let is_beside = words.len() == 1 && beside >= SHORTEST_BAR;
    let room = if is_beside {
        beside
    } else {
        columns.saturating_sub(2)
    };
    let (reached, open) = (report.tracked(Tracking::Reached), report.awaited().all());
    let bar = bar(report.rows().len(), reached, open, room);
    if is_beside {
        return vec![bar.and(words.remove(0))];
    }
    words.insert(0, bar);
    words
}

fn bar(rows: usize, reached: usize, open: usize, room: usize) -> Words {
    let rows = rows.max(1);
    let done = reached * room / rows;
    let open = ((reached + open) * room / rows).min(room) - done;
    plain(" ")
        .say(Tone::Good, glyph::BAR_DONE.repeat(done))
        .say(Tone::Busy, glyph::BAR_OPEN.repeat(open))
        .say(Tone::Quiet, glyph::BAR_REST.repeat(room - done - open))
}
