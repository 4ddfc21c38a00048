//! The small popups one chooses in: statuses, sort, and what to do with too many rows.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::choices::{Chip, SortMenu, Statuses, TooMany};
use crate::app::table::Column;
use crate::domain::plan::LIMIT;
use crate::domain::resource::Status;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::scroll::Scroll;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, grouped};
use crate::ui::{glyph, tabs};

/// Draws the status chips: each group with the words under it, and how many rows have them.
pub(super) fn statuses(canvas: &mut Canvas, screen: Rect, model: &Model, statuses: &Statuses) {
    let lines: Vec<Words> = statuses
        .chips
        .iter()
        .map(|(chip, count)| chip_line(model, chip, *count))
        .collect();
    let mut edges = Edges::titled("status").noted(tabs::matching(model));
    if model.browse.query.filter.names_status() {
        edges.remark = Words::new().say(Tone::Warn, "the filter names a status itself");
    }
    let scroll = Scroll {
        cursor: statuses.cursor..statuses.cursor + 1,
        tail: 0,
        lines,
    };
    list(canvas, screen, 40, &scroll, edges);
}

fn chip_line(model: &Model, chip: &Chip, count: usize) -> Words {
    let chosen = &model.browse.query.chips;
    let everything = chosen.groups.is_empty() && chosen.words.is_empty();
    let sign = |passes: bool| {
        if passes {
            glyph::MARKED
        } else {
            glyph::UNMARKED
        }
    };
    let line = match chip {
        Chip::Group(group) => {
            let passes = everything || chosen.groups.contains(group);
            let line = Words::new().say(Tone::Mark, format!("  {} ", sign(passes)));
            line.strong(group.word())
        }
        Chip::Word(word, group) => {
            let through_group = everything || chosen.groups.contains(group);
            let own = chosen.words.contains(word);
            let tone = if own { Tone::Mark } else { Tone::Quiet };
            let line = Words::new().say(tone, format!("      {} ", sign(own || through_group)));
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
pub(super) fn sort(canvas: &mut Canvas, screen: Rect, model: &Model, menu: &SortMenu) {
    let now = model.browse.query.sort;
    let line = |column: Column| {
        if column == now.column {
            Words::new().say(Tone::Mark, format!("  {}", now.title()))
        } else {
            Words::new().plain(format!("  {}", column.title()))
        }
    };
    let scroll = Scroll {
        lines: Column::ALL.into_iter().map(line).collect(),
        cursor: menu.cursor..menu.cursor + 1,
        tail: 0,
    };
    let edges = Edges::titled("sort by").noted("O in the list turns it round");
    list(canvas, screen, 34, &scroll, edges);
}

/// Draws lines in a popup, as many as fit, with the cursor in sight.
pub(super) fn list(
    canvas: &mut Canvas,
    screen: Rect,
    width: usize,
    scroll: &Scroll,
    mut edges: Edges,
) {
    let room = screen.height.saturating_sub(4);
    let height = u16::try_from(scroll.lines.len())
        .unwrap_or(u16::MAX)
        .min(room);
    edges.mark = scroll.more(height);
    let inner = canvas.popup(screen, (width, usize::from(height)), &edges);
    scroll.draw(canvas, inner);
}

/// Draws the question above the limit.
pub(super) fn too_many(canvas: &mut Canvas, screen: Rect, model: &Model, question: &TooMany) {
    let (room, marked) = (question.room(&model.selection), model.selection.len());
    let title = format!(
        "{} rows to mark, a batch holds {LIMIT}",
        grouped(question.rows.len())
    );
    let leaving = question.leaving.len();
    let already = if leaving == 0 {
        format!("{marked} are already marked, {room} places are left.")
    } else {
        format!("{leaving} of {marked} are unmarked by this, {room} places are left then.")
    };
    let sort = model.browse.query.sort.title();
    let first = if room == 0 {
        Words::new().quiet("1    no place is left: send or unmark first")
    } else {
        choice(
            "1",
            &format!("mark the next {room} in the order shown ({sort})"),
        )
    };
    let lines = [
        Words::new().plain(already),
        Words::new(),
        first,
        choice("2", "narrow the filter first"),
        choice("esc", "change nothing"),
        Words::new(),
        Words::new().quiet("Never done silently: no row is dropped without being counted here."),
    ];
    let inner = canvas.popup(screen, (68, lines.len()), &Edges::titled(title));
    canvas.lines(inner, &lines);
}

fn choice(key: &str, does: &str) -> Words {
    Words::new().strong(key).pad_to(5).plain(does)
}
