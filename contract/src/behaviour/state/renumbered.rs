//! The same items in the state of another document, whose collections have other numbers.

use std::sync::Arc;

use crate::behaviour::state::State;
use crate::behaviour::state::set::Place;
use crate::behaviour::state::weight::{NODE_WEIGHT, SET_WEIGHT, weight};

impl State {
    /// The same sets under other numbers of their collections; those that have none any more are left out. What was kept for
    /// later must have been taken out before. What no request has touched begins anew. Who repeats a request from before makes a new one.
    pub(crate) fn renumbered(&self, number: impl Fn(usize) -> Option<usize>) -> Self {
        let number = |collection: usize| number(collection).filter(|_| self.is_touched(collection));
        let mut renumbered =
            Self { sequence: self.sequence, most: self.most, revision: self.revision, ..Self::default() };
        renumbered.begun =
            self.begun.as_ref().map(|begun| Arc::new(begun.iter().filter_map(|one| number(*one)).collect()));
        for (place, set) in self.sets.iter() {
            let Some(collection) = number(place.collection) else { continue };
            let place = Place { collection, scope: place.scope.clone() };
            let items: usize = set.items.iter().map(|(_, item)| item.key.len() + weight(&item.value)).sum();
            let gone: usize = set.gone.iter().map(|(key, ())| key.len() + NODE_WEIGHT).sum();
            renumbered.weight += place.scope.iter().map(String::len).sum::<usize>() + SET_WEIGHT + items + gone;
            renumbered.sets.insert(place, set.clone());
        }
        let numbers = self.numbers.iter().filter_map(|(collection, largest)| Some((number(*collection)?, *largest)));
        // What others share of it is not known any more.
        renumbered.own = renumbered.weight;
        renumbered.numbers = Arc::new(numbers.collect());
        renumbered
    }
}
