//! The first lines of the results: which batch, what became of its rows in numbers, what holds it up.

use crate::app::Model;
use crate::app::lanes::seconds_until;
use crate::app::results::Section;
use crate::app::run::{Run, Standing};
use crate::domain::report::ReportRow;
use crate::domain::time::{long_span, time_of_day};
use crate::domain::tracking::Tracking;
use crate::ui::glyph;
use crate::ui::results::{name, standing};
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, hanging, plain, quiet, say, strong};

/// The lines, each with what stands at its right end.
pub(super) fn lines(
    model: &Model,
    run: &Run,
    number: usize,
    columns: usize,
) -> Vec<(Words, Words)> {
    let mut lines = vec![(title(run, number, columns), elapsed(model, run))];
    let (mut totals, mut tracked) = (totals(run, columns), tracked(run));
    let last = totals.pop().unwrap_or_default();
    lines.extend(totals.into_iter().map(|line| (line, Words::new())));
    if last.width() + tracked.width() + 4 <= columns {
        lines.push((last, std::mem::take(&mut tracked)));
    } else {
        lines.push((last, Words::new()));
    }
    if !tracked.is_empty() {
        lines.push((tracked, Words::new()));
    }
    lines.push((bar(run, columns), Words::new()));
    let mut warn = |text: &str, tone| {
        let more = hanging(plain(" "), tone, text, columns.saturating_sub(1), 2);
        lines.extend(more.into_iter().map(|line| (line, Words::new())));
    };
    if let Some(trouble) = &run.trouble {
        let text = format!("THE JOURNAL FAILED: {trouble}. Nothing further is sent.");
        warn(&text, Tone::Bad);
    }
    for reason in &run.out_of_reach {
        let text = format!("NOT READ BACK: {reason}");
        warn(&text, Tone::Warn);
    }
    for (connection, until) in &run.waiting {
        let seconds = seconds_until(*until, model.now);
        let text = format!(" {connection} waits for the rate limit: {seconds} s");
        lines.push((say(Tone::Warn, text), Words::new()));
    }
    lines
}

fn title(run: &Run, number: usize, columns: usize) -> Words {
    let intent = run.report.intent();
    let mut line = quiet(" BATCH ")
        .strong(name(run, number))
        .plain("  ")
        .strong(intent.action.map_or("?", |action| action.word()))
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
    let span = |until: crate::domain::time::Moment| long_span(until.since(run.started.moment));
    if let Some(words) = standing(run) {
        return say(Tone::Warn, format!("{words} "));
    }
    match run.settled {
        Some(settled) => quiet(format!("settled in {} ", span(settled))),
        None => quiet(format!("elapsed {} ", span(model.now.moment))),
    }
}

/// The outcomes, on as many lines as they need; they add up to the marked rows.
fn totals(run: &Run, columns: usize) -> Vec<Words> {
    let marked = run.report.totals().marked();
    let head = strong(format!(" {marked} marked")).quiet(" = ");
    flow(head, outcomes(run), " + ", columns)
}

fn outcomes(run: &Run) -> Vec<Words> {
    let totals = run.report.totals();
    let counts = [
        (totals.scheduled, "scheduled", Tone::Strong),
        (totals.rejected, "rejected", Tone::Bad),
        (totals.unknown, "unknown", Tone::Warn),
        (totals.left_out, "left out", Tone::Plain),
        (totals.open, "without an answer yet", Tone::Busy),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    counts
        .map(|(count, word, tone)| say(tone, format!("{count} {word}")))
        .collect()
}

fn scheduled(run: &Run) -> impl Iterator<Item = &ReportRow> {
    let rows = run.report.rows().iter();
    rows.filter(|row| Section::of(row) == Section::Scheduled)
}

/// What reads show of the scheduled rows.
fn tracked(run: &Run) -> Words {
    let mut line = Words::new();
    for tracking in Tracking::ALL {
        let count = scheduled(run)
            .filter(|row| row.tracking() == Some(tracking))
            .count();
        if count > 0 {
            let gap = if line.is_empty() { "" } else { glyph::DOT };
            let words = format!("{count} {}", tracking.word());
            line = line.quiet(gap).say(theme::of_tracking(tracking), words);
        }
    }
    if line.is_empty() {
        return line;
    }
    quiet(" of the scheduled: ").and(line).plain(" ")
}

/// The rows as one bar: reached, on their way, and the rest.
fn bar(run: &Run, columns: usize) -> Words {
    let marked = run.report.totals().marked().max(1);
    let reached = run.report.tracked(Tracking::Reached);
    let moving = run.report.moving();
    let legend = say(Tone::Good, format!("  {}", glyph::BAR_DONE))
        .quiet(format!(" reached {reached}  "))
        .say(Tone::Busy, glyph::BAR_OPEN)
        .quiet(format!(" not settled {moving}  "))
        .say(Tone::Quiet, glyph::BAR_REST)
        .quiet(format!(
            " the rest {} ",
            (marked - reached).saturating_sub(moving)
        ));
    let room = columns.saturating_sub(legend.width() + 1);
    let done = reached * room / marked;
    let open = ((reached + moving) * room / marked).min(room) - done;
    plain(" ")
        .say(Tone::Good, glyph::BAR_DONE.repeat(done))
        .say(Tone::Busy, glyph::BAR_OPEN.repeat(open))
        .say(Tone::Quiet, glyph::BAR_REST.repeat(room - done - open))
        .and(legend)
}
