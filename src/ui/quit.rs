//! The question before leaving while rows still move.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::words::{Words, plain, strong};

/// Draws the question over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model) {
    let (rows, batches) = model.awaited();
    let question = match batches {
        0 => "Nothing moves any more. Quit?".to_owned(),
        _ => format!("{}. Quit?", rows.words("still moving")),
    };
    let mut lines = vec![strong(question), plain("Nothing is undone by quitting.")];
    if rows.open > 0 {
        lines.push(plain("Requests that have not left yet are not sent."));
    }
    if rows.unseen > 0 {
        lines.push(plain("Of unknown rows no read has shown a trace yet."));
    }
    let keys = strong("enter").plain(" leave   ").strong("esc");
    lines.extend([Words::new(), keys.plain(" stay")]);
    let inner = canvas.popup(screen, (60, lines.len()), &Edges::titled("quit"));
    canvas.lines(inner, &lines);
}
