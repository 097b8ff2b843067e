//! What becomes of the items of a contract, for whoever follows it: numbered changes, of which the last ones are kept, so that
//! who comes back with the number of the last one that it saw misses nothing. It keeps so much and no more, whoever listens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etalon_contract::behaviour::Change;
use tokio::sync::watch;

/// The most changes that are kept: a client that was away for longer begins with what comes next.
const MAX_KEPT: usize = 1_000;

/// The most bytes that the items of the changes that are kept may take, about.
const MAX_WEIGHT: usize = 8 * 1024 * 1024;

/// A change with its number.
pub(super) type Numbered = (u64, Arc<Change>);

/// The changes of one contract's state, as far as they are kept.
#[derive(Debug)]
pub(super) struct Feed {
    kept: Mutex<Kept>,
    /// The number of the last change; it is closed when the contract is served no more.
    last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    changes: VecDeque<(Numbered, usize)>,
    weight: usize,
    /// True once somebody followed: before that nothing is kept.
    wanted: bool,
    /// True once nothing more will come.
    closed: bool,
}

/// The changes that came after a number.
#[derive(Debug)]
pub(super) enum News {
    /// These changes, perhaps none, oldest first.
    Changes(Vec<Numbered>),
    /// Changes were lost since, or nothing more will come.
    Over,
}

impl Default for Feed {
    fn default() -> Self {
        Self { kept: Mutex::default(), last: watch::Sender::new(0) }
    }
}

impl Feed {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where somebody follows, or did.
    pub(super) fn is_wanted(&self) -> bool {
        self.kept().wanted
    }

    /// The number of the last change.
    pub(super) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Keeps changes from now on.
    pub(super) fn follow(&self) {
        self.kept().wanted = true;
    }

    /// The number from which a client goes on that saw this one last; `None` where what came since is not kept.
    pub(super) fn resume(&self, seen: u64) -> Option<u64> {
        let kept = self.kept();
        let last = *self.last.borrow();
        let first = kept.changes.front().map_or(last + 1, |((number, _), _)| *number);
        (seen <= last && seen + 1 >= first).then_some(seen)
    }

    /// Tells what changed, in order; `weight` says about how many bytes an item takes.
    pub(super) fn tell(&self, changes: Vec<Change>, weight: impl Fn(&Change) -> usize) {
        if changes.is_empty() {
            return;
        }
        let mut kept = self.kept();
        let mut number = *self.last.borrow();
        for change in changes {
            number += 1;
            let weight = weight(&change);
            kept.weight += weight;
            kept.changes.push_back(((number, Arc::new(change)), weight));
        }
        while kept.changes.len() > MAX_KEPT || kept.weight > MAX_WEIGHT {
            let Some((_, weight)) = kept.changes.pop_front() else { break };
            kept.weight -= weight;
        }
        drop(kept);
        self.last.send_replace(number);
    }

    /// The changes that came after a number.
    pub(super) fn since(&self, seen: u64) -> News {
        let kept = self.kept();
        let last = *self.last.borrow();
        let first = kept.changes.front().map_or(last + 1, |((number, _), _)| *number);
        if kept.closed || seen < last && seen + 1 < first {
            return News::Over;
        }
        let new = kept.changes.iter().map(|(numbered, _)| numbered).filter(|(number, _)| *number > seen);
        News::Changes(new.cloned().collect())
    }

    /// A watch on the number of the last change.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// Ends all streams: whoever follows comes again, to what is served then.
    pub(super) fn close(&self) {
        self.kept().closed = true;
        self.last.send_modify(|_| {});
    }
}

#[cfg(test)]
mod tests {
    use etalon_contract::behaviour::{ChangeKind, Item, Place};

    use super::*;

    fn change(key: &str) -> Change {
        let item = Item::new(key.to_owned(), serde_json::Value::Null, 1);
        Change { place: Place { collection: 0, scope: Vec::new() }, kind: ChangeKind::Created, item: Arc::new(item) }
    }

    fn numbers(news: News) -> Option<Vec<u64>> {
        match news {
            News::Changes(changes) => Some(changes.into_iter().map(|(number, _)| number).collect()),
            News::Over => None,
        }
    }

    #[test]
    fn who_comes_back_in_time_misses_nothing_and_who_comes_too_late_is_told() {
        let feed = Feed::default();
        feed.follow();
        assert_eq!(feed.last(), 0);
        feed.tell((0..3).map(|key| change(&key.to_string())).collect(), |_| 1);
        assert_eq!(numbers(feed.since(1)), Some(vec![2, 3]));
        assert_eq!((feed.resume(1), feed.resume(9)), (Some(1), None));
        feed.tell((0..MAX_KEPT).map(|key| change(&key.to_string())).collect(), |_| 1);
        assert_eq!((feed.resume(1), numbers(feed.since(1))), (None, None));
        feed.tell(vec![change("huge")], |_| MAX_WEIGHT + 1);
        assert_eq!(numbers(feed.since(1_003)), None, "what is too large is not kept");
        assert_eq!(numbers(feed.since(1_004)), Some(vec![]));
        feed.close();
        assert_eq!(numbers(feed.since(1_004)), None);
    }
}
