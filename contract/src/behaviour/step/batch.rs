//! Requests about several items: the list or the keys that are sent, and the list that answers them.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::Batch;
use crate::behaviour::call::{Listing, Outcome, Refusal};
use crate::behaviour::messages::success_schema;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::step::transition::Step;
use crate::document::{Location, Pointer};
use crate::model::In;

/// The most items that one request may name: making each takes its time, and others wait for that.
pub(super) const MAX_EACH: usize = 10_000;

impl Step<'_> {
    /// The way in which a request to a collection names several items; `None` where it is about one.
    pub(super) fn several(&self) -> Option<&Batch> {
        self.effect.batch.as_ref().filter(|_| self.effect.key_parameter.is_none())
    }

    /// The items of a list that is sent: as many as are looked at.
    pub(super) fn sent_items(&self, at: &Pointer) -> &[Value] {
        let items = match at.get(self.body()) {
            Some(Value::Array(items)) => items.as_slice(),
            // Where a list may be sent, the one thing may be, too.
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => &[],
        };
        &items[..items.len().min(MAX_EACH)]
    }

    /// The keys that the request names.
    pub(super) fn keys(&self, batch: &Batch) -> Vec<String> {
        let sent = match batch {
            Batch::Items(_) | Batch::Like | Batch::Chosen => None,
            Batch::Keys(at) => at.get(self.body()),
            Batch::Query(name) => self.call.parameter(In::Query, name),
        };
        match sent {
            Some(Value::Array(keys)) => keys.iter().take(MAX_EACH).map(text).collect(),
            Some(one) => text(one).split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect(),
            None => Vec::new(),
        }
    }

    /// The items that a request names by their keys, as far as they are there; `None` where it names none.
    pub(super) fn listed_by_keys(&self, state: &State, place: &Place) -> Option<Outcome> {
        let keys = self.keys(self.several()?);
        if keys.is_empty() {
            return None;
        }
        let there = keys.into_iter().filter_map(|key| self.find(state, place, Some(key)).ok());
        Some(listed(there.collect()))
    }

    /// The schema of one item of a list that is sent.
    pub(super) fn batch_schema(&self, at: &Pointer) -> Option<Location> {
        let array = shape::within(self.contract, &self.body_schema()?, at)?;
        shape::items(self.contract, &array)
    }

    /// True where the answer has a place for several items.
    pub(super) fn shows_list(&self) -> bool {
        let place = self.effect.returned.as_ref();
        let schema = success_schema(self.call.operation);
        let at = schema.zip(place).and_then(|(at, place)| shape::within(self.contract, at, place));
        at.is_some_and(|at| shape::is_array(self.contract, &at))
    }

    /// The outcome of a request that made or changed these items.
    pub(super) fn answered_with(&self, items: Vec<Arc<Item>>) -> Outcome {
        if self.shows_list() { listed(items) } else { Outcome::Answered }
    }
}

/// A change that happens whole or not at all: where it is refused, state stays as it was.
///
/// # Errors
/// The refusal of the change.
pub(super) fn all_or_none<T>(
    state: &mut State,
    change: impl FnOnce(&mut State) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut tried = state.clone();
    let changed = change(&mut tried)?;
    *state = tried;
    Ok(changed)
}

/// Items as the answer to what made or changed them shows them.
pub(super) fn listed(items: Vec<Arc<Item>>) -> Outcome {
    Outcome::Listed(Listing { total: items.len(), items, ..Listing::default() })
}
