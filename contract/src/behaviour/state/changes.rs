//! Changes of a state: sets and items, each within the bounds of what is remembered.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::state::State;
use crate::behaviour::state::noted::ChangeKind;
use crate::behaviour::state::set::{Item, Place, PutBy, Set, text};
use crate::behaviour::state::weight::{Full, NODE_WEIGHT, SET_WEIGHT, weight};
use crate::document::Pointer;

impl State {
    /// Makes the set be there, empty.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn open(&mut self, place: &Place) -> Result<(), Full> {
        if !self.sets.contains(place) {
            self.revision += 1;
            self.charge(place.scope.iter().map(String::len).sum::<usize>() + SET_WEIGHT)?;
            self.sets.insert(place.clone(), Arc::new(Set { touched: true, ..Set::default() }));
        }
        Ok(())
    }

    /// Puts an item into a set: in the place of the one that has its key, or at the end.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn put(&mut self, place: &Place, indexed: &[Pointer], key: String, value: Value) -> Result<Arc<Item>, Full> {
        let known = self.find(place, &key).cloned();
        self.open(place)?;
        self.revision += 1;
        self.charge(key.len() + weight(&value))?;
        if let Some(known) = &known {
            self.take_out(place, indexed, &known.key);
        }
        let kind = if known.is_some() { ChangeKind::Changed } else { ChangeKind::Created };
        let sequence = known.map_or_else(
            || {
                self.sequence += 1;
                self.sequence
            },
            |known| known.sequence,
        );
        let item = self.insert(place, indexed, Item::new(key, value, sequence));
        self.note(place, kind, &item);
        Ok(item)
    }

    /// Puts an item into a set that is there and has none of that key.
    pub(super) fn insert(&mut self, place: &Place, indexed: &[Pointer], item: Item) -> Arc<Item> {
        if let Ok(number) = item.key.parse::<u64>() {
            let known = self.numbers.get(&place.collection).copied();
            if known.is_none_or(|known| known < number) {
                Arc::make_mut(&mut self.numbers).insert(place.collection, number);
            }
        }
        let item = Arc::new(Item { put_by: PutBy(self.revision), ..item });
        let (sequence, mut gone) = (item.sequence, 0);
        let set = Arc::make_mut(self.sets.get_mut(place).expect("whoever inserts has opened it"));
        set.touched = true;
        if set.gone.remove(item.key.as_str()).is_some() {
            gone = item.key.len() + NODE_WEIGHT;
        }
        set.keys.insert(item.key.as_str().into(), sequence);
        for (index, pointer) in indexed.iter().enumerate() {
            if let Some(value) = pointer.get(&item.value) {
                set.values.insert((index, text(value).into(), sequence), ());
            }
        }
        set.items.insert(sequence, item.clone());
        self.discharge_mark(gone);
        item
    }

    /// Takes an item out of its set.
    pub fn remove(&mut self, place: &Place, indexed: &[Pointer], key: &str) -> Option<Arc<Item>> {
        let item = self.take_out(place, indexed, key)?;
        self.note(place, ChangeKind::Deleted, &item);
        Some(item)
    }

    fn take_out(&mut self, place: &Place, indexed: &[Pointer], key: &str) -> Option<Arc<Item>> {
        let set = Arc::make_mut(self.sets.get_mut(place)?);
        self.revision += 1;
        let sequence = set.keys.remove(key)?;
        set.pristine.remove(key);
        set.touched = true;
        let item = set.items.remove(&sequence)?;
        for (index, pointer) in indexed.iter().enumerate() {
            if let Some(value) = pointer.get(&item.value) {
                set.values.remove(&(index, Arc::from(text(value)), sequence));
            }
        }
        self.discharge(&item);
        Some(item)
    }

    /// Remembers that what was assumed to be there is not.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn forget(&mut self, place: &Place, key: &str) -> Result<(), Full> {
        self.open(place)?;
        self.revision += 1;
        self.charge(key.len() + NODE_WEIGHT)?;
        let set = Arc::make_mut(self.sets.get_mut(place).expect("it was opened above"));
        set.touched = true;
        set.gone.insert(key.into(), ());
        Ok(())
    }

    /// Takes all items out of the sets of a collection whose scope begins so.
    pub fn clear(&mut self, collection: usize, scope: &[String]) {
        self.revision += 1;
        let from = Place { collection, scope: scope.to_vec() };
        let is_noting = self.noted.is_some();
        let is_below = |place: &Place| place.collection == collection && place.scope.starts_with(scope);
        let below: Vec<Place> = self.sets.from(&from).map(|(place, _)| place.clone()).take_while(is_below).collect();
        for place in &below {
            let empty = Arc::new(Set { touched: true, ..Set::default() });
            let Some(cleared) = self.sets.insert(place.clone(), empty) else { continue };
            for (_, item) in cleared.items.iter() {
                self.discharge(item);
                if is_noting {
                    self.note(place, ChangeKind::Deleted, item);
                }
            }
            self.discharge_mark(cleared.gone.iter().map(|(key, ())| key.len() + NODE_WEIGHT).sum());
        }
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
        assert_eq!(state.rank(&place("x"), a.sequence), 1);
        assert_eq!(keys(state.between(&place("x"), 1, 9)), ["a", "c"]);
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
    fn what_others_share_is_nobodys_own() {
        let mut state = State::default();
        let put = |state: &mut State, key: &str| {
            state.put(&place("x"), &[], key.into(), json!({"n": 1})).expect("there is room").weight()
        };
        let one = put(&mut state, "1");
        assert_eq!(state.own(), SET_WEIGHT + 1 + one);
        assert_eq!(state.share(), SET_WEIGHT + 1 + one);
        assert_eq!(state.own(), 0);
        let mut fork = state.clone();
        put(&mut fork, "2");
        assert_eq!((state.own(), fork.own()), (0, one));
        fork.remove(&place("x"), &[], "1");
        assert_eq!(fork.own(), one, "the other still holds it");
        fork.remove(&place("x"), &[], "2");
        assert_eq!((fork.own(), state.count(&place("x")), fork.count(&place("x"))), (0, 1, 0));
        put(&mut fork, "3");
        fork.clear(0, &[]);
        assert_eq!((fork.own(), fork.weight()), (0, SET_WEIGHT + 1));
    }

    #[test]
    fn memory_is_bounded() {
        let mut state = State::default().within(100_000);
        let large = Value::String("x".repeat(60_000));
        state.put(&place("y"), &[], "1".into(), large.clone()).expect("there is room");
        assert_eq!(state.put(&place("y"), &[], "2".into(), large.clone()), Err(Full { most: 100_000 }));
        state.remove(&place("y"), &[], "1");
        state.put(&place("y"), &[], "2".into(), large).expect("there is room again");
    }
}
