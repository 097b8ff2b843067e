//! The one who makes items of a collection in a set: contract, place, and the moment that seeds and times come from.

use serde_json::Value;

use crate::behaviour::Collection;
use crate::behaviour::context::Context;
use crate::behaviour::state::Place;
use crate::generate::{Choices, Seeded};
use crate::model::{Contract, Direction};
use crate::validate;

/// The maker of items for one set: contract, collection, set, and the context that seeds and times come from.
pub(crate) struct Maker<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) collection: &'c Collection,
    pub(crate) place: &'c Place,
    pub(crate) context: Context,
}

/// A new item, not yet in its set.
pub(crate) struct NewItem {
    pub(crate) key: String,
    pub(crate) value: Value,
}

/// Seeded decisions for values that are seldom the same twice.
pub(super) struct Plain(pub(super) Seeded);

impl Choices for Plain {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }
}

impl Maker<'_> {
    pub(super) fn choices(&self, what: &str, more: &[&str]) -> Seeded {
        let path = [what, self.collection.name.as_str()].into_iter();
        Seeded::new(
            self.context.seed,
            path.chain(self.place.scope.iter().map(String::as_str)).chain(more.iter().copied()),
        )
    }

    pub(super) fn is_valid(&self, value: &Value) -> bool {
        match &self.collection.item {
            None => true,
            Some(at) => validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false),
        }
    }
}
