//! An ordered map that knows the rank of each entry, and whose clones share all that neither of them changes: a tree of
//! counted nodes. A clone takes no time, an entry is found by its key or by its rank in logarithmic time, and a change
//! copies the few nodes above it that somebody else holds.

mod iter;
mod node;

use std::borrow::Borrow;

pub(crate) use iter::Iter;

use crate::behaviour::state::ranked::node::{Grown, Node};

/// An ordered map with ranks.
#[derive(Clone, Debug)]
pub(crate) struct Ranked<K, V> {
    root: Node<K, V>,
}

impl<K, V> Default for Ranked<K, V> {
    fn default() -> Self {
        Self { root: Node::empty() }
    }
}

impl<K: Ord + Clone, V: Clone> Ranked<K, V> {
    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.root.count()
    }

    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.root.get(key)
    }

    /// True where the key has a value.
    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// The value of a key, to be changed.
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        // What is not there changes nothing, so nothing is copied for it.
        self.get(key)?;
        self.root.get_mut(key)
    }

    /// The entries whose keys are not less, in order.
    pub(crate) fn from<Q: Ord + ?Sized>(&self, key: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        self.between(self.rank(key), self.len())
    }

    /// The number of entries whose keys are less.
    pub(crate) fn rank<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        self.root.rank(key)
    }

    /// The entry that so many stand before.
    pub(crate) fn at(&self, rank: usize) -> Option<(&K, &V)> {
        self.root.leaf_at(rank).map(|(entries, index)| (&entries[index].0, &entries[index].1))
    }

    /// The entries from one rank up to another, in order.
    pub(crate) fn between(&self, from: usize, to: usize) -> Iter<'_, K, V> {
        Iter::new(&self.root, from, to.min(self.len()))
    }

    /// All entries, in order.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        self.between(0, self.len())
    }

    /// Gives a key a value; the one that it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.root.insert(key, value) {
            Grown::Replaced(value) => Some(value),
            Grown::Added => None,
            Grown::Split(right) => {
                self.root.sprout(right);
                None
            }
        }
    }

    /// Takes a key and its value away.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // What is not there changes nothing, so nothing is copied for it.
        self.get(key)?;
        let removed = self.root.remove(key);
        self.root.shrink();
        removed
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Numbers that look drawn, the same each time.
    fn drawn(seed: u64) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(seed), |last| Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)))
            .map(|number| number >> 33)
    }

    fn assert_same(ranked: &Ranked<u64, u64>, known: &BTreeMap<u64, u64>) {
        assert_eq!(ranked.len(), known.len());
        assert!(ranked.iter().eq(known.iter()));
        assert!(ranked.iter().rev().eq(known.iter().rev()));
    }

    #[test]
    fn it_holds_what_an_ordered_map_holds() {
        let (mut ranked, mut known) = (Ranked::default(), BTreeMap::new());
        for (round, number) in drawn(7).take(20_000).enumerate() {
            let key = number % 3_000;
            if number % 5 < if round < 10_000 { 3 } else { 1 } {
                assert_eq!(ranked.insert(key, number), known.insert(key, number));
            } else {
                assert_eq!(ranked.remove(&key), known.remove(&key));
            }
            if round % 1_000 == 0 {
                assert_same(&ranked, &known);
            }
        }
        for key in 0..3_000 {
            assert_eq!(ranked.get(&key), known.get(&key));
            assert_eq!(ranked.rank(&key), known.range(..key).count());
        }
        for (rank, entry) in known.iter().enumerate() {
            assert_eq!(ranked.at(rank), Some(entry));
        }
        assert_eq!(ranked.at(known.len()), None);
        for key in 0..3_000 {
            assert_eq!(ranked.remove(&key), known.remove(&key));
        }
        assert_same(&ranked, &known);
    }

    #[test]
    fn parts_are_read_from_both_ends() {
        let mut ranked = Ranked::default();
        (0..500_u64).for_each(|key| assert_eq!(ranked.insert(key, ()), None));
        let part: Vec<u64> = ranked.between(130, 260).map(|(key, ())| *key).collect();
        assert_eq!(part, (130..260).collect::<Vec<_>>());
        let mut ends = ranked.between(130, 9_999);
        assert_eq!((ends.next(), ends.next_back()), (Some((&130, &())), Some((&499, &()))));
        assert_eq!(ends.rev().count(), 368);
        assert_eq!(ranked.between(9, 3).count(), 0);
    }

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut ranked = Ranked::default();
        (0..1_000_u64).for_each(|key| assert_eq!(ranked.insert(key, key), None));
        let before = ranked.clone();
        (0..1_000).filter(|key| key % 2 == 0).for_each(|key| assert_eq!(ranked.remove(&key), Some(key)));
        (0..1_000).filter(|key| key % 2 == 1).for_each(|key| assert_eq!(ranked.insert(key, 0), Some(key)));
        *ranked.get_mut(&7).expect("it is there") = 8;
        assert_eq!(ranked.get_mut(&2), None);
        assert_eq!((ranked.get(&7), ranked.from(&998).next()), (Some(&8), Some((&999, &0))));
        assert!(before.iter().all(|(key, value)| key == value));
        assert_eq!((before.len(), ranked.len()), (1_000, 500));
    }
}
