//! The memory that all worlds have together. What is a world's own is counted once, by the world; what several share is counted
//! once, for as long as any of them is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The memory of all worlds, in bytes.
#[derive(Debug)]
pub(super) struct Budget {
    most: usize,
    used: AtomicUsize,
}

impl Budget {
    /// A budget of so many bytes.
    pub(super) fn of(most: usize) -> Self {
        Self { most, used: AtomicUsize::new(0) }
    }

    /// The most bytes that may be used.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// The bytes that are used.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The bytes that are not used.
    pub(super) fn left(&self) -> usize {
        self.most.saturating_sub(self.used())
    }

    /// Counts what took `before` bytes and takes `now`.
    pub(super) fn count(&self, before: usize, now: usize) {
        if now > before {
            self.used.fetch_add(now - before, Ordering::Relaxed);
        } else if before > now {
            self.used.fetch_sub(before - now, Ordering::Relaxed);
        }
    }
}

/// Bytes that several worlds share, on top of those that they shared before; given back when the last of them is gone.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: AtomicUsize,
    below: Option<Arc<Share>>,
}

impl Share {
    /// The share of what was shared before and of bytes that one world alone has counted so far. `all` says how many bytes the
    /// world holds in all: what nobody else shares is counted anew by that, since some of it may be gone.
    pub(super) fn of(budget: &Arc<Budget>, below: Option<Arc<Self>>, own: usize, all: usize) -> Option<Arc<Self>> {
        match below {
            Some(mut share) => match Arc::get_mut(&mut share) {
                Some(only) => {
                    let before = *only.bytes.get_mut() + own;
                    let now = if only.below.is_none() { all } else { before };
                    *only.bytes.get_mut() = now;
                    budget.count(before, now);
                    Some(share)
                }
                None if own == 0 => Some(share),
                None => Some(Arc::new(Self::above(Some(share), budget, own))),
            },
            None if own == 0 => None,
            None => Some(Arc::new(Self::counted(budget, own))),
        }
    }

    /// A share that has nothing below it, of bytes that are counted already.
    pub(super) fn counted(budget: &Arc<Budget>, bytes: usize) -> Self {
        Self::above(None, budget, bytes)
    }

    fn above(below: Option<Arc<Self>>, budget: &Arc<Budget>, bytes: usize) -> Self {
        Self { budget: budget.clone(), bytes: AtomicUsize::new(bytes), below }
    }

    /// Counts so many bytes more.
    pub(super) fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.budget.count(0, bytes);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.count(*self.bytes.get_mut(), 0);
        // One below the other may be many: each is let go here, not from within the one above it.
        let mut below = self.below.take();
        while let Some(mut share) = below.and_then(|share| Arc::try_unwrap(share).ok()) {
            below = share.below.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_counted_once_until_the_last_is_gone() {
        let budget = Arc::new(Budget::of(1_000));
        budget.count(0, 100);
        let first = Share::of(&budget, None, 100, 100);
        let second = first.clone();
        assert_eq!(budget.used(), 100);
        budget.count(0, 50);
        let third = Share::of(&budget, second, 50, 150);
        drop(first);
        assert_eq!(budget.used(), 150);
        drop(third);
        assert_eq!((budget.used(), budget.left()), (0, 1_000));
    }

    #[test]
    fn a_long_chain_of_shares_is_let_go_one_by_one() {
        let budget = Arc::new(Budget::of(usize::MAX));
        let mut kept = Vec::new();
        let mut last = None;
        for _ in 0..200_000 {
            budget.count(0, 1);
            last = Share::of(&budget, last, 1, 1);
            kept.push(last.clone());
        }
        assert_eq!(budget.used(), 200_000);
        kept.clear();
        drop(last);
        assert_eq!(budget.used(), 0);
    }
}
