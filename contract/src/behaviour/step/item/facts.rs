//! All that the schema of an item says to whoever makes one, found once for each collection: where times and other keys stand,
//! which members say in which set it is, what things begin with. Made of the document alone.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::shape;
use crate::behaviour::step::item::begun::Begins;
use crate::behaviour::step::item::key::OtherKey;
use crate::behaviour::step::item::maker::Maker;
use crate::behaviour::step::item::scope_members::ScopePlace;
use crate::behaviour::step::item::times::TimePlace;
use crate::document::{Location, Pointer};

/// The facts about items of one collection.
pub(super) struct Facts {
    /// The schema of the key; `None` where an item shows none.
    pub(super) key: Option<Location>,
    /// The members that say when an item came or was changed.
    pub(super) times: Vec<TimePlace>,
    /// The members that say in which set it is.
    pub(super) scope: Vec<ScopePlace>,
    /// The defaults that members have until somebody says otherwise.
    pub(super) defaults: Vec<(Pointer, Value)>,
    /// The members that identify it besides its key.
    pub(super) other_keys: Vec<OtherKey>,
    /// The members that say how far it has come, or when it ended.
    pub(super) begins: Begins,
}

impl Maker<'_> {
    /// The facts about items of the collection.
    pub(super) fn facts(&self) -> Arc<Facts> {
        self.collection.settled.get(|| {
            let item = self.collection.item.as_ref();
            Facts {
                key: item.and_then(|item| shape::within(self.contract, item, &self.collection.key)),
                times: item.map(|item| self.time_places(item)).unwrap_or_default(),
                scope: item.map(|item| self.find_scope_places(item)).unwrap_or_default(),
                defaults: item.map(|item| self.find_defaults(item)).unwrap_or_default(),
                other_keys: item.map(|item| self.find_other_keys(item)).unwrap_or_default(),
                begins: item.map(|item| self.find_begins(item)).unwrap_or_default(),
            }
        })
    }
}
