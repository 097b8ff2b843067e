//! Items that the document's own examples show: exactly as they are shown where that is a whole item, else with what the
//! server makes beside it.

use serde_json::Value;

use crate::behaviour::Origin;
use crate::behaviour::form;
use crate::behaviour::inference::ShownItem;
use crate::behaviour::known::Known;
use crate::behaviour::state::{State, text};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::maker::{Maker, NewItem};
use crate::behaviour::step::item::scope_members::ScopePlace;

impl Maker<'_> {
    /// The item that an example shows; `None` where no path could name it, or its schema wants what it does not show and
    /// nothing can be made.
    pub(crate) fn shown(&self, state: &State, shown: &ShownItem) -> Option<NewItem> {
        let mut value = shown.value.clone();
        for one in self.known_scope() {
            if let Known::At(pointer, said) = one
                && pointer.get(&value).is_some()
            {
                let _ = pointer.put(&mut value, said);
            }
        }
        let key = match (self.collection.origin, &shown.key) {
            (Origin::Singleton, _) => Some(String::new()),
            (Origin::Empty | Origin::Populated | Origin::Assumed, key) => key.clone(),
        };
        if key.as_ref().is_some_and(|key| !key.is_empty() && !self.is_addressable(key)) {
            return None;
        }
        if let Some(key) = &key
            && self.is_whole(&value)
        {
            return Some(NewItem { key: key.clone(), value });
        }
        let said = Statement { value, ..Statement::default() };
        let made = match self.collection.origin {
            Origin::Singleton => self.make_only(&said),
            Origin::Empty | Origin::Populated | Origin::Assumed => self.make(state, &said, key.as_deref()),
        };
        made.ok().filter(|made| key.is_none_or(|key| made.key == key))
    }

    /// The item that an example shows, under the key that a request names: where every key is taken to be there.
    pub(crate) fn shown_as(&self, state: &State, shown: &ShownItem, key: &str) -> Option<NewItem> {
        let mut shown = shown.clone();
        if self.collection.key.get(&shown.value).is_some() {
            let _ = self.collection.key.put(&mut shown.value, self.typed_key(key));
        }
        self.shown(state, &ShownItem { key: Some(key.to_owned()), ..shown })
    }

    /// The values of the scope that an item says by its own members, outermost first.
    pub(crate) fn scope_in(&self, value: &Value) -> Vec<Option<String>> {
        let mut said = vec![None; self.place.scope.len()];
        for ScopePlace { parameter, at, .. } in &self.facts().scope {
            let named = at.get(value).filter(|named| named.is_string() || named.is_number()).map(text);
            if let (Some(place @ None), Some(named)) =
                (said.get_mut(*parameter), named.filter(|named| !named.is_empty()))
            {
                *place = Some(named);
            }
        }
        said
    }

    /// True where the schema of an item allows what is shown of this one, and it shows its key if it can.
    fn is_whole(&self, value: &Value) -> bool {
        let Some(at) = &self.collection.item else { return true };
        let has_key = self.collection.key.get(value).is_some() || !self.shows_key();
        (has_key || self.collection.origin == Origin::Singleton)
            && self.is_valid(&form::shown(self.contract, at, value))
    }
}
