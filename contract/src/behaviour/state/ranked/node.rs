//! One node of a tree: entries in order, or nodes in order, each with the number of entries below it.

use std::borrow::Borrow;
use std::sync::Arc;

/// The most entries of a leaf and the most nodes of a branch: few enough to be copied at once, many enough to be near each
/// other in memory.
const MOST: usize = 32;

/// A node of a tree.
#[derive(Debug)]
pub(super) enum Node<K, V> {
    /// Entries, in the order of their keys.
    Leaf(Arc<Vec<(K, V)>>),
    /// Nodes in the order of their keys; none is empty.
    Branch(Arc<Vec<Child<K, V>>>),
}

/// A node below another.
#[derive(Debug)]
pub(super) struct Child<K, V> {
    /// No key below is less, and all in the nodes before are.
    from: K,
    count: usize,
    node: Node<K, V>,
}

/// The outcome of an insertion.
pub(super) enum Grown<K, V> {
    /// The key had this value.
    Replaced(V),
    /// There is an entry more.
    Added,
    /// There is an entry more, and the node had no room: this one stands behind it.
    Split(Child<K, V>),
}

impl<K, V> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(entries) => Self::Leaf(Arc::clone(entries)),
            Self::Branch(children) => Self::Branch(Arc::clone(children)),
        }
    }
}

impl<K: Clone, V> Clone for Child<K, V> {
    fn clone(&self) -> Self {
        Self { from: self.from.clone(), count: self.count, node: self.node.clone() }
    }
}

impl<K, V> Node<K, V> {
    /// A node without entries.
    pub(super) fn empty() -> Self {
        Self::Leaf(Arc::new(Vec::new()))
    }

    /// The number of entries.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Leaf(entries) => entries.len(),
            Self::Branch(children) => children.iter().map(|child| child.count).sum(),
        }
    }

    /// The leaf that has the entry of a rank, and the place of that in it.
    pub(super) fn leaf_at(&self, mut rank: usize) -> Option<(&[(K, V)], usize)> {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(entries) => return (rank < entries.len()).then_some((entries.as_slice(), rank)),
                Self::Branch(children) => {
                    let found = children.iter().find(|child| {
                        let is_here = rank < child.count;
                        rank -= if is_here { 0 } else { child.count };
                        is_here
                    });
                    node = &found?.node;
                }
            }
        }
    }
}

/// The place of the child that a key belongs to.
fn child_of<K: Borrow<Q>, V, Q: Ord + ?Sized>(children: &[Child<K, V>], key: &Q) -> usize {
    children.partition_point(|child| child.from.borrow() <= key).saturating_sub(1)
}

/// The place of a key among entries, or the one where it would stand.
fn search<K: Borrow<Q>, V, Q: Ord + ?Sized>(entries: &[(K, V)], key: &Q) -> Result<usize, usize> {
    entries.binary_search_by(|(known, _)| known.borrow().cmp(key))
}

impl<K: Ord + Clone, V: Clone> Node<K, V> {
    /// The value of a key.
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(entries) => return search(entries, key).ok().map(|index| &entries[index].1),
                Self::Branch(children) => node = &children[child_of(children, key)].node,
            }
        }
    }

    /// The value of a key, to be changed: what somebody else holds is copied on the way to it.
    pub(super) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Leaf(entries) => {
                let index = search(entries, key).ok()?;
                Some(&mut Arc::make_mut(entries)[index].1)
            }
            Self::Branch(children) => {
                let index = child_of(children, key);
                Arc::make_mut(children)[index].node.get_mut(key)
            }
        }
    }

    /// The number of entries whose keys are less.
    pub(super) fn rank<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        let (mut node, mut before) = (self, 0);
        loop {
            match node {
                Self::Leaf(entries) => return before + search(entries, key).unwrap_or_else(|index| index),
                Self::Branch(children) => {
                    let index = child_of(children, key);
                    before += children[..index].iter().map(|child| child.count).sum::<usize>();
                    node = &children[index].node;
                }
            }
        }
    }

    /// Gives a key a value.
    pub(super) fn insert(&mut self, key: K, value: V) -> Grown<K, V> {
        match self {
            Self::Leaf(entries) => {
                let entries = Arc::make_mut(entries);
                match search(entries, &key) {
                    Ok(index) => Grown::Replaced(std::mem::replace(&mut entries[index].1, value)),
                    Err(index) => {
                        let right = (entries.len() == MOST).then(|| entries.split_off(cut(index)));
                        let Some(mut right) = right else {
                            entries.insert(index, (key, value));
                            return Grown::Added;
                        };
                        match index.checked_sub(entries.len()) {
                            Some(index) if index > 0 || right.is_empty() => right.insert(index, (key, value)),
                            Some(_) | None => entries.insert(index, (key, value)),
                        }
                        let node = Self::Leaf(Arc::new(right));
                        Grown::Split(Child { from: node.first().clone(), count: node.count(), node })
                    }
                }
            }
            Self::Branch(children) => {
                let children = Arc::make_mut(children);
                let index = child_of(children, &key);
                let child = &mut children[index];
                if key < child.from {
                    child.from = key.clone();
                }
                match child.node.insert(key, value) {
                    Grown::Replaced(value) => Grown::Replaced(value),
                    Grown::Added => {
                        child.count += 1;
                        Grown::Added
                    }
                    Grown::Split(right) => {
                        child.count = child.count + 1 - right.count;
                        Self::put_child(children, index + 1, right)
                    }
                }
            }
        }
    }

    /// Puts a node among others, which are parted where there is no room.
    fn put_child(children: &mut Vec<Child<K, V>>, index: usize, child: Child<K, V>) -> Grown<K, V> {
        if children.len() < MOST {
            children.insert(index, child);
            return Grown::Added;
        }
        let mut right = children.split_off(cut(index));
        match index.checked_sub(children.len()) {
            Some(index) if index > 0 || right.is_empty() => right.insert(index, child),
            Some(_) | None => children.insert(index, child),
        }
        let node = Self::Branch(Arc::new(right));
        Grown::Split(Child { from: node.first().clone(), count: node.count(), node })
    }

    /// The first key, or one that stands for it; there must be one.
    fn first(&self) -> &K {
        match self {
            Self::Leaf(entries) => &entries[0].0,
            Self::Branch(children) => &children[0].from,
        }
    }

    /// Becomes a branch of itself and a node that stands behind it.
    pub(super) fn sprout(&mut self, right: Child<K, V>) {
        let node = std::mem::replace(self, Self::empty());
        let left = Child { from: node.first().clone(), count: node.count(), node };
        *self = Self::Branch(Arc::new(vec![left, right]));
    }

    /// Takes a key that is there away, with its value.
    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Leaf(entries) => {
                let index = search(entries, key).ok()?;
                Some(Arc::make_mut(entries).remove(index).1)
            }
            Self::Branch(children) => {
                let children = Arc::make_mut(children);
                let index = child_of(children, key);
                let child = &mut children[index];
                let removed = child.node.remove(key)?;
                child.count -= 1;
                if child.count == 0 {
                    children.remove(index);
                } else {
                    join(children, index);
                }
                Some(removed)
            }
        }
    }

    /// Takes the place of the only node below it, where there is but one.
    pub(super) fn shrink(&mut self) {
        while let Self::Branch(children) = self {
            match children.as_slice() {
                [] => *self = Self::empty(),
                [only] => *self = only.node.clone(),
                _ => return,
            }
        }
    }

    /// The number of what stands in the node itself.
    fn width(&self) -> usize {
        match self {
            Self::Leaf(entries) => entries.len(),
            Self::Branch(children) => children.len(),
        }
    }
}

/// The place where a full node is parted for something that goes to `index`: what comes last, time and again, leaves full
/// nodes behind it.
fn cut(index: usize) -> usize {
    if index == MOST { MOST } else { MOST / 2 }
}

/// Joins a child with its neighbour where both together are but half full, so that many removals leave no thin tree.
fn join<K: Ord + Clone, V: Clone>(children: &mut Vec<Child<K, V>>, index: usize) {
    let left = if index + 1 < children.len() { index } else { index.saturating_sub(1) };
    let Some(pair) = children.get(left..left + 2) else { return };
    if pair[0].node.width() + pair[1].node.width() > MOST / 2 {
        return;
    }
    let right = children.remove(left + 1);
    let child = &mut children[left];
    match (&mut child.node, right.node) {
        (Node::Leaf(entries), Node::Leaf(more)) => Arc::make_mut(entries).extend(more.iter().cloned()),
        (Node::Branch(children), Node::Branch(more)) => Arc::make_mut(children).extend(more.iter().cloned()),
        (Node::Leaf(_), Node::Branch(_)) | (Node::Branch(_), Node::Leaf(_)) => {
            unreachable!("all leaves of a tree are at one depth")
        }
    }
    child.count += right.count;
}
