//! An item as the schema of an answer shows it.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::call::{Listing, Refusal};
use crate::behaviour::form::{self, Base, Completion, Fill};
use crate::behaviour::known::merge;
use crate::behaviour::scalar::typed;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, text};
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
            && !shape::NAMES.iter().any(|name| members.get(*name).is_some_and(|value| text(value) == item.key))
        {
            let key = collection.parameter.as_ref().and_then(|at| typed(self.contract, at, &item.key));
            members.insert(name.clone(), key.unwrap_or_else(|| Value::String(item.key.clone())));
        }
        self.tell_key(at, item, &mut shown);
        self.choose_fields(at, &mut shown);
        shown
    }

    /// The part of a kept item that any of several schemas shows: the parts of a composition that describe one place.
    pub(super) fn plain_of_all(&self, all: &[Location], item: &Item) -> Value {
        let mut shown = all.iter().map(|at| self.plain(at, item));
        let mut whole = shown.next().unwrap_or_else(|| item.value.clone());
        for other in shown {
            merge(&mut whole, &other);
        }
        whole
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
        self.shown_by(at, self.plain(at, item), item)
    }

    /// The shown part of an item, completed to what a schema requires.
    pub(super) fn shown_by(&self, at: &Location, shown: Value, item: &Item) -> Result<Value, Refusal> {
        if validate::decide(self.contract, at, Direction::Response, &shown).is_ok_and(|decided| decided != Some(false))
        {
            return Ok(shown);
        }
        let completed = self.completion(item).complete(at, None, &shown, Base::Fresh);
        completed.map_err(|reason| Refusal::Unmakeable { reason })
    }

    /// The elements of a list whose elements wrap its items, each with its item and its cursor; `None` where these arrays hold
    /// the items themselves.
    pub(super) fn wrapped(&self, arrays: &[Location], listing: &Listing) -> Option<Result<Vec<Value>, Refusal>> {
        let place = self.effect.element.as_ref()?;
        let each = arrays.iter().find_map(|array| shape::items(self.contract, array))?;
        let within = shape::within(self.contract, &each, place)?;
        let cursor = shape::member(self.contract, &each, "cursor");
        let element = |(index, item): (usize, &Arc<Item>)| {
            let mut known = Value::Object(Map::new());
            let _ = place.put(&mut known, self.plain(&within, item));
            if let (Some(_), Some(mark), Value::Object(members)) = (&cursor, listing.cursors.get(index), &mut known) {
                members.insert("cursor".to_owned(), Value::String(mark.clone()));
            }
            self.completion(item)
                .complete(&each, None, &known, Base::Fresh)
                .map_err(|reason| Refusal::Unmakeable { reason })
        };
        Some(listing.items.iter().enumerate().map(element).collect())
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
