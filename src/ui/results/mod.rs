//! The results of a batch: outcomes that add up to the marked rows, and what reads have shown since.

mod row;
mod rows;
mod summary;

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::layout::Rect;

use crate::app::keymap::{Command, Place, name as key};
use crate::app::lanes::seconds_until;
use crate::app::results::{Results, STEPS};
use crate::app::run::{Run, Standing};
use crate::app::{Model, rows as rows_of};
use crate::domain::report::{ReportRow, seen_since};
use crate::domain::time::{Now, long_span, time_of_day};
use crate::domain::tracking::{Track, Tracking};
use crate::ui::canvas::{Canvas, Edges, fit, stacked};
use crate::ui::demo_mark;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, flow, hanging, quiet, say, strong};

/// Draws the batch in its box.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, results: &Results) {
    let Some(run) = model.run(results.run) else {
        return;
    };
    if let Some((index, first)) = results.row
        && let Some(shown) = run.report.rows().get(index)
    {
        row::draw(canvas, area, model, run, shown, first);
        return;
    }
    let edges = Edges {
        mark: demo_mark(model, area),
        ..Edges::titled("results").noted(place(model, run))
    };
    let inner = canvas.boxed(area, &edges);
    let columns = usize::from(inner.width);
    let head = summary::lines(model, run, columns);
    let foot = next_steps(model, run, columns);
    let rest = canvas.headed(inner, &head);
    let foot_rule = u16::from(!foot.is_empty());
    let above = rest.height.saturating_sub(foot_rule + fit(foot.len()));
    let [list, rule, below] = stacked(rest, [above, foot_rule, rest.height]);
    let scroll = rows::scroll(model, run, results, columns);
    scroll.draw(canvas, list);
    if foot_rule > 0 {
        canvas.rule(inner, rule.y, &scroll.more(list.height));
        canvas.lines(below, &foot);
    }
}

/// The keys that would do something now, with how many rows; none where no row can be taken further.
fn next_steps(model: &Model, run: &Run, columns: usize) -> Vec<Words> {
    let line =
        |command, does: String| strong(key(Place::Results, command)).plain(format!(" {does}"));
    let steps = STEPS.iter();
    let steps = steps.filter_map(|step| Some(line(step.command, step.says(model, run)?)));
    let close = "close it: what is unread stays so".to_owned();
    let close = run.is_stuck().then(|| line(Command::Close, close));
    let parts: Vec<Words> = steps.chain(close).collect();
    let mut lines = Vec::new();
    if !parts.is_empty() {
        lines = flow(quiet(" next   "), parts, "   ", columns);
    }
    lines.extend(not_yet(model, run, columns));
    lines
}

/// When unknown rows may be sent again, and why not before.
fn not_yet(model: &Model, run: &Run, columns: usize) -> Vec<Words> {
    let rows = run.report.rows().iter().filter(|_| run.is_followed());
    let tracks = rows.filter_map(ReportRow::track);
    let mut due: BTreeMap<u64, usize> = BTreeMap::new();
    for at in tracks.filter_map(Track::settles_at) {
        *due.entry(seconds_until(at, model.now)).or_default() += 1;
    }
    if due.is_empty() {
        return Vec::new();
    }
    // Those of one platform may wait longer than those of another.
    let parts = due.into_iter().map(|(seconds, count)| {
        let rows = rows_of(count);
        match seconds {
            0 => format!("{rows} more with the next read"),
            seconds => {
                let span = long_span(Duration::from_secs(seconds));
                format!("{rows} more in {span}")
            }
        }
    });
    let key = key(Place::Results, Command::Retry);
    let parts = parts.collect::<Vec<_>>().join(", ");
    let words = format!(
        "{key} takes {parts}, unless a read shows the change by then: the server may still carry it out"
    );
    hanging(quiet(" later  "), Tone::Quiet, &words, columns, 3)
}

/// Which of the open batches this is, `1 of 3 open batches`; else when it settled.
fn place(model: &Model, run: &Run) -> String {
    let open = model.followed().filter(|(_, run)| run.is_open());
    let open: Vec<_> = open.map(|(number, _)| number).collect();
    let batches = if open.len() == 1 { "batch" } else { "batches" };
    if let Some(place) = open.iter().position(|number| *number == run.number) {
        return format!("{} of {} open {batches}", place + 1, open.len());
    }
    let settled = |at: Now| format!("settled {}", time_of_day(at.wall));
    run.settled.map(settled).unwrap_or_default()
}

/// The rows of a batch by outcome, which add up to those marked, on as many lines as they need.
pub(super) fn outcomes(run: &Run, columns: usize) -> Vec<Words> {
    const TONES: [Tone; 5] = [Tone::Plain, Tone::Bad, Tone::Warn, Tone::Quiet, Tone::Busy];
    let totals = run.report.totals();
    let head = strong(format!(" {} marked", totals.marked())).quiet(" = ");
    let counts = TONES.into_iter().zip(totals.named());
    let counts = counts.filter(|(_, (_, count))| *count > 0);
    let parts = counts.map(|(tone, (word, count))| say(tone, format!("{count} {word}")));
    flow(head, parts.collect(), " + ", columns)
}

/// How many of the rows show which tracking.
fn tally<'a>(rows: impl Iterator<Item = &'a ReportRow>) -> Vec<Words> {
    let counts = seen_since(rows).into_iter().filter(|(_, count)| *count > 0);
    let part = |(tracking, count): (Tracking, usize)| {
        let words = format!("{count} {}", tracking.word());
        say(theme::of_tracking(tracking), words)
    };
    counts.map(part).collect()
}

/// Whose the batch is, where it was not sent here, in a word or two.
pub(super) fn standing(run: &Run) -> Option<&'static str> {
    match run.standing {
        Standing::Own => None,
        Standing::Adopted if run.out_of_reach.is_empty() => Some("unfinished, read back here"),
        Standing::Adopted => Some("unfinished"),
        Standing::Unfinished => Some("unfinished, out of reach"),
        Standing::Elsewhere => Some("live elsewhere"),
        Standing::Ended if run.out_of_reach.is_empty() => Some("ended"),
        Standing::Ended => Some("closed, not read back"),
    }
}
