//! What two states have that is not the same: sets and items that both share are not looked at.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::behaviour::state::State;
use crate::behaviour::state::set::{Item, Place, Set};

/// An item that two states do not have alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The set that it is in.
    pub place: Place,
    /// The item of the one state; `None` where it has none of that key.
    pub was: Option<Arc<Item>>,
    /// The item of the other state, of the same key; `None` where it has none.
    pub is: Option<Arc<Item>>,
}

impl State {
    /// The items that another state has otherwise, by set and key.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let places: BTreeSet<&Place> = self.sets.iter().chain(other.sets.iter()).map(|(place, _)| place).collect();
        let empty = Arc::<Set>::default();
        let mut found = Vec::new();
        for place in places {
            let was = self.sets.get(place).unwrap_or(&empty);
            let is = other.sets.get(place).unwrap_or(&empty);
            if !Arc::ptr_eq(was, is) {
                between(place, was, is, &mut found);
            }
        }
        found
    }
}

/// Goes through both sets in the order of their keys.
fn between(place: &Place, was: &Set, is: &Set, found: &mut Vec<Difference>) {
    let item = |set: &Set, sequence: &u64| set.items.get(sequence).cloned();
    let (mut old, mut new) = (was.keys.iter().peekable(), is.keys.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let was = if order.is_le() { old.next().and_then(|(_, sequence)| item(was, sequence)) } else { None };
        let is = if order.is_ge() { new.next().and_then(|(_, sequence)| item(is, sequence)) } else { None };
        let is_same = match (&was, &is) {
            (Some(was), Some(is)) => Arc::ptr_eq(was, is) || was.value == is.value,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_same {
            found.push(Difference { place: place.clone(), was, is });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_made_changed_and_removed_is_told_and_nothing_else() {
        let place = |scope: &str| Place { collection: 0, scope: vec![scope.to_owned()] };
        let put = |state: &mut State, scope: &str, key: &str, number: u64| {
            state.put(&place(scope), &[], key.into(), json!(number)).map(drop).expect("there is room");
        };
        let mut was = State::default();
        for key in ["a", "b", "c"] {
            put(&mut was, "x", key, 1);
        }
        put(&mut was, "y", "a", 1);
        let mut is = was.clone();
        assert_eq!(was.differences(&is), []);
        put(&mut is, "x", "b", 2);
        put(&mut is, "x", "c", 1);
        put(&mut is, "z", "n", 1);
        is.remove(&place("x"), &[], "a");
        let told: Vec<(String, Option<u64>, Option<u64>)> = was
            .differences(&is)
            .into_iter()
            .map(|one| {
                let number = |item: Option<Arc<Item>>| item.and_then(|item| item.value.as_u64());
                (one.place.scope.concat(), number(one.was), number(one.is))
            })
            .collect();
        let told: Vec<(&str, Option<u64>, Option<u64>)> =
            told.iter().map(|(scope, was, is)| (scope.as_str(), *was, *is)).collect();
        assert_eq!(told, [("x", Some(1), None), ("x", Some(1), Some(2)), ("z", None, Some(1))]);
    }
}
