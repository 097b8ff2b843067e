//! The changes of a state, noted for whoever follows a collection: what was made, changed and removed, in order.

use std::sync::Arc;

use crate::behaviour::state::State;
use crate::behaviour::state::set::{Item, Place};

/// A change of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The set that the item is or was in.
    pub place: Place,
    /// The kind of the change.
    pub kind: ChangeKind,
    /// The item as it is now, or as it was where it is gone.
    pub item: Arc<Item>,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The item is new.
    Created,
    /// It was there and is another now.
    Changed,
    /// The item is gone.
    Deleted,
}

impl State {
    /// Notes what changes from now on.
    pub fn begin_noting(&mut self) {
        self.noted = Some(Vec::new());
    }

    /// Ends noting, and gives out what changed since it began.
    pub fn take_noted(&mut self) -> Vec<Change> {
        self.noted.take().unwrap_or_default()
    }

    /// A change that is nobody's doing: what was there from the start is put where it is kept.
    pub(crate) fn unnoted<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let noted = self.noted.take();
        let changed = change(self);
        self.noted = noted;
        changed
    }

    pub(super) fn note(&mut self, place: &Place, kind: ChangeKind, item: &Arc<Item>) {
        if let Some(noted) = &mut self.noted {
            noted.push(Change { place: place.clone(), kind, item: item.clone() });
        }
    }
}
