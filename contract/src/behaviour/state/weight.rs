//! The bounds of what is remembered, and about how many bytes it takes.

use serde_json::Value;

use crate::behaviour::state::{Item, State};

/// The most that all items together may weigh where nobody says otherwise, in bytes of text and some for each value: so that no
/// client can use up the memory.
pub const MAX_WEIGHT: usize = 256 * 1024 * 1024;

/// There is no room for another item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mock remembers at most about {most} bytes, and there is no room for more")]
pub struct Full {
    /// The most that may be remembered, in bytes.
    pub most: usize,
}

/// The most that a state may weigh, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most(usize);

impl Default for Most {
    fn default() -> Self {
        Self(MAX_WEIGHT)
    }
}

/// The weight of one node of a value beyond its text, in bytes.
pub(super) const NODE_WEIGHT: usize = 64;

/// The weight of an empty set, in bytes.
pub(super) const SET_WEIGHT: usize = 256;

/// About how many bytes a value takes in memory.
#[must_use]
pub(crate) fn weight(value: &Value) -> usize {
    NODE_WEIGHT
        + match value {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(number) => number.to_string().len(),
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(members) => members.iter().map(|(name, member)| name.len() + weight(member)).sum(),
        }
}

impl Item {
    /// About how many bytes the item takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.key.len() + weight(&self.value)
    }
}

impl State {
    /// About how many bytes all that is remembered takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// The same, that may weigh so many bytes and no more.
    #[must_use]
    pub fn within(self, most: usize) -> Self {
        Self { most: Most(most), ..self }
    }

    /// That there is no room.
    pub(super) fn full(&self) -> Full {
        Full { most: self.most.0 }
    }

    pub(super) fn charge(&mut self, more: usize) -> Result<(), Full> {
        let sum = self.weight.saturating_add(more);
        if sum > self.most.0 {
            return Err(self.full());
        }
        self.weight = sum;
        Ok(())
    }
}
