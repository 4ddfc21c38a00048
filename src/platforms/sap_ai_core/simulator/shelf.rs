//! The rows of one kind in one resource group, in a stable order.

use std::collections::{BTreeMap, HashMap};

use super::row::Row;

/// A row's place in the order of the listing.
pub(super) type Place = usize;

#[derive(Debug, Default)]
pub(super) struct Shelf {
    rows: BTreeMap<Place, Row>,
    places: HashMap<String, Place>,
}

impl Shelf {
    /// Rows with the ids of earlier ones are not taken: there is no second row of an id.
    pub(super) fn push(&mut self, row: Row) -> Option<Place> {
        if self.places.contains_key(&row.id) {
            return None;
        }
        let place = self.rows.last_key_value().map_or(0, |(last, _)| last + 1);
        self.places.insert(row.id.clone(), place);
        self.rows.insert(place, row);
        Some(place)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    pub(super) fn find(&self, id: &str) -> Option<&Row> {
        self.places.get(id).and_then(|place| self.rows.get(place))
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<(Place, &mut Row)> {
        let place = *self.places.get(id)?;
        self.rows.get_mut(&place).map(|row| (place, row))
    }

    pub(super) fn at_mut(&mut self, place: Place) -> Option<&mut Row> {
        self.rows.get_mut(&place)
    }

    pub(super) fn remove(&mut self, place: Place) {
        if let Some(row) = self.rows.remove(&place) {
            self.places.remove(&row.id);
        }
    }
}
