//! What was made with effort and is kept for the next use, as long as all of it together is not too much: then what was
//! not used for longest goes first. What is kept changes no result, only how soon it is there.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::Folding;

/// Values by their keys, up to a weight.
pub(crate) struct Kept<K, V> {
    most: usize,
    clock: AtomicU64,
    shelf: RwLock<Shelf<K, V>>,
}

struct Shelf<K, V> {
    weight: usize,
    values: HashMap<K, Value<V>, Folding>,
}

struct Value<V> {
    value: V,
    weight: usize,
    used: AtomicU64,
}

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    /// Keeps as much as weighs no more than `most` together.
    pub(crate) fn up_to(most: usize) -> Self {
        let shelf = RwLock::new(Shelf { weight: 0, values: HashMap::default() });
        Self { most, clock: AtomicU64::new(0), shelf }
    }

    /// The value of a key, if it is kept.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let shelf = self.shelf.read().expect("nothing panics while this is held");
        let found = shelf.values.get(key)?;
        found.used.store(self.now(), Ordering::Relaxed);
        Some(found.value.clone())
    }

    /// Keeps a value, and lets go of what is too much then; one that is too much by itself is kept alone.
    pub(crate) fn put(&self, key: K, value: V, weight: usize) {
        let mut shelf = self.shelf.write().expect("nothing panics while this is held");
        if shelf.weight.saturating_add(weight) > self.most {
            shelf.make_room((self.most / 2).saturating_sub(weight));
        }
        let value = Value { value, weight, used: AtomicU64::new(self.now()) };
        let before = shelf.values.insert(key, value).map_or(0, |before| before.weight);
        shelf.weight = shelf.weight.saturating_add(weight).saturating_sub(before);
    }

    /// The number of values that are kept.
    pub(crate) fn count(&self) -> usize {
        self.shelf.read().expect("nothing panics while this is held").values.len()
    }

    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }
}

impl<K: Eq + Hash + Clone, V> Shelf<K, V> {
    /// Lets go of what was not used for longest, until the rest weighs no more than `most`. Much goes at once, so that this
    /// is not done for every value.
    fn make_room(&mut self, most: usize) {
        let mut by_use: Vec<(u64, K)> =
            self.values.iter().map(|(key, value)| (value.used.load(Ordering::Relaxed), key.clone())).collect();
        by_use.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in by_use {
            if self.weight <= most {
                return;
            }
            self.weight -= self.values.remove(&key).map_or(0, |gone| gone.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays_and_the_weight_has_a_bound() {
        let kept: Kept<usize, usize> = Kept::up_to(100);
        for key in 0..1_000 {
            kept.put(key, key, 10);
            assert!(kept.get(&0).is_some(), "the first is used all the time, so it stays");
            assert!(kept.get(&key).is_some(), "the last was kept a moment ago");
            assert!(kept.count() <= 10);
        }
        assert!(kept.get(&500).is_none());
    }

    #[test]
    fn one_that_is_too_heavy_is_kept_alone() {
        let kept: Kept<&str, ()> = Kept::up_to(100);
        kept.put("light", (), 1);
        kept.put("heavy", (), 1_000);
        assert_eq!((kept.get(&"light"), kept.get(&"heavy"), kept.count()), (None, Some(()), 1));
        kept.put("light", (), 1);
        assert_eq!((kept.get(&"light"), kept.get(&"heavy")), (Some(()), None));
    }

    #[test]
    fn the_same_key_again_weighs_once() {
        let kept: Kept<u8, u8> = Kept::up_to(100);
        (0..200).for_each(|round| kept.put(1, round, 60));
        kept.put(2, 0, 40);
        assert_eq!((kept.get(&1), kept.get(&2)), (Some(199), Some(0)));
    }
}
