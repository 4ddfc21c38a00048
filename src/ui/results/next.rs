//! What can be done next with a batch: the keys that would do something now, with how many rows.

use crate::app::Model;
use crate::app::keymap::{self, Command, Place};
use crate::app::results::{Run, has_failed};
use crate::domain::action::Action;
use crate::ui::words::{Words, flow};

/// The lines; none where no row can be taken further.
pub(super) fn lines(model: &Model, run: &Run, columns: usize) -> Vec<Words> {
    let failed = run
        .report
        .rows()
        .iter()
        .filter(|row| has_failed(row))
        .count();
    let (delete, resume) = (
        model.takes_next(run, Action::Delete),
        model.takes_next(run, Action::Resume),
    );
    let steps = [
        (
            Command::Retry,
            model.retryable(run),
            "retry what can be retried",
        ),
        (Command::MarkFailed, failed, "mark rejected + unknown"),
        (
            Command::DeleteStopped,
            delete,
            "plan delete of what is stopped now",
        ),
        (
            Command::ResumeSuspended,
            resume,
            "plan resume of what is suspended now",
        ),
    ];
    let parts: Vec<Words> = steps
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(command, count, does)| step(command, &format!("{does} ({count})")))
        .collect();
    if parts.is_empty() {
        return Vec::new();
    }
    flow(Words::new().quiet(" next   "), parts, "   ", columns)
}

fn step(command: Command, does: &str) -> Words {
    let key = keymap::in_place(Place::Results).find(|binding| binding.command == command);
    let name = key
        .map(|binding| binding.keys[0].name())
        .unwrap_or_default();
    Words::new().strong(name).plain(format!(" {does}"))
}
