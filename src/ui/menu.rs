//! The action menu: what each action would do to the marked rows.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{Command, Place, name};
use crate::app::menu::{Menu, Prospect};
use crate::domain::action::Action;
use crate::ui::canvas::{Canvas, Edges, fit, row, stacked};
use crate::ui::glyph;
use crate::ui::scroll::Scroll;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, pieces, plain, quiet};

/// Columns of the popup's inside, where there is room.
const WIDTH: usize = 76;

/// Where the counts end and the words begin.
const WORDS: usize = 40;

/// Draws the menu over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model, menu: &Menu) {
    let prospects = model.prospects();
    let width = WIDTH.min(usize::from(screen.width).saturating_sub(6));
    let entries = |width: usize| -> Vec<Vec<Words>> {
        let entry = |prospect| entry(model, prospect, width);
        prospects.iter().map(entry).collect()
    };
    let height = |entries: &[Vec<Words>]| entries.iter().map(Vec::len).sum::<usize>();
    let mut shown = entries(width);
    if height(&shown) + 6 > usize::from(screen.height.saturating_sub(2)) {
        // Every action in sight comes before every word: what does not fit is cut.
        shown = entries(usize::MAX);
    }
    let height = height(&shown);
    let inner = canvas.popup(screen, (width, height + 4), &Edges::titled(title(model)));
    let [heads, actions, end] = stacked(inner, [2, fit(height), 2]);
    canvas.lines(heads, &titles());
    Scroll::of(shown, menu.cursor).draw(canvas, actions);
    let last = quiet("  enter plans · esc goes back · nothing is sent from here");
    canvas.line(row(end, 1), &last);
}

fn title(model: &Model) -> String {
    match (model.selection.len(), model.cursor_row()) {
        (0, Some(row)) => format!("actions on {}", row.name),
        (0, None) => "actions".to_owned(),
        (1, _) => "actions on 1 marked row".to_owned(),
        (count, _) => format!("actions on {count} marked rows"),
    }
}

fn titles() -> [Words; 2] {
    [["send", "server", "left"], ["", "decides", "out"]].map(|heads| {
        let line = Words::new().pad_to(16);
        let [send, decides, left] = heads;
        line.quiet(format!("{send:>5}  {decides:>7}  {left:>4}"))
    })
}

fn entry(model: &Model, prospect: &Prospect, width: usize) -> Vec<Words> {
    let counts = prospect.counts;
    let line = plain("  ")
        .strong(name(Place::Menu, Command::Plan(prospect.action)))
        .plain("  ")
        .strong(label(model, prospect))
        .pad_to(16)
        .plain(format!(
            "{:>5}  {:>7}  {:>4}",
            counts.send, counts.server_decides, counts.left_out
        ))
        .pad_to(WORDS);
    let lines = flow(line, pieces(&remarks(prospect)), " ", width);
    if counts.sendable() > 0 {
        return lines;
    }
    let lines = lines.into_iter();
    lines.map(|line| line.toned(Tone::Quiet)).collect()
}

/// The platform's own word where all rows are of one platform; else the action's.
fn label(model: &Model, prospect: &Prospect) -> &'static str {
    let rows = model.candidates();
    let mut platforms = rows.iter().map(|candidate| candidate.row.platform());
    let first = platforms.next();
    let is_one = platforms.all(|platform| Some(platform) == first);
    match prospect.verbs.as_slice() {
        [(_, words)] if is_one && words.len() == 1 && prospect.action != Action::CleanUp => {
            words[0]
        }
        _ => prospect.action.word(),
    }
}

/// The verbs, or why most rows are left out where those are the more.
fn remarks(prospect: &Prospect) -> String {
    let counts = prospect.counts;
    match &prospect.why {
        Some(why) if counts.left_out > counts.sendable() => why.to_string(),
        _ if prospect.action == Action::CleanUp => "stop what runs + delete what ended".to_owned(),
        _ => {
            let verbs = prospect.verbs.iter();
            let names = verbs.map(|(platform, words)| format!("{platform} {}", words.join("/")));
            names.collect::<Vec<_>>().join(glyph::DOT)
        }
    }
}
