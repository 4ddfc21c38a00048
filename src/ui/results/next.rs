//! What can be done next with a batch: the keys that would do something now, with how many rows.

use crate::app::keymap::{self, Place};
use crate::app::results::{NextStep, STEPS};
use crate::app::run::Run;
use crate::ui::words::{Words, flow};

/// The lines; none where no row can be taken further.
pub(super) fn lines(run: &Run, columns: usize) -> Vec<Words> {
    let parts: Vec<Words> = STEPS.iter().filter_map(|step| words(step, run)).collect();
    if parts.is_empty() {
        return Vec::new();
    }
    flow(Words::new().quiet(" next   "), parts, "   ", columns)
}

fn words(step: &NextStep, run: &Run) -> Option<Words> {
    let count = step.rows(run).len();
    let key = keymap::in_place(Place::Results).find(|binding| binding.command == step.command)?;
    let does = step.does.replace("{}", &count.to_string());
    (count > 0).then(|| {
        Words::new()
            .strong(key.keys[0].name())
            .plain(format!(" {does}"))
    })
}
