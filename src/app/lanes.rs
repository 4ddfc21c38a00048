//! One lane a connection: its sources, its refresh, its errors. No lane waits for another.

use std::sync::Arc;
use std::time::Duration;

use crate::app::listing::{self, Health, Listing, SourceState};
use crate::app::message::Effect;
use crate::domain::action::Exclusion;
use crate::domain::connection::{Connection, ConnectionName, PlatformId, ReadOnly};
use crate::domain::error::PlatformError;
use crate::domain::resource::{Key, Resource, Source};
use crate::domain::text::Clean;
use crate::domain::time::{Moment, Now};

/// What a connection does.
#[derive(Debug)]
pub struct Lane {
    /// The connection.
    pub connection: Connection,
    /// What it is listed by, as far as known.
    pub sources: Vec<SourceState>,
    /// Whether the sources are known.
    pub discovery: Discovery,
    /// While it is off nothing of it is read or shown, and nothing is sent to it.
    pub is_on: bool,
}

/// Whether it is known by what a connection is listed.
#[derive(Debug)]
pub enum Discovery {
    /// Yes.
    Known,
    /// Not asked yet.
    Unasked,
    /// Asked.
    Asking,
    /// The question failed; asked again at that moment, unless only the operator can mend it.
    Failed(PlatformError, Option<Moment>),
}

impl Lane {
    /// How long the source at a place waits for its next read: a round. Where there are more than two, each has its
    /// slot in the round, so that the connection asks evenly.
    fn wait(&self, place: usize, refresh: Duration, now: Moment) -> Duration {
        let round = listing::round(&self.sources, refresh);
        let count = |sources| u32::try_from(sources).unwrap_or(u32::MAX);
        let (place, all) = (count(place), count(self.sources.len()));
        if all <= 2 {
            return round;
        }
        let slot = (round * place / all).as_secs_f64();
        let since = now.since(Moment::default()).as_secs_f64();
        let wait = Duration::from_secs_f64((slot - since).rem_euclid(round.as_secs_f64()));
        // Just after a read out of turn, its slot is left to the next round.
        if wait < refresh / 2 {
            wait + round
        } else {
            wait
        }
    }

    fn due(&mut self, now: Moment) {
        if let Discovery::Failed(_, at) = &mut self.discovery {
            *at = Some(now);
        }
        for state in &mut self.sources {
            state.next = Some(now);
        }
    }
}

impl Discovery {
    fn is_due(&self, now: Moment) -> bool {
        match self {
            Self::Unasked => true,
            Self::Failed(_, again) => again.is_some_and(|at| at <= now),
            Self::Known | Self::Asking => false,
        }
    }
}

/// All lanes.
#[derive(Debug)]
pub struct Lanes {
    all: Vec<Lane>,
    refresh: Duration,
    /// No source is read by itself while this holds.
    pub held: bool,
}

impl Lanes {
    /// A lane for each connection; all sources are due at once.
    pub fn new(connections: Vec<Connection>, refresh: Duration, now: Moment) -> Self {
        let lane = |connection: Connection| {
            let known = connection.known_sources();
            let discovery = match known {
                Some(_) => Discovery::Known,
                None => Discovery::Unasked,
            };
            let sources = known.unwrap_or_default().into_iter();
            let new = |source: Arc<Source>| SourceState::new(source, now);
            Lane {
                connection,
                sources: sources.map(new).collect(),
                discovery,
                is_on: true,
            }
        };
        Self {
            all: connections.into_iter().map(lane).collect(),
            refresh,
            held: false,
        }
    }

    /// Every lane, in the order of the configuration.
    pub fn all(&self) -> &[Lane] {
        &self.all
    }

    /// The lane of a connection.
    pub fn get(&self, name: &ConnectionName) -> Option<&Lane> {
        self.all.iter().find(|lane| lane.connection.name == *name)
    }

    fn get_mut(&mut self, name: &ConnectionName) -> Option<&mut Lane> {
        let mut all = self.all.iter_mut();
        all.find(|lane| lane.connection.name == *name)
    }

    /// The lanes that are not switched off.
    pub(super) fn on(&self) -> impl Iterator<Item = &Lane> {
        self.all.iter().filter(|lane| lane.is_on)
    }

    /// The lanes that are switched off.
    pub(crate) fn off(&self) -> impl Iterator<Item = &Lane> {
        self.all.iter().filter(|lane| !lane.is_on)
    }

    /// Whether anything may be read of a connection or sent to it.
    pub(super) fn is_on(&self, name: &ConnectionName) -> bool {
        self.get(name).is_none_or(|lane| lane.is_on)
    }

    /// Every source that is listed.
    pub fn sources(&self) -> impl Iterator<Item = &SourceState> {
        self.on().flat_map(|lane| &lane.sources)
    }

    /// The state of a source, whether it is listed or not.
    pub fn source(&self, source: &Source) -> Option<&SourceState> {
        let mut all = self.all.iter().flat_map(|lane| &lane.sources);
        all.find(|state| *state.source == *source)
    }

    /// Switches a connection off, or on again: then all of it is due.
    pub(super) fn switch(&mut self, name: &ConnectionName, on: bool, now: Moment) {
        if let Some(lane) = self.get_mut(name) {
            lane.is_on = on;
            for state in &mut lane.sources {
                // What is on its way is not waited for.
                state.reading = None;
            }
            lane.due(now);
        }
    }

    /// The last listing of a source.
    pub fn listing(&self, source: &Source) -> Option<&Listing> {
        self.source(source)?.listing.as_deref()
    }

    /// A row as it was listed last.
    pub fn listed_row(&self, key: &Key) -> Option<&Arc<Resource>> {
        self.listing(&key.source)?.find(&key.id)
    }

    /// Every listing at hand.
    pub fn listings(&self) -> Vec<Arc<Listing>> {
        let listings = self.sources().map(|state| state.listing.clone());
        listings.flatten().collect()
    }

    /// Starts the reads that are due.
    pub fn refresh_due(&mut self, now: Moment) -> Vec<Effect> {
        if self.held {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for lane in self.all.iter_mut().filter(|lane| lane.is_on) {
            if lane.discovery.is_due(now) {
                lane.discovery = Discovery::Asking;
                effects.push(Effect::Discover(lane.connection.name.clone()));
            }
            for state in lane.sources.iter_mut().filter(|state| state.is_due(now)) {
                state.reading = Some(now);
                effects.push(Effect::List(state.source.clone()));
            }
        }
        effects
    }

    /// Makes every source due now, also those that wait for the operator.
    pub fn refresh_all(&mut self, now: Moment) -> Vec<Effect> {
        self.all.iter_mut().for_each(|lane| lane.due(now));
        let held = std::mem::take(&mut self.held);
        let effects = self.refresh_due(now);
        self.held = held;
        effects
    }

    /// Reads a source now, whatever it waits for; not while it is being read.
    pub(super) fn read_now(&mut self, source: &Source, now: Moment) -> Option<Effect> {
        let mut states = self.all.iter_mut().flat_map(|lane| &mut lane.sources);
        let state = states.find(|state| *state.source == *source && state.reading.is_none())?;
        state.reading = Some(now);
        Some(Effect::List(state.source.clone()))
    }

    /// Makes every source of a connection due now.
    pub fn due_again(&mut self, name: &ConnectionName, now: Moment) {
        if let Some(lane) = self.get_mut(name) {
            lane.due(now);
        }
    }

    /// Takes in by what a connection is listed.
    pub fn discovered(
        &mut self,
        name: &ConnectionName,
        result: Result<Vec<Arc<Source>>, PlatformError>,
        now: Moment,
    ) {
        let refresh = self.refresh;
        let Some(lane) = self.get_mut(name) else {
            return;
        };
        match result {
            Ok(sources) => {
                lane.discovery = Discovery::Known;
                let new = |source: Arc<Source>| SourceState::new(source, now);
                lane.sources = sources.into_iter().map(new).collect();
            }
            Err(error) => {
                let again = (!error.needs_operator()).then(|| now.after(refresh));
                lane.discovery = Discovery::Failed(error, again);
            }
        }
    }

    /// Takes in the rows so far of a source's first listing.
    pub(super) fn arriving(&mut self, source: &Source, listing: Arc<Listing>) {
        let mut states = self.all.iter_mut().flat_map(|lane| &mut lane.sources);
        let state = states.find(|state| *state.source == *source);
        if let Some(state) = state.filter(|state| !state.has_answered()) {
            state.listing = Some(listing);
        }
    }

    /// Takes in the end of a listing.
    pub fn listed(
        &mut self,
        source: &Source,
        result: Result<Arc<Listing>, (PlatformError, Option<Arc<Listing>>)>,
        now: Moment,
    ) {
        let refresh = self.refresh;
        let Some(lane) = self.get_mut(&source.connection) else {
            return;
        };
        let mut states = lane.sources.iter();
        let Some(place) = states.position(|state| *state.source == *source) else {
            return;
        };
        match result {
            Ok(listing) => lane.sources[place].succeed(listing),
            Err((error, partial)) => lane.sources[place].fail(error, partial),
        }
        let wait = lane.wait(place, refresh, now);
        lane.sources[place].rest(wait, refresh, now);
    }

    /// Connections whose sign-in was refused.
    pub fn refused(&self) -> Vec<ConnectionName> {
        let refused = |lane: &&Lane| {
            let listing = lane.sources.iter().filter_map(|state| state.health.error());
            let asking = match &lane.discovery {
                Discovery::Failed(error, _) => Some(error),
                Discovery::Known | Discovery::Unasked | Discovery::Asking => None,
            };
            listing.chain(asking).any(PlatformError::needs_operator)
        };
        let refused = self.on().filter(refused);
        refused.map(|lane| lane.connection.name.clone()).collect()
    }

    /// Why a row cannot be part of any plan, whatever its status.
    pub fn bar(&self, key: &Key) -> Option<(Exclusion, Clean)> {
        let lane = self.get(&key.source.connection)?;
        if !lane.is_on {
            let words = format!("switched off: `:on {}` in the list", lane.connection.name);
            return Some((Exclusion::SourceDown, Clean::new(&words)));
        }
        let no_permission = |words| Some((Exclusion::NoPermission, Clean::new(words)));
        match lane.connection.read_only {
            ReadOnly::No => {}
            ReadOnly::ByFile => {
                return no_permission(
                    "the connection is read-only (`read_only` in the configuration)",
                );
            }
            ReadOnly::ByRun => {
                return no_permission("read-only: --read-only or CENTURION_READ_ONLY");
            }
        }
        let Health::Down(error) = &self.source(&key.source)?.health else {
            return None;
        };
        let words = format!("its source is down: {}", error.short());
        Some((Exclusion::SourceDown, Clean::new(&words)))
    }

    /// The lanes of a platform.
    pub fn of(&self, platform: PlatformId) -> impl Iterator<Item = &Lane> {
        let all = self.all.iter();
        all.filter(move |lane| lane.connection.platform == platform)
    }

    /// Whether any connection may change anything.
    pub fn may_change(&self) -> bool {
        self.on()
            .any(|lane| lane.connection.read_only == ReadOnly::No)
    }
}

/// How long until `next`, in seconds, for countdowns.
pub fn seconds_until(next: Moment, now: Now) -> u64 {
    next.since(now.moment).as_secs()
}
