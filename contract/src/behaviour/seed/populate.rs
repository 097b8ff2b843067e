//! So many items as are wanted, made by the contract's own creations: a valid request for each, which names what is there, takes effect as
//! any request does. Things above others come first, so that relations hold. The seed decides all of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::behaviour::answer::Problem;
use crate::behaviour::call::{Call, Outcome, Refusal};
use crate::behaviour::carry::Meaning;
use crate::behaviour::context::Context;
use crate::behaviour::scalar::typed;
use crate::behaviour::seed::catalogue::{Catalogue, Catalogued};
use crate::behaviour::seed::export::above;
use crate::behaviour::seed::reference::{Reference, references};
use crate::behaviour::shape;
use crate::behaviour::state::{Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::{Maker, begin, prepare, step};
use crate::behaviour::{Action, Origin, Timing};
use crate::codec;
use crate::document::Pointer;
use crate::generate::{self, Choices, Seeded};
use crate::model::{In, Operation, Route};
use crate::validate;

/// The most times that an item is tried to be made where the one before was refused.
const ATTEMPTS: u64 = 8;

/// The number of these attempts that use what people find believable.
const BELIEVABLE: u64 = 3;

/// The most seconds between one item and the next.
const APART: i64 = 3_607;

/// The seconds that all items of a collection lie within: a season.
const WITHIN: i64 = 90 * 86_400;

/// The most things that one names in a list.
const MOST_NAMED: u64 = 3;

/// The items that were made of one collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Populated {
    /// The word for the collection.
    pub collection: String,
    /// The number of items that were wanted.
    pub wanted: u64,
    /// The number of items that were made.
    pub made: u64,
    /// The reason why fewer were made, as a fragment; `None` where all were.
    pub why: Option<String>,
    /// True where there is nothing that they could belong to.
    pub is_homeless: bool,
}

/// Makes so many items of collections, by their numbers.
pub fn populate(
    meaning: Meaning<'_>,
    catalogue: &Catalogue,
    state: &mut State,
    wanted: &BTreeMap<usize, u64>,
    context: &Context,
) -> Vec<Populated> {
    let Meaning { contract, behaviour } = meaning;
    for one in catalogue.by_depth() {
        begin(contract, behaviour, state, one.number, context);
    }
    let populating = Populating { meaning, catalogue, context };
    let mut told = Vec::new();
    for one in populating.order() {
        if let Some(count) = wanted.get(&one.number) {
            told.push(populating.collection(state, one, *count));
        }
    }
    told
}

struct Populating<'p> {
    meaning: Meaning<'p>,
    catalogue: &'p Catalogue,
    context: &'p Context,
}

impl<'p> Populating<'p> {
    /// The collections, each after those that its items lie below or name.
    fn order(&self) -> Vec<&'p Catalogued> {
        let mut order: Vec<&Catalogued> = Vec::new();
        let mut waiting = self.catalogue.by_depth();
        while !waiting.is_empty() {
            let is_ready = |one: &&Catalogued| {
                self.needs(one.number).iter().all(|need| waiting.iter().all(|other| other.number != *need))
            };
            // In a circle, the first goes first.
            let next = waiting.iter().position(is_ready).unwrap_or(0);
            order.push(waiting.remove(next));
        }
        order
    }

    /// The collections that items of one lie below or name, but itself.
    fn needs(&self, number: usize) -> Vec<usize> {
        let collection = self.meaning.behaviour.collection(number);
        let named = collection.item.as_ref().map(|at| references(self.meaning, self.catalogue, number, at));
        let named = named.unwrap_or_default().into_iter().map(|reference| reference.to);
        named.chain(collection.parent).filter(|need| *need != number).collect()
    }

    fn collection(&self, state: &mut State, one: &Catalogued, wanted: u64) -> Populated {
        let collection = self.meaning.behaviour.collection(one.number);
        let told = |made: u64, why: Option<String>| Populated {
            collection: one.word.clone(),
            wanted,
            made,
            why,
            is_homeless: false,
        };
        if collection.origin == Origin::Singleton {
            return told(0, Some("there is one and no more".to_owned()));
        }
        let scopes = above(collection, state);
        if scopes.is_empty() {
            let why = Some("there is nothing that they could belong to".to_owned());
            return Populated { is_homeless: true, ..told(0, why) };
        }
        let creation = self.creation(one.number).map(|operation| (operation, self.naming(state, operation)));
        let creation = creation.as_ref().map(|(operation, naming)| (*operation, naming.as_slice()));
        // As if each had been made some time after the one before.
        let apart = (WITHIN / i64::try_from(wanted).unwrap_or(i64::MAX).max(1)).clamp(1, APART);
        for number in 0..wanted {
            let before = i64::try_from(wanted - number).unwrap_or(i64::MAX).saturating_mul(apart);
            let context = Context { now: self.context.now.saturating_sub(before), ..*self.context };
            let mut refused = None;
            let is_made = (0..ATTEMPTS).any(|attempt| {
                let names = ["populate", one.path.as_str(), &number.to_string(), &attempt.to_string()];
                let mut choices = Seeded::new(context.seed, names);
                let bound = u64::try_from(scopes.len()).unwrap_or(u64::MAX);
                let chosen = usize::try_from(choices.below(bound)).unwrap_or_default();
                let scope = scopes.get(chosen).cloned().unwrap_or_default();
                let place = Place { collection: one.number, scope };
                let made = match creation {
                    Some(creation) => self.create(state, creation, &place, &context, (&mut choices, attempt)),
                    None => self.make(state, &place, &context),
                };
                made.map_err(|why| refused = Some(why)).is_ok()
            });
            if !is_made {
                return told(number, refused);
            }
        }
        told(wanted, None)
    }

    /// Makes an item of a collection that no operation adds to.
    fn make(&self, state: &mut State, place: &Place, context: &Context) -> Result<(), String> {
        let Meaning { contract, behaviour } = self.meaning;
        let collection = behaviour.collection(place.collection);
        let maker = Maker { contract, collection, place, context: *context };
        let made = maker.make(state, &Statement::default(), None).map_err(|refusal| told(&refusal))?;
        let put = state.put(place, &collection.indexed, made.key, made.value);
        put.map(drop).map_err(|full| full.to_string())
    }

    /// The operation that adds one item to a collection, if one does by itself.
    fn creation(&self, number: usize) -> Option<&'p Operation> {
        let Meaning { contract, behaviour } = self.meaning;
        let mut found = contract.entries().iter().filter(|entry| {
            let effect = behaviour.effect(entry.index);
            effect.collection == Some(number)
                && matches!(effect.action, Action::Create | Action::Upsert)
                && effect.key_parameter.is_none()
                && effect.batch.is_none()
                && effect.for_each.is_none()
                && effect.variant.is_none()
                && effect.timing == Timing::AtOnce
        });
        found.find_map(|entry| contract.operation(entry.index).ok())
    }

    /// Sends a valid request of an operation that adds an item to a set.
    fn create(
        &self,
        state: &mut State,
        (operation, naming): (&Operation, &[Naming]),
        place: &Place,
        context: &Context,
        (choices, attempt): (&mut Seeded, u64),
    ) -> Result<(), String> {
        let Meaning { contract, behaviour } = self.meaning;
        // The document's own examples are the same every time, so where they were taken they are of no use.
        let mut varied = Varied(choices.clone());
        let source: &mut dyn Choices = if attempt < BELIEVABLE { choices } else { &mut varied };
        let mut draft = generate::valid(contract, operation, source).map_err(|cannot| cannot.to_string())?;
        // What is optional beside the body may say how, not what: `dry_run`, `async`.
        let needed = |place: &In, name: &str| operation.parameter(*place, name).is_some_and(|one| one.required);
        draft.parameters.retain(|(place, name, _)| needed(place, name));
        for (name, value) in operation.path.parameters().zip(&place.scope) {
            let schema = operation.parameter(In::Path, name).and_then(|parameter| parameter.shape.schema());
            let value =
                schema.and_then(|at| typed(contract, at, value)).unwrap_or_else(|| Value::String(value.clone()));
            draft.set_parameter(In::Path, name, value);
        }
        if let Some(body) = draft.body_value_mut() {
            naming.iter().for_each(|one| one.lay(body, choices));
        }
        let request = codec::encode(contract, operation, &draft).map_err(|no_form| no_form.to_string())?;
        let Route::Found { captures, .. } = contract.route(&request.method, request.path()) else {
            return Err(format!("no path can name the set {:?}", place.scope));
        };
        let decoded = codec::decode(contract, operation, &captures, &request);
        let violations = validate::request(contract, operation, &decoded).map_err(|defect| defect.reason)?;
        if let Some(violation) = violations.first() {
            return Err(violation.to_string());
        }
        let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &[] };
        let prepared = prepare(contract, behaviour, &call, context);
        match step(contract, behaviour, state, (&call, &prepared), context) {
            Outcome::Created(_) => Ok(()),
            Outcome::Refused(refusal) => Err(told(&refusal)),
            Outcome::Found(_) | Outcome::Listed(_) | Outcome::Deleted(_) | Outcome::Accepted | Outcome::Answered => {
                Err("its creation makes none".to_owned())
            }
        }
    }

    /// The members by which requests of an operation name things of other collections.
    fn naming(&self, state: &State, operation: &Operation) -> Vec<Naming> {
        let Meaning { contract, behaviour } = self.meaning;
        let effect = behaviour.effect(operation.index);
        let (Some(number), Some(sent)) = (effect.collection, &effect.sent) else { return Vec::new() };
        let schema = operation.body.iter().flat_map(|body| &body.content).find_map(|content| content.schema.clone());
        let Some(schema) = schema.and_then(|at| shape::within(contract, &at, sent)) else { return Vec::new() };
        let required = shape::required(contract, &schema);
        let one = |reference: Reference| {
            let at = shape::within(contract, &schema, &reference.at)?;
            let key = if reference.is_list { shape::items(contract, &at)? } else { at };
            let is_needed = reference.at.tokens().next().is_some_and(|name| required.contains(name.as_ref()));
            let there = state.all_items(reference.to).into_iter();
            let keys = there.filter_map(|item| typed(contract, &key, &item.key)).collect();
            Some(Naming { at: sent.append(&reference.at), is_list: reference.is_list, is_needed, keys })
        };
        references(self.meaning, self.catalogue, number, &schema).into_iter().filter_map(one).collect()
    }
}

/// Seeded decisions for values that are seldom the same twice.
struct Varied(Seeded);

impl Choices for Varied {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }
}

/// Why something was refused, as a fragment.
fn told(refusal: &Refusal) -> String {
    Problem::of_refusal(refusal).detail
}

/// A member by which requests name things of another collection.
struct Naming {
    /// The place of the member in the body.
    at: Pointer,
    /// True where it names several.
    is_list: bool,
    /// True where a request must have it.
    is_needed: bool,
    /// The keys of the things that are there.
    keys: Vec<Value>,
}

impl Naming {
    /// Lets a request name something that is there; what need not name anything and cannot is left out.
    fn lay(&self, body: &mut Value, choices: &mut Seeded) {
        match self.chosen(choices) {
            Some(value) => {
                let _ = self.at.put(body, value);
            }
            None if !self.is_needed => self.at.remove_member(body),
            None => {}
        }
    }

    fn chosen(&self, choices: &mut Seeded) -> Option<Value> {
        let all = u64::try_from(self.keys.len()).ok().filter(|all| *all > 0)?;
        let mut one = || self.keys.get(usize::try_from(choices.below(all)).ok()?).cloned();
        if !self.is_list {
            return one();
        }
        let mut several: Vec<Value> = Vec::new();
        for _ in 0..MOST_NAMED.min(all) {
            let next = one()?;
            if !several.contains(&next) {
                several.push(next);
            }
        }
        Some(Value::Array(several))
    }
}
