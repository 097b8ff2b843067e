//! A set: the items of a collection under one scope, found by order, by key and by indexed values.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::state::ranked::Ranked;
use crate::behaviour::state::ready::Ready;

/// The place of a set: a collection and the values of its scope's path parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The collection, by its index.
    pub collection: usize,
    /// The values, outermost first.
    pub scope: Vec<String>,
}

/// An item of a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The text that identifies it within its set.
    pub key: String,
    /// The members that are known of the item, valid by its schema.
    pub value: Value,
    /// The number of the item in the order in which items came; never used twice.
    pub sequence: u64,
    /// Bytes that show it.
    pub(crate) ready: Ready,
    /// The change that put it where it is.
    pub(super) put_by: PutBy,
}

/// The number of the change that put an item where it is. Items are the same whichever it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PutBy(pub(super) u64);

impl PartialEq for PutBy {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Item {
    /// An item of a key and of the members that are known of it, with its number in the order of items.
    #[must_use]
    pub fn new(key: String, value: Value, sequence: u64) -> Self {
        Self { key, value, sequence, ready: Ready::default(), put_by: PutBy::default() }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    pub(super) items: Ranked<u64, Arc<Item>>,
    pub(super) keys: Ranked<Arc<str>, u64>,
    /// Number of the indexed pointer, text of the value there, the item.
    pub(super) values: Ranked<(usize, Arc<str>, u64), ()>,
    /// Keys that were deleted where everything is assumed to be there.
    pub(super) gone: Ranked<Arc<str>, ()>,
    /// Keys of items that the set began with and that no request has changed.
    pub(super) pristine: Ranked<Arc<str>, ()>,
    /// True once a request changed something here.
    pub(super) touched: bool,
}

/// The text by which a value is compared and found: a string is itself.
#[must_use]
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
