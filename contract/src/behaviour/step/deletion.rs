//! Deletion: of one item, of those that are named or chosen, or of a whole set, with all that belongs to them.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::paging::selection;
use crate::behaviour::state::{Item, Place, State};
use crate::behaviour::step::removal;
use crate::behaviour::step::transition::Step;
use crate::behaviour::{Batch, Origin};

impl Step<'_> {
    pub(super) fn delete(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
        if let Some(keys) = self.effect.batch.as_ref().map(|batch| self.keys(batch)).filter(|keys| !keys.is_empty()) {
            self.populate(state, place)?;
            for key in keys {
                self.remove(state, place, &key);
            }
            return Ok(Outcome::Deleted(None));
        }
        if self.effect.batch == Some(Batch::Like)
            && let Value::Object(said) = self.body()
        {
            self.populate(state, place)?;
            let is_like = |item: &&Arc<Item>| said.iter().all(|(name, value)| item.value.get(name) == Some(value));
            let keys: Vec<String> = state.items(place).filter(is_like).map(|item| item.key.clone()).collect();
            for key in keys {
                self.remove(state, place, &key);
            }
            return Ok(Outcome::Deleted(None));
        }
        if self.effect.key_parameter.is_none() && self.collection.origin != Origin::Singleton {
            self.populate(state, place)?;
            let chosen = selection::chosen(self.contract, state, place, self.effect, self.call);
            match chosen {
                Some(keys) => keys.iter().for_each(|key| self.remove(state, place, key)),
                None => state.clear(self.index, &place.scope),
            }
            return Ok(Outcome::Deleted(None));
        }
        let item = self.find(state, place, self.key())?;
        self.holds(&item)?;
        self.populate(state, place)?;
        match self.collection.origin {
            Origin::Assumed => state.forget(place, &item.key).map_err(Refusal::Full)?,
            Origin::Singleton => state.open(place).map_err(Refusal::Full)?,
            Origin::Empty | Origin::Populated => {}
        }
        self.remove(state, place, &item.key);
        Ok(Outcome::Deleted(Some(item)))
    }

    /// Takes an item away, and what belongs to it.
    pub(super) fn remove(&self, state: &mut State, place: &Place, key: &str) {
        removal::remove(self.behaviour, state, place, key);
    }
}
