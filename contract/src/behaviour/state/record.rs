//! Sets and their items as data that can be written and read: in their order, with all that cannot be found out again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::behaviour::state::set::{Item, Place, Set};
use crate::behaviour::state::{MAX_BEGINNING, State};
use crate::document::Pointer;

/// The largest number of an item that is read: far beyond what requests can make, and counting on from there never ends.
const MAX_SEQUENCE: u64 = 1 << 53;

/// A set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRecord {
    /// The values of the path parameters that tell it from others, outermost first.
    pub(crate) scope: Vec<String>,
    /// True where a request changed something here.
    #[serde(default)]
    pub(crate) touched: bool,
    /// The items in the order in which they came.
    pub(crate) items: Vec<ItemRecord>,
    /// The keys that were deleted where everything is assumed to be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gone: Vec<String>,
}

/// An item of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemRecord {
    /// The text that identifies it.
    pub(crate) key: String,
    /// Its number in the order in which items came.
    pub(crate) sequence: u64,
    /// True where it was there from the start and nothing changed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) pristine: bool,
    /// Its members.
    pub(crate) value: Value,
}

impl State {
    /// The sets of a collection.
    pub(crate) fn records(&self, collection: usize) -> Vec<SetRecord> {
        let record = |(place, set): (&Place, &Arc<Set>)| SetRecord {
            scope: place.scope.clone(),
            touched: set.touched,
            items: set
                .items
                .iter()
                .map(|(sequence, item)| ItemRecord {
                    key: item.key.clone(),
                    sequence: *sequence,
                    pristine: set.pristine.contains(item.key.as_str()),
                    value: item.value.clone(),
                })
                .collect(),
            gone: set.gone.iter().map(|(key, ())| key.to_string()).collect(),
        };
        self.sets_of(collection).map(record).collect()
    }

    /// Puts a set where none is.
    ///
    /// # Errors
    /// What is wrong with it, or that there is no room.
    pub(crate) fn admit(&mut self, collection: usize, indexed: &[Pointer], record: SetRecord) -> Result<(), String> {
        let SetRecord { scope, touched, items, gone } = record;
        let place = Place { collection, scope };
        if self.has_set(&place) {
            return Err(format!("the set of {:?} is given twice", place.scope));
        }
        self.open(&place).map_err(|full| full.to_string())?;
        for ItemRecord { key, sequence, pristine, value } in items {
            if !(1..=MAX_SEQUENCE).contains(&sequence) || self.is_taken(&place, &key, sequence) {
                return Err(format!("the item `{key}` with the number {sequence} cannot be, or is given twice"));
            }
            let item = Item::new(key, value, sequence);
            self.charge(item.weight()).map_err(|full| full.to_string())?;
            self.revision += 1;
            self.sequence = self.sequence.max(sequence);
            let item = self.insert(&place, indexed, item);
            if pristine && let Some(set) = self.sets.get_mut(&place) {
                Arc::make_mut(set).pristine.insert(item.key.as_str().into(), ());
            }
        }
        for key in gone {
            self.forget(&place, &key).map_err(|full| full.to_string())?;
        }
        if let Some(set) = self.sets.get_mut(&place) {
            Arc::make_mut(set).touched = touched;
        }
        Ok(())
    }

    fn is_taken(&self, place: &Place, key: &str, sequence: u64) -> bool {
        self.sets.get(place).is_some_and(|set| set.keys.contains(key) || set.items.contains(&sequence))
    }

    /// The number of items that came so far, those that collections begin with counted as if all of them had any.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Counts on from at least this number.
    pub(crate) fn count_from(&mut self, sequence: u64) {
        self.sequence = self.sequence.max(sequence.min(MAX_SEQUENCE + MAX_BEGINNING));
    }

    /// The largest number that was a key of a collection.
    pub(crate) fn largest(&self, collection: usize) -> Option<u64> {
        self.numbers.get(&collection).copied()
    }

    /// Counts keys of a collection on from at least this number.
    pub(crate) fn count_keys_from(&mut self, collection: usize, largest: u64) {
        let known = Arc::make_mut(&mut self.numbers).entry(collection).or_default();
        *known = (*known).max(largest);
    }

    /// True where a collection has been given the items that it begins with.
    pub(crate) fn has_begun(&self, collection: usize) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.contains(&collection))
    }

    /// The keys of all requests that may come again, what each sent and the item that it made.
    pub(crate) fn all_repeated(&self) -> impl Iterator<Item = (&str, &str, &Item)> {
        self.repeated.iter().map(|(key, known)| (key.as_ref(), known.0.as_str(), known.1.as_ref()))
    }
}
