//! The action menu: what each action would do to the marked rows.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Command, name};
use crate::app::menu::Menu;
use crate::domain::action::Action;
use crate::domain::connection::PlatformId;
use crate::domain::plan::{Place, Plan, PlanRow};
use crate::domain::text::{Clean, counted};
use crate::ui::canvas::{Canvas, Edges, fit, row, stacked};
use crate::ui::glyph;
use crate::ui::scroll::Scroll;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, pieces, plain, quiet};

/// Columns of the popup's inside, where there is room.
const WIDTH: usize = 88;

/// Where the counts end and the words begin.
const WORDS: usize = 40;

/// Draws the menu over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model, menu: &Menu) {
    let prospects = model.prospects();
    let width = WIDTH.min(usize::from(screen.width).saturating_sub(6));
    let entries = |width: usize| -> Vec<Vec<Words>> {
        let plans = Action::ALL.into_iter().zip(&prospects);
        plans
            .map(|(action, plan)| entry(action, plan, width))
            .collect()
    };
    let height = |entries: &[Vec<Words>]| entries.iter().map(Vec::len).sum::<usize>();
    let mut shown = entries(width);
    if height(&shown) + 6 > usize::from(screen.height.saturating_sub(2)) {
        // Every action in sight comes before every word: what does not fit is cut.
        shown = entries(usize::MAX);
        for lines in &mut shown {
            lines.truncate(1);
        }
    }
    let height = height(&shown);
    let inner = canvas.popup(
        screen,
        (width, height + 4),
        &Edges::titled(title(model, menu)),
    );
    let [heads, actions, end] = stacked(inner, [2, fit(height), 2]);
    canvas.lines(heads, &titles());
    Scroll::of(shown, menu.cursor).draw(canvas, actions);
    let last = quiet("  enter plans · esc goes back · nothing is sent from here");
    canvas.line(row(end, 1), &last);
}

fn title(model: &Model, menu: &Menu) -> String {
    let marked = || counted(model.selection.len(), "marked row", "marked rows");
    let rows = menu.row.as_ref().map(|row| row.name.to_string());
    format!("actions on {}", rows.unwrap_or_else(marked))
}

fn titles() -> [Words; 2] {
    [
        ["send", "server", "left", "sent as"],
        ["", "decides", "out", "or why not"],
    ]
    .map(|heads| {
        let line = Words::new().pad_to(16);
        let [send, decides, left, words] = heads;
        let line = line.quiet(format!("{send:>5}  {decides:>7}  {left:>4}"));
        line.pad_to(WORDS).quiet(words)
    })
}

/// An action with its counts; beside it each platform's own word, and below why rows are left out.
fn entry(action: Action, plan: &Plan, width: usize) -> Vec<Words> {
    let counts = plan.counts();
    let line = plain("  ")
        .strong(name(keymap::Place::Menu, Command::Plan(action)))
        .plain("  ")
        .strong(action.word())
        .pad_to(16)
        .plain(format!(
            "{:>5}  {:>7}  {:>4}",
            counts.send, counts.server_decides, counts.left_out
        ))
        .pad_to(WORDS);
    let mut lines = vec![line];
    for remark in remarks(action, plan) {
        let head = match lines.as_slice() {
            [line] if line.width() == WORDS => lines.remove(0),
            _ => Words::new().pad_to(WORDS),
        };
        lines.extend(flow(head, pieces(&remark), " ", width));
    }
    if counts.sendable() > 0 {
        return lines;
    }
    let lines = lines.into_iter();
    lines.map(|line| line.toned(Tone::Quiet)).collect()
}

/// The verbs, and a reason for each platform where more rows are left out than not.
fn remarks(action: Action, plan: &Plan) -> Vec<String> {
    let of = |platform| {
        let rows = plan.rows().iter();
        rows.filter(move |row| row.row.platform() == platform)
    };
    let mut platforms = Vec::from(PlatformId::ALL);
    platforms.retain(|platform| of(*platform).next().is_some());
    let counts = plan.counts();
    let mut remarks = Vec::new();
    if counts.sendable() > 0 && action == Action::CleanUp {
        remarks.push("stop what runs + delete what ended".to_owned());
    } else if counts.sendable() > 0 {
        let words = platforms.iter().filter_map(|platform| {
            let verbs = of(*platform).filter_map(|row| Some(row.place.verb()?.word));
            let verbs: BTreeSet<&str> = verbs.collect();
            let words = Vec::from_iter(verbs).join("/");
            (!words.is_empty()).then(|| format!("{} {words}", platform.label()))
        });
        remarks.push(words.collect::<Vec<_>>().join(glyph::DOT));
    }
    if counts.left_out > counts.sendable() {
        let reasons = platforms.iter().filter_map(|platform| {
            let why = why_most(of(*platform))?;
            Some(match platforms.len() {
                1 => why.to_string(),
                _ => format!("{}: {why}", platform.label()),
            })
        });
        remarks.extend(reasons);
    }
    remarks
}

/// Why most of the rows are left out; `None` where none is.
fn why_most<'a>(rows: impl Iterator<Item = &'a PlanRow>) -> Option<&'a Clean> {
    let mut reasons: BTreeMap<&Clean, usize> = BTreeMap::new();
    for row in rows {
        if let Place::LeftOut { words, .. } = &row.place {
            *reasons.entry(words).or_default() += 1;
        }
    }
    let most = reasons.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(words, _)| words)
}
