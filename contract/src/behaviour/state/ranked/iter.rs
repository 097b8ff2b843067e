//! The entries of a tree from one rank up to another, from either end.

use crate::behaviour::state::ranked::node::Node;

/// The entries of a part of an ordered map.
#[derive(Debug)]
pub(crate) struct Iter<'r, K, V> {
    root: &'r Node<K, V>,
    /// The rank of the next entry, and the one that the last is before.
    from: usize,
    to: usize,
    /// What is left of the leaf that the next entry is in, and of the one that the last is in; empty until it is asked for.
    front: &'r [(K, V)],
    back: &'r [(K, V)],
}

impl<'r, K, V> Iter<'r, K, V> {
    pub(super) fn new(root: &'r Node<K, V>, from: usize, to: usize) -> Self {
        Self { root, from: from.min(to), to, front: &[], back: &[] }
    }
}

impl<'r, K, V> Iterator for Iter<'r, K, V> {
    type Item = (&'r K, &'r V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.from == self.to {
            return None;
        }
        if self.front.is_empty() {
            let (entries, index) = self.root.leaf_at(self.from)?;
            self.front = &entries[index..];
        }
        let ((key, value), rest) = self.front.split_first()?;
        self.front = rest;
        self.from += 1;
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.to - self.from;
        (left, Some(left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.from == self.to {
            return None;
        }
        if self.back.is_empty() {
            let (entries, index) = self.root.leaf_at(self.to - 1)?;
            self.back = &entries[..=index];
        }
        let ((key, value), rest) = self.back.split_last()?;
        self.back = rest;
        self.to -= 1;
        Some((key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
