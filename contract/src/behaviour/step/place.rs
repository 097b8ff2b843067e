//! The set and the key that a request names: by its path, by another member of an item, or by the collection in which
//! the item was made. It reads state and changes nothing.

use std::sync::Arc;

use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::step::transition::Step;
use crate::behaviour::{Collection, Reach};
use crate::model::In;

/// The word for the one who calls, in the place of a key.
pub(super) const ME: &str = "me";

impl Step<'_> {
    /// The collection, the set and the key of the item that the request names, where it is one that was made under another path.
    pub(super) fn elsewhere(&self, state: &State) -> Option<(usize, (Place, String))> {
        let key = self.effect.elsewhere.first().and_then(|_| self.key())?;
        if state.find(&self.named_place(), &key).is_some() {
            return None;
        }
        self.effect.elsewhere.iter().find_map(|elsewhere| {
            let owner = elsewhere.owner.as_ref().map(|name| self.path_text(name));
            let found = state.find_where(elsewhere.collection, |place, item| {
                let is_named = elsewhere.key.get(&item.value).is_some_and(|value| text(value) == key);
                is_named && (place.scope.is_empty() || owner.as_ref().is_none_or(|owner| place.scope.contains(owner)))
            });
            found.map(|found| (elsewhere.collection, found))
        })
    }

    /// The set that the request acts on: the one that its path names, or the one that has its item.
    pub(super) fn place(&self, state: &State) -> Place {
        if let Some((place, _)) = &self.found {
            return place.clone();
        }
        if let (Reach::Collection, Some(key)) = (self.effect.reach, self.key())
            && let Some(place) = state.place_of(self.index, &key)
        {
            return place.clone();
        }
        self.resolved_place(state)
    }

    /// The key of the item that a path names, where it may do so by another member.
    pub(super) fn resolved(&self, state: &State, place: &Place, named: String) -> String {
        let Collection { alternates, has_caller, .. } = self.behaviour.collection(place.collection);
        if alternates.is_empty() && !has_caller || state.find(place, &named).is_some() {
            return named;
        }
        if *has_caller && named == ME {
            return state.items(place).next().map_or(named, |item| item.key.clone());
        }
        let is_it = |item: &&Arc<Item>| {
            let mut there = alternates.iter().filter_map(|pointer| pointer.get(&item.value));
            there.any(|value| text(value) == named)
        };
        state.items(place).find(is_it).map_or(named, |item| item.key.clone())
    }

    /// The set that the path names, with the items above called by their keys.
    fn resolved_place(&self, state: &State) -> Place {
        let mut place = self.named_place();
        let above = std::iter::successors(self.collection.parent, |index| self.behaviour.collection(*index).parent);
        for index in above.collect::<Vec<_>>().into_iter().rev() {
            let collection = self.behaviour.collection(index);
            let depth = collection.scope.len();
            let has_names = collection.has_caller || !collection.alternates.is_empty();
            if depth < place.scope.len() && has_names {
                let of_parent = Place { collection: index, scope: place.scope[..depth].to_vec() };
                let seen = self.seen(state, collection, &of_parent);
                let there = seen.as_deref().unwrap_or(state);
                place.scope[depth] = self.resolved(there, &of_parent, place.scope[depth].clone());
            }
        }
        place
    }

    /// The set that the path names.
    pub(super) fn named_place(&self) -> Place {
        let key = self.effect.key_parameter.as_deref();
        // Several parameters may have one name; the last of them is the key.
        let mut names: Vec<&str> = self.call.operation.path.parameters().collect();
        if let Some(position) = names.iter().rposition(|name| Some(*name) == key) {
            names.remove(position);
        }
        let scope = names.into_iter().take(self.collection.scope.len()).map(|name| self.path_text(name));
        let variant = self.effect.variant.as_ref().and_then(|name| self.call.parameter(In::Query, name)).map(text);
        Place { collection: self.index, scope: scope.chain(variant).collect() }
    }

    fn path_text(&self, name: &str) -> String {
        self.call.parameter(In::Path, name).map(text).unwrap_or_default()
    }

    /// The key of the item that the request names: in its path, or in its body where the path has none.
    pub(super) fn key(&self) -> Option<String> {
        if let Some((_, key)) = &self.found {
            return Some(key.clone());
        }
        match &self.effect.key_parameter {
            Some(name) => Some(self.path_text(name)),
            None => self.collection.key.get(self.sent_body()?).map(text),
        }
    }
}
