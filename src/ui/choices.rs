//! The small popups one chooses in: statuses, sort, and what to do with too many rows.

use ratatui::layout::Rect;

use crate::app::choices::{Chip, Order, Statuses, TooMany};
use crate::app::table::Column;
use crate::app::{Model, rows};
use crate::domain::plan::LIMIT;
use crate::domain::resource::Status;
use crate::domain::text::{counted, grouped};
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::scroll::Scroll;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, plain, quiet, say, strong};
use crate::ui::{glyph, tabs};

/// Draws the status chips: each group with the words under it, and how many rows have them.
pub(super) fn statuses(canvas: &mut Canvas, screen: Rect, model: &Model, statuses: &Statuses) {
    let chips = statuses.chips.iter();
    let lines = chips.map(|(chip, count)| chip_line(model, chip, *count));
    let mut edges = Edges::titled("status").noted(tabs::matching(model));
    let mut width = 40;
    if model.browse.query.filter.names_status() {
        let words = "`status:` in the filter overrules these";
        edges.remark = say(Tone::Warn, words);
        edges.note = Words::new();
        width = 50;
    } else if model.browse.query.chips.is_empty() {
        edges.remark = quiet("nothing chosen: all pass");
    }
    Scroll::of_lines(lines, statuses.cursor).popup(canvas, screen, width, edges);
}

fn chip_line(model: &Model, chip: &Chip, count: usize) -> Words {
    let chosen = &model.browse.query.chips;
    let signs = [glyph::UNMARKED, glyph::MARKED];
    let sign = |passes: bool| signs[usize::from(passes)];
    let counts = !model.browse.query.filter.names_status();
    let mark = if counts { Tone::Mark } else { Tone::Quiet };
    let line = match chip {
        Chip::Group(group) => {
            let line = say(mark, format!("  {} ", sign(chosen.groups.contains(group))));
            line.strong(group.word())
        }
        Chip::Word(word, group) => {
            let through_group = chosen.groups.contains(group);
            let own = chosen.words.contains(word);
            let tone = if own { mark } else { Tone::Quiet };
            let line = say(tone, format!("      {} ", sign(own || through_group)));
            let status = Status {
                word: word.clone(),
                group: *group,
            };
            let word = format!("{} {word}", glyph::of_status(&status));
            line.say(theme::of_group(*group), word)
        }
    };
    line.pad_to(32).plain(format!("{:>7}", grouped(count)))
}

/// Draws the sort menu.
pub(super) fn sort(canvas: &mut Canvas, screen: Rect, model: &Model, cursor: usize) {
    let now = model.browse.query.sort;
    let line = |column: Column| {
        if column == now.column {
            say(Tone::Mark, format!("  {}", now.title()))
        } else {
            plain(format!("  {}", column.title()))
        }
    };
    let edges = Edges::titled("sort by").noted("O in the list turns it round");
    Scroll::of_lines(Column::ALL.map(line), cursor).popup(canvas, screen, 34, edges);
}

/// Draws the question above the limit.
pub(super) fn too_many(canvas: &mut Canvas, screen: Rect, model: &Model, question: &TooMany) {
    let (room, marked) = (question.room(&model.selection), model.selection.len());
    let title = format!(
        "{} to mark, a batch holds {LIMIT}",
        rows(question.rows.len())
    );
    let places = counted(room, "place is", "places are");
    let already = match question.leaving.len() {
        0 => {
            let marked = counted(marked, "is", "are");
            format!("{marked} already marked, {places} left.")
        }
        leaving => format!("Of {marked} marks this takes {leaving} away, {places} left then."),
    };
    let sort = model.browse.query.sort.title();
    let next = match question.order {
        Order::Shown => format!("mark the next {room} in the order shown ({sort})"),
        Order::Other => format!("mark the first {room} of them"),
    };
    let first = match room {
        0 => quiet("1    no place is left: send or unmark first"),
        _ => choice("1", &next),
    };
    let lines = [
        plain(already),
        Words::new(),
        first,
        choice("2", "narrow the filter first"),
        choice("esc", "change nothing"),
        Words::new(),
        quiet("Never done silently: no row is dropped without being counted here."),
    ];
    let edges = Edges::titled(title).noted("why 100? ?");
    let inner = canvas.popup(screen, (68, lines.len()), &edges);
    canvas.lines(inner, &lines);
}

fn choice(key: &str, does: &str) -> Words {
    strong(key).pad_to(5).plain(does)
}
