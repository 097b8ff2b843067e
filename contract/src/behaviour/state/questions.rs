//! Questions to a state: they change nothing.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::state::State;
use crate::behaviour::state::set::{Item, Place, Set, text};

impl State {
    /// True where something was ever put into the set, or taken from it.
    #[must_use]
    pub fn has_set(&self, place: &Place) -> bool {
        self.sets.contains(place)
    }

    /// The collections that have sets, by their numbers.
    #[must_use]
    pub fn collections(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut from = Some(0);
        while let Some(number) = from {
            let next = self.sets.from(&Place { collection: number, scope: Vec::new() }).next();
            found.extend(next.map(|(place, _)| place.collection));
            from = next.and_then(|(place, _)| place.collection.checked_add(1));
        }
        found
    }

    /// The sets of a collection, by their scopes.
    #[must_use]
    pub fn places(&self, collection: usize) -> Vec<Place> {
        self.sets_of(collection).map(|(place, _)| place.clone()).collect()
    }

    /// The items of a set in the order in which they came.
    pub fn items(&self, place: &Place) -> impl DoubleEndedIterator<Item = &Arc<Item>> {
        self.sets.get(place).into_iter().flat_map(|set| set.items.iter()).map(|(_, item)| item)
    }

    /// The number of items in a set.
    #[must_use]
    pub fn count(&self, place: &Place) -> usize {
        self.sets.get(place).map_or(0, |set| set.items.len())
    }

    /// The items of a set from one place in their order up to another.
    pub fn between(&self, place: &Place, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &Arc<Item>> {
        self.sets.get(place).into_iter().flat_map(move |set| set.items.between(from, to)).map(|(_, item)| item)
    }

    /// The number of items of a set that came before a number in the order of items.
    #[must_use]
    pub fn rank(&self, place: &Place, sequence: u64) -> usize {
        self.sets.get(place).map_or(0, |set| set.items.rank(&sequence))
    }

    /// The item of that key.
    #[must_use]
    pub fn find(&self, place: &Place, key: &str) -> Option<&Arc<Item>> {
        let set = self.sets.get(place)?;
        set.items.get(set.keys.get(key)?)
    }

    /// The set of a collection that has an item of that key, whichever it is.
    #[must_use]
    pub fn place_of(&self, collection: usize, key: &str) -> Option<&Place> {
        self.sets_of(collection).find(|(_, set)| set.keys.contains(key)).map(|(place, _)| place)
    }

    /// The set and the key of the youngest item of a collection that is such.
    pub fn find_where(&self, collection: usize, is_it: impl Fn(&Place, &Item) -> bool) -> Option<(Place, String)> {
        let all =
            self.sets_of(collection).flat_map(|(place, set)| set.items.iter().map(move |(_, item)| (place, item)));
        let found = all.filter(|(place, item)| is_it(place, item)).max_by_key(|(_, item)| item.sequence);
        found.map(|(place, item)| (place.clone(), item.key.clone()))
    }

    pub(super) fn sets_of(&self, collection: usize) -> impl Iterator<Item = (&Place, &Arc<Set>)> {
        let from = Place { collection, scope: Vec::new() };
        self.sets.from(&from).take_while(move |(place, _)| place.collection == collection)
    }

    /// An item whose value at the indexed pointer of that number is this one.
    #[must_use]
    pub fn find_by(&self, place: &Place, index: usize, value: &Value) -> Option<&Arc<Item>> {
        let set = self.sets.get(place)?;
        let wanted: Arc<str> = text(value).into();
        let rank = set.values.rank(&(index, Arc::clone(&wanted), 0));
        let ((_, _, sequence), ()) =
            set.values.at(rank).filter(|((at, there, _), ())| *at == index && *there == wanted)?;
        set.items.get(sequence)
    }

    /// True where the item of that key was deleted.
    #[must_use]
    pub fn is_gone(&self, place: &Place, key: &str) -> bool {
        self.sets.get(place).is_some_and(|set| set.gone.contains(key))
    }

    /// The items of all sets of a collection, in the order in which they came.
    #[must_use]
    pub fn all_items(&self, collection: usize) -> Vec<&Arc<Item>> {
        let mut items: Vec<&Arc<Item>> =
            self.sets_of(collection).flat_map(|(_, set)| set.items.iter()).map(|(_, item)| item).collect();
        items.sort_by_key(|item| item.sequence);
        items
    }

    /// The number of changes so far: two states of one history are the same where this is.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The number that the next item gets in the order of items.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.counted() + 1
    }

    /// The number that the next item of a collection is counted by: one more than the largest that was a key there.
    #[must_use]
    pub fn next_number(&self, collection: usize) -> u64 {
        let largest = self.numbers.get(&collection).copied().unwrap_or(0);
        if largest >= MAX_COUNTED { self.next_sequence() } else { largest + 1 }
    }
}

/// The largest number that is counted on from: as `integer` in 32 bits holds it, so that the next one fits too.
const MAX_COUNTED: u64 = 2_147_483_646;
