//! A state as data: by collection and scope, as `seed` reads them. What nobody has looked at yet is put there first, as whoever looks
//! would find it.

use serde_json::{Map, Value};

use crate::behaviour::carry::Meaning;
use crate::behaviour::context::Context;
use crate::behaviour::effect::BYTES_OF_BODY;
use crate::behaviour::seed::catalogue::Catalogue;
use crate::behaviour::state::{Place, State};
use crate::behaviour::step::{begin, fill, settle};
use crate::behaviour::{Collection, Origin};

/// The items of a state by the words of their collections, nested as their scopes are. Bytes of files are left out.
#[must_use]
pub fn export(meaning: Meaning<'_>, catalogue: &Catalogue, state: &State, context: &Context) -> Map<String, Value> {
    let state = looked_at(meaning, catalogue, state, context);
    let mut written = Map::new();
    for one in catalogue.all() {
        let collection = meaning.behaviour.collection(one.number);
        let mut value = if collection.scope.is_empty() { Value::Null } else { Value::Object(Map::new()) };
        for place in state.places(one.number) {
            let Some(there) = reach(&mut value, &place.scope) else { continue };
            *there = items(collection, &state, &place);
        }
        let is_nothing =
            value.is_null() || value.as_object().is_some_and(Map::is_empty) && !collection.scope.is_empty();
        if !is_nothing {
            written.insert(one.word.clone(), value);
        }
    }
    written
}

/// The number of items of each collection that has any, by its word, with the keys of the first.
#[must_use]
pub fn held(
    meaning: Meaning<'_>,
    catalogue: &Catalogue,
    state: &State,
    context: &Context,
) -> Vec<(String, usize, Vec<String>)> {
    let state = looked_at(meaning, catalogue, state, context);
    let told = catalogue.all().iter().map(|one| {
        let items = state.all_items(one.number);
        let keys = items.iter().take(FIRST).map(|item| item.key.clone()).collect();
        (one.word.clone(), items.len(), keys)
    });
    told.filter(|(_, count, _)| *count > 0).collect()
}

/// The most keys that are named of a collection.
const FIRST: usize = 3;

/// The state with everything in it that whoever looks would find.
pub(super) fn looked_at(meaning: Meaning<'_>, catalogue: &Catalogue, state: &State, context: &Context) -> State {
    let Meaning { contract, behaviour } = meaning;
    let mut seen = state.clone();
    settle(contract, behaviour, &mut seen);
    for one in catalogue.by_depth() {
        begin(contract, behaviour, &mut seen, one.number, context);
        let collection = behaviour.collection(one.number);
        for scope in above(collection, &seen) {
            let place = Place { collection: one.number, scope };
            // Where there is no room, it is not there for whoever looks either.
            let known = seen.clone();
            let _ = fill(contract, behaviour, &known, &mut seen, &place, context);
        }
    }
    seen
}

/// The scopes that a collection may have sets in: one for each item of the collection above.
pub(super) fn above(collection: &Collection, state: &State) -> Vec<Vec<String>> {
    let Some(parent) = collection.parent else {
        return if collection.scope.is_empty() { vec![Vec::new()] } else { Vec::new() };
    };
    let mut scopes = Vec::new();
    for place in state.places(parent) {
        for item in state.items(&place) {
            let mut scope = place.scope.clone();
            if !item.key.is_empty() {
                scope.push(item.key.clone());
            }
            if scope.len() == collection.scope.len() {
                scopes.push(scope);
            }
        }
    }
    scopes
}

/// The items of one set as data.
fn items(collection: &Collection, state: &State, place: &Place) -> Value {
    let written = |value: &Value| {
        let mut value = value.clone();
        if let Value::Object(members) = &mut value {
            members.shift_remove(BYTES_OF_BODY);
        }
        value
    };
    match collection.origin {
        Origin::Singleton => state.items(place).next().map_or(Value::Null, |item| written(&item.value)),
        Origin::Empty | Origin::Populated | Origin::Assumed => {
            state.items(place).map(|item| written(&item.value)).collect()
        }
    }
}

/// The place in nested objects that a scope leads to.
fn reach<'v>(value: &'v mut Value, scope: &[String]) -> Option<&'v mut Value> {
    let mut here = value;
    for name in scope {
        if here.is_null() {
            *here = Value::Object(Map::new());
        }
        here = here.as_object_mut()?.entry(name.clone()).or_insert(Value::Null);
    }
    Some(here)
}
