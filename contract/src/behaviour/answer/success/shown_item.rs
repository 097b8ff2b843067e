//! An item as the schema of an answer shows it.

use serde_json::Value;

use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::call::Refusal;
use crate::behaviour::form::{self, Base, Completion, Fill};
use crate::behaviour::scalar::typed;
use crate::behaviour::shape;
use crate::behaviour::state::Item;
use crate::document::Location;
use crate::model::Direction;
use crate::validate;

impl Composer<'_> {
    /// The part of a kept item that a schema shows, with the item's key where no other member tells it.
    pub(super) fn plain(&self, at: &Location, item: &Item) -> Value {
        let mut shown = form::shown(self.contract, at, &item.value);
        let number = self.effect.collection.or(self.effect.subject);
        if let Some(collection) = number.map(|number| self.behaviour.collection(number))
            && let (Some(name), Value::Object(members)) = (&collection.shown_key, &mut shown)
            && !item.key.is_empty()
            && !members.contains_key(name)
        {
            let key = collection.parameter.as_ref().and_then(|at| typed(self.contract, at, &item.key));
            members.insert(name.clone(), key.unwrap_or_else(|| Value::String(item.key.clone())));
        }
        self.tell_key(at, item, &mut shown);
        shown
    }

    /// Puts the key where an answer calls it otherwise than the item does: `{"model_id": …}` of `/models/{id}`.
    fn tell_key(&self, at: &Location, item: &Item, shown: &mut Value) {
        let Some(collection) = self.effect.collection.map(|number| self.behaviour.collection(number)) else { return };
        let (Value::Object(members), false) = (shown, item.key.is_empty()) else { return };
        if collection.key.get(&item.value).is_none() || at == collection.item.as_ref().unwrap_or(at) {
            return;
        }
        let singular = shape::singular(&shape::plain(&collection.name));
        let parameter = collection.item_path.as_ref().and_then(|path| path.parameters().last()).map(shape::plain);
        for (name, at) in shape::members(self.contract, at) {
            let plain = shape::plain(&name);
            let is_key = plain == format!("{singular}id") || parameter.as_ref() == Some(&plain) || plain == "id";
            if is_key
                && !members.contains_key(&name)
                && let Some(key) = typed(self.contract, &at, &item.key)
            {
                members.insert(name, key);
            }
        }
    }

    /// An item as a schema shows it, completed to what the schema requires.
    pub(super) fn shown(&self, at: &Location, item: &Item) -> Result<Value, Refusal> {
        let shown = self.plain(at, item);
        if validate::decide(self.contract, at, Direction::Response, &shown).is_ok_and(|decided| decided != Some(false))
        {
            return Ok(shown);
        }
        let completed = self.completion(item).complete(at, None, &shown, Base::Fresh);
        completed.map_err(|reason| Refusal::Unmakeable { reason })
    }

    /// Completes values about an item to what schemas ask for.
    pub(super) fn completion(&self, item: &Item) -> Completion<'_> {
        let path = ["item", self.occasion.call.operation.id.as_str(), item.key.as_str()];
        Completion {
            contract: self.contract,
            seed: self.occasion.context.seed,
            path: path.into_iter().map(str::to_owned).collect(),
            fill: Fill::Required,
        }
    }
}
