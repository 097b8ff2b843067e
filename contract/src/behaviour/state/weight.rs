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

/// The most that a state may weigh, in bytes, and the bound that is told where that is too little.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    weight: usize,
    told: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self { weight: MAX_WEIGHT, told: MAX_WEIGHT }
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

    /// The part of the weight that no other state shares: what was put here since this was last shared, as far as it is still here.
    #[must_use]
    pub fn own(&self) -> usize {
        self.own
    }

    /// Counts everything that is here as shared from now on; the weight of what was not before.
    pub fn share(&mut self) -> usize {
        self.revision += 1;
        self.shared_to = self.revision;
        std::mem::take(&mut self.own)
    }

    /// The same, that may weigh so many bytes and no more.
    #[must_use]
    pub fn within(self, most: usize) -> Self {
        Self { most: Most { weight: most, told: most }, ..self }
    }

    /// Lets the state grow by so many bytes and no more; `told` is the bound that is told where that is too little.
    pub fn leave_room(&mut self, more: usize, told: usize) {
        self.most = Most { weight: self.weight.saturating_add(more), told };
    }

    /// That there is no room.
    pub(super) fn full(&self) -> Full {
        Full { most: self.most.told }
    }

    pub(super) fn charge(&mut self, more: usize) -> Result<(), Full> {
        let sum = self.weight.saturating_add(more);
        if sum > self.most.weight {
            return Err(self.full());
        }
        self.weight = sum;
        self.own += more;
        Ok(())
    }

    /// Counts an item that is gone from here; one that others share is no less for that.
    pub(super) fn discharge(&mut self, item: &Item) {
        let weight = item.weight();
        self.weight = self.weight.saturating_sub(weight);
        if item.put_by.0 > self.shared_to {
            self.own = self.own.saturating_sub(weight);
        }
    }

    /// Counts a mark that is gone from here, such as that of a key that was deleted.
    pub(super) fn discharge_mark(&mut self, weight: usize) {
        self.weight = self.weight.saturating_sub(weight);
        if self.shared_to == 0 {
            self.own = self.own.saturating_sub(weight);
        }
    }
}
