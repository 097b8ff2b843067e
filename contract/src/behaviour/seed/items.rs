//! Given data -> items of a state: each where its collection and its scope say, whole as its schema asks for. What does not fit is not
//! put there but told, all of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::behaviour::carry::Meaning;
use crate::behaviour::context::Context;
use crate::behaviour::form::shown;
use crate::behaviour::inference::ShownItem;
use crate::behaviour::seed::Misfit;
use crate::behaviour::seed::catalogue::Catalogue;
use crate::behaviour::seed::reference::{Reference, is_there, references};
use crate::behaviour::state::{Place, State, text};
use crate::behaviour::step::{Above, Maker, NewItem, begin, is_below};
use crate::behaviour::{Collection, Origin};
use crate::document::{Location, Pointer};
use crate::model::Direction;
use crate::rule::{Breach, Keyword, Subject};
use crate::validate;

/// The most misfits that are told: more are of one cause.
const MAX_MISFITS: usize = 50;

/// Puts given data into a state: the value of each collection, by its number, with the place that it has among all data. A collection
/// that is given begins with that alone; the others begin as ever.
///
/// # Errors
/// What does not fit; then the state is of no use.
pub fn seed(
    meaning: Meaning<'_>,
    catalogue: &Catalogue,
    state: &mut State,
    given: &[(usize, Pointer, &Value)],
    context: &Context,
) -> Result<(), Vec<Misfit>> {
    for one in catalogue.all() {
        let is_given = |number: usize| given.iter().any(|(given, ..)| *given == number);
        let above = std::iter::successors(Some(one.number), |number| meaning.behaviour.collection(*number).parent);
        // What belongs to what is there no more is not there either.
        if above.clone().any(is_given) {
            state.clear(one.number, &[]);
        }
        if is_given(one.number) {
            state.begins(one.number);
        }
    }
    let mut seeding = Seeding::new(meaning, context);
    for one in catalogue.by_depth() {
        for (_, at, value) in given.iter().filter(|(number, ..)| *number == one.number) {
            seeding.level(state, one.number, at, value, &mut Vec::new());
        }
    }
    seeding.check_references(catalogue, state);
    if seeding.misfits.is_empty() { Ok(()) } else { Err(seeding.misfits) }
}

/// Data on their way into a state.
pub(super) struct Seeding<'s> {
    meaning: Meaning<'s>,
    context: &'s Context,
    pub(super) misfits: Vec<Misfit>,
    /// The items that were put, with their collections and their places among the data.
    pub(super) put: Vec<(usize, Pointer, Value)>,
}

impl<'s> Seeding<'s> {
    pub(super) fn new(meaning: Meaning<'s>, context: &'s Context) -> Self {
        Self { meaning, context, misfits: Vec::new(), put: Vec::new() }
    }

    pub(super) fn refuse(&mut self, at: &Pointer, reason: impl Into<String>) {
        if self.misfits.len() < MAX_MISFITS {
            self.misfits.push(Misfit { at: at.clone(), reason: reason.into() });
        }
    }

    /// The data of a collection below some values of its scope.
    fn level(&mut self, state: &mut State, number: usize, at: &Pointer, value: &Value, scope: &mut Vec<String>) {
        let collection = self.meaning.behaviour.collection(number);
        if let Some(parameter) = collection.scope.get(scope.len()) {
            return match value {
                Value::Object(sets) => {
                    for (name, value) in sets {
                        scope.push(name.clone());
                        self.level(state, number, &at.join(name), value, scope);
                        scope.pop();
                    }
                }
                Value::Array(items) => self.by_own_members(state, number, at, items, scope),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => self.refuse(
                    at,
                    format!(
                        "items of {} stand below the values of `{parameter}`: an object is needed here",
                        collection.name
                    ),
                ),
            };
        }
        let place = Place { collection: number, scope: scope.clone() };
        match (collection.origin, value) {
            (Origin::Singleton, value) => self.item(state, &place, at, value),
            (Origin::Empty | Origin::Populated | Origin::Assumed, Value::Array(items)) => {
                if !items.is_empty() && !self.has_above(state, &place, at) {
                    return;
                }
                if state.open(&place).is_err() {
                    return self.refuse(at, "there is no room for more");
                }
                for (index, item) in items.iter().enumerate() {
                    self.item(state, &place, &at.index(index), item);
                }
            }
            (Origin::Empty | Origin::Populated | Origin::Assumed, _) => {
                self.refuse(at, format!("{} is a list of items", collection.name));
            }
        }
    }

    /// Items in one list, each of which says by its own members where it belongs.
    fn by_own_members(&mut self, state: &mut State, number: usize, at: &Pointer, items: &[Value], scope: &[String]) {
        let collection = self.meaning.behaviour.collection(number);
        let nowhere = Place { collection: number, scope: vec![String::new(); collection.scope.len()] };
        for (index, item) in items.iter().enumerate() {
            let at = at.index(index);
            let own = self.maker(collection, &nowhere).scope_in(item);
            let known = scope.iter().cloned().map(Some).chain(own.into_iter().skip(scope.len()));
            let Some(scope) = known.collect::<Option<Vec<String>>>() else {
                let names: Vec<String> = collection.scope.iter().map(|name| format!("`{name}`")).collect();
                self.refuse(
                    &at,
                    format!(
                        "it does not say to which {} it belongs; items may stand below its values",
                        names.join(" and ")
                    ),
                );
                continue;
            };
            let place = Place { collection: number, scope };
            if self.has_above(state, &place, &at) {
                self.item(state, &place, &at, item);
            }
        }
    }

    fn maker<'m>(&'m self, collection: &'m Collection, place: &'m Place) -> Maker<'m> {
        Maker { contract: self.meaning.contract, collection, place, context: *self.context }
    }

    /// True where everything is there that a set lies below; else it is told.
    pub(super) fn has_above(&mut self, state: &mut State, place: &Place, at: &Pointer) -> bool {
        let Meaning { contract, behaviour } = self.meaning;
        if let Some(parent) = behaviour.collection(place.collection).parent {
            begin(contract, behaviour, state, parent, self.context);
        }
        if is_below(contract, behaviour, state, place, self.context, Above::Any) {
            return true;
        }
        let above = behaviour.collection(place.collection).parent.map(|parent| behaviour.collection(parent));
        let key = above.and_then(|above| place.scope.get(above.scope.len())).cloned().unwrap_or_default();
        let name = above.map(|above| above.name.clone()).unwrap_or_default();
        self.refuse(at, format!("there is no `{key}` in {name}, to which this belongs"));
        false
    }

    /// Puts one item where it belongs.
    fn item(&mut self, state: &mut State, place: &Place, at: &Pointer, value: &Value) {
        let collection = self.meaning.behaviour.collection(place.collection);
        let Some(made) = self.made(state, place, at, value) else { return };
        if collection.key.get(value).is_some() && state.find(place, &made.key).is_some() {
            return self.refuse(&at.append(&collection.key), format!("the key `{}` is there twice", made.key));
        }
        if !self.is_unique(state, place, at, &made.value) {
            return;
        }
        self.put.push((place.collection, at.clone(), value.clone()));
        if state.put(place, &collection.indexed, made.key, made.value).is_err() {
            self.refuse(at, "there is no room for more");
        }
    }

    /// A whole item of what is given of it; where it does not fit, that is told.
    pub(super) fn made(&mut self, state: &State, place: &Place, at: &Pointer, value: &Value) -> Option<NewItem> {
        let collection = self.meaning.behaviour.collection(place.collection);
        if !value.is_object() {
            self.refuse(at, format!("an item of {} is an object", collection.name));
            return None;
        }
        let maker = self.maker(collection, place);
        let said = maker.scope_in(value).into_iter().zip(&place.scope);
        let elsewhere = said.filter_map(|(own, here)| own.filter(|own| own != here).map(|own| (own, here))).next();
        if let Some((own, here)) = elsewhere {
            self.refuse(at, format!("it stands below `{here}` and says that it belongs to `{own}`"));
            return None;
        }
        let key = match collection.key.get(value) {
            Some(key @ (Value::String(_) | Value::Number(_))) => Some(text(key)).filter(|key| !key.is_empty()),
            Some(_) | None => None,
        };
        let given = ShownItem { value: value.clone(), key, scope: Vec::new() };
        let made = maker.shown(state, &given).filter(|made| self.keeps(collection, value, &made.value));
        if made.is_none() {
            self.explain(collection, at, value);
        }
        made
    }

    /// True where no other item has a value that only one may have; else it is told.
    pub(super) fn is_unique(&mut self, state: &State, place: &Place, at: &Pointer, value: &Value) -> bool {
        let collection = self.meaning.behaviour.collection(place.collection);
        let clash = collection.indexed.iter().enumerate().find(|(index, pointer)| {
            pointer.get(value).is_some_and(|value| state.find_by(place, *index, value).is_some())
        });
        if let Some((_, pointer)) = clash {
            self.refuse(&at.append(pointer), "another item has this value, which is unique");
        }
        clash.is_none()
    }

    /// True where an item has everything that was given of it.
    fn keeps(&self, collection: &Collection, given: &Value, made: &Value) -> bool {
        let Some(schema) = &collection.item else { return true };
        is_part(&shown(self.meaning.contract, schema, given), made)
    }

    /// Tells why an item cannot be made of what is given: what is missing could be made, so it is told last.
    fn explain(&mut self, collection: &Collection, at: &Pointer, value: &Value) {
        let found = collection.item.as_ref().map(|schema| self.violations(schema, value)).unwrap_or_default();
        let is_missing = |breach: &Breach| breach.keyword() == Some(Keyword::Required);
        let wrong: Vec<&(Pointer, String, Breach)> = found.iter().filter(|(.., breach)| !is_missing(breach)).collect();
        let told = if wrong.is_empty() { found.iter().collect() } else { wrong };
        if told.is_empty() {
            let key = collection.key.get(value).map(text).unwrap_or_default();
            return self.refuse(
                at,
                format!("no path of the contract can name an item of {} by the key `{key}`", collection.name),
            );
        }
        for (pointer, message, _) in told {
            self.refuse(&at.append(pointer), message.clone());
        }
    }

    /// The violations of a value by the schema of an item.
    fn violations(&self, schema: &Location, value: &Value) -> Vec<(Pointer, String, Breach)> {
        let value = shown(self.meaning.contract, schema, value);
        let found = validate::value(self.meaning.contract, schema, Direction::Response, &Subject::ResponseBody, &value);
        match found {
            Ok(found) => found.into_iter().map(|one| (one.pointer, one.message, one.breach)).collect(),
            Err(defect) => {
                vec![(Pointer::root(), format!("its schema cannot be used: {}", defect.reason), Breach::Undecided)]
            }
        }
    }

    /// Checks that what items name of other collections is there.
    pub(super) fn check_references(&mut self, catalogue: &Catalogue, state: &mut State) {
        let Meaning { contract, behaviour } = self.meaning;
        let mut known: BTreeMap<usize, Vec<Reference>> = BTreeMap::new();
        for (number, at, value) in std::mem::take(&mut self.put) {
            let found = known.entry(number).or_insert_with(|| {
                let schema = behaviour.collection(number).item.as_ref();
                schema.map(|schema| references(self.meaning, catalogue, number, schema)).unwrap_or_default()
            });
            for reference in found {
                begin(contract, behaviour, state, reference.to, self.context);
                for (place, key) in reference.named(&value) {
                    if !is_there(state, reference.to, &key) {
                        let name = &behaviour.collection(reference.to).name;
                        self.misfits
                            .push(Misfit { at: at.append(&place), reason: format!("there is no `{key}` in {name}") });
                    }
                }
            }
        }
        self.misfits.truncate(MAX_MISFITS);
    }
}

/// True where a value has everything that another says.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(name, member)| whole.get(name).is_some_and(|other| is_part(member, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        (part, whole) => part == whole,
    }
}
