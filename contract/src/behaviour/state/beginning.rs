//! What a state begins with: items that the document itself shows, told from those that requests made or changed.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::state::State;
use crate::behaviour::state::set::{Item, Place, Set};
use crate::behaviour::state::weight::{Full, SET_WEIGHT, weight};
use crate::document::Pointer;

/// The most items that a collection begins with; what requests make is numbered after that.
pub(crate) const MAX_BEGINNING: u64 = 100;

impl State {
    /// A state whose collections begin with the items that the examples of their document show.
    #[must_use]
    pub fn with_examples() -> Self {
        Self { sequence: MAX_BEGINNING, begun: Some(Arc::default()), ..Self::default() }
    }

    /// True where collections begin with items at all.
    #[must_use]
    pub fn shows_examples(&self) -> bool {
        self.begun.is_some()
    }

    /// True once for each collection that begins with items: whoever is told so puts them there.
    pub(crate) fn begins(&mut self, collection: usize) -> bool {
        self.begun.as_mut().is_some_and(|begun| {
            let is_first = !begun.contains(&collection);
            if is_first {
                Arc::make_mut(begun).insert(collection);
            }
            is_first
        })
    }

    /// Puts an item into a set that holds it from the start, the next in order; its key must be free.
    ///
    /// # Errors
    /// Where there is no room.
    pub(crate) fn begin_with(
        &mut self,
        place: &Place,
        indexed: &[Pointer],
        key: String,
        value: Value,
    ) -> Result<(), Full> {
        let there = u64::try_from(self.all_items(place.collection).len()).unwrap_or(MAX_BEGINNING);
        if there >= MAX_BEGINNING {
            return Err(self.full());
        }
        self.revision += 1;
        self.charge(key.len() + weight(&value))?;
        let was_touched = self.sets.get(place).is_some_and(|set| set.touched);
        if !self.sets.contains(place) {
            self.charge(place.scope.iter().map(String::len).sum::<usize>() + SET_WEIGHT)?;
            self.sets.insert(place.clone(), Arc::default());
        }
        let item = self.insert(place, indexed, Item::new(key, value, there + 1));
        if let Some(set) = self.sets.get_mut(place) {
            let set: &mut Set = Arc::make_mut(set);
            set.touched = was_touched;
            set.pristine.insert(item.key.as_str().into(), ());
        }
        Ok(())
    }

    /// True for an item that was there from the start and that no request has changed.
    pub(crate) fn is_pristine(&self, place: &Place, key: &str) -> bool {
        self.sets.get(place).is_some_and(|set| set.pristine.contains(key))
    }

    /// True where a request changed something in some set of a collection.
    pub(crate) fn is_touched(&self, collection: usize) -> bool {
        self.sets_of(collection).any(|(_, set)| set.touched)
    }

    /// The number of items that requests made so far.
    pub(super) fn counted(&self) -> u64 {
        self.sequence - self.begun.as_ref().map_or(0, |_| MAX_BEGINNING)
    }
}

impl Item {
    /// True where the item was there from the start, changed or not.
    pub(crate) fn came_first(&self, state: &State) -> bool {
        state.shows_examples() && self.sequence <= MAX_BEGINNING
    }
}
