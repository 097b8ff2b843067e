//! Requests that name several items: by a list of items, by keys in the body, or by keys in the query.

use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::wrapping::{self};
use crate::behaviour::messages::request_schema;
use crate::behaviour::shape;
use crate::behaviour::{Action, Batch, Effect};
use crate::document::{Location, Pointer};
use crate::model::In;

impl Surroundings<'_> {
    /// The way in which a request to a collection names several items in its body; `None` where it is about one.
    pub(super) fn batch(&self, action: Action, effect: &Effect) -> Option<Batch> {
        let at = request_schema(self.operation)?;
        let contract = self.contract;
        if shape::is_array(contract, at) {
            let each = shape::items(contract, at)?;
            let is_plain = !shape::is_object(contract, &each) && !shape::types(contract, &each).is_empty();
            return Some(if is_plain { Batch::Keys(Pointer::root()) } else { Batch::Items(Pointer::root()) });
        }
        if let Some(keys) = self.keys_in_body(at).filter(|_| action != Action::Create) {
            return Some(Batch::Keys(keys));
        }
        let item = self.item?;
        if effect.sent.as_ref().is_none_or(|sent| !sent.as_str().is_empty())
            || wrapping::overlap(contract, at, item) > 0
        {
            return None;
        }
        let (place, each) = wrapping::many(contract, at, &self.wanted(None))?;
        (wrapping::overlap(contract, &each, item) > 0).then_some(Batch::Items(place))
    }

    /// The keys that a request names, in its query or its body.
    pub(super) fn keys(&self) -> Option<Batch> {
        let query = self.operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
        let named = query.filter(|parameter| self.is_key_list(&parameter.name));
        let by_query = named.map(|parameter| Batch::Query(parameter.name.clone())).next();
        by_query.or_else(|| {
            let at = request_schema(self.operation)?;
            let is_list = shape::is_array(self.contract, at)
                && shape::items(self.contract, at).is_some_and(|each| !shape::is_object(self.contract, &each));
            if is_list { Some(Batch::Keys(Pointer::root())) } else { self.keys_in_body(at).map(Batch::Keys) }
        })
    }

    fn keys_in_body(&self, at: &Location) -> Option<Pointer> {
        let members = shape::members(self.contract, at);
        let is_plain_list = |at: &Location| {
            shape::is_array(self.contract, at)
                && shape::items(self.contract, at).is_some_and(|each| !shape::is_object(self.contract, &each))
        };
        let named = members.iter().find(|(name, at)| self.is_key_list(name) && is_plain_list(at));
        // Alone, it may be called as anything that ends so: `history_item_ids`.
        let only = || match members.as_slice() {
            [only] if shape::plain(&only.0).ends_with("ids") && is_plain_list(&only.1) => Some(only),
            _ => None,
        };
        let found = named.or_else(only);
        found.map(|(name, _)| Pointer::root().join(name))
    }
}
