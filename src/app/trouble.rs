//! What of the lanes fails, for header and banner.

use crate::app::lanes::{Discovery, Lane, Lanes, seconds_until};
use crate::app::listing::Health;
use crate::domain::connection::PlatformId;
use crate::domain::error::PlatformError;
use crate::domain::time::{Moment, Now};

/// How a platform does, for the header: the worst of its sources.
#[derive(Debug)]
pub struct PlatformHealth<'a> {
    /// Which platform.
    pub platform: PlatformId,
    /// What fails worst, if anything does.
    pub worst: Option<Trouble<'a>>,
    /// How many of its sources fail as that one does, of how many; a connection that does not know its
    /// sources counts as one.
    pub failing: (usize, usize),
    /// When the oldest of its listings was finished; `None` before the first answers.
    pub oldest: Option<Moment>,
    /// How many of its connections are switched off, of how many.
    pub off: (usize, usize),
}

/// Something that fails now.
#[derive(Debug)]
pub struct Trouble<'a> {
    /// What fails.
    pub what: String,
    /// Why.
    pub error: &'a PlatformError,
    /// When it is tried again; `None` where only the operator can mend it.
    pub next: Option<Moment>,
    /// It has never answered, or will not by waiting.
    pub is_down: bool,
    /// The time its rows are shown as of.
    pub as_of: Option<jiff::Timestamp>,
    /// How many rows that are.
    pub rows: usize,
}

impl Lane {
    fn troubles(&self) -> impl Iterator<Item = Trouble<'_>> {
        let discovery = match &self.discovery {
            Discovery::Failed(error, next) if self.sources.is_empty() => Some(Trouble {
                what: format!("{} resource groups", self.connection.name),
                error,
                next: *next,
                is_down: true,
                as_of: None,
                rows: 0,
            }),
            Discovery::Failed(..) | Discovery::Known | Discovery::Unasked | Discovery::Asking => {
                None
            }
        };
        let sources = self.sources.iter().filter_map(|state| {
            let listing = state.listing.as_ref();
            Some(Trouble {
                what: state.source.to_string(),
                error: state.health.error()?,
                next: state.next,
                is_down: matches!(state.health, Health::Down(_)),
                as_of: listing.map(|listing| listing.at),
                rows: listing.map_or(0, |listing| listing.rows().len()),
            })
        });
        discovery.into_iter().chain(sources)
    }
}

impl Lanes {
    /// How each configured platform does.
    pub fn health(&self) -> Vec<PlatformHealth<'_>> {
        let configured = |platform: &PlatformId| self.of(*platform).next().is_some();
        let platforms = PlatformId::ALL.into_iter().filter(configured);
        platforms.map(|platform| self.health_of(platform)).collect()
    }

    fn health_of(&self, platform: PlatformId) -> PlatformHealth<'_> {
        let (on, off): (Vec<&Lane>, Vec<&Lane>) = self.of(platform).partition(|lane| lane.is_on);
        let mut troubles: Vec<_> = on.iter().flat_map(|lane| lane.troubles()).collect();
        // The first of the worst stands for them.
        troubles.sort_by_key(|trouble| !trouble.is_down);
        let is_down = troubles.first().is_some_and(|trouble| trouble.is_down);
        let as_bad = troubles.iter().filter(|trouble| trouble.is_down == is_down);
        let failing = as_bad.count();
        let states = on.iter().flat_map(|lane| &lane.sources);
        // What is still arriving for the first time is no listing yet.
        let ended = states.map(|state| state.listing.as_ref().filter(|_| state.has_answered()));
        let listings = ended.map(|listing| Some(listing?.finished));
        PlatformHealth {
            platform,
            failing: (
                failing,
                on.iter().map(|lane| lane.sources.len().max(1)).sum(),
            ),
            worst: troubles.into_iter().next(),
            oldest: listings.min().flatten(),
            off: (off.len(), on.len() + off.len()),
        }
    }

    /// Lanes and sources that fail, with the cause and the next try: `prod-eu/default executions`.
    /// One of each connection comes first: several of one cause must not hide the cause of another.
    pub fn troubles(&self) -> Vec<Trouble<'_>> {
        let lanes = self.on();
        let mut ranked: Vec<_> = lanes.flat_map(|lane| lane.troubles().enumerate()).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, trouble)| trouble).collect()
    }
}

/// When something is tried again, in words.
pub(crate) fn next_try(next: Option<Moment>, is_held: bool, now: Now) -> String {
    match next.map(|next| seconds_until(next, now)) {
        None => "waits for you".to_owned(),
        Some(_) if is_held => "held".to_owned(),
        Some(0) => "trying now".to_owned(),
        Some(seconds) => format!("next try in {seconds} s"),
    }
}
