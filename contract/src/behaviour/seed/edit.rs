//! Single items of a state, looked at, put and taken away by hand, as their contract allows them.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::Origin;
use crate::behaviour::carry::Meaning;
use crate::behaviour::context::Context;
use crate::behaviour::scalar::typed;
use crate::behaviour::seed::Misfit;
use crate::behaviour::seed::catalogue::Catalogue;
use crate::behaviour::seed::export::looked_at;
use crate::behaviour::seed::items::Seeding;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::step::{begin, fill, remove};
use crate::document::Pointer;

/// The items of a collection with their sets, in the order in which they came, as whoever looks would find them.
#[must_use]
pub fn items_of(
    meaning: Meaning<'_>,
    catalogue: &Catalogue,
    state: &State,
    collection: usize,
    context: &Context,
) -> Vec<(Place, Arc<Item>)> {
    let state = looked_at(meaning, catalogue, state, context);
    let mut found: Vec<(Place, Arc<Item>)> = Vec::new();
    for place in state.places(collection) {
        found.extend(state.items(&place).map(|item| (place.clone(), item.clone())));
    }
    found.sort_by_key(|(_, item)| item.sequence);
    found
}

/// Puts an item into a set: in the place of the one that has its key, or new.
///
/// # Errors
/// What does not fit; then nothing has changed.
pub fn set_item(
    meaning: Meaning<'_>,
    catalogue: &Catalogue,
    state: &mut State,
    (place, key): (&Place, &str),
    value: &Value,
    context: &Context,
) -> Result<Arc<Item>, Vec<Misfit>> {
    let Meaning { contract, behaviour } = meaning;
    let collection = behaviour.collection(place.collection);
    let mut seeding = Seeding::new(meaning, context);
    let root = Pointer::root();
    let mut value = value.clone();
    if collection.origin != Origin::Singleton {
        match collection.key.get(&value) {
            Some(own) if text(own) != key => seeding.refuse(&collection.key, format!("it is put at `{key}`")),
            Some(_) => {}
            None => {
                let at = collection.item.as_ref().and_then(|item| shape::within(contract, item, &collection.key));
                if let Some(key) = at.and_then(|at| typed(contract, &at, key)) {
                    let _ = collection.key.put(&mut value, key);
                }
            }
        }
    }
    let mut tried = state.clone();
    let is_at_home = seeding.has_above(&mut tried, place, &root);
    ready(meaning, &mut tried, place, context);
    let mut without = tried.clone();
    without.remove(place, &collection.indexed, key);
    let made = seeding.made(&without, place, &root, &value);
    if let Some(made) = made.filter(|_| is_at_home && seeding.misfits.is_empty())
        && seeding.is_unique(&without, place, &root, &made.value)
    {
        seeding.put.push((place.collection, root.clone(), value));
        seeding.check_references(catalogue, &mut without);
        if made.key != key {
            seeding.refuse(
                &root,
                format!("no path of the contract can name an item of {} by the key `{key}`", collection.name),
            );
        } else if seeding.misfits.is_empty() {
            match tried.put(place, &collection.indexed, made.key, made.value) {
                Ok(item) => {
                    *state = tried;
                    return Ok(item);
                }
                Err(full) => seeding.refuse(&root, full.to_string()),
            }
        }
    }
    Err(seeding.misfits)
}

/// Takes an item away, with everything that belongs to it; `None` where it is not there.
pub fn remove_item(
    meaning: Meaning<'_>,
    state: &mut State,
    (place, key): (&Place, &str),
    context: &Context,
) -> Option<Arc<Item>> {
    ready(meaning, state, place, context);
    let there = state.find(place, key).cloned()?;
    remove(meaning.behaviour, state, place, key);
    Some(there)
}

/// Puts into a set what whoever looks would find there.
fn ready(meaning: Meaning<'_>, state: &mut State, place: &Place, context: &Context) {
    let Meaning { contract, behaviour } = meaning;
    begin(contract, behaviour, state, place.collection, context);
    let known = state.clone();
    // Where there is no room, it is not there for whoever looks either.
    let _ = fill(contract, behaviour, &known, state, place, context);
}
