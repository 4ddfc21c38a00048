//! A crash on request, for tests of the real binary: without effect where `CENTURION_DRILL` is not set.
//!
//! The variable lists drills, `stop done-sending 2, panic draw`: what to do, the point, and at which time it
//! is come to, the first where no number stands. To stop is to freeze the whole process, for a `kill -9`.
//! The points are the steps of the journal on disk as [`Point`] prints them, `step` for any of them,
//! `draw` before a frame, and `hook` while a panic is reported.
//!
//! [`Point`]: crate::journal::Point

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, getpid, kill_process};

use crate::journal::Probe;

/// The drills that were asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Drills(Arc<[Drill]>);

#[derive(Debug)]
struct Drill {
    stops: bool,
    point: String,
    /// How often the point is still to be passed; wraps round once it was reached.
    passes: AtomicUsize,
}

impl Drills {
    /// Reads the variable's value; what is no drill is none.
    pub(super) fn of(text: &str) -> Self {
        Self(text.split(',').filter_map(Drill::of).collect())
    }

    /// A point is come to.
    pub(super) fn at(&self, point: &str) {
        for drill in self.0.iter().filter(|drill| drill.point == point) {
            if drill.passes.fetch_sub(1, Ordering::AcqRel) == 0 {
                drill.strike();
            }
        }
    }

    /// The journal's side of it.
    pub(super) fn probe(&self) -> Probe {
        if self.0.is_empty() {
            return Probe::default();
        }
        let drills = self.clone();
        Probe::new(move |point| {
            drills.at("step");
            drills.at(&point.to_string());
            Ok(())
        })
    }
}

impl Drill {
    fn of(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let stops = match words.next()? {
            "stop" => true,
            "panic" => false,
            _ => return None,
        };
        let point = words.next()?.to_owned();
        let time: usize = words.next().map_or(Some(1), |word| word.parse().ok())?;
        Some(Self {
            stops,
            point,
            passes: AtomicUsize::new(time.checked_sub(1)?),
        })
    }

    fn strike(&self) {
        assert!(self.stops, "a drill at {}", self.point);
        kill_process(getpid(), Signal::STOP).expect("a process may stop itself");
        // The others may stop a little earlier than this thread, which must not go on.
        loop {
            std::thread::park();
        }
    }
}
