//! What the mock remembers: the items of every set, in the order in which they came. Cloning is cheap and copies on write,
//! so a refused request leaves nothing behind and a state can be kept, forked and compared. It knows nothing of requests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::Context;
use crate::behaviour::step::Said;
use crate::document::Pointer;

/// How many items one set may hold: enough for any story a test tells, while listing and copying stay quick.
pub const MAX_ITEMS_PER_SET: usize = 10_000;

/// How much all items together may weigh, in bytes of text and some for each value: so that no client can use up the memory.
pub const MAX_WEIGHT: usize = 256 * 1024 * 1024;

/// The largest number that is counted on from: as `integer` in 32 bits holds it, so that the next one fits too.
const MAX_COUNTED: u64 = 2_147_483_646;

/// What the mock remembers.
#[derive(Clone, Debug, Default)]
pub struct State {
    sets: BTreeMap<Place, Arc<Set>>,
    weight: usize,
    sequence: u64,
    /// The largest number that was a key of each collection.
    numbers: BTreeMap<usize, u64>,
    /// What requests with a key of repetition sent, and what they made.
    repeated: BTreeMap<String, (String, Arc<Item>)>,
    pending: Vec<Pending>,
    /// How often anything was changed.
    revision: u64,
}

/// What was accepted and takes effect before the next request is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// The operation that accepted it, by its index.
    pub(crate) operation: usize,
    /// Where its items go.
    pub(crate) place: Place,
    /// What is said of each item.
    pub(crate) items: Vec<Said>,
    /// When it was accepted.
    pub(crate) context: Context,
}

/// Which set: a collection and the values of its scope's path parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The collection, by its index.
    pub collection: usize,
    /// The values, outermost first.
    pub scope: Vec<String>,
}

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The text that identifies it within its set.
    pub key: String,
    /// What is known of it.
    pub value: Value,
    /// Its place in the order in which items came; never used twice.
    pub sequence: u64,
}

#[derive(Clone, Debug, Default)]
struct Set {
    items: BTreeMap<u64, Arc<Item>>,
    keys: BTreeMap<String, u64>,
    /// Number of the indexed pointer, text of the value there, the item.
    values: BTreeSet<(usize, String, u64)>,
    /// Keys that were deleted where everything is assumed to be there.
    gone: BTreeSet<String>,
}

/// There is no room for another item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mock remembers at most {MAX_ITEMS_PER_SET} items of a set, and {MAX_WEIGHT} bytes in all")]
pub struct Full;

impl State {
    /// True where something was ever put into the set, or taken from it.
    #[must_use]
    pub fn has_set(&self, place: &Place) -> bool {
        self.sets.contains_key(place)
    }

    /// The collections that have sets, by their numbers.
    #[must_use]
    pub fn collections(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut from = Some(0);
        while let Some(number) = from {
            let next = self.sets.range(Place { collection: number, scope: Vec::new() }..).next();
            found.extend(next.map(|(place, _)| place.collection));
            from = next.and_then(|(place, _)| place.collection.checked_add(1));
        }
        found
    }

    /// Makes the set be there, empty.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn open(&mut self, place: &Place) -> Result<(), Full> {
        if !self.sets.contains_key(place) {
            self.revision += 1;
            self.charge(place.scope.iter().map(String::len).sum::<usize>() + SET_WEIGHT)?;
            self.sets.insert(place.clone(), Arc::default());
        }
        Ok(())
    }

    /// The items of a set in the order in which they came.
    pub fn items(&self, place: &Place) -> impl DoubleEndedIterator<Item = &Arc<Item>> {
        self.sets.get(place).into_iter().flat_map(|set| set.items.values())
    }

    /// The number of items in a set.
    #[must_use]
    pub fn count(&self, place: &Place) -> usize {
        self.sets.get(place).map_or(0, |set| set.items.len())
    }

    /// The items that came after one, oldest first.
    pub fn after(&self, place: &Place, sequence: u64) -> impl Iterator<Item = &Arc<Item>> {
        let set = self.sets.get(place).into_iter();
        set.flat_map(move |set| set.items.range(sequence.saturating_add(1)..)).map(|(_, item)| item)
    }

    /// The items that came before one, youngest first.
    pub fn before(&self, place: &Place, sequence: u64) -> impl Iterator<Item = &Arc<Item>> {
        let set = self.sets.get(place).into_iter();
        set.flat_map(move |set| set.items.range(..sequence).rev()).map(|(_, item)| item)
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
        self.sets_of(collection).find(|(_, set)| set.keys.contains_key(key)).map(|(place, _)| place)
    }

    /// The set and the key of the youngest item of a collection that is such.
    pub fn find_where(&self, collection: usize, is_it: impl Fn(&Place, &Item) -> bool) -> Option<(Place, String)> {
        let all = self.sets_of(collection).flat_map(|(place, set)| set.items.values().map(move |item| (place, item)));
        let found = all.filter(|(place, item)| is_it(place, item)).max_by_key(|(_, item)| item.sequence);
        found.map(|(place, item)| (place.clone(), item.key.clone()))
    }

    fn sets_of(&self, collection: usize) -> impl Iterator<Item = (&Place, &Arc<Set>)> {
        let from = Place { collection, scope: Vec::new() };
        self.sets.range(from..).take_while(move |(place, _)| place.collection == collection)
    }

    /// An item whose value at the indexed pointer of that number is this one.
    #[must_use]
    pub fn find_by(&self, place: &Place, index: usize, value: &Value) -> Option<&Arc<Item>> {
        let set = self.sets.get(place)?;
        let wanted = text(value);
        let (_, _, sequence) = set.values.range((index, wanted.clone(), 0)..=(index, wanted, u64::MAX)).next()?;
        set.items.get(sequence)
    }

    /// True where the item of that key was deleted.
    #[must_use]
    pub fn is_gone(&self, place: &Place, key: &str) -> bool {
        self.sets.get(place).is_some_and(|set| set.gone.contains(key))
    }

    /// Puts an item into a set: in the place of the one that has its key, or at the end.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn put(&mut self, place: &Place, indexed: &[Pointer], key: String, value: Value) -> Result<Arc<Item>, Full> {
        let known = self.find(place, &key).cloned();
        if known.is_none() && self.count(place) >= MAX_ITEMS_PER_SET {
            return Err(Full);
        }
        self.open(place)?;
        self.revision += 1;
        self.charge(key.len() + weight(&value))?;
        if let Some(known) = &known {
            self.remove(place, indexed, &known.key);
        }
        let sequence = known.map_or_else(
            || {
                self.sequence += 1;
                self.sequence
            },
            |known| known.sequence,
        );
        if let Ok(number) = key.parse::<u64>() {
            let largest = self.numbers.entry(place.collection).or_default();
            *largest = (*largest).max(number);
        }
        let item = Arc::new(Item { key, value, sequence });
        let set = Arc::make_mut(self.sets.get_mut(place).expect("it was opened above"));
        if set.gone.remove(&item.key) {
            self.weight = self.weight.saturating_sub(item.key.len() + NODE_WEIGHT);
        }
        set.keys.insert(item.key.clone(), sequence);
        for (index, pointer) in indexed.iter().enumerate() {
            if let Some(value) = pointer.get(&item.value) {
                set.values.insert((index, text(value), sequence));
            }
        }
        set.items.insert(sequence, item.clone());
        Ok(item)
    }

    /// Takes an item out of its set.
    pub fn remove(&mut self, place: &Place, indexed: &[Pointer], key: &str) -> Option<Arc<Item>> {
        let set = Arc::make_mut(self.sets.get_mut(place)?);
        self.revision += 1;
        let sequence = set.keys.remove(key)?;
        let item = set.items.remove(&sequence)?;
        for (index, pointer) in indexed.iter().enumerate() {
            if let Some(value) = pointer.get(&item.value) {
                set.values.remove(&(index, text(value), sequence));
            }
        }
        self.weight = self.weight.saturating_sub(item.key.len() + weight(&item.value));
        Some(item)
    }

    /// Remembers that what was assumed to be there is not.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn forget(&mut self, place: &Place, key: &str) -> Result<(), Full> {
        self.open(place)?;
        if self.sets.get(place).is_some_and(|set| set.gone.len() >= MAX_ITEMS_PER_SET) {
            return Err(Full);
        }
        self.revision += 1;
        self.charge(key.len() + NODE_WEIGHT)?;
        Arc::make_mut(self.sets.get_mut(place).expect("it was opened above")).gone.insert(key.to_owned());
        Ok(())
    }

    /// Takes all items out of the sets of a collection whose scope begins so.
    pub fn clear(&mut self, collection: usize, scope: &[String]) {
        self.revision += 1;
        let from = Place { collection, scope: scope.to_vec() };
        let mut freed = 0;
        for (place, set) in self.sets.range_mut(from..) {
            if place.collection != collection || !place.scope.starts_with(scope) {
                break;
            }
            freed += set.items.values().map(|item| item.key.len() + weight(&item.value)).sum::<usize>();
            freed += set.gone.iter().map(|key| key.len() + NODE_WEIGHT).sum::<usize>();
            *set = Arc::default();
        }
        self.weight = self.weight.saturating_sub(freed);
    }

    /// How often anything was changed: two states of one history are the same where this is.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// About how many bytes all that is remembered takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// The items of all sets of a collection, in the order in which they came.
    #[must_use]
    pub fn all_items(&self, collection: usize) -> Vec<&Arc<Item>> {
        let mut items: Vec<&Arc<Item>> = self.sets_of(collection).flat_map(|(_, set)| set.items.values()).collect();
        items.sort_by_key(|item| item.sequence);
        items
    }

    /// The same sets under other numbers of their collections; those that have none any more are left out. What was kept for
    /// later must have been taken out before. Who repeats a request from before makes a new one.
    pub(crate) fn renumbered(&self, number: impl Fn(usize) -> Option<usize>) -> Self {
        let mut renumbered = Self { sequence: self.sequence, ..Self::default() };
        for (place, set) in &self.sets {
            let Some(collection) = number(place.collection) else { continue };
            let place = Place { collection, scope: place.scope.clone() };
            let items: usize = set.items.values().map(|item| item.key.len() + weight(&item.value)).sum();
            let gone: usize = set.gone.iter().map(|key| key.len() + NODE_WEIGHT).sum();
            renumbered.weight += place.scope.iter().map(String::len).sum::<usize>() + SET_WEIGHT + items + gone;
            renumbered.sets.insert(place, set.clone());
        }
        let numbers = self.numbers.iter().filter_map(|(collection, largest)| Some((number(*collection)?, *largest)));
        renumbered.numbers = numbers.collect();
        renumbered
    }

    /// The number that the next item gets in the order of items.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.sequence + 1
    }

    /// The number that the next item of a collection is counted by: one more than the largest that was a key there.
    #[must_use]
    pub fn next_number(&self, collection: usize) -> u64 {
        let largest = self.numbers.get(&collection).copied().unwrap_or(0);
        if largest >= MAX_COUNTED { self.next_sequence() } else { largest + 1 }
    }

    /// What a request with that key of repetition sent, and what it made.
    #[must_use]
    pub fn repeated(&self, key: &str) -> Option<&(String, Arc<Item>)> {
        self.repeated.get(key)
    }

    /// Remembers what a request with a key of repetition sent, and what it made.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn remember(&mut self, key: String, sent: String, made: Arc<Item>) -> Result<(), Full> {
        if self.repeated.len() >= MAX_ITEMS_PER_SET {
            return Err(Full);
        }
        self.revision += 1;
        self.charge(key.len() + sent.len() + NODE_WEIGHT)?;
        self.repeated.insert(key, (sent, made));
        Ok(())
    }

    /// Keeps something for later.
    pub(crate) fn postpone(&mut self, pending: Pending) {
        self.revision += 1;
        self.pending.push(pending);
    }

    /// What was kept for later, oldest first.
    pub(crate) fn take_pending(&mut self) -> Vec<Pending> {
        if !self.pending.is_empty() {
            self.revision += 1;
        }
        std::mem::take(&mut self.pending)
    }

    fn charge(&mut self, more: usize) -> Result<(), Full> {
        let sum = self.weight.saturating_add(more);
        if sum > MAX_WEIGHT {
            return Err(Full);
        }
        self.weight = sum;
        Ok(())
    }
}

/// The text by which a value is compared and found: a string is itself.
#[must_use]
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// What one node of a value costs beyond its text.
const NODE_WEIGHT: usize = 64;

/// What an empty set costs.
const SET_WEIGHT: usize = 256;

/// About how many bytes a value takes in memory.
#[must_use]
pub(crate) fn weight(value: &Value) -> usize {
    NODE_WEIGHT
        + match value {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(number) => number.to_string().len(),
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(members) => members.iter().map(|(name, member)| name.len() + weight(member)).sum(),
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(scope: &str) -> Place {
        Place { collection: 0, scope: vec![scope.to_owned()] }
    }

    fn keys<'i>(items: impl IntoIterator<Item = &'i Arc<Item>>) -> Vec<&'i str> {
        items.into_iter().map(|item| item.key.as_str()).collect()
    }

    #[test]
    fn items_keep_their_order_and_scopes_keep_apart() {
        let mut state = State::default();
        for key in ["b", "a", "c"] {
            state.put(&place("x"), &[], key.into(), json!({})).expect("there is room");
        }
        state.put(&place("x"), &[], "a".into(), json!({"n": 1})).expect("there is room");
        assert_eq!(keys(state.items(&place("x"))), ["b", "a", "c"]);
        assert_eq!(state.count(&place("y")), 0);
        let a = state.find(&place("x"), "a").expect("it is there").clone();
        assert_eq!(a.value, json!({"n": 1}));
        assert_eq!(keys(state.after(&place("x"), a.sequence)), ["c"]);
        assert_eq!(keys(state.before(&place("x"), a.sequence)), ["b"]);
    }

    #[test]
    fn indexed_values_are_found_until_the_item_is_gone() {
        let mail = [Pointer::root().join("mail")];
        let mut state = State::default();
        for key in ["1", "2"] {
            state.put(&place("x"), &mail, key.into(), json!({"mail": "m"})).expect("there is room");
        }
        state.remove(&place("x"), &mail, "1");
        assert_eq!(state.find_by(&place("x"), 0, &json!("m")).expect("it is there").key, "2");
        state.remove(&place("x"), &mail, "2");
        assert_eq!(state.find_by(&place("x"), 0, &json!("m")), None);
        assert_eq!(state.weight, SET_WEIGHT + 1);
    }

    #[test]
    fn a_clone_does_not_see_what_happens_later() {
        let mut state = State::default();
        state.put(&place("x"), &[], "1".into(), json!({})).expect("there is room");
        let before = state.clone();
        state.remove(&place("x"), &[], "1");
        assert_eq!((before.count(&place("x")), state.count(&place("x"))), (1, 0));
    }

    #[test]
    fn memory_is_bounded() {
        let mut state = State::default();
        for number in 0..MAX_ITEMS_PER_SET {
            state.put(&place("x"), &[], number.to_string(), Value::Null).expect("there is room");
        }
        assert_eq!(state.put(&place("x"), &[], "more".into(), Value::Null), Err(Full));
        let large = Value::String("x".repeat(MAX_WEIGHT / 2));
        state.put(&place("y"), &[], "1".into(), large.clone()).expect("there is room");
        assert_eq!(state.put(&place("y"), &[], "2".into(), large), Err(Full));
    }
}
