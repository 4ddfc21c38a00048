//! The question before leaving while rows still move.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::ui::canvas::{Canvas, Edges};
use crate::ui::words::{Words, plain, strong};

/// Draws the question over the screen.
pub(super) fn draw(canvas: &mut Canvas, screen: Rect, model: &Model) {
    let (rows, _) = model.moving();
    let question = match rows {
        0 => "Nothing moves any more. Quit?".to_owned(),
        rows => format!("{rows} still moving. Quit?"),
    };
    let mut lines = vec![
        strong(question).plain(" Nothing is undone by quitting."),
        Words::new(),
    ];
    if model.is_sending() {
        lines.insert(1, plain("Requests that have not left yet are not sent."));
    }
    lines.push(
        strong("enter")
            .plain(" leave   ")
            .strong("esc")
            .plain(" stay"),
    );
    let inner = canvas.popup(screen, (60, lines.len()), &Edges::titled("quit"));
    canvas.lines(inner, &lines);
}
