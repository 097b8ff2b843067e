//! The items that collections begin with because the document's own examples show them: put where they belong when a
//! request first has to do with their collection. They depend on the document and the seed alone.

use crate::behaviour::context::Context;
use crate::behaviour::inference::ShownItem;
use crate::behaviour::state::{Place, State};
use crate::behaviour::step::initial::{populate, start};
use crate::behaviour::step::item::Maker;
use crate::behaviour::{Collection, Inferred, Origin};
use crate::model::Contract;

/// Lets a collection, and those that its items belong to, begin with what examples show.
pub(crate) fn begin(
    contract: &Contract,
    behaviour: &dyn Inferred,
    state: &mut State,
    number: usize,
    context: &Context,
) {
    if !state.begins(number) {
        return;
    }
    let collection = behaviour.collection(number);
    if let Some(parent) = collection.parent {
        begin(contract, behaviour, state, parent, context);
    }
    match collection.origin {
        Origin::Empty => {}
        // These are filled set by set, when somebody looks.
        Origin::Populated | Origin::Assumed | Origin::Singleton => return,
    }
    for shown in &behaviour.beginning(contract, number).items {
        let Some(scope) = scope_of(contract, collection, shown) else { continue };
        let place = Place { collection: number, scope };
        if !is_below(contract, behaviour, state, &place, context, Above::First) {
            continue;
        }
        let maker = Maker { contract, collection, place: &place, context: start(context) };
        let Some(made) = maker.shown(state, shown) else { continue };
        let clashes = collection.indexed.iter().enumerate().any(|(index, pointer)| {
            pointer.get(&made.value).is_some_and(|value| state.find_by(&place, index, value).is_some())
        });
        if clashes || state.find(&place, &made.key).is_some() {
            continue;
        }
        if state.begin_with(&place, &collection.indexed, made.key, made.value).is_err() {
            return;
        }
    }
}

/// The set that an item belongs to: by its own members, else by the examples of its path; `None` where neither says it.
fn scope_of(contract: &Contract, collection: &Collection, shown: &ShownItem) -> Option<Vec<String>> {
    let nowhere = Place { collection: 0, scope: shown.scope.iter().map(|_| String::new()).collect() };
    let context = Context { seed: 0, now: 0, number: 0 };
    let own = Maker { contract, collection, place: &nowhere, context }.scope_in(&shown.value);
    own.into_iter().zip(&shown.scope).map(|(own, by_path)| own.or_else(|| by_path.clone())).collect()
}

/// The items that a set may lie below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Above {
    /// Those that were there from the start.
    First,
    /// All that are there now.
    Any,
}

/// True where everything is there that a set lies below.
pub(crate) fn is_below(
    contract: &Contract,
    behaviour: &dyn Inferred,
    state: &State,
    place: &Place,
    context: &Context,
    whose: Above,
) -> bool {
    let Some(parent) = behaviour.collection(place.collection).parent else { return true };
    let collection = behaviour.collection(parent);
    let depth = collection.scope.len();
    let Some(key) = place.scope.get(depth) else { return true };
    let above = Place { collection: parent, scope: place.scope[..depth].to_vec() };
    let is_there = match collection.origin {
        Origin::Empty => state.find(&above, key).is_some_and(|item| whose == Above::Any || item.came_first(state)),
        Origin::Populated if state.has_set(&above) => state.find(&above, key).is_some(),
        Origin::Populated => {
            let mut seen = State::default();
            populate(contract, behaviour, state, &mut seen, &above, context).is_ok() && seen.find(&above, key).is_some()
        }
        Origin::Assumed => !state.is_gone(&above, key),
        Origin::Singleton => true,
    };
    is_there && is_below(contract, behaviour, state, &above, context, whose)
}

/// The items that a collection begins with, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Begun {
    /// The name of the collection.
    pub collection: String,
    /// The number of items that it begins with.
    pub items: usize,
    /// The keys of these, as far as examples say them.
    pub keys: Vec<String>,
    /// The number of examples that do not fit their own schemas, and are not used.
    pub unfit: usize,
}

/// The things that the collections of all operations begin with by the document's own examples, those with none left out. Reads every
/// operation.
#[must_use]
pub fn begun(contract: &Contract, behaviour: &dyn Inferred) -> Vec<Begun> {
    let mut seen = Vec::new();
    for index in 0..contract.entries().len() {
        seen.extend(behaviour.effect(index).collection.filter(|number| !seen.contains(number)));
    }
    let all = seen.into_iter().map(|number| begun_with(contract, behaviour, number));
    all.filter(|one| one.items > 0 || one.unfit > 0).collect()
}

/// The things that one collection begins with.
fn begun_with(contract: &Contract, behaviour: &dyn Inferred, number: usize) -> Begun {
    let collection = behaviour.collection(number);
    let beginning = behaviour.beginning(contract, number);
    let said: Vec<String> = beginning.items.iter().filter_map(|shown| shown.key.clone()).collect();
    let (items, keys) = match collection.origin {
        Origin::Empty => {
            let mut state = State::with_examples();
            begin(contract, behaviour, &mut state, number, &Context { seed: 0, now: 0, number: 0 });
            let there: Vec<String> = state.all_items(number).into_iter().map(|item| item.key.clone()).collect();
            (there.len(), there.into_iter().filter(|key| said.contains(key)).collect())
        }
        Origin::Populated | Origin::Assumed | Origin::Singleton => (beginning.items.len(), said),
    };
    Begun { collection: collection.name.clone(), items, keys, unfit: beginning.unfit }
}

/// The most keys that are named of a collection.
const NAMED: usize = 5;

impl Begun {
    /// In words: `pets with 2 examples (1, 2); 1 example does not fit its schema`.
    #[must_use]
    pub fn describe(&self) -> String {
        let count = |number: usize| if number == 1 { "1 example".to_owned() } else { format!("{number} examples") };
        let named: Vec<&str> = self.keys.iter().map(String::as_str).filter(|key| !key.is_empty()).take(NAMED).collect();
        let more = if self.items > named.len() { ", …" } else { "" };
        let mut text = match (self.items, named.as_slice()) {
            (0, _) => format!("{} with nothing", self.collection),
            (number, []) => format!("{} with {}", self.collection, count(number)),
            (number, named) => format!("{} with {} ({}{more})", self.collection, count(number), named.join(", ")),
        };
        if self.unfit > 0 {
            let verb = if self.unfit == 1 { "does not fit its schema" } else { "do not fit their schemas" };
            text.push_str(&format!("; {} {verb}", count(self.unfit)));
        }
        text
    }
}
