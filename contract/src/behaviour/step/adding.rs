//! One item added to a set, unless a value of it may occur only once and is there already. It knows no request: what
//! was accepted for later is added in the same way.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::{Clash, Outcome, Refusal};
use crate::behaviour::context::Context;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::Maker;
use crate::behaviour::step::removal;
use crate::behaviour::{Action, Collection, Effect, Inferred};
use crate::document::Pointer;
use crate::model::Contract;

/// Adding items: at once, or later when nobody asks any more.
pub(super) struct Adding<'s> {
    pub(super) contract: &'s Contract,
    pub(super) behaviour: &'s dyn Inferred,
    pub(super) effect: &'s Effect,
    pub(super) collection: &'s Collection,
    pub(super) context: &'s Context,
    pub(super) same: Same,
}

/// The fate of an item whose key is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    /// Another item is there that has the value already.
    Conflicts,
    /// It changes what is there.
    Changes,
}

impl Adding<'_> {
    pub(super) fn add(
        &self,
        state: &mut State,
        place: &Place,
        known: &Statement,
        body: Option<&Value>,
    ) -> Result<Outcome, Refusal> {
        let maker = Maker { contract: self.contract, collection: self.collection, place, context: *self.context };
        let said = &known.value;
        let by_key = self.collection.key.get(said).and_then(|key| state.find(place, &text(key)));
        let same = by_key.or_else(|| self.natural(state, place, said)).cloned();
        if let Some(there) = same {
            let is_changed = self.effect.action == Action::Upsert || self.same == Same::Changes;
            if !is_changed && state.is_pristine(place, &there.key) {
                self.check_unique(state, place, said, None, body)?;
                return self.create(state, place, known);
            }
            if !is_changed {
                return Err(self.conflict(&self.collection.key, said, body));
            }
            self.check_unique(state, place, said, Some(&there), body)?;
            let value = maker.change(&there.value, known);
            let item = state.put(place, &self.collection.indexed, there.key.clone(), value).map_err(Refusal::Full)?;
            return Ok(Outcome::Found(item));
        }
        self.check_unique(state, place, said, None, body)?;
        self.create(state, place, known)
    }

    /// Creates an item, in the place of those of the document's own examples that it would clash with: who sends an
    /// example finds the service as if it were fresh.
    fn create(&self, state: &mut State, place: &Place, known: &Statement) -> Result<Outcome, Refusal> {
        let maker = Maker { contract: self.contract, collection: self.collection, place, context: *self.context };
        let made = maker.make(state, known, None)?;
        let by_values =
            self.effect.unique.iter().filter_map(|pointer| self.with_value(state, place, pointer, &known.value));
        let by_key = state.find(place, &made.key);
        let replaced: Vec<String> = by_values.chain(by_key).map(|there| there.key.clone()).collect();
        for key in replaced {
            removal::remove(self.behaviour, state, place, &key);
        }
        state.put(place, &self.collection.indexed, made.key, made.value).map(Outcome::Created).map_err(Refusal::Full)
    }

    /// The item that has the value of a member which no two items may share.
    fn with_value<'a>(
        &self,
        state: &'a State,
        place: &Place,
        pointer: &Pointer,
        said: &Value,
    ) -> Option<&'a Arc<Item>> {
        let value = pointer.get(said)?;
        match self.collection.indexed.iter().position(|indexed| indexed == pointer) {
            Some(index) => state.find_by(place, index, value),
            // The only pointer that is not indexed is the key's own.
            None => state.find(place, &text(value)),
        }
    }

    /// The item that is there by the name that the client knows it by.
    fn natural<'a>(&self, state: &'a State, place: &Place, said: &Value) -> Option<&'a Arc<Item>> {
        let at = self.effect.natural_key.as_ref().filter(|_| self.collection.key.get(said).is_none())?;
        let index = self.collection.indexed.iter().position(|indexed| indexed == at)?;
        state.find_by(place, index, at.get(said)?)
    }

    fn check_unique(
        &self,
        state: &State,
        place: &Place,
        known: &Value,
        but: Option<&Item>,
        body: Option<&Value>,
    ) -> Result<(), Refusal> {
        for pointer in &self.effect.unique {
            let there = self.with_value(state, place, pointer, known);
            let there = there.filter(|there| !state.is_pristine(place, &there.key) || but.is_some());
            if there.is_some_and(|there| but.is_none_or(|but| but.sequence != there.sequence)) {
                return Err(self.conflict(pointer, known, body));
            }
        }
        Ok(())
    }

    fn conflict(&self, pointer: &Pointer, known: &Value, body: Option<&Value>) -> Refusal {
        let by_expression = self.effect.set.iter().find(|(target, _)| target == pointer);
        let sent = match (by_expression, &self.effect.sent, body) {
            (Some((_, expression)), _, _) => expression.body_pointer(),
            (None, Some(sent), Some(body)) if pointer.get(body).is_some() => Some(sent.append(pointer)),
            (None, _, _) => None,
        };
        Refusal::Conflict(Box::new(Clash {
            at: pointer.clone(),
            sent,
            value: pointer.get(known).cloned().unwrap_or_default(),
            collection: self.collection.name.clone(),
        }))
    }
}

/// Lets what was accepted take effect; what conflicts by now is passed over, since nobody is there to be told.
pub(crate) fn settle(contract: &Contract, behaviour: &dyn Inferred, state: &mut State) {
    for pending in state.take_pending() {
        let effect = behaviour.effect(pending.operation);
        let Some(index) = effect.collection else { continue };
        let adding = Adding {
            contract,
            behaviour,
            effect,
            collection: behaviour.collection(index),
            context: &pending.context,
            same: Same::Conflicts,
        };
        for said in &pending.items {
            // Refused: it conflicts, or there is no room for it.
            let _ = adding.add(state, &pending.place, said, None);
        }
    }
}
