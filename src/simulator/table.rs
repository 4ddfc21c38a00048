//! What the simulated platforms keep and draw alike: rows in order, ids at random, shares of a hundred.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use fastrand::Rng;
use uuid::{Builder, Uuid};

/// Rows in the order they are listed in, with a gap for each that was deleted.
#[derive(Debug)]
pub(crate) struct Table<K, R> {
    rows: Vec<Option<R>>,
    places: HashMap<K, usize>,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash, R> Table<K, R> {
    /// Adds a row at the end and says where it is; `None` where the id is taken.
    pub(crate) fn push(&mut self, id: K, row: R) -> Option<usize> {
        let Entry::Vacant(free) = self.places.entry(id) else {
            return None;
        };
        let place = *free.insert(self.rows.len());
        self.rows.push(Some(row));
        Some(place)
    }

    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.iter().flatten()
    }

    /// Where a row is; it stays there.
    pub(crate) fn place<Q: Eq + Hash + ?Sized>(&self, id: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.places.get(id).copied()
    }

    pub(crate) fn at(&mut self, place: usize) -> Option<&mut R> {
        self.rows[place].as_mut()
    }

    pub(crate) fn find<Q: Eq + Hash + ?Sized>(&mut self, id: &Q) -> Option<&mut R>
    where
        K: Borrow<Q>,
    {
        self.at(self.place(id)?)
    }

    pub(crate) fn remove(&mut self, place: usize) -> Option<R> {
        self.rows[place].take()
    }
}

/// A random UUID of version 4.
pub(crate) fn uuid(random: &mut Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}

/// One of a table in which each has its share.
pub(crate) fn drawn<T: Copy>(random: &mut Rng, table: &[(T, u32)]) -> T {
    let mut left = random.u32(0..table.iter().map(|(_, share)| share).sum());
    for &(one, share) in table {
        if left < share {
            return one;
        }
        left -= share;
    }
    unreachable!("the draw is below the sum of shares")
}
