//! The member by which people and other systems know an item, where they do not know its key.

use crate::behaviour::Effect;
use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::messages::request_schema;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

/// Members by which people and other systems know things, most telling first.
const NATURAL_KEYS: [&str; 12] = [
    "externalid",
    "externalkey",
    "reference",
    "email",
    "emailaddress",
    "slug",
    "sku",
    "code",
    "handle",
    "username",
    "key",
    "name",
];

impl Surroundings<'_> {
    /// The member by which an item that is there is found, where a client sends no key: one that people and systems give
    /// things themselves.
    pub(super) fn natural_key(&self, effect: &Effect) -> Option<Pointer> {
        let Surroundings { contract, operation, item, .. } = *self;
        let sent = shape::within(contract, request_schema(operation)?, effect.sent.as_ref()?)?;
        let (sent, shown) = (shape::members(contract, &sent), shape::by_name(contract, item?));
        let is_plain = |at: &Location| {
            let types = shape::types(contract, at);
            types.iter().any(|kind| matches!(*kind, "string" | "integer"))
        };
        let named = |word: &&str| {
            let found = sent.iter().find(|(name, at)| shape::plain(name) == **word && is_plain(at));
            found.filter(|(name, _)| shown.contains_key(name)).map(|(name, _)| Pointer::root().join(name))
        };
        NATURAL_KEYS.iter().find_map(named)
    }
}
