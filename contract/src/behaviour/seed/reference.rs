//! Members by which a thing names one of another collection: `categoryId` beside `/categories`, `tagIds`, `owner.id` beside
//! `/owners`. Only what its name says plainly is taken for such.

use serde_json::Value;

use crate::behaviour::carry::Meaning;
use crate::behaviour::seed::catalogue::{Catalogue, one_of};
use crate::behaviour::shape;
use crate::behaviour::state::{State, text};
use crate::behaviour::{Collection, Origin};
use crate::document::{Location, Pointer};

/// A member by which a thing names one of another collection, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The place of the member.
    pub(super) at: Pointer,
    /// The number of the other collection.
    pub(super) to: usize,
    /// True where it is a list of several.
    pub(super) is_list: bool,
}

/// The references in things of a schema, which are of the collection `own` themselves.
pub(super) fn references(meaning: Meaning<'_>, catalogue: &Catalogue, own: usize, schema: &Location) -> Vec<Reference> {
    let Meaning { contract, behaviour } = meaning;
    let own_key = &behaviour.collection(own).key;
    let mut found = Vec::new();
    for (name, at) in shape::members(contract, schema) {
        let here = Pointer::root().join(&name);
        let plain = shape::plain(&name);
        if here == *own_key {
            continue;
        }
        let mut named = catalogue.all().iter().filter_map(|one| {
            let collection = behaviour.collection(one.number);
            names(collection, &plain).map(|is_list| (one.number, is_list))
        });
        // Where two may be meant, none is taken.
        if let (Some((to, is_list)), None) = (named.next(), named.next()) {
            let is_array = shape::is_array(contract, &at);
            let is_thing = shape::is_object(contract, &at);
            if is_list == is_array && !is_thing {
                found.push(Reference { at: here, to, is_list });
            }
            continue;
        }
        let held = catalogue.all().iter().filter(|one| one_of(&behaviour.collection(one.number).name) == plain);
        let held: Vec<usize> = held.map(|one| one.number).filter(|number| *number != own).collect();
        if let [to] = held.as_slice() {
            let key = &behaviour.collection(*to).key;
            let is_plain_key = key.tokens().count() == 1 && key.last().is_some_and(|last| shape::plain(&last) == "id");
            if is_plain_key && shape::is_object(contract, &at) && shape::within(contract, &at, key).is_some() {
                found.push(Reference { at: here.append(key), to: *to, is_list: false });
            }
        }
    }
    found
}

/// True or false where a member of that plain name holds keys of the collection: several or one. `None` where it does not.
fn names(collection: &Collection, plain: &str) -> Option<bool> {
    match collection.origin {
        Origin::Empty | Origin::Populated => {}
        Origin::Assumed | Origin::Singleton => return None,
    }
    let one = one_of(&collection.name);
    let key = collection.key.last().map(|last| shape::plain(&last))?;
    // A key of another name is not what `…Id` says.
    if one.len() < 2 || !(key == "id" || key == "uuid" || key == format!("{one}id")) {
        return None;
    }
    let rest = plain.strip_prefix(one.as_str())?;
    match rest {
        "id" | "uuid" => Some(false),
        "ids" | "uuids" => Some(true),
        _ => None,
    }
}

impl Reference {
    /// The keys that a thing names, with the place of each.
    pub(super) fn named(&self, thing: &Value) -> Vec<(Pointer, String)> {
        let key = |at: Pointer, value: &Value| {
            (value.is_string() || value.is_number()).then(|| (at, text(value))).filter(|(_, key)| !key.is_empty())
        };
        match self.at.get(thing) {
            Some(Value::Array(several)) if self.is_list => {
                several.iter().enumerate().filter_map(|(index, one)| key(self.at.index(index), one)).collect()
            }
            Some(one) if !self.is_list => key(self.at.clone(), one).into_iter().collect(),
            Some(_) | None => Vec::new(),
        }
    }
}

/// True where a collection has an item of that key, in whichever set.
pub(super) fn is_there(state: &State, collection: usize, key: &str) -> bool {
    state.place_of(collection, key).is_some()
}
