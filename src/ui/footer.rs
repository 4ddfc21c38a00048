//! The last line: the keys of the place one is in, from the one table of keys.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::keymap::{self, Binding, Command};
use crate::ui::canvas::Canvas;
use crate::ui::words::{Words, strong};

/// Draws as many keys as fit, in the order of the table, of those that can act now. Help and the ways out
/// are always among them.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let shown = |binding: &&Binding| !binding.label.is_empty() && model.can(binding.command);
    let keys: Vec<(bool, Words)> = keymap::in_place(model.place())
        .filter(shown)
        .map(|binding| (is_kept(binding.command), key(binding)))
        .collect();
    let kept = keys.iter().filter(|(kept, _)| *kept);
    let mut room =
        usize::from(area.width).saturating_sub(kept.map(|(_, words)| words.width()).sum());
    let mut is_full = false;
    let mut line = Words::new();
    for (kept, words) in keys {
        if !kept {
            is_full |= words.width() > room;
            if is_full {
                continue;
            }
            room -= words.width();
        }
        line = line.and(words);
    }
    canvas.line(area, &line);
}

const fn is_kept(command: Command) -> bool {
    matches!(command, Command::Help | Command::Quit | Command::Back)
}

fn key(binding: &Binding) -> Words {
    let name = binding.keys[0].name();
    strong(format!(" {name} ")).quiet(binding.label).plain(" ")
}
